"""Telling cases apart, calibration in depth and errors by group: reported for each kind of model, never gated on."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import glassworks as gw
from glassworks.core.check import run
from glassworks.core.contract import Assumption, Fairness, Task, ValueMatrix, exactly
from glassworks.core.registry import checks
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.hub.policies import OFFICE_PACK, VALIDATE_CHECKS
from glassworks.measures.scored import decided

Numbers = NDArray[Any]
NEW = ("discrimination", "calibration_reported", "group_errors")
N = 4000


def known(task: Task, n: int = N) -> tuple[Numbers, Numbers]:
    """Outcomes and the true probabilities or means they are drawn from."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=n)
    if task is Task.REGRESSION:
        return 100 + 20 * x + rng.normal(0, 10, n), 100 + 20 * x
    if task is Task.BINARY:
        p = 1 / (1 + np.exp(1 - 1.5 * x))
        return (rng.random(n) < p).astype(np.int64), p
    odds = np.stack([2 * x, 2 * rng.normal(size=n), 2 * rng.normal(size=n)], axis=1)
    p = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    return (rng.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1).clip(0, 2), p


def groups(n: int = N) -> Numbers:
    return np.random.default_rng(6).choice(["north", "south", "west"], n)


@pytest.fixture
def ask(campaign: ModuleType) -> Callable[..., Answer]:
    """A check's answer about scores of a kind of model, at the second look's level."""

    def asked(name: str, task: Task, y: Numbers, scores: Numbers, group: Numbers | None = None, **terms: Any) -> Answer:
        named = {"positive": ""} if task is not Task.BINARY else {}
        share = 0.3 if task is Task.BINARY else None
        decision = campaign.brief().decision.model_copy(update={"capacity_share": share})
        fairness = Fairness(definition="equal_opportunity" if task is Task.BINARY else "none", attribute="region")
        changes = {"task": task, "decision": decision, "fairness": fairness, **named, **terms.pop("changes", {})}
        brief = campaign.brief(**changes)
        labels = ("red", "green", "blue") if task is Task.MULTICLASS else ()
        columns = terms.pop("columns", None)
        scored = decided(brief, y, scores, periods=1, group=group, labels=labels, columns=columns)
        evidence = {"brief": brief, "policy": OFFICE_PACK, "scored": scored, "level": 0.975, "traits": {}, **terms}
        return run(next(one for one in checks(Stage.VALIDATE) if one.id == name), evidence, task)

    return asked


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("name", NEW)
def test_a_sound_model_is_reported_without_a_warning(ask: Callable[..., Answer], name: str, task: Task) -> None:
    answer = ask(name, task, *known(task), group=groups())
    if name == "group_errors" and task is Task.BINARY:
        assert answer.verdict is Verdict.NOT_APPLICABLE
        return
    assert answer.verdict is Verdict.PASS and not answer.warning, answer.sentence
    assert answer.sentence.startswith("Reported, not gated: ") and answer.sentence.endswith(".")
    assert answer.estimates and all(
        one.n and one.method and one.low <= one.value <= one.high for one in answer.estimates
    )
    assert {one.level for one in answer.estimates if not one.group} <= {0.975}


def test_none_of_them_closes_a_gate() -> None:
    assert not set(NEW) & set(VALIDATE_CHECKS)


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("name", NEW)
def test_where_every_outcome_is_the_same_or_rows_are_few_nothing_breaks(
    ask: Callable[..., Answer], name: str, task: Task
) -> None:
    y, scores = known(task)
    same = ask(name, task, np.full(N, y[0]), scores, group=groups())
    assert same.verdict in (Verdict.NOT_APPLICABLE, Verdict.PASS)
    for few in (1, 2, 5):
        answer = ask(name, task, y[:few], scores[:few], group=groups(few))
        assert answer.verdict in (Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.INCONCLUSIVE)
        assert "Error inside" not in answer.sentence


