"""Profit and decision curves: laws for any scores, and agreement with the gain and with the reference curve."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.contract import Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.measures.curves import benefit_by_threshold, profit_by_share
from glassworks.measures.decision import first_share, top_share
from glassworks.measures.scored import Scored
from glassworks.measures.value import decision_curve, kpi_gain, net_benefit

VALUE = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10), run_cost=30)


def cases(n: int, seed: int, share: float | None = None, periods: float = 2.0) -> Scored:
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, n).round(2)
    y = (rng.random(n) < p).astype(int)
    acted = top_share(p, share) if share else p > 0.1
    first = first_share(n, share) if share else np.zeros(n, dtype=bool)
    return Scored(Task.BINARY, y, p, acted, first, periods, capacity_share=share)


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 300), st.integers(0, 99))
def test_at_each_share_the_best_possible_order_earns_most_and_the_band_holds_the_curve(n: int, seed: int) -> None:
    curve = profit_by_share(cases(n, seed), VALUE, repeats=50)
    assert len(curve) == 21
    for row in curve:
        assert row["low"] <= row["model"] <= row["high"]
        assert row["perfect"] >= max(row["model"], row["list"]) - 1e-9
    assert curve[0]["model"] == curve[0]["list"] == curve[0]["perfect"] == -VALUE.period_cost
    ends = {round(curve[-1][name], 6) for name in ("model", "list", "perfect")}
    assert len(ends) == 1


def test_the_gain_at_a_capacity_is_the_model_less_the_list() -> None:
    scored = cases(1000, 3, share=0.25)
    row = profit_by_share(scored, VALUE)[5]
    assert row["share"] == 0.25
    gain = kpi_gain(scored, VALUE)
    assert row["model"] - row["list"] - VALUE.period_cost == pytest.approx(gain.value)


def test_values_by_row_rank_by_what_a_case_is_worth() -> None:
    amount = np.array([1.0, 50.0, 2.0, 3.0])
    value = ValueMatrix(act_positive=exactly(1).model_copy(update={"column": "amount"}))
    scored = Scored(
        Task.BINARY, np.ones(4), np.array([0.9, 0.5, 0.8, 0.7]), np.ones(4, bool), np.zeros(4, bool), 1.0,
        amounts={"amount": amount}, expected=np.array([0.9, 25.0, 1.6, 2.1]),
    )  # fmt: skip
    curve = profit_by_share(scored, value)
    assert curve[5]["model"] == 50.0 and curve[5]["list"] == 1.0


def test_a_profit_curve_is_refused_for_a_forecast() -> None:
    with pytest.raises(FixTheInput, match="binary"):
        profit_by_share(Scored(Task.REGRESSION, np.ones(3), np.ones(3), None, None, 1.0), VALUE)


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 300), st.integers(0, 99))
def test_the_band_of_a_decision_curve_lies_around_the_reference_curve(n: int, seed: int) -> None:
    scored, points = cases(n, seed), [0.01, 0.1, 0.25, 0.5, 0.9]
    found = benefit_by_threshold(scored.y, scored.scores, points, repeats=50)
    plain = decision_curve(scored.y, scored.scores, points)
    for row, known in zip(found, plain, strict=True):
        assert {name: row[name] for name in known} == known
        assert row["low"] <= row["model"] <= row["high"]


def test_a_resample_that_is_the_sample_gives_the_net_benefit_itself() -> None:
    y = np.ones(40)
    row = benefit_by_threshold(y, np.full(40, 0.3), [0.2, 0.4], repeats=20)
    assert row[0]["low"] == row[0]["high"] == net_benefit(y, np.ones(40, bool), 0.2) == 1.0
    assert row[1]["low"] == row[1]["high"] == 0.0


def test_the_band_is_as_wide_as_a_bootstrap_of_cases() -> None:
    scored = cases(800, 7)
    rng, t = np.random.default_rng(1), 0.2
    draws = []
    for _ in range(1500):
        rows = rng.integers(0, scored.n, scored.n)
        draws.append(net_benefit(scored.y[rows], scored.scores[rows] >= t, t))
    low, high = np.quantile(draws, [0.025, 0.975])
    found = benefit_by_threshold(scored.y, scored.scores, [t], repeats=1500)[0]
    assert (found["low"], found["high"]) == pytest.approx((low, high), abs=0.15 * (high - low))
