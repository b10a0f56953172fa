"""The measures agree with scikit-learn, SciPy and a plain loop on random inputs."""

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from glassworks.core.contract import Task, ValueMatrix, exactly
from glassworks.measures import calibration, explain, intervals, performance, resample, value
from glassworks.measures.decision import best_first, first_share, top_share
from glassworks.measures.scored import Scored

SEEDS = [0, 1, 2]


def binary(seed, n=400):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int64)
    scores = 1 / (1 + np.exp(-(np.round(rng.normal(size=n), 1) + y - 1)))
    return y, scores


@pytest.mark.parametrize("seed", SEEDS)
def test_binary_figures_agree_with_scikit_learn(seed) -> None:
    y, scores = binary(seed)
    assert performance.auc(y, scores).value == pytest.approx(metrics.roc_auc_score(y, scores), abs=1e-12)
    assert performance.brier(y, scores).value == pytest.approx(metrics.brier_score_loss(y, scores))
    assert performance.log_loss(y, scores).value == pytest.approx(metrics.log_loss(y, scores))
    assert performance.accuracy(y, scores).value == metrics.accuracy_score(y, scores >= 0.5)


@pytest.mark.parametrize("seed", SEEDS)
def test_multiclass_and_regression_figures_agree_with_scikit_learn(seed) -> None:
    rng = np.random.default_rng(seed)
    y, scores = rng.integers(0, 3, 300), rng.dirichlet(np.ones(3), 300)
    assert performance.log_loss(y, scores).value == pytest.approx(metrics.log_loss(y, scores))
    assert performance.accuracy(y, scores).value == metrics.accuracy_score(y, scores.argmax(axis=1))
    truth, said = rng.normal(size=300), rng.normal(size=300)
    assert performance.rmse(truth, said).value == pytest.approx(metrics.root_mean_squared_error(truth, said))
    assert performance.mae(truth, said).value == pytest.approx(metrics.mean_absolute_error(truth, said))
    scored = Scored(Task.REGRESSION, truth, said, None, None, 1.0)
    assert performance.better_than_chance(scored).value == pytest.approx(metrics.r2_score(truth, said))


@pytest.mark.parametrize("seed", SEEDS)
def test_delong_agrees_with_the_pairwise_definition_of_its_variance(seed) -> None:
    y, scores = binary(seed, 150)
    wins = (scores[y == 1][:, None] > scores[y == 0]) + 0.5 * (scores[y == 1][:, None] == scores[y == 0])
    above, below = wins.mean(axis=1), wins.mean(axis=0)
    se = np.sqrt(above.var(ddof=1) / above.size + below.var(ddof=1) / below.size)
    one = performance.auc(y, scores, 0.9)
    assert one.high - one.low == pytest.approx(2 * stats.norm.ppf(0.95) * se)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_calibration_slope_agrees_with_a_logistic_regression(seed) -> None:
    y, scores = binary(seed)
    logit = np.log(scores / (1 - scores))[:, None]
    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(logit, y)
    slope, intercept = calibration.slope_and_intercept(y, scores)
    assert slope.value == pytest.approx(fitted.coef_[0, 0], abs=1e-5)
    shifted = 1 / (1 + np.exp(-(logit[:, 0] + intercept.value)))
    assert shifted.sum() == pytest.approx(y.sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_rates_ranks_and_corrections_agree_with_scipy(seed) -> None:
    rng = np.random.default_rng(seed)
    wilson = stats.binomtest(int(rng.integers(1, 60)), 60)
    expected = wilson.proportion_ci(0.9, method="wilson")
    assert intervals.wilson(wilson.k, 60, 0.9) == pytest.approx((expected.low, expected.high))
    ratio = stats.contingency.relative_risk(12, 60, 20, 70)
    ends = ratio.confidence_interval(0.95)
    assert intervals.katz_ratio(12, 60, 20, 70) == pytest.approx((ratio.relative_risk, ends.low, ends.high))
    p = rng.random(20) ** 3
    assert (intervals.benjamini_hochberg(p, 0.1) == (stats.false_discovery_control(p) <= 0.1)).all()
    a, b = rng.integers(0, 9, 80), rng.normal(size=80)
    assert performance.midranks(a) == pytest.approx(stats.rankdata(a))
    assert explain.spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic)


def test_the_decision_curve_agrees_with_the_net_benefit_at_each_threshold() -> None:
    y, scores = binary(4)
    points = [0.05, float(scores[7]), 0.4, 0.99]
    expected = [value.net_benefit(y, scores >= t, t) for t in points]
    assert [row["model"] for row in value.decision_curve(y, scores, points)] == pytest.approx(expected)


def test_a_decision_made_anew_in_each_resample_agrees_with_a_plain_loop() -> None:
    y, scores = binary(8, 60)
    order, k = best_first(scores), 25
    (counted,) = resample.counts(60, 50, np.random.default_rng(1))
    assert (counted.sum(axis=1) == 60).all()
    drawn = [np.repeat(order, row)[:k] for row in counted[:, order]]
    fast = resample.taken_total(counted[:, order], k, y[order])
    assert fast == pytest.approx([y[rows].sum() for rows in drawn])


@pytest.mark.parametrize("share", [None, 0.4])
def test_the_spread_of_a_gain_is_that_of_an_ordinary_bootstrap(share) -> None:
    y, scores = binary(2, 300)
    acted = scores >= 0.4 if share is None else top_share(scores, share)
    base = np.zeros(300, dtype=bool) if share is None else first_share(300, share)
    worth = ValueMatrix(act_positive=exactly(10), act_negative=exactly(-3))
    gain = value.kpi_gain(Scored(Task.BINARY, y, scores, acted, base, 1.0, capacity_share=share), worth, repeats=4000)
    rng, draws = np.random.default_rng(9), []
    for _ in range(1500):
        rows = np.sort(rng.integers(0, 300, 300))
        did = acted[rows] if share is None else top_share(scores[rows], share)
        was = base[rows] if share is None else first_share(300, share)
        draws.append(value.net_value(y[rows], did, worth) - value.net_value(y[rows], was, worth))
    low, high = intervals.percentile(draws)
    assert gain.value == value.net_value(y, acted, worth) - value.net_value(y, base, worth)
    assert (gain.low, gain.high) == pytest.approx((low, high), abs=0.12 * (high - low))