def test_scores_that_order_well_but_say_too_much_lose_to_the_base_rate(ask: Callable[..., Answer]) -> None:
    y, p = known(Task.BINARY)
    wild = p**9 / (p**9 + (1 - p) ** 9)
    answer = ask("discrimination", Task.BINARY, y, wild)
    honest = ask("discrimination", Task.BINARY, y, p)
    assert answer.estimates[0] == honest.estimates[0] and answer.estimates[0].name == "Gini"
    assert answer.warning and "% more than that of always saying the base rate" in answer.sentence


def test_a_decision_that_costs_more_than_it_brings_is_told_beside_the_share_from_which_it_pays(
    ask: Callable[..., Answer],
) -> None:
    y, p = known(Task.BINARY)
    dear = ValueMatrix(act_positive=exactly(10), act_negative=exactly(-90))
    answer = ask("discrimination", Task.BINARY, y, p, changes={"value": dear})
    assert answer.warning and "acting pays from 90" in answer.sentence
    figures = {one.name: one for one in answer.estimates}
    assert figures["precision"].threshold == pytest.approx(0.9)
    assert figures["lift"].value == pytest.approx(figures["precision"].value / y.mean())
    assert figures["average precision"].threshold == pytest.approx(y.mean())


def test_where_each_row_is_worth_its_own_there_is_no_one_share_from_which_acting_pays(
    ask: Callable[..., Answer],
) -> None:
    y, p = known(Task.BINARY)
    size = Assumption(low=1, mode=1, high=1, column="size")
    changes = {"value": ValueMatrix(act_positive=size, act_negative=exactly(-90))}
    answer = ask("discrimination", Task.BINARY, y, p, changes=changes, columns={"size": 100 + 100 * p})
    assert "turn out positive." in answer.sentence
    assert next(one for one in answer.estimates if one.name == "precision").threshold is None


def test_a_class_that_is_never_answered_is_named(ask: Callable[..., Answer]) -> None:
    y, p = known(Task.MULTICLASS)
    blind = p * [1, 0.05, 1]
    answer = ask("discrimination", Task.MULTICLASS, y, blind / blind.sum(axis=1, keepdims=True))
    assert answer.warning and "green found less often than by guessing" in answer.sentence


def test_numbers_in_no_order_are_warned_of(ask: Callable[..., Answer]) -> None:
    y, mean = known(Task.REGRESSION)
    answer = ask("discrimination", Task.REGRESSION, y, np.random.default_rng(0).permutation(mean))
    assert answer.warning and "rank correlation" in answer.sentence


@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS])
def test_probabilities_that_are_too_extreme_lie_beyond_chance(ask: Callable[..., Answer], task: Task) -> None:
    y, p = known(task)
    wild = p**3 / (p**3 + (1 - p) ** 3) if task is Task.BINARY else p**3 / (p**3).sum(axis=1, keepdims=True)
    answer = ask("calibration_reported", task, y, wild)
    beyond = next(one for one in answer.estimates if one.name.startswith("calibration error beyond chance"))
    assert answer.warning and beyond.low > 0.02 and answer.next_step
    assert any(row["stands_out"] for row in answer.table) and "outside the policy's limits in grade" in answer.sentence


def test_one_spoiled_grade_is_named(ask: Callable[..., Answer]) -> None:
    y, p = known(Task.BINARY)
    lowest = p <= np.quantile(p, 0.1)
    answer = ask("calibration_reported", Task.BINARY, np.where(lowest, np.arange(N) % 5 == 0, y), p)
    assert answer.warning and "outside the policy's limits in grade 1;" in answer.sentence


def test_an_error_within_the_policys_limits_is_told_where_it_is_above_what_is_customary(
    ask: Callable[..., Answer],
) -> None:
    rng = np.random.default_rng(7)
    p = rng.choice([0.1, 0.9], N)
    y = (rng.random(N) < np.where(p > 0.5, 0.8, 0.1)).astype(np.int64)
    answer = ask("calibration_reported", Task.BINARY, y, p)
    assert answer.warning and "outside the policy's limits" not in answer.sentence


