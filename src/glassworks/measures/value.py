"""What decisions are worth: the KPI gain with its uncertainty, its ceiling, and what a target requires."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.contract import Assumption, Brief, Task, ValueMatrix
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.changes import counted, more_positives, without_model
from glassworks.measures.decision import capacity, first_share
from glassworks.measures.decision import threshold as threshold
from glassworks.measures.intervals import Array, percentile
from glassworks.measures.scored import Scored
from glassworks.measures.worth import Amounts, answer_values, assumptions, best_single_answer, each, row_values

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

    Binary: the decisions taken against the baseline's. Regression: cost avoided, with `over` and `under` a unit,
    against `scored.baseline`, or else the best single number for every case, the quantile of y at
    under / (under + over).
    Multiclass: value of the answers against the one answer worth most for every case. A value that names a column is
    a factor of each row's number there: one draw of it counts for all rows. `value.period_cost` is charged once a
    period.

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
    seen, drawn = counted(scored, value, repeats, rng)
    named = assumptions(value, scored.task)
    point = float(seen @ np.array([one.mode for one in named])) / scored.periods - value.period_cost
    sampled = np.stack([draw(one, repeats, rng) for one in named], axis=1)
    draws = (drawn * sampled).sum(axis=1) / scored.periods - value.period_cost
    return estimated(point, draws, level=level, target=target, n=scored.n, method=BY_CASE, unit=unit or value.currency)


def estimated(
    point: float, draws: Array, *, level: float, target: float | None, n: int, method: str, unit: str
) -> Estimate:
    """The KPI gain at the most likely values, with the interval of its draws, which always contains it.

    Parameters
    ----------
    draws : (repeats,) gains a period; `probability` is the share of them that reaches the target, when there is one.
    level : two-sided level of the interval.
    """
    low, high = percentile(draws, level)
    return Estimate(
        name="KPI gain a period",
        value=point,
        low=min(low, point),
        high=max(high, point),
        level=level,
        n=n,
        method=method,
        unit=unit,
        threshold=target,
        probability=None if target is None else float((draws >= target).mean()),
    )


def reached_gain(scored: Scored, level: float = 0.95, repeats: int = 2000, seed: int = 0) -> Estimate:
    """How many more positives a period are acted on than the baseline acts on (binary), bootstrap by case."""
    if scored.task is not Task.BINARY:
        raise FixTheInput("Positives reached exist only for a binary model.")
    seen, drawn = more_positives(scored, repeats, np.random.default_rng(seed))
    point = seen / scored.periods
    low, high = percentile(drawn / scored.periods, level)
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


def draw(assumed: Assumption, repeats: int, rng: np.random.Generator) -> Array:
    """An assumption drawn `repeats` times from the triangle between low, mode and high."""
    if assumed.low == assumed.high:
        return np.full(repeats, assumed.mode)
    return rng.triangular(assumed.low, assumed.mode, assumed.high, repeats)


def ceiling(
    y: ArrayLike,
    value: ValueMatrix,
    capacity_share: float | None,
    periods: float,
    task: Task,
    *,
    labels: Sequence[str] = (),
    amounts: Amounts | None = None,
    baseline: ArrayLike | None = None,
) -> float:
    """What a perfect model would gain a period over the baseline at the most likely values: no model gains more.

    Parameters
    ----------
    y : (n,) outcomes in list order (the order is the baseline's).
    capacity_share : of the brief's decision; None when nothing limits it.
    periods : how many KPI periods the cases span.
    labels : class names in index order, needed where `value.classes` names pairs.
    amounts : (n,) numbers of each column that a value names (`Scored.amounts`).
    baseline : (n,) regression, the answer without a model; by default the best single number for every case.
    """
    outcome, by_row = np.asarray(y), {} if amounts is None else amounts
    if task is Task.REGRESSION:
        simple = without_model(outcome, value, by_row) if baseline is None else np.asarray(baseline)
        error = simple - outcome
        cost = each(value.over, by_row) * np.maximum(error, 0) + each(value.under, by_row) * np.maximum(-error, 0)
        total = float(cost.sum())
    elif task is Task.MULTICLASS:
        total = _perfect_answers(outcome, answer_values(value, labels, _classes(outcome, labels), by_row))
    else:
        total = _perfect_actions(outcome == 1, *row_values(value, by_row), capacity_share)
    return total / periods - value.period_cost


def _classes(outcome: Array, labels: Sequence[str]) -> int:
    return max(len(labels), int(outcome.max()) + 1, 2)


def _perfect_answers(outcome: Array, worth: Array) -> float:
    chosen = worth[outcome] if worth.ndim == 2 else worth[np.arange(outcome.size), outcome]
    return float(chosen.max(axis=1).sum() - chosen[:, best_single_answer(outcome, worth)].sum())


def _perfect_actions(positive: Array, b: ArrayLike, g: ArrayLike, capacity_share: float | None) -> float:
    """Acting on the cases that gain most, as far as they gain and capacity goes; less the first of the list."""
    gained = np.where(positive, b, g)
    if capacity_share is None:
        return float(gained[gained > 0].sum())
    best = np.sort(gained)[::-1][: capacity(gained.size, capacity_share)]
    return float(best[best > 0].sum() - gained[first_share(gained.size, capacity_share)].sum())


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
