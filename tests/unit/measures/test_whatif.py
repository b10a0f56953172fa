"""What a decision would earn before there is a model: closed forms, published figures and laws."""

import doctest
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.contract import Assumption, Brief, Decision, Kpi, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.measures import break_even, decision, needed, profit, value, whatif
from glassworks.measures.scored import decided
from glassworks.measures.whatif import WhatIf

BOOK = ValueMatrix(act_positive=exactly(99), act_negative=exactly(-1))
money = st.floats(-100, 100).map(lambda x: round(x, 2))
share = st.floats(0.02, 0.98)


@st.composite
def assumptions(draw, numbers=money):
    low, mode, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Assumption(low=low, mode=mode, high=high)


@st.composite
def cases(draw, certain=False):
    worth = {name: draw(assumptions()) for name in whatif.VALUES}
    prevalence = draw(assumptions(share))
    if certain:
        worth = {name: exactly(one.mode) for name, one in worth.items()}
        prevalence = exactly(prevalence.mode)
    matrix = ValueMatrix(**worth, fixed_cost=draw(st.floats(0, 500)))
    capacity = draw(st.one_of(st.none(), share))
    return WhatIf(matrix, draw(st.floats(1, 1e5)), prevalence, draw(share), draw(share), capacity)


def brief(matrix: ValueMatrix, capacity: float | None = 0.2, target: float = 0.0, volume: float = 1000) -> Brief:
    return Brief(
        id="brief-1",
        title="Calls",
        problem="Most calls reach people who do not buy.",
        target="bought",
        positive="yes",
        decision=Decision(
            unit="customer",
            action="call",
            otherwise="do not call",
            volume_per_period=volume,
            capacity_share=capacity,
            if_model_down="call in list order",
        ),
        kpi=Kpi(name="profit", unit="EUR", baseline="list order", target=target),
        value=matrix,
    )


@pytest.mark.parametrize("module", [whatif, break_even, needed, profit, decision])
def test_the_examples_in_the_documentation_run(module) -> None:
    found = doctest.testmod(module)
    assert found.failed == 0


def test_the_period_value_of_the_book_s_matrix_is_its_expected_profit_a_case() -> None:
    """Provost & Fawcett, chapter 7: 56/7/5/42 of 110 at 99 and -1; with the printed, rounded rates 50.031."""
    y, acted = np.repeat([1, 0, 1, 0], [56, 7, 5, 42]), np.repeat([True, True, False, False], [56, 7, 5, 42])
    prevalence, tpr, fpr = whatif.observed(y, acted)
    exact = WhatIf(BOOK, 110, exactly(prevalence), tpr, fpr)
    assert whatif.period_value(exact) / 110 == pytest.approx(50.33636, abs=5e-6)
    rounded = WhatIf(BOOK, 1000, exactly(0.55), 0.92, 0.14)
    assert whatif.period_value(rounded) / 1000 == pytest.approx(50.031, abs=5e-4)


@given(st.floats(0.5, 500), st.floats(0.5, 500), share, share, share)
def test_profit_is_the_unit_benefit_times_the_net_benefit(b, c, prevalence, tpr, fpr) -> None:
    """Vickers & Elkin: nothing for not acting, b a hit, -c a miss, threshold c/(b+c)."""
    matrix = ValueMatrix(act_positive=exactly(b), act_negative=exactly(-c))
    pt = decision.threshold(matrix)
    net_benefit = prevalence * tpr - (1 - prevalence) * fpr * pt / (1 - pt)
    assert whatif.gain(WhatIf(matrix, 1.0, exactly(prevalence), tpr, fpr)) == pytest.approx(b * net_benefit, abs=1e-9)


