"""Outcomes as a caller has them: which task they ask for, their classes, and as numbers."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.sdk.terms import Terms

Array = NDArray[Any]


@dataclass(frozen=True)
class Outcomes:
    """n outcomes as numbers, and how they are written.

    Parameters
    ----------
    y : (n,) 0/1, index into `labels`, or number.
    classes : the classes as the caller writes them, in the order of the model's probabilities; empty for numbers.
    labels : their texts, for two classes the positive one last; empty for numbers.
    positive : for two classes the positive one.
    """

    task: Task
    y: Array
    classes: Array
    labels: tuple[str, ...]
    positive: object

    @classmethod
    def read(
        cls, model: object, terms: Terms, y: Any, rows: int, known: Any, *, positive: object, task: str | None
    ) -> "Outcomes":
        """The outcomes of n rows; `known` are those of other rows, which may hold further ones of several classes.

        Raises
        ------
        FixTheInput : one is missing, there are not as many as rows, or task, classes and the positive one do not fit.
        """
        values = complete(y, rows, "y")
        further = values[:0] if known is None else complete(known, np.size(known), "known")
        kind = terms.contract.task if terms.contract else _task(task, model, values)
        if kind is Task.REGRESSION:
            return cls(kind, _numbers(values), np.empty(0), (), None)
        both = np.concatenate([values, further]) if kind is Task.MULTICLASS and further.size else values
        classes = _classes(model, both)
        if kind is Task.MULTICLASS:
            return cls(kind, _index(classes, values), classes, tuple(str(one) for one in classes), None)
        wanted = _by_text(classes, terms.contract.positive) if terms.contract else positive
        chosen = _positive(classes, wanted)
        labels = (str(classes[classes != chosen][0]), str(chosen))
        return cls(kind, (values == chosen).astype(np.int64), classes, labels, chosen)

    def written(self, y: Any, rows: int, field: str) -> Array:
        """Outcomes of other rows as a table holds them: numbers, or the classes as texts.

        Raises
        ------
        FixTheInput : one is missing, is a class that the model does not know, or there are not as many as rows.
        """
        values = complete(y, rows, field)
        if self.task is Task.REGRESSION:
            return _numbers(values)
        if not np.isin(values, self.classes).all():
            raise FixTheInput(f"{field} has a class that the model does not know.", field=field)
        return np.asarray([str(one) for one in self.classes])[_index(self.classes, values)]


def complete(y: Any, rows: int, field: str) -> Array:
    """The outcomes of n rows as an array. Raises `FixTheInput` when one is missing or they are not as many."""
    outcome = np.asarray(y).reshape(-1)
    if len(outcome) != rows or not len(outcome):
        where = "X" if field == "y" else field
        raise FixTheInput(
            f"{where} has {rows:,} rows, its outcomes are {len(outcome):,}."
            if field != "y"
            else f"X has {rows:,} rows, y has {len(outcome):,}.",
            "",
            "Give one outcome a row.",
            field=field,
        )
    gone = sum(one is None or one != one for one in outcome.tolist())
    if gone:
        some = "every row" if gone == len(outcome) else f"{gone:,} of {len(outcome):,} rows"
        raise FixTheInput(
            f"The outcome {'y' if field == 'y' else f'of {field}'} is missing in {some}.",
            "A row without an outcome can neither teach nor test.",
            "Give the outcome of each row, or leave those rows out.",
            field=field,
        )
    if any(isinstance(one, float) and math.isinf(one) for one in outcome.tolist()):
        raise FixTheInput(
            f"The outcome {'y' if field == 'y' else f'of {field}'} is infinite in some rows.",
            "Nothing can be foretold or valued there.",
            "Give a finite number, or leave those rows out.",
            field=field,
        )
    return outcome


def _task(named: str | None, model: object, outcome: Array) -> Task:
    if named is not None:
        if named not in list(Task):
            raise FixTheInput(f"There is no task {named!r}.", f"The tasks are {', '.join(Task)}.", field="task")
        return Task(named)
    distinct = len(np.unique(outcome.astype(str)))
    tells_classes = hasattr(model, "predict_proba") or outcome.dtype.kind not in "iuf"
    if distinct == 2:
        return Task.BINARY
    return Task.MULTICLASS if tells_classes else Task.REGRESSION


def _classes(model: object, outcome: Array) -> Array:
    """The classes in the order in which the model's probabilities stand."""
    own = getattr(model, "classes_", None)
    found = np.asarray(own) if own is not None else np.unique(outcome)
    if len(found) < 2:
        raise FixTheInput("There is one class only.", "There is nothing to tell apart.", "Bring rows of each class.")
    if not np.isin(outcome, found).all():
        raise FixTheInput("y has a class that the model does not know.", "", "Check how the outcome is written.")
    return found


def _by_text(classes: Array, wanted: str) -> object:
    """The class that is written as the contract names its positive one."""
    return next((one for one in classes.tolist() if str(one) == wanted), wanted)


def _positive(classes: Array, wanted: object) -> object:
    if len(classes) != 2:
        raise FixTheInput(f"There are {len(classes)} classes, not two.", "", "Name the task: multiclass.", field="task")
    if wanted is None:
        return max(classes.tolist())
    if wanted not in classes.tolist():
        raise FixTheInput("The positive value is not among the classes.", "", "Name one of them.", field="positive")
    return wanted


def _index(classes: Array, outcome: Array) -> Array:
    place: Array = np.argmax(outcome[:, None] == classes[None, :], axis=1)
    return place.astype(np.int64)


def _numbers(outcome: Array) -> Array:
    return np.asarray(outcome, dtype=np.float64)
