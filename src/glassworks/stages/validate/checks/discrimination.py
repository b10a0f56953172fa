"""How well does it tell cases apart, by the figures that people ask for?"""

from contextlib import suppress

import numpy as np

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate, plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.decision import threshold
from glassworks.measures.discrimination import average_precision, gini, ks, macro_auc, rank_correlation
from glassworks.measures.intervals import rate
from glassworks.measures.performance import answered, better_than_chance, lift, log_loss_skill, mae, precision, recall
from glassworks.measures.scored import Scored

MOST_CLASSES, LEAST = 12, 30


@check(
    "discrimination",
    stage=Stage.VALIDATE,
    title="Telling cases apart",
    question="How well does it tell cases apart, and how good are its probabilities beside the plain base rate?",
    order=22,
)
def discrimination(brief: Brief, scored: Scored, level: float) -> Answer:
    """Reported, never gated on: of two outcomes Gini, KS, average precision, log loss skill and the decision's figures.

    Of several classes the mean AUC of one against the rest, log loss skill and how many of each class are found; of
    numbers the error, the share of squared error removed and the rank correlation. A warning where knowing nothing
    is not clearly worse, where acting does not pay, or where a class is hardly found.
    """
    if np.unique(scored.y).size < 2:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="All outcomes are the same: nothing to tell apart.")
    if scored.task is Task.BINARY:
        return _of_two(brief, scored, level)
    return _of_classes(scored, level) if scored.task is Task.MULTICLASS else _of_numbers(scored, level)


def _of_two(brief: Brief, scored: Scored, level: float) -> Answer:
    y, scores = scored.y, scored.scores
    ap, better = average_precision(y, scores, level), log_loss_skill(y, scores, level)
    figures = [gini(y, scores, level), ks(y, scores, level), ap, better]
    told, loses = "", False
    with suppress(FixTheInput):  # where nobody is acted on, nothing is precise
        hits, needed = precision(scored, level), _break_even(brief)
        figures += [
            hits.model_copy(update={"threshold": needed}),
            recall(scored, level),
            lift(y, np.asarray(scored.acted), level),
        ]
        pays = f", and acting pays from {_in_100(needed)}" if needed is not None else ""
        told = f"; of 100 acted on, {_in_100(hits.value)} turn out positive{pays}"
        loses = needed is not None and hits.high < needed
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {ap.says()} where blind drawing has {plain(float(np.mean(y)))}; "
        f"{_beside(better, 'the base rate')}{told}.",
        estimates=tuple(figures),
        warning=better.low <= 0 or loses,
        next_step=_next(better),
    )


def _of_classes(scored: Scored, level: float) -> Answer:
    area, better = macro_auc(scored.y, scored.scores, level), log_loss_skill(scored.y, scored.scores, level)
    found, shares = [], {}
    cases, given = np.bincount(scored.y, minlength=scored.scores.shape[1]), answered(scored)
    for k in np.argsort(-cases, kind="stable"):
        if cases[k]:
            name = scored.labels[k] if scored.labels else f"class {k}"
            found.append(rate("recall", int(np.sum(given[scored.y == k] == k)), int(cases[k]), level, name))
            shares[name] = cases[k] / scored.n
    lost = [one.group for one in found if one.n >= LEAST and one.high < shares[one.group]]
    least = min(found, key=lambda one: one.value)
    worse = f"; {', '.join(lost[:MOST_CLASSES])} found less often than by guessing" if lost else ""
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {area.says()}; {_beside(better, 'the share of each class')}; the class found "
        f"least is {least.group}, {_in_100(least.value)} of 100{worse}.",
        estimates=(area, better, *found[:MOST_CLASSES]),
        warning=better.low <= 0 or bool(lost),
        next_step=_next(better),
    )


def _of_numbers(scored: Scored, level: float) -> Answer:
    order = rank_correlation(scored.y, scored.scores, level)
    error, removed = mae(scored.y, scored.scores, level), better_than_chance(scored, level)
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {error.says()}; {order.says()}, where 1 is perfect order and 0 none.",
        estimates=(error, removed, order),
        warning=order.low <= 0,
    )


def _break_even(brief: Brief) -> float | None:
    """The share of hits from which acting pays; None where it differs by row or does not exist."""
    try:
        return threshold(brief.value)
    except FixTheInput:
        return None


def _beside(better: Estimate, what: str) -> str:
    sure = "" if better.low > 0 or better.high < 0 else ", no clear difference"
    size, way = plain(100 * abs(better.value)), "less" if better.value >= 0 else "more"
    return f"its log loss is {size} % {way} than that of always saying {what}{sure}"


def _next(better: Estimate) -> str:
    return "" if better.low > 0 else "Recalibrate its probabilities, or bring inputs that tell more."


def _in_100(share: float) -> str:
    return plain(100 * share)
