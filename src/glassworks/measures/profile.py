"""What one column tells: how strongly it alone foretells the target, hidden codes for missing, its entropy."""

import math

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.contract import Task
from glassworks.core.estimate import Estimate
from glassworks.measures.explain import spearman
from glassworks.measures.intervals import Array, z
from glassworks.measures.performance import auc, auc_value

FEWEST = 5
COMMON = 0.01


def single_column_strength(x: ArrayLike, y: ArrayLike, task: Task) -> float:
    """How well a column alone foretells the target: a leak stands out near 1.

    Binary: AUC in the better direction, 0.5 to 1; also of its being missing, whichever is stronger.
    Multiclass and regression: 0 to 1; numbers by correlation ratio (classes) or absolute rank correlation, texts by the
    share of the target's spread that their levels foretell, as a correlation.
    Levels of texts learn on one fixed half of the rows and are judged on the other, so many levels gain nothing.

    Parameters
    ----------
    x : (n,) numbers (NaN is missing) or texts.
    y : (n,) as `scored.encode` gives it.
    """
    column, target = np.asarray(x), np.asarray(y)
    if column.size < 2:
        return 0.5 if task is Task.BINARY else 0.0
    if task is Task.BINARY:
        return max(_either_way(happened, told) for happened, told in _tellers(column, target))
    if column.dtype.kind not in "iufb":
        return _level_strength(column.astype(str), target, task)
    number = column.astype(np.float64)
    known = ~np.isnan(number)
    if task is Task.REGRESSION:
        return abs(spearman(number[known], target[known])) if known.any() else 0.0
    return _correlation_ratio(number[known], target[known]) if known.any() else 0.0


def strength_interval(x: ArrayLike, y: ArrayLike, task: Task, level: float = 0.95) -> Estimate:
    """`single_column_strength` with its interval: DeLong's for an AUC, Fisher's for a correlation.

    Notes
    -----
    Fisher's z with the spread 1.03 / sqrt(n - 3) of rank correlations (Fieller, Hartley & Pearson 1957); for a
    correlation ratio it is an approximation.
    """
    column, target = np.asarray(x), np.asarray(y)
    value = single_column_strength(column, target, task)
    if task is Task.BINARY and column.size > 1:
        happened, told = max(_tellers(column, target), key=lambda pair: _either_way(*pair))
        if happened.size and happened.min() != happened.max():
            found = auc(happened, told, level)
            flipped = found.value < 0.5
            ends = (1 - found.high, 1 - found.low) if flipped else (found.low, found.high)
            return found.model_copy(update={"value": value, "low": ends[0], "high": ends[1]})
    number = column.dtype.kind in "iufb"
    n = int(np.sum(~np.isnan(column.astype(np.float64)))) if number else column.size // 2
    low, high = 0.0, 1.0
    if n > 3:
        reach = z(level) * 1.03 / math.sqrt(n - 3)
        at = math.atanh(min(value, 1 - 1e-12))
        low, high = max(0.0, math.tanh(at - reach)), math.tanh(at + reach)
    floor = 0.5 if task is Task.BINARY else 0.0
    return Estimate(
        name="strength",
        value=value,
        low=min(value, max(floor, low)),
        high=max(value, high),
        level=level,
        n=max(1, n),
        method="Fisher",
    )


def _tellers(column: Array, target: Array) -> list[tuple[Array, Array]]:
    """What a column could foretell a yes or no by: outcomes and scores, of rows where there are some.

    A number by itself and by its being missing; a text by how often each level came true on the other half.
    """
    if column.dtype.kind in "iufb":
        number = column.astype(np.float64)
        known = ~np.isnan(number)
        return [(target[known], number[known]), (target, known.astype(np.float64))]
    judge = ~half(column.size)
    if judge.all() or not judge.any():
        return [(target, np.zeros(target.size))]
    told = _told(column.astype(str), target.astype(np.float64)[:, None])[:, 0]
    happened = target[judge]
    if np.ptp(happened) and auc_value(happened, told) < 0.5:
        return [(happened, np.zeros(told.size))]  # what was learned on one half says nothing on the other
    return [(happened, told)]


