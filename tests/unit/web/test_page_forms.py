"""What a plain form sends becomes a brief or decisions; what cannot be used is said by the name of its field."""

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from glassworks.core.canvas import Risk
from glassworks.core.contract import Brief, Feature, Task
from glassworks.core.people import Role
from glassworks.core.registry import frameworks
from glassworks.core.usecase import UseCase
from glassworks.stages.scope.brief_file import brief_from_yaml
from glassworks.stages.scope.defaults import default_brief
from glassworks.web.pages.brief_form import brief_of
from glassworks.web.pages.develop import FRAMEWORKS
from glassworks.web.pages.forms import decisions_of, nested

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def base() -> Brief:
    case = UseCase(id="calls", title="Calls", question="Whom?", opened_by="p", opened_at=NOW, moved_at=NOW)
    features = (Feature(name="age", meaning="in years", decided_by="p"), Feature(name="job"))
    return default_brief(case, Task.BINARY, NOW).model_copy(update={"target": "y", "features": features})


def test_dotted_names_become_nested_fields() -> None:
    assert nested([("kpi.target", "6"), ("plan.0.task", "a"), ("title", "t")]) == {
        "kpi": {"target": "6"},
        "plan": {"0": {"task": "a"}},
        "title": "t",
    }


def test_a_name_that_is_a_field_and_a_group_at_once_breaks_nothing() -> None:
    assert nested([("kpi", "x"), ("kpi.target", "6")])


@pytest.mark.parametrize("pairs", [[("kpi", ""), ("kpi.target", "6")], [("kpi.target", "6"), ("kpi", "")]])
def test_a_name_that_is_empty_as_a_whole_gives_way_to_the_names_under_it(pairs: list[tuple[str, str]]) -> None:
    assert nested(pairs) == {"kpi": {"target": "6"}}


def test_what_was_typed_lies_over_the_version_that_was_edited(base: Brief) -> None:
    sent = [("title", "Other"), ("kpi.target", "900"), ("acts_on_people", "yes"), ("fairness.bands", "30, 60")]
    brief, _, errors = brief_of(sent, base)
    assert errors == {} and brief is not None
    assert (brief.title, brief.kpi.target, brief.kpi.unit, brief.fairness.bands) == ("Other", 900.0, "EUR", (30, 60))


def test_an_empty_tick_means_no_and_a_forbidden_one_is_listed(base: Brief) -> None:
    sent = [
        ("acts_on_people", ""),
        ("features.0.name", "age"),
        ("features.0.available", ""),
        ("features.0.forbidden", "yes"),
        ("features.1.name", "job"),
        ("features.1.available", ""),
        ("features.1.available", "yes"),
    ]
    brief, _, _ = brief_of(sent, base)
    assert brief is not None
    assert [f.available for f in brief.features] == [False, True]
    assert brief.forbidden == ("age",) and brief.features[0].meaning == "in years" and not brief.acts_on_people


def test_an_optional_row_in_which_nothing_was_typed_is_left_out(base: Brief) -> None:
    sent = [("plan.0.task", ""), ("plan.0.due", ""), ("kill_criteria.0.signal", ""), ("kill_criteria.0.op", "<")]
    brief, _, errors = brief_of(sent, base)
    assert errors == {} and brief is not None and brief.plan == () and brief.kill_criteria == ()


def test_an_empty_row_for_a_new_column_is_no_column(base: Brief) -> None:
    sent = [("features.0.name", ""), ("features.0.available", "yes"), ("features.0.expected", "any")]
    brief, _, errors = brief_of(sent, base)
    assert errors == {} and brief is not None and brief.features == ()


def _pairs(value: object, name: str = "") -> list[tuple[str, str]]:
    """A brief's facts as a form would send them."""
    if isinstance(value, dict):
        return [pair for key, one in value.items() for pair in _pairs(one, f"{name}.{key}" if name else key)]
    if isinstance(value, list) and value and not isinstance(value[0], str | float):
        return [pair for place, one in enumerate(value) for pair in _pairs(one, f"{name}.{place}")]
    if isinstance(value, list):
        return [(name, "\n".join(str(one) for one in value) if "bands" not in name else ", ".join(map(str, value)))]
    told = {True: "yes", False: "no", None: ""} if isinstance(value, bool | None) else {}
    return [(name, told.get(value, str(value)))]  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["term_deposit", "telco_churn", "german_credit", "bike_demand"])
