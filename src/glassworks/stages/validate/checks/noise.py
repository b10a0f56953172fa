"""How far do answers move when numbers are a little wrong, or come in another unit?"""

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

ROWS, SHARE, UNIT = 2_000, 0.1, 10.0


@check(
    "noise",
    stage=Stage.VALIDATE,
    title="Noise and slips of unit",
    question="How far do answers move when numbers are a little wrong, or come in another unit?",
    order=102,
)
def noise(scored: Scored, rows: pl.DataFrame, model: Model) -> Answer:
    """Reported: all numbers get noise of a tenth of their spread; then each in turn comes ten times too large."""
    place = np.unique(np.linspace(0, scored.n - 1, min(scored.n, ROWS)).astype(int))
    some, part = rows[place], scored.part(place, scored.periods)
    numbers = [name for name in some.columns if some[name].dtype.is_numeric() and some[name].n_unique() > 2]
    if not numbers:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="It has no number among its inputs.")
    rng = np.random.default_rng(0)
    noisy = some.with_columns(_noised(some[name], rng) for name in numbers)
    before, after = headline(part), headline(replace(part, scores=np.asarray(model.predict(noisy))))
    moved = {name: _moved(model, some, name, part.scores) for name in numbers}
    most = max(moved, key=moved.__getitem__)
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {before.says()}; with noise of a tenth of each number's spread "
        f"{plain(after.value)}. Ten times too large, {most} moves the score most, by {plain(moved[most])} on average.",
        estimates=(before, after.model_copy(update={"group": "with noise"})),
        warning=after.low > before.high if scored.task is Task.REGRESSION else after.high < before.low,
        table=tuple({"column": name, "moved": moved[name]} for name in sorted(numbers, key=lambda one: -moved[one])),
    )


def _moved(model: Model, some: pl.DataFrame, name: str, scores: read.Array) -> float:
    """How far scores move on average when a column comes ten times too large."""
    slip = some.with_columns(pl.col(name).cast(pl.Float64) * UNIT)
    return float(np.abs(np.asarray(model.predict(slip)) - scores).mean())


def _noised(column: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The column with noise of a tenth of its spread; what is missing stays missing."""
    spread = float(np.nanstd(read.array(column)))
    return column.cast(pl.Float64) + pl.Series(rng.normal(0, SHARE * spread, len(column)))
