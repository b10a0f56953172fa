"""What chance alone makes of calibration figures, how often intervals hold the truth, and the edges of new measures."""

from collections.abc import Callable

import numpy as np
import pytest

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures import calibration, discrimination, fairness, grades, intervals, performance
from glassworks.measures.scored import Scored

Numbers = np.ndarray


def calibrated(n: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    scores = 1 / (1 + np.exp(-rng.normal(-1, 1, n)))
    return (rng.random(n) < scores).astype(np.int64), scores


def off(n: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    y, scores = calibrated(n, rng)
    return y, scores**2 / (scores**2 + (1 - scores) ** 2)


@pytest.mark.parametrize("n", [300, 8000])
def test_the_null_of_the_calibration_error_is_that_of_outcomes_drawn_one_by_one(n: int) -> None:
    rng = np.random.default_rng(1)
    y, scores = calibrated(n, rng)
    plainly = [calibration.ece((rng.random(n) < scores).astype(np.int64), scores) for _ in range(800)]
    found = grades.ece_beyond_chance(y, scores, repeats=800).chance
    low, high = intervals.percentile(plainly)
    assert found.value == pytest.approx(np.mean(plainly), rel=0.04)
    assert (found.low, found.high) == pytest.approx((low, high), rel=0.1)


def test_the_calibration_error_of_a_perfectly_calibrated_model_is_seldom_beyond_chance_and_that_of_another_is() -> None:
    rng = np.random.default_rng(2)
    sound = [grades.ece_beyond_chance(*calibrated(1000, rng), repeats=200).beyond.low > 0 for _ in range(100)]
    assert sum(sound) <= 8
    assert all(grades.ece_beyond_chance(*off(1000, rng), repeats=200).beyond.low > 0 for _ in range(10))


def test_the_error_shrinks_with_more_cases_though_the_model_stays_the_same() -> None:
    few, many = (
        grades.ece_beyond_chance(*calibrated(n, np.random.default_rng(3))).chance.value for n in (1000, 100_000)
    )
    assert few == pytest.approx(0.03, abs=0.01) and many == pytest.approx(0.003, abs=0.001)


def test_hosmer_lemeshow_refuses_a_hardly_wrong_model_once_there_are_many_cases() -> None:
    def refused(n: int) -> bool:
        rng = np.random.default_rng(4)
        odds = rng.normal(-1, 1, n)
        y = (rng.random(n) < 1 / (1 + np.exp(-0.95 * odds))).astype(np.int64)
        return grades.hosmer_lemeshow(y, 1 / (1 + np.exp(-odds)))[1] < 0.05

    assert not refused(1000) and refused(200_000)


def test_grades_of_a_calibrated_model_seldom_stand_out_and_a_spoiled_grade_does() -> None:
    rng = np.random.default_rng(5)
    samples = [grades.jeffreys_grades(*calibrated(1000, rng)) for _ in range(100)]
    assert sum(any(row["stands_out"] for row in rows) for rows in samples) <= 12
    y, scores = calibrated(2000, rng)
    worst = scores >= np.quantile(scores, 0.9)
    rows = grades.jeffreys_grades(np.where(worst, 0, y), scores)
    assert [row["grade"] for row in rows if row["stands_out"]] == [10]


def test_hosmer_lemeshow_and_grades_bear_certain_scores() -> None:
    scores = np.repeat([0.0, 1.0], 50)
    assert grades.hosmer_lemeshow(scores.astype(int), scores) == (0.0, 1.0)
    assert grades.hosmer_lemeshow(1 - scores.astype(int), scores)[1] == 0
    assert all(row["stands_out"] for row in grades.jeffreys_grades(1 - scores.astype(int), scores))
    one = grades.ece_beyond_chance([1], [0.4])
    assert one.seen.value == pytest.approx(0.6) and one.beyond.low < 0.6


def test_an_interval_of_the_parts_of_the_brier_score_holds_the_truth() -> None:
    rng = np.random.default_rng(6)
    truth = grades.murphy(*off(400_000, rng), repeats=20)
    samples = [grades.murphy(*off(1500, rng), repeats=200) for _ in range(80)]
    for name in ("reliability", "resolution", "uncertainty"):
        value = getattr(truth, name).value
        held = sum(getattr(one, name).low <= value <= getattr(one, name).high for one in samples)
        assert held >= 68, name


@pytest.mark.parametrize("measure", [discrimination.ks, discrimination.average_precision, performance.log_loss_skill])
def test_intervals_hold_the_truth_as_often_as_they_say(measure: Callable[..., Estimate]) -> None:
    rng = np.random.default_rng(7)
    truth = measure(*calibrated(400_000, rng)).value
    samples = [measure(*calibrated(500, rng)) for _ in range(200)]
    assert sum(one.low <= truth <= one.high for one in samples) >= 180


def test_the_interval_of_a_rank_correlation_holds_where_the_spread_of_outcomes_grows_with_the_prediction() -> None:
    rng = np.random.default_rng(8)

    def sample(n: int) -> Estimate:
        said = rng.normal(size=n)
        return discrimination.rank_correlation(said + 1.5 * np.abs(said) * rng.normal(size=n), said)

    truth = sample(400_000).value
    assert sum(one.low <= truth <= one.high for one in [sample(300) for _ in range(200)]) >= 180


def test_perfect_order_of_few_cases_is_not_certain() -> None:
    y, scores = [0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]
    assert discrimination.ks(y, scores).value == 1 and discrimination.ks(y, scores).low < 0.5
    perfect = discrimination.average_precision(y, scores)
    assert perfect.value == 1 and perfect.low < 0.5
    order = discrimination.rank_correlation([1.0, 2, 3, 4, 5], [1.0, 2, 3, 4, 5])
    assert order.value == order.high == 1 and order.low < 0.5
    sure = np.eye(3)[[0, 1, 2, 0]]
    assert discrimination.macro_auc([0, 1, 2, 0], sure).low < 0.5
    assert discrimination.rank_correlation([1, 1, 1, 1], [1, 2, 3, 4]).value == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda: discrimination.ks([1, 1], [0.1, 0.2]),
        lambda: discrimination.average_precision([0, 0], [0.1, 0.2]),
        lambda: discrimination.macro_auc([1, 1], np.full((2, 3), 0.3)),
        lambda: discrimination.rank_correlation([1, 2, 3], [1, 2, 3]),
        lambda: performance.log_loss_skill([1, 1], [0.5, 0.5]),
        lambda: performance.lift([1, 0], [0, 0]),
        lambda: calibration.outcome_slope([1, 2, 3], [5, 5, 5]),
        lambda: intervals.welch([1], [1, 2]),
        lambda: fairness.auc_within(Scored(Task.BINARY, np.ones(2), np.ones(2), None, None, 1.0)),
        lambda: fairness.score_differences(Scored(Task.BINARY, np.ones(2), np.ones(2), None, None, 1.0)),
        lambda: performance.precision(Scored(Task.REGRESSION, np.ones(2), np.ones(2), None, None, 1.0)),
    ],
)
def test_what_cannot_be_measured_is_refused_in_words(ask: Callable[[], object]) -> None:
    with pytest.raises(FixTheInput):
        ask()


