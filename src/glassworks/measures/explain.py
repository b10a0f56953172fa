"""What moves a score: features set to a reference one at a time, and the mean score along a feature."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array, percentile
from glassworks.measures.performance import midranks

Columns = Mapping[str, Array]
Predict = Callable[[dict[str, Array]], Array]


def occlusion(predict: Predict, columns: Columns, reference: Mapping[str, Any]) -> dict[str, Array]:
    """How much each feature moves each score away from what it would be with that feature at its reference.

    Parameters
    ----------
    predict : scores (n,) or (n, k) from columns of n rows.
    columns : feature name to (n,) values.
    reference : the value each feature is set to, such as its median or commonest level; others stay as they are.

    Returns
    -------
    Feature name to score minus score with the feature at its reference, shaped as the scores. Positive: the row's own
    value raises the score. One prediction a feature; joint effects of correlated features are not told apart.

    Examples
    --------
    >>> said = occlusion(lambda c: c["a"] + 2 * c["b"], {"a": np.array([1.0]), "b": np.array([3.0])}, {"a": 0, "b": 1})
    >>> said["a"].tolist(), said["b"].tolist()
    ([1.0], [4.0])
    """
    own = np.asarray(predict(dict(columns)))
    return {
        name: own - np.asarray(predict({**columns, name: _constant(columns[name], value)}))
        for name, value in reference.items()
        if name in columns
    }


def named(moves: ArrayLike, least: ArrayLike, most: int = 4) -> Array:
    """Which features are the reasons of each row: the `most` that moved its score furthest, and by more than `least`.

    Parameters
    ----------
    moves : (n, d) change of the score by each feature, as of `occlusion`.
    least : a number, or (n,) one a row.

    Returns
    -------
    (n, d) bool.

    Examples
    --------
    >>> named([[0.3, -0.2, 0.001]], 0.005, most=1).tolist()
    [[True, False, False]]
    """
    size = np.abs(np.asarray(moves, dtype=np.float64))
    place = np.argsort(np.argsort(-size, axis=1, kind="stable"), axis=1)
    return np.asarray((place < most) & (size > np.reshape(least, (-1, 1))))


def told_again(moves: ArrayLike, again: ArrayLike, reasons: ArrayLike, most: int = 4) -> Array:
    """For each row with reasons, the share of them that stand again among the `most` strongest.

    A reason stands again with the same sign and at least half, at most twice its strength.

    Parameters
    ----------
    moves, again : (n, d) changes of the score by each feature, at a row and at one almost like it.
    reasons : (n, d) bool, as of `named`.

    Returns
    -------
    (m,) shares, for the m rows that have a reason at all.

    Examples
    --------
    >>> told_again([[0.3, -0.2]], [[0.2, 0.1]], [[True, True]]).tolist()
    [0.5]
    """
    first, second, said = np.asarray(moves), np.asarray(again), np.asarray(reasons, dtype=bool)
    alike = (np.abs(second) >= np.abs(first) / 2) & (np.abs(second) <= 2 * np.abs(first))
    kept = said & named(second, 0.0, most) & (np.sign(first) == np.sign(second)) & alike
    some = said.any(axis=1)
    return np.asarray(kept[some].sum(axis=1) / said[some].sum(axis=1))


def eased(moves: ArrayLike, halfway: ArrayLike, reasons: ArrayLike) -> Array:
    """For each reason, 1 where half the way to the usual value moves the score the way the whole way does, else 0.

    Parameters
    ----------
    moves, halfway : (n, d) score minus score with the feature at its usual value, and half the way to it.
    reasons : (n, d) bool, as of `named`, for features that have a half way.

    Returns
    -------
    (m,) ones and zeros, one a reason.

    Examples
    --------
    >>> eased([[-0.3, 0.2]], [[-0.1, -0.1]], [[True, True]]).tolist()
    [1.0, 0.0]
    """
    whole, half, said = np.asarray(moves), np.asarray(halfway), np.asarray(reasons, dtype=bool)
    return np.asarray((np.sign(whole) == np.sign(half))[said], dtype=np.float64)


def doubled(alike: ArrayLike, reasons: ArrayLike) -> float:
    """Of the rows with a reason, the share whose reasons hold two features that tell nearly the same.

    Parameters
    ----------
    alike : (d, d) bool, which pairs of features tell nearly the same.
    reasons : (n, d) bool, as of `named`.

    Examples
    --------
    >>> doubled([[False, True], [False, False]], [[True, True], [True, False]])
    0.5
    """
    said = np.asarray(reasons, dtype=np.float64)
    some = said.any(axis=1)
    pairs = (said[some] @ np.asarray(alike, dtype=np.float64)) * said[some]
    return float((pairs.sum(axis=1) > 0).mean()) if some.any() else 0.0


def against(curves: ArrayLike, sign: int, slack: float) -> Array:
    """Which rows' curves step the wrong way somewhere: individual conditional expectations of one feature.

    Parameters
    ----------
    curves : (g, n) scores of n rows along g rising values of the feature.
    sign : 1 where scores should rise, -1 where they should fall.
    slack : a step against the direction of at most this much is none.

    Notes
    -----
    Goldstein et al. (2015), individual conditional expectation.

    Examples
    --------
    >>> against([[0.1, 0.1], [0.2, 0.3], [0.3, 0.2]], 1, 0.01).tolist()
    [False, True]
    """
    steps = sign * np.diff(np.asarray(curves, dtype=np.float64), axis=0)
    return np.asarray((steps < -slack).any(axis=0))


def effect_curves(predict: Predict, columns: Columns, name: str, grid: ArrayLike) -> Array:
    """The score of each row when one feature is set to each grid value in turn (individual conditional expectation).

    Returns
    -------
    (g, n) scores, or (g, n, k) for class probabilities. One prediction a grid value; the mean over rows is the
    partial dependence (Friedman 2001; Goldstein et al. 2015).
    """
    values = np.asarray(grid)
    return np.array([np.asarray(predict({**columns, name: _constant(columns[name], value)})) for value in values])


def direction(curve: ArrayLike) -> float:
    """Whether a curve rises: rank correlation with its position, 1 always up, -1 always down, 0 flat or neither.

    Examples
    --------
    >>> direction([0.1, 0.2, 0.4]), direction([3, 2, 1]), direction([1, 1, 1])
    (1.0, -1.0, 0.0)
    """
    return spearman(np.arange(np.size(curve)), curve)


def direction_interval(
    curves: ArrayLike, least: float = 0.0, level: float = 0.95, repeats: int = 500, seed: int = 0
) -> Estimate:
    """The direction of the mean curve with its interval: percentile bootstrap by row, which contains the value.

    Parameters
    ----------
    curves : (g, n) score of each row at each grid value.
    least : a mean curve that moves by no more than this is flat, direction 0.
    """
    each = np.asarray(curves, dtype=np.float64)
    rows = each.shape[1]
    drawn = np.random.default_rng(seed).multinomial(rows, np.full(rows, 1 / rows), repeats) @ each.T / rows
    ranks = np.apply_along_axis(midranks, 1, drawn)
    at = np.arange(each.shape[0]) - (each.shape[0] - 1) / 2
    ranks -= ranks.mean(axis=1, keepdims=True)
    size = np.sqrt((ranks**2).sum(axis=1) * (at @ at))
    flat = (np.ptp(drawn, axis=1) <= least) | (size == 0)
    trends = np.where(flat, 0.0, ranks @ at / np.where(size > 0, size, 1.0))
    mean = each.mean(axis=1)
    value = direction(mean) if np.ptp(mean) > least else 0.0
    low, high = percentile(trends.round(12), level)
    return Estimate(
        name="direction of the effect",
        value=value,
        low=min(low, value),
        high=max(high, value),
        level=level,
        n=rows,
        method="bootstrap by row",
    )


def spearman(a: ArrayLike, b: ArrayLike) -> float:
    """The rank correlation of two columns; 0 when either never changes."""
    x, y = midranks(a), midranks(b)
    x, y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return round(float(x @ y) / size, 12) if size > 0 else 0.0


def _constant(column: Array, value: Any) -> Array:
    """A column of one value, in a kind that holds it: a fractional value in an integer column becomes floats."""
    if isinstance(value, str) or column.dtype.kind in "OUS":
        return np.full(len(column), value, dtype=object if column.dtype.kind == "O" else None)
    return np.full(len(column), value, dtype=np.result_type(column.dtype, np.asarray(value).dtype))
