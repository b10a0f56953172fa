"""A brief from five answers: what decision, for whom, what it is worth, what a mistake costs, how we will know."""

import re

from glassworks.core.commands import StartBrief
from glassworks.core.contract import Assumption, Brief, Task
from glassworks.core.defaulted import at, is_defaulted
from glassworks.core.errors import FixTheInput
from glassworks.core.record import Moment
from glassworks.core.usecase import UseCase
from glassworks.stages.scope.defaults import default_brief, filled_from
from glassworks.stages.scope.feasibility import reach, swing

TARGET_SHARE = 0.2
"""Of what a perfect model would gain, the share that a brief asks for until somebody names a target."""

BY_TASK = ("positive", "decision.capacity_share")
"""What only some tasks have."""

NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
UNTIL = r"(?:\s*(?:to|-)\s*|,\s+)"
CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP"}
MONEY = re.compile(
    rf"^(?:about\s+)?(?P<before>[€$£]|[A-Z]{{3}}(?=[\s\d]))?\s*{NUMBER}"
    rf"(?:{UNTIL}{NUMBER})?(?:{UNTIL}{NUMBER})?"
    r"\s*(?P<after>[€$£]|[A-Z]{3}\b)?(?P<words>[^\d]*)$"
)


def start_brief(
    use_case: UseCase, answers: StartBrief, base: Brief | None, positive_rate: float | None, now: Moment
) -> Brief:
    """The brief that the five answers give; everything else is filled in and named in `defaulted`.

    Parameters
    ----------
    base : the newest brief, over which the answers are laid; None: there is none yet.
    positive_rate : the share of positive cases on open rows; None: nobody knows it yet.

    Raises
    ------
    FixTheInput : what it is worth, or what a mistake costs, holds no amount; the field is named.
    """
    task = answers.task or (base.task if base else Task.BINARY)
    proposed = default_brief(use_case, task, now)
    brief = proposed if base is None else _over(base, proposed)
    worth = money("worth", answers.worth)
    mistake = money("mistake", answers.mistake, worth.unit)
    cells = _cells(task, worth, mistake)
    said = {
        *(["task"] if answers.task else []),
        "decision.action",
        "kpi.counted_as",
        *(f"value.{name}" for name in cells),
    }
    facts = {
        "decision": brief.decision.model_copy(update={"action": answers.decision}),
        "hill": brief.hill.model_copy(update={"who": answers.whom}),
        "value": brief.value.model_copy(update={**cells, "currency": worth.unit}),
        "defaulted": tuple(path for path in brief.defaulted if path not in said),
    }
    kpi = {"counted_as": answers.know, "unit": worth.unit if is_defaulted(brief, "kpi.unit") else brief.kpi.unit}
    brief = brief.model_copy(update={**facts, "kpi": brief.kpi.model_copy(update=kpi)})
    if task is Task.REGRESSION:
        left = tuple(path for path in brief.defaulted if path != "kpi.target")
        return _asking(brief.model_copy(update={"defaulted": left}), worth.mode)
    return _asking(brief, _target(brief, positive_rate)) if is_defaulted(brief, "kpi.target") else brief


def _over(base: Brief, proposed: Brief) -> Brief:
    """The brief before with what it leaves unsaid filled in; for another task, marked fields anew."""
    if base.task is not proposed.task:
        return filled_from(base, proposed, "task", *(name for name in BY_TASK if is_defaulted(base, name)))
    unmarked = filled_from(base.model_copy(update={"defaulted": ()}), proposed)
    old, new = base.facts(), unmarked.facts()
    marks = (path for path in unmarked.defaulted if path not in base.defaulted and at(old, path) != at(new, path))
    return unmarked.model_copy(update={"defaulted": (*base.defaulted, *marks)})


def _cells(task: Task, worth: Assumption, mistake: Assumption) -> dict[str, Assumption]:
    """The cells of the value matrix that two amounts fill; costs of a decision between classes are negative."""
    if task is Task.REGRESSION:
        return {"over": mistake, "under": mistake}
    lost = mistake.model_copy(update={"low": -mistake.high, "mode": -mistake.mode, "high": -mistake.low})
    return {"act_positive": worth, "act_negative": lost} if task is Task.BINARY else {"right": worth, "wrong": lost}


def _target(brief: Brief, positive_rate: float | None) -> float:
    if brief.task is Task.MULTICLASS:
        best = brief.decision.volume_per_period * swing(brief) - brief.value.period_cost
    else:
        best = reach(brief, positive_rate).ceiling
    return float(f"{max(0.0, best) * TARGET_SHARE:.2g}")


def _asking(brief: Brief, target: float) -> Brief:
    return brief.model_copy(update={"kpi": brief.kpi.model_copy(update={"target": target})})


def money(field: str, text: str, currency: str = "") -> Assumption:
    """An amount, or low to high, or low, likely, high, with its currency and words after it.

    Parameters
    ----------
    currency : the one that must be used; an amount without a currency is in it, or in EUR.

    Examples
    --------
    >>> money("worth", "80 to 120 EUR for each customer who stays").facts()["mode"]
    100.0
    >>> money("mistake", "$6").unit
    'USD'

    Raises
    ------
    FixTheInput : no amount, one that could be read in two ways, or nothing above zero.
    """
    found = MONEY.match(text.strip())
    if not found:
        raise FixTheInput(
            f"The answer {field} holds no amount that can be read.",
            "It begins with one number, or `low to high`, or `low, likely, high`; words after it hold no digits.",
            "Write for example `80 to 120 EUR for each customer who stays`.",
            field=field,
        )
    told = [one for one in found.groups()[1:4] if one]
    if any(re.fullmatch(r"\d{1,3}\.\d{3}", one) or one.count(",") > 1 for one in told):
        raise FixTheInput(
            f"The answer {field} holds a number that can be read in two ways.",
            "A point or comma before three digits may divide thousands or begin a fraction.",
            "Write thousands without a point or comma, such as 1000.",
            field=field,
        )
    amounts = sorted(float(one.replace(",", "")) for one in told)
    if amounts[-1] <= 0:
        raise FixTheInput(
            f"The answer {field} is nothing.", "Where nothing is at stake no model is needed.", "", field=field
        )
    sign = found["before"] or found["after"] or currency or "EUR"
    unit = CURRENCIES.get(sign, sign)
    if currency and unit != currency:
        raise FixTheInput(f"The answer {field} is in {unit}, not in {currency}.", "", "Use one currency.", field=field)
    return Assumption(
        low=amounts[0],
        mode=sum(amounts) / 2 if len(amounts) == 2 else amounts[len(amounts) // 2],
        high=amounts[-1],
        unit=unit,
        owner="business owner",
        source=f"answered at the start: {text.strip()}",
    )
