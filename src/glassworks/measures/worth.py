"""Values as numbers: what each outcome of each row is worth, and which answer is worth most."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.contract import Assumption, Task, ValueMatrix
from glassworks.core.errors import FixTheInput
from glassworks.measures.intervals import Array

BINARY = ("act_positive", "skip_positive", "act_negative", "skip_negative")
REGRESSION = ("over", "under")
ANSWERS = ("right", "wrong")
Amounts = Mapping[str, Array]
"""For each column that a value names, one number a row."""


def assumptions(value: ValueMatrix, task: Task) -> tuple[Assumption, ...]:
    """The values that count for a task, in a fixed order; for multiclass right, wrong, then each named pair."""
    names = {Task.BINARY: BINARY, Task.REGRESSION: REGRESSION, Task.MULTICLASS: ANSWERS}[task]
    named: tuple[Assumption, ...] = tuple(getattr(value, name) for name in names)
    return named + tuple(pair.value for pair in value.classes) if task is Task.MULTICLASS else named


def columns(value: ValueMatrix, task: Task) -> tuple[str, ...]:
    """The columns that hold a row's own amounts; none where every row is worth the same."""
    return tuple(dict.fromkeys(one.column for one in assumptions(value, task) if one.column))


def amounts(value: ValueMatrix, task: Task, given: Mapping[str, ArrayLike] | None, n: int) -> dict[str, Array]:
    """The amounts that the values need, checked: for each column n finite numbers, none below zero.

    Raises
    ------
    FixTheInput : a column is absent, has another length, or holds a missing, infinite or negative number; `field`
        names the column.
    """
    found = {}
    for name in columns(value, task):
        if given is None or name not in given:
            raise FixTheInput(
                f"The rows have no column {name}.",
                "A value of the KPI contract is multiplied by it.",
                "Add the column, or name another in the values.",
                field=name,
            )
        found[name] = _numbers(name, given[name], n)
    return found


def _numbers(name: str, given: ArrayLike, n: int) -> Array:
    try:
        numbers = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.full(1, np.nan)
    if numbers.shape not in ((n,), (1,)):
        raise FixTheInput(f"The column {name} must have one number a row.", field=name)
    wrong = int((~np.isfinite(numbers) | (numbers < 0)).sum())
    if wrong or numbers.shape != (n,):
        raise FixTheInput(
            f"The column {name} holds numbers that no value can be multiplied by.",
            "Every row needs a number of zero or more there; some are missing, negative or no numbers.",
            "Complete or correct the column.",
            field=name,
        )
    return numbers


def at_means(value: ValueMatrix, task: Task, means: Mapping[str, float] | None) -> ValueMatrix:
    """The matrix of an average row: every value that names a column multiplied by that column's mean.

    For planning without rows. It takes outcome and amount to be unrelated, which only rows can tell.
    """
    wanted = {name: [number] for name, number in (means or {}).items()}
    known = amounts(value, task, wanted, 1)

    def plain(one: Assumption) -> Assumption:
        if not one.column:
            return one
        mean = float(known[one.column][0])
        ends = {"low": one.low * mean, "mode": one.mode * mean, "high": one.high * mean}
        return one.model_copy(update={**ends, "column": ""})

    if not known:
        return value
    changed: dict[str, Any] = {
        name: plain(getattr(value, name))
        for name in (*BINARY, *REGRESSION, *ANSWERS)
        if getattr(value, name).column in known
    }
    pairs = tuple(pair.model_copy(update={"value": plain(pair.value)}) for pair in value.classes)
    return value.model_copy(update={**changed, "classes": pairs} if task is Task.MULTICLASS else changed)


def each(assumed: Assumption, by_row: Amounts) -> Any:
    """The likeliest value: one number, or one a row where it names a column."""
    return assumed.mode * by_row[assumed.column] if assumed.column else assumed.mode


def row_values(value: ValueMatrix, by_row: Amounts) -> tuple[Any, Any]:
    """What acting gains on a positive and on a negative case, at the likeliest values: numbers, or one a row.

    Examples
    --------
    >>> from glassworks.core.contract import exactly
    >>> stolen = exactly(1.0).model_copy(update={"column": "amount"})
    >>> b, g = row_values(ValueMatrix(act_positive=stolen, act_negative=exactly(-4)), {"amount": np.array([10, 200])})
    >>> b.tolist(), g
    ([10.0, 200.0], -4.0)
    """
    b = each(value.act_positive, by_row) - each(value.skip_positive, by_row)
    g = each(value.act_negative, by_row) - each(value.skip_negative, by_row)
    return b, g


def pairs(value: ValueMatrix, labels: Sequence[str], k: int) -> Array:
    """Which of the `assumptions` holds for each truth (row) and answer (column): a (k, k) array of their numbers.

    Raises
    ------
    FixTheInput : a named pair has a class that is not among the labels.
    """
    which = np.where(np.eye(k, dtype=bool), 0, 1)
    place = {name: number for number, name in enumerate(labels)}
    for number, pair in enumerate(value.classes):
        if pair.truth not in place or pair.answer not in place:
            raise FixTheInput(
                "A value names a class that does not occur.",
                f"The classes are {', '.join(labels) or 'not known yet'}.",
                "Name the classes as they stand in the data.",
                field="value.classes",
            )
        which[place[pair.truth], place[pair.answer]] = len(ANSWERS) + number
    return which