def test_a_class_without_a_case_is_left_out() -> None:
    rng = np.random.default_rng(9)
    y, scores = rng.integers(0, 2, 100), rng.dirichlet(np.ones(2), 100)
    wide = np.column_stack([scores, np.zeros(100)])
    assert discrimination.macro_auc(y, wide) == discrimination.macro_auc(y, scores)


def test_groups_alike_are_all_drawn_to_the_rate_of_all_and_a_small_group_more_than_a_large_one() -> None:
    group = np.repeat(["a", "b", "c"], [400, 400, 8])

    def told(rates: tuple[float, float, float]) -> dict[str, float]:
        acted = np.concatenate([np.arange(n) < rate * n for rate, n in zip(rates, (400, 400, 8), strict=True)])
        one = Scored(Task.BINARY, np.ones(808), acted * 1.0, acted, acted, 1.0, group=group)
        return {found.group: found.value for found in fairness.shrunken_rates(one, "selection_rate")}

    assert all(rate == pytest.approx(0.5, abs=1e-3) for rate in told((0.5, 0.5, 0.5)).values())
    apart = told((0.3, 0.7, 1.0))
    assert apart["a"] == pytest.approx(0.3, abs=0.02) and apart["b"] == pytest.approx(0.7, abs=0.02)
    assert 0.6 < apart["c"] < 0.9
