"""A handful of cases opens no gate: figures of theirs may have no spread at all, and would pass without a doubt."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from glassworks.core.check import run
from glassworks.core.contract import Fairness, Kpi, Task, ValueMatrix, exactly
from glassworks.core.registry import checks
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Release
from glassworks.hub.policies import OFFICE_PACK
from glassworks.measures.scored import Scored
from glassworks.stages.few import MIN_CASES


def exact(task: Task, n: int) -> Scored:
    """Forecasts that are all right."""
    y = np.arange(n) % 2 if task is Task.BINARY else np.arange(n, dtype=float)
    acted = (y == 1) if task is Task.BINARY else None
    scores = np.clip(y, 0.01, 0.99) if task is Task.BINARY else y
    idle = None if acted is None else np.zeros(n, dtype=bool)
    return Scored(task=task, y=y, scores=scores, acted=acted, baseline_acted=idle, periods=1.0)


def asked(stage: Stage, name: str, campaign: ModuleType, scored: Scored) -> Answer:
    value = (
        ValueMatrix(over=exactly(1.0), under=exactly(2.0))
        if scored.task is Task.REGRESSION
        else ValueMatrix(act_positive=exactly(100.0))
    )
    kpi = Kpi(name="net value", unit="EUR", baseline="list order", target=0.1)
    terms: dict[str, Any] = {"task": scored.task, "value": value, "kpi": kpi, "fairness": Fairness()}
    brief = campaign.brief(**terms)
    evidence: dict[str, Any] = {
        "brief": brief, "policy": OFFICE_PACK, "scored": scored, "live": scored, "reference": exact(scored.task, 400),
        "level": 0.975, "look": 1, "times": None, "release": Release.model_construct(promised=()),
    }  # fmt: skip
    return run(next(one for one in checks(stage) if one.id == name), evidence, scored.task)


@pytest.mark.parametrize("task", [Task.BINARY, Task.REGRESSION])
@pytest.mark.parametrize(
    ("stage", "name"),
    [
        (Stage.VALIDATE, "performance"),
        (Stage.VALIDATE, "kpi"),
        (Stage.VALIDATE, "stability"),
        (Stage.OPERATE, "realised"),
        (Stage.OPERATE, "promised_realised"),
    ],
)
def test_below_thirty_cases_a_perfect_record_is_inconclusive_in_words(
    campaign: ModuleType, task: Task, stage: Stage, name: str
) -> None:
    for n in (1, 3, 8, MIN_CASES - 1):
        told = asked(stage, name, campaign, exact(task, n))
        assert told.verdict is Verdict.INCONCLUSIVE and "too few to tell" in told.sentence
        assert told.next_step.startswith("Bring more")
    assert asked(stage, name, campaign, exact(task, 400)).verdict is Verdict.PASS
