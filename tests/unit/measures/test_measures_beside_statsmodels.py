"""Rates, differences, ratios, corrections and calibration beside those of statsmodels, on random inputs."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from glassworks.measures import calibration, intervals

counts = st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
inner = st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n)))
levels = st.sampled_from([0.8, 0.9, 0.95, 0.975, 0.99])


@settings(max_examples=100, deadline=None)
@given(counts, levels)
def test_wilson(one: tuple[int, int], level: float) -> None:
    theirs = proportion_confint(*one, alpha=1 - level, method="wilson")
    assert intervals.wilson(*one, level) == pytest.approx(theirs, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(inner, inner, levels)
def test_newcombe(one: tuple[int, int], other: tuple[int, int], level: float) -> None:
    theirs = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff", alpha=1 - level)
    assert intervals.newcombe(*one, *other, level)[1:] == pytest.approx(theirs, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(inner, inner, levels)
def test_katz(one: tuple[int, int], other: tuple[int, int], level: float) -> None:
    theirs = confint_proportions_2indep(*one, *other, method="log", compare="ratio", alpha=1 - level)
    assert intervals.katz_ratio(*one, *other, level)[1:] == pytest.approx(theirs, rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from([0.01, 0.05, 0.1]))
def test_holm_and_benjamini_hochberg(p: list[float], q: float) -> None:
    assert intervals.holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)
    theirs = multipletests(p, alpha=q, method="fdr_bh")
    assume(all(abs(one - q) > 1e-12 for one in theirs[1]))
    assert intervals.benjamini_hochberg(p, q).tolist() == theirs[0].tolist()


def foretold(seed: int, n: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and probabilities that are too extreme and too high."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-0.5, 1.2, n)
    return (rng.random(n) < 1 / (1 + np.exp(-0.7 * odds))).astype(float), 1 / (1 + np.exp(-odds - 0.3))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), levels)
def test_calibration_slope_and_intercept_with_their_standard_errors(seed: int, level: float) -> None:
    y, scores = foretold(seed)
    logit = np.log(scores / (1 - scores))
    slope, intercept = calibration.slope_and_intercept(y, scores, level)
    fitted = sm.Logit(y, sm.add_constant(logit)).fit(disp=0, method="newton", tol=1e-12)
    assert slope.value == pytest.approx(fitted.params[1], rel=1e-6)
    assert (slope.low, slope.high) == pytest.approx(fitted.conf_int(1 - level)[1], rel=1e-5)
    shifted = sm.GLM(y, np.ones_like(y), family=sm.families.Binomial(), offset=logit).fit(tol=1e-12)
    assert intercept.value == pytest.approx(shifted.params[0], abs=1e-7)
    assert (intercept.low, intercept.high) == pytest.approx(shifted.conf_int(1 - level)[0], abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), levels)
def test_the_slope_of_numbers_with_hc3(seed: int, level: float) -> None:
    rng = np.random.default_rng(seed)
    said = rng.normal(10, 3, 80)
    truth = 0.8 * said + rng.normal(size=80) * np.abs(said - 10)
    found = calibration.outcome_slope(truth, said, level)
    theirs = sm.OLS(truth, sm.add_constant(said)).fit(cov_type="HC3")
    assert found.value == pytest.approx(theirs.params[1])
    assert (found.low, found.high) == pytest.approx(theirs.conf_int(1 - level)[1])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), levels)
def test_welch_and_the_mean_error(seed: int, level: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(0, 1, rng.integers(2, 60)), rng.normal(1, 4, rng.integers(2, 60))
    theirs = CompareMeans(DescrStatsW(a), DescrStatsW(b)).tconfint_diff(alpha=1 - level, usevar="unequal")
    assert intervals.welch(a, b, level)[1:] == pytest.approx(theirs)
    mean = calibration.mean_error(np.zeros(a.size), a, level)
    assert (mean.low, mean.high) == pytest.approx(DescrStatsW(a).zconfint_mean(1 - level))
