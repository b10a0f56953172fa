"""The measures agree with scikit-learn, SciPy and a plain loop on random inputs.

Beside this file: `test_fairness_beside_fairlearn.py` and `test_measures_beside_statsmodels.py`. Every measure that the
questions of gate 4 use is held against an outside library, but for these, for which none was found among the tools of
the house; they are held against a plain loop or the definition here and in the files beside this one:

- `average_precision`, `ks` and `rank_correlation`: their intervals, held against samples drawn from a known truth in
  `test_grades_beyond_chance.py`, the last also against a bootstrap here (the values agree with libraries);
- `placements` and DeLong's interval, of one AUC and of a mean of AUCs: the pairwise definition, here; `macro_auc`'s
  value agrees with scikit-learn;
- `skill` of the Brier score and of the log loss: the interval (the values agree with scikit-learn's losses);
- `murphy`, `ece`, `ece_beyond_chance`, `hosmer_lemeshow`: plain loops, and drawn samples in
  `test_grades_beyond_chance.py`; bins agree with scikit-learn's `calibration_curve`;
- `drift.psi`: a plain loop; its null is pinned in `test_measures_reference_figures.py`;
- `kpi_gain`, `reached_gain`, `profit_by_share` and `benefit_by_threshold`: an ordinary bootstrap in a plain loop here,
  and `test_curves.py`, `test_values_by_row.py`;
- `weak_slices`: `test_slices.py`, its t-test here; `explain` but for rank correlation: `test_measures_behaviour.py`;
- `shrunken_rates`: the moments of a plain loop here; `score_differences` and `equalised_odds`: the interval (the values
  agree with SciPy and Fairlearn).
"""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression

