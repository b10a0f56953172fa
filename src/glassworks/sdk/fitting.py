"""The office's plain model, fitted here: in the caller's own process, from the rows that a model learned from."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Brief
from glassworks.core.loading import part
from glassworks.core.ports import Model, Recipe
from glassworks.core.registry import frameworks
from glassworks.core.usecase import ModelCard


class InProcess:
    """What a plain model needs of a `core.ports.Fitter`; it runs in this process, unlike in a model host."""

    def fit(self, recipe: Recipe, frame: pl.DataFrame, **terms: Any) -> dict[str, bytes]:
        """Fit a recipe of ours on the inputs and the target alone."""
        one = frameworks()[recipe.framework]
        told = frame.select(list(dict.fromkeys([*terms["inputs"], terms["target"]])))
        files: dict[str, bytes] = one.save(one.fit(recipe, told, **terms))
        return files

    def load(self, card: ModelCard, files: Mapping[str, bytes]) -> Model:
        """The model from its files."""
        return _Loaded(card, files)


class _Loaded:
    def __init__(self, card: ModelCard, files: Mapping[str, bytes]) -> None:
        self._card, self._framework = card, frameworks()[card.framework]
        self._model = self._framework.load(files)

    def predict(self, frame: pl.DataFrame) -> NDArray[Any]:
        told = frame.select([name for name in self._card.inputs if name in frame.columns])
        return np.asarray(self._framework.predict(self._model, told, self._card), dtype=np.float64)

    def close(self) -> None: ...


def beside(brief: Brief, card: ModelCard, known: pl.DataFrame) -> Callable[[], tuple[str, Model]]:
    """How to fit the plain model that a candidate is set beside: its name in words, and the model."""

    def fitted() -> tuple[str, Model]:
        plain = part("glassworks.stages.develop.builder:plain")
        name, model = plain(known, brief, card, InProcess(), inputs=brief.inputs())
        return f"a {name} that was fitted here", model

    return fitted