def test_a_shipped_brief_typed_into_the_form_is_the_same_brief(name: str, base: Brief) -> None:
    case = UseCase(id="calls", title="Calls", question="Whom?", opened_by="p", opened_at=NOW, moved_at=NOW)
    text = (files("glassworks.examples") / name / "brief.yaml").read_text()
    shipped = brief_from_yaml(text, case, {Role.VALIDATOR: "p-1"}, NOW)
    pairs = [pair for pair in _pairs(shipped.facts()) if not pair[0].startswith(("forbidden", "people", "saved"))]
    for place, feature in enumerate(shipped.features):
        pairs.append((f"features.{place}.forbidden", "yes" if feature.name in shipped.forbidden else ""))
    if shipped.oversight.override_band:
        low, high = shipped.oversight.override_band
        pairs = [pair for pair in pairs if not pair[0].startswith("oversight.override_band")]
        pairs += [("oversight.override_band.0", str(low)), ("oversight.override_band.1", str(high))]
    brief, _, errors = brief_of([*pairs, ("people.validator", "p-1")], base)
    assert errors == {} and brief is not None
    same = {"id", "use_case", "line", "saved_at", "features", "forbidden", "defaulted"}
    assert set(brief.forbidden) == set(shipped.forbidden)
    assert {k: v for k, v in brief.facts().items() if k not in same} == {
        k: v for k, v in shipped.facts().items() if k not in same
    }
    assert [(f.name, f.available, f.expected) for f in brief.features] == [
        (f.name, f.available, f.expected) for f in shipped.features
    ]


def test_what_is_emptied_falls_back_to_nothing_and_what_is_needed_is_asked_for(base: Brief) -> None:
    filled = base.model_copy(update={"risk": Risk(exposure="high", lowered_because="x"), "sponsor_users": ("Ann",)})
    sent = [("risk.exposure", ""), ("risk.lowered_because", ""), ("sponsor_users", ""), ("kpi.target", "")]
    brief, typed, errors = brief_of(sent, filled)
    assert brief is None and errors == {"kpi.target": "This must be a number."}
    brief, _, errors = brief_of([*sent[:3], ("risk.consequential_decision", "no")], filled)
    assert errors == {} and brief is not None
    assert brief.risk == Risk(consequential_decision=False) and brief.sponsor_users == ()
    assert typed["kpi"]["target"] is None


def test_pairs_of_classes_are_rows_and_an_empty_row_is_none(base: Brief) -> None:
    several = base.model_copy(update={"task": Task.MULTICLASS})
    row = {
        "truth": "a",
        "answer": "b",
        "value.low": "-9",
        "value.mode": "-8",
        "value.high": "-7",
        "value.owner": "olga",
    }
    sent = [(f"value.classes.0.{name}", text) for name, text in row.items()]
    empty = [(f"value.classes.1.{name}", "") for name in row]
    brief, _, errors = brief_of([*sent, *empty], several)
    assert brief is not None and errors == {}
    (pair,) = brief.value.classes
    assert (pair.truth, pair.answer, pair.value.low, pair.value.high, pair.value.owner) == ("a", "b", -9, -7, "olga")
    assert brief_of(empty, brief)[0].value.classes == ()  # type: ignore[union-attr]
    _, _, errors = brief_of([("value.classes.0.truth", "a"), ("value.classes.0.value.low", "")], several)
    assert errors["value.classes.0.value.low"] == "This must be a number."
    _, _, errors = brief_of(sent[2:], several.model_copy(update={"value": base.value}))
    assert errors == {"value.classes.0.truth": "This is needed.", "value.classes.0.answer": "This is needed."}
    twice = [(name.replace(".0.", ".1."), text) for name, text in sent]
    _, _, errors = brief_of([*sent, *twice], several)
    assert list(errors) == ["value.classes"] and "stand here twice" in errors["value.classes"]
    turned = dict(sent) | {"value.classes.0.value.high": "-20"}
    _, _, errors = brief_of(turned.items(), several)
    assert "rising order" in errors["value.classes.0.value.low"]


def test_a_share_that_the_action_makes_is_none_where_nothing_is_typed_and_lies_between_0_and_1(base: Brief) -> None:
    def typed(low: str, mode: str, high: str) -> list[tuple[str, str]]:
        ends = {"low": low, "mode": mode, "high": high, "owner": "", "source": ""}
        return [(f"value.treatment_effect.{name}", text) for name, text in ends.items()]

    brief, _, errors = brief_of(typed("0.2", "0.5", "0.9"), base)
    assert brief is not None and brief.value.treatment_effect is not None and brief.value.treatment_effect.mode == 0.5
    assert brief_of(typed("", "", ""), brief)[0].value.treatment_effect is None  # type: ignore[union-attr]
    _, _, errors = brief_of(typed("0.2", "0.5", "2"), base)
    assert "between 0 and 1" in errors["value.treatment_effect"]


def test_an_entry_that_cannot_be_used_is_named_in_plain_words(base: Brief) -> None:
    sent = [("kpi.target", "many"), ("value.act_positive.low", "99"), ("plan.0.task", "a"), ("plan.0.due", "soon")]
    brief, _, errors = brief_of(sent, base)
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
