"""MLflow: a model directory as MLflow writes it, read without MLflow where that is possible.

Without MLflow installed: the `sklearn` flavour (skops, pickle or cloudpickle) and the `lightgbm` flavour (native text
of a Booster, or a pickled scikit-learn estimator). With MLflow installed also every other flavour that has a
`python_function`. Pickles run code when they are read: they are read in the host alone.
"""

import importlib.util
import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.ports import Framework, Recipe
from glassworks.core.registry import part
from glassworks.core.usecase import ModelCard
from glassworks.frameworks.files import written
from glassworks.frameworks.table import complete, floats

INDEX = "MLmodel"


@dataclass(frozen=True)
class Directory:
    """The files, what reads them, the model as that framework knows it, and the signature's input columns."""

    files: dict[str, bytes]
    flavour: str
    reader: Framework | None
    model: Any
    inputs: tuple[str, ...]


class MlflowFramework:
    """Fits nothing: it reads what was logged elsewhere."""

    name = "mlflow"
    kinds: tuple[str, ...] = ()

    def recognises(self, model: object) -> bool:
        """Whether it was read from a directory here."""
        return isinstance(model, Directory)

    def fit(
        self,
        recipe: Recipe,
        frame: pl.DataFrame,
        *,
        target: str,
        task: Task,
        inputs: Sequence[str],
        labels: Sequence[str],
        seed: int,
    ) -> Directory:
        """Refused: there is nothing to fit."""
        raise FixTheInput("An MLflow model is not fitted here.", "It was logged fitted.", "Submit its directory.")

    def save(self, model: object) -> dict[str, bytes]:
        """The files, unchanged."""
        assert isinstance(model, Directory)
        return dict(model.files)

    def load(self, files: Mapping[str, bytes]) -> Directory:
        """Read `MLmodel`, then the flavour that needs least."""
        index, inside = _opened(files)
        flavours = index.get("flavors") or {}
        inputs = _signature(index)
        if "sklearn" in flavours:
            reader = part("glassworks.frameworks.scikit_learn:FRAMEWORK")
            return Directory(dict(files), "sklearn", reader, _sklearn(reader, flavours["sklearn"], inside), inputs)
        if "lightgbm" in flavours and flavours["lightgbm"].get("data") in inside:
            return _lightgbm(dict(files), flavours["lightgbm"], inside, inputs)
        if importlib.util.find_spec("mlflow") is not None and "python_function" in flavours:
            model = part("mlflow.pyfunc:load_model")(str(written(inside)))
            return Directory(dict(files), "python_function", None, model, inputs)
        raise FixTheInput(
            f"This MLflow model has the flavours {', '.join(sorted(flavours)) or 'none'}.",
            "Without MLflow installed, sklearn and lightgbm can be read.",
            "Install mlflow beside Glassworks, or save the model in one of these flavours.",
        )

    def predict(self, model: object, frame: pl.DataFrame, card: ModelCard) -> NDArray[np.float64]:
        """As the flavour's framework does; a column of the signature that is not given is all missing."""
        assert isinstance(model, Directory)
        rows = complete(frame, model.inputs) if model.inputs else frame
        if model.reader is not None:
            return np.asarray(model.reader.predict(model.model, rows, card))
        return floats(_asked(model.model, rows), card.task)

    def describe(self, model: object) -> dict[str, Any]:
        """The flavour, and what its framework says."""
        assert isinstance(model, Directory)
        inner = model.reader.describe(model.model) if model.reader is not None else {}
        return {"flavour": model.flavour, **inner, "features": list(model.inputs) or inner.get("features", [])}


def _asked(model: Any, rows: pl.DataFrame) -> Any:
    """What MLflow's `predict` answers; MLflow's own refusal of rows in words, without any row's value."""
    known = rows.with_columns(pl.col(pl.Null).cast(pl.Float64))
    try:
        return model.predict(part("pandas:DataFrame")({one.name: one.to_list() for one in known}))
    except part("mlflow.exceptions:MlflowException"):
        raise FixTheInput(
            "MLflow does not hand these rows to the model: they do not fit the signature that it was logged with.",
            "A column that the signature requires is missing, or is of another type; a whole number is never missing.",
            "Log it again with a signature of numbers as doubles, and of columns that may be missing as optional.",
        ) from None


def _opened(files: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The index, and the files by their paths beside it."""
    found = sorted((name for name in files if PurePosixPath(name).name == INDEX), key=len)
    if not found:
        raise FixTheInput(f"There is no file {INDEX}.", "Every MLflow model directory has one.", "Send the directory.")
    root = PurePosixPath(found[0]).parent
    inside = {
        str(PurePosixPath(name).relative_to(root)): content
        for name, content in files.items()
        if PurePosixPath(name).is_relative_to(root)
    }
    try:
        index = yaml.safe_load(files[found[0]])
    except yaml.YAMLError:
        index = None
    if not isinstance(index, dict):
        raise FixTheInput(f"The file {INDEX} cannot be read.", "It is not YAML with names and values.", "Log it again.")
    return index, inside


def _signature(index: Mapping[str, Any]) -> tuple[str, ...]:
    signature = index.get("signature") or {}
    return tuple(str(one["name"]) for one in json.loads(signature.get("inputs") or "[]") if one.get("name"))


def _file(flavour: Mapping[str, Any], key: str, inside: Mapping[str, bytes]) -> bytes:
    name = str(flavour.get(key, ""))
    if name not in inside:
        raise FixTheInput(f"The model's file {name or key} is not in its directory.", f"{INDEX} names it.", "Add it.")
    return inside[name]


def _sklearn(reader: Framework, flavour: Mapping[str, Any], inside: Mapping[str, bytes]) -> Any:
    content = _file(flavour, "pickled_model", inside)
    if flavour.get("serialization_format") == "skops":
        return reader.load({"model.skops": content})
    return _read(content)


def _read(content: bytes) -> Any:
    """A pickled estimator, wrapped as our scikit-learn framework knows it."""
    estimator = pickle.loads(content)  # noqa: S301 - in the host's process, which exists for this
    return part("glassworks.frameworks.scikit_learn:Fitted")(estimator)


def _lightgbm(
    files: dict[str, bytes], flavour: Mapping[str, Any], inside: Mapping[str, bytes], inputs: tuple[str, ...]
) -> Directory:
    content = _file(flavour, "data", inside)
    if content.startswith(b"tree"):
        reader: Framework = part("glassworks.frameworks.light_gbm:FRAMEWORK")
        return Directory(files, "lightgbm", reader, reader.load({"model.txt": content}), inputs)
    reader = part("glassworks.frameworks.scikit_learn:FRAMEWORK")
    in_skops = flavour.get("serialization_format") == "skops"
    model = reader.load({"model.skops": content}) if in_skops else _read(content)
    return Directory(files, "lightgbm", reader, model, inputs)


FRAMEWORK = MlflowFramework()
