"""What a binary decision would earn before any model exists, and how far that hangs on each assumption.

The decision is described by shares alone: how many cases a period, how many of them positive, how many positives and
negatives the model acts on, what each outcome is worth. The break-even precision of one action is `decision.threshold`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.contract import Assumption, Brief, ValueMatrix
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array
from glassworks.measures.value import draw, estimated, expected_value_per_case, gains

BY_ASSUMPTION = "values and prevalence drawn between low and high"
VALUES = ("act_positive", "act_negative", "skip_positive", "skip_negative")
ROUNDING = 1e-9


@dataclass(frozen=True)
class WhatIf:
    """One way the decision could go, a period.

    Parameters
    ----------
    value : what each outcome is worth, with low, mode and high.
    volume : cases a period, more than 0.
    prevalence : share of positive cases, between 0 and 1.
    tpr, fpr : share of the positives, and of the negatives, that the model would act on.
    capacity_share : at most this share of the cases can be acted on, or None. A model that would act on more acts on
        a blind selection of its choice. As in `scored.decided`, the baseline then acts on this share in list order,
        and on nobody when there is no capacity.

    Raises
    ------
    FixTheInput : a share lies outside its bounds, or the volume is not above 0.
    """

    value: ValueMatrix
    volume: float
    prevalence: Assumption
    tpr: float
    fpr: float
    capacity_share: float | None = None

    def __post_init__(self) -> None:
        if not self.volume > 0:
            raise FixTheInput("There must be more than zero cases a period.", field="volume")
        if not 0 < self.prevalence.low <= self.prevalence.high < 1:
            raise FixTheInput("The share of positive cases must lie between 0 and 1.", field="prevalence")
        for name, share in (("tpr", self.tpr), ("fpr", self.fpr)):
            if not 0 <= share <= 1:
                raise FixTheInput("A share of cases acted on must lie between 0 and 1.", field=name)
        if self.capacity_share is not None and not 0 < self.capacity_share <= 1:
            raise FixTheInput("The capacity must lie between 0 and all cases.", field="capacity_share")

    def reached(self, prevalence: ArrayLike | None = None) -> tuple[Array, Array]:
        """Positives and negatives acted on in a period; at each given prevalence, else at the likeliest."""
        share = np.asarray(self.prevalence.mode if prevalence is None else prevalence, dtype=np.float64)
        hits, alarms = share * self.tpr, (1 - share) * self.fpr
        if self.capacity_share is None:
            return self.volume * hits, self.volume * alarms
        kept = self.volume * self.capacity_share / np.maximum(hits + alarms, self.capacity_share)
        return kept * hits, kept * alarms

    def more(self, prevalence: ArrayLike | None = None) -> tuple[Array, Array]:
        """Positives and negatives acted on in a period beyond the baseline's."""
        share = np.asarray(self.prevalence.mode if prevalence is None else prevalence, dtype=np.float64)
        hits, alarms = self.reached(share)
        blind = self.volume * (self.capacity_share or 0.0)
        return hits - blind * share, alarms - blind * (1 - share)


def rates(prevalence: float, recall: float, precision: float) -> tuple[float, float]:
    """TPR and FPR from the words of people: of 100 positives how many are reached, of 100 acted on how many are one.

    FPR = p recall (1 - precision) / (precision (1 - p)).

    Raises
    ------
    FixTheInput : a share lies outside 0 to 1, or there are too few negatives for so low a precision.

    Examples
    --------
    >>> tuple(round(x, 4) for x in rates(0.1, 0.6, 0.3))
    (0.6, 0.1556)
    """
    if not (0 < prevalence < 1 and 0 <= recall <= 1 and 0 < precision <= 1):
        raise FixTheInput("Prevalence, recall and precision must be shares between 0 and 1.", field="precision")
    fpr = prevalence * recall * (1 - precision) / (precision * (1 - prevalence))
    if fpr > 1 + ROUNDING:
        raise FixTheInput(
            "So low a precision is not possible at this recall.",
            "It asks for more negative cases than there are.",
            f"Name a precision of at least {prevalence * recall / (prevalence * recall + 1 - prevalence):.3f}.",
            field="precision",
        )
    return recall, min(1.0, fpr)


