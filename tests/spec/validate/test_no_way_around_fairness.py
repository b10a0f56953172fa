"""No wording of a brief and no line's pack takes a group that clearly fares worse out of the gate."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from glassworks.core.check import run
from glassworks.core.contract import Task
from glassworks.core.policy import looser
from glassworks.core.registry import checks
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.hub.policies import OFFICE_PACK
from glassworks.measures.scored import Scored


def asked(name: str, evidence: dict[str, Any], **changed: Any) -> Answer:
    one = next(check for check in checks(Stage.VALIDATE) if check.id == name)
    return run(one, evidence | changed, Task.BINARY)


def of_groups(campaign: ModuleType, **groups: tuple[int, int]) -> dict[str, Any]:
    """Evidence of positives only: of each group so many, of which so many are acted on."""
    acted = np.concatenate([np.arange(n) < hit for n, hit in groups.values()])
    scored = Scored(
        task=Task.BINARY, y=np.ones(len(acted), dtype=int), scores=np.where(acted, 0.9, 0.1), acted=acted,
        baseline_acted=np.zeros(len(acted), dtype=bool), periods=1.0,
        group=np.repeat(list(groups), [n for n, _ in groups.values()]),
    )  # fmt: skip
    return {"brief": campaign.brief(), "policy": OFFICE_PACK, "scored": scored, "level": 0.975}


@pytest.mark.parametrize(
    "change", [{}, {"reference": "A"}, {"reference": "C"}, {"min_group": 500}, {"min_group": 5000}]
)
def test_no_wording_of_the_brief_takes_a_group_that_clearly_fares_worse_out_of_the_gate(
    campaign: ModuleType, change: dict[str, Any]
) -> None:
    seen = of_groups(campaign, A=(800, 640), B=(800, 640), C=(120, 24))
    brief = campaign.brief(fairness=campaign.brief().fairness.model_copy(update=change))
    told = asked("fairness", seen, brief=brief)
    assert told.verdict is Verdict.FAIL and told.estimates[0].group == "C"
    assert ("C (120)" in told.sentence) is ("min_group" in change)


def test_a_small_group_of_the_brief_that_fares_alike_is_not_needed_for_a_pass_and_is_named(
    campaign: ModuleType,
) -> None:
    seen = of_groups(campaign, A=(800, 640), B=(800, 640), C=(40, 31), D=(12, 2))
    needed = campaign.brief(fairness=campaign.brief().fairness.model_copy(update={"min_group": 100}))
    assert asked("fairness", seen).verdict is Verdict.INCONCLUSIVE
    told = asked("fairness", seen, brief=needed)
    assert told.verdict is Verdict.PASS
    assert "Too small for a pass to need them (fewer than 100 cases): C (40), D (12)." in told.sentence


def test_no_line_changes_the_least_number_of_a_group() -> None:
    for number in (5.0, 5000.0):
        own = OFFICE_PACK.model_copy(
            update={"line": "retail", "limits": OFFICE_PACK.limits | {"group_positives": number}}
        )
        assert ["limits.group_positives" in where for where, _ in looser(OFFICE_PACK, own)] == [True]
