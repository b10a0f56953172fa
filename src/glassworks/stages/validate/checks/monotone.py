"""Does each single case follow the direction that the domain expert signed, not only the average?"""

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Direction, Task
from glassworks.core.estimate import Estimate
from glassworks.core.ports import Model
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.explain import against
from glassworks.measures.intervals import rate
from glassworks.stages import rows as read

ROWS, POINTS, SLACK = 200, 7, 0.02
SIGNS = {Direction.UP: 1, Direction.DOWN: -1}


@check(
    "monotone",
    stage=Stage.VALIDATE,
    title="Direction, case by case",
    question="For how many single cases does the score step against a direction that the domain expert signed?",
    order=72,
    tasks=(Task.BINARY, Task.REGRESSION),
)
def monotone(brief: Brief, rows: pl.DataFrame, model: Model) -> Answer:
    """Reported, as no limit was agreed; the direction on average is the question of `effects`, which closes the gate.

    Each number with a signed direction is moved through its range for up to 200 cases, all else as it is. A step
    against the direction counts from a fiftieth of the scores' spread on.
    """
    some = read.sample(rows, ROWS)
    signed = {one.name: SIGNS[one.expected] for one in brief.features if one.expected in SIGNS}
    numbers = {name: sign for name, sign in signed.items() if name in some.columns and some[name].dtype.is_numeric()}
    if not numbers:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="The domain expert signed no direction of a number.")
    spread = float(np.std(np.asarray(model.predict(some))))
    found = [one for name, sign in numbers.items() if (one := _stray(model, some, rows[name], sign, SLACK * spread))]
    if not found:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="No number with a signed direction varies here.")
    worst = max(found, key=lambda one: one.value)
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: of 100 cases {100 * worst.value:.0f} step against the signed direction of "
        f"{worst.group} somewhere (95 % interval {100 * worst.low:.0f} to {100 * worst.high:.0f})"
        f"{f', the most of {len(found)} signed directions' if len(found) > 1 else ''}.",
        estimates=tuple(found),
        warning=worst.low > 0.05,
    )


def _stray(model: Model, some: pl.DataFrame, column: pl.Series, sign: int, slack: float) -> Estimate | None:
    """The share of cases that step against the direction; None where the column does not vary."""
    known = read.array(column.drop_nulls())
    grid = np.unique(np.quantile(known, np.linspace(0.02, 0.98, POINTS))) if known.size else known
    if grid.size < 2:
        return None
    at = [some.with_columns(pl.lit(value, dtype=pl.Float64).alias(column.name)) for value in grid.tolist()]
    stray = against(np.stack([np.asarray(model.predict(one)) for one in at]), sign, slack)
    return rate("cases against the direction", int(stray.sum()), stray.size, group=column.name)
