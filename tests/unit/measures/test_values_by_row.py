"""Values that differ by row, costs of too much and too little, and values of named classes: laws on many inputs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.contract import Assumption, Brief, ClassValue, Decision, Kpi, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.measures import profit, value, worth
from glassworks.measures.decision import threshold
from glassworks.measures.scored import Scored, decided

seeds = st.integers(0, 10**6)
money = st.floats(-100, 100).map(lambda x: round(x, 2))
cost = st.floats(0.05, 20).map(lambda x: round(x, 2))
capacities = st.one_of(st.none(), st.sampled_from([0.1, 0.3, 0.6]))
LABELS = ("a", "b", "c")


def brief(matrix: ValueMatrix, task: Task = Task.BINARY, capacity: float | None = None) -> Brief:
    return Brief(
        id="brief-1",
        title="Fraud",
        problem="Fraud is seen too late.",
        task=task,
        target="fraud",
        positive="yes",
        decision=Decision(
            unit="payment",
            action="hold it",
            otherwise="pay",
            volume_per_period=100,
            capacity_share=capacity,
            if_model_down="pay",
        ),
        kpi=Kpi(name="loss avoided", unit="EUR", baseline="list order", target=0),
        value=matrix,
    )


def times(column: str, factor: float = 1.0, spread: float = 0.0) -> Assumption:
    return Assumption(low=factor - spread, mode=factor, high=factor + spread, column=column)


def payments(seed: int, n: int = 80):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int64)
    return y, np.clip(0.3 * y + 0.6 * rng.random(n), 0, 1), rng.lognormal(3, 1, n)


@given(seeds, capacities, st.floats(1, 100), st.floats(-100, -1), st.floats(0.1, 30))
@settings(max_examples=40)
def test_a_column_with_one_number_is_worth_what_the_same_matrix_without_it_is(seed, capacity, b, g, constant) -> None:
    y, scores, _ = payments(seed)
    plain = brief(
        ValueMatrix(act_positive=exactly(b * constant), act_negative=exactly(g), fixed_cost=3), capacity=capacity
    )
    by_row = brief(
        ValueMatrix(act_positive=times("amount", b), act_negative=exactly(g), fixed_cost=3), capacity=capacity
    )
    columns = {"amount": np.full(len(y), constant)}
    one = decided(plain, y, scores, periods=2.0)
    other = decided(by_row, y, scores, periods=2.0, columns=columns)
    assert (one.acted == other.acted).all()
    both = ((one, plain), (other, by_row))
    gains = [value.kpi_gain(s, m.value, target=0.0, repeats=60) for s, m in both]
    assert gains[0].value == pytest.approx(gains[1].value)
    if capacity is not None:
        assert (gains[0].low, gains[0].high) == pytest.approx((gains[1].low, gains[1].high))
    tops = [
        value.ceiling(y, m.value, capacity, 2.0, Task.BINARY, amounts=s.amounts)
        for s, m in ((one, plain), (other, by_row))
    ]
    assert tops[0] == pytest.approx(tops[1])


@given(seeds, capacities)
@settings(max_examples=30)
def test_no_decision_by_row_gains_more_than_the_ceiling(seed, capacity) -> None:
    y, scores, amount = payments(seed)
    agreed = brief(ValueMatrix(act_positive=times("amount"), act_negative=exactly(-9)), capacity=capacity)
    for said in (scores, y.astype(float), 1 - scores):
        scored = decided(agreed, y, said, periods=1.0, columns={"amount": amount})
        top = value.ceiling(y, agreed.value, capacity, 1.0, Task.BINARY, amounts=scored.amounts)
        assert value.kpi_gain(scored, agreed.value, repeats=2).value <= top + 1e-6


def test_each_row_is_acted_on_where_its_own_expected_gain_is_above_zero() -> None:
    """At a chance of 5 % a payment of 200 is worth holding at a cost of 8, one of 100 is not."""
    agreed = brief(ValueMatrix(act_positive=times("amount"), skip_positive=exactly(0), act_negative=exactly(-8)))
    y, scores = [0, 1, 1], [0.05, 0.05, 0.5]
    scored = decided(agreed, y, scores, periods=1.0, columns={"amount": [100, 200, 3]})
    assert scored.acted is not None and scored.acted.tolist() == [False, True, False]
    assert value.kpi_gain(scored, agreed.value, repeats=5).value == pytest.approx(200)
    with pytest.raises(FixTheInput, match="differs by row"):
        threshold(agreed.value)


def test_capacity_goes_to_the_rows_that_gain_most_and_the_profit_curve_agrees() -> None:
    y, scores, amount = payments(3)
    agreed = brief(ValueMatrix(act_positive=times("amount"), act_negative=exactly(-5)), capacity=0.25)
    scored = decided(agreed, y, scores, periods=1.0, columns={"amount": amount})
    curve = profit.profit_curve(profit.row_gains(scores, amount, -5), 20)
    assert scored.acted is not None
    assert sorted(curve.order[:20]) == np.flatnonzero(scored.acted).tolist()
    assert scored.expected is not None
    assert scored.expected[scored.acted].sum() == pytest.approx(curve.profit[20])


def test_one_draw_of_the_factor_counts_for_all_rows() -> None:
    """The gain of certain cases is the factor times the sum of the amounts: its spread is that of the factor alone."""
    amount = np.array([100.0, 50.0, 10.0])
    agreed = brief(ValueMatrix(act_positive=times("amount", 0.5, 0.2)))
    scored = decided(agreed, [1, 1, 1], [1.0, 1.0, 1.0], periods=1.0, columns={"amount": amount})
    same = replace(scored, amounts={"amount": np.full(3, 160 / 3)})
    found = value.kpi_gain(same, agreed.value, repeats=40_000, level=0.9)
    tail = np.sqrt(0.05 * 0.4 * 0.2)
    assert (found.low, found.high) == pytest.approx((160 * (0.3 + tail), 160 * (0.7 - tail)), rel=0.01)


@pytest.mark.parametrize(
    "columns",
    [None, {}, {"amount": [1.0, np.nan]}, {"amount": [1.0, -2.0]}, {"amount": ["a", "b"]}, {"amount": [1.0, np.inf]}],
)
def test_a_column_that_no_value_can_be_multiplied_by_is_refused_by_its_name(columns) -> None:
    agreed = brief(ValueMatrix(act_positive=times("amount"), act_negative=exactly(-8)))
    with pytest.raises(FixTheInput) as refused:
        decided(agreed, [0, 1], [0.1, 0.2], periods=1.0, columns=columns)
    assert refused.value.field == "amount" and "amount" in refused.value.what


@given(st.lists(st.floats(-50, 50).map(lambda x: round(x, 2)), min_size=1, max_size=30), cost, cost)
def test_no_constant_costs_less_than_the_best_single_number(y, over, under) -> None:
    def costs(answer: float) -> float:
        error = answer - np.asarray(y)
        return float(over * np.maximum(error, 0).sum() + under * np.maximum(-error, 0).sum())

    best = costs(worth.best_number(y, over, under))
    assert all(best <= costs(other) + 1e-6 for other in [*y, float(np.mean(y)), float(np.median(y))])


@given(seeds, st.lists(cost, min_size=5, max_size=5), st.lists(cost, min_size=5, max_size=5))
def test_with_costs_of_their_own_no_row_s_number_is_a_better_answer_for_all(seed, over, under) -> None:
    y = np.random.default_rng(seed).normal(size=5)

    def costs(answer: float) -> float:
        return float((over * np.maximum(answer - y, 0) + under * np.maximum(y - answer, 0)).sum())

    assert costs(worth.best_number(y, over, under)) <= min(costs(one) for one in y) + 1e-9


@given(seeds, cost, cost, st.booleans())
def test_no_forecast_gains_more_than_the_ceiling(seed, over, under, grouped) -> None:
    rng = np.random.default_rng(seed)
    y = rng.normal(size=40)
    matrix = ValueMatrix(over=exactly(over), under=exactly(under), fixed_cost=1, run_cost=2)
    baseline = rng.normal(size=40) if grouped else None
    top = value.ceiling(y, matrix, None, 2.0, Task.REGRESSION, baseline=baseline)
    for said in (y, y + rng.normal(size=40), np.zeros(40)):
        scored = decided(brief(matrix, Task.REGRESSION), y, said, periods=2.0, baseline=baseline)
        assert value.kpi_gain(scored, matrix, repeats=2).value <= top + 1e-9
    perfect = decided(brief(matrix, Task.REGRESSION), y, y, periods=2.0, baseline=baseline)
    assert value.kpi_gain(perfect, matrix, repeats=2).value == pytest.approx(top)


def test_the_answer_without_a_model_is_the_best_number_of_the_row_s_group() -> None:
    hours, weekday = np.array([8, 8, 8, 3, 3]), np.array(["yes", "yes", "no", "no", "no"])
    table = worth.BestNumbers([hours, weekday], [10, 30, 50, 1, 2], 1.0, 9.0)
    assert table.answers([[8.0, 8.0, 3.0, 5.0], ["yes", "no", "no", "no"]]).tolist() == [30, 50, 2, 50]


@given(seeds, st.lists(money, min_size=9, max_size=9))
def test_no_answers_gain_more_than_the_ceiling_and_the_best_answers_expect_most(seed, numbers) -> None:
    rng = np.random.default_rng(seed)
    pairs = [(t, a) for t in LABELS for a in LABELS]
    named = tuple(ClassValue(truth=t, answer=a, value=exactly(x)) for (t, a), x in zip(pairs, numbers, strict=True))
    matrix = ValueMatrix(classes=named)
    y, chances = rng.integers(0, 3, 30), rng.dirichlet(np.ones(3), 30)
    scored = decided(brief(matrix, Task.MULTICLASS), y, chances, periods=1.0, labels=LABELS)
    top = value.ceiling(y, matrix, None, 1.0, Task.MULTICLASS, labels=LABELS)
    assert value.kpi_gain(scored, matrix, repeats=2).value <= top + 1e-6
    table = np.array(numbers).reshape(3, 3)
    assert scored.answered is not None
    expected = chances @ table
    assert (expected[np.arange(30), scored.answered] >= expected.max(axis=1) - 1e-9).all()
    constant = table[y].sum(axis=0).max()
    gained = table[y, scored.answered].sum() - constant
    assert value.kpi_gain(scored, matrix, repeats=2).value == pytest.approx(gained, abs=1e-6)


@given(seeds, st.floats(1, 50), st.floats(-50, 0))
def test_named_pairs_that_repeat_right_and_wrong_change_nothing(seed, right, wrong) -> None:
    rng = np.random.default_rng(seed)
    y, chances = rng.integers(0, 3, 30), rng.dirichlet(np.ones(3), 30)
    plain = ValueMatrix(right=exactly(right), wrong=exactly(wrong))
    named = tuple(
        ClassValue(truth=t, answer=a, value=exactly(right if t == a else wrong)) for t in LABELS for a in LABELS
    )
    found = []
    for matrix in (plain, plain.model_copy(update={"classes": named})):
        scored = decided(brief(matrix, Task.MULTICLASS), y, chances, periods=1.0, labels=LABELS)
        found.append(value.kpi_gain(scored, matrix, repeats=2).value)
    assert found[0] == pytest.approx(found[1], abs=1e-6)


def test_two_classes_with_costs_are_answered_by_elkan_s_threshold() -> None:
    """German credit, 5 : 1: bad credits are answered from a chance of one in six."""
    table = (
        ClassValue(truth="bad", answer="good", value=exactly(-5)),
        ClassValue(truth="good", answer="bad", value=exactly(-1)),
    )
    agreed = brief(ValueMatrix(classes=table), Task.MULTICLASS)
    chances = np.array([[p, 1 - p] for p in (0.15, 1 / 6 + 1e-9, 0.2)])
    scored = decided(agreed, [1, 1, 0], chances, periods=1.0, labels=("bad", "good"))
    assert scored.answered is not None and scored.answered.tolist() == [1, 0, 0]
    with pytest.raises(FixTheInput) as refused:
        decided(agreed, [1, 1, 0], chances, periods=1.0, labels=("bad", "fine"))
    assert refused.value.field == "value.classes"


@given(money, money, money, money)
def test_one_action_always_wins_exactly_where_elkan_s_conditions_fail(ap, an, sp, sn) -> None:
    """Reasonable: acting wins on a positive and leaving wins on a negative; else no chance changes the action."""
    b, g = worth.row_values(
        ValueMatrix(
            act_positive=exactly(ap), act_negative=exactly(an), skip_positive=exactly(sp), skip_negative=exactly(sn)
        ),
        {},
    )
    ends = profit.row_gains([0.0, 1.0], b, g)
    reasonable = ap > sp and sn > an
    assert (ends[0] < 0 < ends[1]) == reasonable


def test_baselines_of_other_length_or_with_gaps_are_refused() -> None:
    with pytest.raises(FixTheInput):
        Scored(Task.REGRESSION, np.zeros(2), np.zeros(2), None, None, 1.0, baseline=np.zeros(3))
    with pytest.raises(FixTheInput, match="missing"):
        Scored(Task.REGRESSION, np.zeros(2), np.zeros(2), None, None, 1.0, baseline=np.array([1.0, np.nan]))
