"""Intervals and sets that hold the truth as often as promised, from a model's own held-back errors."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array, rate


def radius(errors: ArrayLike, alpha: float = 0.1) -> float:
    """The split conformal quantile of n calibration errors: a new error stays within it with chance 1 - alpha.

    Parameters
    ----------
    errors : (n,) how wrong the model was on rows it was not fitted on; for regression the absolute error.
    alpha : share of new cases that may fall outside.

    Raises
    ------
    FixTheInput : fewer than 1/alpha - 1 calibration cases.

    Notes
    -----
    The ceil((n+1)(1-alpha))-th smallest error. If old and new cases are exchangeable, coverage lies on average between
    1 - alpha and 1 - alpha + 1/(n+1). Vovk et al.; Angelopoulos & Bates (2021).
    """
    ordered = np.sort(np.asarray(errors, dtype=np.float64))
    k = math.ceil((ordered.size + 1) * (1 - alpha) - 1e-9)
    if k > ordered.size:
        raise FixTheInput(
            "There are too few calibration cases.",
            f"An interval that misses {alpha:.0%} needs at least {math.ceil(1 / alpha - 1e-9) - 1} of them.",
        )
    return float(ordered[k - 1])


def interval(predicted: ArrayLike, within: float) -> tuple[Array, Array]:
    """Low and high ends around predicted values, `within` from `radius` of absolute errors."""
    centre = np.asarray(predicted, dtype=np.float64)
    return centre - within, centre + within


def set_errors(y: ArrayLike, scores: ArrayLike) -> Array:
    """One minus the probability given to the class that occurred: the errors for prediction sets."""
    outcome, score = np.asarray(y, dtype=np.int64), np.asarray(scores, dtype=np.float64)
    if score.ndim == 1:
        score = np.stack([1 - score, score], axis=1)
    return np.asarray(1 - score[np.arange(outcome.size), outcome])


def prediction_sets(scores: ArrayLike, within: float) -> Array:
    """Which classes stay possible, bool (n, k): those with probability at least 1 - `within`."""
    score = np.asarray(scores, dtype=np.float64)
    if score.ndim == 1:
        score = np.stack([1 - score, score], axis=1)
    return np.asarray(1 - score <= within)


def coverage(held: ArrayLike, level: float = 0.95) -> Estimate:
    """How often the truth was inside, with Wilson's interval; `held` is bool (n,)."""
    inside = np.asarray(held, dtype=bool)
    return rate("coverage", int(inside.sum()), inside.size, level)


def coverage_band(n: int, alpha: float = 0.1, level: float = 0.9) -> tuple[float, float]:
    """Where the coverage of n calibration cases lies with chance `level`: quantiles of Beta(n+1-l, l), l = (n+1) alpha.

    Examples
    --------
    >>> tuple(round(end, 4) for end in coverage_band(1000))
    (0.8841, 0.9152)
    """
    out = math.floor((n + 1) * alpha + 1e-9)
    if out < 1:
        raise FixTheInput("There are too few calibration cases.", "No case may fall outside at this share.")
    tail = (1 - level) / 2
    return float(betaincinv(n + 1 - out, out, tail)), float(betaincinv(n + 1 - out, out, 1 - tail))
