"""How far do answers move when values are a little wrong, one step off, or in another unit?"""

from dataclasses import replace

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Task
from glassworks.core.estimate import plain
from glassworks.core.ports import Model
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.performance import headline
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read
from glassworks.stages.validate.open_scores import thinned

ROWS, SHARE, UNIT = 2_000, 0.1, 10.0


@check(
    "noise",
    stage=Stage.VALIDATE,
    title="Noise and slips of unit",
    question="How far do answers move when values are a little wrong, one step off, or in another unit?",
    order=102,
)
def noise(scored: Scored, rows: pl.DataFrame, model: Model) -> Answer:
    """Reported: all inputs get noise; then each in turn is one step off, and each number comes ten times too large.

    Noise is a tenth of a number's spread, and for a tenth of the rows another row's text. A step is one for whole
    numbers, a tenth of the spread for others, another row's value for texts.
    """
    part, some = thinned(scored, rows, ROWS)
    numbers = [name for name in some.columns if some[name].dtype.is_numeric() and some[name].n_unique() > 2]
    texts = [name for name in some.columns if some[name].dtype == pl.String and some[name].n_unique() > 1]
    if not numbers and not texts:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="It has no number and no text that varies.")
    rng = np.random.default_rng(0)
    noisy = some.with_columns(_noised(some[name], rng) for name in (*numbers, *texts))
    before, after = headline(part), headline(replace(part, scores=np.asarray(model.predict(noisy))))
    unit = {name: _moved(model, some, pl.col(name).cast(pl.Float64) * UNIT, part.scores)[0] for name in numbers}
    steps = {name: _moved(model, some, _step(some[name], rng), part.scores) for name in (*numbers, *texts)}
    most = max(steps, key=lambda one: steps[one][0])
    slip = max(unit, key=unit.__getitem__, default="")
    told = f" Ten times too large, {slip} moves it most, by {plain(unit[slip])} on average." if slip else ""
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {before.says()}; with noise of a tenth of each number's spread, and a tenth of "
        f"texts swapped, {plain(after.value)}. One step in {most} moves the score most, by {plain(steps[most][0])} on "
        f"average and {plain(steps[most][1])} at most.{told}",
        estimates=(before, after.model_copy(update={"group": "with noise"})),
        warning=after.low > before.high if scored.task is Task.REGRESSION else after.high < before.low,
        table=tuple(
            {"column": name, "step": steps[name][0], "step_most": steps[name][1], "moved": unit.get(name)}
            for name in sorted(steps, key=lambda one: -steps[one][0])
        ),
    )


def _moved(model: Model, some: pl.DataFrame, changed: pl.Expr | pl.Series, scores: read.Array) -> tuple[float, float]:
    """How far scores move when a column is changed, on average and at most."""
    apart = np.abs(np.asarray(model.predict(some.with_columns(changed))) - scores)
    return float(apart.mean()), float(apart.max())


def _step(column: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The column one step off; what is missing stays missing."""
    if column.dtype == pl.String:
        return column.gather(rng.permutation(len(column))).alias(column.name)
    if column.dtype.is_integer():
        return (column.cast(pl.Float64) + 1).alias(column.name)
    return (column + SHARE * float(np.nanstd(read.array(column)))).alias(column.name)


def _noised(column: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The column with noise of a tenth of its spread, or a tenth of its texts swapped; missing ones stay missing."""
    if column.dtype == pl.String:
        swapped = pl.Series(rng.random(len(column)) < SHARE)
        return column.zip_with(~swapped | column.is_null(), _step(column, rng)).alias(column.name)
    spread = float(np.nanstd(read.array(column)))
    return (column.cast(pl.Float64) + pl.Series(rng.normal(0, SHARE * spread, len(column)))).alias(column.name)
