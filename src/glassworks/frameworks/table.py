"""Columns as a model learned them: it turns any later frame into the same matrix, whatever is missing or new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput

Kind = Literal["number", "category", "date"]
MAX_LEVELS = 100
ISO = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f")
"""Named, never guessed: a guess would let a row's date depend on the rows beside it."""


def complete(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Exactly these columns, in this order; one that the frame does not have is all missing."""
    absent = pl.Series([None] * frame.height, dtype=pl.Null)
    return pl.DataFrame({name: frame[name] if name in frame.columns else absent for name in names})


def _kind(series: pl.Series) -> Kind:
    if series.dtype.is_numeric() or series.dtype in (pl.Boolean, pl.Null):
        return "number"
    if series.dtype in (pl.Date, pl.Datetime):
        return "date"
    if series.dtype in (pl.String, pl.Categorical, pl.Enum):
        return "category"
    raise FixTheInput(
        f"Column {series.name} holds {series.dtype}, which a model cannot use.",
        "Models take numbers, yes/no, dates and texts.",
        "Turn it into one of these, or leave it out.",
        field=series.name,
    )


def _levels(series: pl.Series) -> tuple[str, ...]:
    """The commonest values, those too rare to learn from left out: they count as missing, as unseen ones do."""
    counts = series.cast(pl.String).drop_nulls().value_counts(sort=False)
    rare = max(2, series.len() // 2000)
    value, count = pl.col(counts.columns[0]), pl.col("count")
    kept = counts.filter(count >= rare).sort(count, value, descending=[True, False]).head(MAX_LEVELS)
    return tuple(kept.to_series(0).to_list())


def numbers(series: pl.Series) -> NDArray[np.float64]:
    """A column as floats; what is missing, infinite or not a number becomes NaN."""
    values = series.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _days(series: pl.Series) -> NDArray[np.float64]:
    if series.dtype == pl.String:
        plain = pl.col(series.name).str.strip_suffix("Z")
        read = [plain.str.to_datetime(form, time_unit="us", strict=False) for form in ISO]
        series = series.to_frame().select(pl.coalesce(read)).to_series()
    if series.dtype not in (pl.Date, pl.Datetime):
        return np.full(series.len(), np.nan)
    seconds = series.cast(pl.Datetime("us")).dt.epoch("us").cast(pl.Float64).to_numpy()
    return np.asarray(seconds / 86_400e6, dtype=np.float64)


@dataclass(frozen=True)
class Columns:
    """Names, kinds and category levels, learned once from training rows; kept as JSON next to the model."""

    kinds: dict[str, Kind]
    levels: dict[str, tuple[str, ...]]

    @classmethod
    def learn(cls, frame: pl.DataFrame, inputs: Sequence[str]) -> "Columns":
        """What the training rows hold in the columns a model may see."""
        absent = [name for name in inputs if name not in frame.columns]
        if absent:
            raise FixTheInput(f"The rows have no column {', '.join(absent)}.", "The model is to learn from it.")
        kinds = {name: _kind(frame[name]) for name in inputs}
        return cls(kinds, {name: _levels(frame[name]) for name, kind in kinds.items() if kind == "category"})

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Columns":
        """From `as_dict`."""
        return cls(dict(facts["kinds"]), {name: tuple(levels) for name, levels in facts["levels"].items()})

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; the order of the columns is the model's, so it is a list."""
        levels = {name: list(values) for name, values in self.levels.items()}
        return {"kinds": [list(pair) for pair in self.kinds.items()], "levels": levels}

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in the order of the matrix."""
        return tuple(self.kinds)

    @property
    def categories(self) -> list[int]:
        """Positions of the category columns."""
        return [place for place, kind in enumerate(self.kinds.values()) if kind == "category"]

    def matrix(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        """Rows as floats (n, k): categories as codes; missing, unseen and absent are NaN."""
        known = complete(frame, self.names)
        if not self.kinds:
            return np.zeros((frame.height, 0))
        return np.column_stack([self._column(known[name], kind) for name, kind in self.kinds.items()])

    def _column(self, series: pl.Series, kind: Kind) -> NDArray[np.float64]:
        if kind == "number":
            return numbers(series)
        if kind == "date":
            return _days(series)
        return self.codes(series).cast(pl.Float64).to_numpy()

    def codes(self, series: pl.Series) -> pl.Series:
        """Positions in the column's levels; unseen is null."""
        levels = self.levels[series.name]
        return series.cast(pl.String, strict=False).cast(pl.Enum(list(levels)), strict=False).to_physical()


def label_key(value: object) -> str:
    """One spelling for one label: 1, 1.0, "1" and "1.0" are the same, and so are True and "true"."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    text = str(value)
    try:
        number = float(text)
    except ValueError:
        return text.lower() if text in ("True", "False") else text
    return str(int(number)) if number.is_integer() else repr(number)


def answers(series: pl.Series, task: Task, labels: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The target as numbers, and which rows have one: index in `labels`, or the value itself for regression."""
    if task is Task.REGRESSION:
        y = numbers(series)
    else:
        places = {label_key(label): float(place) for place, label in enumerate(labels)}
        distinct = {value: places.get(label_key(value)) for value in series.unique().to_list() if value is not None}
        y = np.array(
            [np.nan if v is None or distinct[v] is None else distinct[v] for v in series.to_list()], dtype=float
        )
    known = np.isfinite(y)
    if not known.any():
        raise FixTheInput(
            f"No row has a usable value in the target {series.name}.",
            "A model learns from rows whose outcome is known.",
            "Check the target and its labels.",
            field=series.name,
        )
    if task is not Task.REGRESSION and len(np.unique(y[known])) < 2:
        raise FixTheInput(
            f"Every row has the same value in the target {series.name}.",
            "There is nothing to tell apart.",
            "Check the target and its labels.",
            field=series.name,
        )
    return y[known], known


def floats(answer: object, task: Task) -> NDArray[np.float64]:
    """What a model's own function answers, as floats; two columns for a yes/no question mean P(no), P(yes)."""
    try:
        scores = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        raise FixTheInput("The model answered with something that is not a number.", "", "Return floats.") from None
    return scores[:, 1] if task is Task.BINARY and scores.ndim == 2 and scores.shape[1] == 2 else scores
