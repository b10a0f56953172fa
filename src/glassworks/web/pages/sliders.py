"""The sliders of a what-if: what each asks in the words of the brief, and what a query holds for it."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from glassworks.core.contract import Assumption, Brief, Task
from glassworks.measures.worth import columns
from glassworks.stages.scope.what_if import Seen, words_of

NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?")
LONGEST = 30
OUTCOMES = {
    "act_positive": "We act and it is right: worth of one",
    "act_negative": "We act and it is wrong: worth of one",
    "skip_positive": "We leave one although acting would be right",
    "skip_negative": "We leave one rightly",
    "over": "What one too much costs",
    "under": "What one too little costs",
    "right": "What a right answer is worth",
    "wrong": "What a wrong answer is worth (a cost is negative)",
}
SHORT = {
    "act_positive": "acting rightly",
    "act_negative": "acting in vain",
    "skip_positive": "missing one",
    "skip_negative": "leaving one rightly",
    "over": "cost of one too much",
    "under": "cost of one too little",
    "right": "a right answer",
    "wrong": "a wrong answer",
    "prevalence": "how many it would be right for",
}
BY_TASK = {
    Task.BINARY: ("act_positive", "act_negative", "skip_positive", "skip_negative"),
    Task.REGRESSION: ("over", "under"),
    Task.MULTICLASS: ("right", "wrong"),
}
SHARE = "share"


@dataclass(frozen=True)
class Slider:
    """One question with its slider.

    Parameters
    ----------
    name : in the query; with `spread` there are three: name.low, name.mode and name.high.
    base : what the brief says, by that name, as shown; nothing where it says nothing.
    low, high, step : of the slider.
    least, most : what may be typed.
    per : how many times the brief's figure is shown (100 for a share).
    paths : the brief's dotted path of each name; empty for what is not the brief's.
    quiet : the question matters rarely and stands one click away.
    """

    name: str
    label: str
    unit: str
    base: Mapping[str, float]
    low: float
    high: float
    step: float
    hint: str = ""
    least: float = -math.inf
    most: float = math.inf
    per: float = 1.0
    paths: Mapping[str, str] = field(default_factory=dict)
    spread: bool = False
    quiet: bool = False

    @property
    def main(self) -> str:
        """The name that the slider itself moves."""
        return f"{self.name}.mode" if self.spread else self.name

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of this question in a query."""
        return tuple(f"{self.name}.{end}" for end in ("low", "mode", "high")) if self.spread else (self.name,)


@dataclass(frozen=True)
class Group:
    """Sliders under one heading."""

    title: str
    sliders: tuple[Slider, ...]


def groups(brief: Brief, seen: Seen) -> tuple[Group, ...]:
    """The sliders of a brief, under their headings, in the order in which people ask."""
    quality = {Task.BINARY: _people, Task.REGRESSION: _forecast, Task.MULTICLASS: _answers}[brief.task]
    worth = (*_values(brief), *_means(brief, seen), _target(brief))
    return (
        Group("How good is the model?", quality(brief)),
        Group("How many?", tuple(_decision(brief, seen))),
        Group("What is it worth?", worth),
    )


def every(found: tuple[Group, ...]) -> Iterator[Slider]:
    """All sliders, one after another."""
    return (one for group in found for one in group.sliders)


def _of_100(name: str, label: str, base: float | None = None, path: str = "", hint: str = "") -> Slider:
    known = {} if base is None else {name: 100 * base}
    paths = {name: path} if path else {}
    return Slider(name, label, "of 100", known, 0, 100, 1, hint, least=0, most=100, per=100, paths=paths)


def _people(brief: Brief) -> tuple[Slider, ...]:
    words = words_of(brief)
    right = f"Right means: {words.right}"
    return (
        _of_100("precision", f"Of 100 times we {words.action}, how often is it right?", hint=right),
        _of_100("recall", f"Of 100 {words.cases} where it would be right, how many do we reach?"),
    )


def _forecast(brief: Brief) -> tuple[Slider, ...]:
    today = brief.decision.expected_error
    top = nice(1.2 * (today or 100.0))
    label = "By how much is a forecast of the model wrong, on average?"
    hint = f"What is foretold: {brief.population.label_definition.strip() or brief.target}"
    return (Slider("error", label, "", {}, 0, top, step_of(top), hint, least=0),)


