"""A forecast's target against what even a perfect forecast gains, by today's error that the owner expects."""

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from glassworks.core.contract import Brief
from glassworks.core.result import Verdict
from glassworks.core.usecase import UseCase
from glassworks.line.scope import rows_expected
from glassworks.stages.scope.brief_file import brief_from_yaml
from glassworks.stages.scope.checks.target_reachable import target_reachable

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def bikes() -> Brief:
    case = UseCase(id="bikes", title="Bikes", question="How many?", opened_by="p", opened_at=NOW, moved_at=NOW)
    return brief_from_yaml((files("glassworks.examples") / "bike_demand/brief.yaml").read_text(), case, {}, NOW)


def ask(brief: Brief) -> tuple[Verdict, str]:
    answer = target_reachable.function(brief, 1000, None, {})
    return answer.verdict, answer.sentence


def test_a_target_below_what_a_perfect_forecast_gains_passes_and_names_the_error_it_asks_for(bikes: Brief) -> None:
    verdict, sentence = ask(bikes)
    assert verdict is Verdict.PASS and "wrong by 51.9 on average; today it is 100" in sentence


def test_a_target_above_the_ceiling_of_a_perfect_forecast_fails(bikes: Brief) -> None:
    kpi = bikes.kpi.model_copy(update={"target": 40_000.0})
    verdict, sentence = ask(bikes.model_copy(update={"kpi": kpi}))
    assert verdict is Verdict.FAIL and "no model can meet it" in sentence


def test_without_todays_error_the_question_has_no_answer_yet(bikes: Brief) -> None:
    decision = bikes.decision.model_copy(update={"expected_error": None})
    assert ask(bikes.model_copy(update={"decision": decision}))[0] is Verdict.NOT_APPLICABLE


def test_the_rows_to_judge_by_are_counted_from_the_data_the_brief_says_exist(bikes: Brief) -> None:
    assert rows_expected(bikes) == 3 * 730, "by time: as many as the sealed periods hold"
    windows = bikes.windows.model_copy(update={"kind": "random", "sealed_share": 0.2})
    assert rows_expected(bikes.model_copy(update={"windows": windows})) == int(17379 * 0.2)
