"""What moves a score: features set to a reference one at a time, and the mean score along a feature."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassworks.measures.intervals import Array
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


def effect_curve(predict: Predict, columns: Columns, name: str, grid: ArrayLike) -> Array:
    """The mean score over all rows when one feature is set to each grid value in turn (partial dependence).

    Returns
    -------
    (g,) mean scores, or (g, k) for class probabilities. One prediction a grid value.
    """
    return np.array(
        [
            np.asarray(predict({**columns, name: _constant(columns[name], value)})).mean(axis=0)
            for value in np.asarray(grid)
        ]
    )


def direction(curve: ArrayLike) -> float:
    """Whether a curve rises: rank correlation with its position, 1 always up, -1 always down, 0 flat or neither.

    Examples
    --------
    >>> direction([0.1, 0.2, 0.4]), direction([3, 2, 1]), direction([1, 1, 1])
    (1.0, -1.0, 0.0)
    """
    return spearman(np.arange(np.size(curve)), curve)


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
