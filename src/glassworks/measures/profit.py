"""Values that differ by row: what acting on each row is expected to gain, and how far down the list it pays to act."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.errors import FixTheInput
from glassworks.measures.decision import best_first
from glassworks.measures.intervals import Array


def row_gains(scores: ArrayLike, positive: ArrayLike, negative: ArrayLike) -> Array:
    """What acting on each row is expected to gain: p b + (1 - p) g, with b and g one number or one a row.

    Parameters
    ----------
    scores : (n,) calibrated probabilities.
    positive, negative : what acting gains on a positive and on a negative case, such as `value.gains` gives.

    Notes
    -----
    Elkan (2001): with values that differ by row, act where the row's own expected gain is above 0.

    Examples
    --------
    >>> row_gains([0.5, 0.1], [10, 200], -4).tolist()
    [3.0, 16.4]
    """
    p, b, g = (np.asarray(numbers, dtype=np.float64) for numbers in (scores, positive, negative))
    if any(numbers.shape not in ((), p.shape) for numbers in (b, g)):
        raise FixTheInput("Values that differ by row must have one entry a row.", field="value")
    return _finite(p * b + (1 - p) * g)


def _finite(expected: Array) -> Array:
    if not np.isfinite(expected).all():
        raise FixTheInput(
            "A score or a value is missing or infinite.", "Every row needs finite numbers.", field="value"
        )
    return expected


@dataclass(frozen=True)
class ProfitCurve:
    """Acting on the best rows first.

    Parameters
    ----------
    order : (n,) row numbers from the greatest expected gain down.
    profit : (n + 1,) total expected gain of acting on the first k rows, from k = 0.
    best : how many rows to act on: all that gain, as far as capacity goes.
    shadow_price : what room for one more row would gain; 0 where capacity does not bind.
    """

    order: Array
    profit: Array
    best: int
    shadow_price: float


def profit_curve(expected: ArrayLike, room: int | None = None) -> ProfitCurve:
    """The profit of acting on the k best rows for every k, and what the limit of `room` rows costs at its margin.

    Rows are ranked by expected gain, not by probability: that earns most when values differ by row.

    Examples
    --------
    >>> curve = profit_curve([3.0, 16.4, -1.0, 5.0], room=2)
    >>> curve.order.tolist(), curve.best, round(float(curve.profit[curve.best]), 6), curve.shadow_price
    ([1, 3, 0, 2], 2, 21.4, 3.0)
    """
    each = _finite(np.asarray(expected, dtype=np.float64))
    if room is not None and room < 0:
        raise FixTheInput("Capacity cannot be below zero.", field="room")
    order = best_first(each)
    ranked = each[order]
    paying = int((ranked > 0).sum())
    best = paying if room is None else min(room, paying)
    price = float(ranked[best]) if best < paying else 0.0
    return ProfitCurve(order, np.concatenate([[0.0], np.cumsum(ranked)]), best, price)
