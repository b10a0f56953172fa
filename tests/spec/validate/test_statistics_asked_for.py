"""The statistics that a KPI contract asks for beside the KPI: each against its estimate, by interval or by value."""

from typing import Any

import numpy as np
import pytest

from glassworks.core.canvas import MetricTarget
from glassworks.core.check import run
from glassworks.core.contract import Task
from glassworks.core.registry import checks
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.scored import Scored

CHECK = next(one for one in checks(Stage.VALIDATE) if one.id == "metric_targets")


def cases(n: int = 100) -> Scored:
    """Half positive, half acted on; 40 of the 50 acted on are positive; women and men alternate."""
    acted = np.arange(n) < n // 2
    y = np.where(np.arange(n) % 5 == 0, ~acted, acted).astype(int)
    group = np.where(np.arange(n) % 2 == 0, "female", "male")
    return Scored(Task.BINARY, y, np.where(acted, 0.8, 0.2), acted, ~acted, 1.0, group)


def answer(campaign: Any, scored: Scored, *targets: MetricTarget) -> Answer:
    brief = campaign.brief(metric_targets=targets)
    return run(CHECK, {"brief": brief, "scored": scored, "level": 0.95}, scored.task)


def test_without_a_statistic_the_question_does_not_arise(campaign: Any) -> None:
    assert answer(campaign, cases()).verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("metric", ["precision", "recall", "accuracy", "auc"])
def test_precision_recall_and_accuracy_are_those_of_the_decision(campaign: Any, metric: Any) -> None:
    found = answer(campaign, cases(), MetricTarget(metric=metric, op=">=", value=0.5))
    assert found.estimates[0].value == pytest.approx(0.8)
    assert found.verdict is Verdict.PASS


def test_the_interval_decides_unless_the_contract_says_the_value_alone_does(campaign: Any) -> None:
    def verdict(value: float, bound: Any, n: int = 100) -> Verdict:
        return answer(campaign, cases(n), MetricTarget(metric="precision", op=">=", value=value, bound=bound)).verdict

    assert verdict(0.79, "point") is Verdict.PASS
    assert verdict(0.79, "interval") is Verdict.INCONCLUSIVE
    assert verdict(0.79, "interval", n=100_000) is Verdict.PASS
    assert verdict(0.81, "point") is Verdict.INCONCLUSIVE
    assert verdict(0.95, "point") is Verdict.FAIL
    assert verdict(0.95, "interval") is Verdict.FAIL


def test_an_error_must_stay_below_what_is_asked(campaign: Any) -> None:
    assert answer(campaign, cases(), MetricTarget(metric="brier", op="<=", value=0.3)).verdict is Verdict.PASS
    assert answer(campaign, cases(), MetricTarget(metric="brier", op="<=", value=0.05)).verdict is Verdict.FAIL


def test_one_target_that_is_missed_fails_all(campaign: Any) -> None:
    fine, missed = (MetricTarget(metric="auc", op=">=", value=value) for value in (0.5, 0.99))
    assert answer(campaign, cases(), fine, missed).verdict is Verdict.FAIL


def test_a_group_is_judged_by_its_own_cases_and_one_that_is_not_there_is_undecided(campaign: Any) -> None:
    asked = MetricTarget(metric="precision", op=">=", value=0.4, group="female")
    found = answer(campaign, cases(), asked)
    assert found.verdict is Verdict.PASS and found.estimates[0].group == "female" and found.estimates[0].n == 25
    nobody = answer(campaign, cases(), asked.model_copy(update={"group": "nobody"}))
    assert nobody.verdict is Verdict.INCONCLUSIVE and "nobody" in nobody.sentence


def test_a_statistic_of_another_task_is_undecided_and_says_so(campaign: Any) -> None:
    numbers = Scored(Task.REGRESSION, np.arange(40.0), np.arange(40.0) + 1, None, None, 1.0)
    assert answer(campaign, numbers, MetricTarget(metric="mae", op="<=", value=2)).verdict is Verdict.PASS
    assert answer(campaign, numbers, MetricTarget(metric="rmse", op="<=", value=0.5)).verdict is Verdict.FAIL
    found = answer(campaign, numbers, MetricTarget(metric="recall", op=">=", value=0.5))
    assert found.verdict is Verdict.INCONCLUSIVE and "a regression model has none" in found.sentence
