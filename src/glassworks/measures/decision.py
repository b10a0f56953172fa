"""From scores and a value matrix to who is acted on."""

import math

import numpy as np

from glassworks.core.contract import Task, ValueMatrix
from glassworks.core.errors import FixTheInput
from glassworks.measures.intervals import Array
from glassworks.measures.worth import columns


def threshold(value: ValueMatrix) -> float:
    """The probability from which acting pays: p* = c / (b + c), also the break-even precision.

    b = act_positive - skip_positive is the gain of acting on a positive case, c = skip_negative - act_negative the loss
    of acting on a negative one. Needs calibrated scores. Scaling the matrix, or adding a constant to both values of
    the positive (or of the negative) cases, does not change it. Where acting always pays it is 0.

    Raises
    ------
    FixTheInput : acting on a positive case gains nothing, so no threshold exists; or a value names a column, so each
        row has its own (`scored.decided` then acts on expected gain).

    Notes
    -----
    Elkan (2001), The foundations of cost-sensitive learning.

    Examples
    --------
    >>> from glassworks.core.contract import exactly
    >>> threshold(ValueMatrix(act_positive=exactly(99), act_negative=exactly(-1)))
    0.01
    """
    own = columns(value, Task.BINARY)
    if own:
        raise FixTheInput(
            "There is no one threshold: it differs by row.",
            f"Values are multiplied by {', '.join(own)}.",
            field="value",
        )
    b = value.act_positive.mode - value.skip_positive.mode
    c = value.skip_negative.mode - value.act_negative.mode
    if b <= 0:
        raise FixTheInput(
            "This value matrix gives no threshold.",
            "Acting on a positive case is worth no more than leaving it.",
            "Correct the values of acting and of not acting.",
            field="value",
        )
    return c / (b + c) if c > 0 else 0.0


def capacity(n: int, share: float) -> int:
    """How many of n cases fit a capacity share: rounded down, for capacity is a limit."""
    return min(n, math.floor(share * n + 1e-9))


def best_first(scores: Array) -> Array:
    """Row numbers from the highest score down; equal scores keep their row order."""
    return np.argsort(-scores, kind="stable")


def top_share(scores: Array, share: float) -> Array:
    """Which rows are the best scored `share` (bool array); equal scores: the earlier row first."""
    acted = np.zeros(len(scores), dtype=bool)
    acted[best_first(scores)[: capacity(len(scores), share)]] = True
    return acted


def first_share(n: int, share: float) -> Array:
    """Which rows are the first `share` of the list as it stands (bool array)."""
    return np.arange(n) < capacity(n, share)
