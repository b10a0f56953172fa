"""`gw.check`: the questions of gate 4 on any object with `predict`, with no server, account or signature."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lightgbm import LGBMClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import glassworks as gw
from glassworks.core.check import run
from glassworks.core.contract import (
    Assumption,
    Brief,
    ClassValue,
    Decision,
    Direction,
    Feature,
    Kpi,
    Task,
    ValueMatrix,
    exactly,
)
from glassworks.core.errors import FixTheInput
from glassworks.core.registry import checks
from glassworks.core.result import Verdict
from glassworks.core.stage import Stage
from glassworks.hub.policies import OFFICE_PACK
from glassworks.stages.validate import scorer

VALUE = {"act_positive": (8, 10, 12), "act_negative": -2}


def table(n: int = 3000, seed: int = 1) -> tuple[pl.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame({"x": rng.normal(size=n), "noise": rng.normal(size=n), "age": rng.integers(18, 80, n)})
    return frame, rng.random(n) < 1 / (1 + np.exp(-frame["x"].to_numpy()))


class Sure:
    """Knows the truth of the invented table."""

    def predict_proba(self, X: Any) -> np.ndarray:
        p = 1 / (1 + np.exp(-np.nan_to_num(np.asarray(X["x"], dtype=float))))
        return np.column_stack([1 - p, p])


class Coin:
    """Knows nothing."""

    def predict(self, X: pl.DataFrame) -> np.ndarray:
        return np.random.default_rng(0).random(X.height)


def test_a_good_model_passes_and_knowing_nothing_does_not() -> None:
    frame, y = table()
    good = gw.check(Sure(), frame, y, value=VALUE, capacity_share=0.5, target=500, expected={"x": "up"})
    assert {"performance", "calibration", "kpi", "effects", "robustness"} <= set(good.verdicts)
    assert good.verdicts["kpi"] is good.verdicts["performance"] is Verdict.PASS, good
    bad = gw.check(Coin(), frame, y, value=VALUE, capacity_share=0.5, target=500)
    assert not bad.passed and bad.verdicts["kpi"] is not Verdict.PASS


def test_value_target_and_direction_change_the_verdicts() -> None:
    frame, y = table()
    assert gw.check(Sure(), frame, y, value=VALUE, capacity_share=0.5, target=10**6).verdicts["kpi"] is Verdict.FAIL
    against = gw.check(Sure(), frame, y, value=VALUE, expected={"x": "down"})
    assert against.verdicts["effects"] is Verdict.FAIL
    few = gw.check(Sure(), frame.head(30), y[:30], value=VALUE, capacity_share=0.5, target=50)
    assert Verdict.INCONCLUSIVE in few.verdicts.values() and not few.passed


def test_groups_are_compared_by_bands() -> None:
    frame, y = table()
    report = gw.check(Sure(), frame, y, value=VALUE, capacity_share=0.5, group=frame["age"].to_numpy(), bands=(30, 60))
    groups = {estimate.group for estimate in report["fairness"].estimates}
    assert {"under 30", "30 to 59", "60 and over"} <= groups | {""} and len(groups) >= 2


@pytest.mark.parametrize("shape", ["polars", "pandas", "array", "columns"])
def test_rows_come_in_any_shape(shape: str) -> None:
    frame, y = table()
    made = {
        "polars": frame,
        "pandas": pd.DataFrame(frame.to_dict(as_series=False)),
        "array": frame.to_numpy(),
        "columns": frame.to_dict(as_series=False),
    }[shape]
    numbers = pd.DataFrame(made) if shape == "columns" else made
    fitted = LogisticRegression().fit(frame.to_numpy() if shape == "polars" else np.asarray(numbers), y)

    class Wrapped:
        classes_ = fitted.classes_

        def predict_proba(self, X: Any) -> np.ndarray:
            assert type(X) is type(made)
            values = np.column_stack([X[name] for name in X]) if isinstance(X, dict) else np.asarray(X)
            return fitted.predict_proba(np.nan_to_num(values.astype(float), nan=0.0))

    report = gw.check(Wrapped(), made, y, value=VALUE, capacity_share=0.5)
    assert report.verdicts["performance"] is Verdict.PASS, report


def test_texts_with_missing_values_go_to_a_pandas_pipeline_and_back() -> None:
    rng = np.random.default_rng(2)
    job = rng.choice(["clerk", "nurse", "smith"], 1500)
    y = np.where(rng.random(1500) < np.where(job == "nurse", 0.8, 0.2), "yes", "no")
    rows = pd.DataFrame({"job": pd.Series(job).where(rng.random(1500) > 0.05).astype(object)})
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()).fit(rows, y)
    report = gw.check(model, rows, y, value=VALUE)
    assert report.verdicts["robustness"] is report.verdicts["performance"] is Verdict.PASS, report


def test_several_classes_and_values_are_judged_too() -> None:
    frame, y = table()
    three = np.where(frame["noise"] > 1, "c", np.where(y, "b", "a"))
    many = LogisticRegression(max_iter=500).fit(frame.to_numpy(), three)
    told = gw.check(many, frame.to_numpy(), three, value=ValueMatrix(right=exactly(1.0)))
    assert told.verdicts["performance"] is Verdict.PASS, told
    amount = 3 * frame["x"].to_numpy() + frame["noise"].to_numpy()
    line = LinearRegression().fit(frame.to_numpy(), amount)
    costs = gw.check(line, frame.to_numpy(), amount, value={"over": 1, "under": 2})
    assert costs.verdicts["kpi"] is Verdict.PASS, costs


@settings(max_examples=8, deadline=None)
@given(st.floats(0.5, 500), st.sampled_from([None, 0.3]))
def test_a_column_that_is_the_same_in_every_row_is_a_plain_value(amount: float, capacity: float | None) -> None:
    frame, bought = table(400)
    by_row = {"act_positive": {"low": 0.8, "mode": 1.0, "high": 1.5, "column": "owed"}, "act_negative": -0.2 * amount}
    plain = {"act_positive": (0.8 * amount, amount, 1.5 * amount), "act_negative": -0.2 * amount}
    terms = {"capacity_share": capacity, "target": amount}
    one = gw.check(Sure(), frame, bought, value=by_row, amounts={"owed": np.full(400, amount)}, **terms)
    other = gw.check(Sure(), frame, bought, value=plain, **terms)
    assert one.verdicts == other.verdicts
    gain, same = (
        next(e for line in r.lines for e in line.answer.estimates if e.name.startswith("KPI")) for r in (one, other)
    )
    assert gain.value == pytest.approx(same.value)


def test_values_by_row_come_from_the_rows_themselves_for_numbers_and_classes_too() -> None:
    rng = np.random.default_rng(4)
    rows = np.column_stack([rng.normal(size=900), rng.integers(1, 200, 900)])
    y = 3 * rows[:, 0] + rng.normal(size=900)
    cost = {"over": {"mode": 0.01, "column": "column 2"}, "under": 1}
    assert gw.check(LinearRegression().fit(rows, y), rows, y, value=cost).verdicts["kpi"] is Verdict.PASS
    kinds = np.where(y > 2, "high", np.where(y < -2, "low", "middle"))
    worth = {"right": {"mode": 1.0, "column": "column 2"}, "wrong": -1}
    sorts = gw.check(LogisticRegression(max_iter=5000).fit(rows, kinds), rows, kinds, value=worth)
    assert sorts.verdicts["kpi"] is Verdict.PASS


@pytest.mark.parametrize(
    ("value", "amounts", "words"),
    [
        ({"mode": 1.0, "column": "owed"}, None, "no column owed"),
        ({"mode": 1.0, "column": "owed"}, {"owed": [1.0, 2.0]}, "one number a row"),
        ({"mode": 1.0, "column": "owed"}, {"owed": np.full(400, -1.0)}, "no value can be multiplied by"),
        ({"mode": 1.0, "column": "owed"}, {"owed": ["much"] * 400}, "one number a row|no value can be"),
        ({"mode": 1.0, "column": "owed"}, {"paid": np.ones(400)}, "No value names the column 'paid'"),
        ({"column": "owed"}, None, "needs its `mode`"),
        ({"mode": 1.0, "per": "owed"}, None, "has no 'per'"),
        (
            {"mode": 1.0, "column": "owed"},
            {"owed": [[1.0], [2.0, 3.0], *[1.0] * 398]},
            "one number a row|no value can be",
        ),
        ({"mode": 1.0, "column": "owed"}, np.ones(400), "do not say which column"),
        ({"mode": 1.0, "column": 3}, None, "The value act_positive cannot be used"),
        ({"mode": "much", "column": "owed"}, None, "The value act_positive cannot be used"),
        ({"low": 3.0, "mode": 1.0, "column": "owed"}, None, "numbers in rising order"),
        (None, None, "The value act_positive cannot be used"),
    ],
)
def test_an_amount_that_cannot_be_used_is_named(value: Any, amounts: Any, words: str) -> None:
    frame, bought = table(400)
    with pytest.raises(FixTheInput, match=words):
        gw.check(Sure(), frame, bought, value={"act_positive": value, "act_negative": -1}, amounts=amounts)


def test_the_terms_of_a_mapping_mean_what_the_value_matrix_says() -> None:
    frame, bought = table(400)
    missed = ClassValue(truth="True", answer="False", value=exactly(-5.0))
    for terms, task in (({"act_positive": 10, "fixed_cost": 100, "run_cost": 5}, None), ({"right": 1}, "multiclass")):
        extra = {"classes": [missed]} if task else {}
        plain = {name: one if name.endswith("cost") else exactly(float(one)) for name, one in terms.items()}
        whole = ValueMatrix.model_validate(plain | extra)
        one, other = (gw.check(Sure(), frame, bought, value=v, task=task) for v in (terms | extra, whole))
        assert one.lines == other.lines


def test_a_report_reads_as_text_and_as_a_table_without_running_what_it_holds() -> None:
    frame, y = table(500)
    odd = frame.rename({"noise": "<script>alert(1)</script>"})
    report = gw.check(Sure(), odd, y, value=VALUE)
    assert "no approval" in repr(report) and "KPI" in repr(report)
    assert "<script>" not in report._repr_html_() and "<table>" in report._repr_html_()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": [1, 0]}, "rows"),
        ({"y": [1] * 100}, "one class"),
        ({"value": {"nonsense": 1}}, "nonsense"),
        ({"value": {"act_positive": (3, 2, 1)}}, "rising order"),
        ({"positive": "maybe"}, "positive"),
        ({"task": "guess"}, "task"),
        ({"expected": {"nobody": "up"}}, "nobody"),
        ({"X": "text"}, "shape"),
        ({"model": object()}, "no predict"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    frame, y = table(100)
    asked = {"model": Sure(), "X": frame, "y": y.astype(int), "value": VALUE} | change
    with pytest.raises(FixTheInput, match=words):
        gw.check(asked.pop("model"), asked.pop("X"), asked.pop("y"), **asked)


def test_a_models_own_error_never_shows_a_row() -> None:
    class Talkative:
        def predict(self, X: Any) -> Any:
            raise ValueError(f"cannot read {X}")

    frame, y = table(60)
    with pytest.raises(FixTheInput) as told:
        gw.check(Talkative(), frame, y, value=VALUE)
    assert "ValueError" in str(told.value) and "shape" not in str(told.value)


def test_importing_costs_nothing_and_loads_no_server() -> None:
    code = "import glassworks, sys; print(*sorted(m.partition('.')[0] for m in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sqlalchemy", "numpy", "fastapi", "polars", "httpx", "sklearn", "pydantic"} & set(loaded)


def test_a_lightgbm_model_and_its_mlflow_directory_get_the_same_verdicts(tmp_path: Path) -> None:
    frame, y = table()
    train, label = table(seed=2)
    model = LGBMClassifier(n_estimators=30, verbose=-1, random_state=0).fit(
        pd.DataFrame(train.to_dict(as_series=False)), label
    )
    kept_as = {"data": "model.lgb", "lgb_version": "4.7.0", "model_class": "lightgbm.basic.Booster", "code": None}
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "MLmodel").write_text(yaml.safe_dump({"flavors": {"lightgbm": kept_as}}))
    (tmp_path / "kept" / "model.lgb").write_text(model.booster_.model_to_string())
    terms: dict[str, Any] = {"value": VALUE, "capacity_share": 0.5, "target": 500, "expected": {"x": "up"}}
    live = gw.check(model, pd.DataFrame(frame.to_dict(as_series=False)), y, **terms)
    kept = gw.check(tmp_path / "kept", frame, y, **terms)
    assert live.verdicts == kept.verdicts and live.verdicts["performance"] is Verdict.PASS
    assert live["kpi"].estimates == kept["kpi"].estimates
    source = tmp_path / "model.py"
    source.write_text(
        "import numpy as np\ndef predict(frame): return 1 / (1 + np.exp(-frame['x'].fill_null(0).to_numpy()))"
    )
    assert gw.check(str(source), frame, y, **terms).verdicts["kpi"] is Verdict.PASS
    with pytest.raises(FixTheInput, match="nor an MLflow model directory"):
        gw.check(tmp_path / "nowhere", frame, y, **terms)


def test_the_desk_and_the_office_give_the_same_verdicts_on_the_same_rows() -> None:
    frame, y = table()
    desk = gw.check(Sure(), frame, y, value=VALUE, capacity_share=0.5, target=500, expected={"x": "up"})
    terms = Brief(
        id="b", title="t", problem="p", task=Task.BINARY, target="y", positive="True",
        decision=Decision(
            unit="case", action="act", otherwise="leave", volume_per_period=3000, capacity_share=0.5, if_model_down="-"
        ),
        kpi=Kpi(name="net value", unit="EUR", baseline="list order", target=500, period="period"),
        value=ValueMatrix(act_positive=Assumption(low=8, mode=10, high=12), act_negative=exactly(-2)),
        features=tuple(Feature(name=n, expected=Direction("up" if n == "x" else "any")) for n in frame.columns),
    )  # fmt: skip

    class AtTheOffice(Sure):
        def predict(self, X: Any) -> np.ndarray:
            try:
                with np.errstate(all="ignore"):  # as the model host ignores what a model warns of
                    return self.predict_proba(X)[:, 1]
            except Exception as error:  # as the model host tells a model's fault
                raise FixTheInput("The model failed.") from error

    scored, rows = scorer.score(AtTheOffice(), frame, terms, y.astype(int), periods=1.0, labels=("False", "True"))
    evidence = {
        "brief": terms, "policy": OFFICE_PACK, "scored": scored, "rows": rows, "model": AtTheOffice(), "look": 1,
        "open_rows": frame, "learned_rows": None, "level": 0.95, "traits": {}, "kept": (), "times": None,
    }  # fmt: skip
    asked = [one for one in checks(Stage.VALIDATE) if one.id in desk.verdicts]
    office = {one.id: run(one, evidence, Task.BINARY) for one in asked}
    assert {name: answer.verdict for name, answer in office.items()} == desk.verdicts
    assert office["kpi"].estimates == desk["kpi"].estimates
