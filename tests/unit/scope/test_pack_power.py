"""Tests that a pack asks for, and that the rows which a brief declares could not bring to a verdict."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from glassworks.core.canvas import MetricTarget
from glassworks.core.contract import Brief, Fairness, Task, ValueMatrix, exactly
from glassworks.core.policy import PolicyPack
from glassworks.core.stage import Stage
from glassworks.hub.policies import OFFICE_PACK
from glassworks.stages.scope.pack_power import Declared, without_verdict

PAPERS = Path(__file__).parents[2] / "fakes" / "papers.py"


@pytest.fixture(scope="module")
def brief() -> Brief:
    """A brief of 1,000 cases a quarter whose right decision gains 100 EUR."""
    spec = importlib.util.spec_from_file_location("papers", PAPERS)
    assert spec and spec.loader
    module = sys.modules.setdefault("papers", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    one: Brief = module.brief()
    value = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10))
    return one.model_copy(update={"value": value, "kpi": one.kpi.model_copy(update={"target": 20_000.0})})


def named(
    brief: Brief, rows: int, rate: float | None = 0.3, pack: PolicyPack = OFFICE_PACK, **changes: Any
) -> list[str]:
    asked = brief.model_copy(update=changes)
    return [fault.reason.partition(":")[0] for fault in without_verdict(pack, asked, Declared(rows, rate, {}))]


def test_enough_rows_leave_nothing_without_a_verdict(brief: Brief) -> None:
    assert named(brief, 2_000) == []


def test_too_few_rows_for_the_promised_gain_are_named_with_how_many_are_needed(brief: Brief) -> None:
    assert named(brief, 20) == ["kpi"]
    (fault,) = without_verdict(OFFICE_PACK, brief, Declared(20, 0.3, {}))
    assert (fault.rule, fault.field) == ("no verdict", "gates.validate.checks.low")
    needed = int("".join(c for c in fault.next_step if c.isdigit()))
    assert named(brief, needed) == [] and named(brief, needed - 5) == ["kpi"]


def test_a_stricter_error_level_asks_for_more_rows(brief: Brief) -> None:
    strict = OFFICE_PACK.model_copy(update={"alpha": 0.0001})
    assert named(brief, 150) == []
    assert named(brief, 150, pack=strict) == ["kpi"]


def test_only_what_the_gate_asks_for_is_named(brief: Brief) -> None:
    rules = OFFICE_PACK.gates[Stage.VALIDATE].model_copy(update={"checks": {}})
    assert named(brief, 20, pack=OFFICE_PACK.model_copy(update={"gates": {Stage.VALIDATE: rules}})) == []


def test_without_two_cases_of_the_rarer_outcome_no_model_is_told_from_chance(brief: Brief) -> None:
    assert "performance" in named(brief, 100, 0.01)
    assert "performance" not in named(brief, 1_000, 0.01)


def test_groups_that_cannot_have_enough_positives_are_named(brief: Brief) -> None:
    fair = Fairness(definition="equal_opportunity", attribute="sex")
    assert named(brief, 190, fairness=fair) == ["fairness"]
    assert named(brief, 210, fairness=fair) == []
    assert named(brief, 190, fairness=fair.model_copy(update={"definition": "selection_rate"})) == []


def test_a_statistic_that_even_a_faultless_model_could_not_show_is_named(brief: Brief) -> None:
    asked = MetricTarget(metric="recall", op=">=", value=0.98)
    assert named(brief, 600, metric_targets=(asked,)) == ["metric_targets"]
    assert named(brief, 6_000, metric_targets=(asked,)) == []
    assert named(brief, 600, metric_targets=(asked.model_copy(update={"bound": "point"}),)) == []


def test_a_forecast_is_asked_for_a_number_of_rows(brief: Brief) -> None:
    assert named(brief, 199, task=Task.REGRESSION) == ["kpi"]
    assert named(brief, 200, task=Task.REGRESSION) == []
