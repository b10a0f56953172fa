"""A draft brief is made for anyone's table, and says what it assumed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Role
from glassworks.core.sensitive import is_sensitive
from glassworks.core.usecase import UseCase
from glassworks.stages.explore.read import read_table
from glassworks.stages.scope.brief_file import brief_from_yaml
from glassworks.stages.scope.draft import draft_brief, guess_task

ROOT = Path(__file__).parents[3]
UGLY = ROOT / "tests" / "material" / "ugly"
EXAMPLES = ROOT / "src" / "glassworks" / "examples"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CASE = UseCase(id="case", title="A title", question="A question?", opened_by="p", opened_at=NOW, moved_at=NOW)


def telco() -> pl.DataFrame:
    return read_table((EXAMPLES / "telco_churn" / "customers.csv").read_bytes(), "customers.csv")


def test_the_task_is_guessed_from_the_target() -> None:
    frame = pl.DataFrame(
        {
            "two": ["no", "yes", "no", "no"] * 30,
            "three": ["a", "b", "c", "a"] * 30,
            "many": [float(k) for k in range(120)],
            "grades": [1, 2, 3, 4] * 30,
        }
    )
    assert guess_task(frame, "two") == (Task.BINARY, "yes")
    assert guess_task(frame, "three") == (Task.MULTICLASS, "")
    assert guess_task(frame, "grades") == (Task.MULTICLASS, "")
    assert guess_task(frame, "many") == (Task.REGRESSION, "")


@pytest.mark.parametrize(
    ("name", "target", "words"),
    [
        ("07_one_class_target.csv", "Churn", "one value only"),
        ("08_target_all_missing.csv", "Churn", "missing in every row"),
        ("31_imbalanced_rare.csv", "outcome", "no column 'outcome'"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(name: str, target: str, words: str) -> None:
    with pytest.raises(FixTheInput, match=words) as refused:
        draft_brief(CASE, read_table((UGLY / name).read_bytes(), name), target, {}, NOW)
    assert refused.value.next_step


def test_telco_churn_gets_a_draft_with_everything_assumed_marked_so() -> None:
    brief = draft_brief(CASE, telco(), "Churn", {Role.BUSINESS_OWNER: "p-1"}, NOW)
    assert (brief.task, brief.positive, brief.identifier) == (Task.BINARY, "Yes", "customerID")
    assert brief.forbidden == ("gender", "SeniorCitizen") and brief.fairness.attribute == "gender"
    assert "tenure" in brief.inputs() and "customerID" not in brief.inputs() and "Churn" not in brief.inputs()
    assert "kpi.name" in brief.defaulted and "target" not in brief.defaulted and brief.kpi.target > 0
    assert brief.value.act_positive.source.startswith("assumption of the draft")
    assert brief.people == {Role.BUSINESS_OWNER: "p-1"}
    assert brief.acknowledged == ()


def test_regression_and_classes_get_drafts_with_a_target_that_asks_for_something() -> None:
    frame = telco().with_columns(pl.col("MonthlyCharges"))
    regression = draft_brief(CASE, frame, "MonthlyCharges", {}, NOW)
    assert regression.task is Task.REGRESSION and regression.kpi.target > 0 and regression.value.over.mode > 0
    classes = draft_brief(CASE, frame, "Contract", {}, NOW)
    assert classes.task is Task.MULTICLASS and classes.kpi.target > 0


def test_useless_columns_are_withheld_with_the_reason() -> None:
    frame = read_table((UGLY / "29_constant_and_id.csv").read_bytes(), "x.csv")
    withheld = {f.name: f.why_not for f in draft_brief(CASE, frame, "y", {}, NOW).features if not f.available}
    assert set(withheld) == {"const", "all_null", "unique_text"} and all(withheld.values())


def test_the_demonstration_brief_opens_with_dates_counted_from_today() -> None:
    text = (EXAMPLES / "term_deposit" / "brief.yaml").read_text()
    brief = brief_from_yaml(text, CASE, {Role.VALIDATOR: "p-2"}, NOW)
    assert brief.plan[0].due == (NOW + timedelta(days=7)).date()
    assert brief.people == {Role.VALIDATOR: "p-2"} and brief.use_case == "case"
    assert "duration" not in brief.inputs() and "age" not in brief.inputs() and "job" in brief.inputs()


def test_a_brief_file_with_a_wrong_field_is_refused_by_its_name() -> None:
    text = (EXAMPLES / "term_deposit" / "brief.yaml").read_text()
    with pytest.raises(FixTheInput, match="colour"):
        brief_from_yaml(text + "\ncolour: red\n", CASE, {}, NOW)
    with pytest.raises(FixTheInput, match=r"value\.act_negative"):
        brief_from_yaml(text.replace("low: -9", "low: 9"), CASE, {}, NOW)
    for broken in ("[1, 2", "just a sentence"):
        with pytest.raises(FixTheInput):
            brief_from_yaml(broken, CASE, {}, NOW)


def test_protected_traits_are_recognised_by_name_and_lookalikes_are_not() -> None:
    assert all(map(is_sensitive, ("age", "SeniorCitizen", "personal_status_sex", "Marital status", "GENDER")))
    assert not any(map(is_sensitive, ("average_balance", "Sussex", "pages", "message", "tenure")))


def test_the_shipped_calls_are_in_time_order_with_an_inferred_month() -> None:
    calls = read_table((EXAMPLES / "term_deposit" / "calls.parquet").read_bytes(), "calls.parquet")
    assert calls.height == 45_211 and calls["call_month"].is_sorted()
    assert (calls["call_month"][0], calls["call_month"][-1]) == ("2008-05", "2010-11")
    assert (calls["y"] == "yes").sum() == 5289