from glassworks.core.contract import Task, ValueMatrix, exactly
from glassworks.measures import (
    calibration,
    conformal,
    discrimination,
    drift,
    explain,
    fairness,
    grades,
    intervals,
    performance,
    profile,
    resample,
    slices,
    value,
)
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


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_of_two_outcomes_agree_with_scikit_learn_and_scipy(seed) -> None:
    y, scores = binary(seed)
    assert discrimination.gini(y, scores).value == pytest.approx(2 * metrics.roc_auc_score(y, scores) - 1)
    found = discrimination.average_precision(y, scores)
    assert found.value == pytest.approx(metrics.average_precision_score(y, scores), abs=1e-12)
    theirs = stats.ks_2samp(scores[y == 1], scores[y == 0])
    assert discrimination.ks(y, scores).value == pytest.approx(theirs.statistic, abs=1e-12)
    base = np.full(y.size, y.mean())
    better = 1 - metrics.log_loss(y, scores) / metrics.log_loss(y, base)
    assert performance.log_loss_skill(y, scores).value == pytest.approx(better)
    better = 1 - metrics.brier_score_loss(y, scores) / metrics.brier_score_loss(y, base)
    assert performance.brier_skill(y, scores).value == pytest.approx(better)


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_of_the_decision_agree_with_scikit_learn(seed) -> None:
    y, scores = binary(seed)
    acted = top_share(scores, 0.3)
    one = Scored(Task.BINARY, y, scores, acted, acted, 1.0)
    assert performance.precision(one).value == pytest.approx(metrics.precision_score(y, acted))
    assert performance.recall(one).value == pytest.approx(metrics.recall_score(y, acted))
    assert performance.lift(y, acted).value == pytest.approx(metrics.precision_score(y, acted) / y.mean())
    assert performance.lift_at(y, scores, 0.3).value == performance.lift(y, acted).value


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_of_several_classes_agree_with_scikit_learn(seed) -> None:
    rng = np.random.default_rng(seed)
    scores = np.round(rng.dirichlet(np.ones(3), 300), 2)
    scores /= scores.sum(axis=1, keepdims=True)
    y = (rng.random(300)[:, None] > scores.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    theirs = metrics.roc_auc_score(y, scores, multi_class="ovr", average="macro")
    assert discrimination.macro_auc(y, scores).value == pytest.approx(theirs)
    shares = np.tile(np.bincount(y) / y.size, (y.size, 1))
    better = 1 - metrics.log_loss(y, scores) / metrics.log_loss(y, shares)
    assert performance.log_loss_skill(y, scores).value == pytest.approx(better)
    better = 1 - metrics.brier_score_loss(y, scores) / metrics.brier_score_loss(y, shares)
    assert performance.brier_skill(y, scores).value == pytest.approx(better)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_interval_of_a_mean_of_aucs_is_delongs_and_that_of_a_bootstrap(seed) -> None:
    y, scores = binary(seed, 300)
    both = np.column_stack([1 - scores, scores])
    one, mean = performance.auc(y, scores), discrimination.macro_auc(y, both)
    assert (mean.low, mean.high) == pytest.approx((one.low, one.high), abs=2e-3)
    rng = np.random.default_rng(seed)
    three = rng.dirichlet(np.ones(3), 400)
    which = (rng.random(400)[:, None] > three.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    draws = []
    for _ in range(400):
        rows = rng.integers(0, 400, 400)
        draws.append(metrics.roc_auc_score(which[rows], three[rows], multi_class="ovr"))
    found = discrimination.macro_auc(which, three)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * np.std(draws), rel=0.15)


@pytest.mark.parametrize("seed", SEEDS)
def test_grades_agree_with_the_bins_of_scikit_learn(seed) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.random(400)
    y = (rng.random(400) < scores).astype(np.int64)
    happened, foretold = calibration_curve(y, scores, n_bins=10, strategy="quantile")
    rows = grades.jeffreys_grades(y, scores)
    assert [row["happened"] for row in rows] == pytest.approx(happened)
    assert [row["foretold"] for row in rows] == pytest.approx(foretold)
    assert [row["observed"] for row in calibration.reliability(y, scores)] == pytest.approx(happened)
    assert calibration.ece(y, scores) == pytest.approx(np.abs(happened - foretold).mean())
    assert grades.ece_beyond_chance(y, scores, repeats=10).seen.value == pytest.approx(calibration.ece(y, scores))


@pytest.mark.parametrize("seed", SEEDS)
def test_jeffreys_grades_agree_with_the_beta_distribution_of_scipy(seed) -> None:
    y, scores = binary(seed)
    rows = grades.jeffreys_grades(y, scores, level=0.9)
    for row in rows:
        seen = round(row["happened"] * row["n"])
        posterior = stats.beta(seen + 0.5, row["n"] - seen + 0.5)
        below = posterior.cdf(row["foretold"])
        assert row["p"] == pytest.approx(2 * min(below, 1 - below))
        assert (row["low"], row["high"]) == pytest.approx(posterior.interval(0.9))
    out = stats.false_discovery_control([row["p"] for row in rows]) <= 0.05
    assert [row["stands_out"] for row in rows] == out.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_parts_of_the_brier_score_agree_with_a_plain_loop_and_add_up(seed) -> None:
    y, scores = binary(seed)
    order = np.argsort(scores, kind="stable")
    reliability = resolution = within = 0.0
    statistic, overall = 0.0, y.mean()
    for rows in np.array_split(order, 10):
        foretold, happened, n = scores[rows].mean(), y[rows].mean(), rows.size
        reliability += n * (foretold - happened) ** 2 / 400
        resolution += n * (happened - overall) ** 2 / 400
        within += sum(2 * (y[i] - happened) * (scores[i] - foretold) - (scores[i] - foretold) ** 2 for i in rows) / 400
        statistic += n * (happened - foretold) ** 2 / (foretold * (1 - foretold))
    found = grades.murphy(y, scores)
    assert found.reliability.value == pytest.approx(reliability)
    assert found.resolution.value == pytest.approx(resolution + within)
    whole = found.reliability.value - found.resolution.value + found.uncertainty.value
    assert whole == pytest.approx(metrics.brier_score_loss(y, scores))
    assert grades.hosmer_lemeshow(y, scores) == pytest.approx((statistic, stats.chi2(10).sf(statistic)))


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_of_numbers_agree_with_scipy(seed) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=300)
    said = truth + rng.normal(size=300)
    assert discrimination.rank_correlation(truth, said).value == pytest.approx(stats.spearmanr(truth, said).statistic)
    assert calibration.outcome_slope(truth, said).value == pytest.approx(stats.linregress(said, truth).slope)
    found = calibration.mean_error(truth, said, 0.9)
    ends = stats.norm.interval(0.9, np.mean(said - truth), stats.sem(said - truth))
    assert (found.low, found.high) == pytest.approx(ends)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_interval_of_a_rank_correlation_is_that_of_a_bootstrap(seed) -> None:
    rng = np.random.default_rng(seed)
    said = np.round(rng.normal(size=400), 1)
    truth = said + 1.5 * np.abs(said) * rng.normal(size=400)
    draws = []
    for _ in range(800):
        rows = rng.integers(0, 400, 400)
        draws.append(stats.spearmanr(truth[rows], said[rows]).statistic)
    found = discrimination.rank_correlation(truth, said)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * np.std(draws), rel=0.12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_difference_of_means_agrees_with_scipys_welch_test(seed) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(0, 1, 40), rng.normal(0.3, 3, 25)
    ends = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.9)
    assert intervals.welch(a, b, 0.9) == pytest.approx((a.mean() - b.mean(), ends.low, ends.high))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_weak_slice_is_confirmed_by_scipys_t_test_of_the_half_that_did_not_find_it(seed) -> None:
    rng = np.random.default_rng(seed)
    n = 2000
    side, truth = rng.choice(["left", "right"], n), rng.normal(size=n)
    scores = np.where(side == "left", truth + rng.normal(size=n) * 0.1, truth + 2)
    (found,) = slices.weak_slices({"side": side}, truth, scores)
    confirming = ~slices.half(n) & (side == "right")
    finding = slices.half(n) & (side == "right")
    own = (scores - truth)[confirming] ** 2
    plain = (truth[finding].mean() - truth[confirming]) ** 2
    assert stats.ttest_rel(own, plain, alternative="greater").pvalue < 0.05
    assert (found.n, found.ratio) == (int(confirming.sum()), pytest.approx(own.mean() / plain.mean(), rel=1e-5))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_stability_index_agrees_with_a_plain_loop(seed) -> None:
    rng = np.random.default_rng(seed)
    before, now = rng.normal(size=500), rng.normal(0.3, 1.2, 400)
    cuts = [np.quantile(before, k / 10) for k in range(1, 10)]
    ends = [-np.inf, *cuts, np.inf]
    expected = 0.0
    for low, high in pairwise(ends):
        q = (((before > low) & (before <= high)).sum() + 0.5) / (500 + 5)
        p = (((now > low) & (now <= high)).sum() + 0.5) / (400 + 5)
        expected += (p - q) * np.log(p / q)
    found, null95 = drift.psi(before, now)
    assert found == pytest.approx(expected)
    assert null95 == pytest.approx((1 / 500 + 1 / 400) * stats.chi2(9).ppf(0.95))


