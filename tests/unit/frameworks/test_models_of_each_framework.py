"""What each framework does that the others do not, seen through the model host as the factory sees it."""

import importlib.util
import json
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import polars as pl
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.ports import Recipe
from glassworks.core.usecase import ModelCard
from glassworks.engines.host import ModelHost
from glassworks.frameworks.scikit_learn import FRAMEWORK as SCIKIT_LEARN

spec = importlib.util.spec_from_file_location("rows", Path(__file__).parents[2] / "fakes" / "rows_to_learn_from.py")
assert spec and spec.loader
made = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)

ROWS: pl.DataFrame = made.rows(Task.BINARY)
INPUTS = ("age", "job", "duration", "member", "joined")
YES = (ROWS["answer"] == "yes").to_numpy()


def card(framework: str, inputs: tuple[str, ...] = INPUTS, labels: tuple[str, ...] = ("no", "yes")) -> ModelCard:
    return ModelCard(framework=framework, recipe="x", task=Task.BINARY, inputs=inputs, labels=labels)


def fit(
    host: ModelHost, framework: str, kind: str, rows: pl.DataFrame = ROWS, **parameters: object
) -> dict[str, bytes]:
    recipe = Recipe(name=kind, framework=framework, kind=kind, parameters=parameters)
    labels = ("no", "yes")
    return host.fit(recipe, rows, target="answer", task=Task.BINARY, inputs=INPUTS, labels=labels, seed=1)


def separation(scores: np.ndarray) -> float:
    """The share of pairs (one yes, one no) that are in the right order."""
    return float((scores[YES][:, None] > scores[~YES][None, :]).mean())


@pytest.mark.parametrize(
    ("framework", "kind", "least"),
    [
        ("rule", "rule", 0.6),
        ("lightgbm", "boosting", 0.85),
        ("lightgbm", "glass_box", 0.85),
        ("scikit-learn", "logistic", 0.85),
    ],
)
def test_a_fitted_model_knows_yes_from_no(host: ModelHost, framework: str, kind: str, least: float) -> None:
    assert separation(host.load(card(framework), fit(host, framework, kind)).predict(ROWS)) > least


@pytest.mark.parametrize(
    ("framework", "kind"), [("rule", "constant"), ("lightgbm", "boosting"), ("scikit-learn", "logistic")]
)
def test_scores_turn_round_with_the_labels(host: ModelHost, framework: str, kind: str) -> None:
    recipe = Recipe(name=kind, framework=framework, kind=kind)
    means = []
    for labels in (("no", "yes"), ("yes", "no")):
        files = host.fit(recipe, ROWS, target="answer", task=Task.BINARY, inputs=INPUTS, labels=labels, seed=1)
        means.append(host.load(card(framework, labels=labels), files).predict(ROWS).mean())
    assert means[0] == pytest.approx(YES.mean(), abs=0.02)
    assert sum(means) == pytest.approx(1.0, abs=0.02)


def test_a_leaked_column_that_the_card_does_not_declare_is_missing_at_scoring(host: ModelHost) -> None:
    leaked = fit(host, "lightgbm", "boosting")
    honest = card("lightgbm", inputs=("age", "job", "member", "joined"))
    with_it, without = ROWS, ROWS.with_columns(pl.lit(None, dtype=pl.Float64).alias("duration"))
    scores = host.load(honest, leaked).predict(with_it)
    assert scores.tolist() == host.load(card("lightgbm"), leaked).predict(without).tolist()
    assert separation(scores) < separation(host.load(card("lightgbm"), leaked).predict(with_it))


def test_the_glass_box_is_a_sum_of_one_effect_a_feature(host: ModelHost) -> None:
    files = fit(host, "lightgbm", "glass_box", rounds=60)
    for tree in lightgbm.Booster(model_str=files["model.txt"].decode()).dump_model()["tree_info"]:
        used = {int(one) for one in json.dumps(tree).split('"split_feature": ')[1:] for one in [one.split(",")[0]]}
        assert len(used) <= 1
    boosted = lightgbm.Booster(model_str=fit(host, "lightgbm", "boosting")["model.txt"].decode())
    assert any(tree["num_leaves"] > 6 for tree in boosted.dump_model()["tree_info"])


def test_a_signed_direction_holds_in_the_fitted_model(host: ModelHost) -> None:
    model = host.load(card("lightgbm"), fit(host, "lightgbm", "boosting", monotone={"age": -1}))
    grid = pl.concat([ROWS.head(1)] * 60).with_columns(age=pl.Series(np.linspace(18, 90, 60)))
    assert (np.diff(model.predict(grid)) <= 1e-12).all()


def test_parameters_that_are_the_factorys_are_refused(host: ModelHost) -> None:
    with pytest.raises(FixTheInput, match="num_threads"):
        fit(host, "lightgbm", "boosting", num_threads=8)
    with pytest.raises(FixTheInput, match="cannot answer"):
        fit(host, "scikit-learn", "linear")


