"""Reasons in words for any model: each input is set to its reference, and the change of the score is the reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from glassworks.core.contract import Task
from glassworks.core.estimate import plain
from glassworks.core.usecase import Column, DataContract

MOST = 4
LEAST_CHANGE = 0.005
SHOWN = 40

Row = Mapping[str, Any]


def reference(column: Column) -> Any:
    """What an input is compared with: its usual value on open rows, else the middle of its range, else nothing."""
    if "reference" in column.details:
        return column.details["reference"]
    if column.dtype == "number" and column.low is not None and column.high is not None:
        return (column.low + column.high) / 2
    return column.levels[0] if column.levels else None


def variants(contract: DataContract, inputs: Sequence[str], row: Row) -> tuple[list[str], list[dict[str, Any]]]:
    """For each input that differs from its reference: its name, and the row with that input at its reference."""
    names, rows = [], []
    usual = {column.name: reference(column) for column in contract.columns}
    for name in inputs:
        if usual.get(name) is not None and row[name] != usual[name]:
            names.append(name)
            rows.append({**row, name: usual[name]})
    return names, rows


def in_words(
    contract: DataContract, task: Task, row: Row, score: float, names: Sequence[str], scores: Sequence[float]
) -> list[str]:
    """The at most four inputs that moved the score most, strongest first.

    Examples
    --------
    >>> contact = Column(name="contact", dtype="category", details={"reference": "unknown"})
    >>> in_words(DataContract(columns=(contact,)), Task.BINARY, {"contact": "cellular"}, 0.12, ["contact"], [0.08])
    ['contact cellular (instead of unknown) raised the probability from 0.08 to 0.12']
    """
    usual = {column.name: reference(column) for column in contract.columns}
    what = "estimate" if task is Task.REGRESSION else "probability"
    least = LEAST_CHANGE if task is not Task.REGRESSION else LEAST_CHANGE * abs(score)
    moved = sorted(zip(names, scores, strict=True), key=lambda pair: -abs(score - pair[1]))
    return [
        f"{name} {_shown(row[name])} (instead of {_shown(usual[name])}) "
        f"{'raised' if score > without else 'lowered'} the {what} from {plain(without)} to {plain(score)}"
        for name, without in moved[:MOST]
        if abs(score - without) > least
    ]


def _shown(value: Any) -> str:
    if value is None:
        return "missing"
    if isinstance(value, int | float):
        return f"{value:g}"
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
