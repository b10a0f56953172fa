"""What every stage reads from a frame in the same way: the outcome, the fairness groups, the columns of a model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput
from glassworks.core.ports import Model
from glassworks.measures.explain import Predict
from glassworks.measures.scored import encode

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


def array(series: pl.Series) -> Array:
    """A column for the measures: numbers as floats with NaN for missing, everything else as text."""
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return series.cast(pl.String).fill_null("missing").to_numpy().astype(str)


def sample(frame: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many rows, evenly spread over the order."""
    return frame if frame.height <= most else frame[np.linspace(0, frame.height - 1, most).astype(int)]


def predictor(model: Model, frame: pl.DataFrame) -> Predict:
    """The model as a function of changed columns, the others as in `frame`: for `measures.explain`."""

    def predict(columns: Mapping[str, Array]) -> Array:
        changed = [pl.Series(name, values) for name, values in columns.items()]
        return np.asarray(model.predict(frame.with_columns(changed)))

    return predict
