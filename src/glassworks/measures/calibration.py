"""Whether a score of 0.2 means that it happens in one case of five."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import betainc

from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array, mean_interval, wilson, z

EDGE = 1e-6
STEPS = 50
FARTHEST = 60.0
FLAT = "The calibration slope needs scores that differ and cases with both outcomes."


def _logit(scores: ArrayLike) -> Array:
    p = np.clip(np.asarray(scores, dtype=np.float64), EDGE, 1 - EDGE)
    return np.asarray(np.log(p / (1 - p)))


def _chance(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -500, 500))))


def _logistic(design: Array, y: Array, offset: Array) -> tuple[Array, Array]:
    """Coefficients and standard errors of a logistic regression by Newton's method, halving steps that overshoot."""

    def loss(beta: Array) -> float:
        x = offset + design @ beta
        return float((np.logaddexp(0, x) - y * x).sum())

    beta = np.zeros(design.shape[1])
    now = loss(beta)
    for _ in range(STEPS):
        p = _chance(offset + design @ beta)
        information = design.T @ (design * (p * (1 - p))[:, None])
        try:
            step = np.linalg.solve(information, design.T @ (y - p))
        except np.linalg.LinAlgError as error:
            raise FixTheInput("The calibration cannot be fitted.", FLAT) from error
        for _ in range(30):
            after = loss(beta + step)
            if after <= now:
                break
            step = step / 2
        beta, now = beta + step, after
        if float(np.abs(step).max()) < 1e-9:
            return beta, np.sqrt(np.diag(np.linalg.inv(information)))
    raise FixTheInput(
        "The calibration cannot be fitted.",
        "The scores separate the outcomes completely, so no finite slope fits.",
        "Use more rows, and look for a leak of the outcome into the inputs.",
    )


