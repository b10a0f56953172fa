"""MLflow model directories, laid out as MLflow lays them out, are read without MLflow."""

import json
import pickle
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
