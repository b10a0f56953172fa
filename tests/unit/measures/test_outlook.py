"""The whole answer to "what if", for each kind of model."""

import doctest
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.contract import Assumption, Brief, ClassValue, Decision, Kpi, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.measures import linear, whatif, worth
from glassworks.measures import outlook as outlooks
from glassworks.measures.outlook import Outlook, Quality, outlook

CALLS = ValueMatrix(
    act_positive=Assumption(low=80, mode=100, high=120),
    act_negative=Assumption(low=-15, mode=-10, high=-8),
    fixed_cost=100,
)
TENTH = Assumption(low=0.08, mode=0.1, high=0.13)


def brief(value: ValueMatrix, task: Task = Task.BINARY, target: float = 1500, **decision) -> Brief:
    known = {"unit": "customer", "action": "call", "otherwise": "do not call", "if_model_down": "list order"}
    return Brief(
        id="brief-1",
        title="Calls",
        problem="Most calls reach people who do not buy.",
        task=task,
        target="bought",
        positive="yes",
        decision=Decision(**known, **{"volume_per_period": 1000, **decision}),
        kpi=Kpi(name="profit", unit="EUR", baseline="list order", target=target),
        value=value,
    )


@pytest.mark.parametrize("module", [outlooks, linear, worth])
def test_the_examples_of_the_outlook_run(module) -> None:
    assert doctest.testmod(module).failed == 0


def asked(found: Outlook) -> dict[str, float | None]:
    return {ask.name: ask.needed for ask in found.asks}


def test_the_outlook_of_calls_in_words_of_people() -> None:
    """Of 200 called, 50 buy: 50 x 100 - 150 x 10, less what 200 blind calls earn (20 x 100 - 180 x 10), less 100."""
    agreed = brief(CALLS, capacity_share=0.2)
    found = outlook(agreed, Quality(precision=0.25), prevalence=TENTH)
    assert found.gain.value == pytest.approx(3200)
    assert found.people is not None
    assert (found.people.acted, found.people.right, found.people.missed) == pytest.approx((200, 50, 50))
    assert found.quality.recall == pytest.approx(0.5)
    assert found.ceiling == pytest.approx(100 * 100 - 200 - 100)
    assert found.gain.low < 3200 < found.gain.high and found.gain.probability is not None
    assert {bar.field for bar in found.tornado} == {"act_positive", "act_negative", "prevalence"}
    assert found.says().startswith("Expected 3,200 EUR a quarter, likely between ")


def test_what_is_asked_of_a_model_is_what_makes_the_gain_the_target() -> None:
    for capacity in (0.2, None):
        agreed = brief(CALLS, capacity_share=capacity)
        now = Quality(precision=0.3, recall=0.5)
        found = outlook(agreed, now, prevalence=exactly(0.1))
        recall = asked(found)["recall"]
        assert recall is not None
        assert outlook(agreed, Quality(precision=0.3, recall=recall), prevalence=exactly(0.1)).gain.value == (
            pytest.approx(1500)
        )
        precision = asked(found)["precision"]
        assert precision is not None
        acted = found.people.acted if found.people else 0.0
        changed = Quality(precision=precision, recall=precision * acted / 100 if capacity else 0.5)
        assert outlook(agreed, changed, prevalence=exactly(0.1)).gain.value == pytest.approx(1500)
        auc = asked(found)["AUC"]
        assert outlook(agreed, Quality(auc=auc), prevalence=exactly(0.1)).gain.value == pytest.approx(1500, rel=1e-3)


def test_a_target_above_the_ceiling_is_out_of_reach_and_said_to_be() -> None:
    found = outlook(brief(CALLS, target=50_000), Quality(precision=0.3, recall=0.5), prevalence=TENTH)
    assert not found.reachable
    assert found.rows is None and asked(found)["AUC"] is None
    assert "out of reach" in found.says()


