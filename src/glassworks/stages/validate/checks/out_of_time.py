"""How do the sealed rows differ from the open ones, and is the model as good on them, in each part of their window?"""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.policy import PolicyPack
from glassworks.core.ports import Model
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate
from glassworks.measures.backtest import Part, backtest, off
from glassworks.measures.drift import Shift, psi_estimate, shifts
from glassworks.measures.overfit import gap, lead
from glassworks.measures.performance import headline
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read
from glassworks.stages.validate.open_scores import columns, on_open_rows, thinned

LEAST, SHARE, PARTS, LEAST_PART, NAMED = 50, 0.1, 4, 30, 3
SCORE = "the score"


class _Said(NamedTuple):
    sentence: str
    warns: bool
    estimates: tuple[Estimate, ...]
    table: tuple[dict[str, Any], ...] = ()
    examples: tuple[str, ...] = ()


@check(
    "out_of_time",
    stage=Stage.VALIDATE,
    title="Change from open to sealed rows",
    question="Do the sealed rows look like the open ones, and is the model as good on them, early and late?",
    order=82,
)
def out_of_time(
    brief: Brief,
    policy: PolicyPack,
    scored: Scored,
    rows: pl.DataFrame,
    open_rows: pl.DataFrame,
    model: Model,
    candidate: Candidate,
    times: NDArray[Any] | None,
    level: float,
) -> Answer:
    """Reported: what moved, how far the headline figure falls, foretold against happened in four parts of the window.

    A column moved when its stability index exceeds both the policy's `psi_effect` and chance (Benjamini-Hochberg over
    all inputs and the score). The figure falls far when the interval of the fall lies beyond a tenth of its lead over
    knowing nothing on the open rows. A part is off when it is so beyond chance (Holm). Of several classes the score is
    the class answered. At most 5,000 open rows and 20,000 sealed ones are compared for what moved.
    Source: population stability index (Siddiqi, 2006); out-of-time test and back-test by period.
    """
    if min(scored.n, open_rows.height) < LEAST:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE, sentence=f"Fewer than {LEAST} open or sealed rows are too few to compare."
        )
    known, shown = on_open_rows(brief, candidate, model, open_rows)
    said = (
        _moved(known, shown, *thinned(scored, rows), policy.limit("psi_effect"), level),
        _fallen(known, scored, level),
        _in_time(scored, times, level),
    )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {' '.join(one.sentence for one in said if one.sentence)}",
        estimates=tuple(estimate for one in said for estimate in one.estimates),
        warning=any(one.warns for one in said),
        examples=tuple(words for one in said for words in one.examples)[:MAX_EXAMPLES],
        table=tuple(row for one in said for row in one.table),
    )


def _score(scored: Scored) -> NDArray[Any]:
    """The score of each case; of several classes the one answered."""
    if scored.task is Task.MULTICLASS:
        return np.asarray(np.asarray(scored.labels)[scored.scores.argmax(axis=1)])
    return scored.scores


def _moved(known: Scored, shown: pl.DataFrame, fresh: Scored, rows: pl.DataFrame, effect: float, level: float) -> _Said:
    before, now = columns(shown) | {SCORE: _score(known)}, columns(rows) | {SCORE: _score(fresh)}
    found = shifts(before, now, effect=effect)
    moved = [one for one in found if one.drifted]
    named = dict.fromkeys([SCORE, *(one.name for one in moved[:NAMED])])
    estimates = [psi_estimate(before[one], now[one], level=level).model_copy(update={"group": one}) for one in named]
    many = f"of {rows.width} inputs and the score"
    words = f"{many}, none moved beyond chance."
    if moved:
        told = ", ".join(f"{one.name} ({plain(one.psi)})" for one in moved[:NAMED])
        words = f"{many}, {len(moved)} moved beyond chance, most {told} by the stability index ({effect:g} is small)."
    return _Said(
        words,
        bool(moved),
        tuple(estimates),
        tuple(_row(one) for one in found),
        tuple(f"{one.name}: stability index {plain(one.psi)}, by chance {plain(one.null95)}" for one in moved),
    )


def _row(one: Shift) -> dict[str, Any]:
    return {"column": one.name, "psi": one.psi, "chance": one.null95, "p": one.p, "moved": one.drifted}


def _fallen(known: Scored, scored: Scored, level: float) -> _Said:
    before, now = headline(known, level), headline(scored, level)
    limit = SHARE * lead(known)
    fall = gap(known, scored, level).model_copy(update={"threshold": limit})
    far = fall.low > limit
    wide = ", which is more than a tenth of its lead over knowing nothing" if far else ""
    words = (
        f"{before.name} is {plain(before.value)} on the open rows and {plain(now.value)} on the sealed rows: "
        f"{fall.says()}{wide}. Where it learned from the open rows, their figure flatters it."
    )
    return _Said(words, far, (before.model_copy(update={"group": "open rows"}), fall))


def _in_time(scored: Scored, times: NDArray[Any] | None, level: float) -> _Said:
    if times is None:
        return _Said("", False, ())
    when, order = read.in_time(times)
    if order.size < PARTS * LEAST_PART:
        return _Said("", False, ())
    found = backtest(scored, order, PARTS, level)
    worst = off(found, level)
    words = f"In time order, {PARTS} parts of the window happened as foretold, as far as chance can tell."
    if worst:
        one = found[worst[0]]
        words = f"In time order, part {worst[0] + 1} of {PARTS} is off beyond chance: {_happened(one, scored.task)}."
    errors = tuple(one.error.model_copy(update={"group": f"part {k + 1}"}) for k, one in enumerate(found))
    table = tuple(_part(k, one, when) for k, one in enumerate(found))
    return _Said(words, bool(worst), errors, table)


def _happened(one: Part, task: Task) -> str:
    if task is Task.REGRESSION:
        return f"outcomes lie {plain(one.error.value)} above what was foretold on average"
    return f"{plain(one.foretold)} of {one.error.n:,} were foretold and {plain(one.happened)} happened"


def _part(place: int, one: Part, when: pl.Series) -> dict[str, Any]:
    begin, end = (str(when[int(row)]) for row in one.rows[[0, -1]])
    return {
        "part": place + 1, "from": begin, "to": end, "n": one.error.n, "foretold": one.foretold,
        "happened": one.happened, "p": one.p,
    }  # fmt: skip
