"""A what-if: a brief's decision with other numbers laid over it, and the answer as sentences for anybody."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from glassworks.core.commands import Moved, TryWhatIf
from glassworks.core.contract import Assumption, Brief, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import plain
from glassworks.measures.outlook import Ask, Outlook, Quality, outlook
from glassworks.measures.worth import columns

QUALITY = {
    Task.BINARY: ("precision", "recall", "auc"),
    Task.REGRESSION: ("error",),
    Task.MULTICLASS: ("accuracy",),
}
"""The figures that say how good a model of each task is."""
VALUES = tuple(name for name, one in ValueMatrix.model_fields.items() if one.annotation is Assumption)
BEFORE = ("of", "on", "for", "in", "at", "from", "with", "without", "who", "that", "to", "by")
ROUNDING = 1e-9


@dataclass(frozen=True)
class Seen:
    """What the open rows know that a brief may leave unsaid: the positive share, class shares, means of columns."""

    positive_share: float | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    means: Mapping[str, float] = field(default_factory=dict)


def needs_rows(brief: Brief, asked: TryWhatIf) -> bool:
    """Whether an answer hangs on something that neither the brief nor the question says."""
    share = brief.decision.expected_positive_share if asked.positive_share is None else asked.positive_share
    missing = any(name not in asked.means for name in columns(brief.value, brief.task))
    if brief.task is Task.BINARY:
        return missing or share is None
    return missing or (brief.task is Task.MULTICLASS and not asked.shares)


def tried(brief: Brief, asked: TryWhatIf, seen: Seen) -> Outlook:
    """What the decision would earn with what was asked laid over the brief.

    Raises
    ------
    FixTheInput : a number cannot be; or something is missing: `field` names it.
    """
    means = {**seen.means, **asked.means}
    for name in columns(brief.value, brief.task):
        if name not in means:
            raise FixTheInput(
                f"How large {name} is on average is not known.",
                "A value of the brief is multiplied by it, and no open rows with that column are here.",
                "Say how large it is on average, or bring data with it.",
                field=f"means.{name}",
            )
    return outlook(
        with_changes(brief, asked),
        _quality(brief.task, asked),
        prevalence=_prevalence(brief, asked, seen),
        shares=asked.shares or seen.shares,
        means=means,
        repeats=asked.draws,
    )


def _quality(task: Task, asked: TryWhatIf) -> Quality | None:
    """How good the model is taken to be; nothing that was asked is left aside without a word."""
    given = {name: one for names in QUALITY.values() for name in names if (one := getattr(asked, name)) is not None}
    unfit = [name for name in given if name not in QUALITY[task]]
    if unfit:
        fit = " or ".join(QUALITY[task])
        raise FixTheInput(f"A {task} model has no {unfit[0]}.", "", f"Give {fit} instead.", field=unfit[0])
    if "auc" in given and len(given) > 1:
        raise FixTheInput("An AUC stands instead of precision and recall.", "", "Give one or the other.", field="auc")
    if set(given) == {"recall"}:
        raise FixTheInput(
            "How many are reached does not say alone how good the model is.",
            "Acting on everybody reaches them all.",
            "Say also how often acting is right (the precision), or give an AUC instead.",
            field="precision",
        )
    return Quality(**given) if given else None


def _prevalence(brief: Brief, asked: TryWhatIf, seen: Seen) -> Assumption | None:
    known = brief.decision.expected_positive_share
    known = seen.positive_share if known is None else known
    if asked.positive_share is None:
        return None if known is None else exactly(known)
    to = asked.positive_share if isinstance(asked.positive_share, Moved) else Moved(mode=asked.positive_share)
    base = to.mode if known is None else known
    share = None if base is None else moved(exactly(base), to, "positive_share")
    if share and not 0 < share.low <= share.high < 1:
        raise FixTheInput(
            "The share of positive cases must lie between 0 and 1.",
            "Where all cases are alike there is nothing to tell apart.",
            field="positive_share",
        )
    return share


def with_changes(brief: Brief, asked: TryWhatIf) -> Brief:
    """The brief with the volume, capacity, error, target and values that were asked; nothing else changes."""
    unknown = [name for name in asked.values if name not in VALUES]
    if unknown:
        known = ", ".join(VALUES)
        raise FixTheInput(f"There is no value {unknown[0][:40]!r}.", f"The values are {known}.", field="values")
    decided = {
        "volume_per_period": asked.volume,
        "capacity_share": asked.capacity_share,
        "expected_error": asked.expected_error,
    }
    new = {name: moved(getattr(brief.value, name), to, f"value.{name}") for name, to in asked.values.items()}
    target = brief.kpi.target if asked.target is None else asked.target
    return brief.model_copy(
        update={
            "decision": brief.decision.model_copy(update={k: v for k, v in decided.items() if v is not None}),
            "value": brief.value.model_copy(update=new),
            "kpi": brief.kpi.model_copy(update={"target": target}),
        }
    )


def moved(base: Assumption, to: Moved | float, name: str) -> Assumption:
    """An assumption with another low, mode or high; an end that is not named keeps its distance from the mode."""
    asked = to if isinstance(to, Moved) else Moved(mode=to)
    mode = base.mode if asked.mode is None else asked.mode
    low = base.low + mode - base.mode if asked.low is None else asked.low
    high = base.high + mode - base.mode if asked.high is None else asked.high
    if not low <= mode <= high:
        raise FixTheInput(
            "Low, most likely and high must stand in rising order.",
            f"They are {plain(low)}, {plain(mode)} and {plain(high)}.",
            "Correct one of the three.",
            field=name,
        )
    return base.model_copy(update={"low": low, "mode": mode, "high": high})


def rows_there(brief: Brief) -> int | None:
    """How many sealed rows there would be by what the brief says of its data; None when it says nothing of rows.

    Of several sources the one that carries the target counts, else the longest.
    """
    known = [one for one in brief.data_sources if one.rows]
    holding = [one for one in known if brief.target in one.columns] or known
    if not holding:
        return None
    rows = max(one.rows or 0 for one in holding)
    if brief.windows.kind == "time":
        return min(rows, int(brief.decision.volume_per_period * brief.windows.sealed_periods))
    return int(rows * brief.windows.sealed_share)


@dataclass(frozen=True)
class Words:
    """A brief's decision in its own words.

    Parameters
    ----------
    cases : what one decides about, several of them: "customers on the list".
    action : what is done with one: "phone the customer".
    right : when the action was the right one.
    """

    cases: str
    action: str
    right: str


def words_of(brief: Brief) -> Words:
    """The words for a what-if, from the brief's unit, action and outcome."""
    action = brief.decision.action.strip().rstrip(".") or "act on one"
    label = brief.population.label_definition.strip()
    right = label or f"{brief.target} is \u201c{brief.positive}\u201d."
    return Words(several(brief.decision.unit), action[:1].lower() + action[1:], right)


