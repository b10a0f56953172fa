"""Rates of groups, their ratios and equalised odds beside Fairlearn's, on random decisions."""

import numpy as np
import pytest
from fairlearn.metrics import (
    MetricFrame,
    demographic_parity_ratio,
    equalized_odds_difference,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.contract import Task
from glassworks.measures.fairness import equalised_odds, group_rates, group_ratios
from glassworks.measures.scored import Scored

THEIRS = {
    "selection_rate": selection_rate,
    "equal_opportunity": true_positive_rate,
    "false_positive_rate": false_positive_rate,
}


def decisions(seed: int, groups: int) -> Scored:
    rng = np.random.default_rng(seed)
    n = 600
    group, y = rng.choice([f"g{k}" for k in range(groups)], n), rng.integers(0, 2, n)
    chance = {f"g{k}": rng.uniform(0.2, 0.8) for k in range(groups)}
    acted = rng.random(n) < np.array([chance[one] for one in group]) * np.where(y == 1, 1.0, 0.6)
    return Scored(Task.BINARY, y, acted * 1.0, acted, np.zeros(n, dtype=bool), 1.0, group=group)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_rates_and_equalised_odds_are_those_of_fairlearn(seed: int, groups: int) -> None:
    one = decisions(seed, groups)
    for name, theirs in THEIRS.items():
        frame = MetricFrame(metrics=theirs, y_true=one.y, y_pred=one.acted, sensitive_features=one.group)
        assert {r.group: pytest.approx(r.value) for r in group_rates(one, name)} == frame.by_group.to_dict()
    lowest = min(ratio.value for ratio in group_ratios(one, "selection_rate", min_cases=0))
    sensitive = {"sensitive_features": one.group}
    assert lowest == pytest.approx(demographic_parity_ratio(one.y, one.acted, **sensitive))
    gap = equalised_odds(one)
    assert gap is not None and gap.low <= gap.value <= gap.high
    assert gap.value == pytest.approx(equalized_odds_difference(one.y, one.acted, **sensitive))


def test_one_group_alone_has_no_gap() -> None:
    assert equalised_odds(decisions(1, 1)) is None
