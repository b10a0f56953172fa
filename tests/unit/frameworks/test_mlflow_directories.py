"""MLflow model directories are read without MLflow where that is possible, and by MLflow where it is installed."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import cloudpickle
import lightgbm
import numpy as np
import pandas as pd
import polars as pl
import pytest
import skops.io
import yaml
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.usecase import ModelCard
from glassworks.engines.host import ModelHost
from glassworks.frameworks.mlflow_directory import FRAMEWORK

RANDOM = np.random.default_rng(2)
FRAME = pd.DataFrame({"age": RANDOM.integers(18, 90, 300), "job": RANDOM.choice(["nurse", "smith"], 300)})
Y = np.where(FRAME["age"] + 20 * (FRAME["job"] == "nurse") + RANDOM.normal(0, 10, 300) > 60, "yes", "no")
ROWS = pl.DataFrame({"age": FRAME["age"].to_list(), "job": FRAME["job"].to_list()})
SIGNATURE = {
    "inputs": json.dumps([{"type": "long", "name": "age", "required": True}, {"type": "string", "name": "job"}])
}
CARD = ModelCard(framework="mlflow", recipe="logged", task=Task.BINARY, inputs=("age", "job"), labels=("no", "yes"))


def pipeline() -> object:
    prepare = ColumnTransformer(
        [("job", OneHotEncoder(handle_unknown="ignore"), ["job"]), ("age", StandardScaler(), ["age"])]
    )
    return make_pipeline(prepare, LogisticRegression()).fit(FRAME, Y)


def directory(flavours: dict[str, object], root: str = "", **files: bytes) -> dict[str, bytes]:
    index = {
        "artifact_path": "model",
        "flavors": flavours,
        "mlflow_version": "3.1.0",
        "model_uuid": "0" * 32,
        "signature": SIGNATURE,
        "utc_time_created": "2026-01-01 00:00:00.000000",
    }
    beside = {
        "conda.yaml": b"name: mlflow-env\n",
        "python_env.yaml": b"python: 3.11\n",
        "requirements.txt": b"scikit-learn\n",
    }
    every = {"MLmodel": yaml.safe_dump(index).encode(), **beside, **files}
    return {root + name: content for name, content in every.items()}


PYFUNC = {
    "loader_module": "mlflow.sklearn",
    "model_path": "model.pkl",
    "predict_fn": "predict",
    "python_version": "3.11.2",
}


@pytest.mark.parametrize("form", ["cloudpickle", "pickle", "skops"])
@pytest.mark.parametrize("root", ["", "artifacts/model/"])
def test_the_sklearn_flavour_answers_as_it_did_at_home(host: ModelHost, form: str, root: str) -> None:
    own = pipeline()
    write = {"cloudpickle": cloudpickle.dumps, "pickle": pickle.dumps, "skops": skops.io.dumps}[form]
    name = "model.skops" if form == "skops" else "model.pkl"
    flavour = {"pickled_model": name, "serialization_format": form, "sklearn_version": "1.9.1", "code": None}
    files = directory({"sklearn": flavour, "python_function": PYFUNC}, root, **{name: write(own)})
    model = host.load(CARD, files)
    assert np.array_equal(model.predict(ROWS), own.predict_proba(FRAME)[:, 1])
    assert model.describe()["flavour"] == "sklearn"
    assert model.describe()["features"] == ["age", "job"]


def test_the_lightgbm_flavour_reads_native_text_and_a_pickled_estimator(host: ModelHost) -> None:
    frame = FRAME.assign(job=FRAME["job"].astype("category"))
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(frame, Y == "yes"), 10)
    native = {"data": "model.lgb", "lgb_version": "4.7.0", "model_class": "lightgbm.basic.Booster", "code": None}
    text = {"model.lgb": booster.model_to_string().encode()}
    assert np.allclose(host.load(CARD, directory({"lightgbm": native}, **text)).predict(ROWS), booster.predict(frame))
    estimator = lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbosity=-1).fit(FRAME[["age"]], Y)
    pickled = {"data": "model.pkl", "lgb_version": "4.7.0", "model_class": "lightgbm.sklearn.LGBMClassifier"}
    files = directory({"lightgbm": pickled}, **{"model.pkl": cloudpickle.dumps(estimator)})
    assert np.allclose(host.load(CARD, files).predict(ROWS), estimator.predict_proba(FRAME[["age"]])[:, 1])


def test_a_pickle_that_runs_code_runs_it_in_the_host_alone(host: ModelHost, tmp_path: Path) -> None:
    note = tmp_path / "pid"

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return exec, (f"import os; open({str(note)!r}, 'w').write(str(os.getpid()))",)

    flavour = {"pickled_model": "model.pkl", "serialization_format": "pickle"}
    files = directory({"sklearn": flavour}, **{"model.pkl": pickle.dumps(Evil())})
    host.load(CARD, files)
    import os

    assert note.read_text() != str(os.getpid())


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"model.pkl": b""}, "no file MLmodel"),
        ({"MLmodel": b"- just\n- a list"}, "cannot be read"),
        ({"MLmodel": b"{{{"}, "cannot be read"),
        (directory({"prophet": {}}), "flavours prophet"),
        (directory({}), "flavours none"),
        (directory({"sklearn": {"pickled_model": "gone.pkl"}}), "gone.pkl is not in its directory"),
    ],
)
def test_a_directory_that_cannot_be_read_is_refused_in_words(
    host: ModelHost, files: dict[str, bytes], said: str
) -> None:
    with pytest.raises(FixTheInput, match=said):
        host.load(CARD, files)


LOG = """
import sys
import mlflow

class Rule(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input["age"].to_numpy() / 1000 + (model_input["job"] == "nurse").to_numpy() * 0.5

columns = [mlflow.types.ColSpec("long", "age"), mlflow.types.ColSpec("string", "job", required=False)]
signature = mlflow.models.ModelSignature(inputs=mlflow.types.Schema(columns))
mlflow.pyfunc.save_model(sys.argv[1], python_model=Rule(), signature=signature)
"""


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A directory that MLflow itself wrote, in the flavour python_function alone."""
    place = tmp_path_factory.mktemp("logged") / "model"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", LOG, str(place)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {str(one.relative_to(place)): one.read_bytes() for one in place.rglob("*") if one.is_file()}


def test_with_mlflow_installed_its_python_function_answers_in_the_host(
    host: ModelHost, logged: dict[str, bytes]
) -> None:
    model = host.load(CARD, logged)
    assert np.allclose(model.predict(ROWS), FRAME["age"] / 1000 + (FRAME["job"] == "nurse") * 0.5)
    assert model.predict(ROWS.drop("job")).tolist() == (FRAME["age"] / 1000).to_list()
    assert model.describe() == {"flavour": "python_function", "features": ["age", "job"]}


def test_rows_that_do_not_fit_the_logged_signature_are_refused_in_words_without_a_value(
    host: ModelHost, logged: dict[str, bytes]
) -> None:
    model = host.load(CARD, logged)
    with pytest.raises(FixTheInput, match="signature that it was logged with") as refused:
        model.predict(ROWS.head(2).with_columns(age=pl.Series(["a secret", "b"])))
    assert "secret" not in str(refused.value) and "doubles" in refused.value.next_step


def test_without_mlflow_a_python_function_is_refused_with_what_to_install(
    logged: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(FixTheInput, match="flavours python_function") as refused:
        FRAMEWORK.load(logged)
    assert "Install mlflow beside Glassworks" in refused.value.next_step