def grouped(seed, n=900) -> Scored:
    rng = np.random.default_rng(seed)
    y, scores = binary(seed, n)
    group = rng.choice(["a", "b", "c", "d"], n, p=[0.5, 0.3, 0.15, 0.05])
    acted = rng.random(n) < np.select([group == "a", group == "d"], [0.5, 0.2], 0.35)
    return Scored(Task.BINARY, y, scores, acted, acted, 1.0, group=group)


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_within_and_between_groups_agree_with_scikit_learn_and_scipy(seed) -> None:
    one = grouped(seed)
    for found in fairness.auc_within(one):
        inside = one.group == found.group
        assert found.value == pytest.approx(metrics.roc_auc_score(one.y[inside], one.scores[inside]))
    for found in fairness.score_differences(one):
        own, others = (one.scores[mask] for mask in (one.group == found.group, one.group != found.group))
        pooled = stats.ttest_ind(own, others)
        assert found.value == pytest.approx(pooled.statistic * np.sqrt(1 / own.size + 1 / others.size))


@pytest.mark.parametrize("seed", SEEDS)
def test_shrunken_rates_agree_with_the_moments_of_a_plain_loop(seed) -> None:
    one = grouped(seed)
    names = ["a", "b", "c", "d"]
    n = {name: int((one.group == name).sum()) for name in names}
    s = {name: int(one.acted[one.group == name].sum()) for name in names}
    everyone, p = one.n, one.acted.mean()
    spread = sum(n[k] / everyone * (s[k] / n[k] - p) ** 2 for k in names)
    free = {k: n[k] / everyone * (1 - n[k] / everyone) for k in names}
    chance = sum(p * (1 - p) * free[k] / n[k] for k in names)
    alike = (spread - chance) / (p * (1 - p) * sum(free[k] * (1 - 1 / n[k]) for k in names))
    assert 0 < alike < 1
    prior = 1 / alike - 1
    for found in fairness.shrunken_rates(one, "selection_rate"):
        posterior = stats.beta(s[found.group] + p * prior, n[found.group] - s[found.group] + (1 - p) * prior)
        assert found.value == pytest.approx(posterior.mean(), abs=1e-6)
        assert (found.low, found.high) == pytest.approx(posterior.interval(0.95), abs=1e-6)
        raw = s[found.group] / n[found.group]
        assert min(raw, p) - 1e-6 <= found.value <= max(raw, p) + 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_the_spread_of_a_mean_and_of_quantiles_is_that_of_scipys_bootstrap(seed) -> None:
    y, _ = binary(seed, 300)
    theirs = stats.bootstrap((y,), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(0))
    drawn = resample.cell_counts(y, 2, 4000, np.random.default_rng(1))[:, 1] / 300
    ends = theirs.confidence_interval
    assert intervals.percentile(drawn) == pytest.approx((ends.low, ends.high), abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_strength_of_a_column_agrees_with_scikit_learn_and_scipy(seed) -> None:
    y, scores = binary(seed)
    area = metrics.roc_auc_score(y, -scores)
    assert profile.single_column_strength(-scores, y, Task.BINARY) == pytest.approx(max(area, 1 - area))
    numbers = np.random.default_rng(seed).normal(size=400) + scores
    ranks = abs(stats.spearmanr(scores, numbers).statistic)
    assert profile.single_column_strength(scores, numbers, Task.REGRESSION) == pytest.approx(ranks)
    classes = np.digitize(numbers, [-0.3, 0.6])
    f = stats.f_oneway(*(scores[classes == k] for k in range(3))).statistic
    ratio = np.sqrt(2 * f / (2 * f + 400 - 3))
    assert profile.single_column_strength(scores, classes, Task.MULTICLASS) == pytest.approx(ratio)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_conformal_range_agrees_with_numpys_quantile_and_its_band_with_scipys_beta(seed) -> None:
    errors = np.abs(np.random.default_rng(seed).normal(size=137))
    k = int(np.ceil(138 * 0.9))
    assert conformal.radius(errors, 0.1) == np.quantile(errors, k / 137, method="inverted_cdf")
    out = int(138 * 0.1)
    assert conformal.coverage_band(137) == pytest.approx(stats.beta(138 - out, out).ppf([0.05, 0.95]))
