"""The builder makes candidates of different kinds, measured on rows they had not seen."""

from collections.abc import Iterator
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from glassworks.core.contract import Task, ValueMatrix, Windows
from glassworks.core.errors import FixTheInput
from glassworks.engines.host import ModelHost
from glassworks.stages.develop import builder, rehearsal
from glassworks.stages.develop.builder import Built


@pytest.fixture(scope="module")
def host() -> Iterator[ModelHost]:
    with ModelHost(deadline=120) as one:
        yield one


@pytest.fixture(scope="module")
def built(campaign: ModuleType, host: ModelHost) -> list[Built]:
    return builder.build(campaign.rows(), campaign.brief(), host, seed=1, progress=lambda words, share: None)


def test_candidates_differ_in_kind_and_the_simplest_comes_first(built: list[Built]) -> None:
    assert [one.recipe.kind for one in built] == ["rule", "logistic", "glass_box", "boosting"]


def test_no_candidate_sees_a_forbidden_or_unavailable_column(built: list[Built], campaign: ModuleType) -> None:
    assert all(one.card.inputs == campaign.INPUTS for one in built)


def test_every_claim_has_an_interval_and_the_kpi_comes_first_in_its_unit(built: list[Built]) -> None:
    for one in built:
        assert (one.kpi.name, one.kpi.unit) == ("KPI gain a period", "EUR")
        assert one.kpi.low < one.kpi.value < one.kpi.high
        assert one.kpi.probability is not None
    assert {c.name for c in built[1].claims} >= {"AUC", "calibration slope"}


def test_the_logistic_candidate_finds_the_truth_of_a_logistic_world(built: list[Built]) -> None:
    auc = built[1].claims[1]
    assert auc.low > 0.7
    assert builder.best(built).loss == min(b.loss for b in built if b.kpi.high >= max(x.kpi.value for x in built))


def test_held_back_rows_are_the_latest_and_come_with_their_scores(built: list[Built]) -> None:
    days = built[0].rows["day"]
    assert days.min() == 1500 - len(days)
    assert built[0].scored.n == built[0].rows.height == len(days)


def test_the_same_seed_gives_the_same_scores(built: list[Built], campaign: ModuleType, host: ModelHost) -> None:
    again = builder.build(campaign.rows(), campaign.brief(), host, seed=1, progress=lambda words, share: None)
    for first, second in zip(built, again, strict=True):
        assert np.array_equal(first.scored.scores, second.scored.scores)
        assert first.claims == second.claims


def test_a_missing_input_is_refused_by_name(campaign: ModuleType, host: ModelHost) -> None:
    with pytest.raises(FixTheInput, match="previous"):
        builder.build(campaign.rows().drop("previous"), campaign.brief(), host, seed=1, progress=lambda w, s: None)


def test_a_model_of_code_is_measured_with_every_open_column_as_its_author_would(
    campaign: ModuleType, host: ModelHost
) -> None:
    source = b"import numpy as np\ndef predict(frame):\n    return (frame['duration'].to_numpy() > 400) * 0.98 + 0.01\n"
    hand = campaign.candidate()
    found = builder.measure("by hand", hand.card, {"model.py": source}, campaign.rows(), campaign.brief(), host, seed=1)
    assert found.claims[1].value > 0.95
    assert found.card.inputs == campaign.INPUTS


def test_regression_and_many_classes_are_built_without_a_time_order(campaign: ModuleType, host: ModelHost) -> None:
    frame = campaign.rows(500)
    value = frame["balance"] * 3 + pl.Series(np.random.default_rng(1).normal(size=500))
    terms = {"windows": Windows(), "positive": ""}
    costs = ValueMatrix(over=campaign.about(1, 1, 1), under=campaign.about(2, 2, 2))
    brief = campaign.brief(task=Task.REGRESSION, value=costs, **terms)
    numbers = builder.build(frame.with_columns(y=value), brief, host, seed=1, progress=lambda w, s: None)
    assert builder.best(numbers).kpi.low > 0
    assert numbers[-1].card.parameters["quantile"] == pytest.approx(2 / 3, abs=1e-4)
    short = numbers[-1].scored.y > numbers[-1].scored.scores
    assert short.mean() < 0.5, "where too little costs twice as much as too much, it foretells more than the middle"
    three = pl.Series(np.where(frame["balance"] > 0.5, "high", np.where(frame["balance"] < -0.5, "low", "mid")))
    brief = campaign.brief(task=Task.MULTICLASS, value=ValueMatrix(right=campaign.about(1, 1, 1)), **terms)
    classes = builder.build(frame.with_columns(y=three), brief, host, seed=1, progress=lambda w, s: None)
    assert builder.best(classes).scored.scores.shape == (500, 3)
    assert builder.best(classes).kpi.low > 0


def test_in_time_order_a_rehearsal_learns_only_from_earlier_rows(campaign: ModuleType) -> None:
    plan = rehearsal.plan(9000, campaign.brief(), seed=1)
    for train, block in plan.rounds(1000):
        assert len(train) == 1000
        assert train.max() < block.min()
    assert set(plan.windows()) == {"all", "the last tenth"}
    long = campaign.brief(windows=campaign.brief().windows.model_copy(update={"sealed_periods": 2}))
    assert set(rehearsal.plan(9000, long, seed=1).windows()) == {"all"}, "the sealed window holds 1,000 rows"


def test_without_an_order_every_row_is_held_back_once(campaign: ModuleType) -> None:
    plan = rehearsal.plan(103, campaign.brief(windows=Windows()), seed=1)
    assert sorted(plan.held_back.tolist()) == list(range(103))
    assert all(not set(train) & set(block) for train, block in plan.rounds(103))


def test_the_rows_that_a_candidate_learned_from_are_those_of_its_window(
    campaign: ModuleType, built: list[Built]
) -> None:
    mixed = campaign.rows().sample(fraction=1.0, shuffle=True, seed=1)
    whole = built[0].card
    latest = built[0].card.model_copy(update={"window": "the last tenth of the open rows (900 rows)"})
    found = builder.learned_rows(mixed, campaign.brief(), whole)
    assert found is not None and found["day"].to_list() == list(range(1500))
    more = campaign.rows(9000)
    last = builder.learned_rows(more, campaign.brief(), latest)
    assert last is not None and last["day"].to_list() == list(range(8100, 9000))
    assert builder.learned_rows(mixed, campaign.brief(), latest) is None
