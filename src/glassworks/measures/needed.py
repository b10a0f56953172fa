"""What the target asks for before any model exists: roughly which AUC, and how many sealed cases to decide by.

Both are approximations. They take the scores of positives and negatives for two normal curves of equal width (the
binormal ROC curve), which real scores only resemble.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

from glassworks.core.contract import Assumption, Brief, Task, exactly
from glassworks.core.errors import FixTheInput
from glassworks.measures.decision import threshold
from glassworks.measures.intervals import z
from glassworks.measures.value import gains
from glassworks.measures.whatif import ROUNDING, WhatIf, gain

NORMAL = NormalDist()
NEARLY_PERFECT = 1 - 1e-12
STEPS = 60
POWER = 0.8


def with_auc(brief: Brief, positive_rate: float, auc: float) -> WhatIf:
    """The brief's decision with a model of this AUC, roughly: what it would reach under a binormal ROC curve.

    With capacity it acts on the best scored share, without where a calibrated score reaches the matrix's threshold.

    Raises
    ------
    FixTheInput : the AUC is not between 0.5 and 1, the rate not between 0 and 1, the brief not binary, or its value
        matrix yields no threshold where one is needed.

    Notes
    -----
    Negatives N(0, 1), positives N(d, 1): AUC = Phi(d / sqrt 2). The likelihood ratio at score t is exp(d t - d^2 / 2).
    """
    apart, cut = _curve(brief, positive_rate, auc)
    tpr, fpr = _beyond(cut - apart), _beyond(cut)
    decision = brief.decision
    return WhatIf(brief.value, decision.volume_per_period, exactly(positive_rate), tpr, fpr, decision.capacity_share)


def _curve(brief: Brief, positive_rate: float, auc: float) -> tuple[float, float]:
    """How far apart the two normal curves stand, and the score from which is acted."""
    if brief.task is not Task.BINARY:
        raise FixTheInput("An AUC exists only for a binary model.")
    if not 0 < positive_rate < 1:
        raise FixTheInput("The share of positive cases must lie between 0 and 1.", field="positive_rate")
    if not 0.5 <= auc <= 1:
        raise FixTheInput("The AUC must lie between 0.5 and 1.", field="auc")
    apart = math.sqrt(2) * NORMAL.inv_cdf(min(auc, NEARLY_PERFECT))
    share = brief.decision.capacity_share
    if share is not None:

        def room(cut: float) -> bool:
            return positive_rate * _beyond(cut - apart) + (1 - positive_rate) * _beyond(cut) <= share

        return apart, _least(room, -40.0, apart + 40.0)
    pays = threshold(brief.value)
    if pays == 0:
        return apart, -math.inf
    odds = math.log(pays / (1 - pays) * (1 - positive_rate) / positive_rate)
    if apart == 0:
        return apart, math.inf if odds > 0 else -math.inf
    return apart, apart / 2 + odds / apart


def _beyond(x: float) -> float:
    """The share of a standard normal curve above x."""
    return 0.5 * math.erfc(x / math.sqrt(2))


def _least(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The least number between the ends from which `holds` is true, when it is true at the upper end."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def implied_auc(tpr: float, fpr: float) -> float:
    """The AUC of the binormal curve through one operating point: Phi((z(TPR) - z(FPR)) / sqrt 2), at least 0.5.

    Examples
    --------
    >>> round(implied_auc(0.6, 0.2), 3), implied_auc(0.3, 0.3)
    (0.781, 0.5)
    """
    hit, alarm = (NORMAL.inv_cdf(min(max(rate, 1 - NEARLY_PERFECT), NEARLY_PERFECT)) for rate in (tpr, fpr))
    return max(0.5, NORMAL.cdf((hit - alarm) / math.sqrt(2)))


def marginal_precision(brief: Brief, positive_rate: float, auc: float) -> float:
    """The share of positives among the cases that the model acts on last, roughly (binormal)."""
    apart, cut = _curve(brief, positive_rate, auc)
    if math.isinf(cut):
        return positive_rate
    log_odds = apart * cut - apart**2 / 2 + math.log(positive_rate / (1 - positive_rate))
    return 0.5 * (1 + math.tanh(log_odds / 2))


def capacity_worth(brief: Brief, positive_rate: float, auc: float) -> float:
    """What room to act on one more case a period is worth, roughly (binormal); 0 where capacity does not bind.

    The shadow price of capacity before there are rows; with scored rows it is that of `profit.profit_curve`. It is
    counted against leaving that case alone.
    """
    if brief.decision.capacity_share is None:
        return 0.0
    b, g = gains(brief.value)
    margin = marginal_precision(brief, positive_rate, auc)
    return max(0.0, margin * b + (1 - margin) * g)


def needed_auc(brief: Brief, positive_rate: float) -> float | None:
    """The AUC that a model must roughly have to meet the KPI target: an approximation by the binormal ROC curve.

    Returns
    -------
    0.5 where a model without any skill meets it; None when the model is not binary, acting on a positive gains no more
    than acting on a negative, or even a perfect model falls short.
    """
    if brief.task is not Task.BINARY:
        return None
    b, g = gains(brief.value)
    if b <= max(0.0, g) if brief.decision.capacity_share is None else b <= g:
        return None
    target = brief.kpi.target

    def meets(auc: float) -> bool:
        return gain(with_auc(brief, positive_rate, auc)) >= target - ROUNDING * (abs(target) + brief.value.period_cost)

    if not meets(1.0):
        return None
    return 0.5 if meets(0.5) else _least(meets, 0.5, 1.0)


def needed_rows(
    brief: Brief, positive_rate: float, auc: float, *, level: float = 0.95, power: float = POWER
) -> int | None:
    """How many sealed cases the KPI gate needs to pass a model of this AUC `power` of the time, roughly.

    The gate asks that the gain's interval at `level` lies above zero and that P(gain >= target) is at least the brief's
    `min_probability`. More cases narrow what is known of the rates, not what is assumed of the values.

    Returns
    -------
    None when no number of cases suffices: the model is too weak, or the values are too uncertain, to pass.

    Notes
    -----
    With s the standard error of the gain from n cases and t that of the values' triangles, both normal: the mean gain
    less its threshold must be at least z sqrt(s^2 + t^2) + z_power s. A case's variance is that of the influence
    function of the decision (`variance_per_case`). A `min_probability` below one half counts as one half.

    Raises
    ------
    FixTheInput : as `with_auc`; or the power is not above one half and below 1.
    """
    if not 0.5 < power < 1:
        raise FixTheInput("The power must lie above one half and below 1.", field="power")
    case = with_auc(brief, positive_rate, auc)
    hits, alarms = (float(many) for many in case.more())
    value = brief.value
    b, g = (
        mean_of(value.act_positive) - mean_of(value.skip_positive),
        mean_of(value.act_negative) - mean_of(value.skip_negative),
    )
    mean = hits * b + alarms * g - value.period_cost
    vague = hits**2 * (variance_of(value.act_positive) + variance_of(value.skip_positive))
    vague += alarms**2 * (variance_of(value.act_negative) + variance_of(value.skip_negative))
    per_case = variance_per_case(case, b, g, marginal_precision(brief, positive_rate, auc))
    return gate_rows(brief, mean, vague, case.volume**2 * per_case, level, power)


def gate_rows(
    brief: Brief, mean: float, vague: float, per_case: float, level: float = 0.95, power: float = POWER
) -> int | None:
    """How many cases the KPI gate needs (see `needed_rows`) for a gain known to be normal.

    Parameters
    ----------
    mean : the gain a period expected of the model.
    vague : its variance from the values alone.
    per_case : the variance of the gain a period if it were measured on one case.
    """
    rows = 1
    for least, sure in ((0.0, z(level)), (brief.kpi.target, max(0.0, NORMAL.inv_cdf(brief.kpi.min_probability)))):
        error = _largest_error(mean - least, sure, NORMAL.inv_cdf(power), vague)
        if error is None:
            return None
        rows = max(rows, math.ceil(per_case / error**2))
    return rows


def _largest_error(above: float, sure: float, found: float, vague: float) -> float | None:
    """The largest standard error with above >= sure sqrt(error^2 + vague) + found error, None when there is none."""

    def fails(error: float) -> bool:
        return above < sure * math.hypot(error, math.sqrt(vague)) + found * error

    if above <= 0 or fails(0.0):
        return None
    high = above
    while not fails(high):
        high *= 2
    low = 0.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if fails(middle) else (middle, high)
    return low or None


def variance_per_case(case: WhatIf, positive: float, negative: float, margin: float) -> float:
    """The variance that one case adds to the gain a case: divided by n, the squared standard error of the mean gain.

    Parameters
    ----------
    positive, negative : what acting gains on a positive and on a negative case.
    margin : precision among the cases acted on last; used with capacity.

    Notes
    -----
    Without capacity the variance of acted x worth. With capacity c the number acted on is fixed, for model and baseline
    alike: the influence of a case is (b - g) ((y - m) a - (y - p) a0), with a0 independent of y and a.
    """
    p, tpr, fpr, c = case.prevalence.mode, case.tpr, case.fpr, case.capacity_share
    if c is None:
        mean = p * tpr * positive + (1 - p) * fpr * negative
        return p * tpr * positive**2 + (1 - p) * fpr * negative**2 - mean**2
    model = p * tpr * (1 - margin) ** 2 + (1 - p) * fpr * margin**2 - (p * tpr - margin * c) ** 2
    blind = c * p * (1 - p)
    return (positive - negative) ** 2 * (model + blind * (1 - 2 * (tpr * (1 - margin) + fpr * margin)))


def mean_of(assumed: Assumption) -> float:
    """The mean of the triangle between low, mode and high."""
    return (assumed.low + assumed.mode + assumed.high) / 3


def variance_of(assumed: Assumption) -> float:
    """The variance of the triangle between low, mode and high: (a^2 + b^2 + c^2 - ab - ac - bc) / 18."""
    a, b, c = assumed.low, assumed.mode, assumed.high
    return ((a - b) ** 2 + (b - c) ** 2 + (c - a) ** 2) / 36
