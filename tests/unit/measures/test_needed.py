"""What a target asks of model and hold-out, before either exists."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.contract import Assumption, Brief, Decision, Kpi, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.measures import needed, performance, value, whatif
from glassworks.measures.scored import decided

share = st.floats(0.05, 0.6)
aucs = st.floats(0.5, 0.99)


def brief(capacity=0.2, target=2000.0, hit=100.0, miss=-10.0, fixed=0.0, probability=0.8, task=Task.BINARY) -> Brief:
    worth = hit if isinstance(hit, Assumption) else exactly(hit)
    return Brief(
        id="brief-1",
        title="Calls",
        problem="Most calls reach people who do not buy.",
        task=task,
        target="bought",
        decision=Decision(
            unit="customer",
            action="call",
            otherwise="do not call",
            volume_per_period=1000,
            capacity_share=capacity,
            if_model_down="call in list order",
        ),
        kpi=Kpi(name="profit", unit="EUR", baseline="list order", target=target, min_probability=probability),
        value=ValueMatrix(act_positive=worth, act_negative=exactly(miss), fixed_cost=fixed),
    )


def people(n: int, rate: float, auc: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and calibrated scores of the binormal model."""
    rng = np.random.default_rng(seed)
    apart = math.sqrt(2) * needed.NORMAL.inv_cdf(auc)
    y = (rng.random(n) < rate).astype(np.int64)
    odds = apart * (rng.normal(size=n) + apart * y) - apart**2 / 2 + math.log(rate / (1 - rate))
    return y, 1 / (1 + np.exp(-odds))


@pytest.mark.parametrize("capacity", [0.2, None])
def test_the_approximate_model_reaches_what_binormal_cases_of_its_auc_reach(capacity) -> None:
    y, scores = people(400_000, 0.12, 0.75, seed=1)
    agreed = brief(capacity)
    _, tpr, fpr = whatif.observed(y, decided(agreed, y, scores, periods=400.0).acted)
    case = needed.with_auc(agreed, 0.12, 0.75)
    assert performance.auc(y, scores).value == pytest.approx(0.75, abs=0.004)
    assert (case.tpr, case.fpr) == pytest.approx((tpr, fpr), abs=0.006)


@given(share, share, aucs)
def test_with_capacity_exactly_that_share_is_acted_on(rate, capacity, auc) -> None:
    case = needed.with_auc(brief(capacity), rate, auc)
    assert float(sum(case.reached())) == pytest.approx(1000 * capacity, rel=1e-6)


@given(share, st.one_of(st.none(), share), aucs, aucs)
def test_a_higher_auc_never_gains_less_and_none_gains_more_than_the_ceiling(rate, capacity, first, second) -> None:
    agreed = brief(capacity)
    low, high = sorted([first, second])
    gained = [whatif.gain(needed.with_auc(agreed, rate, auc)) for auc in (low, high)]
    perfect = whatif.gain(needed.with_auc(agreed, rate, 1.0))
    assert gained[0] <= gained[1] + 1e-6 <= perfect + 2e-6
    hits = 1000 * (rate if capacity is None else min(rate, capacity))
    most = hits * 100 - (0 if capacity is None else max(0.0, 1000 * capacity - hits) * 10)
    blind = 0 if capacity is None else 1000 * capacity * (100 * rate - 10 * (1 - rate))
    assert perfect == pytest.approx(most - blind, rel=1e-4, abs=1e-2)


@given(share, st.one_of(st.none(), share), st.floats(-1000, 60_000), st.floats(0, 500))
def test_a_model_of_the_needed_auc_gains_the_target_and_a_weaker_one_does_not(rate, capacity, target, fixed) -> None:
    agreed = brief(capacity, target, fixed=fixed)
    auc = needed.needed_auc(agreed, rate)
    if auc is None:
        assert whatif.gain(needed.with_auc(agreed, rate, 1.0)) < target
        return
    assert whatif.gain(needed.with_auc(agreed, rate, auc)) >= target - 1e-6 * (1 + abs(target) + fixed)
    if auc > 0.501:
        assert whatif.gain(needed.with_auc(agreed, rate, auc - 0.001)) < target


def test_the_needed_auc_reaches_the_needed_precision() -> None:
    agreed = brief(target=3000)
    auc, precision = needed.needed_auc(agreed, 0.1), value.needed_precision(agreed, 0.1)
    assert auc is not None and precision is not None
    assert needed.with_auc(agreed, 0.1, auc).tpr * 0.1 / 0.2 == pytest.approx(precision, rel=1e-6)


