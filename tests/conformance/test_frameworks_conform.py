"""Every kind of model that we fit, on every task, is asked every question of the conformance kit."""

import importlib.util
from pathlib import Path

import pytest

from glassworks.core.contract import Task
from glassworks.core.ports import Recipe
from glassworks.core.registry import frameworks
from glassworks.core.result import Verdict
from glassworks.core.usecase import ModelCard
from glassworks.engines.host import ModelHost
from glassworks.frameworks.conformance import QUESTIONS, conforms, fits
from glassworks.frameworks.host import OURS

spec = importlib.util.spec_from_file_location("rows", Path(__file__).parents[1] / "fakes" / "rows_to_learn_from.py")
assert spec and spec.loader
made = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)

FITTED = [
    ("rule", "constant"),
    ("rule", "rule"),
    ("lightgbm", "boosting"),
    ("lightgbm", "glass_box"),
    ("scikit-learn", "logistic"),
    ("scikit-learn", "linear"),
]
SENSIBLE = [
    (framework, kind, task)
    for framework, kind in FITTED
    for task in Task
    if not (kind == "logistic" and task is Task.REGRESSION) and not (kind == "linear" and task is not Task.REGRESSION)
]


def test_every_kind_of_every_framework_is_asked() -> None:
    found = frameworks()
    assert set(found) >= set(OURS)
    assert {(name, kind) for name in OURS for kind in found[name].kinds} == set(FITTED)


@pytest.mark.parametrize(("framework", "kind", "task"), SENSIBLE)
def test_what_we_fit_conforms(host: ModelHost, framework: str, kind: str, task: Task) -> None:
    parameters = {"rounds": 30} if framework == "lightgbm" else {}
    recipe = Recipe(name=kind, framework=framework, kind=kind, parameters=parameters)
    answers = fits(host, recipe, made.rows(task, 300), target="answer", task=task, labels=made.LABELS[task], seed=3)
    assert {"fits", "runs", "reloads", *QUESTIONS} == set(answers)
    assert {name: one.sentence for name, one in answers.items() if one.verdict is not Verdict.PASS} == {}


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("def predict(frame): return [0.5] * frame.height", set()),
        ("import random\ndef predict(frame): return [random.random() for _ in range(frame.height)]",
         {"repeats", "order", "alone", "columns", "undeclared", "reloads"}),
        ("import polars as pl\ndef predict(frame): return (frame['age'] / frame['age'].max()).fill_null(0)",
         {"alone", "absent"}),
        ("def predict(frame): return (frame['age'] / 100).clip(0, 1)", {"missing", "absent"}),
    ],
)  # fmt: skip
def test_the_kit_finds_what_is_wrong_with_a_model(host: ModelHost, source: str, refused: set[str]) -> None:
    card = ModelCard(framework="python", recipe="own", task=Task.BINARY, inputs=("age", "job"), labels=("no", "yes"))
    answers = conforms(host, card, {"model.py": source.encode()}, made.rows(Task.BINARY, 40).select("age", "job"))
    assert {name for name, one in answers.items() if one.verdict is not Verdict.PASS} == refused


def test_a_model_that_does_not_load_gets_one_answer_that_says_why(host: ModelHost) -> None:
    card = ModelCard(framework="python", recipe="own", task=Task.BINARY, inputs=("age",), labels=("no", "yes"))
    answers = conforms(host, card, {"model.py": b"import no_such_package"}, made.rows(Task.BINARY, 5))
    assert list(answers) == ["runs"]
    assert "no_such_package" in answers["runs"].next_step
