"""Would a person almost like another be told the same reasons, and do the reasons named move the score?"""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from glassworks.core.check import Topic, check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate
from glassworks.core.ports import Model
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.explain import doubled, eased, named, spearman, told_again
from glassworks.measures.intervals import mean_interval
from glassworks.stages import rows as read
from glassworks.stages.validate.verdicts import above

ROWS, MOST, NEAR, AGAIN, LEAST = 200, 4, 0.02, 0.75, 0.005
SAME, SAME_FROM, DOUBLED, WIDE = 0.9, 2000, 0.1, 10
Ask = Callable[[pl.DataFrame], read.Array]
WORDS = {Verdict.PASS: "", Verdict.FAIL: ", which is too few", Verdict.INCONCLUSIVE: ", which may be too few"}


@check(
    "reasons",
    stage=Stage.VALIDATE,
    title="Reasons that hold",
    question="Is somebody almost like another told the same reasons, and do those reasons move the score?",
    order=90,
    about=Topic.REASONS,
)
def reasons(brief: Brief, rows: pl.DataFrame, open_rows: pl.DataFrame, model: Model, level: float) -> Answer:
    """Of 100 reasons, 75 must stand again, about as strong, when every number moves by a fiftieth of its spread.

    Reasons are the inputs that move the score most when set to their usual value on the open rows, at most as many as
    the contract asks for (four). Shown beside it, as no limit was agreed: how far the score moves without those inputs,
    and without as many others; how often half the way to the usual value moves the score as the reason says; how often
    two reasons of a row say nearly the same. Of several classes the score is the probability of the one answered.
    """
    most = brief.constraints.reason_codes or MOST
    usual = {name: value for name in rows.columns if (value := _usual(open_rows, name)) is not None}
    some = read.sample(rows, ROWS)
    if not usual:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="It has no input that could be a reason.")
    ask = _asking(model, some)
    own, moves = _moves(ask, some, usual)
    _, again = _moves(ask, _near(some, rows), usual)
    least = LEAST * np.abs(own) if brief.task is Task.REGRESSION else np.full(own.shape, LEAST)
    said = named(moves, least, most)
    shares = told_again(moves, again, said, most)
    if shares.size < 2 and float(np.ptp(own)) > WIDE * float(least.max()) and not moves.any():
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence="Its scores differ from row to row, and move with no input that is set: it gives no reasons.",
            next_step="Ask how the model reads a row; it must answer each by itself.",
        )
    if shares.size < 2:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="No input moves its score enough to be a reason.")
    mean, low, high = mean_interval(shares, level)
    stands = Estimate(
        name="reasons that stand again",
        value=mean,
        low=max(0.0, low),
        high=min(1.0, high),
        level=level,
        n=shares.size,
        method="normal, by row",
        threshold=AGAIN,
        at_least=AGAIN,
    )
    verdict = above(stands, AGAIN)
    without, beside = _taken_away(ask, some, usual, said)
    told = f" Without them the score moves by {without:.3g} on average, without as many others by {beside:.3g}."
    halfway = eased(moves, own[:, None] - _halfway(ask, some, usual), said & _numbers(some, usual))
    if halfway.size > 1:
        told += f" Half the way to the usual value moves it as the reason says in {100 * halfway.mean():.0f} of 100."
    twice = doubled(_alike(open_rows, usual), said)
    told += f" In {100 * twice:.0f} of 100 cases two reasons say nearly the same." if twice else ""
    return Answer(
        verdict=verdict,
        sentence=f"Of 100 reasons {100 * mean:.0f} stand again for somebody almost alike{WORDS[verdict]}; "
        f"{100 * AGAIN:.0f} are asked for.{told}",
        estimates=(stands, *_ease(halfway)),
        warning=without < beside or twice > DOUBLED or (halfway.size > 1 and halfway.mean() < AGAIN),
        next_step="" if verdict is Verdict.PASS else "Use a smoother model, or fewer and broader inputs.",
    )


def _usual(open_rows: pl.DataFrame, name: str) -> Any:
    """The middle number, or the commonest text, of the open rows."""
    column = open_rows[name].drop_nulls() if name in open_rows.columns else pl.Series([])
    if not len(column):
        return None
    return column.median() if column.dtype.is_numeric() else column.mode().sort()[0]


def _asking(model: Model, some: pl.DataFrame) -> Ask:
    """One score a row: of several classes the probability of the class that the model answers for these rows."""
    first = np.asarray(model.predict(some), dtype=np.float64)
    answered = first.argmax(axis=1) if first.ndim == 2 else None

    def ask(rows: pl.DataFrame) -> read.Array:
        scores = np.asarray(model.predict(rows), dtype=np.float64)
        return scores if answered is None else scores[np.arange(len(answered)), answered]

    return ask


def _moves(ask: Ask, some: pl.DataFrame, usual: dict[str, Any]) -> tuple[read.Array, read.Array]:
    """The scores, and how far each input moves each of them away from its usual value."""
    own = ask(some)
    return own, own[:, None] - np.stack([ask(_set(some, {name: value}, None)) for name, value in usual.items()], axis=1)


def _numbers(some: pl.DataFrame, usual: dict[str, Any]) -> read.Array:
    """Which inputs are numbers, so that there is a half way to their usual value."""
    return np.asarray([some[name].dtype.is_numeric() for name in usual])


def _halfway(ask: Ask, some: pl.DataFrame, usual: dict[str, Any]) -> read.Array:
    """The scores with each number half the way to its usual value; a text stays as it is."""
    asked = []
    for name, value in usual.items():
        near = (pl.col(name).cast(pl.Float64) + value) / 2 if some[name].dtype.is_numeric() else pl.col(name)
        asked.append(ask(some.with_columns(near.alias(name))))
    return np.stack(asked, axis=1)


def _alike(open_rows: pl.DataFrame, usual: dict[str, Any]) -> read.Array:
    """Which numbers tell nearly the same on the open rows: a rank correlation of 0.9 or more, either way."""
    some = read.sample(open_rows, SAME_FROM)
    known = {
        name: read.array(some[name]) for name, is_number in zip(usual, _numbers(some, usual), strict=True) if is_number
    }
    alike = np.zeros((len(usual), len(usual)), dtype=bool)
    for i, one in enumerate(usual):
        for j, other in enumerate(usual):
            if i < j and one in known and other in known:
                both = np.isfinite(known[one]) & np.isfinite(known[other])
                alike[i, j] = abs(spearman(known[one][both], known[other][both])) >= SAME
    return alike


def _ease(halfway: read.Array) -> tuple[Estimate, ...]:
    """The share of reasons that half the way eases, as a reported figure."""
    if halfway.size < 2:
        return ()
    mean, low, high = mean_interval(halfway)
    name, method = "reasons that half the way eases", "normal, by reason"
    return (Estimate(name=name, value=mean, low=max(0.0, low), high=min(1.0, high), n=halfway.size, method=method),)


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


def _taken_away(ask: Ask, some: pl.DataFrame, usual: dict[str, Any], said: read.Array) -> tuple[float, float]:
    """How far scores move when all reasons of a row are set to their usual values, and when as many others are."""
    own = ask(some)
    many, room = said.sum(axis=1), (~said).sum(axis=1)
    rank = np.argsort(np.argsort(np.where(said, 2.0, np.random.default_rng(0).random(said.shape)), axis=1), axis=1)
    others = ~said & (rank < np.minimum(many, room)[:, None])
    moved = [ask(_set(some, usual, mask)) for mask in (said, others)]
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