@given(st.integers(0, 10**6), st.floats(0.5, 500), st.floats(0.5, 500))
def test_profit_of_counted_decisions_is_the_unit_benefit_times_the_net_benefit(seed, b, c) -> None:
    rng = np.random.default_rng(seed)
    y, acted = rng.random(50) < 0.4, rng.random(50) < 0.5
    matrix = ValueMatrix(act_positive=exactly(b), act_negative=exactly(-c))
    expected = b * value.net_benefit(y, acted, decision.threshold(matrix))
    assert value.net_value(y, acted, matrix) / 50 == pytest.approx(expected, abs=1e-9)


@given(money, money, money, money)
def test_a_reasonable_matrix_has_a_threshold_inside_and_others_have_none_or_zero(ap, an, sp, sn) -> None:
    """Elkan (2001): in both columns a wrong label costs more than a right one; else one action always wins."""
    matrix = ValueMatrix(
        act_positive=exactly(ap), act_negative=exactly(an), skip_positive=exactly(sp), skip_negative=exactly(sn)
    )
    if ap <= sp:
        with pytest.raises(FixTheInput, match="no threshold"):
            decision.threshold(matrix)
    elif sn <= an:
        assert decision.threshold(matrix) == 0
    else:
        assert 0 < decision.threshold(matrix) < 1


@given(cases())
def test_the_gain_is_the_expected_value_less_that_of_acting_blindly(case) -> None:
    case = replace(case, capacity_share=None)
    acting = value.expected_value_per_case(case.prevalence.mode, case.tpr, case.fpr, case.value)
    nobody = value.expected_value_per_case(case.prevalence.mode, 0, 0, case.value)
    expected = case.volume * (acting - nobody) - case.value.fixed_cost
    assert whatif.gain(case) == pytest.approx(expected, rel=1e-9, abs=1e-6 * case.volume)


@given(cases())
def test_never_more_is_acted_on_than_capacity_allows(case) -> None:
    for prevalence in (case.prevalence.low, case.prevalence.mode, case.prevalence.high):
        assert float(sum(case.reached(prevalence))) <= case.volume * (case.capacity_share or 1.0) * (1 + 1e-9)


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.one_of(st.none(), st.sampled_from([0.1, 0.25, 0.5])), money, money)
def test_the_closed_form_is_the_gain_counted_on_scored_cases(seed, capacity, an, sp) -> None:
    """The blind baseline is put in a list whose first cases hold the same share of positives."""
    rng = np.random.default_rng(seed)
    y = np.tile([1, 0, 0, 0, 0], 40)
    scores = 0.3 * rng.random(200) + 0.2 * y
    matrix = ValueMatrix(act_positive=exactly(101), act_negative=exactly(an), skip_positive=exactly(sp), fixed_cost=7)
    scored = decided(brief(matrix, capacity), y, scores, periods=2.0)
    prevalence, tpr, fpr = whatif.observed(y, scored.acted)
    case = WhatIf(matrix, 100, exactly(prevalence), tpr, fpr, capacity)
    assert whatif.gain(case) == pytest.approx(value.kpi_gain(scored, matrix, repeats=2).value, abs=1e-6)
    assert whatif.gain(case) <= value.ceiling(y, matrix, capacity, 2.0, Task.BINARY) + 1e-6


@given(cases(), st.floats(-1e5, 1e5), share)
def test_at_the_break_even_recall_the_gain_is_the_target(case, target, precision) -> None:
    recall = break_even.break_even_recall(case, target, precision)
    if recall is None or recall == 0:
        return
    tpr, fpr = whatif.rates(case.prevalence.mode, recall, precision)
    assert whatif.gain(replace(case, tpr=tpr, fpr=fpr)) == pytest.approx(target, rel=1e-6, abs=1e-4 * case.volume)


def test_a_target_out_of_reach_has_no_break_even_recall() -> None:
    """Of 1,000 cases 100 are positive at 100 - 10 x 3 a hit: 7,000 is all there is at one hit in four."""
    case = WhatIf(ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10)), 1000, exactly(0.1), 0.5, 0.1)
    assert break_even.break_even_recall(case, 7000, 0.25) == pytest.approx(1.0)
    assert break_even.break_even_recall(case, 7001, 0.25) is None
    assert break_even.break_even_recall(replace(case, capacity_share=0.1), 7000, 0.25) is None
    at_the_threshold = decision.threshold(case.value)
    assert break_even.break_even_recall(case, 1, at_the_threshold) is None
    assert break_even.break_even_recall(case, 1, at_the_threshold + 0.05) is not None


