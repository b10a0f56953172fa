"""How many figures are judged decides how much a failure must say; a pass needs each bound by itself."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from glassworks.core.estimate import Estimate
from glassworks.core.multiplicity import beyond, holm, settled
from glassworks.core.result import Answer, Verdict, safe_side
from glassworks.measures.intervals import katz_ratio
from glassworks.measures.performance import auc

Z = NormalDist().inv_cdf(0.975)


def figure(value: float, se: float, **limits: float) -> Estimate:
    one = Estimate(name="figure", value=value, low=value - Z * se, high=value + Z * se, n=100, method="normal")
    return one.asked(**limits)


def judged(estimate: Estimate, **more: object) -> Answer:
    if estimate.at_least is not None:
        verdict = safe_side(estimate, at_least=estimate.at_least)
    else:
        verdict = safe_side(estimate, at_most=estimate.at_most)
    return Answer(verdict=verdict, sentence="It is so.", estimates=(estimate,), **more)


@given(st.floats(-3, 3), st.floats(0.01, 2), st.floats(-3, 3), st.sampled_from([0.9, 0.95, 0.975, 0.99375]))
def test_the_p_value_of_a_normal_figure_is_that_of_its_z_test(
    value: float, se: float, limit: float, level: float
) -> None:
    reach = NormalDist().inv_cdf((1 + level) / 2) * se
    one = Estimate(name="x", value=value, low=value - reach, high=value + reach, level=level, n=9, method="normal")
    (p,) = beyond(one.asked(at_least=limit))
    expected = 2 * stats.norm.cdf((value - limit) / se) if limit >= value else 1.0
    assert p == pytest.approx(expected, abs=1e-9)
    (other,) = beyond(one.asked(at_most=limit))
    expected = 2 * stats.norm.sf((value - limit) / se) if limit <= value else 1.0
    assert other == pytest.approx(expected, abs=1e-9)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.3, 1.5))
def test_a_ratio_is_beyond_a_limit_by_five_in_a_hundred_exactly_where_its_interval_ends(
    a: int, b: int, limit: float
) -> None:
    ratio, low, high = katz_ratio(a, 60, b, 60)
    one = Estimate(name="ratio", value=ratio, low=low, high=high, n=120, method="log ratio, Holm over groups")
    (p,) = beyond(one.asked(at_least=limit))
    if abs(high - limit) > 1e-9:
        assert (p < 0.05) == (high < limit)


def test_the_p_value_of_an_auc_is_that_of_delongs_test() -> None:
    rng = np.random.default_rng(4)
    y = rng.random(400) < 0.4
    found = auc(y, rng.random(400) - 0.3 * y)
    (p,) = beyond(found.asked(at_least=0.5))
    se = (found.high - found.low) / 2 / Z
    assert p == pytest.approx(2 * stats.norm.cdf((found.value - 0.5) / se), rel=1e-6)


def test_one_failure_alone_stands_and_among_many_it_is_left_open() -> None:
    weak = judged(figure(0.75, 0.02, at_least=0.795))  # z = 2.25, p = 0.024
    fine = [judged(figure(0.9, 0.02, at_least=0.8)) for _ in range(4)]
    assert settled([weak])[0].verdict is Verdict.FAIL
    among = settled([weak, *fine])
    assert among[0].verdict is Verdict.INCONCLUSIVE
    assert "5 questions judged at once" in among[0].sentence
    assert [one.verdict for one in among[1:]] == [Verdict.PASS] * 4


def test_a_clear_failure_stands_among_many_and_makes_room_for_the_next_as_holm_says() -> None:
    clear, next_ = judged(figure(0.5, 0.02, at_least=0.8)), judged(figure(0.75, 0.02, at_least=0.797))  # p = 0.019
    assert [one.verdict for one in settled([clear, next_])] == [Verdict.FAIL, Verdict.FAIL]
    assert [one.verdict for one in settled([next_, next_, next_])] == [Verdict.INCONCLUSIVE] * 3


def test_both_limits_of_one_figure_count_as_one_and_several_figures_of_one_answer_share() -> None:
    two_sided = judged(figure(0.75, 0.02).asked(at_least=0.7935, at_most=1.2))  # p = 0.03
    assert settled([two_sided])[0].verdict is Verdict.FAIL
    many = two_sided.model_copy(update={"estimates": (*two_sided.estimates, figure(0.9, 0.02, at_least=0.8))})
    assert settled([many])[0].verdict is Verdict.INCONCLUSIVE


def test_one_question_with_many_figures_shields_no_other() -> None:
    weak = judged(figure(0.75, 0.02, at_least=0.797))  # p = 0.019
    trivial = Answer(
        verdict=Verdict.PASS,
        sentence="It is so.",
        estimates=tuple(figure(0.9, 0.02, at_least=0.01) for _ in range(120)),
    )
    assert settled([weak, trivial])[0].verdict is Verdict.FAIL


def test_what_fails_by_other_than_chance_is_left_as_it_is() -> None:
    bare = Answer(verdict=Verdict.FAIL, sentence="A column is not declared.")
    both = judged(figure(0.75, 0.02, at_least=0.795), besides=Verdict.FAIL)
    fine = [judged(figure(0.9, 0.02, at_least=0.8)) for _ in range(9)]
    assert [one.verdict for one in settled([bare, both, *fine])[:2]] == [Verdict.FAIL, Verdict.FAIL]


def test_a_figure_without_a_limit_is_no_part_of_the_family() -> None:
    weak = judged(figure(0.75, 0.02, at_least=0.795))
    reported = [Answer(verdict=Verdict.PASS, sentence="Reported.", estimates=(figure(1, 1),)) for _ in range(50)]
    assert settled([weak, *reported])[0] == weak


def test_a_failure_whose_gated_figures_keep_their_limits_failed_by_something_else() -> None:
    fine = figure(0.9, 0.02, at_least=0.8)
    broken = Answer(verdict=Verdict.FAIL, sentence="The promise is broken.", estimates=(fine,))
    assert settled([broken]) == [broken]


def test_a_figure_without_any_spread_lies_beyond_its_limit_or_not() -> None:
    same = Estimate(name="x", value=0.0, low=0.0, high=0.0, n=9, method="normal")
    assert beyond(same.asked(at_least=0.1)) == [0.0]
    assert beyond(same.asked(at_least=-0.1)) == [1.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_that_of_its_definition(p: list[float]) -> None:
    ordered = sorted(p)
    expected = {x: max(min(1.0, (len(p) - i) * ordered[i]) for i in range(ordered.index(x) + 1)) for x in p}
    found = holm(p)
    for x, q in zip(p, found, strict=True):
        assert q >= expected[x] - 1e-12
        assert q >= x


def test_sound_figures_are_failed_less_often_than_five_times_in_a_hundred_in_all() -> None:
    rng = np.random.default_rng(7)
    failed = 0
    for _ in range(2000):
        answers = [judged(figure(float(v), 1.0, at_least=0.0)) for v in rng.normal(size=8)]
        failed += any(one.verdict is Verdict.FAIL for one in settled(answers))
    assert failed / 2000 < 0.04  # each side of the interval alone may err in 2.5 of 100
    alone = sum((rng.normal(size=8) < -Z).any() for _ in range(2000)) / 2000
    assert alone > 0.12  # unadjusted, eight figures would err far more often
