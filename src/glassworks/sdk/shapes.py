"""Rows in any shape become a Polars frame for the checks, and go back to the shape that the model was made for."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.loading import part
from glassworks.sdk.model_files import Stored

Array = NDArray[Any]
NEARLY, SUM_WITHIN = 1e-9, 1e-3
"""How far a probability may lie outside 0 to 1, and those of a row from adding up to 1: as the model host allows."""


class Shape:
    """The rows as a frame of numbers and texts, in which NaN is a missing value, and the way back.

    pandas is loaded only when its frames come in.
    """

    def __init__(self, rows: Any) -> None:
        self._back: Callable[[pl.DataFrame], Any] = self._same
        if isinstance(rows, pl.DataFrame):
            self.frame = rows
        elif type(rows).__module__.partition(".")[0] == "pandas":
            self._dtypes = dict(rows.dtypes)
            self.frame = pl.DataFrame([_series(str(name), rows[name]) for name in rows.columns])
            self._back = self._pandas
        elif isinstance(rows, dict):
            self.frame = pl.DataFrame(rows)
            self._back = self._columns
        else:
            self.frame = _of_array(rows)
            self._back = self._array
        self._blank = [one.name for one in self.frame if one.dtype.is_float() and one.is_nan().any()]
        self.frame = self.frame.with_columns(pl.col(self._blank).fill_nan(None))

    def back(self, frame: pl.DataFrame) -> Any:
        """A frame of these columns in the shape that came in; what is missing is NaN again where it came as NaN."""
        blank = [name for name in self._blank if name in frame.columns and frame[name].dtype.is_float()]
        return self._back(frame.with_columns(pl.col(blank).fill_null(float("nan"))))

    @staticmethod
    def _same(frame: pl.DataFrame) -> Any:
        return frame

    @staticmethod
    def _columns(frame: pl.DataFrame) -> Any:
        return frame.to_dict(as_series=False)

    @staticmethod
    def _array(frame: pl.DataFrame) -> Any:
        return frame.cast(pl.Float64).to_numpy()

    def _pandas(self, frame: pl.DataFrame) -> Any:
        made = part("pandas:DataFrame")({s.name: s.to_numpy() if s.dtype.is_numeric() else s.to_list() for s in frame})
        for name, dtype in self._dtypes.items():
            try:
                made[str(name)] = made[str(name)].astype(dtype)
            except (TypeError, ValueError):
                continue
        made.columns = list(self._dtypes)
        return made


def _series(name: str, column: Any) -> pl.Series:
    values = column.to_numpy()
    if values.dtype.kind in "iufb":
        return pl.Series(name, values)
    missing = column.isna().to_numpy()
    return pl.Series(name, [None if gone else str(v) for v, gone in zip(column, missing, strict=True)], dtype=pl.String)


def _of_array(rows: Any) -> pl.DataFrame:
    try:
        values = np.asarray(rows, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.ndim != 2:
        raise FixTheInput(
            "These rows have a shape that cannot be read.",
            "Rows are a pandas or Polars frame, a dictionary of columns, or numbers of shape (n, k).",
            "Bring one of them.",
            field="X",
        )
    return pl.DataFrame({f"column {place + 1}": values[:, place] for place in range(values.shape[1])})


class Live:
    """A live object as a `core.ports.Model`: P(positive) (n,), class probabilities (n, k), or values (n,)."""

    def __init__(self, model: Any, shape: Shape, task: Task, classes: Array, positive: object) -> None:
        self._model, self._shape, self._task = model, shape, task
        self._classes, self._positive = classes, positive

    def predict(self, frame: pl.DataFrame) -> Array:
        """Scores of rows; what the model answers in another form is refused in words."""
        ask = self._asking()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # as the model host does: what a model warns of is no answer
                answer = np.asarray(ask(frame), dtype=np.float64)
        except FixTheInput:
            raise
        except Exception as error:  # a model may raise anything; its text may hold a row
            raise FixTheInput(
                f"The model failed on these rows: {type(error).__name__}.", "", "Try its predict on them."
            ) from error
        return self._form(answer, frame.height)

    def _asking(self) -> Callable[[pl.DataFrame], Any]:
        """How the model is asked: from disk by its framework, live by `predict_proba` or `predict`."""
        if isinstance(self._model, Stored):
            negative = [one for one in self._classes if one != self._positive]
            known = [*negative, self._positive] if self._task is Task.BINARY else list(self._classes)
            stored, labels = self._model, tuple(str(one) for one in known)
            return lambda frame: stored.ask(frame, self._task, labels)
        sure = self._task is not Task.REGRESSION and hasattr(self._model, "predict_proba")
        found = getattr(self._model, "predict_proba" if sure else "predict", None)
        if found is None:
            raise FixTheInput(f"A {type(self._model).__name__} has no predict.", "", "Bring an object that predicts.")
        return lambda frame: found(self._shape.back(frame))

    def _form(self, answer: Array, rows: int) -> Array:
        if self._task is Task.MULTICLASS:
            wanted: tuple[int, ...] = (rows, len(self._classes))
        else:
            wanted = (rows,)
            two = self._task is Task.BINARY and answer.shape == (rows, 2)
            answer = answer[:, int(np.argmax(self._classes == self._positive))] if two else answer.reshape(-1)
        if answer.shape != wanted:
            raise FixTheInput(
                f"The model answers in shape {answer.shape}, {wanted} is needed.", "", "Give predict_proba or predict."
            )
        if not np.isfinite(answer).all():
            raise FixTheInput(
                "The model answers with something that is not a finite number.",
                "Such an answer cannot be compared or decided on.",
                "Let the model answer for rows with missing values too.",
            )
        outside = self._task is not Task.REGRESSION and bool(((answer < -NEARLY) | (answer > 1 + NEARLY)).any())
        if outside or (answer.ndim == 2 and bool((np.abs(answer.sum(axis=1) - 1) > SUM_WITHIN).any())):
            raise FixTheInput(
                "The model's answers are no probabilities.",
                "Decisions between classes are valued by probability; those of all classes add up to 1.",
                "Give it predict_proba, or calibrate it.",
            )
        return answer

    def close(self) -> None:
        """Nothing to end: the object is the caller's."""