def _answers(brief: Brief) -> tuple[Slider, ...]:
    return (_of_100("accuracy", "Of 100 answers, how many are right?"),)


def _decision(brief: Brief, seen: Seen) -> Iterator[Slider]:
    decision, words = brief.decision, words_of(brief)
    if brief.task is Task.BINARY:
        yield _share(brief, seen)
    if brief.task is Task.MULTICLASS:
        yield from _classes(brief, seen)
    if decision.capacity_share is not None:
        label = f"Of 100 {words.cases}, how many can we act on?"
        yield _of_100("decision.capacity_share", label, decision.capacity_share, "decision.capacity_share")
    if brief.task is Task.REGRESSION:
        today = decision.expected_error
        top = nice(2 * (today or 100.0))
        known = {} if today is None else {"decision.expected_error": today}
        label = "By how much is today's way wrong, on average?"
        yield _plain("decision.expected_error", label, "", known, top)
    label = f"How many {words.cases} are there?"
    volume = {"decision.volume_per_period": decision.volume_per_period}
    yield _plain(
        "decision.volume_per_period", label, f"a {brief.kpi.period}", volume, nice(2.5 * decision.volume_per_period)
    )


def _plain(name: str, label: str, unit: str, base: Mapping[str, float], top: float) -> Slider:
    return Slider(name, label, unit, base, 0, top, step_of(top), least=0, paths={name: name})


def _share(brief: Brief, seen: Seen) -> Slider:
    known = brief.decision.expected_positive_share
    share, hint = (seen.positive_share, "As the open rows say.") if known is None else (known, "")
    base = {} if share is None else dict.fromkeys((f"{SHARE}.low", f"{SHARE}.mode", f"{SHARE}.high"), 100 * share)
    label = f"Of 100 {words_of(brief).cases}, for how many would it be right?"
    if share is None:
        hint = "Nobody has said yet: give your best guess."
    return Slider(
        SHARE, label, "of 100", base, 0, 100, 1, hint, least=0, most=100, per=100, spread=True,
        paths={f"{SHARE}.mode": "decision.expected_positive_share"},
    )  # fmt: skip


def class_names(brief: Brief) -> tuple[str, ...]:
    """The classes whose shares are asked: those that a value names; else none, and the commonest alone is asked."""
    return tuple(dict.fromkeys(name for pair in brief.value.classes for name in (pair.truth, pair.answer)))


def _classes(brief: Brief, seen: Seen) -> Iterator[Slider]:
    named = class_names(brief)
    for place, name in enumerate(named):
        label = f"Of 100 {words_of(brief).cases}, for how many is \u201c{name}\u201d the right answer?"
        yield _of_100(f"shares.{place}", label, seen.shares.get(name))
    if not named:
        most = max(seen.shares.values(), default=None)
        hint = "As the open rows say." if seen.shares else "Nobody has said yet: give your best guess."
        yield _of_100("shares.0", "Of 100 cases, how many have the commonest answer?", most, hint=hint)


def _means(brief: Brief, seen: Seen) -> Iterator[Slider]:
    for place, column in enumerate(columns(brief.value, brief.task)):
        mean = seen.means.get(column)
        known = {} if mean is None else {f"means.{place}": mean}
        top = nice(2.5 * mean) if mean else 100.0
        hint = "Values are multiplied by it." + (" The open rows say this." if known else " Nobody has said it yet.")
        label = f"How large is {column} on average?"
        yield Slider(f"means.{place}", label, "", known, 0, top, step_of(top), hint, least=0)


def _values(brief: Brief) -> Iterator[Slider]:
    value = brief.value
    largest = max(abs(getattr(value, name).mode) for name in BY_TASK[brief.task]) or 100.0
    for name in BY_TASK[brief.task]:
        held: Assumption = getattr(value, name)
        low, high = _ends(held, largest)
        unit = f"{value.currency} times {held.column}" if held.column else value.currency
        path = f"value.{name}"
        base = {f"{path}.low": held.low, f"{path}.mode": held.mode, f"{path}.high": held.high}
        yield Slider(
            path,
            OUTCOMES[name],
            unit,
            base,
            low,
            high,
            step_of(high - low),
            least=0 if brief.task is Task.REGRESSION else -math.inf,
            paths={one: one for one in base},
            spread=True,
            quiet=name.startswith("skip") and held.low == held.high == 0,
        )


