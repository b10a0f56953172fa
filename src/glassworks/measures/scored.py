"""Cases with their outcomes, their scores, and the decision that the brief draws from the scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.measures.decision import first_share, threshold, top_share
from glassworks.measures.intervals import Array
from glassworks.measures.profit import row_gains
from glassworks.measures.worth import amounts, answer_values, best_answers, row_values


@dataclass(frozen=True)
class Scored:
    """n cases: what happened, what the model said, what was decided, and what would be decided without it.

    Parameters
    ----------
    task : kind of model.
    y : (n,) binary 0/1, multiclass class index, regression value.
    scores : (n,) P(positive) or value; multiclass (n, k) class probabilities.
    acted, baseline_acted : (n,) bool for binary, None otherwise.
    periods : how many KPI periods these cases span; totals are divided by it.
    group : (n,) text, the group of each case for fairness, or None.
    labels : class names in index order.
    capacity_share : when given, the decision was "the best scored share", and resampling makes it anew.
    amounts : for each column that a value of the contract names, (n,) numbers; empty when all rows are worth the same.
    expected : (n,) what acting on each case is expected to gain, by which they are ranked; None: by score.
    answered : (n,) multiclass index of the answer given; None: the likeliest class.
    baseline : (n,) regression, the answer without a model; None: the best single number for every case.
    """

    task: Task
    y: Array
    scores: Array
    acted: Array | None
    baseline_acted: Array | None
    periods: float
    group: Array | None = None
    labels: tuple[str, ...] = ()
    capacity_share: float | None = None
    amounts: Mapping[str, Array] = field(default_factory=dict)
    expected: Array | None = None
    answered: Array | None = None
    baseline: Array | None = None

    def __post_init__(self) -> None:
        others = (self.scores, self.acted, self.baseline_acted, self.group, *self.amounts.values())
        others += (self.expected, self.answered, self.baseline)
        if any(part is not None and len(part) != len(self.y) for part in others):
            raise FixTheInput("Outcomes, scores, decisions and groups must have one entry a case each.")
        if not self.periods > 0:
            raise FixTheInput("The cases must span more than zero periods.", f"They span {self.periods:g}.")
        if not np.isfinite(self.scores).all():
            raise FixTheInput("A score is missing or infinite.", "Every case needs a finite score.")
        if self.baseline is not None and not np.isfinite(self.baseline).all():
            raise FixTheInput("The answer without a model is missing for some cases.", field="kpi.baseline_by")

    def part(self, rows: Array, periods: float) -> "Scored":
        """The cases at these row numbers, in this order, as the decision was taken for all of them."""

        def of(values: Array | None) -> Any:
            return None if values is None else values[rows]

        by_case = ("y", "scores", "acted", "baseline_acted", "group", "expected", "answered", "baseline")
        kept = {name: of(getattr(self, name)) for name in by_case}
        return replace(self, **kept, amounts={name: of(one) for name, one in self.amounts.items()}, periods=periods)

    @property
    def rank(self) -> Array:
        """(n,) numbers by which cases are acted on first: expected gains, or scores when all are worth the same."""
        return self.scores if self.expected is None else self.expected

    @property
    def n(self) -> int:
        """Number of cases."""
        return len(self.y)


def decided(
    brief: Brief,
    y: ArrayLike,
    scores: ArrayLike,
    *,
    periods: float,
    group: ArrayLike | None = None,
    labels: Sequence[str] = (),
    columns: Mapping[str, ArrayLike] | None = None,
    baseline: ArrayLike | None = None,
) -> Scored:
    """Apply the brief's decision to scores.

    Binary with capacity: act on the best scored share (equal scores: the earlier row first); the baseline acts on as
    many in list order. Binary without capacity: act where the score reaches the value matrix's threshold; the baseline
    acts on nobody. Where a value names a column, each row has its own worth: rows are ranked by expected gain
    p b + (1 - p) g instead, and without capacity those are acted on whose expected gain is above 0. Multiclass: the
    answer worth most. A numeric `group` is cut into the brief's fairness bands when it names any.

    Parameters
    ----------
    columns : (n,) numbers for each column that a value names; others may be there too.
    baseline : (n,) regression, the answer without a model (`kpi.baseline_by`); by default the best single number.

    Raises
    ------
    FixTheInput : lengths differ, a score is not finite, the value matrix yields no threshold, or a column that a value
        names is absent or holds a missing or negative number.
    """
    task, value = brief.task, brief.value
    outcome = np.asarray(y, dtype=np.float64 if task is Task.REGRESSION else np.int64)
    score = np.asarray(scores, dtype=np.float64)
    by_row = amounts(value, task, columns, len(outcome))
    share = brief.decision.capacity_share if task is Task.BINARY else None
    expected = row_gains(score, *row_values(value, by_row)) if task is Task.BINARY and by_row else None
    acted, without = _acted(brief, score, expected) if task is Task.BINARY else (None, None)
    answered: Array | None = None
    if task is Task.MULTICLASS and (value.classes or by_row) and score.ndim == 2:
        answered = best_answers(score, answer_values(value, labels, score.shape[1], by_row))
    return Scored(
        task=task,
        y=outcome,
        scores=score,
        acted=acted,
        baseline_acted=without,
        periods=periods,
        group=None if group is None else _groups(np.asarray(group), brief.fairness.bands),
        labels=tuple(labels),
        capacity_share=share,
        amounts=by_row,
        expected=expected,
        answered=answered,
        baseline=None if baseline is None else np.asarray(baseline, dtype=np.float64),
    )


def _acted(brief: Brief, score: Array, expected: Array | None) -> tuple[Array, Array]:
    """Who is acted on with the model, and who without it."""
    share = brief.decision.capacity_share
    if share is not None:
        return top_share(score if expected is None else expected, share), first_share(len(score), share)
    acted = score >= threshold(brief.value) if expected is None else expected > 0
    return acted, np.zeros(len(score), dtype=bool)


def _groups(values: Array, cut_points: Sequence[float]) -> Array:
    if cut_points and values.dtype.kind in "iuf":
        return bands(values, cut_points)
    return np.where(_missing(values), "missing", values.astype(str))


def bands(values: ArrayLike, cut_points: Sequence[float]) -> Array:
    """The band of each number, in words; a missing number is in the band "missing".

    Examples
    --------
    >>> bands([22, 30, 59, 60], [30, 60]).tolist()
    ['under 30', '30 to 59', '30 to 59', '60 and over']
    """
    cuts = sorted(cut_points)
    if not cuts:
        raise FixTheInput("Bands need at least one cut point.", field="bands")
    x = np.asarray(values, dtype=np.float64)
    whole = all(float(cut).is_integer() for cut in cuts)
    names = [f"under {cuts[0]:g}"]
    names += [f"{a:g} to {b - 1:g}" if whole else f"{a:g} to under {b:g}" for a, b in pairwise(cuts)]
    names += [f"{cuts[-1]:g} and over", "missing"]
    place = np.where(np.isnan(x), len(names) - 1, np.searchsorted(cuts, x, side="right"))
    return np.array(names)[place]


def encode(
    values: ArrayLike, task: Task, positive: str = "", labels: Sequence[str] | None = None
) -> tuple[tuple[str, ...], Array]:
    """Turn a target column into numbers.

    Binary: 1 where the value is `positive`, labels (other, positive). Multiclass: the index into the sorted labels, or
    into `labels` when given. Regression: floats, no labels.

    Raises
    ------
    FixTheInput : a value is missing, is not a number (regression), the positive value never occurs (and no labels are
        given), or a class is not among `labels`. Values themselves are never named.

    Examples
    --------
    >>> labels, y = encode(["no", "yes", "no"], Task.BINARY, "yes")
    >>> labels, y.tolist()
    (('no', 'yes'), [0, 1, 0])
    """
    column = np.asarray(values)
    gaps = int(_missing(column).sum())
    if gaps:
        raise FixTheInput(
            f"The target is missing in {gaps} of {column.size} rows.",
            "A row without an outcome can neither teach nor test.",
            "Remove these rows or complete them.",
        )
    if task is Task.REGRESSION:
        return (), _numbers(column)
    text = _text(column)
    found = tuple(str(label) for label in np.unique(text))
    if task is Task.BINARY:
        return _binary(text, found, positive, labels)
    names = tuple(labels) if labels else found
    order = np.argsort(names)
    place = np.searchsorted(np.array(names)[order], text).clip(0, len(names) - 1)
    y = order[place]
    strange = int((np.array(names)[y] != text).sum())
    if strange:
        raise FixTheInput(f"The target has a class the model was not made for, in {strange} rows.")
    return names, y.astype(np.int64)


def _binary(
    text: Array, found: tuple[str, ...], positive: str, labels: Sequence[str] | None
) -> tuple[tuple[str, ...], Array]:
    if labels:
        return tuple(labels), (text == labels[-1]).astype(np.int64)
    exact = [label for label in found if label == positive]
    match = exact or [label for label in found if label.casefold() == positive.casefold()]
    if not match:
        raise FixTheInput(
            "The positive value named in the brief does not occur in the target.",
            f"The target has {len(found)} different values, none of them is it.",
            "Name the positive value as it stands in the data.",
            field="positive",
        )
    others = [label for label in found if label != match[0]]
    other = others[0] if len(others) == 1 else f"not {match[0]}"
    return (other, match[0]), (text == match[0]).astype(np.int64)


def _missing(column: Array) -> Array:
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind == "O":
        return np.asarray((column == np.array(None)) | (column != column), dtype=bool)
    return np.zeros(column.shape, dtype=bool)


def _text(column: Array) -> Array:
    if column.dtype.kind == "f" and bool((column == np.floor(column)).all()):
        column = column.astype(np.int64)
    return column.astype(str)


def _numbers(column: Array) -> Array:
    try:
        numbers = column.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise FixTheInput("The target holds values that are not numbers.", field="target") from error
    if not np.isfinite(numbers).all():
        raise FixTheInput("The target holds infinite values.", field="target")
    return numbers