def test_an_outlook_without_a_quality_takes_a_middling_model_and_the_owner_s_share() -> None:
    found = outlook(brief(CALLS, expected_positive_share=0.1))
    assert found.quality.auc == outlooks.TYPICAL_AUC
    with pytest.raises(FixTheInput) as refused:
        outlook(brief(CALLS))
    assert refused.value.field == "decision.expected_positive_share"


def test_a_matrix_without_a_threshold_still_has_an_outlook() -> None:
    never = ValueMatrix(act_positive=exactly(-5), act_negative=exactly(-5))
    found = outlook(brief(never), Quality(precision=0.3, recall=0.5), prevalence=TENTH)
    assert found.threshold is None and found.rows is None and found.gain.value < 0


def test_an_outlook_is_plain_data_and_comes_back_the_same() -> None:
    found = outlook(brief(CALLS), Quality(precision=0.3, recall=0.5), prevalence=TENTH)
    assert Outlook.model_validate(json.loads(json.dumps(found.facts()))) == found
    acted = whatif.WhatIf(CALLS, 1000, TENTH, *whatif.rates(0.1, 0.5, 0.3))
    assert found.gain.value == whatif.gain(acted)


BIKES = ValueMatrix(over=Assumption(low=1, mode=1, high=2), under=Assumption(low=3, mode=4, high=4), run_cost=50)


def test_a_forecast_s_outlook_is_its_error_less_than_today_s_in_money() -> None:
    """c = (over + under) phi(z) sqrt(pi / 2) at z = 0.8416: 5 x 0.27996 x 1.25331 = 1.7544 a unit."""
    agreed = brief(BIKES, Task.REGRESSION, target=20_000, expected_error=30.0)
    found = outlook(agreed, Quality(error=10.0))
    assert found.gain.value == pytest.approx(1.7544 * 20 * 1000 - 50, rel=1e-4)
    assert found.ceiling == pytest.approx(1.7544 * 30 * 1000 - 50, rel=1e-4)
    needed = asked(found)["mean absolute error"]
    assert outlook(agreed, Quality(error=needed)).gain.value == pytest.approx(20_000)
    assert found.one_point[0].value == pytest.approx(1754.4, rel=1e-4)
    assert {bar.field for bar in found.tornado} == {"over", "under"}
    assert found.rows is not None and found.rows > 1
    assert outlook(agreed).quality.error == 15.0


def test_the_cost_of_a_unit_of_error_is_that_of_normal_errors_drawn() -> None:
    rng = np.random.default_rng(4)
    y = rng.normal(0, 7, 400_000)
    answer = worth.best_number(y, 1.0, 4.0)
    paid = np.maximum(answer - y, 0).mean() + 4 * np.maximum(y - answer, 0).mean()
    over, under = linear.per_unit_of_error(BIKES)
    assert paid / np.abs(y).mean() == pytest.approx(over + 4 * under, rel=0.01)


def test_drawn_costs_have_the_quantiles_and_the_probability_of_their_triangle() -> None:
    """Only `under` is uncertain, (3, 4, 6): P(under >= 5) = (6 - 5)^2 / (3 x 2) = 1/6."""
    value = ValueMatrix(over=exactly(1), under=Assumption(low=3, mode=4, high=6))
    agreed = brief(value, Task.REGRESSION, expected_error=30.0)
    case = linear.with_error(agreed, 30.0, 10.0)
    over, under = case.units
    aim = agreed.model_copy(update={"kpi": agreed.kpi.model_copy(update={"target": over + 5 * under})})
    found = case.simulated(aim, 0.9, 200_000, 0)
    assert found.probability == pytest.approx(1 / 6, abs=0.005)
    ends = (3 + np.sqrt(0.05 * 3 * 1), 6 - np.sqrt(0.05 * 3 * 2))
    assert (found.low, found.high) == pytest.approx([over + end * under for end in ends], rel=0.005)