def what_if(brief: Brief, prevalence: Assumption, precision: float, recall: float | None = None) -> WhatIf:
    """The brief's decision at a precision and a recall; no recall means: acting on as many as capacity allows.

    Raises
    ------
    FixTheInput : as `rates`; or no recall and no capacity; or capacity and precision ask for more positives than exist.
    """
    share = brief.decision.capacity_share
    if recall is None:
        if share is None:
            raise FixTheInput("Without a capacity the recall must be named.", field="recall")
        recall = precision * share / prevalence.mode
        if recall > 1 + ROUNDING:
            raise FixTheInput(
                "So high a precision is not possible at this capacity.",
                "It asks for more positive cases than there are.",
                f"Name a precision of at most {prevalence.mode / share:.3f}, or a recall.",
                field="precision",
            )
        recall = min(1.0, recall)
    tpr, fpr = rates(prevalence.mode, recall, precision)
    return WhatIf(brief.value, brief.decision.volume_per_period, prevalence, tpr, fpr, share)


def observed(y: ArrayLike, acted: ArrayLike) -> tuple[float, float, float]:
    """Prevalence, TPR and FPR of n cases; y holds outcomes 0/1, or calibrated probabilities of them.

    Raises
    ------
    FixTheInput : no positive, or no negative, is among them.

    Examples
    --------
    >>> observed([1, 1, 0, 0, 0], [True, False, True, False, False])
    (0.4, 0.5, 0.3333333333333333)
    """
    likely, did = np.asarray(y, dtype=np.float64), np.asarray(acted, dtype=bool)
    total = float(likely.sum())
    if not 0 < total < likely.size:
        raise FixTheInput("Shares of positives and of negatives need at least one case of each.")
    hits = float(likely[did].sum())
    return total / likely.size, hits / total, (int(did.sum()) - hits) / (likely.size - total)


def period_value(case: WhatIf) -> float:
    """What all of a period's cases are worth at the likeliest values, fixed cost off; not yet against a baseline."""
    cut = _cut(case)
    each = expected_value_per_case(case.prevalence.mode, cut * case.tpr, cut * case.fpr, case.value)
    return case.volume * each - case.value.period_cost


def _cut(case: WhatIf) -> float:
    """The share of its choice that the model may act on."""
    share = case.prevalence.mode
    wanted = case.volume * (share * case.tpr + (1 - share) * case.fpr)
    return float(sum(case.reached())) / wanted if wanted > 0 else 1.0


def gain(case: WhatIf) -> float:
    """What a period is worth beyond the baseline at the likeliest values: the closed form of `value.kpi_gain`.

    Examples
    --------
    >>> from glassworks.core.contract import exactly
    >>> matrix = ValueMatrix(act_positive=exactly(99), act_negative=exactly(-1))
    >>> round(gain(WhatIf(matrix, 110, exactly(61 / 110), 56 / 61, 7 / 49)), 6)
    5537.0
    """
    return float(_gain(case, None, *gains(case.value)))


def perfect(case: WhatIf) -> float:
    """What a period would gain with a perfect model at the likeliest values: no rates gain more.

    It acts on the kind of case that gains most, then on the other if that gains too, as far as capacity goes.

    Examples
    --------
    >>> from glassworks.core.contract import exactly
    >>> matrix = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10))
    >>> perfect(WhatIf(matrix, 1000, exactly(0.1), 0.5, 0.1)), perfect(WhatIf(matrix, 1000, exactly(0.1), 1, 0, 0.05))
    (10000.0, 4950.0)
    """
    p, (b, g), c = case.prevalence.mode, gains(case.value), case.capacity_share
    total, room = 0.0, 1.0 if c is None else c
    for each, there in sorted([(b, p), (g, 1 - p)], reverse=True):
        taken = min(room, there) if each > 0 else 0.0
        total, room = total + each * taken, room - taken
    return case.volume * (total - (c or 0.0) * (p * b + (1 - p) * g)) - case.value.period_cost


def _gain(case: WhatIf, prevalence: ArrayLike | None, positive: ArrayLike, negative: ArrayLike) -> Array:
    hits, alarms = case.more(prevalence)
    return np.asarray(hits * positive + alarms * negative - case.value.period_cost)


@dataclass(frozen=True)
class OnePoint:
    """What one percentage point more is worth a period: of recall, of false alarms among negatives, of precision.

    Recall and false alarms: the other stays, so more cases are acted on. Precision: as many are acted on.
    """

    recall: float
    false_alarms: float
    precision: float


def one_point(case: WhatIf) -> OnePoint:
    """The slope of the period's value in each rate, for 0.01 of it, at the likeliest values.

    dEV/dTPR = p (v_TP - v_FN) and dEV/dFPR = (1 - p) (v_FP - v_TN) a case; they hold below capacity.
    """
    share, (b, g) = case.prevalence.mode, gains(case.value)
    acted = float(sum(case.reached()))
    point = 0.01 * case.volume
    return OnePoint(point * share * b, point * (1 - share) * g, 0.01 * acted * (b - g))


