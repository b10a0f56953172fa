"""Would a person almost like another be told the same reasons, and do the reasons named move the score?"""

from typing import Any

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate
from glassworks.core.ports import Model
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.explain import named, told_again
from glassworks.measures.intervals import mean_interval
from glassworks.stages import rows as read
from glassworks.stages.validate.verdicts import above

ROWS, MOST, NEAR, AGAIN, LEAST = 200, 4, 0.02, 0.75, 0.005
WORDS = {Verdict.PASS: "", Verdict.FAIL: ", which is too few", Verdict.INCONCLUSIVE: ", which may be too few"}


@check(
    "reasons",
    stage=Stage.VALIDATE,
    title="Reasons that hold",
    question="Is somebody almost like another told the same reasons, and do those reasons move the score?",
    order=90,
    tasks=(Task.BINARY, Task.REGRESSION),
)
def reasons(brief: Brief, rows: pl.DataFrame, open_rows: pl.DataFrame, model: Model) -> Answer:
    """Of 100 reasons, 75 must stand again, about as strong, when every number moves by a fiftieth of its spread.

    Reasons are the inputs that move the score most when set to their usual value on the open rows, at most as many as
    the contract asks for (four). Shown beside it: how far the score moves without those inputs, and without as many
    others.
    """
    most = brief.constraints.reason_codes or MOST
    usual = {name: value for name in rows.columns if (value := _usual(open_rows, name)) is not None}
    some = read.sample(rows, ROWS)
    if not usual:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="It has no input that could be a reason.")
    own, moves = _moves(model, some, usual)
    _, again = _moves(model, _near(some, rows), usual)
    least = LEAST * np.abs(own) if brief.task is Task.REGRESSION else np.full(own.shape, LEAST)
    said = named(moves, least, most)
    shares = told_again(moves, again, said, most)
    if shares.size < 2:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="No input moves its score enough to be a reason.")
    mean, low, high = mean_interval(shares)
    stands = Estimate(
        name="reasons that stand again",
        value=mean,
        low=max(0.0, low),
        high=min(1.0, high),
        level=0.95,
        n=shares.size,
        method="normal, by row",
        threshold=AGAIN,
    )
    verdict = above(stands, AGAIN)
    without, beside = _taken_away(model, some, usual, said)
    told = f" Without them the score moves by {without:.3g} on average, without as many others by {beside:.3g}."
    return Answer(
        verdict=verdict,
        sentence=f"Of 100 reasons {100 * mean:.0f} stand again for somebody almost alike{WORDS[verdict]}; "
        f"{100 * AGAIN:.0f} are asked for.{told}",
        estimates=(stands,),
        warning=without < beside,
        next_step="" if verdict is Verdict.PASS else "Use a smoother model, or fewer and broader inputs.",
    )


def _usual(open_rows: pl.DataFrame, name: str) -> Any:
    """The middle number, or the commonest text, of the open rows."""
    column = open_rows[name].drop_nulls() if name in open_rows.columns else pl.Series([])
    if not len(column):
        return None
    return column.median() if column.dtype.is_numeric() else column.mode().sort()[0]


def _moves(model: Model, some: pl.DataFrame, usual: dict[str, Any]) -> tuple[read.Array, read.Array]:
    """The scores, and how far each input moves each of them away from its usual value."""
    own = np.asarray(model.predict(some), dtype=np.float64)
    without = [model.predict(_set(some, {name: value}, None)) for name, value in usual.items()]
    return own, own[:, None] - np.stack([np.asarray(one, dtype=np.float64) for one in without], axis=1)


def _near(some: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows almost like these: numbers with a fiftieth of their spread added or taken, whole ones kept whole."""
    rng = np.random.default_rng(0)
    moved = []
    for name in some.columns:
        column = some[name]
        if not column.dtype.is_numeric() or rows[name].n_unique() <= 2:
            continue
        noise = pl.Series(rng.choice([-1.0, 1.0], len(column)) * NEAR * float(np.nanstd(read.array(rows[name]))))
        near = column.cast(pl.Float64) + (noise.round() if column.dtype.is_integer() else noise)
        moved.append(near.alias(name))
    return some.with_columns(moved)


def _taken_away(model: Model, some: pl.DataFrame, usual: dict[str, Any], said: read.Array) -> tuple[float, float]:
    """How far scores move when all reasons of a row are set to their usual values, and when as many others are."""
    own = np.asarray(model.predict(some), dtype=np.float64)
    many, room = said.sum(axis=1), (~said).sum(axis=1)
    rank = np.argsort(np.argsort(np.where(said, 2.0, np.random.default_rng(0).random(said.shape)), axis=1), axis=1)
    others = ~said & (rank < np.minimum(many, room)[:, None])
    moved = [np.asarray(model.predict(_set(some, usual, mask)), dtype=np.float64) for mask in (said, others)]
    return float(np.abs(own - moved[0]).mean()), float(np.abs(own - moved[1]).mean())


def _set(some: pl.DataFrame, usual: dict[str, Any], mask: read.Array | None) -> pl.DataFrame:
    """The rows with inputs at their usual values, everywhere or where the mask says so."""
    changed = []
    for place, (name, value) in enumerate(usual.items()):
        put = pl.lit(value, dtype=pl.Float64 if some[name].dtype.is_numeric() else some[name].dtype)
        own = pl.col(name).cast(pl.Float64) if some[name].dtype.is_numeric() else pl.col(name)
        rule = put if mask is None else pl.when(pl.Series(mask[:, place])).then(put).otherwise(own)
        changed.append(rule.alias(name))
    return some.with_columns(changed)
