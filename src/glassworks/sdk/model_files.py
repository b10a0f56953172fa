"""Models that lie on disk: an MLflow directory or a `model.py`, read to be submitted, or loaded to be checked here."""

from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.registry import frameworks
from glassworks.core.usecase import ModelCard


def written_model(path: Path) -> tuple[str, dict[str, bytes]]:
    """The framework's name and the files of a model that lies on disk."""
    if path.is_dir() and (path / "MLmodel").is_file():
        kept = sorted(one for one in path.rglob("*") if one.is_file())
        return "mlflow", {one.relative_to(path).as_posix(): one.read_bytes() for one in kept}
    if path.is_file() and path.suffix == ".py":
        return "python", {"model.py": path.read_bytes()}
    raise FixTheInput(f"{path} is neither a model.py nor an MLflow model directory.", "", "Check the path.")


class Stored:
    """A model from disk, loaded here: in the caller's own process, as its own framework would load it."""

    def __init__(self, path: Path) -> None:
        self._name, files = written_model(path)
        self._framework = frameworks()[self._name]
        self._folder = TemporaryDirectory(prefix="glassworks-check-", ignore_cleanup_errors=True)
        with chdir(self._folder.name):  # a framework writes what it must read from disk below the working folder
            self._loaded = self._read(path, files)

    def _read(self, path: Path, files: dict[str, bytes]) -> Any:
        try:
            return self._framework.load(files)
        except FixTheInput:
            raise
        except Exception as error:  # a file may be anything, and reading it may raise anything
            raise FixTheInput(
                f"The model in {path} cannot be read: {type(error).__name__}.", "", "Save it again, or check the path."
            ) from error

    def ask(self, frame: pl.DataFrame, task: Task, labels: tuple[str, ...]) -> NDArray[Any]:
        """P(positive), class probabilities, or values."""
        card = ModelCard(
            framework=self._name, recipe="from disk", task=task, inputs=tuple(frame.columns), labels=labels
        )
        return np.asarray(self._framework.predict(self._loaded, frame, card), dtype=np.float64)
