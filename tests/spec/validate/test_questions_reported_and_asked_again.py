"""Same row same answer, noise and slips of unit, groups within groups, and ranges that hold."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import glassworks as gw
from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.result import Answer, Verdict
from glassworks.measures.scored import Scored
from glassworks.stages.validate.checks.coverage import coverage
from glassworks.stages.validate.checks.intersections import intersections
from glassworks.stages.validate.checks.noise import noise
from glassworks.stages.validate.checks.reproducible import reproducible
from glassworks.stages.validate.checks.robustness import robustness

Numbers = NDArray[np.float64]


class Model:
    """A function of the rows as a model."""

    def __init__(self, score: Callable[[Numbers], Numbers]) -> None:
        self.score = score

    def predict(self, frame: pl.DataFrame) -> Numbers:
        """One score a row."""
        return self.score(frame["x"].cast(pl.Float64).fill_null(0.0).to_numpy())


def table(n: int = 1000) -> pl.DataFrame:
    return pl.DataFrame({"x": np.random.default_rng(3).normal(size=n)})


def squash(x: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-2 * x)))


def scored(y: Numbers, scores: Numbers, task: Task = Task.BINARY, **more: object) -> Scored:
    acted = scores > 0.5 if task is Task.BINARY else None
    words = {"acted": acted, "baseline_acted": acted} | more
    return Scored(task=task, y=y, scores=scores, periods=1.0, **words)  # type: ignore[arg-type]


def test_a_model_that_will_not_answer_the_same_rows_again_fails() -> None:
    def moody(x: np.ndarray) -> np.ndarray:
        if x.size == 25:
            raise FixTheInput("The model failed.", "ValueError.")
        return squash(x)

    answer = reproducible.function(rows=table(), model=Model(moody))
    assert answer.verdict is Verdict.FAIL and "in another order or number: The model failed" in answer.sentence


def test_a_score_that_hangs_on_the_row_alone_is_reproducible() -> None:
    answer = reproducible.function(rows=table(), model=Model(squash))
    assert answer.verdict is Verdict.PASS


def test_a_score_that_hangs_on_the_rows_beside_it_fails() -> None:
    answer = reproducible.function(rows=table(), model=Model(lambda x: squash(x - x.mean())))
    assert answer.verdict is Verdict.FAIL
    assert "25 at a time" in answer.sentence


def test_a_score_that_hangs_on_the_order_fails() -> None:
    answer = reproducible.function(rows=table(), model=Model(lambda x: squash(np.cumsum(x) / x.size)))
    assert answer.verdict is Verdict.FAIL


def test_a_score_drawn_anew_each_time_fails() -> None:
    rng = np.random.default_rng(0)
    answer = reproducible.function(rows=table(), model=Model(lambda x: squash(x + rng.normal(size=x.size))))
    assert "500 get another score" in answer.sentence


def test_a_callers_model_that_centres_what_it_is_asked_is_refused_at_the_desk() -> None:
    class Centred(Model):
        def predict_proba(self, frame: pl.DataFrame) -> Numbers:
            p = self.predict(frame)
            return np.column_stack([1 - p, p])

    rows = table()
    y = np.random.default_rng(5).random(rows.height) < squash(rows["x"].to_numpy())
    value = {"act_positive": 100, "act_negative": -30}
    assert gw.check(Centred(squash), rows, y, value=value).verdicts["reproducible"] is Verdict.PASS
    centred = Centred(lambda x: squash(x - x.mean()))
    assert gw.check(centred, rows, y, value=value).verdicts["reproducible"] is Verdict.FAIL


def noisy(score: Callable[[Numbers], Numbers]) -> Answer:
    rows, model = table(), Model(score)
    p = model.predict(rows)
    y = (np.random.default_rng(7).random(rows.height) < p).astype(np.int64)
    return noise.function(scored=scored(y, p), rows=rows, model=model)


def test_a_smooth_score_bears_noise_and_one_that_reads_the_third_decimal_does_not() -> None:
    assert not noisy(squash).warning
    assert noisy(lambda x: np.modf(np.abs(x) * 1000)[0]).warning


def test_noise_keeps_missing_numbers_missing_and_names_the_column_that_a_slip_moves() -> None:
    rows = table().with_columns(pl.when(pl.col("x") > 1).then(None).otherwise(pl.col("x")).alias("x"))
    model = Model(squash)
    p = model.predict(rows)
    y = (np.random.default_rng(7).random(rows.height) < p).astype(np.int64)
    answer = noise.function(scored=scored(y, p), rows=rows, model=model)
    assert answer.verdict is Verdict.PASS
    assert answer.table[0]["column"] == "x"
    assert float(answer.table[0]["moved"]) > 0.05


def test_without_a_number_noise_has_no_question() -> None:
    rows = pl.DataFrame({"job": ["a"] * 100})
    zeros = np.zeros(100)
    answer = noise.function(scored=scored(zeros.astype(np.int64), zeros), rows=rows, model=Model(squash))
    assert answer.verdict is Verdict.NOT_APPLICABLE


def fares(traits: dict[str, NDArray[np.str_]], missed: str) -> Answer:
    rng = np.random.default_rng(2)
    sex, status = traits["sex"], traits["status"]
    y = (rng.random(sex.size) < 0.5).astype(np.int64)
    crossed = np.char.add(np.char.add(sex, " and "), status)
    found = rng.random(sex.size) < np.where(crossed == missed, 0.3, 0.8)
    one = scored(y, np.where((y == 1) & found, 0.9, 0.1))
    fairness = SimpleNamespace(definition="equal_opportunity", attribute="", at_least=0.8)
    return intersections.function(brief=SimpleNamespace(fairness=fairness), scored=one, traits=traits, level=0.95)


def people(n: int = 4000) -> dict[str, NDArray[np.str_]]:
    rng = np.random.default_rng(1)
    return {"sex": rng.choice(["f", "m"], n), "status": rng.choice(["alone", "paired"], n)}


def test_a_group_within_groups_that_is_passed_over_is_named() -> None:
    answer = fares(people(), "f and alone")
    assert answer.warning
    assert "for f and alone" in answer.sentence
    assert not fares(people(), "nobody").warning


def test_one_trait_alone_has_no_groups_within_groups() -> None:
    traits = people()
    traits["status"][:] = "alone"
    assert fares(traits, "nobody").verdict is Verdict.NOT_APPLICABLE


def test_a_range_holds_overall_and_a_group_for_which_it_does_not_is_named() -> None:
    rng = np.random.default_rng(4)
    group = np.array(["many"] * 3500 + ["few"] * 500)[rng.permutation(4000)]
    scores = rng.normal(size=4000)
    y = scores + rng.normal(size=4000) * np.where(group == "few", 4.0, 1.0)
    answer = coverage.function(scored=scored(y, scores, Task.REGRESSION, group=group))
    assert answer.warning
    assert "lowest for few" in answer.sentence
    assert abs(answer.estimates[0].value - 0.9) < 0.03
    even = scores + rng.normal(size=4000)
    assert not coverage.function(scored=scored(even, scores, Task.REGRESSION, group=group)).warning


def test_too_few_rows_set_no_range() -> None:
    few = np.zeros(50)
    assert coverage.function(scored=scored(few, few, Task.REGRESSION)).verdict is Verdict.NOT_APPLICABLE


def test_swapped_texts_cost_a_score_that_hangs_on_them_and_one_step_is_told_for_each_input() -> None:
    rng = np.random.default_rng(9)
    rows = pl.DataFrame({"x": rng.normal(size=1000), "city": rng.choice(["ash", "elm"], 1000)})
    rows = rows.with_columns(many=pl.Series(rng.integers(0, 9, 1000)))

    class ByCity:
        def predict(self, frame: pl.DataFrame) -> Numbers:
            return np.where((frame["city"] == "elm").fill_null(False).to_numpy(), 0.9, 0.1)

    p = ByCity().predict(rows)
    y = (rng.random(1000) < p).astype(np.int64)
    answer = noise.function(scored=scored(y, p), rows=rows, model=ByCity())
    assert answer.warning, answer.sentence
    assert "One step in city moves the score most" in answer.sentence
    table = {row["column"]: row for row in answer.table}
    assert table["city"]["moved"] is None and table["city"]["step"] == pytest.approx(0.4, abs=0.1)
    assert table["x"]["step"] == table["many"]["step"] == 0


@pytest.mark.parametrize(("refused", "warns"), [("infinite", False), ("negative", True), ("zero", True)])
def test_odd_numbers_that_are_not_answered_are_told_and_do_not_fail(refused: str, warns: bool) -> None:
    class Fragile(Model):
        def predict(self, frame: pl.DataFrame) -> Numbers:
            x = frame["x"].cast(pl.Float64).fill_null(9.0).to_numpy()
            odd = {"infinite": np.isinf(x).all(), "negative": (x <= -1).all(), "zero": (x == 0).all()}
            if odd[refused]:
                raise FixTheInput("The model failed.")
            return super().predict(frame)

    gentle = Model(lambda x: np.full(x.shape, 0.5))
    answer = robustness.function(rows=table(), model=Fragile(gentle.score))
    assert answer.verdict is Verdict.PASS and answer.warning is warns
    assert answer.examples == (f"x ({refused})",)
    assert not robustness.function(rows=table(), model=gentle).examples
