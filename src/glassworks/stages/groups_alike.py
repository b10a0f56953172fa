"""The one fairness question that is gated, asked alike before go-live and in use."""

from typing import NamedTuple

import numpy as np

from glassworks.core.contract import Fairness
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Verdict, safe_side
from glassworks.measures.fairness import group_rates, worst_ratio
from glassworks.measures.scored import Scored


class Alike(NamedTuple):
    """The verdict, the ratio on which it hangs, the rate of each group, and which groups a pass does not ask for."""

    verdict: Verdict
    worst: Estimate
    rates: list[Estimate]
    aside: str


def alike(scored: Scored, agreed: Fairness, policy: PolicyPack, level: float = 0.95) -> Alike:
    """Judge the worst group's ratio by the brief's limit.

    A group of the policy's least number (`group_positives`) can fail whatever the brief says; a pass needs those of
    the brief's `min_group`, where that is more. So no brief takes a group that clearly fares worse out of the gate.

    Raises
    ------
    FixTheInput : fewer than two groups have enough cases, and none that can be judged fares clearly worse.
    """
    smallest = int(policy.limit("group_positives"))
    least = max(smallest, agreed.min_group or 0)
    rates = group_rates(scored, agreed.definition, level)
    some = worst_ratio(scored, agreed.definition, level, least, agreed.reference, smallest=smallest)
    if safe_side(some, at_least=agreed.at_least) is not Verdict.FAIL and least > smallest:
        if sum(one.n >= least for one in rates) < 2:
            raise FixTheInput(
                "Groups cannot be compared.",
                f"Fewer than two of them have {least} cases that the definition counts among.",
                "Gather more cases, or join groups.",
            )
        some = worst_ratio(scored, agreed.definition, level, least, agreed.reference)
    worst = some.asked(at_least=agreed.at_least)
    return Alike(safe_side(worst, at_least=agreed.at_least), worst, rates, _aside(scored, rates, least))


def _aside(scored: Scored, rates: list[Estimate], least: int) -> str:
    counted = {one.group: one.n for one in rates}
    names = [str(name) for name in np.unique(np.asarray(scored.group))]
    few = [f"{name} ({counted.get(name, 0):,})" for name in names if counted.get(name, 0) < least]
    return f" Too small for a pass to need them (fewer than {least:,} cases): {', '.join(few)}." if few else ""
