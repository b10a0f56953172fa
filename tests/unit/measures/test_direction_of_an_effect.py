"""The direction of a fitted effect is an estimate, too: its interval is a bootstrap by row."""

import numpy as np
import pytest
from scipy import stats

from glassworks.measures.explain import direction_interval


def test_the_interval_of_a_direction_is_that_of_a_plain_bootstrap_by_row() -> None:
    rng = np.random.default_rng(12)
    curves = np.linspace(0, 0.4, 7)[:, None] + rng.normal(size=(7, 40))
    found = direction_interval(curves, repeats=2000, seed=3)
    drawn = [
        stats.spearmanr(np.arange(7), curves[:, rng.integers(0, 40, 40)].mean(axis=1)).statistic for _ in range(2000)
    ]
    assert found.value == pytest.approx(stats.spearmanr(np.arange(7), curves.mean(axis=1)).statistic)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.12)
    steady = direction_interval(np.linspace(0, 1, 7)[:, None] + np.zeros((7, 5)))
    assert (steady.low, steady.value, steady.high) == (1.0, 1.0, 1.0)
    flat = direction_interval(1e-4 * curves, least=0.01)
    assert (flat.low, flat.value, flat.high) == (0.0, 0.0, 0.0)
