"""The whole answer to "what if": what a brief's decision would earn with a model of some quality, in one result."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from glassworks.core.contract import Assumption, Brief, Task, exactly
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate, plain
from glassworks.core.record import Part
from glassworks.measures import needed, whatif
from glassworks.measures.decision import threshold
from glassworks.measures.value import needed_precision

T = TypeVar("T")
TYPICAL_AUC = 0.75
LINE = np.linspace(0.02, 1.0, 50)
NAMES = {
    "act_positive": "worth of acting on a positive case",
    "act_negative": "worth of acting on a negative case",
    "skip_positive": "worth of leaving a positive case",
    "skip_negative": "worth of leaving a negative case",
    "prevalence": "share of positive cases",
}


class Quality(Part):
    """How good the model is taken to be. Give what fits the task; the answer carries all that follow from it.

    Parameters
    ----------
    precision : binary, of those acted on, the share that is positive.
    recall : binary, of the positives, the share that is acted on. With a capacity it may be left out: as many are
        acted on as capacity allows.
    auc : binary, instead of both: roughly what a model of this AUC reaches.
    accuracy : multiclass, the share of right answers.
    error : regression, the mean absolute error.
    """

    precision: float | None = None
    recall: float | None = None
    auc: float | None = None
    accuracy: float | None = None
    error: float | None = None


class People(Part):
    """One period counted in cases: all, acted on, positives among those, positives missed."""

    cases: float
    acted: float
    right: float
    missed: float


class Ask(Part):
    """One figure that the target asks of the model: what it must be (None: no such figure suffices), what it is now.

    `at_most` tells that less is better, as with an error.
    """

    name: str
    needed: float | None
    now: float | None
    at_most: bool = False


class Lever(Part):
    """One bar of the tornado: the gain with one assumption at its low and at its high end, all others at their mode.

    `field` names the assumption in the value matrix, or `prevalence`.
    """

    field: str
    name: str
    at_low: float
    base: float
    at_high: float


class Worth(Part):
    """What one point (or one unit) more of a figure is worth a period."""

    name: str
    value: float


class Point(Part):
    """One point of the line on which the gain is the target."""

    recall: float
    precision: float


class Outlook(Part):
    """What the decision would earn a period, what it could earn at best, and what the target asks of the model.

    Parameters
    ----------
    gain : over the baseline, with the interval of the assumptions; `threshold` is the target and `probability` the
        chance to reach it.
    target, unit, period : of the brief's KPI.
    ceiling : the gain of a perfect model.
    reachable : whether the ceiling is at least the target.
    quality : what was assumed, completed by what follows from it.
    people : binary only.
    asks : what the target asks of the model, one figure after another, each with the others as they are.
    tornado : the widest bar first.
    one_point : what one point more is worth.
    line : binary only, recall and precision whose gain is the target.
    threshold : binary without capacity and with one threshold for all rows: the probability from which acting pays.
    room_worth : binary with capacity: what room to act on one more case is worth.
    rows : how many sealed cases the KPI gate needs to pass such a model four times in five, roughly; None: no number
        of cases suffices.
    """

    task: Task
    gain: Estimate
    target: float
    unit: str
    period: str
    ceiling: float
    reachable: bool
    quality: Quality
    people: People | None = None
    asks: tuple[Ask, ...] = ()
    tornado: tuple[Lever, ...] = ()
    one_point: tuple[Worth, ...] = ()
    line: tuple[Point, ...] = ()
    threshold: float | None = None
    room_worth: float | None = None
    rows: int | None = None

    def says(self) -> str:
        """The answer in two sentences, for anybody."""
        money, low, high = (plain(x) for x in (self.gain.value, self.gain.low, self.gain.high))
        first = f"Expected {money} {self.unit} a {self.period}, likely between {low} and {high}."
        if not self.reachable:
            best = f"Even a perfect model earns at most {plain(self.ceiling)} {self.unit}"
            return f"{first} {best}: the target of {plain(self.target)} is out of reach."
        chance = 100 * (self.gain.probability or 0.0)
        return f"{first} The target of {plain(self.target)} {self.unit} is reached in {chance:.0f} of 100 such futures."


def outlook(
    brief: Brief,
    quality: Quality | None = None,
    *,
    prevalence: Assumption | None = None,
    shares: Mapping[str, float] | None = None,
    means: Mapping[str, float] | None = None,
    level: float = 0.9,
    repeats: int = 10_000,
    seed: int = 0,
) -> Outlook:
    """What the brief's decision would earn with a model of this quality, before there is one.

    Volume, capacity, values, costs and the target are the brief's: to try others, hand in a changed copy of it.

    Parameters
    ----------
    quality : of the model; left out, a middling one (binary AUC 0.75; halfway from today's way to perfect).
    prevalence : binary, the share of positive cases with low, mode and high; by default the brief's
        `expected_positive_share`.
    shares : multiclass, how common each class is; the greatest alone is enough where `value.classes` names no pair.
    means : the mean of each column that a value names, where values differ by row.
    level, repeats, seed : of the interval and of the draws.

    Raises
    ------
    FixTheInput : something the task needs is not given, or no cases can be as described; `field` names it.

    Notes
    -----
    standards.md 1.3; Provost & Fawcett chapter 7; Elkan (2001). AUC, rows and a typical model by the binormal curve.
    """
    if brief.task is Task.BINARY:
        return _binary(brief, quality or Quality(auc=TYPICAL_AUC), prevalence, level, repeats, seed)
    raise FixTheInput("This task has no outlook.")


def _binary(
    brief: Brief, quality: Quality, prevalence: Assumption | None, level: float, repeats: int, seed: int
) -> Outlook:
    share = prevalence or _expected(brief)
    case, target = _case(brief, quality, share), brief.kpi.target
    hits, alarms = (float(many) for many in case.reached())
    auc = quality.auc or needed.implied_auc(case.tpr, case.fpr)
    precision = hits / (hits + alarms) if hits + alarms > 0 else None
    room = brief.decision.capacity_share is not None
    base, p = whatif.gain(case), share.mode
    ceiling = whatif.perfect(case)
    line = zip(LINE, whatif.equal_kpi(case, target, LINE), strict=True)
    return Outlook(
        task=Task.BINARY,
        gain=whatif.simulated(case, target=target, level=level, repeats=repeats, seed=seed, unit=brief.kpi.unit),
        target=target,
        unit=brief.kpi.unit,
        period=brief.kpi.period,
        ceiling=ceiling,
        reachable=ceiling >= target,
        quality=Quality(precision=precision, recall=hits / (case.volume * p), auc=auc),
        people=People(cases=case.volume, acted=hits + alarms, right=hits, missed=case.volume * p - hits),
        asks=_asks(brief, case, precision, auc),
        tornado=levers(whatif.tornado(case), base),
        one_point=_points(case),
        line=tuple(Point(recall=float(r), precision=float(q)) for r, q in line if np.isfinite(q)),
        threshold=None if room else _or_none(lambda: threshold(brief.value)),
        room_worth=_or_none(lambda: needed.capacity_worth(brief, p, auc)) if room else None,
        rows=_or_none(lambda: needed.needed_rows(brief, p, auc)),
    )


def _expected(brief: Brief) -> Assumption:
    share = brief.decision.expected_positive_share
    if share is None:
        raise FixTheInput(
            "Nobody has said yet how many cases are positive.",
            "What a decision earns hangs on it.",
            "Give the expected share of positive cases.",
            field="decision.expected_positive_share",
        )
    return exactly(share)


def _case(brief: Brief, quality: Quality, prevalence: Assumption) -> whatif.WhatIf:
    if quality.precision is not None:
        return whatif.what_if(brief, prevalence, quality.precision, quality.recall)
    typical = needed.with_auc(brief, prevalence.mode, TYPICAL_AUC if quality.auc is None else quality.auc)
    return whatif.WhatIf(brief.value, typical.volume, prevalence, typical.tpr, typical.fpr, typical.capacity_share)


def _asks(brief: Brief, case: whatif.WhatIf, precision: float | None, auc: float) -> tuple[Ask, ...]:
    p, target = case.prevalence.mode, brief.kpi.target
    recall = None if precision is None or precision == 0 else whatif.break_even_recall(case, target, precision)
    now = float(case.reached()[0]) / (case.volume * p)
    at_recall = float(whatif.equal_kpi(case, target, [now])[0])
    free = at_recall if np.isfinite(at_recall) else None
    return (
        Ask(
            name="precision", needed=free if case.capacity_share is None else needed_precision(brief, p), now=precision
        ),
        Ask(name="recall", needed=recall, now=now),
        Ask(name="AUC", needed=_or_none(lambda: needed.needed_auc(brief, p)), now=auc),
    )


def _points(case: whatif.WhatIf) -> tuple[Worth, ...]:
    worth = whatif.one_point(case)
    return (
        Worth(name="recall", value=worth.recall),
        Worth(name="precision", value=worth.precision),
        Worth(name="false alarms", value=worth.false_alarms),
    )


def levers(bars: list[whatif.Bar], base: float) -> tuple[Lever, ...]:
    """The bars of a tornado with the words for people."""
    return tuple(
        Lever(field=bar.name, name=NAMES[bar.name], at_low=bar.at_low, base=base, at_high=bar.at_high) for bar in bars
    )


def _or_none(ask: Callable[[], T]) -> T | None:
    """The answer, or None where the brief as it stands admits none, such as a matrix without a threshold."""
    try:
        return ask()
    except FixTheInput:
        return None
