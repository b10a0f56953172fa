"""The whole answer to "what if": what a brief's decision would earn with a model of some quality, in one result."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from glassworks.core.contract import Assumption, Brief, Task, exactly
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate, plain
from glassworks.core.record import Part
from glassworks.measures import break_even, linear, needed, whatif
from glassworks.measures.decision import threshold
from glassworks.measures.worth import at_means

T = TypeVar("T")
TYPICAL_AUC = 0.75
LINE = np.linspace(0.02, 1.0, 50)
NAMES = {
    "act_positive": "worth of acting on a positive case",
    "act_negative": "worth of acting on a negative case",
    "skip_positive": "worth of leaving a positive case",
    "skip_negative": "worth of leaving a negative case",
    "prevalence": "share of positive cases",
    "over": "cost of one unit too much",
    "under": "cost of one unit too little",
    "right": "worth of a right answer",
    "wrong": "worth of a wrong answer",
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
    caused : binary with a `treatment_effect`: the gain when only that share of the positives acted on are positive
        because of the action.
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
    caused: Estimate | None = None
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
    Provost & Fawcett, chapter 7; Elkan (2001). AUC, rows and a middling model by the binormal curve; regression by
    normal errors, multiclass by wrong answers that spread evenly: all three are approximations for planning.

    Examples
    --------
    >>> from glassworks.core.contract import Decision, Kpi, ValueMatrix
    >>> calls = Brief(
    ...     id="b", title="Calls", problem="Few buy.", target="bought", positive="yes",
    ...     decision=Decision(unit="customer", action="call", otherwise="leave", volume_per_period=1000,
    ...                       capacity_share=0.2, if_model_down="list order"),
    ...     kpi=Kpi(name="profit", unit="EUR", baseline="list order", target=1500),
    ...     value=ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10)),
    ... )
    >>> found = outlook(calls, Quality(precision=0.25), prevalence=exactly(0.1))
    >>> round(found.gain.value), round(found.ceiling), found.reachable
    (3300, 9800, True)
    """
    average = brief.model_copy(update={"value": at_means(brief.value, brief.task, means)})
    drawing = _Drawing(level, repeats, seed)
    if brief.task is Task.BINARY:
        found = _binary(average, quality or Quality(auc=TYPICAL_AUC), prevalence, drawing)
        return found.model_copy(update={"threshold": None}) if average.value != brief.value else found
    if brief.task is Task.REGRESSION:
        return _regression(average, quality, drawing)
    return _multiclass(average, quality, shares or {}, drawing)


class _Drawing(NamedTuple):
    level: float
    repeats: int
    seed: int


def _regression(brief: Brief, quality: Quality | None, drawing: _Drawing) -> Outlook:
    today = brief.decision.expected_error
    if today is None:
        raise FixTheInput(
            "Nobody has said yet how far off today's way is.",
            "A model of numbers earns by being less wrong than that.",
            "Give the mean absolute error of today's way.",
            field="decision.expected_error",
        )
    error = today / 2 if quality is None else quality.error
    if error is None:
        raise FixTheInput("The model's mean absolute error is not given.", field="error")
    case, target = linear.with_error(brief, today, error), brief.kpi.target
    best, none = (linear.with_error(brief, today, end).gain() for end in (0.0, today))
    needs = linear.reaching(target, [(0.0, best), (today, none)], 0.0, today)
    if target <= none:
        needs = today
    return _linear(
        brief,
        case,
        best,
        drawing,
        quality=Quality(error=error),
        asks=(Ask(name="mean absolute error", needed=needs, now=error, at_most=True),),
        one_point=(Worth(name="one unit less mean absolute error", value=(best - none) / today),),
    )


def _multiclass(brief: Brief, quality: Quality | None, shares: Mapping[str, float], drawing: _Drawing) -> Outlook:
    cases, target = linear.classes(brief.value, shares), brief.kpi.target
    simple = float(cases.shares[cases.simple])
    accuracy = (1 + simple) / 2 if quality is None else quality.accuracy
    if accuracy is None:
        raise FixTheInput("The model's accuracy is not given.", field="accuracy")
    case = linear.with_accuracy(brief, cases, accuracy)
    none, full = (linear.with_accuracy(brief, cases, end).gain() for end in (0.0, 1.0))
    needs = 0.0 if target <= none else linear.reaching(target, [(0.0, none), (1.0, full)], 0.0, 1.0)
    return _linear(
        brief,
        case,
        linear.perfect_answers(brief, cases),
        drawing,
        quality=Quality(accuracy=accuracy),
        asks=(Ask(name="accuracy", needed=needs, now=accuracy),),
        one_point=(Worth(name="accuracy", value=0.01 * (full - none)),),
    )


def _linear(brief: Brief, case: linear.Linear, ceiling: float, drawing: _Drawing, **found: Any) -> Outlook:
    target = brief.kpi.target
    return Outlook(
        task=brief.task,
        gain=case.simulated(brief, *drawing),
        target=target,
        unit=brief.kpi.unit,
        period=brief.kpi.period,
        ceiling=ceiling,
        reachable=ceiling >= target,
        tornado=levers(case.tornado(), case.gain()),
        rows=case.rows(brief),
        **found,
    )


def _binary(brief: Brief, quality: Quality, prevalence: Assumption | None, drawing: _Drawing) -> Outlook:
    share = prevalence or _expected(brief)
    case, target = _case(brief, quality, share), brief.kpi.target
    hits, alarms = (float(many) for many in case.reached())
    auc = quality.auc or needed.implied_auc(case.tpr, case.fpr)
    precision = hits / (hits + alarms) if hits + alarms > 0 else None
    room = brief.decision.capacity_share is not None
    base, p = whatif.gain(case), share.mode
    ceiling, effect = whatif.perfect(case), brief.value.treatment_effect
    terms = {"target": target, "unit": brief.kpi.unit, **drawing._asdict()}
    line = zip(LINE, break_even.equal_kpi(case, target, LINE), strict=True)
    return Outlook(
        task=Task.BINARY,
        gain=whatif.simulated(case, **terms),
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
        caused=None if effect is None else whatif.caused(case, effect, **terms),
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
    recall = None if precision is None or precision == 0 else break_even.break_even_recall(case, target, precision)
    now = float(case.reached()[0]) / (case.volume * p)
    at_recall = float(break_even.equal_kpi(case, target, [now])[0])
    free = at_recall if np.isfinite(at_recall) else None
    limited = break_even.break_even_precision(case, target)
    return (
        Ask(name="precision", needed=free if case.capacity_share is None else limited, now=precision),
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
        Lever(
            field=bar.name,
            name=NAMES.get(bar.name) or _pair(bar.name),
            at_low=bar.at_low,
            base=base,
            at_high=bar.at_high,
        )
        for bar in bars
    )


def _pair(name: str) -> str:
    truth, _, answer = name.partition("/")
    return f"worth of answering {answer} to {truth}"


def _or_none(ask: Callable[[], T]) -> T | None:
    """The answer, or None where the brief as it stands admits none, such as a matrix without a threshold."""
    try:
        return ask()
    except FixTheInput:
        return None