def test_with_capacity_the_precision_needed_is_where_the_break_even_recall_fills_it() -> None:
    matrix = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10), fixed_cost=500)
    agreed = brief(matrix, capacity=0.2, target=2000)
    precision = value.needed_precision(agreed, 0.1)
    assert precision is not None
    case = whatif.what_if(agreed, exactly(0.1), precision)
    assert whatif.gain(case) == pytest.approx(2000)
    assert break_even.break_even_recall(case, 2000, precision) == pytest.approx(precision * 0.2 / 0.1)
    assert break_even.break_even_recall(case, 2000, precision - 0.01) is None


@given(cases(), st.floats(-1e5, 1e5))
def test_every_point_on_the_line_of_equal_kpi_gains_the_target(case, target) -> None:
    recalls = np.linspace(0, 1, 21)
    for recall, precision in zip(recalls, break_even.equal_kpi(case, target, recalls), strict=True):
        if np.isfinite(precision) and precision > 1e-6:
            tpr, fpr = whatif.rates(case.prevalence.mode, recall, precision)
            gained = whatif.gain(replace(case, tpr=tpr, fpr=fpr))
            assert gained == pytest.approx(target, rel=1e-6, abs=1e-4 * case.volume)


def test_the_line_of_equal_kpi_asks_less_precision_of_a_higher_recall() -> None:
    case = WhatIf(ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10)), 1000, exactly(0.1), 0.5, 0.1)
    line = break_even.equal_kpi(case, 3500, [0.3, 0.4, 0.5, 0.8, 1.0])
    assert np.isnan(line[0])
    assert line[2] == pytest.approx(0.25)
    assert (np.diff(line[1:]) < 0).all()


@given(cases(certain=True))
def test_one_point_of_a_rate_is_worth_the_slope_of_the_expected_value(case) -> None:
    case = replace(case, capacity_share=None, tpr=0.5, fpr=0.5)
    base, worth = whatif.gain(case), whatif.one_point(case)
    near = pytest.approx
    assert whatif.gain(replace(case, tpr=0.51)) - base == near(worth.recall, rel=1e-6, abs=1e-6 * case.volume)
    assert whatif.gain(replace(case, fpr=0.51)) - base == near(worth.false_alarms, rel=1e-6, abs=1e-6 * case.volume)


def test_one_point_of_precision_is_worth_a_hundredth_of_those_acted_on() -> None:
    matrix = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10))
    agreed = brief(matrix, capacity=0.2)
    thirty, thirty_one = (whatif.what_if(agreed, exactly(0.1), q) for q in (0.30, 0.31))
    assert whatif.one_point(thirty).precision == pytest.approx(2 * 110)
    assert whatif.gain(thirty_one) - whatif.gain(thirty) == pytest.approx(220)


@given(cases())
def test_every_bar_of_the_tornado_contains_the_base_and_the_widest_comes_first(case) -> None:
    bars, base = whatif.tornado(case), whatif.gain(case)
    widths = [bar.ends[1] - bar.ends[0] for bar in bars]
    assert all(bar.ends[0] <= base <= bar.ends[1] for bar in bars)
    assert widths == sorted(widths, reverse=True)
    uncertain = [getattr(case.value, name) for name in whatif.VALUES] + [case.prevalence]
    assert len(bars) == sum(one.low < one.high for one in uncertain)


