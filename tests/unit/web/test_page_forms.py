"""What a plain form sends becomes a brief or decisions; what cannot be used is said by the name of its field."""

from datetime import UTC, datetime

import pytest

from glassworks.core.contract import Brief, Feature
from glassworks.core.registry import frameworks
from glassworks.core.usecase import UseCase
from glassworks.web.pages.develop import FRAMEWORKS
from glassworks.web.pages.forms import brief_of, decisions_of, nested, typed_brief
from glassworks.web.pages.scope import blank

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def base() -> Brief:
    case = UseCase(id="calls", title="Calls", question="Whom?", opened_by="p", opened_at=NOW, moved_at=NOW)
    features = (Feature(name="age", meaning="in years", decided_by="p"), Feature(name="job"))
    return blank(case, NOW).model_copy(update={"target": "y", "features": features})


def test_dotted_names_become_nested_fields() -> None:
    assert nested([("kpi.target", "6"), ("plan.0.task", "a"), ("title", "t")]) == {
        "kpi": {"target": "6"},
        "plan": {"0": {"task": "a"}},
        "title": "t",
    }


def test_a_name_that_is_a_field_and_a_group_at_once_breaks_nothing() -> None:
    assert nested([("kpi", "x"), ("kpi.target", "6")])


def test_what_was_typed_lies_over_the_version_that_was_edited(base: Brief) -> None:
    sent = [("title", "Other"), ("kpi.target", "900"), ("acts_on_people", "yes"), ("fairness.bands", "30, 60")]
    brief, errors = brief_of(typed_brief(sent, base))
    assert errors == {} and brief is not None
    assert (brief.title, brief.kpi.target, brief.kpi.unit, brief.fairness.bands) == ("Other", 900.0, "EUR", (30, 60))


def test_an_absent_tick_means_no_and_a_forbidden_one_is_listed(base: Brief) -> None:
    sent = [
        ("features.0.name", "age"),
        ("features.0.forbidden", "yes"),
        ("features.1.name", "job"),
        ("features.1.available", "yes"),
    ]
    brief, _ = brief_of(typed_brief(sent, base))
    assert brief is not None
    assert [f.available for f in brief.features] == [False, True]
    assert brief.forbidden == ("age",) and brief.features[0].meaning == "in years" and not brief.acts_on_people


def test_an_optional_row_in_which_nothing_was_typed_is_left_out(base: Brief) -> None:
    sent = [("plan.0.task", ""), ("plan.0.due", ""), ("kill_criteria.0.signal", ""), ("kill_criteria.0.op", "<")]
    brief, errors = brief_of(typed_brief(sent, base))
    assert errors == {} and brief is not None and brief.plan == () and brief.kill_criteria == ()


def test_an_entry_that_cannot_be_used_is_named_in_plain_words(base: Brief) -> None:
    sent = [("kpi.target", "many"), ("value.act_positive.low", "9"), ("plan.0.task", "a"), ("plan.0.due", "soon")]
    brief, errors = brief_of(typed_brief(sent, base))
    assert brief is None
    assert errors["kpi.target"] == "This must be a number."
    assert "rising order" in errors["value.act_positive.low"]
    assert errors["plan.0.due"].startswith("This must be a date")


def test_a_decision_about_a_column_needs_its_reason_and_a_code_its_number() -> None:
    sent = [
        ("decisions.0.column", "age"),
        ("decisions.0.decision", "forbid"),
        ("decisions.1.column", "pdays"),
        ("decisions.1.decision", "sentinel"),
        ("decisions.1.reason", "-1 means never"),
        ("decisions.2.column", "job"),
        ("decisions.2.decision", ""),
        ("decisions.3.column", "day"),
        ("decisions.3.decision", "use"),
        ("decisions.3.reason", "known in time"),
    ]
    made, errors, typed = decisions_of(sent)
    assert [one.column for one in made] == ["day"]
    assert set(errors) == {"age", "pdays"}
    assert typed["pdays"]["reason"] == "-1 means never"


def test_the_frameworks_that_a_page_offers_are_the_ones_there_are() -> None:
    assert set(FRAMEWORKS) == set(frameworks())