def test_a_handful_of_rows_and_constant_and_empty_columns_still_fit(host: ModelHost) -> None:
    few = ROWS.head(12).with_columns(duration=pl.lit(None, dtype=pl.Float64), job=pl.lit("same"))
    few = few.with_columns(answer=pl.Series(["yes", "no"] * 6))
    kinds = [("rule", "rule"), ("lightgbm", "boosting"), ("lightgbm", "glass_box"), ("scikit-learn", "logistic")]
    for framework, kind in kinds:
        assert len(host.load(card(framework), fit(host, framework, kind, few)).predict(few)) == 12


def test_a_rule_is_a_table_that_anyone_can_read(host: ModelHost) -> None:
    files = fit(host, "rule", "rule", column="job")
    facts = json.loads(files["rule.json"])
    assert facts["column"] == "job"
    assert len(facts["rates"]) == 4
    model = host.load(card("rule"), files)
    nurses = (ROWS["job"] == "nurse").fill_null(False).to_numpy()
    rate = (YES[nurses].sum() + 20 * YES.mean()) / (nurses.sum() + 20)
    assert model.predict(ROWS)[nurses] == pytest.approx(rate)


def pipeline(frame: pl.DataFrame | pd.DataFrame, y: np.ndarray) -> object:
    prepare = ColumnTransformer(
        [("job", OneHotEncoder(handle_unknown="ignore"), ["job"]), ("age", "passthrough", ["age"])]
    )
    return make_pipeline(prepare, RandomForestClassifier(5, random_state=0)).fit(frame, y)


@pytest.mark.parametrize("flavour", ["pandas", "polars"])
def test_a_pipeline_fitted_by_hand_answers_as_it_did_at_home(host: ModelHost, flavour: str) -> None:
    rows = ROWS.drop_nulls("job").select("age", "job")
    y = ROWS.drop_nulls("job")["answer"].to_numpy()
    frame = pd.DataFrame({"age": rows["age"].to_list(), "job": rows["job"].to_list()}) if flavour == "pandas" else rows
    own = pipeline(frame, y)
    model = host.load(card("scikit-learn", ("age", "job")), SCIKIT_LEARN.save(own))
    assert np.array_equal(model.predict(rows), own.predict_proba(frame)[:, 1])
    turned = host.load(card("scikit-learn", ("age", "job"), ("yes", "no")), SCIKIT_LEARN.save(own))
    assert np.allclose(turned.predict(rows), 1 - model.predict(rows))
    assert len(model.predict(pl.DataFrame({"job": ["astronaut", "nurse"]}).with_columns(age=pl.Series([1, 2])))) == 2


def test_an_estimator_without_names_or_with_other_classes_is_told_apart(host: ModelHost) -> None:
    own = LogisticRegression().fit(ROWS.select("age", "member").to_numpy(), YES.astype(int))
    model = host.load(card("scikit-learn", ("age", "member")), SCIKIT_LEARN.save(own))
    assert np.array_equal(model.predict(ROWS), own.predict_proba(ROWS.select("age", "member").to_numpy())[:, 1])
    other = LogisticRegression().fit(ROWS.select("age", "member").to_numpy(), np.where(YES, "up", "down"))
    with pytest.raises(FixTheInput, match="not the labels"):
        host.load(card("scikit-learn", ("age", "member")), SCIKIT_LEARN.save(other)).predict(ROWS)


def test_a_skops_file_with_a_type_nobody_reviewed_is_not_loaded(host: ModelHost, tmp_path: Path) -> None:
    import os

    evil = skops.io.dumps(make_pipeline(FunctionTransformer(os.system), LogisticRegression()))
    with pytest.raises(FixTheInput, match=r"nobody reviewed: posix\.system"):
        host.load(card("scikit-learn"), {"model.skops": evil})
    with pytest.raises(FixTheInput, match=r"no file model\.skops"):
        host.load(card("scikit-learn"), {"model.pkl": b""})


def test_a_booster_trained_elsewhere_brings_its_pandas_categories(host: ModelHost) -> None:
    frame = pd.DataFrame({"age": ROWS["age"].to_list(), "job": pd.Categorical(ROWS["job"].to_list())})
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1, "min_data_per_group": 5}
    booster = lightgbm.train(settings, lightgbm.Dataset(frame, YES.astype(int)), 20)
    model = host.load(card("lightgbm", ("age", "job")), {"model.txt": booster.model_to_string().encode()})
    assert np.allclose(model.predict(ROWS), booster.predict(frame))


def test_a_malformed_booster_is_refused_and_hurts_nobody(host: ModelHost) -> None:
    files = fit(host, "lightgbm", "boosting", rounds=5)
    good = host.load(card("lightgbm"), files)
    for text in (b"", b"tree\nversion=v4\n", files["model.txt"][: len(files["model.txt"]) // 2], b"\xff\xfe"):
        with pytest.raises(FixTheInput):
            host.load(card("lightgbm"), {**files, "model.txt": text})
    assert len(good.predict(ROWS)) == ROWS.height
