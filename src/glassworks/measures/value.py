"""What decisions are worth: the KPI gain with its uncertainty, its ceiling, and what a target requires."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.contract import Assumption, Brief, Task, ValueMatrix
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures import resample
from glassworks.measures.decision import best_first, capacity, first_share
from glassworks.measures.decision import threshold as threshold
from glassworks.measures.intervals import Array, percentile
from glassworks.measures.scored import Scored

BY_CASE = "bootstrap by case, values drawn between low and high"


def expected_value_per_case(prevalence: float, tpr: float, fpr: float, value: ValueMatrix) -> float:
    """What one case is worth on average, in the matrix's currency, at the most likely values.

    Prevalence stands apart from the rates so that the target population's can replace the sample's.

    Notes
    -----
    Provost & Fawcett, Data Science for Business, chapter 7.

    Examples
    --------
    >>> from glassworks.core.contract import exactly
    >>> matrix = ValueMatrix(act_positive=exactly(99), act_negative=exactly(-1))
    >>> round(expected_value_per_case(61 / 110, 56 / 61, 7 / 49, matrix), 5)
    50.33636
    """
    positive = tpr * value.act_positive.mode + (1 - tpr) * value.skip_positive.mode
    negative = fpr * value.act_negative.mode + (1 - fpr) * value.skip_negative.mode
    return prevalence * positive + (1 - prevalence) * negative


def net_value(y: ArrayLike, acted: ArrayLike, value: ValueMatrix) -> float:
    """The total worth of decisions over binary cases at the most likely values; fixed cost not included.

    Parameters
    ----------
    y : (n,) 0/1 outcomes.
    acted : (n,) bool decisions.
    """
    happened, did = np.asarray(y, dtype=bool), np.asarray(acted, dtype=bool)
    return float(
        value.act_positive.mode * (happened & did).sum()
        + value.act_negative.mode * (~happened & did).sum()
        + value.skip_positive.mode * (happened & ~did).sum()
        + value.skip_negative.mode * (~happened & ~did).sum()
    )


def kpi_gain(
    scored: Scored,
    value: ValueMatrix,
    *,
    target: float | None = None,
    level: float = 0.95,
    repeats: int = 2000,
    seed: int = 0,
    unit: str = "",
) -> Estimate:
    """How much more a period is worth with the model's decisions than with the baseline's, on the same cases.

    Binary: the decisions taken against the baseline's. Regression: cost avoided against always answering the median of
    y, with `over` and `under` a unit. Multiclass: value of right and wrong answers against always answering the
    commonest class. `value.period_cost` is charged once a period.

    Parameters
    ----------
    target : when given, `probability` is the share of resamples that reach it.
    level : two-sided level of the interval.
    repeats, seed : of the bootstrap; the same seed gives the same answer.
    unit : of the answer; the matrix's currency when empty.

    Returns
    -------
    Estimate at the most likely values. The interval joins two uncertainties: cases are resampled (and, with
    a capacity, the decision is made anew in each resample), and values are drawn from triangles between low, mode and
    high. It always contains the value, also when the triangles are lopsided.
    """
    rng = np.random.default_rng(seed)
    seen, drawn = _changes(scored, repeats, rng)
    worths = _worths(scored.task, value)
    point = float(seen @ np.array([b.mode - a.mode for a, b in worths])) / scored.periods - value.period_cost
    sampled = np.stack([draw(b, repeats, rng) - draw(a, repeats, rng) for a, b in worths], axis=1)
    draws = (drawn * sampled).sum(axis=1) / scored.periods - value.period_cost
    low, high = percentile(draws, level)
    return Estimate(
        name="KPI gain a period",
        value=point,
        low=min(low, point),
        high=max(high, point),
        level=level,
        n=scored.n,
        method=BY_CASE,
        unit=unit or value.currency,
        threshold=target,
        probability=None if target is None else float((draws >= target).mean()),
    )


def reached_gain(scored: Scored, level: float = 0.95, repeats: int = 2000, seed: int = 0) -> Estimate:
    """How many more positives a period are acted on than the baseline acts on (binary), bootstrap by case."""
    if scored.task is not Task.BINARY:
        raise FixTheInput("Positives reached exist only for a binary model.")
    seen, drawn = _changes(scored, repeats, np.random.default_rng(seed))
    point = float(seen[0]) / scored.periods
    low, high = percentile(drawn[:, 0] / scored.periods, level)
    return Estimate(
        name="more positives reached a period",
        value=point,
        low=min(low, point),
        high=max(high, point),
        level=level,
        n=scored.n,
        method="bootstrap by case",
        unit="cases",
    )


def _worths(task: Task, value: ValueMatrix) -> list[tuple[Assumption, Assumption]]:
    """For each column of `_changes`: what one unit was worth before and is worth after."""
    if task is Task.BINARY:
        return [(value.skip_positive, value.act_positive), (value.skip_negative, value.act_negative)]
    if task is Task.MULTICLASS:
        return [(value.wrong, value.right)]
    nothing = Assumption(low=0, mode=0, high=0)
    return [(nothing, value.over), (nothing, value.under)]


def draw(assumed: Assumption, repeats: int, rng: np.random.Generator) -> Array:
    """An assumption drawn `repeats` times from the triangle between low, mode and high."""
    if assumed.low == assumed.high:
        return np.full(repeats, assumed.mode)
    return rng.triangular(assumed.low, assumed.mode, assumed.high, repeats)


def _changes(scored: Scored, repeats: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """What the model changes against the baseline, as seen (c,) and in each resample (repeats, c).

    Binary: more positives, more negatives acted on. Multiclass: more right answers. Regression: units of
    over- and under-prediction avoided.
    """
    if not scored.n:
        raise FixTheInput("There are no cases to value.", next_step="Wait for outcomes, or widen the window.")
    if scored.task is Task.REGRESSION:
        return _regression_changes(scored, repeats, rng)
    if scored.task is Task.MULTICLASS:
        commonest = np.bincount(scored.y).argmax()
        change = (scored.scores.argmax(axis=1) == scored.y).astype(np.int64) - (scored.y == commonest)
        drawn = resample.cell_counts(change + 1, 3, repeats, rng) @ np.array([[-1], [0], [1]])
        return np.array([change.sum()]), drawn
    if scored.acted is None or scored.baseline_acted is None:
        raise FixTheInput("These cases carry no decision.", "A binary KPI needs who was acted on, and the baseline.")
    change = scored.acted.astype(np.int64) - scored.baseline_acted
    positive = scored.y == 1
    seen = np.array([change[positive].sum(), change[~positive].sum()])
    if scored.capacity_share is not None:
        return seen, _capacity_changes(scored, repeats, rng)
    effect = np.array([[-1, 0], [0, 0], [1, 0], [0, -1], [0, 0], [0, 1]])
    return seen, resample.cell_counts(change + 1 + 3 * ~positive, 6, repeats, rng) @ effect


def _capacity_changes(scored: Scored, repeats: int, rng: np.random.Generator) -> Array:
    k = capacity(scored.n, scored.capacity_share or 0.0)
    positive = (scored.y == 1).astype(np.float64)
    order = best_first(scored.scores)
    gained = [
        resample.taken_total(counted[:, order], k, positive[order]) - resample.taken_total(counted, k, positive)
        for counted in resample.counts(scored.n, repeats, rng)
    ]
    more = np.concatenate(gained)
    return np.stack([more, -more], axis=1)


def _regression_changes(scored: Scored, repeats: int, rng: np.random.Generator) -> tuple[Array, Array]:
    error = scored.scores - scored.y
    simple = np.median(scored.y) - scored.y
    avoided = np.stack(
        [np.maximum(simple, 0) - np.maximum(error, 0), np.maximum(-simple, 0) - np.maximum(-error, 0)], axis=1
    )
    drawn = np.concatenate([counted @ avoided for counted in resample.counts(scored.n, repeats, rng)])
    return avoided.sum(axis=0), drawn


def ceiling(y: ArrayLike, value: ValueMatrix, capacity_share: float | None, periods: float, task: Task) -> float:
    """What a perfect model would gain a period over the baseline at the most likely values: no model gains more.

    Parameters
    ----------
    y : (n,) outcomes in list order (the order is the baseline's).
    capacity_share : of the brief's decision; None when nothing limits it.
    periods : how many KPI periods the cases span.
    """
    outcome = np.asarray(y)
    if task is Task.REGRESSION:
        simple = np.median(outcome) - outcome
        total = value.over.mode * np.maximum(simple, 0).sum() + value.under.mode * np.maximum(-simple, 0).sum()
        return float(total) / periods - value.period_cost
    if task is Task.MULTICLASS:
        common = int(np.bincount(outcome).max())
        better = value.right.mode - value.wrong.mode
        return max(better * (len(outcome) - common), -better * common) / periods - value.period_cost
    positives = int((outcome == 1).sum())
    b, g = gains(value)
    room = len(outcome) if capacity_share is None else capacity(len(outcome), capacity_share)
    total, left = 0.0, room
    for gain, there in sorted([(b, positives), (g, len(outcome) - positives)], reverse=True):
        taken = min(left, there) if gain > 0 else 0
        total, left = total + gain * taken, left - taken
    if capacity_share is not None:
        listed = first_share(len(outcome), capacity_share)
        reached = int((outcome[listed] == 1).sum())
        total -= b * reached + g * (room - reached)
    return float(total) / periods - value.period_cost


def gains(value: ValueMatrix) -> tuple[float, float]:
    """What acting gains on one positive and on one negative case, at the most likely values."""
    return value.act_positive.mode - value.skip_positive.mode, value.act_negative.mode - value.skip_negative.mode


def needed_precision(brief: Brief, positive_rate: float) -> float | None:
    """The precision among those acted on that the KPI target requires in one period.

    With capacity: p + (target + fixed cost) / (acted x (gain on a positive - gain on a negative)), p the positive rate.
    Without: the least precision that suffices when every positive is reached; a model that misses some needs more.

    Returns
    -------
    None when the model is not binary, or when no precision up to the best possible one reaches the target
    (`ceiling` then says how far one can get).
    """
    if brief.task is not Task.BINARY:
        return None
    b, g = gains(brief.value)
    wanted = brief.kpi.target + brief.value.period_cost
    share = brief.decision.capacity_share
    if share is not None:
        if b <= g:
            return None
        needed = positive_rate + wanted / (share * brief.decision.volume_per_period * (b - g))
        return max(0.0, needed) if needed <= min(1.0, positive_rate / share) else None
    positives = brief.decision.volume_per_period * positive_rate
    spare = b - wanted / positives if positives > 0 else -1.0
    return None if spare < 0 or b <= 0 else max(0.0, -g) / (max(0.0, -g) + spare) if spare > 0 else 1.0


def net_benefit(y: ArrayLike, acted: ArrayLike, pt: float) -> float:
    """Net benefit a case at threshold probability pt: TP/n - FP/n x pt/(1-pt).

    Notes
    -----
    Vickers & Elkin (2006). With value 0 for not acting, b for a hit and -c for a miss, and pt = c/(b+c),
    the expected value a case is b times the net benefit.
    """
    happened, did = np.asarray(y, dtype=bool), np.asarray(acted, dtype=bool)
    return float((happened & did).mean() - (~happened & did).mean() * pt / (1 - pt))


def decision_curve(y: ArrayLike, scores: ArrayLike, thresholds: Sequence[float]) -> list[dict[str, Any]]:
    """Net benefit of the model, of acting on all and of acting on none, at each threshold strictly between 0 and 1."""
    happened = np.asarray(y, dtype=bool)
    points = np.asarray(thresholds, dtype=np.float64)
    order = np.argsort(np.asarray(scores, dtype=np.float64))
    first = np.searchsorted(np.asarray(scores, dtype=np.float64)[order], points)
    n = happened.size
    hits_above = np.append(np.cumsum(happened[order][::-1])[::-1], 0)[first]
    odds = points / (1 - points)
    model = (hits_above - (n - first - hits_above) * odds) / n
    everyone = happened.mean() - (1 - happened.mean()) * odds
    return [
        {"threshold": float(t), "model": float(m), "all": float(a), "none": 0.0}
        for t, m, a in zip(points, model, everyone, strict=True)
    ]
