"""Does it answer when a value is missing, new or absurd?"""

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.errors import GlassworksError
from glassworks.core.ports import Model
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.stages import rows as read

ROWS = 20
STRANGE = "a category nobody has seen"
FACTOR = 1_000
INFINITE = "infinite"


@check(
    "robustness",
    stage=Stage.VALIDATE,
    title="Odd rows",
    question="Does it give a finite answer when a value is missing, unseen or far out of range?",
    order=100,
)
def robustness(rows: pl.DataFrame, model: Model) -> Answer:
    """Each column in turn: all missing, and for texts a new category, for numbers a thousand times the value.

    Reported beside it, as no rule was agreed: numbers that are all zero, all negative (both warn) or infinite.
    """
    some = read.sample(rows, ROWS)
    silent = [f"{name} ({what})" for name in some.columns for what, odd in _odd(some, name) if not _answers(model, odd)]
    beyond = [
        f"{name} ({what})" for name in some.columns for what, odd in _beyond(some, name) if not _answers(model, odd)
    ]
    told = f" Of numbers that are zero, negative or infinite, {len(beyond)} are not answered." if beyond else ""
    if silent:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"It gives no usable answer in {len(silent)} of the odd cases tried.{told}",
            examples=tuple([*silent, *beyond][:MAX_EXAMPLES]),
            next_step="Teach the model what to answer then, or handle these values before it.",
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"It answers with each of {len(some.columns)} columns missing, unseen or far out of range.{told}",
        examples=tuple(beyond[:MAX_EXAMPLES]),
        warning=any(INFINITE not in one for one in beyond),
    )


def _odd(some: pl.DataFrame, name: str) -> list[tuple[str, pl.DataFrame]]:
    dtype = some[name].dtype
    odd = [("missing", pl.lit(None, dtype=dtype))]
    if dtype == pl.String:
        odd.append(("unseen", pl.lit(STRANGE)))
    elif dtype.is_numeric():
        odd.append(("far out of range", pl.col(name).cast(pl.Float64) * FACTOR))
    return [(what, some.with_columns(value.alias(name))) for what, value in odd]


def _beyond(some: pl.DataFrame, name: str) -> list[tuple[str, pl.DataFrame]]:
    """A number that nobody should send: zero everywhere, negative everywhere, infinite."""
    if not some[name].dtype.is_numeric():
        return []
    number = pl.col(name).cast(pl.Float64)
    odd = {"zero": pl.lit(0.0), "negative": -number.abs() - 1, INFINITE: pl.lit(float("inf"))}
    return [(what, some.with_columns(value.alias(name))) for what, value in odd.items()]


def _answers(model: Model, frame: pl.DataFrame) -> bool:
    try:
        answers = np.asarray(model.predict(frame), dtype=np.float64)
        return len(answers) == frame.height and bool(np.isfinite(answers).all())
    except GlassworksError:
        return False
