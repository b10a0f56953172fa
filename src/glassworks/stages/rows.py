"""What every stage reads from a frame in the same way: the outcome, the fairness groups, the columns of a model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.ports import Model
from glassworks.measures.explain import Predict
from glassworks.measures.scored import encode
from glassworks.measures.worth import BestNumbers, columns, each
from glassworks.measures.worth import amounts as amounts_of

Array = NDArray[Any]


def outcome(frame: pl.DataFrame, brief: Brief, labels: Sequence[str] = ()) -> tuple[tuple[str, ...], Array]:
    """Labels and encoded target (see `measures.scored.encode`)."""
    if brief.target not in frame.columns:
        raise FixTheInput(f"The rows have no column {brief.target}.", "It is the target of the brief.", field="target")
    return encode(frame[brief.target].to_numpy(), brief.task, brief.positive, labels or None)


def groups(frame: pl.DataFrame, brief: Brief) -> Array | None:
    """The attribute whose groups are compared for fairness, or None when the brief names none or the rows lack it."""
    name = brief.fairness.attribute
    return frame[name].to_numpy() if name and name in frame.columns else None


def amounts(frame: pl.DataFrame, brief: Brief) -> dict[str, Array]:
    """The columns that values of the KPI contract are multiplied by, as far as the rows have them."""
    wanted = [name for name in columns(brief.value, brief.task) if name in frame.columns]
    return {name: array(frame[name]) for name in wanted}


def without_model(frame: pl.DataFrame, brief: Brief, known: pl.DataFrame) -> Array | None:
    """The answer that each row would get without a model: the best single number of its group among known rows.

    None unless the task is regression and the KPI names columns in `baseline_by`.

    Raises
    ------
    FixTheInput : the rows, or the known ones, lack such a column.
    """
    by = brief.kpi.baseline_by
    if brief.task is not Task.REGRESSION or not by:
        return None
    absent = [name for name in by if name not in frame.columns or name not in known.columns]
    if absent:
        raise FixTheInput(
            f"The rows have no column {absent[0]}.",
            "The answer without a model is looked up by it.",
            "Add the column, or name another as the baseline's.",
            field="kpi.baseline_by",
        )
    _, y = outcome(known, brief)
    costs = amounts_of(brief.value, brief.task, amounts(known, brief), known.height)
    over, under = (each(one, costs) for one in (brief.value.over, brief.value.under))
    table = BestNumbers([array(known[name]) for name in by], y, over, under)
    return table.answers([array(frame[name]) for name in by])


def array(series: pl.Series) -> Array:
    """A column for the measures: numbers as floats with NaN for missing, everything else as text."""
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return series.cast(pl.String).fill_null("missing").to_numpy().astype(str)


def in_time(times: Array) -> tuple[pl.Series, Array]:
    """Times as a column that sorts, and row numbers in their order; rows without a time are left out of the order.

    Parameters
    ----------
    times : (n,) numbers, dates or texts; where kinds are mixed, they are read as texts.
    """
    told = (times.astype("datetime64[us]") if times.dtype.kind == "M" else times).tolist()
    kinds = {type(one) for one in told} - {type(None)}
    if not kinds <= {int, float} and len(kinds) > 1:
        told = [None if one is None else str(one) for one in told]
    when = pl.Series("time", told, strict=False)
    known = np.flatnonzero((when.is_not_null() & ~when.is_nan() if float in kinds else when.is_not_null()).to_numpy())
    return when, known[np.argsort(when.gather(known).to_numpy(), kind="stable")]


def sample(frame: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many rows, evenly spread over the order."""
    return frame if frame.height <= most else frame[np.linspace(0, frame.height - 1, most).astype(int)]


def predictor(model: Model, frame: pl.DataFrame) -> Predict:
    """The model as a function of changed columns, the others as in `frame`: for `measures.explain`."""

    def predict(columns: Mapping[str, Array]) -> Array:
        changed = [pl.Series(name, values) for name, values in columns.items()]
        return np.asarray(model.predict(frame.with_columns(changed)))

    return predict
