"""Futures drawn from counts agree with the bootstrap by case and with closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.contract import Assumption, Brief, Decision, Kpi, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.measures import value, whatif
from glassworks.measures.drawn import drawn_gain
from glassworks.measures.scored import Scored, decided
from glassworks.measures.whatif import WhatIf


def scored_cases(matrix: ValueMatrix, capacity: float | None, seed: int = 0, n: int = 3000) -> Scored:
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.2).astype(np.int64)
    scores = np.clip(0.5 * rng.random(n) + 0.3 * y * rng.random(n), 0, 1)
    known = {"unit": "customer", "action": "call", "otherwise": "leave", "if_model_down": "list order"}
    brief = Brief(
        id="brief-1",
        title="Calls",
        problem="Few buy.",
        target="bought",
        positive="yes",
        decision=Decision(**known, volume_per_period=100, capacity_share=capacity),
        kpi=Kpi(name="profit", unit="EUR", baseline="list order", target=0),
        value=matrix,
    )
    return decided(brief, y, scores, periods=2.0, columns={"amount": rng.lognormal(1, 0.5, n)})


@pytest.mark.parametrize("capacity", [None, 0.2])
@pytest.mark.parametrize("column", ["", "amount"])
def test_drawn_gains_agree_with_the_bootstrap_by_case(capacity, column) -> None:
    matrix = ValueMatrix(
        act_positive=Assumption(low=15, mode=20, high=25, column=column), act_negative=exactly(-4), fixed_cost=10
    )
    scored = scored_cases(matrix, capacity)
    slow = value.kpi_gain(scored, matrix, level=0.9, repeats=4000, target=0.0)
    fast = drawn_gain(scored, matrix, level=0.9, target=slow.value)
    assert fast.value == pytest.approx(slow.value)
    width = slow.high - slow.low
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high), abs=0.08 * width)
    assert fast.probability == pytest.approx(0.5, abs=0.12)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.one_of(st.none(), st.sampled_from([0.1, 0.35])), st.floats(0.05, 0.6))
def test_at_another_prevalence_the_rates_stay_and_the_closed_form_holds(seed, capacity, prevalence) -> None:
    """With capacity the border moves until the room is filled, so the rates are read off at the moved border."""
    matrix = ValueMatrix(act_positive=exactly(20), act_negative=exactly(-4), fixed_cost=10)
    scored = scored_cases(matrix, capacity, seed, 400)
    found = drawn_gain(scored, matrix, prevalence=exactly(prevalence), repeats=50)
    if capacity is None:
        _, tpr, fpr = whatif.observed(scored.y, scored.acted)
        case = WhatIf(matrix, 200, exactly(prevalence), tpr, fpr)
        assert found.value == pytest.approx(whatif.gain(case))
        return
    weight = np.where(scored.y == 1, prevalence / scored.y.mean(), (1 - prevalence) / (1 - scored.y.mean()))
    worth = np.where(scored.y == 1, 20.0, -4.0)

    def filled(order):
        before = np.concatenate([[0.0], np.cumsum(weight[order])[:-1]])
        part = np.clip((int(capacity * 400) - before) / weight[order], 0, 1)
        return float((part * weight[order] * worth[order]).sum())

    total = filled(np.argsort(-scored.scores, kind="stable")) - filled(np.arange(400))
    assert found.value == pytest.approx(total / 2 - 10, abs=1e-6)


def test_a_wider_prevalence_makes_a_wider_interval_and_the_same_seed_the_same_answer() -> None:
    matrix = ValueMatrix(act_positive=exactly(20), act_negative=exactly(-4))
    scored = scored_cases(matrix, 0.2)
    sure, vague = (
        drawn_gain(scored, matrix, prevalence=Assumption(low=0.2 - by, mode=0.2, high=0.2 + by), repeats=4000, seed=2)
        for by in (0.0, 0.1)
    )
    assert vague.high - vague.low > 1.2 * (sure.high - sure.low)
    assert sure == drawn_gain(scored, matrix, prevalence=exactly(0.2), repeats=4000, seed=2)


def test_futures_that_no_cases_can_tell_are_refused() -> None:
    matrix = ValueMatrix(act_positive=exactly(20), act_negative=exactly(-4))
    ones = np.ones(5, dtype=np.int64)
    alike = Scored(Task.BINARY, ones, np.linspace(0, 1, 5), ones == 1, ones == 0, 1.0)
    with pytest.raises(FixTheInput) as refused:
        drawn_gain(alike, matrix, prevalence=exactly(0.5))
    assert refused.value.field == "prevalence"
    assert drawn_gain(alike, matrix).value == 100
    numbers = Scored(Task.REGRESSION, np.zeros(2), np.zeros(2), None, None, 1.0)
    with pytest.raises(FixTheInput):
        drawn_gain(numbers, matrix)