@given(cases())
def test_a_bar_ends_where_the_gain_stands_with_that_one_assumption_moved(case) -> None:
    for bar in whatif.tornado(case):
        for end, at in (("low", bar.at_low), ("high", bar.at_high)):
            if bar.name == "prevalence":
                moved = replace(case, prevalence=exactly(getattr(case.prevalence, end)))
            else:
                sure = exactly(getattr(getattr(case.value, bar.name), end))
                moved = replace(case, value=case.value.model_copy(update={bar.name: sure}))
            assert at == pytest.approx(whatif.gain(moved), rel=1e-9, abs=1e-6 * case.volume)


@given(cases(certain=True), st.floats(-1e4, 1e4))
def test_drawing_certain_assumptions_gives_the_closed_form_and_a_sure_answer(case, target) -> None:
    base = whatif.gain(case)
    found = whatif.simulated(case, target=target, repeats=50)
    assert found.low == pytest.approx(base) and found.high == pytest.approx(base)
    assert found.value == base
    if abs(base - target) > 1e-6 * case.volume:
        assert found.probability == float(base >= target)


@settings(max_examples=30)
@given(cases(), st.integers(0, 1000), st.floats(0.5, 0.99))
def test_the_interval_of_the_draws_contains_the_likeliest_gain_and_repeats_with_its_seed(case, seed, level) -> None:
    found = whatif.simulated(case, level=level, repeats=500, seed=seed, target=0.0)
    assert found.low <= found.value <= found.high
    assert found == whatif.simulated(case, level=level, repeats=500, seed=seed, target=0.0)


def test_drawn_gains_of_one_uncertain_value_have_the_quantiles_and_the_probability_of_its_triangle() -> None:
    """Gain = 100 hits x a value from (20, 40, 80): P(value >= 60) = (80 - 60)^2 / (60 x 40) = 1/6."""
    matrix = ValueMatrix(act_positive=Assumption(low=20, mode=40, high=80))
    case = WhatIf(matrix, 1000, exactly(0.2), 0.5, 0.0)
    found = whatif.simulated(case, target=6000, repeats=200_000, seed=1)
    assert found.value == pytest.approx(4000)
    assert found.probability == pytest.approx(1 / 6, abs=0.005)
    lower, upper = 20 + np.sqrt(0.05 * 60 * 20), 80 - np.sqrt(0.05 * 60 * 40)
    assert (found.low, found.high) == pytest.approx((100 * lower, 100 * upper), rel=0.005)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"volume": 0}, "volume"),
        ({"tpr": 1.1}, "tpr"),
        ({"fpr": -0.1}, "fpr"),
        ({"prevalence": Assumption(low=0, mode=0.1, high=0.2)}, "prevalence"),
        ({"capacity_share": 0.0}, "capacity_share"),
        ({"volume": float("nan")}, "volume"),
    ],
)
def test_an_impossible_what_if_is_refused_by_field(change, field) -> None:
    with pytest.raises(FixTheInput) as refused:
        replace(WhatIf(BOOK, 100, exactly(0.1), 0.5, 0.1), **change)
    assert refused.value.field == field


def test_words_of_people_that_no_cases_can_fulfil_are_refused() -> None:
    with pytest.raises(FixTheInput, match=r"at least 0\.500"):
        whatif.rates(0.5, 1.0, 0.4)
    with pytest.raises(FixTheInput, match=r"at most 0\.500"):
        whatif.what_if(brief(BOOK, capacity=0.2), exactly(0.1), 0.6)
    with pytest.raises(FixTheInput, match="recall must be named"):
        whatif.what_if(brief(BOOK, capacity=None), exactly(0.1), 0.6)
    with pytest.raises(FixTheInput, match="at least one case of each"):
        whatif.observed([1, 1], [True, False])


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=40))
def test_more_room_never_costs_and_each_further_unit_is_worth_no_more_than_the_one_before(expected) -> None:
    curves = [profit.profit_curve(expected, room) for room in range(len(expected) + 1)]
    prices = [curve.shadow_price for curve in curves]
    reached = [curve.profit[curve.best] for curve in curves]
    assert min(prices) >= 0 and prices[-1] == 0
    assert (np.diff(prices) <= 0).all()
    assert np.diff(reached) == pytest.approx(prices[:-1], abs=1e-9)
    assert profit.profit_curve(expected).profit.max() == pytest.approx(reached[-1])


