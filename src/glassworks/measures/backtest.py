"""What was foretold against what happened, part by part of a window in time order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array, holm, mean_interval, wilson
from glassworks.measures.scored import Scored


@dataclass(frozen=True)
class Part:
    """One part of the window.

    Parameters
    ----------
    rows : (k,) row numbers of its cases.
    foretold, happened : sums over its cases: of probabilities and of what happened, or of numbers.
    error : what happened minus what was foretold, on average; a rate for classes, in the target's unit for numbers.
    p : the chance of an error as far from 0 when the model is right, by Holm's method over all parts.
    """

    rows: Array
    foretold: float
    happened: float
    error: Estimate
    p: float


def backtest(scored: Scored, order: ArrayLike, parts: int = 4, level: float = 0.95) -> list[Part]:
    """Foretold against happened in parts of equally many cases.

    Binary: probabilities against outcomes. Multiclass: the probability of the class answered against whether that
    answer is right. Regression: the value against the outcome. For classes the interval is Wilson's for what happened,
    and the test takes each case as drawn by its own probability; for numbers both are those of a mean.

    Parameters
    ----------
    order : row numbers in time order; rows that are not named are left out.
    parts : how many.

    Raises
    ------
    FixTheInput : fewer than two cases a part.

    Notes
    -----
    Spiegelhalter (1986), Statistics in Medicine 5:421, without its weights; Holm (1979) over the parts.
    """
    rows = np.asarray(order, dtype=np.int64)
    if rows.size < 2 * parts:
        raise FixTheInput("There are too few cases to look at the window part by part.")
    foretold, happened = _pair(scored)
    pieces = np.array_split(rows, parts)
    errors = [_error(scored.task, happened[one], foretold[one], level) for one in pieces]
    p = holm([chance for _, chance in errors])
    return [
        Part(one, float(foretold[one].sum()), float(happened[one].sum()), error, float(adjusted))
        for one, (error, _), adjusted in zip(pieces, errors, p, strict=True)
    ]


def off(parts: Sequence[Part], level: float = 0.95) -> list[int]:
    """The places of the parts that are off beyond chance, after Holm, the worst first."""
    found = [place for place, one in enumerate(parts) if one.p < 1 - level]
    return sorted(found, key=lambda place: parts[place].p)


def _pair(scored: Scored) -> tuple[Array, Array]:
    if scored.task is not Task.MULTICLASS:
        return scored.scores, scored.y.astype(np.float64)
    return scored.scores.max(axis=1), (scored.scores.argmax(axis=1) == scored.y).astype(np.float64)


def _error(task: Task, happened: Array, foretold: Array, level: float) -> tuple[Estimate, float]:
    apart = happened - foretold
    if task is Task.REGRESSION:
        value, low, high = mean_interval(apart, level)
        spread, method = float(apart.std(ddof=1)) / math.sqrt(apart.size), "normal"
    else:
        value, expected = float(apart.mean()), float(foretold.mean())
        low, high = (end - expected for end in wilson(float(happened.sum()), happened.size, level))
        low, high = min(low, value), max(high, value)
        spread, method = math.sqrt(float((foretold * (1 - foretold)).clip(0).sum())) / apart.size, "Wilson"
    name = "happened minus foretold"
    made = Estimate(name=name, value=value, low=low, high=high, level=level, n=apart.size, method=method)
    if spread == 0:
        return made, float(value == 0)
    return made, float(2 * ndtr(-abs(value) / spread))
