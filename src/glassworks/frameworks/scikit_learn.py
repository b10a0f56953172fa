"""scikit-learn: our linear models and anybody's fitted pipelines, kept by skops, never by pickle."""

import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import skops.io
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.ports import Recipe
from glassworks.core.registry import part
from glassworks.core.usecase import ModelCard
from glassworks.frameworks.table import Columns, answers, complete, label_key

MODEL, COLUMNS = "model.skops", "columns.json"
REVIEWED = (
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
)
"""Types skops asks about that only hold arrays. A malformed one can end the process: that is what the host is for."""


@dataclass(frozen=True)
class Fitted:
    """An estimator; `columns` is ours, or None for a pipeline that does its own preparation."""

    estimator: Any
    columns: Columns | None = None


def _preparation(columns: Columns) -> ColumnTransformer:
    categories = columns.categories
    rest = [place for place in range(len(columns.names)) if place not in categories]
    fill = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(fill, StandardScaler()), rest),
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=True), categories),
        ]
    )


class ScikitLearnFramework:
    """Kinds: `logistic` (binary, multiclass) and `linear` (regression)."""

    name = "scikit-learn"
    kinds: tuple[str, ...] = ("logistic", "linear")

    def recognises(self, model: object) -> bool:
        """Any estimator that predicts."""
        return isinstance(model, Fitted) or (isinstance(model, BaseEstimator) and hasattr(model, "predict"))

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
    ) -> Fitted:
        """Medians and a flag for what is missing, one column a category, standard scale, then the linear model."""
        if (recipe.kind == "linear") != (task is Task.REGRESSION):
            raise FixTheInput(
                f"A {recipe.kind} model cannot answer a {task} question.",
                "",
                "Use logistic for classes, linear for values.",
            )
        y, known = answers(frame[target], task, labels)
        rows = frame.filter(pl.Series(known))
        columns = Columns.learn(rows, inputs)
        if not columns.names:
            raise FixTheInput("A linear model needs at least one input column.", "", "Declare an input.")
        strength = float(recipe.parameters.get("strength", 1.0))
        last: Any = Ridge(alpha=strength)
        if recipe.kind == "logistic":
            last = LogisticRegression(C=1.0 / strength, max_iter=3000, random_state=seed)
        estimator = Pipeline([("prepare", _preparation(columns)), ("model", last)])
        return Fitted(estimator.fit(columns.matrix(rows), y), columns)

    def save(self, model: object) -> dict[str, bytes]:
        """A skops file, and our columns as JSON when the preparation is ours."""
        fitted = model if isinstance(model, Fitted) else Fitted(model)
        files = {MODEL: bytes(skops.io.dumps(fitted.estimator))}
        if fitted.columns is not None:
            files[COLUMNS] = json.dumps({"format": 1, **fitted.columns.as_dict()}, sort_keys=True).encode()
        return files

    def load(self, files: Mapping[str, bytes]) -> Fitted:
        """From a skops file that holds reviewed types only."""
        if MODEL not in files:
            raise FixTheInput(
                f"There is no file {MODEL}.", "scikit-learn models are kept by skops.", "Save it with skops.io.dump."
            )
        unknown = [kind for kind in skops.io.get_untrusted_types(data=files[MODEL]) if kind not in REVIEWED]
        if unknown:
            raise FixTheInput(
                f"The model holds types that nobody reviewed: {', '.join(sorted(unknown)[:5])}.",
                "A type of one's own can run any code while it is loaded.",
                "Use the types of scikit-learn, or submit the code as a Python model.",
            )
        estimator = skops.io.loads(files[MODEL], trusted=list(REVIEWED))
        columns = Columns.of(json.loads(files[COLUMNS])) if COLUMNS in files else None
        return Fitted(estimator, columns)

    def predict(self, model: object, frame: pl.DataFrame, card: ModelCard) -> NDArray[np.float64]:
        """Probabilities in the order of the card's labels, or values."""
        assert isinstance(model, Fitted)
        rows = model.columns.matrix(frame) if model.columns else _as_trained(model.estimator, frame)
        if card.task is Task.REGRESSION:
            return np.asarray(model.estimator.predict(rows), dtype=np.float64).reshape(frame.height)
        if not hasattr(model.estimator, "predict_proba"):
            raise FixTheInput(
                "The model gives no probabilities.", "Decisions are valued by probability.", "Wrap it to calibrate it."
            )
        shares = np.asarray(model.estimator.predict_proba(rows), dtype=np.float64)
        ordered = shares if model.columns else shares[:, _order(model.estimator.classes_, card.labels)]
        return ordered[:, 1] if card.task is Task.BINARY else ordered

    def describe(self, model: object) -> dict[str, Any]:
        """Its class, its columns, and its coefficients when it is linear."""
        assert isinstance(model, Fitted)
        estimator = model.estimator
        last = estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator
        names = model.columns.names if model.columns else getattr(estimator, "feature_names_in_", ())
        facts = {"kind": type(last).__name__, "features": [str(name) for name in names]}
        if hasattr(last, "coef_"):
            facts["coefficients"] = np.round(np.atleast_2d(last.coef_), 6).tolist()
        return facts


def _as_trained(estimator: Any, frame: pl.DataFrame) -> Any:
    """The frame in the shape a pipeline was fitted on.

    By name when it knows names: as pandas where that is installed, for most pipelines were fitted on pandas and tell
    a missing text (NaN) from None; else as polars. By position, as an array, when it knows none.
    """
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        return frame.to_numpy()
    known = complete(frame, [str(name) for name in names])
    known = known.with_columns(pl.col(pl.Null).cast(pl.Float64))
    if importlib.util.find_spec("pandas") is None:
        return known
    return part("pandas:DataFrame")({s.name: s.to_numpy() if s.dtype.is_numeric() else s.to_list() for s in known})


def _order(classes: Sequence[object], labels: Sequence[str]) -> list[int]:
    """Where each of the card's labels stands among the model's classes; by position when the names differ."""
    own = [label_key(one) for one in classes]
    wanted = [label_key(label) for label in labels]
    if len(own) != len(wanted):
        raise FixTheInput(
            f"The model knows {len(own)} classes, its card names {len(wanted)}.", "", "Name the classes on the card."
        )
    if sorted(own) == sorted(wanted):
        return [own.index(one) for one in wanted]
    if own == [str(place) for place in range(len(own))]:
        return list(range(len(own)))
    raise FixTheInput("The model's classes are not the labels on its card.", "", "Name the same classes on both.")


FRAMEWORK = ScikitLearnFramework()
