"""What the best conceivable model could earn, and how many sealed cases are needed to tell that one does."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import plain
from glassworks.core.result import Answer, Verdict
from glassworks.measures.worth import at_means, columns

DETECTED = 1.645 + 0.842
"""Standard errors between nothing and what is found four times in five by a one-sided test at 5 %."""


@dataclass(frozen=True)
class Reach:
    """What a perfect model gains a period, and the least positive rate at which it meets the target (None: at none)."""

    ceiling: float
    least_rate: float | None


def averaged(brief: Brief, means: Mapping[str, float]) -> Brief:
    """The brief with every value that differs by row at its mean: what planning goes by.

    Parameters
    ----------
    means : the mean of each column on open rows that values are multiplied by.

    Raises
    ------
    FixTheInput : a mean is not known, as long as there are no data.
    """
    unknown = [name for name in columns(brief.value, brief.task) if name not in means]
    if unknown:
        raise FixTheInput(
            f"A value is multiplied by {unknown[0]} of each row, and no rows are here yet.",
            "What an average case is worth is not known before.",
            "Bring data with that column; then it is asked again.",
            field="value",
        )
    return brief.model_copy(update={"value": at_means(brief.value, brief.task, means)})


def swing(brief: Brief) -> float:
    """What one decision moved from a wrong case to a right one is worth, at the most likely values."""
    value = brief.value
    if brief.task is Task.MULTICLASS:
        return value.right.mode - value.wrong.mode
    return (value.act_positive.mode - value.skip_positive.mode) - (value.act_negative.mode - value.skip_negative.mode)


def reach(brief: Brief, positive_rate: float | None) -> Reach:
    """The gain of a perfect binary model over the baseline in one period; without a rate, at the best rate there is.

    With capacity c of volume V and positive rate p: V (min(c, p) - c p) times `swing`, less fixed cost.
    Without capacity the baseline acts on nobody: V p times what acting on a positive is worth, less fixed cost.
    (Elkan 2001; Provost & Fawcett 2013, chapter 7.)
    """
    volume, share = brief.decision.volume_per_period, brief.decision.capacity_share
    wanted = brief.kpi.target + brief.value.period_cost
    if share is None:
        each = volume * (brief.value.act_positive.mode - brief.value.skip_positive.mode)
        rate = 1.0 if positive_rate is None else positive_rate
        top, least = each * rate, wanted / each if each > 0 else math.inf
    else:
        each = volume * swing(brief)
        rate = share if positive_rate is None else positive_rate
        top = each * (min(share, rate) - share * rate)
        least = wanted / (each * (1 - share)) if each > 0 and share < 1 else math.inf
    highest = 1.0 if share is None else share
    return Reach(top - brief.value.period_cost, max(0.0, least) if least <= highest else None)


def feasibility(brief: Brief, positive_rate: float | None, rows: int) -> Answer:
    """Whether a perfect model could meet the target; `rows` sealed cases will judge it.

    `fail` when even a perfect model falls short; `inconclusive` when that depends on a positive rate nobody knows yet.

    Raises
    ------
    FixTheInput : the model is a regression, whose ceiling is known only from data.
    """
    if brief.task is Task.REGRESSION:
        raise FixTheInput("The ceiling of a regression is known only from data.")
    unit, target = brief.kpi.unit, brief.kpi.target
    if brief.task is Task.MULTICLASS:
        best = brief.decision.volume_per_period * swing(brief) - brief.value.period_cost
        return compared(best, target, unit, brief.kpi.period, "even if the baseline were never right, ")
    found = reach(brief, positive_rate)
    if positive_rate is None and found.ceiling >= target and found.least_rate is not None:
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence=(
                f"A perfect model could meet the target of {plain(target)} {unit} a {brief.kpi.period} if at least "
                f"{found.least_rate:.1%} of the cases are positive; that rate is not known yet."
            ),
            next_step="Bring data with the outcome, or state the rate; then ask again.",
        )
    rate = "" if positive_rate is None else f"at a positive rate of {positive_rate:.1%}, "
    answer = compared(found.ceiling, target, unit, brief.kpi.period, rate)
    return answer.model_copy(update={"table": ({"rows": rows, "ceiling": found.ceiling, "target": target},)})


def compared(best: float, target: float, unit: str, period: str, condition: str) -> Answer:
    """The verdict on a target from the best that any model could gain, with `condition` before the sentence."""
    fact = f"{condition}a perfect model would gain {plain(best)} {unit} a {period} over the baseline"
    fact = fact[0].upper() + fact[1:]
    if best < target:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{fact}; the target is {plain(target)}, so no model can meet it.",
            next_step="Lower the target, raise capacity or volume, or choose another use case.",
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"{fact}; the target of {plain(target)} asks for {max(0.0, target) / best:.0%} of that."
        if best > 0
        else f"{fact}; the target is {plain(target)}.",
    )


def detectable_gain(brief: Brief, positive_rate: float | None, rows: int) -> float:
    """The least true gain a period that `rows` sealed cases tell from nothing four times in five.

    Model and baseline differ in at most half of the answers (multiclass) or in 2 c (1 - c) of the actions (capacity c):
    each difference counts with variance p (positive rate; 1/4 of the swing squared when it is unknown).
    """
    share = brief.decision.capacity_share
    rate = 0.5 if positive_rate is None else positive_rate
    if brief.task is Task.MULTICLASS:
        spread = 0.5
    elif share is None:
        spread = rate * (1 - rate)
    else:
        spread = rate * 2 * share * (1 - share)
    return DETECTED * abs(swing(brief)) * brief.decision.volume_per_period * math.sqrt(spread / max(1, rows))
