"""Twins: rows that agree in everything but the columns that only name a row."""

from collections.abc import Collection

import numpy as np
import polars as pl

from glassworks.measures.repeats import Cells, by_chance, numbers, share_in

FINE, NAMING = 0.001, 0.99
"""Numbers count as equal within so much of their spread; a column with another value in so many rows may be a name."""


def cells(frame: pl.DataFrame) -> Cells:
    """One whole number a cell; equal cells of a column have equal numbers."""
    text = frame.select(pl.all().cast(pl.String, strict=False).fill_null(""))
    return np.stack([one.rank("dense").cast(pl.UInt64).to_numpy() for one in text], axis=1)


def nameless(frame: pl.DataFrame, known: Collection[str] = ()) -> pl.DataFrame:
    """The frame without the columns known to name rows, and without those that hardly repeat a value."""
    least = NAMING * frame.height
    return frame.select([name for name in frame.columns if name not in known and frame[name].n_unique() <= least])


def coarse(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its numbers rounded to a thousandth of their spread, so that a copy altered a little stays one."""
    numbers = [name for name in frame.columns if frame[name].dtype.is_numeric()]
    spread = {name: frame[name].cast(pl.Float64).fill_nan(None).std() for name in numbers}
    step = {name: FINE * float(one) for name, one in spread.items() if isinstance(one, float) and one > 0}
    return frame.with_columns((pl.col(name).cast(pl.Float64) / one).round() for name, one in step.items())


def copied(frame: pl.DataFrame) -> tuple[Cells, float]:
    """One number a row, and the share of rows that have a twin in the frame, as far as chance does not explain it."""
    made = cells(frame)
    rows = numbers(made)
    counts = np.unique(rows, return_counts=True)[1]
    share = 1 - int((counts == 1).sum()) / rows.size
    return rows, max(0.0, share - by_chance(made, made)) if share else 0.0


def copied_from(frame: pl.DataFrame, others: pl.DataFrame) -> tuple[float, float]:
    """The share of a frame's rows that stand in another of the same columns, and the share that chance explains."""
    made = cells(pl.concat([frame, others], how="vertical_relaxed"))
    mine, theirs = made[: frame.height], made[frame.height :]
    share = share_in(numbers(mine), numbers(theirs))
    return share, by_chance(mine, theirs) if share else 0.0