def several(unit: str) -> str:
    """The plural of what one decides about; plain "cases" where the unit does not begin with one of something.

    Examples
    --------
    >>> several("one customer on the list"), several("One loan application"), several("customer"), several("")
    ('customers on the list', 'loan applications', 'customers', 'cases')
    """
    words = unit.strip().rstrip(".").split()
    if words and words[0].lower() in ("one", "a", "an", "each", "every"):
        words = words[1:]
    place = next((i for i, word in enumerate(words) if word.lower() in BEFORE), len(words))
    if not place or len(words) > 12:
        return "cases"
    words[place - 1] = _plural(words[place - 1])
    return " ".join(words)


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in ("a", "e", "o", "u", ""):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def of_100(share: float, *, at_least: bool = False) -> str:
    """A share as people say it: so many of 100, rounded up where it is the least that suffices.

    Examples
    --------
    >>> of_100(0.4012), of_100(0.4012, at_least=True), of_100(0.004)
    ('40', '41', '0.4')
    """
    count = 100 * share
    if at_least:
        return f"{math.ceil(count - ROUNDING)}"
    return f"{count:.0f}" if count >= 1 or count == 0 else f"{count:.1g}"


@dataclass(frozen=True)
class Told:
    """An outlook as sentences: how good it can get, what the target asks of the model, data, and what more is worth."""

    ceiling: str
    asks: tuple[str, ...]
    rows: str
    more: tuple[str, ...]
    caused: str = ""

    def lines(self) -> tuple[str, ...]:
        """All of it, one sentence after another."""
        return tuple(one for one in (self.caused, self.ceiling, *self.asks, self.rows, *self.more) if one)


def caused(brief: Brief, found: Outlook) -> str:
    """What is left of the gain when part of those acted on would have come true anyway; empty where nothing is said."""
    effect = brief.value.treatment_effect
    if found.caused is None or effect is None:
        return ""
    money, low, high = (plain(end) for end in (found.caused.value, found.caused.low, found.caused.high))
    return (
        f"Of 100 acted on rightly, perhaps only {of_100(effect.mode)} come true because of it. What the action itself "
        f"makes is then about {money} {found.unit} a {found.period}, likely between {low} and {high}; the KPI counts "
        "all 100."
    )


def told(brief: Brief, found: Outlook, there: int | None) -> Told:
    """The sentences about an outlook; `there` is how many sealed rows there are, or will be by the brief."""
    return Told(_ceiling(found), _asks(brief, found), _rows(found, there), _more(brief, found), caused(brief, found))