def slope_and_intercept(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> tuple[Estimate, Estimate]:
    """Cox's calibration slope and intercept; 1 and 0 are perfect.

    The slope is that of a logistic regression of the outcome on the logit of the score: below 1 the scores are too
    extreme. The intercept is fitted with the slope held at 1: above 0 it happens more often than foretold.
    Scores are kept 1e-6 away from 0 and 1. Intervals are Wald's.

    Raises
    ------
    FixTheInput : all scores are equal, only one outcome occurs, or the scores separate the outcomes completely.
    """
    outcome, x = np.asarray(y, dtype=np.float64), _logit(scores)
    if outcome.size == 0 or outcome.min() == outcome.max() or np.ptp(x) < 1e-9:
        raise FixTheInput("The calibration cannot be fitted.", FLAT, "Use more rows.")
    ones = np.ones_like(x)
    slope, slope_se = _logistic(np.stack([ones, x - x.mean()], axis=1), outcome, np.zeros_like(x))
    level_beta, level_se = _logistic(ones[:, None], outcome, x)
    return (
        _wald("calibration slope", float(slope[1]), float(slope_se[1]), level, outcome.size),
        _wald("calibration intercept", float(level_beta[0]), float(level_se[0]), level, outcome.size),
    )


def _wald(name: str, value: float, se: float, level: float, n: int) -> Estimate:
    half = z(level) * se
    return Estimate(
        name=name, value=value, low=value - half, high=value + half, level=level, n=n, method="logistic, Wald"
    )


def observed_over_expected(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """How often it happened over how often it was foretold; 1 is perfect. Wilson's interval for what happened."""
    outcome, expected = np.asarray(y), float(np.asarray(scores, dtype=np.float64).mean())
    if expected <= 0:
        raise FixTheInput("Observed over expected does not exist.", "The scores foretell no case at all.")
    happened = int(outcome.sum())
    low, high = wilson(happened, outcome.size, level)
    return Estimate(
        name="observed over expected",
        value=happened / outcome.size / expected,
        low=low / expected,
        high=high / expected,
        level=level,
        n=outcome.size,
        method="Wilson",
    )


def equal_mass(y: ArrayLike, scores: ArrayLike, bins: int = 10) -> tuple[Array, Array, Array, Array, Array]:
    """Sorted scores, and for bins of equal numbers of cases: first row, cases, sum of scores, positives."""
    score = np.asarray(scores, dtype=np.float64)
    order = np.argsort(score, kind="stable")
    edges = np.unique(np.linspace(0, score.size, bins + 1).astype(np.int64))
    start = edges[:-1]
    ordered = score[order]
    happened = np.add.reduceat(np.asarray(y, dtype=np.int64)[order], start)
    return ordered, start, np.diff(edges), np.add.reduceat(ordered, start), happened


def reliability(y: ArrayLike, scores: ArrayLike, bins: int = 10, level: float = 0.95) -> list[dict[str, Any]]:
    """For bins of equal numbers of cases, what was foretold and what happened, with Wilson's interval.

    Returns
    -------
    One row a bin: low, high (scores), n, predicted, observed, observed_low, observed_high.
    """
    if np.size(scores) == 0:
        return []
    ordered, start, n, total, happened = equal_mass(y, scores, bins)
    rows = []
    for first, cases, foretold, seen in zip(start, n, total, happened, strict=True):
        low, high = wilson(int(seen), int(cases), level)
        rows.append(
            {
                "low": float(ordered[first]),
                "high": float(ordered[first + cases - 1]),
                "n": int(cases),
                "predicted": float(foretold / cases),
                "observed": float(seen / cases),
                "observed_low": low,
                "observed_high": high,
            }
        )
    return rows


def ece(y: ArrayLike, scores: ArrayLike, bins: int = 10) -> float:
    """The mean distance between foretold and happened over bins of equal numbers of cases.

    It is above 0 even for a perfectly calibrated model (0.03 at 1,000 cases): report it, never gate on it alone.
    """
    _, _, n, total, happened = equal_mass(y, scores, bins)
    return float(np.abs(total - happened).sum() / n.sum())


def jeffreys_p(happened: int, n: int, foretold: float) -> float:
    """The chance that the true rate of a grade is at most what was foretold: small means it was foretold too low.

    Notes
    -----
    The ECB's test of a grade's default rate: Beta(D + 1/2, n - D + 1/2) at the foretold rate.

    Examples
    --------
    >>> round(jeffreys_p(28, 1000, 0.02), 3)
    0.041
    """
    return float(betainc(happened + 0.5, n - happened + 0.5, foretold))


def at_level(y: ArrayLike, scores: ArrayLike) -> Array:
    """The probabilities shifted by one constant on the log odds, so that as many happen as are foretold; order is kept.

    Parameters
    ----------
    y : (n,) 0/1 outcomes, of both kinds.
    scores : (n,) probabilities.

    Examples
    --------
    >>> [round(float(p), 3) for p in at_level([1, 1, 0, 1], [0.2, 0.5, 0.2, 0.5])]
    [0.629, 0.871, 0.629, 0.871]
    """
    happened = float(np.asarray(y, dtype=np.float64).mean())
    odds = _logit(scores)
    if not 0 < happened < 1:
        return np.full(odds.shape, happened)
    return _chance(odds + brentq(lambda shift: float(_chance(odds + shift).mean()) - happened, -FARTHEST, FARTHEST))


def mean_error(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The mean of prediction minus outcome, in the target's unit: above 0 too much is foretold. Normal interval.

    Examples
    --------
    >>> mean_error([1.0, 2.0, 3.0], [2.0, 2.0, 5.0]).value
    1.0
    """
    error = np.asarray(scores, dtype=np.float64) - np.asarray(y, dtype=np.float64)
    value, low, high = mean_interval(error, level)
    return Estimate(name="mean error", value=value, low=low, high=high, level=level, n=error.size, method="normal")


def outcome_slope(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """How much the outcome rises where the prediction rises by one; 1 is perfect, below it predictions are too extreme.

    Parameters
    ----------
    y, scores : (n,) numbers, n at least 3.

    Raises
    ------
    FixTheInput : fewer than three cases, or all predictions are equal.

    Notes
    -----
    Least squares of the outcome on the prediction (Mincer & Zarnowitz, 1969). The standard error is HC3 of MacKinnon &
    White (1985), which holds where the spread of outcomes differs from case to case, as amounts of money do.

    Examples
    --------
    >>> round(outcome_slope([1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 4.0, 6.0]).value, 6)
    0.5
    """
    outcome, x = np.asarray(y, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if x.size < 3 or np.ptp(x) == 0:
        raise FixTheInput("The slope needs at least three cases and predictions that differ.")
    x = x - x.mean()
    size = float(x @ x)
    value = float(x @ outcome) / size
    left = 1 - 1 / x.size - x**2 / size
    error = np.divide(outcome - outcome.mean() - value * x, left, out=np.zeros_like(x), where=left > EDGE)
    found = _wald(
        "slope of outcome on prediction", value, float(np.sqrt((x * error) @ (x * error))) / size, level, x.size
    )
    return found.model_copy(update={"method": "least squares, HC3"})
