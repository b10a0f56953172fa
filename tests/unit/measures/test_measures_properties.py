"""Laws that hold for every input, tried on many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.contract import Task, ValueMatrix, exactly
from glassworks.measures import intervals, value
from glassworks.measures.decision import first_share, top_share
from glassworks.measures.scored import Scored

money = st.floats(-100, 100).map(lambda x: round(x, 2))
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=30)
counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def matrix(ap, an, sp, sn, fixed=0.0):
    return ValueMatrix(
        act_positive=exactly(ap),
        act_negative=exactly(an),
        skip_positive=exactly(sp),
        skip_negative=exactly(sn),
        fixed_cost=fixed,
    )


def cases(seed, n, share, signal=1.0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(np.int64)
    scores = np.round(rng.random(n) + signal * y, 1)
    if share is None:
        return Scored(Task.BINARY, y, scores, scores > 0.9, np.zeros(n, dtype=bool), 2.0)
    return Scored(Task.BINARY, y, scores, top_share(scores, share), first_share(n, share), 2.0, capacity_share=share)


@given(money, money, money, money, st.floats(0.01, 50), st.floats(-100, 100), st.floats(-100, 100))
def test_scaling_or_shifting_a_value_matrix_leaves_the_threshold(
    ap, an, sp, sn, scale, for_positives, for_negatives
) -> None:
    if ap - sp <= 0.01 or sn - an <= 0.01:
        ap, sn = sp + 1, an + 2
    first = value.threshold(matrix(ap, an, sp, sn))
    moved = matrix(
        scale * ap + for_positives, scale * an + for_negatives, scale * sp + for_positives, scale * sn + for_negatives
    )
    assert value.threshold(moved) == pytest.approx(first, rel=1e-6, abs=1e-9)
    assert 0 < first < 1


@given(
    st.integers(0, 10**6),
    st.integers(2, 60),
    st.one_of(st.none(), st.floats(0.1, 1)),
    money,
    money,
    money,
    money,
    st.floats(0, 50),
)
def test_no_model_gains_more_than_the_ceiling(seed, n, share, ap, an, sp, sn, fixed) -> None:
    scored, worth = cases(seed, n, share, signal=seed % 3), matrix(ap, an, sp, sn, fixed)
    top = value.ceiling(scored.y, worth, share, scored.periods, Task.BINARY)
    assert value.kpi_gain(scored, worth, repeats=2).value <= top + 1e-6


@given(st.integers(0, 10**6), st.integers(3, 80), st.integers(2, 4), money, money)
def test_no_classifier_gains_more_than_the_ceiling(seed, n, k, right, wrong) -> None:
    rng = np.random.default_rng(seed)
    scored = Scored(Task.MULTICLASS, rng.integers(0, k, n), rng.random((n, k)), None, None, 1.0)
    worth = ValueMatrix(right=exactly(right), wrong=exactly(wrong))
    top = value.ceiling(scored.y, worth, None, 1.0, Task.MULTICLASS)
    assert value.kpi_gain(scored, worth, repeats=2).value <= top + 1e-6


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(2, 80), st.one_of(st.none(), st.floats(0.1, 1)), st.floats(0.5, 0.99))
def test_the_interval_of_a_gain_contains_its_value(seed, n, share, level) -> None:
    scored = cases(seed, n, share)
    worth = ValueMatrix(
        act_positive={"low": 5, "mode": 5, "high": 90}, act_negative={"low": -3, "mode": -1, "high": -1}
    )
    gain = value.kpi_gain(scored, worth, level=level, repeats=60, seed=seed, target=3.0)
    reached = value.reached_gain(scored, level, repeats=60, seed=seed)
    assert gain.low <= gain.value <= gain.high
    assert reached.low <= reached.value <= reached.high
    assert gain.probability is not None and 0 <= gain.probability <= 1


@given(counts, st.floats(0.5, 0.999))
def test_wilson_stays_inside_zero_and_one_and_holds_the_rate(counted, level) -> None:
    k, n = counted
    low, high = intervals.wilson(k, n, level)
    assert 0 <= low <= k / n <= high <= 1
    assert low < high


@given(counts, counts, st.floats(0.5, 0.999))
def test_newcombe_stays_inside_bounds_holds_the_difference_and_turns_over(first, second, level) -> None:
    difference, low, high = intervals.newcombe(*first, *second, level)
    assert -1 <= low <= difference <= high <= 1
    turned = intervals.newcombe(*second, *first, level)
    assert (turned[0], turned[1], turned[2]) == pytest.approx((-difference, -high, -low), abs=1e-12)


@given(counts, counts, st.floats(0.5, 0.999))
def test_a_ratio_s_interval_holds_the_ratio_and_is_never_a_point(first, second, level) -> None:
    ratio, low, high = intervals.katz_ratio(*first, *second, level)
    assert 0 <= low <= ratio <= high < np.inf
    assert low < high


@given(p_values, st.floats(0.01, 0.3))
def test_holm_lies_between_the_raw_p_and_bonferroni_and_keeps_the_order(p, alpha) -> None:
    raw, adjusted = np.array(p), intervals.holm(p)
    assert (adjusted >= raw).all()
    assert (adjusted <= np.minimum(1, raw * raw.size) + 1e-12).all()
    assert (np.diff(adjusted[np.argsort(raw, kind="stable")]) >= 0).all()
    assert (adjusted.min() < alpha) == (min(1.0, raw.min() * raw.size) < alpha)


@given(p_values, st.floats(0.01, 0.3))
def test_benjamini_hochberg_rejects_all_that_holm_rejects_and_all_below_its_own_largest(p, q) -> None:
    raw = np.array(p)
    rejected = intervals.benjamini_hochberg(raw, q)
    assert rejected[intervals.holm(raw) <= q].all()
    if rejected.any():
        assert rejected[raw <= raw[rejected].max()].all()
        assert raw[rejected].max() <= q * rejected.sum() / raw.size + 1e-12
