"""The ceiling of a perfect model and the power of the sealed rows, against figures worked out by hand."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from glassworks.core.contract import Brief
from glassworks.core.result import Verdict
from glassworks.core.usecase import UseCase
from glassworks.stages.scope.brief_file import brief_from_yaml
from glassworks.stages.scope.feasibility import detectable_gain, feasibility, reach, swing

TEXT = (Path(__file__).parents[3] / "src/glassworks/examples/term_deposit/brief.yaml").read_text()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def brief() -> Brief:
    case = UseCase(id="case", title="A title", question="A question?", opened_by="p", opened_at=NOW, moved_at=NOW)
    return brief_from_yaml(TEXT, case, {}, NOW)


def with_share(brief: Brief, share: float | None) -> Brief:
    return brief.model_copy(update={"decision": brief.decision.model_copy(update={"capacity_share": share})})


def test_one_call_moved_to_a_subscriber_is_worth_the_subscription(brief: Brief) -> None:
    assert swing(brief) == 200


def test_the_ceiling_with_capacity_is_what_arithmetic_says(brief: Brief) -> None:
    assert reach(brief, 0.1).ceiling == pytest.approx(730 * (0.1 - 0.5 * 0.1) * 200 - 150)
    assert reach(brief, 0.7).ceiling == pytest.approx(730 * (0.5 - 0.5 * 0.7) * 200 - 150)
    assert reach(brief, 0.1).least_rate == pytest.approx(6150 / (730 * 200 * 0.5))


def test_the_ceiling_without_capacity_is_every_positive(brief: Brief) -> None:
    assert reach(with_share(brief, None), 0.1).ceiling == pytest.approx(73 * 194 - 150)


def test_a_target_above_the_ceiling_fails_and_below_passes(brief: Brief) -> None:
    assert feasibility(brief, 0.05, 1460).verdict is Verdict.FAIL
    assert feasibility(brief, 0.5, 1460).verdict is Verdict.PASS
    assert feasibility(brief, None, 1460).verdict is Verdict.INCONCLUSIVE
    greedy = brief.model_copy(update={"kpi": brief.kpi.model_copy(update={"target": 90_000})})
    assert feasibility(greedy, None, 1460).verdict is Verdict.FAIL


def test_acting_on_everybody_leaves_nothing_to_gain(brief: Brief) -> None:
    assert feasibility(with_share(brief, 1.0), 0.5, 1460).verdict is Verdict.FAIL


def test_the_detectable_gain_is_found_four_times_in_five(brief: Brief) -> None:
    rows, rate = 1460, 0.5
    gain = detectable_gain(brief, rate, rows) / (730 * 200)  # more positives acted on, a share of all rows
    rng = np.random.default_rng(0)
    worth = np.concatenate([np.ones(1), -np.ones(1), np.zeros(1)])
    spread = rate * 0.5
    plus = (spread + gain) / 2
    draws = rng.multinomial(rows, [plus, spread - plus, 1 - spread], size=4000) @ worth
    found = np.mean(draws > 1.645 * np.sqrt(rows * spread))
    assert 0.77 < found < 0.83


def test_four_times_the_rows_find_half_the_gain(brief: Brief) -> None:
    assert detectable_gain(brief, 0.5, 4000) == pytest.approx(detectable_gain(brief, 0.5, 1000) / 2)
