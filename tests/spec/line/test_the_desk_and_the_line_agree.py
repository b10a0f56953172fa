"""The same model, rows and contract: `gw.check` and the line give the same verdicts and the same figures."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

import glassworks as gw
from glassworks.core.commands import SubmitModel
from glassworks.core.contract import Brief, Fairness, MetricTarget, Task, ValueMatrix, exactly
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, ModelCard
from glassworks.line import cases, develop, explore, validate

TRAITS = ("region", "status")
FAIR = Fairness(definition="selection_rate", attribute="region", protected=("status",))
ASKED_ON_THE_LINE_ALONE = {"inputs_declared", "refit", "unseen_rows"}
Walked = Callable[[Task, str], tuple[Any, Candidate, dict[str, Answer]]]
KINDS = """
import numpy as np
def predict(frame):
    x = frame["balance"].fill_null(0).to_numpy()
    some = np.exp(np.column_stack([-x, 0.3 * x, 1.5 * x - 1]))
    return some / some.sum(axis=1, keepdims=True)
"""
NUMBER = """
import numpy as np
def predict(frame):
    return 3 * frame["balance"].fill_null(0).to_numpy() + 10
"""


def several_classes(kit: ModuleType) -> pl.DataFrame:
    frame = kit.rows(900)
    x, rng = frame["balance"].to_numpy(), np.random.default_rng(5)
    some = np.exp(np.column_stack([-x, 0.3 * x, 1.5 * x - 1]))
    place = (rng.random(900)[:, None] > np.cumsum(some / some.sum(axis=1, keepdims=True), axis=1)).sum(axis=1)
    return frame.with_columns(y=pl.Series(np.array(["base", "gold", "silver"])[place.clip(0, 2)])).drop("duration")


def numbers(kit: ModuleType) -> pl.DataFrame:
    frame = kit.rows(900)
    y = 3 * frame["balance"].to_numpy() + 10 + np.random.default_rng(6).normal(size=900)
    return frame.with_columns(y=pl.Series(y.round(3))).drop("duration")


def two_classes(kit: ModuleType) -> pl.DataFrame:
    rng = np.random.default_rng(4)
    region, status = rng.choice(["north", "south"], 900), rng.choice(["alone", "paired"], 900)
    return kit.rows(900).drop("duration").with_columns(region=region, status=status)


TABLES = {Task.BINARY: two_classes, Task.MULTICLASS: several_classes, Task.REGRESSION: numbers}
LABELS = {Task.BINARY: ("no", "yes"), Task.MULTICLASS: ("base", "gold", "silver"), Task.REGRESSION: ()}
WORTH = {Task.MULTICLASS: {"right": exactly(5.0)}, Task.REGRESSION: {"over": exactly(1.0), "under": exactly(2.0)}}


def terms(bench: Any, task: Task) -> Brief:
    """The contract: for two classes with traits that the model never sees, and a statistic that is asked for."""
    if task is not Task.BINARY:
        return bench.agreed(value=ValueMatrix(**WORTH[task]))
    brief = bench.agreed(fairness=FAIR, metric_targets=(MetricTarget(metric="auc", op=">=", value=0.6),))
    seen = tuple(
        one.model_copy(update={"available": False, "why_not": "a trait"}) if one.name in TRAITS else one
        for one in brief.features
    )
    return brief.model_copy(update={"features": seen})


@pytest.fixture
def on_the_line(bench_kit: ModuleType, tmp_path: Path) -> Iterator[Walked]:
    """A model brought by hand, walked to the office's answers; the installation, the candidate, the answers."""
    stack = ExitStack()

    def walked(task: Task, source: str) -> tuple[Any, Candidate, dict[str, Answer]]:
        bench = stack.enter_context(bench_kit.opened(tmp_path / "home"))
        bench.open()
        bench.bring(TABLES[task](bench_kit))
        bench.save(terms(bench, task))
        bench_kit.must_open(bench.sign_scope())
        bench.decide(previous="use")
        bench_kit.must_open(bench.sign_data())
        card = ModelCard(framework="python", recipe="by hand", task=task, inputs=bench_kit.INPUTS, labels=LABELS[task])
        kept = {"model.py": bench.parts.vault.put(source.encode())}
        command = SubmitModel(use_case=bench_kit.CASE, name="By hand", card=card, files=kept)
        made, _ = develop.submit_model(bench.parts, bench.who["data_scientist"], command)
        bench.drain()
        candidate = bench.parts.ledger.get(Candidate, made.id)
        bench_kit.must_open(bench.submit(candidate))
        bench.validate(candidate)
        found = cases.results_of(bench.parts, bench.case, candidate.id, Stage.VALIDATE)
        return bench, candidate, {one.check: one.answer for one in found}

    with stack:
        yield walked


@pytest.mark.parametrize(
    ("task", "source"),
    [(Task.BINARY, ""), (Task.MULTICLASS, KINDS), (Task.REGRESSION, NUMBER)],
    ids=["binary", "multiclass", "regression"],
)
def test_each_question_gets_the_same_verdict_and_the_same_figures(
    on_the_line: Walked, bench_kit: ModuleType, tmp_path: Path, task: Task, source: str
) -> None:
    bench, candidate, office = on_the_line(task, source or bench_kit.HONEST)
    brief, dataset = bench.brief(), bench.dataset()
    opened = validate.sealed_rows(bench.parts, dataset)
    known = explore.open_rows(bench.parts, dataset)
    path = tmp_path / "model.py"
    path.write_text(source or bench_kit.HONEST)
    claims = {
        one.name: one.value for one in candidate.claims if one.name in ("AUC", "accuracy", "RMSE") or "KPI" in one.name
    }
    assert len(claims) == 2
    desk = gw.check(
        path,
        opened.drop(brief.target),
        opened[brief.target].to_numpy(),
        contract=brief,
        known=(known.drop(brief.target), known[brief.target].to_numpy()),
        claims=claims,
        look=1,
    )
    assert set(office) - set(desk.verdicts) == ASKED_ON_THE_LINE_ALONE | {"fresher_rows"}
    for line in desk:
        mine, theirs = line.answer, office[line.check]
        assert mine.verdict is theirs.verdict, (line.check, mine.sentence, theirs.sentence)
        assert mine.warning is theirs.warning, (line.check, mine.sentence, theirs.sentence)
        assert [one.name for one in mine.estimates] == [one.name for one in theirs.estimates], line.check
        for one, other in zip(mine.estimates, theirs.estimates, strict=True):
            assert (one.n, one.group, one.method, one.level) == (other.n, other.group, other.method, other.level)
            assert [one.value, one.low, one.high] == pytest.approx([other.value, other.low, other.high], rel=1e-6), one


def test_of_a_model_that_the_builder_fitted_the_rows_it_learned_from_are_known(at: Callable[[str], Any]) -> None:
    bench = at("explored")
    develop.ask_build(bench.parts, bench.who["data_scientist"], bench.case.id)
    bench.drain()
    candidate = bench.candidate("gradient boosting")
    bench.submit(candidate)
    bench.validate(candidate)
    found = cases.results_of(bench.parts, bench.case, candidate.id, Stage.VALIDATE)
    answer = next(one.answer for one in found if one.check == "remembered")
    assert answer.verdict is Verdict.PASS and "by hand" not in answer.sentence
    assert answer.estimates[0].name == "gap in AUC"