def answer_values(value: ValueMatrix, labels: Sequence[str], k: int, by_row: Amounts) -> Array:
    """What each answer is worth under each truth: (k, k), or (n, k, k) where a value names a column."""
    which = pairs(value, labels, k)
    worth = [each(one, by_row) for one in assumptions(value, Task.MULTICLASS)]
    if by_row:
        n = len(next(iter(by_row.values())))
        return np.stack([np.broadcast_to(one, n) for one in worth], axis=1)[:, which]
    return np.asarray(worth, dtype=np.float64)[which]


def best_answers(probabilities: ArrayLike, worth: Array) -> Array:
    """The answer worth most for each row: the argmax over answers a of sum_j p_j v[j, a].

    Parameters
    ----------
    probabilities : (n, k) calibrated chances of the classes.
    worth : (k, k) or (n, k, k) value by truth and answer.

    Notes
    -----
    Elkan (2001), equation 1.

    Examples
    --------
    >>> best_answers([[0.8, 0.2], [0.95, 0.05]], np.array([[0.0, -1.0], [-10.0, 0.0]])).tolist()
    [1, 0]
    """
    p = np.asarray(probabilities, dtype=np.float64)
    return np.asarray(np.einsum("nj,...ja->na" if worth.ndim == 2 else "nj,nja->na", p, worth).argmax(axis=1))


def best_single_answer(y: ArrayLike, worth: Array) -> int:
    """The one answer worth most when given to every case: with right above wrong that of the commonest class."""
    truth = np.asarray(y)
    chosen = worth[truth] if worth.ndim == 2 else worth[np.arange(truth.size), truth]
    return int(chosen.sum(axis=0).argmax())


def best_number(y: ArrayLike, over: ArrayLike, under: ArrayLike) -> float:
    """The best single number for every case: the least costly constant answer, a quantile of y.

    With costs equal for all rows it is the quantile at under / (under + over), the median when both cost the same;
    with costs of their own for each row the weighted quantile.

    Parameters
    ----------
    y : (n,) outcomes.
    over, under : cost of one unit too much and too little, one number or (n,), not negative.

    Notes
    -----
    The newsvendor's critical ratio (Arrow, Harris & Marschak 1951); Koenker & Bassett (1978) for the check loss.

    Examples
    --------
    >>> best_number(range(1, 11), 1.0, 4.0), best_number(range(1, 11), 3.0, 1.0)
    (8.0, 3.0)
    """
    outcome = np.asarray(y, dtype=np.float64)
    order = np.argsort(outcome, kind="stable")
    more, less = (np.broadcast_to(np.asarray(cost, dtype=np.float64), outcome.shape)[order] for cost in (over, under))
    total = float(less.sum())
    first = int(np.argmax(np.cumsum(more + less) >= total * (1 - 1e-12)))
    return float(outcome[order[first]])


class BestNumbers:
    """The answer without a model: the best single number within each group of known rows, and overall for the rest.

    Parameters
    ----------
    keys : (n,) arrays, one a column; their combinations are the groups.
    y : (n,) known outcomes.
    over, under : cost of one unit too much and too little, one number or (n,).

    Examples
    --------
    >>> table = BestNumbers([["a", "a", "a", "b"]], [1, 2, 3, 9], 1.0, 1.0)
    >>> table.answers([["b", "a", "new"]]).tolist()
    [9.0, 2.0, 2.0]
    """

    def __init__(self, keys: Sequence[ArrayLike], y: ArrayLike, over: ArrayLike, under: ArrayLike) -> None:
        outcome = np.asarray(y, dtype=np.float64)
        more, less = (np.broadcast_to(np.asarray(cost, dtype=np.float64), outcome.shape) for cost in (over, under))
        self._otherwise = best_number(outcome, more, less)
        found, place = np.unique(_joined(keys), return_inverse=True)
        order = np.argsort(place, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(place[order])) + 1)
        self._numbers = {str(found[place[one[0]]]): best_number(outcome[one], more[one], less[one]) for one in parts}

    def answers(self, keys: Sequence[ArrayLike]) -> Array:
        """The number of each row's group; a group never seen gets the best number overall."""
        found, place = np.unique(_joined(keys), return_inverse=True)
        return np.array([self._numbers.get(str(key), self._otherwise) for key in found])[place]


def _joined(keys: Sequence[ArrayLike]) -> Array:
    """One text a row: the columns' values, whole numbers written alike however they are stored."""
    texts = []
    for key in keys:
        column = np.asarray(key)
        texts.append((column.astype(np.float64) if column.dtype.kind in "iufb" else column).astype(str))
    return np.array(["\x1f".join(one) for one in zip(*texts, strict=True)])