def test_always_saying_the_base_rate_is_calibrated_and_worth_no_more_than_it(ask: Callable[..., Answer]) -> None:
    y, _ = known(Task.BINARY)
    flat = np.full(N, y.mean())
    for name in ("calibration_reported", "discrimination"):
        answer = ask(name, Task.BINARY, y, flat)
        assert answer.warning and "outside the policy's limits" not in answer.sentence
    assert "no clear difference" in ask("discrimination", Task.BINARY, y, flat).sentence


def test_figures_of_groups_share_the_level_of_the_look(ask: Callable[..., Answer]) -> None:
    y, mean = known(Task.REGRESSION)
    for name, shares in (("calibration_reported", 3), ("group_errors", 6)):
        answer = ask(name, Task.REGRESSION, y, mean, group=groups())
        assert [one.level for one in answer.estimates if one.group] == pytest.approx([1 - 0.025 / shares] * shares)


def test_the_parts_of_the_brier_score_add_up_to_it(ask: Callable[..., Answer]) -> None:
    y, p = known(Task.BINARY)
    figures = {one.name: one.value for one in ask("calibration_reported", Task.BINARY, y, p).estimates}
    whole = figures["reliability"] - figures["resolution"] + figures["uncertainty"]
    assert whole == pytest.approx(np.mean((p - y) ** 2))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lambda mean: mean + 5, r"mean error [45]\.\d"),
        (lambda mean: 100 + 2 * (mean - 100), r"slope of outcome on prediction 0\.5"),
        (lambda mean: mean + 6 * (groups() == "west"), r"clearly off in west \([56]\.\d+\)\.$"),
        (lambda mean: np.full(N, mean.mean()), "all predictions are the same number"),
    ],
)
def test_numbers_that_are_off_are_told_by_level_slope_or_group(
    ask: Callable[..., Answer], fault: Callable[[Numbers], Numbers], said: str
) -> None:
    y, mean = known(Task.REGRESSION)
    answer = ask("calibration_reported", Task.REGRESSION, y, fault(mean), group=groups())
    assert answer.warning and re.search(said, answer.sentence)


def test_a_mean_error_that_is_clear_but_small_is_told_without_a_warning(ask: Callable[..., Answer]) -> None:
    y, mean = known(Task.REGRESSION, 100_000)
    slight, plain = (ask("calibration_reported", Task.REGRESSION, y, mean + more) for more in (0.3, 2.0))
    assert slight.estimates[0].low > 0 and not slight.warning
    assert plain.warning


def test_a_group_whose_numbers_scatter_more_or_lie_too_high_is_named(ask: Callable[..., Answer]) -> None:
    y, mean = known(Task.REGRESSION)
    west, noise = groups() == "west", np.random.default_rng(1).normal(0, 15, N)
    scattered = ask("group_errors", Task.REGRESSION, y, mean + west * noise, group=groups())
    assert scattered.warning and "region west, mean absolute error against all others" in scattered.sentence
    shifted = ask("group_errors", Task.REGRESSION, y, mean + 6 * west, group=groups())
    assert shifted.warning and "region west, mean error against all others" in shifted.sentence


def test_a_group_that_is_answered_right_less_often_is_named_also_by_a_further_trait(ask: Callable[..., Answer]) -> None:
    y, p = known(Task.MULTICLASS)
    west = groups() == "west"
    dealt = np.where(west[:, None], np.roll(p, 1, axis=1), p)
    answer = ask("group_errors", Task.MULTICLASS, y, dealt, group=groups())
    assert answer.warning and "region west, accuracy against region" in answer.sentence
    by_trait = ask("group_errors", Task.MULTICLASS, y, dealt, traits={"side": np.where(west, "left", "right")})
    assert by_trait.warning and "side left, accuracy against side right" in by_trait.sentence
    assert ask("group_errors", Task.MULTICLASS, y, p, traits={"side": groups()}).verdict is Verdict.PASS


