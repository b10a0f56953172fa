"""What-ifs whose gain is a sum of values times fixed numbers: regression by its error, multiclass by its accuracy."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from glassworks.core.contract import Assumption, Brief, Task, ValueMatrix
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array
from glassworks.measures.needed import gate_rows, mean_of, variance_of
from glassworks.measures.value import draw, estimated
from glassworks.measures.whatif import BY_ASSUMPTION, ROUNDING, Bar
from glassworks.measures.worth import ANSWERS, REGRESSION, answer_values, assumptions, pairs

NORMAL = NormalDist()
PER_ERROR = math.sqrt(math.pi / 2)
"""Standard deviations of a normal error in one unit of its mean absolute value."""


@dataclass(frozen=True)
class Linear:
    """A period's gain as sum of units x value less cost.

    Parameters
    ----------
    names : of the values, as the value matrix calls them; a pair of classes as "truth/answer".
    values : what one unit of each is worth, with low, mode and high.
    units : (m,) how many units of each a period gains (or loses) over the baseline.
    cost : charged once a period.
    per_case : variance of the gain a period if it were measured on one case.
    """

    names: tuple[str, ...]
    values: tuple[Assumption, ...]
    units: Array
    cost: float
    per_case: float

    def gain(self) -> float:
        """The gain at the likeliest values."""
        return float(self.units @ np.array([one.mode for one in self.values])) - self.cost

    def tornado(self) -> list[Bar]:
        """How far each uncertain value alone moves the gain, the widest bar first."""
        base, bars = self.gain(), []
        for name, one, unit in zip(self.names, self.values, self.units.tolist(), strict=True):
            if one.low < one.high:
                bars.append(Bar(name, base + unit * (one.low - one.mode), base, base + unit * (one.high - one.mode)))
        return sorted(bars, key=lambda bar: bar.ends[0] - bar.ends[1])

    def simulated(self, brief: Brief, level: float, repeats: int, seed: int) -> Estimate:
        """The gain with the uncertainty of the values alone, drawn from their triangles; P(gain >= target)."""
        rng = np.random.default_rng(seed)
        drawn = np.stack([draw(one, repeats, rng) for one in self.values], axis=1) @ self.units - self.cost
        target, unit = brief.kpi.target, brief.kpi.unit
        return estimated(self.gain(), drawn, level=level, target=target, n=0, method=BY_ASSUMPTION, unit=unit)

    def rows(self, brief: Brief) -> int | None:
        """How many sealed cases the KPI gate needs to pass this gain four times in five, roughly; None: no number."""
        mean = float(self.units @ np.array([mean_of(one) for one in self.values])) - self.cost
        vague = float(self.units**2 @ np.array([variance_of(one) for one in self.values]))
        return gate_rows(brief, mean, vague, self.per_case)


def per_unit_of_error(value: ValueMatrix) -> tuple[float, float]:
    """Units too much, and too little, in one unit of mean absolute error, when answers lean to the cheaper side.

    An answer at the tau = under / (under + over) quantile of a normal forecast is off by s (z + u), u standard normal:
    E too much = s (phi(z) + z tau), E too little = s (phi(z) - z (1 - tau)), s = mean absolute error x sqrt(pi / 2).
    One unit of mean absolute error then costs (over + under) phi(z) sqrt(pi / 2); with equal costs that cost itself.

    Raises
    ------
    FixTheInput : a cost is not above zero.

    Notes
    -----
    Gneiting (2011), Quantiles as optimal point forecasts; the normal errors are an approximation.

    Examples
    --------
    >>> from glassworks.core.contract import exactly
    >>> over, under = per_unit_of_error(ValueMatrix(over=exactly(2), under=exactly(2)))
    >>> round(2 * over + 2 * under, 9)
    2.0
    """
    for name in REGRESSION:
        if not getattr(value, name).mode > 0:
            raise FixTheInput(
                "Too much and too little must both cost something.",
                "Otherwise the cheapest answer is endless.",
                "Give what one unit too much and one unit too little costs, as positive numbers.",
                field=f"value.{name}",
            )
    tau = value.under.mode / (value.under.mode + value.over.mode)
    z = NORMAL.inv_cdf(tau)
    density = NORMAL.pdf(z)
    return PER_ERROR * (density + z * tau), PER_ERROR * (density - z * (1 - tau))


def with_error(brief: Brief, today: float, error: float) -> Linear:
    """A regression's period when a model's mean absolute error takes the place of today's.

    Raises
    ------
    FixTheInput : an error is not a number of zero or more, or as `per_unit_of_error`.
    """
    for name, size in (("decision.expected_error", today), ("error", error)):
        if not (math.isfinite(size) and size >= 0):
            raise FixTheInput("An error must be a number of zero or more.", field=name)
    value, volume = brief.value, brief.decision.volume_per_period
    units = np.array(per_unit_of_error(value)) * volume * (today - error)
    per_case = volume**2 * _loss_variance(value) * PER_ERROR**2 * (today**2 + error**2)
    return Linear(REGRESSION, assumptions(value, Task.REGRESSION), units, value.period_cost, per_case)


def _loss_variance(value: ValueMatrix) -> float:
    """The variance of the cost of one answer for normal errors of unit width.

    Model and today's way are taken to err independently of each other, which asks for rather too many rows.
    """
    over, under = value.over.mode, value.under.mode
    tau = under / (under + over)
    z = NORMAL.inv_cdf(tau)
    density = NORMAL.pdf(z)
    squared = over**2 * ((1 + z * z) * tau + z * density) + under**2 * ((1 + z * z) * (1 - tau) - z * density)
    return squared - ((over + under) * density) ** 2


@dataclass(frozen=True)
class Classes:
    """How common each class is, and what each answer is worth.

    Parameters
    ----------
    labels : class names.
    shares : (k,) how common each class is.
    worth : (k, k) likeliest value by truth and answer.
    simple : index of the one answer worth most when given to every case.
    """

    labels: tuple[str, ...]
    shares: Array
    worth: Array
    simple: int


def classes(value: ValueMatrix, shares: Mapping[str, float]) -> Classes:
    """The classes of a brief's cases; what is missing to 1 is one more class, so the commonest alone is enough.

    Raises
    ------
    FixTheInput : a share is not between 0 and 1, they sum to more than 1, or a value names a class that has none.
    """
    given = {name: float(share) for name, share in shares.items()}
    rest = 1 - sum(given.values())
    if not given or not all(0 < share <= 1 for share in given.values()) or rest < -ROUNDING:
        raise FixTheInput(
            "The shares of the classes must lie between 0 and 1 and sum to 1 at most.",
            "What answers earn hangs on how common each class is.",
            "Give the share of each class, or of the commonest.",
            field="shares",
        )
    if rest > ROUNDING or len(given) == 1:
        given["any other"] = max(rest, 0.0)
    labels, share = tuple(given), np.array(list(given.values()))
    worth = answer_values(value, labels, len(labels), {})
    return Classes(labels, share, worth, int((share @ worth).argmax()))


def with_accuracy(brief: Brief, cases: Classes, accuracy: float) -> Linear:
    """A multiclass period at an accuracy: every class is answered rightly that often, wrong answers spread evenly."""
    if not 0 <= accuracy <= 1:
        raise FixTheInput("The accuracy must be a share between 0 and 1.", field="accuracy")
    k, volume, value = len(cases.labels), brief.decision.volume_per_period, brief.value
    often = np.where(np.eye(k, dtype=bool), accuracy, (1 - accuracy) / (k - 1)) * cases.shares[:, None]
    named = assumptions(value, Task.MULTICLASS)
    which = pairs(value, cases.labels, k)
    units = np.bincount(which.ravel(), often.ravel(), len(named))
    units -= np.bincount(which[:, cases.simple], cases.shares, len(named))
    change = cases.worth - cases.worth[:, [cases.simple]]
    spread = float((often * change**2).sum() - (often * change).sum() ** 2)
    names = (*ANSWERS, *(f"{pair.truth}/{pair.answer}" for pair in value.classes))
    return Linear(names, named, volume * units, value.period_cost, volume**2 * spread)


def perfect_answers(brief: Brief, cases: Classes) -> float:
    """What a period gains when every case gets the answer worth most for it."""
    best = cases.worth.max(axis=1) - cases.worth[:, cases.simple]
    return float(brief.decision.volume_per_period * (cases.shares @ best) - brief.value.period_cost)


def reaching(target: float, at: Sequence[tuple[float, float]], least: float, most: float) -> float | None:
    """The figure between `least` and `most` at which a gain that runs straight through two points is the target.

    Examples
    --------
    >>> straight = [(0.0, -100.0), (1.0, 100.0)]
    >>> reaching(50.0, straight, 0.0, 1.0), reaching(101.0, straight, 0.0, 1.0)
    (0.75, None)
    """
    (x0, y0), (x1, y1) = at
    if y0 == y1:
        return None
    found = x0 + (target - y0) * (x1 - x0) / (y1 - y0)
    room = ROUNDING * max(1.0, abs(most))
    return min(max(found, least), most) if least - room <= found <= most + room else None
