"""LightGBM: boosted trees, and the glass box of one feature per tree; kept as native text beside a JSON of columns."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.ports import Recipe
from glassworks.core.usecase import ModelCard
from glassworks.frameworks.table import Columns, answers

MODEL, COLUMNS = "model.txt", "columns.json"
OBJECTIVES = {Task.BINARY: "binary", Task.MULTICLASS: "multiclass", Task.REGRESSION: "regression"}
DEFAULTS: dict[str, dict[str, Any]] = {
    "boosting": {"learning_rate": 0.05, "num_leaves": 31, "min_data_in_leaf": 20, "feature_fraction": 0.8},
    "glass_box": {"learning_rate": 0.04, "num_leaves": 6, "min_data_in_leaf": 30, "max_bin": 127},
}
TUNABLE = {
    "learning_rate", "num_leaves", "max_depth", "min_data_in_leaf", "min_sum_hessian_in_leaf", "min_gain_to_split",
    "feature_fraction", "bagging_fraction", "bagging_freq", "lambda_l1", "lambda_l2", "max_bin", "cat_smooth",
    "cat_l2", "path_smooth", "extra_trees",
}  # fmt: skip
OWN = {"rounds", "patience", "monotone", "quantile"}
"""`quantile`: for regression, the share of outcomes that shall lie below the answer, instead of their mean."""
TAIL_SHARE, TAIL_ROWS, ROUNDS_WITHOUT_TAIL = 0.2, 40, 80


@dataclass(frozen=True)
class Boosted:
    """A booster and the columns it learned from."""

    booster: lightgbm.Booster
    columns: Columns


def _parameters(recipe: Recipe, columns: Columns, task: Task, labels: Sequence[str], seed: int) -> dict[str, Any]:
    unknown = sorted(set(recipe.parameters) - TUNABLE - OWN)
    if unknown:
        raise FixTheInput(
            f"The recipe {recipe.name} sets {', '.join(unknown)}, which cannot be set here.",
            "Threads, seeds, objectives and files are the factory's.",
            f"Use any of {', '.join(sorted(TUNABLE | OWN))}.",
        )
    own = DEFAULTS[recipe.kind] | {k: v for k, v in recipe.parameters.items() if k in TUNABLE}
    law: dict[str, Any] = {
        "objective": OBJECTIVES[task],
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "verbosity": -1,
        "feature_pre_filter": False,
    }
    if task is Task.MULTICLASS:
        law["num_class"] = len(labels)
    if "quantile" in recipe.parameters:
        law |= {"objective": "quantile", "alpha": _quantile(recipe, task)}
    if recipe.kind == "glass_box":
        law["interaction_constraints"] = [[place] for place in range(len(columns.names))]
    monotone = recipe.parameters.get("monotone", {})
    if monotone:
        signs = [0 if n in columns.levels else int(np.sign(monotone.get(n, 0))) for n in columns.names]
        law |= {"monotone_constraints": signs, "monotone_constraints_method": "basic"}
    return own | law


def _quantile(recipe: Recipe, task: Task) -> float:
    share = float(recipe.parameters["quantile"])
    if task is not Task.REGRESSION or not 0 < share < 1:
        raise FixTheInput(
            f"The recipe {recipe.name} asks for a quantile that cannot be foretold.",
            "A quantile lies between 0 and 1, and only numbers have one.",
            "Give a share between 0 and 1, in a regression.",
        )
    return share


def _rounds(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    columns: Columns,
    parameters: dict[str, Any],
    limit: int,
    patience: int,
) -> int:
    """How many trees: stopped early on the last rows, which are the latest when rows are in time order."""
    tail = int(len(y) * TAIL_SHARE)
    if tail < TAIL_ROWS or (
        parameters["objective"] in ("binary", "multiclass") and _classes_differ(y[:-tail], y[-tail:])
    ):
        return min(limit, ROUNDS_WITHOUT_TAIL)
    train = lightgbm.Dataset(x[:-tail], y[:-tail], categorical_feature=columns.categories, params=parameters)
    valid = lightgbm.Dataset(x[-tail:], y[-tail:], reference=train, params=parameters)
    stop = lightgbm.early_stopping(patience, verbose=False)
    booster = lightgbm.train(parameters, train, limit, valid_sets=[valid], callbacks=[stop])
    return max(1, booster.best_iteration)


def _classes_differ(head: NDArray[np.float64], tail: NDArray[np.float64]) -> bool:
    return set(np.unique(head)) != set(np.unique(tail))


class LightGbmFramework:
    """Kinds: `boosting`, and `glass_box` whose trees use one feature each, so that its effects can be drawn."""

    name = "lightgbm"
    kinds: tuple[str, ...] = ("boosting", "glass_box")

    def recognises(self, model: object) -> bool:
        """A booster, or one of LightGBM's scikit-learn estimators."""
        return isinstance(model, Boosted | lightgbm.Booster | lightgbm.LGBMModel)

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
    ) -> Boosted:
        """Find the number of trees on the tail of the rows, then fit that many on all rows."""
        y, known = answers(frame[target], task, labels)
        rows = frame.filter(pl.Series(known))
        columns = Columns.learn(rows, inputs)
        if not columns.names:
            raise FixTheInput("LightGBM needs at least one input column.", "", "Declare an input, or use a constant.")
        x, parameters = columns.matrix(rows), _parameters(recipe, columns, task, labels, seed)
        limit, patience = int(recipe.parameters.get("rounds", 1500)), int(recipe.parameters.get("patience", 40))
        rounds = _rounds(x, y, columns, parameters, limit, patience)
        whole = lightgbm.Dataset(x, y, categorical_feature=columns.categories, params=parameters)
        return Boosted(lightgbm.train(parameters, whole, rounds), columns)

    def save(self, model: object) -> dict[str, bytes]:
        """Native text, and the columns as JSON."""
        if isinstance(model, lightgbm.LGBMModel):
            model = model.booster_
        if isinstance(model, lightgbm.Booster):
            return {MODEL: model.model_to_string().encode()}
        assert isinstance(model, Boosted)
        columns = json.dumps({"format": 1, **model.columns.as_dict()}, sort_keys=True)
        return {MODEL: model.booster.model_to_string().encode(), COLUMNS: columns.encode()}

    def load(self, files: Mapping[str, bytes]) -> Boosted:
        """From native text; without `columns.json` the columns are read from the text itself."""
        if MODEL not in files:
            raise FixTheInput(f"There is no file {MODEL}.", "LightGBM models are kept as native text.", "Save it so.")
        text = files[MODEL].decode()
        booster = lightgbm.Booster(model_str=text)
        if COLUMNS in files:
            return Boosted(booster, Columns.of(json.loads(files[COLUMNS])))
        return Boosted(booster, _columns_of_text(text, booster.feature_name()))

    def predict(self, model: object, frame: pl.DataFrame, card: ModelCard) -> NDArray[np.float64]:
        """The booster's own scores: probability, probabilities (n, k), or value."""
        assert isinstance(model, Boosted)
        scores = model.booster.predict(model.columns.matrix(frame), num_threads=1)
        return np.asarray(scores, dtype=np.float64)

    def describe(self, model: object) -> dict[str, Any]:
        """Trees, features, and how much each feature contributes to the fit."""
        assert isinstance(model, Boosted)
        gains = model.booster.feature_importance("gain")
        return {
            "kind": "trees",
            "trees": model.booster.num_trees(),
            "features": list(model.columns.names),
            "gain": {name: float(gain) for name, gain in zip(model.columns.names, gains, strict=True)},
        }


def _columns_of_text(text: str, names: Sequence[str]) -> Columns:
    """Columns of a model trained elsewhere: numbers, and pandas categories when the text lists them."""
    found = re.search(r"^pandas_categorical:(.+)$", text, re.MULTILINE)
    listed = json.loads(found[1]) or [] if found else []
    infos = re.search(r"^feature_infos=(.*)$", text, re.MULTILINE)
    kinds = infos[1].split(" ") if infos else []
    categories = [name for name, info in zip(names, kinds, strict=False) if info and info[0] not in "[n"]
    if listed and len(listed) != len(categories):
        raise FixTheInput(
            "The model text does not say which columns its categories belong to.",
            "It was trained on a pandas frame with a category that no tree can use.",
            f"Add {COLUMNS}, or train without the unused category.",
        )
    levels = {name: tuple(str(v) for v in values) for name, values in zip(categories, listed, strict=False)}
    return Columns({name: "category" if name in levels else "number" for name in names}, levels)


FRAMEWORK = LightGbmFramework()