@settings(max_examples=30)
@given(st.floats(0, 1), st.floats(0.1, 0.9), st.floats(1, 50), st.floats(-50, 0))
def test_answers_by_accuracy_earn_what_right_and_wrong_ones_are_worth(accuracy, common, right, wrong) -> None:
    matrix = ValueMatrix(right=exactly(right), wrong=exactly(wrong))
    agreed = brief(matrix, Task.MULTICLASS, target=0)
    found = outlook(agreed, Quality(accuracy=accuracy), shares={"most": common}, repeats=20)
    simple = max(common, 1 - common)
    assert found.gain.value == pytest.approx(1000 * (right - wrong) * (accuracy - simple), abs=1e-6)
    assert found.ceiling == pytest.approx(1000 * (right - wrong) * (1 - simple), abs=1e-6)
    assert found.gain.value <= found.ceiling + 1e-6
    assert asked(found)["accuracy"] == pytest.approx(simple, abs=1e-9)


def test_named_classes_count_by_how_common_they_are() -> None:
    """Today everybody is answered "b": 0.3 x -10. Right in 9 of 10: 0.3 x 0.1 x -10 and 0.7 x 0.1 x -1."""
    pairs = (
        ClassValue(truth="a", answer="b", value=Assumption(low=-12, mode=-10, high=-10)),
        ClassValue(truth="b", answer="a", value=exactly(-1)),
    )
    agreed = brief(ValueMatrix(classes=pairs), Task.MULTICLASS, target=500)
    found = outlook(agreed, Quality(accuracy=0.9), shares={"a": 0.3, "b": 0.7})
    today = max(0.3 * -10, 0.7 * -1)
    assert found.gain.value == pytest.approx(1000 * (-0.3 - 0.07 - today))
    assert found.ceiling == pytest.approx(700)
    assert [bar.name for bar in found.tornado] == ["worth of answering b to a"]
    with pytest.raises(FixTheInput, match="class that does not occur"):
        outlook(agreed, shares={"b": 0.7})
    with pytest.raises(FixTheInput, match="shares of the classes"):
        outlook(agreed)


def test_values_by_row_are_planned_with_the_column_s_mean() -> None:
    by_row = CALLS.model_copy(update={"act_positive": Assumption(low=0.8, mode=1, high=1.2, column="amount")})
    found = outlook(brief(by_row), Quality(precision=0.3, recall=0.5), prevalence=TENTH, means={"amount": 100.0})
    plain = outlook(brief(CALLS), Quality(precision=0.3, recall=0.5), prevalence=TENTH)
    assert found.gain.value == pytest.approx(plain.gain.value)
    assert (found.gain.low, found.gain.high) == pytest.approx((plain.gain.low, plain.gain.high))
    assert found.threshold is None and plain.threshold is not None
    with pytest.raises(FixTheInput) as refused:
        outlook(brief(by_row), prevalence=TENTH)
    assert refused.value.field == "amount"


@pytest.mark.parametrize(
    ("task", "given", "field"),
    [
        (Task.REGRESSION, {}, "decision.expected_error"),
        (Task.REGRESSION, {"expected_error": 3.0}, "value.over"),
        (Task.MULTICLASS, {}, "shares"),
    ],
)
def test_what_an_outlook_lacks_is_named(task: Task, given: dict[str, float], field: str) -> None:
    with pytest.raises(FixTheInput) as refused:
        outlook(brief(CALLS, task, **given))
    assert refused.value.field == field


def test_impossible_qualities_are_refused_by_field() -> None:
    for task, bad in ((Task.REGRESSION, Quality(error=-1.0)), (Task.MULTICLASS, Quality(accuracy=1.2))):
        with pytest.raises(FixTheInput) as refused:
            outlook(brief(BIKES, task, expected_error=30.0), bad, shares={"a": 0.4})
        assert refused.value.field in ("error", "accuracy")
