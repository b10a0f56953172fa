"""A what-if lays other numbers over a brief, speaks in the brief's own words, and says when to stop."""

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from glassworks.core.commands import Moved, TryWhatIf
from glassworks.core.contract import Assumption, Brief, ClassValue, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.core.usecase import UseCase
from glassworks.measures.outlook import outlook
from glassworks.stages.scope.brief_file import brief_from_yaml
from glassworks.stages.scope.what_if import (
    Seen,
    moved,
    needs_rows,
    of_100,
    rows_there,
    several,
    told,
    tried,
    with_changes,
    words_of,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def example(name: str) -> Brief:
    case = UseCase(id="case", title="t", question="q", opened_by="p", opened_at=NOW, moved_at=NOW)
    return brief_from_yaml(
        files("glassworks.examples").joinpath(name).joinpath("brief.yaml").read_text(), case, {}, NOW
    )


@pytest.fixture(scope="module")
def calls() -> Brief:
    return example("term_deposit")


def multiclass(calls: Brief) -> Brief:
    pair = ClassValue(truth="a", answer="b", value=exactly(-9))
    value = ValueMatrix(right=exactly(10), wrong=exactly(-1), classes=(pair,))
    decision = calls.decision.model_copy(update={"capacity_share": None, "expected_positive_share": None})
    return calls.model_copy(update={"task": Task.MULTICLASS, "value": value, "decision": decision})


def test_the_brief_speaks_in_its_own_words(calls: Brief) -> None:
    words = words_of(calls)
    assert words.cases == "customers on the campaign's list"
    assert words.action == "phone the customer and offer a term deposit"
    assert words.right.startswith("The customer subscribed")
    plural = {"one reply": "replies", "a branch": "branches", "one key": "keys", "Each box of tea": "boxes of tea"}
    assert {unit: several(unit) for unit in plural} == plural


def test_a_most_likely_value_takes_its_ends_along_unless_they_are_named() -> None:
    base = Assumption(low=80, mode=100, high=150, source="the owner")
    assert moved(base, 120.0, "x").model_dump(include={"low", "mode", "high"}) == {"low": 100, "mode": 120, "high": 170}
    kept = moved(base, Moved(high=400), "x")
    assert (kept.low, kept.mode, kept.high, kept.source) == (80, 100, 400, "the owner")
    with pytest.raises(FixTheInput) as refused:
        moved(base, Moved(mode=100, low=101), "value.act_positive")
    assert refused.value.field == "value.act_positive" and "rising order" in refused.value.what


def test_only_what_was_asked_changes(calls: Brief) -> None:
    changed = with_changes(calls, TryWhatIf(target=9000, capacity_share=0.2, values={"act_negative": -8}))
    assert (changed.kpi.target, changed.decision.capacity_share) == (9000, 0.2)
    assert changed.value.act_negative.mode == -8 and changed.value.act_positive == calls.value.act_positive
    assert with_changes(calls, TryWhatIf()) == calls
    with pytest.raises(FixTheInput, match="no value"):
        with_changes(calls, TryWhatIf(values={"profit": 1.0}))


def test_the_answer_is_that_of_the_outlook_for_the_changed_brief(calls: Brief) -> None:
    found = tried(calls, TryWhatIf(precision=0.55, positive_share=0.35, draws=500), Seen())
    plain = outlook(calls, found.quality.model_copy(update={"recall": None, "auc": None}), prevalence=exactly(0.35),
                    repeats=500)  # fmt: skip
    assert found.gain == plain.gain and found.quality.precision == pytest.approx(0.55)


def test_no_figure_for_the_model_is_left_aside_without_a_word(calls: Brief) -> None:
    credit = example("german_credit")
    refused = {
        "precision": (credit, TryWhatIf(recall=0.5)),
        "error": (credit, TryWhatIf(error=5)),
        "auc": (credit, TryWhatIf(precision=0.9, recall=0.5, auc=0.9)),
        "accuracy": (example("bike_demand"), TryWhatIf(accuracy=0.9)),
        "positive_share": (calls, TryWhatIf(positive_share=1.0)),
    }
    for field, (brief, asked) in refused.items():
        with pytest.raises(FixTheInput) as said:
            tried(brief, asked, Seen())
        assert said.value.field == field


def test_a_value_multiplied_by_a_column_asks_for_its_mean_before_there_are_rows() -> None:
    telco = example("telco_churn")
    with pytest.raises(FixTheInput) as refused:
        tried(telco, TryWhatIf(precision=0.5), Seen())
    assert refused.value.field == "means.MonthlyCharges" and "rows have" not in refused.value.what
    found = tried(telco, TryWhatIf(precision=0.5, means={"MonthlyCharges": 65.0}), Seen())
    acted = 0.25 * 2113
    assert found.gain.value == pytest.approx(acted * (0.5 - 0.25) * (1.5 * 65 + 20))


def test_a_positive_share_that_nobody_said_is_named_or_read_from_open_rows(calls: Brief) -> None:
    silent = calls.model_copy(update={"decision": calls.decision.model_copy(update={"expected_positive_share": None})})
    assert needs_rows(silent, TryWhatIf()) and not needs_rows(calls, TryWhatIf())
    with pytest.raises(FixTheInput) as refused:
        tried(silent, TryWhatIf(), Seen())
    assert refused.value.field == "decision.expected_positive_share"
    assert tried(silent, TryWhatIf(), Seen(positive_share=0.4)).gain == tried(calls, TryWhatIf(), Seen()).gain


def test_a_target_out_of_reach_says_stop_and_asks_nothing_of_a_model(calls: Brief) -> None:
    asked = TryWhatIf(target=40_000)
    said = told(with_changes(calls, asked), tried(calls, asked, Seen()), rows_there(calls))
    assert said.ceiling.startswith("Stop here") and "10,512 EUR less than the target" in said.ceiling
    assert said.asks == ()


def test_what_the_target_asks_is_told_in_people_and_as_an_approximation(calls: Brief) -> None:
    lines = told(calls, tried(calls, TryWhatIf(), Seen()), rows_there(calls)).lines()
    assert any(
        "Of 100 times we phone the customer and offer a term deposit, at least 49 must be right" in x for x in lines
    )
    assert any("Roughly, the model needs an AUC of 0.63" in x and "approximation" in x for x in lines)
    assert any("sealed rows" in x and "enough" in x for x in lines)
    assert any("Room for one more case" in x for x in lines)


def test_below_capacity_the_target_asks_more_of_each_time_and_says_so(calls: Brief) -> None:
    found = tried(calls, TryWhatIf(precision=0.5, recall=0.4), Seen())
    (asked, *_) = told(calls, found, rows_there(calls)).asks
    assert "at least 74 must be right (taken here: 50), acting as often as here, which leaves capacity unused" in asked


def test_a_forecast_is_told_by_how_much_it_may_be_off() -> None:
    bikes = example("bike_demand")
    said = told(bikes, tried(bikes, TryWhatIf(error=40), Seen()), rows_there(bikes))
    assert "off by at most 51.9 on average, today's way by 100; the model taken here is off by 40" in said.asks[0]
    assert "One unit less mean absolute error is worth 320 EUR a month." in said.more


def test_answers_of_several_classes_are_told_of_100(calls: Brief) -> None:
    brief = multiclass(calls)
    assert needs_rows(brief, TryWhatIf())
    asked = TryWhatIf(shares={"a": 0.5, "b": 0.3}, accuracy=0.9, target=500)
    said = told(with_changes(brief, asked), tried(brief, asked, Seen()), None)
    assert said.asks[0].startswith("Of 100 answers, at least") and "the brief does not say yet" in said.rows


def test_rows_that_will_be_sealed_follow_from_what_the_brief_says_of_its_data(calls: Brief) -> None:
    credit = example("german_credit")
    assert rows_there(credit) == 300
    assert rows_there(calls) == 2 * 730
    assert rows_there(credit.model_copy(update={"data_sources": ()})) is None


def test_a_share_is_said_as_so_many_of_100() -> None:
    assert [of_100(0.481, at_least=True), of_100(0.48, at_least=True), of_100(0.0), of_100(0.575)] == [
        "49",
        "48",
        "0",
        "57",
    ]


def test_what_the_action_itself_makes_is_told_beside_the_gain(calls: Brief) -> None:
    value = calls.value.model_copy(update={"treatment_effect": None})
    silent = calls.model_copy(update={"value": value})
    found, plainly = outlook(calls, repeats=500), outlook(silent, repeats=500)
    assert found.gain == plainly.gain and plainly.caused is None
    assert found.caused is not None and found.caused.value < found.gain.value
    assert "perhaps only 60 come true because of it" in told(calls, found, None).lines()[0]
    assert not told(silent, plainly, None).caused
