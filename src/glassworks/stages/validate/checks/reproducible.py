"""Does a row get the same answer, whatever stands beside it?"""

import numpy as np
import polars as pl

from glassworks.core.check import Topic, check
from glassworks.core.errors import GlassworksError
from glassworks.core.ports import Model
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.stages import rows as read

ROWS, FEW, CLOSE = 500, 25, 1e-6
NEXT = "Make the score hang on the row alone: fix its seeds, and prepare rows by what was fitted."


@check(
    "reproducible",
    stage=Stage.VALIDATE,
    title="Same row, same answer",
    question="Does a row get the same score a second time, in another order and among fewer rows?",
    order=105,
    about=Topic.CLAIMED,
)
def reproducible(rows: pl.DataFrame, model: Model) -> Answer:
    """Up to 500 rows are scored four times; a score may differ by a millionth of the largest, for rounding."""
    some = read.sample(rows, ROWS)
    first = np.asarray(model.predict(some), dtype=np.float64)
    try:
        again = {
            "a second time": model.predict(some),
            "in reverse order": np.asarray(model.predict(some.reverse()))[::-1],
            f"{FEW} at a time": np.concatenate([np.asarray(model.predict(part)) for part in some.iter_slices(FEW)]),
        }
    except GlassworksError as error:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"It answered these rows once, and not in another order or number: {str(error).rstrip('.')}.",
            next_step=NEXT,
        )
    close = CLOSE * max(1.0, float(np.abs(first).max(initial=0.0)))
    other = {how: _differ(first, np.asarray(scores, dtype=np.float64), close) for how, scores in again.items()}
    if any(other.values()):
        how = max(other, key=other.__getitem__)
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"Of {some.height:,} rows, {other[how]:,} get another score when asked {how}.",
            examples=tuple(f"asked {one}: {many:,} rows differ" for one, many in other.items()),
            next_step=NEXT,
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"{some.height:,} rows get the same score a second time, in reverse order and {FEW} at a time.",
    )


def _differ(first: read.Array, other: read.Array, close: float) -> int:
    """Rows whose score, or any of whose chances, differs."""
    if first.shape != other.shape:
        return len(first)
    apart = ~np.isclose(first, other, rtol=0.0, atol=close, equal_nan=True)
    return int(apart.reshape(len(first), -1).any(axis=1).sum())