def _ends(held: Assumption, largest: float) -> tuple[float, float]:
    if held.low >= 0 and held.high > 0:
        return 0.0, nice(1.6 * held.high)
    if held.high <= 0 and held.low < 0:
        return -nice(1.6 * -held.low), 0.0
    reach = nice(max(-held.low, held.high, largest))
    return -reach, reach


def _target(brief: Brief) -> Slider:
    target = brief.kpi.target
    top = nice(3 * abs(target)) or 100.0
    label = f"What is the target, more than {brief.kpi.baseline}?"
    unit = f"{brief.kpi.unit} a {brief.kpi.period}"
    name = "kpi.target"
    return Slider(name, label, unit, {name: target}, min(0.0, target), top, step_of(top), paths={name: name})


def nice(number: float) -> float:
    """The next round number from here up: 1, 1.5, 2, 3, 5 or 7.5 times a power of ten; 0 for nothing.

    Examples
    --------
    >>> nice(310.0), nice(0.64), nice(0.0)
    (500.0, 0.75, 0.0)
    """
    if number <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(number))
    return next((one * power for one in (1, 1.5, 2, 3, 5, 7.5) if one * power >= number), 10 * power)


def step_of(width: float) -> float:
    """The step of a slider of this width: a power of ten, about a hundred steps or more.

    Examples
    --------
    >>> step_of(500.0), step_of(0.75)
    (1.0, 0.001)
    """
    return float(10.0 ** math.floor(math.log10(width / 100))) if width > 0 else 1.0


@dataclass(frozen=True)
class Reading:
    """What a query holds: the numbers that can be used, every text as it was typed, and what is wrong by name."""

    numbers: dict[str, float]
    texts: dict[str, str]
    faults: dict[str, str]


def read(found: tuple[Group, ...], query: Mapping[str, str]) -> Reading:
    """The numbers of a query, as shown (a share of 40 of 100 is 40). An empty entry is as the brief says."""
    numbers, texts, faults = {}, {}, {}
    for one in every(found):
        for name in one.names:
            text = query.get(name, "").strip()[:LONGEST]
            if not text:
                continue
            texts[name] = text
            number = number_of(text)
            if number is None:
                faults[name] = "This must be a number, such as 40 or 12.5."
            elif not one.least <= number <= one.most:
                faults[name] = _outside(one)
            else:
                numbers[name] = number
    return Reading(numbers, texts, faults)


def number_of(text: str) -> float | None:
    """A typed number; commas may part thousands, a minus may be a dash.

    Examples
    --------
    >>> number_of("1,200"), number_of("\u22126.5"), number_of("0,5"), number_of("abc")
    (1200.0, -6.5, None, None)
    """
    plain = text.replace("\u2212", "-").replace(" ", "").replace("\u00a0", "")
    if not any(one.isdigit() for one in plain) or not NUMBER.fullmatch(plain):
        return None
    return float(plain.replace(",", ""))


def _outside(one: Slider) -> str:
    if one.most < math.inf:
        return f"This must be between {one.least:.0f} and {one.most:.0f}."
    return "This must be zero or more."


def shown(number: float) -> str:
    """A number as a field holds it: no thousands mark, no needless decimals."""
    return f"{number:.10g}"


def changes(found: tuple[Group, ...], numbers: Mapping[str, float]) -> dict[str, str]:
    """What differs from the brief, by the brief's dotted path, as its canvas would hold it."""
    made: dict[str, str] = {}
    for one in every(found):
        for name, path in one.paths.items():
            typed, base = numbers.get(name), one.base.get(name)
            if typed is not None and (base is None or not math.isclose(typed, base, rel_tol=1e-9, abs_tol=1e-12)):
                made[path] = f"{typed / one.per:.10g}"
    return made


def ends_of(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Low, mode and high of one question, as far as they were typed."""
    return {end: values[f"{name}.{end}"] for end in ("low", "mode", "high") if f"{name}.{end}" in values}
