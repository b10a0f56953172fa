"""Leaks asked again, reasons that hold, directions case by case, the office's challenger, and fitting again."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from glassworks.core.contract import (
    Assumption,
    Brief,
    Decision,
    Direction,
    Feature,
    Kpi,
    Task,
    ValueMatrix,
    Windows,
    exactly,
)
from glassworks.core.result import Answer, Verdict
from glassworks.core.usecase import Candidate, ModelCard
from glassworks.engines.host import ModelHost
from glassworks.hub.policies import OFFICE_PACK
from glassworks.measures.scored import Scored, decided, encode
from glassworks.stages.develop import builder, recipes
from glassworks.stages.validate.checks.challenger import challenger
from glassworks.stages.validate.checks.leak_again import leak_again
from glassworks.stages.validate.checks.monotone import monotone
from glassworks.stages.validate.checks.reasons import reasons
from glassworks.stages.validate.checks.refit import refit

Numbers = NDArray[np.float64]
ROWS = 1200


class Model:
    """A function of the columns as a model."""

    def __init__(self, score: Callable[[pl.DataFrame], Numbers]) -> None:
        self.score = score

    def predict(self, frame: pl.DataFrame) -> Numbers:
        """One score a row."""
        return self.score(frame)

    def close(self) -> None:
        """There is no process to end."""


def x(frame: pl.DataFrame, name: str = "x") -> Numbers:
    return frame[name].cast(pl.Float64).fill_null(0.0).to_numpy()


def squash(value: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -30, 30))))


def table(seed: int, n: int = ROWS) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n), "job": rng.choice(["a", "b"], n)})
    happened = rng.random(n) < squash(1.5 * x(frame) - 0.5)
    return frame.with_columns(pl.Series("bought", np.where(happened, "yes", "no")))


def brief(task: Task = Task.BINARY, expected: Direction = Direction.ANY, target: str = "bought") -> Brief:
    worth = {
        Task.BINARY: ValueMatrix(act_positive=exactly(100), act_negative=exactly(-30)),
        Task.REGRESSION: ValueMatrix(over=exactly(1), under=exactly(3)),
        Task.MULTICLASS: ValueMatrix(right=exactly(10), wrong=Assumption(low=-2, mode=-1, high=0)),
    }[task]
    return Brief(
        id="brief",
        title="Calls",
        problem="Few buy.",
        task=task,
        target=target,
        positive="yes" if task is Task.BINARY else "",
        decision=Decision(
            unit="customer",
            action="call",
            otherwise="leave",
            volume_per_period=ROWS,
            capacity_share=0.3 if task is Task.BINARY else None,
            if_model_down="list order",
        ),
        kpi=Kpi(name="profit", unit="EUR", baseline="list order", target=1.0),
        value=worth,
        features=(Feature(name="x", expected=expected), Feature(name="z"), Feature(name="job")),
        windows=Windows(sealed_share=0.3),
    )


def judged(terms: Brief, frame: pl.DataFrame, scores: Numbers, labels: tuple[str, ...] = ()) -> Scored:
    names, y = encode(frame[terms.target].to_numpy(), terms.task, terms.positive, labels or None)
    return decided(terms, y, scores, periods=1.0, labels=names)


def inputs(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(["x", "z", "job"])


def of(card: ModelCard, made_by: str = "hand") -> Candidate:
    moment = "2026-11-01T09:00:00Z"
    facts = {"id": "cand-1", "name": "one", "dataset": "d", "brief_digest": "", "author": "dana", "made_by": made_by}
    return Candidate.model_validate(facts | {"card": card.facts(), "files": {}, "made_at": moment})


def card(task: Task = Task.BINARY, labels: tuple[str, ...] = ("no", "yes")) -> ModelCard:
    return ModelCard(framework="python", recipe="mine", task=task, inputs=("x", "z", "job"), labels=labels)


@pytest.fixture(scope="module")
def host() -> Iterator[ModelHost]:
    with ModelHost() as one:
        yield one


def asked_for_leaks(spoilt: bool, kept: tuple[str, ...] = ()) -> Answer:
    frame, terms = table(1), brief()
    rows, scored = inputs(frame), judged(terms, frame, squash(x(frame)))
    if spoilt:
        after = scored.y + np.random.default_rng(2).normal(0, 0.4, scored.n)
        rows = rows.with_columns(pl.Series("after", after))
    return leak_again.function(brief=terms, policy=OFFICE_PACK, scored=scored, rows=rows, kept=kept, level=0.95)


def test_an_input_written_after_the_outcome_is_found_on_the_sealed_rows_too() -> None:
    answer = asked_for_leaks(spoilt=True)
    assert answer.verdict is Verdict.FAIL and answer.sentence.startswith("after alone foretells")
    assert asked_for_leaks(spoilt=False).verdict is Verdict.PASS


def test_an_input_that_the_expert_looked_at_and_kept_warns() -> None:
    answer = asked_for_leaks(spoilt=True, kept=("after",))
    assert answer.verdict is Verdict.PASS and answer.warning


def told(score: Callable[[pl.DataFrame], Numbers], task: Task = Task.BINARY) -> Answer:
    rows = inputs(table(3))
    return reasons.function(brief=brief(task), rows=rows, open_rows=inputs(table(4)), model=Model(score), level=0.95)


def test_a_smooth_score_tells_near_people_the_same_reasons_and_they_move_it() -> None:
    answer = told(lambda frame: squash(x(frame) + 0.5 * x(frame, "z")))
    assert answer.verdict is Verdict.PASS and not answer.warning
    assert told(lambda frame: 100 + 20 * x(frame), Task.REGRESSION).verdict is Verdict.PASS


def test_a_score_that_jumps_tells_near_people_other_reasons() -> None:
    answer = told(lambda frame: np.asarray(0.5 + 0.4 * np.sin(80 * x(frame))))
    assert answer.verdict is Verdict.FAIL and answer.estimates[0].high < 0.75


def test_a_score_that_hangs_on_nothing_has_no_reasons() -> None:
    assert told(lambda frame: np.full(frame.height, 0.3)).verdict is Verdict.NOT_APPLICABLE


def test_cases_that_step_against_a_signed_direction_are_counted_one_by_one() -> None:
    def for_half(frame: pl.DataFrame) -> Numbers:
        return squash(x(frame) * np.where((frame["job"] == "a").to_numpy(), 3.0, -1.0))

    rows, terms = inputs(table(5)), brief(expected=Direction.UP)
    split = monotone.function(brief=terms, rows=rows, model=Model(for_half))
    assert split.warning and 0.35 < split.estimates[0].value < 0.65
    smooth = monotone.function(brief=terms, rows=rows, model=Model(lambda frame: squash(x(frame))))
    assert not smooth.warning and smooth.estimates[0].value == 0
    unsigned = monotone.function(brief=brief(), rows=rows, model=Model(for_half))
    assert unsigned.verdict is Verdict.NOT_APPLICABLE


def met(host: ModelHost, terms: Brief, frame: pl.DataFrame, scores: Numbers, open_rows: pl.DataFrame) -> Answer:
    labels = () if terms.task is Task.REGRESSION else tuple(sorted(frame[terms.target].unique(), reverse=True))
    labels = ("no", "yes") if terms.task is Task.BINARY else labels
    recipe = recipes.beside(terms.task, card(terms.task, labels))

    def beside() -> tuple[str, Any]:
        made, files = builder.fit(open_rows, terms, recipe, host, seed=1, inputs=("x", "z", "job"), labels=labels)
        return recipe.name, host.load(made, files)

    return challenger.function(
        brief=terms, scored=judged(terms, frame, scores, labels), rows=inputs(frame), beside=beside, level=0.975
    )


def test_a_model_that_a_plain_one_clearly_beats_is_told_to_be(host: ModelHost) -> None:
    frame, terms = table(6), brief()
    noise = np.random.default_rng(0).random(ROWS)
    beaten = met(host, terms, frame, noise, table(7))
    assert beaten.warning and beaten.estimates[0].high < 0
    assert "less a quarter" in beaten.sentence and "plain model forward" in beaten.next_step
    equal = met(host, terms, frame, squash(1.5 * x(frame) - 0.5), table(7))
    assert equal.verdict is Verdict.PASS and equal.warning and "no clear difference" in equal.sentence


def test_a_number_and_several_classes_meet_a_challenger_too(host: ModelHost) -> None:
    def numbers(seed: int) -> pl.DataFrame:
        frame = table(seed)
        curve = 10 * np.abs(x(frame)) + np.random.default_rng(seed).normal(size=ROWS)
        return frame.with_columns(pl.Series("bought", curve))

    frame = numbers(8)
    better = met(host, brief(Task.REGRESSION), frame, 10 * np.abs(x(frame)), numbers(9))
    assert better.verdict is Verdict.PASS and not better.warning

    def classes(seed: int) -> pl.DataFrame:
        frame = table(seed)
        level = np.digitize(x(frame) + 0.3 * np.random.default_rng(seed).normal(size=ROWS), [-0.5, 0.5])
        return frame.with_columns(pl.Series("bought", np.array(["low", "mid", "top"])[level]))

    frame = classes(10)
    beaten = met(host, brief(Task.MULTICLASS), frame, np.full((ROWS, 3), 1 / 3), classes(11))
    assert beaten.warning and beaten.estimates[0].high < 0 and "right answers in 100" in beaten.sentence


def test_the_classes_of_a_challenger_stand_in_the_order_of_the_candidate_s(host: ModelHost) -> None:
    def classes(seed: int) -> pl.DataFrame:
        frame = table(seed)
        return frame.with_columns(
            pl.Series("bought", np.array(["low", "mid", "top"])[np.digitize(x(frame), [-0.5, 0.5])])
        )

    frame = classes(20)
    right = (frame["bought"].to_numpy()[:, None] == np.array(["top", "mid", "low"])).astype(float)
    answer = met(host, brief(Task.MULTICLASS), frame, right, classes(21))
    assert -1 < answer.estimates[0].value < 30, "a plain model tells three bands of one number mostly right"


def test_a_linear_model_is_set_beside_a_glass_box_and_any_other_beside_a_linear_one() -> None:
    own = card().model_copy(update={"framework": "scikit-learn", "recipe": "logistic regression"})
    assert recipes.beside(Task.BINARY, own) is recipes.GLASS_BOX
    assert recipes.beside(Task.BINARY, card()) is recipes.LOGISTIC
    assert recipes.beside(Task.REGRESSION, card(Task.REGRESSION, ())) is recipes.LINEAR


def test_whole_numbers_that_cannot_be_negative_do_not_stop_the_question_of_reasons() -> None:
    rows = inputs(table(3)).with_columns(pl.Series("z", np.arange(ROWS) % 7).cast(pl.UInt8))
    model = Model(lambda frame: squash(x(frame) + 0.3 * x(frame, "z")))
    assert reasons.function(brief=brief(), rows=rows, open_rows=rows, model=model, level=0.95).verdict is Verdict.PASS


def test_a_recipe_that_gives_its_scores_again_passes_and_other_seeds_are_counted(host: ModelHost) -> None:
    terms, open_rows, frame = brief(), table(12), table(13)
    made = builder.build(open_rows, terms, host, seed=7, progress=lambda words, share: None)
    boosted = next(one for one in made if one.name == "gradient boosting")
    model = host.load(boosted.card, boosted.files)
    scored = judged(terms, frame, model.predict(inputs(frame)))

    def again(seed: int | None) -> Model:
        files = builder.refit(open_rows, terms, boosted.card, host, boosted.card.seed if seed is None else seed)
        return host.load(boosted.card, files)  # type: ignore[return-value]

    same = refit.function(brief=terms, scored=scored, rows=inputs(frame), refitted=again)
    assert same.verdict is Verdict.PASS and len(same.table) == 5
    assert any(row["differ"] > 0 for row in same.table)
    other = refit.function(brief=terms, scored=scored, rows=inputs(frame), refitted=lambda seed: again(99))
    assert other.verdict is Verdict.FAIL


def test_a_model_brought_by_hand_is_not_fitted_again() -> None:
    frame, terms = table(14), brief()
    scored = judged(terms, frame, squash(x(frame)))
    answer = refit.function(brief=terms, scored=scored, rows=inputs(frame), refitted=None)
    assert answer.verdict is Verdict.NOT_APPLICABLE


def test_of_several_classes_the_reasons_are_those_of_the_class_answered() -> None:
    def score(frame: pl.DataFrame) -> Numbers:
        raw = np.exp(np.stack([x(frame), -x(frame), 0.5 * x(frame, "z")], axis=1))
        return np.asarray(raw / raw.sum(axis=1, keepdims=True))

    assert told(score, Task.MULTICLASS).verdict is Verdict.PASS


def test_half_the_way_to_the_usual_value_eases_a_steady_score_and_not_one_that_turns_back() -> None:
    steady = told(lambda frame: squash(x(frame)))
    bump = lambda far: 0.2 + 0.6 * np.exp(-(((far - 0.6) / 0.25) ** 2)) + 0.05 * far  # noqa: E731
    turning = told(lambda frame: np.asarray(bump(np.abs(x(frame)))))
    shares = [
        next(e for e in one.estimates if e.name == "reasons that half the way eases") for one in (steady, turning)
    ]
    assert shares[0].value > 0.95 > 0.75 > shares[1].value
    assert turning.warning and not steady.warning


def test_two_reasons_that_say_nearly_the_same_are_told() -> None:
    rows = inputs(table(3)).with_columns(twin=2 * pl.col("x") + 0.01 * pl.col("z"))
    model = Model(lambda frame: squash(x(frame) + x(frame, "twin")))
    answer = reasons.function(brief=brief(), rows=rows, open_rows=rows, model=model, level=0.95)
    assert "two reasons say nearly the same" in answer.sentence and answer.warning
    assert "nearly the same" not in told(lambda frame: squash(x(frame) + x(frame, "z"))).sentence