def test_groups_of_few_cases_are_not_compared(ask: Callable[..., Answer]) -> None:
    y, mean = known(Task.REGRESSION)
    alone = np.where(np.arange(N) < 20, "few", "many")
    assert ask("group_errors", Task.REGRESSION, y, mean, group=alone).verdict is Verdict.NOT_APPLICABLE
    assert ask("group_errors", Task.REGRESSION, y, mean).verdict is Verdict.NOT_APPLICABLE


def test_a_group_within_which_cases_stand_in_no_order_is_named_and_how_far_scores_lie_apart(
    ask: Callable[..., Answer],
) -> None:
    y, p = known(Task.BINARY)
    west = groups() == "west"
    mixed = p.copy()
    mixed[west] = np.random.default_rng(0).permutation(p[west])
    lenient = Fairness(definition="equal_opportunity", attribute="region", at_least=0.01)
    assert not ask("fairness_reported", Task.BINARY, y, p, group=groups(), changes={"fairness": lenient}).warning
    answer = ask("fairness_reported", Task.BINARY, y, mixed, group=groups(), changes={"fairness": lenient})
    assert answer.warning and "cases are ordered worse within west" in answer.sentence
    assert {one.group for one in answer.estimates if one.name == "AUC within the group"} == {"north", "south", "west"}
    shifted = ask("fairness_reported", Task.BINARY, y, np.where(west, p / 2, p), group=groups())
    apart = next(one for one in shifted.estimates if one.name.startswith("mean score") and one.group == "west")
    assert apart.high < -0.3 and "standard deviations apart at most" in shifted.sentence


def test_the_rate_of_a_very_small_group_within_groups_is_drawn_towards_that_of_all(ask: Callable[..., Answer]) -> None:
    y, p = known(Task.BINARY)
    small = np.where(np.arange(N) < 12, "left", "right")
    answer = ask("intersections", Task.BINARY, y, p, group=groups(), traits={"side": small})
    fewest = min(answer.table, key=lambda row: row["n"])
    assert fewest["n"] < 10 and "left" in fewest["group"]
    most = max(answer.table, key=lambda row: row["n"])
    assert fewest["high"] - fewest["low"] > most["high"] - most["low"] and 0 < fewest["rate"] < 1


class Model:
    """A function of x as a model, in the shape that its kind has."""

    def __init__(self, task: Task) -> None:
        self.task = task
        if task is Task.MULTICLASS:
            self.classes_ = np.array(["blue", "green", "red"])

    def predict(self, frame: pl.DataFrame) -> Numbers:
        x = np.clip(np.nan_to_num(frame["x"].cast(pl.Float64).to_numpy()), -20, 20)
        if self.task is Task.REGRESSION:
            return 10 + 3 * x
        p = 1 / (1 + np.exp(-2 * x))
        return p if self.task is Task.BINARY else np.stack([0.8 * p, 0.8 * (1 - p), np.full(len(p), 0.2)], axis=1)

    predict_proba = property(lambda self: self._both if self.task is not Task.REGRESSION else None)

    def _both(self, frame: pl.DataFrame) -> Numbers:
        p = self.predict(frame)
        return np.column_stack([1 - p, p]) if p.ndim == 1 else p


@pytest.mark.parametrize("task", list(Task))
def test_they_answer_at_ones_own_desk_too(task: Task) -> None:
    rng = np.random.default_rng(3)
    rows, model = pl.DataFrame({"x": rng.normal(size=1500)}), Model(task)
    said = model.predict(rows)
    y: Numbers
    if task is Task.REGRESSION:
        y, value = said + rng.normal(size=1500), {"over": 1, "under": 2}
    elif task is Task.BINARY:
        y, value = rng.random(1500) < said, {"act_positive": 100, "act_negative": -30}
    else:
        y, value = model.classes_[(rng.random(1500)[:, None] > said.cumsum(axis=1)).sum(axis=1).clip(0, 2)], {}
    report = gw.check(model, rows, y, value=value, task=str(task), group=groups(1500))
    for name in NEW:
        expected = Verdict.NOT_APPLICABLE if name == "group_errors" and task is Task.BINARY else Verdict.PASS
        assert report[name].verdict is expected, report[name].sentence