def test_targets_that_any_model_or_no_model_meets_are_told_apart() -> None:
    assert needed.needed_auc(brief(target=0), 0.1) == 0.5
    assert needed.needed_auc(brief(target=9000), 0.1) is None
    assert needed.needed_auc(brief(hit=-20.0), 0.1) is None
    assert needed.needed_auc(brief(capacity=None, hit=-20.0), 0.1) is None
    assert needed.needed_auc(brief(task=Task.REGRESSION), 0.1) is None
    everyone_pays = brief(capacity=None, miss=5.0, target=14_000)
    assert needed.needed_auc(everyone_pays, 0.1) == 0.5


@given(share, share, share, aucs)
def test_more_room_is_worth_no_less_than_nothing_and_less_the_more_there_is(rate, first, second, auc) -> None:
    small, large = sorted([first, second])
    worths = [needed.capacity_worth(brief(room), rate, auc) for room in (small, large)]
    assert worths[0] >= worths[1] - 1e-9
    assert worths[1] >= 0


def test_the_worth_of_room_is_what_a_little_more_of_it_earns() -> None:
    less, more = (whatif.period_value(needed.with_auc(brief(room), 0.12, 0.75)) for room in (0.199, 0.201))
    assert needed.capacity_worth(brief(0.2), 0.12, 0.75) == pytest.approx((more - less) / 2, rel=1e-3)
    assert needed.capacity_worth(brief(None), 0.12, 0.75) == 0


@pytest.mark.parametrize("capacity", [0.2, 0.5, None])
def test_the_planned_standard_error_is_that_of_the_bootstrap(capacity) -> None:
    agreed, n = brief(capacity), 4000
    y, scores = people(n, 0.12, 0.75, seed=3)
    found = value.kpi_gain(decided(agreed, y, scores, periods=n / 1000), agreed.value, repeats=1000)
    bootstrapped = (found.high - found.low) / 2 / 1.96
    case, margin = needed.with_auc(agreed, 0.12, 0.75), needed.marginal_precision(agreed, 0.12, 0.75)
    planned = 1000 * math.sqrt(needed.variance_per_case(case, 100, -10, margin) / n)
    assert planned == pytest.approx(bootstrapped, rel=0.1)


def test_a_gate_given_the_needed_rows_passes_about_as_often_as_asked() -> None:
    """Of 60 hold-outs of that size, 80 % should pass both conditions; a quarter of the rows passes far fewer."""
    agreed = brief(target=2500)
    rows = needed.needed_rows(agreed, 0.12, 0.72)
    assert rows is not None and 200 < rows < 20_000

    def passed(n: int, seed: int) -> bool:
        y, scores = people(n, 0.12, 0.72, seed)
        scored = decided(agreed, y, scores, periods=n / 1000)
        found = value.kpi_gain(scored, agreed.value, target=2500, repeats=200, seed=seed)
        return found.low > 0 and (found.probability or 0) >= 0.8

    enough = np.mean([passed(rows, seed) for seed in range(60)])
    few = np.mean([passed(rows // 4, seed) for seed in range(60)])
    assert 0.68 <= enough <= 0.92
    assert few < enough


@settings(max_examples=40)
@given(share, st.floats(0.6, 0.95), st.floats(0, 4000), st.floats(0.5, 0.95))
def test_a_better_model_or_a_lower_target_never_needs_more_rows(rate, auc, target, probability) -> None:
    rows = needed.needed_rows(brief(target=target, probability=probability), rate, auc)
    lower = needed.needed_rows(brief(target=target / 2, probability=probability), rate, auc)
    if rows is not None:
        assert lower is not None and 1 <= lower <= rows


def test_no_number_of_rows_makes_up_for_a_weak_model_or_for_vague_values() -> None:
    assert needed.needed_rows(brief(target=2500), 0.12, 0.55) is None
    vague = Assumption(low=10, mode=100, high=190)
    assert needed.needed_rows(brief(target=2500), 0.12, 0.72) is not None
    assert needed.needed_rows(brief(target=2500, hit=vague), 0.12, 0.72) is None


def test_a_low_asked_probability_does_not_loop_and_never_asks_more_than_one_half_does() -> None:
    assert needed.needed_rows(brief(probability=0.05), 0.12, 0.75) == needed.needed_rows(
        brief(probability=0.5), 0.12, 0.75
    )


@pytest.mark.parametrize(("rate", "auc", "field"), [(0.0, 0.7, "positive_rate"), (0.1, 0.4, "auc")])
def test_impossible_plans_are_refused_by_field(rate, auc, field) -> None:
    with pytest.raises(FixTheInput) as refused:
        needed.with_auc(brief(), rate, auc)
    assert refused.value.field == field


def test_a_plan_needs_a_binary_model_and_a_power_above_one_half() -> None:
    with pytest.raises(FixTheInput, match="binary"):
        needed.with_auc(brief(task=Task.MULTICLASS), 0.1, 0.7)
    with pytest.raises(FixTheInput, match="power"):
        needed.needed_rows(brief(), 0.1, 0.7, power=0.4)