def test_ranking_by_expected_gain_earns_more_than_ranking_by_probability() -> None:
    rng = np.random.default_rng(2)
    p, amount = rng.random(1000), rng.lognormal(3, 1, 1000)
    expected = profit.row_gains(p, amount, -5)
    curve = profit.profit_curve(expected, 100)
    assert curve.profit[100] > expected[np.argsort(-p)[:100]].sum()
    assert curve.profit[100] == pytest.approx(np.sort(expected)[-100:].sum())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(1, 100), st.floats(1, 100))
def test_with_equal_values_the_rows_that_pay_are_those_above_the_threshold(scores, b, c) -> None:
    matrix = ValueMatrix(act_positive=exactly(b), act_negative=exactly(-c))
    expected = profit.row_gains(scores, *value.gains(matrix))
    above = np.asarray(scores) > decision.threshold(matrix)
    clear = np.abs(expected) > 1e-9
    assert ((expected > 0) == above)[clear].all()


def test_rows_without_a_finite_value_are_refused() -> None:
    with pytest.raises(FixTheInput):
        profit.row_gains([0.5, np.nan], 1.0, -1.0)
    with pytest.raises(FixTheInput):
        profit.row_gains([0.5, 0.2], [1.0, 2.0, 3.0], -1.0)
    with pytest.raises(FixTheInput):
        profit.profit_curve([1.0, np.inf])
    with pytest.raises(FixTheInput):
        profit.profit_curve([1.0], -1)


def test_what_the_action_itself_makes_is_the_gain_where_it_makes_all_and_its_cost_where_it_makes_nothing() -> None:
    matrix = ValueMatrix(act_positive=Assumption(low=80, mode=100, high=130), act_negative=exactly(-10), fixed_cost=50)
    case = WhatIf(matrix, 1000, Assumption(low=0.08, mode=0.1, high=0.14), 0.6, 0.1, 0.2)
    whole = whatif.simulated(case, target=500, seed=3)
    all_of_it = whatif.caused(case, exactly(1.0), target=500, seed=3)
    assert (all_of_it.value, all_of_it.low, all_of_it.high) == (whole.value, whole.low, whole.high)
    ends = [whatif.caused(case, exactly(share)).value for share in (0.0, 0.25, 0.5, 1.0)]
    assert ends == sorted(ends)
    assert ends[2] == pytest.approx((ends[0] + ends[3]) / 2)
    half = whatif.caused(case, Assumption(low=0.2, mode=0.5, high=0.9))
    assert half.value == pytest.approx(ends[2])
    assert half.low < half.value < half.high


def test_below_capacity_the_break_even_precision_is_that_of_as_many_cases_acted_on() -> None:
    matrix = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10), fixed_cost=500)
    agreed = brief(matrix, capacity=0.4, target=1500)
    case = whatif.what_if(agreed, exactly(0.2), precision=0.5, recall=0.4)
    acted, needed_here = float(sum(case.reached())), break_even.break_even_precision(case, 1500)
    assert needed_here is not None and acted < 0.4 * case.volume
    again = whatif.what_if(agreed, exactly(0.2), needed_here, needed_here * acted / (0.2 * case.volume))
    assert float(sum(again.reached())) == pytest.approx(acted)
    assert whatif.gain(again) == pytest.approx(1500)


def test_at_full_capacity_it_is_the_needed_precision_of_the_brief() -> None:
    matrix = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10), fixed_cost=500)
    agreed = brief(matrix, capacity=0.1, target=1500)
    case = whatif.what_if(agreed, exactly(0.2), precision=0.5)
    assert break_even.break_even_precision(case, 1500) == pytest.approx(value.needed_precision(agreed, 0.2))
    assert break_even.break_even_precision(case, 1e9) is None
