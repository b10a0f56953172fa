"""The data contract: which inputs a row must have, in which ranges and levels, as the domain expert decided."""

from collections.abc import Sequence

from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput
from glassworks.core.usecase import Column, ColumnDecision, DataContract

WITHHELD = ("exclude", "forbid")


def data_contract(columns: Sequence[Column], decisions: Sequence[ColumnDecision], brief: Brief) -> DataContract:
    """The inputs that remain after the brief and the decisions, as profiled on open rows.

    An input is a column that the brief declares available and does not forbid, that exists, has values, and that
    no decision excludes or forbids. A sentinel is kept with its column: it is a known value, not an outlier.

    Raises
    ------
    FixTheInput : a decision names no column, a sentinel has no value, or no input remains.
    """
    known = {column.name: column for column in columns}
    for made in decisions:
        if made.column not in known:
            raise FixTheInput(f"There is no column {made.column!r} to decide about.", field="column")
        if made.decision == "sentinel" and made.sentinel is None:
            raise FixTheInput(
                f"The decision about {made.column} names no sentinel value.",
                "A sentinel is one number that stands for something else, such as -1 for never.",
                "Give the number.",
                field="sentinel",
            )
    withheld = {made.column for made in decisions if made.decision in WITHHELD}
    sentinels = {made.column: made.sentinel for made in decisions if made.decision == "sentinel"}
    kept = []
    for name in brief.inputs():
        column = known.get(name)
        if column is None or name in withheld or column.missing_share == 1.0:
            continue
        if sentinels.get(name) is not None:
            column = column.model_copy(update={"details": {**column.details, "sentinel": sentinels[name]}})
        kept.append(column)
    if not kept:
        raise FixTheInput(
            "No input remains for a model.",
            "Every column is unavailable, forbidden, excluded, empty, or not in the table.",
            "Declare columns that are known at decision time in the brief, or take back a decision.",
            field="features",
        )
    return DataContract(columns=tuple(kept), decisions=tuple(decisions))