@dataclass(frozen=True)
class Bar:
    """One bar of a tornado: the gain when one assumption takes its low and its high end and all others their mode."""

    name: str
    at_low: float
    base: float
    at_high: float

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest of the three gains; the base never lies outside."""
        return min(self.at_low, self.base, self.at_high), max(self.at_low, self.base, self.at_high)


def tornado(case: WhatIf) -> list[Bar]:
    """How far each uncertain assumption alone moves the gain, the widest bar first; certain ones have no bar."""
    base, bars = gain(case), []
    for name in VALUES:
        assumed: Assumption = getattr(case.value, name)
        slope = case.more()[0 if name.endswith("positive") else 1] * (1 if name.startswith("act") else -1)
        low, high = (base + float(slope) * (end - assumed.mode) for end in (assumed.low, assumed.high))
        if assumed.low < assumed.high:
            bars.append(Bar(name, low, base, high))
    if case.prevalence.low < case.prevalence.high:
        low, high = _gain(case, [case.prevalence.low, case.prevalence.high], *gains(case.value))
        bars.append(Bar("prevalence", float(low), base, float(high)))
    return sorted(bars, key=lambda bar: bar.ends[0] - bar.ends[1])


def simulated(
    case: WhatIf,
    *,
    target: float | None = None,
    level: float = 0.9,
    repeats: int = 10_000,
    seed: int = 0,
    n: int = 0,
    unit: str = "",
) -> Estimate:
    """The gain with the uncertainty of the assumptions alone: values and prevalence drawn from their triangles.

    Parameters
    ----------
    target : when given, `probability` is the share of draws that reach it.
    level : two-sided level of the interval; 0.9 is the band from 5 to 95 %.
    repeats, seed : of the draws; the same seed gives the same answer.
    n : how many cases stand behind the rates; 0 when they are assumed.
    unit : of the answer; the matrix's currency when empty.

    Returns
    -------
    Estimate at the likeliest values; its interval always contains them. It says nothing of how well the rates are
    known: for a scored hold-out that is `value.kpi_gain`.
    """
    rng = np.random.default_rng(seed)
    prevalence, positive, negative = _drawn(case, repeats, rng)
    draws, point = _gain(case, prevalence, positive, negative), gain(case)
    unit = unit or case.value.currency
    return estimated(point, draws, level=level, target=target, n=n, method=BY_ASSUMPTION, unit=unit)


def _drawn(case: WhatIf, repeats: int, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Draws of the prevalence and of what acting gains on a positive and on a negative case."""
    value = {name: draw(getattr(case.value, name), repeats, rng) for name in VALUES}
    prevalence = draw(case.prevalence, repeats, rng)
    positive, negative = (value[f"act_{kind}"] - value[f"skip_{kind}"] for kind in ("positive", "negative"))
    return prevalence, positive, negative


def caused(
    case: WhatIf,
    effect: Assumption,
    *,
    target: float | None = None,
    level: float = 0.9,
    repeats: int = 10_000,
    seed: int = 0,
    unit: str = "",
) -> Estimate:
    """The gain when only part of the positives acted on are positive because of the action.

    The others would have been positive anyway: acting on them gains what acting on a negative case gains, which is what
    the action costs. With the share e of `effect` a positive acted on gains e b + (1 - e) g.

    Parameters
    ----------
    effect : the share e, between 0 and 1, with low, mode and high.
    target, level, repeats, seed, unit : as `simulated`.

    Notes
    -----
    A correction on average, not uplift modelling: the model still ranks by outcome and may prefer those who need no
    action (Radcliffe & Surry 2011).

    Examples
    --------
    >>> from glassworks.core.contract import exactly
    >>> matrix = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10))
    >>> case = WhatIf(matrix, 1000, exactly(0.1), 0.5, 0.1)
    >>> round(gain(case)), [round(caused(case, exactly(e)).value) for e in (1.0, 0.5, 0.0)]
    (4100, [4100, 1350, -1400])
    """
    rng = np.random.default_rng(seed)
    prevalence, positive, negative = _drawn(case, repeats, rng)
    share, (b, g) = draw(effect, repeats, rng), gains(case.value)
    draws = _gain(case, prevalence, share * positive + (1 - share) * negative, negative)
    point = float(_gain(case, None, effect.mode * b + (1 - effect.mode) * g, g))
    found = estimated(
        point, draws, level=level, target=target, n=0, method=BY_ASSUMPTION, unit=unit or case.value.currency
    )
    return found.model_copy(update={"name": "KPI gain a period that the action itself makes"})
