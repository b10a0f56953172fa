"""Python source: a file `model.py` with `predict(frame)`; the way in for any framework that has no file here.

`predict` is given a Polars frame with one row a case and answers with one number a row: P(positive), the class
probabilities, or the value. `INPUTS`, when the file names it, lists the columns the model wants: one that it is not
given is all missing, any other is left out. Files beside it are found at `Path(__file__).parent`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.ports import Recipe
from glassworks.core.usecase import ModelCard
from glassworks.frameworks.files import imported, written
from glassworks.frameworks.table import complete, floats

SOURCE = "model.py"


@dataclass(frozen=True)
class Source:
    """The files as submitted, and the function they define."""

    files: dict[str, bytes]
    function: Callable[[pl.DataFrame], Any]
    inputs: tuple[str, ...] | None


class PythonFramework:
    """Fits nothing: the code is its author's, and runs in the host alone."""

    name = "python"
    kinds: tuple[str, ...] = ()

    def recognises(self, model: object) -> bool:
        """Whether it is source that was loaded here."""
        return isinstance(model, Source)

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
    ) -> Source:
        """Refused: there is nothing to fit."""
        raise FixTheInput("A Python model is not fitted here.", "Its author brings it fitted.", "Submit its files.")

    def save(self, model: object) -> dict[str, bytes]:
        """The files, unchanged."""
        assert isinstance(model, Source)
        return dict(model.files)

    def load(self, files: Mapping[str, bytes]) -> Source:
        """Run `model.py` once and keep its `predict`."""
        if SOURCE not in files:
            raise FixTheInput(f"There is no file {SOURCE}.", "A Python model is that file.", f"Name it {SOURCE}.")
        module = imported(written(files) / SOURCE)
        function, inputs = getattr(module, "predict", None), getattr(module, "INPUTS", None)
        if not callable(function):
            raise FixTheInput(f"{SOURCE} defines no predict.", "", "Define predict(frame) that answers for each row.")
        return Source(dict(files), function, None if inputs is None else tuple(str(name) for name in inputs))

    def predict(self, model: object, frame: pl.DataFrame, card: ModelCard) -> NDArray[np.float64]:
        """What the function answers, as floats; two columns for a yes/no question mean P(no), P(yes)."""
        assert isinstance(model, Source)
        rows = frame if model.inputs is None else complete(frame, model.inputs)
        if not rows.width and frame.height:
            rows = pl.DataFrame(height=frame.height)
        return floats(model.function(rows), card.task)

    def describe(self, model: object) -> dict[str, Any]:
        """The columns it names and the size of its code."""
        assert isinstance(model, Source)
        lines = len(model.files[SOURCE].splitlines())
        return {"kind": "python", "features": list(model.inputs or ()), "lines": lines, "files": sorted(model.files)}


FRAMEWORK = PythonFramework()