def leak_limit(limit: float, task: Task) -> float:
    """From which single-column strength on a leak is suspected: the policy's limit, but 0.95 at least unless binary.

    Strengths of other tasks are correlations, which honest columns reach more easily than an AUC.
    """
    return limit if task is Task.BINARY else max(limit, 0.95)


def _either_way(y: Array, scores: Array) -> float:
    if y.size == 0 or y.min() == y.max():
        return 0.5
    area = auc_value(y, scores)
    return max(area, 1 - area)


def _correlation_ratio(x: Array, group: Array) -> float:
    n = np.bincount(group)
    means = np.bincount(group, weights=x) / np.maximum(n, 1)
    total = float(((x - x.mean()) ** 2).sum())
    between = float((n * (means - x.mean()) ** 2)[n > 0].sum())
    return min(1.0, between / total) ** 0.5 if total > 0 else 0.0


def half(n: int) -> Array:
    """Which of n rows are in the first half (bool): by a fixed hash of the row number, so always the same."""
    mixed = np.arange(n, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(mixed >> np.uint64(63), dtype=bool)


def _level_strength(text: Array, target: Array, task: Task) -> float:
    learn = half(text.size)
    if not learn.any() or learn.all():
        return 0.0
    goal = np.eye(int(target.max()) + 1)[target] if task is Task.MULTICLASS else target.astype(np.float64)[:, None]
    told, base = _told(text, goal), goal[learn].mean(axis=0)
    spread = float(((goal[~learn] - base) ** 2).sum())
    left = float(((goal[~learn] - told) ** 2).sum())
    return max(0.0, 1 - left / spread) ** 0.5 if spread > 0 else 0.0


def _told(text: Array, goal: Array) -> Array:
    """For rows of one half, the mean of each goal (n, k) at the row's level in the other half, drawn to the whole."""
    levels, place = np.unique(text, return_inverse=True)
    learn = half(text.size)
    base = goal[learn].mean(axis=0)
    n = np.bincount(place[learn], minlength=levels.size)
    total = [np.bincount(place[learn], weights=one, minlength=levels.size) for one in goal[learn].T]
    sums = [one + mean for one, mean in zip(total, base, strict=True)]
    return np.asarray((np.stack(sums, axis=1) / (n + 1)[:, None])[place[~learn]])


def sentinel_candidates(x: ArrayLike) -> list[float]:
    """Numbers that look like codes for "missing", such as -1 among counts or 999 far above the rest.

    A candidate is the least or the greatest value, held by at least five rows and one in a hundred, and either the only
    negative number, or farther from the next value than the others' own spread. The domain expert decides.

    Examples
    --------
    >>> sentinel_candidates([-1] * 50 + list(range(1, 100)))
    [-1.0]
    """
    column = np.asarray(x)
    if column.dtype.kind not in "iuf":
        return []
    known = column.astype(np.float64)
    known = known[np.isfinite(known)]
    found: list[float] = []
    values, counts = np.unique(known, return_counts=True)
    enough = max(FEWEST, COMMON * known.size)
    while values.size > 3:
        if counts[0] >= enough and _stands_apart(values[0], values[1:]):
            found.append(float(values[0]))
            values, counts = values[1:], counts[1:]
        elif counts[-1] >= enough and _stands_apart(-values[-1], -values[-2::-1], signed=False):
            found.append(float(values[-1]))
            values, counts = values[:-1], counts[:-1]
        else:
            break
    return found


def _stands_apart(value: float, others: Array, *, signed: bool = True) -> bool:
    if signed and value < 0 and others[0] >= 0:
        return True
    return bool(others[0] - value > others[-1] - others[0])


def entropy(x: ArrayLike) -> float:
    """The entropy of a column's levels, in bits: 0 for a constant, log2(n) when every row differs.

    Examples
    --------
    >>> entropy(["a", "a", "b", "b"])
    1.0
    """
    column = np.asarray(x)
    _, counts = np.unique(column.astype(str) if column.dtype.kind == "O" else column, return_counts=True)
    p = counts / max(1, counts.sum())
    return float(-(p * np.log2(p)).sum()) + 0.0
