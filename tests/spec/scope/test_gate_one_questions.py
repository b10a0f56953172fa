"""What gate 1 asks of a brief, told on the demonstration's brief and on what people do wrong."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from glassworks.core import registry
from glassworks.core.check import run
from glassworks.core.contract import Assumption, Brief, Feature, Task, exactly
from glassworks.core.people import Person, Role
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.hub.policies import OFFICE_PACK
from glassworks.stages.scope.brief_file import brief_from_yaml

TEXT = (Path(__file__).parents[3] / "src/glassworks/examples/term_deposit/brief.yaml").read_text()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = NOW.date()
PEOPLE = {role: f"person-{role}" for role in Role}


@pytest.fixture
def brief() -> Brief:
    case = UseCase(id="case", title="A title", question="A question?", opened_by="p", opened_at=NOW, moved_at=NOW)
    return brief_from_yaml(TEXT, case, PEOPLE, NOW)


def ask(
    check: str,
    brief: Brief,
    *,
    rate: float | None = 0.5,
    rows: int = 1460,
    today: date = TODAY,
    people: tuple[Person, ...] = (),
    columns: tuple[str, ...] = (),
    means: dict[str, float] | None = None,
) -> Answer:
    evidence = {
        "brief": brief,
        "policy": OFFICE_PACK,
        "today": today,
        "rows_expected": rows,
        "positive_rate": rate,
        "people": people,
        "columns": columns,
        "means": means or {},
    }
    return run(next(c for c in registry.checks(Stage.SCOPE) if c.id == check), evidence, brief.task)


def changed(brief: Brief, part: str, **fields: Any) -> Brief:
    return brief.model_copy(update={part: getattr(brief, part).model_copy(update=fields)})


def test_every_check_the_office_requires_exists_and_the_demonstration_brief_passes_them(brief: Brief) -> None:
    for name in OFFICE_PACK.gates[Stage.SCOPE].checks["low"]:
        assert ask(name, brief).verdict is Verdict.PASS, name


def test_a_blank_cell_of_the_promise_is_named(brief: Brief) -> None:
    answer = ask("kpi_complete", changed(brief, "kpi", baseline=" "))
    assert answer.verdict is Verdict.FAIL and "the KPI's baseline" in answer.sentence


def test_what_a_draft_assumed_is_counted_until_somebody_writes_it(brief: Brief) -> None:
    answer = ask("kpi_complete", brief.model_copy(update={"defaulted": ("kpi.name", "value")}))
    assert answer.verdict is Verdict.PASS and answer.warning and answer.examples == ("the KPI's name",)


def test_values_under_which_acting_on_all_or_none_is_best_need_no_model(brief: Brief) -> None:
    free = ask("value_matrix_reasonable", changed(brief, "value", act_negative=exactly(0)))
    useless = ask("value_matrix_reasonable", changed(brief, "value", act_positive=exactly(-6)))
    assert free.verdict is Verdict.FAIL and "act on all" in free.sentence
    assert useless.verdict is Verdict.FAIL and "worth no more" in useless.sentence


def test_values_in_another_unit_than_the_kpi_are_named(brief: Brief) -> None:
    dollars = ask("value_matrix_reasonable", changed(brief, "value", currency="USD"))
    assert dollars.verdict is Verdict.FAIL and "in USD, the KPI in EUR" in dollars.sentence
    hours = ask("value_matrix_reasonable", changed(brief, "kpi", unit="hours"))
    assert hours.verdict is Verdict.FAIL and "kpi.unit" in hours.next_step
    lost = brief.value.act_negative.model_copy(update={"unit": "USD"})
    mixed = ask("value_matrix_reasonable", changed(brief, "value", act_negative=lost))
    assert mixed.warning and "act negative is written in USD" in mixed.sentence
    for alike in ("\u20ac", "EUR / customer", "EUR per call", ""):
        same = brief.value.act_negative.model_copy(update={"unit": alike, "owner": "business owner"})
        assert not ask("value_matrix_reasonable", changed(brief, "value", act_negative=same)).warning, alike


def test_values_that_only_might_be_wrong_are_a_warning(brief: Brief) -> None:
    doubtful = Assumption(low=-1, mode=194, high=296, owner="business owner")
    assert ask("value_matrix_reasonable", changed(brief, "value", act_positive=doubtful)).warning
    assert ask("value_matrix_reasonable", changed(brief, "value", skip_positive=exactly(-200))).warning


def test_regression_and_classes_need_values_of_their_own(brief: Brief) -> None:
    for task in (Task.REGRESSION, Task.MULTICLASS):
        assert ask("value_matrix_reasonable", brief.model_copy(update={"task": task})).verdict is Verdict.FAIL


def test_a_target_beyond_a_perfect_model_fails_and_says_its_ceiling(brief: Brief) -> None:
    answer = ask("target_reachable", brief, rate=0.05)
    assert answer.verdict is Verdict.FAIL and "3,500 EUR" in answer.sentence


def test_a_target_within_reach_says_how_precise_the_model_must_be(brief: Brief) -> None:
    answer = ask("target_reachable", brief, rate=0.5)
    assert answer.verdict is Verdict.PASS and "Of 100 cases acted on, 58 must be positive" in answer.sentence


def test_without_a_positive_rate_reach_is_inconclusive_and_names_the_rate_it_needs(brief: Brief) -> None:
    answer = ask("target_reachable", changed(brief, "decision", expected_positive_share=None), rate=None)
    assert answer.verdict is Verdict.INCONCLUSIVE and "8.4%" in answer.sentence


def test_before_data_exist_the_rate_that_the_owner_expects_counts(brief: Brief) -> None:
    assert ask("target_reachable", brief, rate=None).verdict is Verdict.PASS
    gloomy = changed(brief, "decision", expected_positive_share=0.05)
    assert ask("target_reachable", gloomy, rate=None).verdict is Verdict.FAIL


def test_values_that_differ_by_row_are_judged_at_their_means_and_not_before_there_are_rows(brief: Brief) -> None:
    worth = Assumption(low=1, mode=2, high=3, owner="business owner", column="balance")
    by_row = changed(brief, "value", act_positive=worth)
    assert "29,200" not in ask("target_reachable", by_row, means={"balance": 50.0}).sentence
    assert "188" in ask("value_matrix_reasonable", by_row, means={"balance": 94.0}).sentence
    before = ask("target_reachable", by_row)
    assert before.verdict is Verdict.INCONCLUSIVE and "balance" in before.sentence
    assert "balance of each row" in ask("value_matrix_reasonable", by_row).sentence
    assert ask("hold_out_power", by_row).verdict is Verdict.INCONCLUSIVE


def test_too_few_sealed_rows_are_told_before_any_work(brief: Brief) -> None:
    assert ask("hold_out_power", brief, rows=1460).verdict is Verdict.PASS
    few = ask("hold_out_power", brief, rows=200)
    assert few.verdict is Verdict.INCONCLUSIVE and "taken for luck" in few.sentence and "rows" in few.next_step


def test_target_identifier_and_time_are_no_inputs(brief: Brief) -> None:
    for name in ("y", "call_month"):
        wrong = brief.model_copy(update={"features": (*brief.features, Feature(name=name))})
        answer = ask("inputs_allowed", wrong)
        assert answer.verdict is Verdict.FAIL and name in answer.sentence


def test_a_column_withheld_without_a_reason_fails(brief: Brief) -> None:
    wrong = brief.model_copy(update={"features": (*brief.features, Feature(name="mood", available=False))})
    assert "mood is withheld without a reason" in ask("inputs_allowed", wrong).sentence


def test_withheld_and_forbidden_columns_are_listed_and_traits_among_inputs_warned_of(brief: Brief) -> None:
    answer = ask("inputs_allowed", brief)
    assert "withheld: duration, campaign" in answer.sentence and "forbidden: age, marital" in answer.sentence
    assert ask("inputs_allowed", brief.model_copy(update={"forbidden": ()})).warning


def test_a_response_model_for_an_action_on_people_must_be_acknowledged(brief: Brief) -> None:
    accepted = ask("uplift_warning", brief)
    assert accepted.verdict is Verdict.PASS and accepted.warning
    silent = ask("uplift_warning", brief.model_copy(update={"acknowledged": ()}))
    assert silent.verdict is Verdict.FAIL and "acknowledges" in silent.next_step
    machines = brief.model_copy(update={"acknowledged": (), "acts_on_people": False})
    assert ask("uplift_warning", machines).verdict is Verdict.PASS


def test_work_that_nothing_can_end_does_not_begin(brief: Brief) -> None:
    assert ask("kill_criterion", brief.model_copy(update={"kill_criteria": ()})).verdict is Verdict.FAIL
    ownerless = brief.kill_criteria[0].model_copy(update={"owner": ""})
    assert ask("kill_criterion", brief.model_copy(update={"kill_criteria": (ownerless,)})).verdict is Verdict.FAIL


def test_a_plan_without_owners_or_with_dates_past_fails(brief: Brief) -> None:
    assert ask("plan_owned", brief.model_copy(update={"plan": ()})).verdict is Verdict.FAIL
    late = ask("plan_owned", brief, today=date(2027, 1, 1))
    assert late.verdict is Verdict.FAIL and "past" in late.sentence


def test_every_signature_needs_a_person_and_no_person_two_conflicting_roles(brief: Brief) -> None:
    nobody = brief.model_copy(update={"people": {**PEOPLE, Role.VALIDATOR: ""}})
    assert "validator" in ask("people_named", nobody).sentence
    both = brief.model_copy(update={"people": {**PEOPLE, Role.VALIDATOR: PEOPLE[Role.DATA_SCIENTIST]}})
    answer = ask("people_named", both)
    assert answer.verdict is Verdict.FAIL and "data scientist and validator" in answer.sentence


def test_somebody_named_in_a_role_that_they_do_not_hold_is_told_by_name(brief: Brief) -> None:
    def person(role: Role, *held: Role) -> Person:
        return Person(id=PEOPLE[role], name=f"Emil of {role.words}", login=role.value, roles=held, created_at=NOW)

    everybody = tuple(person(role, role) for role in Role)
    assert ask("people_named", brief, people=everybody).verdict is Verdict.PASS
    other = tuple(one for one in everybody if one.login != "business_owner")
    answer = ask("people_named", brief, people=(*other, person(Role.BUSINESS_OWNER, Role.DOMAIN_EXPERT)))
    assert answer.verdict is Verdict.FAIL
    assert "Emil of business owner is named as business owner and does not hold that role" in answer.sentence