def _ceiling(found: Outlook) -> str:
    best = f"{plain(found.ceiling)} {found.unit} a {found.period}"
    if not found.reachable:
        gap = plain(found.target - found.ceiling)
        return (
            f"Stop here, or change the plan: even a perfect model earns at most {best}, {gap} {found.unit} less than"
            " the target. Lower the target, raise capacity or volume, or choose another use case."
        )
    share = f" The target asks for {found.target / found.ceiling:.0%} of that." if found.target > 0 else ""
    return f"A perfect model would earn at most {best} more than today's way.{share}"


def _asks(brief: Brief, found: Outlook) -> tuple[str, ...]:
    said: list[str] = []
    if not found.reachable:
        return ()
    for ask in found.asks:
        if ask.name == "precision" or ask.name == "accuracy":
            said.append(_of_100_asked(brief, ask, _room_left(brief, found)))
        elif ask.name == "recall" and brief.decision.capacity_share is None:
            said.append(_reach_asked(brief, ask))
        elif ask.name == "AUC":
            said.append(_auc_asked(ask))
        elif ask.at_most:
            said.append(_error_asked(brief, ask))
    return tuple(said)


def _room_left(brief: Brief, found: Outlook) -> bool:
    """Whether fewer cases are acted on than capacity allows."""
    share, people = brief.decision.capacity_share, found.people
    return share is not None and people is not None and people.acted < share * people.cases * (1 - ROUNDING)


def _of_100_asked(brief: Brief, ask: Ask, room_left: bool) -> str:
    words = words_of(brief)
    times = "answers" if brief.task is Task.MULTICLASS else f"times we {words.action}"
    if ask.needed is None:
        return f"No share of right ones among 100 {times} reaches the target as the other numbers stand."
    now = "" if ask.now is None else f" (taken here: {of_100(ask.now)})"
    often = ", acting as often as here, which leaves capacity unused" if room_left else ""
    return f"Of 100 {times}, at least {of_100(ask.needed, at_least=True)} must be right{now}{often}."


def _reach_asked(brief: Brief, ask: Ask) -> str:
    where = f"100 {words_of(brief).cases} where it would be right"
    if ask.needed is None:
        return f"However many of {where} are reached, at this share of right ones the target stays out of reach."
    now = "" if ask.now is None else f" (taken here: {of_100(ask.now)})"
    return f"Of {where}, at least {of_100(ask.needed, at_least=True)} must be reached{now}."


def _auc_asked(ask: Ask) -> str:
    if ask.needed is None:
        return "No model, however well it ranks, reaches the target as the numbers stand."
    if ask.needed <= 0.5:
        return "Even a model without any skill would reach the target: look whether the target asks enough."
    now = "" if ask.now is None else f"; the one taken here has about {ask.now:.2f}"
    return f"Roughly, the model needs an AUC of {math.ceil(100 * ask.needed) / 100:.2f}{now}. This is an approximation."


def _error_asked(brief: Brief, ask: Ask) -> str:
    today = brief.decision.expected_error
    if ask.needed is None:
        return "No forecast, however good, reaches the target as the numbers stand."
    now = "" if ask.now is None else f"; the model taken here is off by {plain(ask.now)}"
    than = "" if today is None else f", today's way by {plain(today)}"
    return f"A forecast may be off by at most {plain(ask.needed)} on average{than}{now}."


def _rows(found: Outlook, there: int | None) -> str:
    if found.rows is None:
        return (
            "No number of rows in the hold-out would let the gate say yes to this model: its gain is too small, or the"
            " values are too uncertain."
        )
    needs = f"To be sure enough, the gate needs about {found.rows:,} sealed rows with a known outcome"
    if there is None:
        return f"{needs}; how many rows there are, the brief does not say yet."
    if there >= found.rows:
        return f"{needs}; about {there:,} are there: enough."
    return f"{needs}; only about {there:,} are there: the answer may stay open."


def _more(brief: Brief, found: Outlook) -> tuple[str, ...]:
    unit, said = found.unit, []
    by_name = {one.name: one.value for one in found.one_point}
    a_period = f"{unit} a {found.period}"
    if "precision" in by_name:
        said.append(f"One more right one in every 100 times we act is worth {plain(by_name['precision'])} {a_period}.")
    if "recall" in by_name and brief.decision.capacity_share is None:
        worth = plain(by_name["recall"])
        said.append(f"One more of 100 reached, with as many false alarms, is worth {worth} {a_period}.")
    if "accuracy" in by_name:
        said.append(f"One more right answer in 100 is worth {plain(by_name['accuracy'])} {a_period}.")
    said += [f"{name[:1].upper()}{name[1:]} is worth {plain(value)} {a_period}." for name, value in by_name.items()
             if name.startswith("one unit")]  # fmt: skip
    if found.room_worth is not None:
        said.append(_room(found, a_period))
    return tuple(said)


def _room(found: Outlook, a_period: str) -> str:
    if not found.room_worth:
        return "More capacity would be worth nothing: the next case would not pay."
    return f"Room for one more case is worth about {plain(found.room_worth)} {a_period}."
