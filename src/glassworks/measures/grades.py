"""Calibration by grades, bins of equal numbers of cases by rising score: what their figures say beyond chance."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, chdtrc

from glassworks.core.estimate import Estimate
from glassworks.measures.calibration import ece, equal_mass, jeffreys_p
from glassworks.measures.intervals import Array, benjamini_hochberg, percentile
from glassworks.measures.performance import brier

REPEATS = 500
FINE = 2000
"""Into how many bins scores are cut to draw outcomes from them; up to as many cases, each is drawn by its own score."""


class Murphy(NamedTuple):
    """Brier score = reliability - resolution + uncertainty."""

    reliability: Estimate
    resolution: Estimate
    uncertainty: Estimate


class Excess(NamedTuple):
    """The calibration error, what a perfectly calibrated model of these scores would show, and what is beyond it."""

    seen: Estimate
    chance: Estimate
    beyond: Estimate


def murphy(
    y: ArrayLike, scores: ArrayLike, bins: int = 10, level: float = 0.95, repeats: int = REPEATS, seed: int = 0
) -> Murphy:
    """What the Brier score is made of: reliability (0 is perfect), resolution (more is better), uncertainty (given).

    Parameters
    ----------
    y : (n,) 0/1 outcomes, n at least 1.
    scores : (n,) probabilities.
    level, repeats, seed : of the intervals, a basic bootstrap (Davison & Hinkley, 1997) of the counts of each grade.

    Notes
    -----
    Murphy (1973). Scores differ within a grade, so resolution is the generalised one of Stephenson, Coelho & Jolliffe
    (2008, Weather and Forecasting 23:752), with which the three add up to the Brier score exactly. Resamples keep the
    mean score of a grade, and what is within grades, as they are.

    Examples
    --------
    >>> found = murphy([0, 0, 1, 1], [0.2, 0.2, 0.8, 0.8], bins=2)
    >>> [round(one.value, 6) for one in found]
    [0.04, 0.25, 0.25]
    """
    _, _, n, total, happened = equal_mass(y, scores, bins)
    cells, foretold, everyone = np.stack([n - happened, happened], axis=1), total / n, int(n.sum())
    drawn = _resampled(cells, repeats, np.random.default_rng(seed))
    (seen,), resampled = _parts(cells[None], foretold), _parts(drawn, foretold)
    whole = float(seen[0] + seen[2]) - brier(y, scores).value
    moved = np.array([0.0, whole - seen[1], 0.0])
    return Murphy(
        *(
            _around(name, float(value), draws, level, everyone)
            for name, value, draws in zip(Murphy._fields, seen + moved, (resampled + moved).T, strict=True)
        )
    )


def _parts(cells: Array, foretold: Array) -> Array:
    """Reliability, resolution between grades, and uncertainty of tables (b, grades, outcome): (b, 3)."""
    n = cells.sum(axis=2)
    share, rate = n / n.sum(axis=1, keepdims=True), cells[:, :, 1] / np.maximum(n, 1)
    overall = (share * rate).sum(axis=1, keepdims=True)
    reliability, resolution = (share * (rate - foretold) ** 2).sum(axis=1), (share * (rate - overall) ** 2).sum(axis=1)
    return np.stack([reliability, resolution, (overall * (1 - overall))[:, 0]], axis=1)


def ece_beyond_chance(
    y: ArrayLike, scores: ArrayLike, bins: int = 10, level: float = 0.95, repeats: int = REPEATS, seed: int = 0
) -> Excess:
    """The calibration error of `calibration.ece` beside what chance alone makes of it at this number of cases.

    Parameters
    ----------
    y : (n,) 0/1 outcomes.
    scores : (n,) probabilities; for the null, outcomes are drawn from them.
    level : of the interval of the error (cases resampled), of the range of the null, and of what is beyond it.

    Returns
    -------
    `beyond` is the error less the mean of the null; its interval lies above 0 where fewer than (1 - level) / 2 of
    perfectly calibrated models would show so great an error.

    Notes
    -----
    The consistency resampling of Broecker & Smith (2007, Weather and Forecasting 22:651). Outcomes are drawn for 2,000
    narrow bins of the scores, by the mean of each; up to 2,000 cases, for each case by itself.

    Examples
    --------
    >>> found = ece_beyond_chance([0, 1] * 500, [0.5] * 1000)
    >>> bool(found.beyond.low < 0 < found.chance.value)
    True
    """
    ordered, start, n, total, happened = equal_mass(y, scores, bins)
    rng, everyone = np.random.default_rng(seed), ordered.size
    seen = ece(y, scores, bins)
    drawn = _resampled(np.stack([n - happened, happened], axis=1), repeats, rng)
    spread = np.abs(drawn.sum(axis=2) * (total / n) - drawn[:, :, 1]).sum(axis=1) / everyone
    null = np.abs(_drawn(ordered, start, repeats, rng) - total).sum(axis=1) / everyone
    low, high = percentile(null, level)
    middle, method = float(null.mean()), "outcomes drawn from the scores"
    return Excess(
        _around("calibration error", seen, spread, level, everyone),
        _estimate("calibration error by chance", middle, low, high, level, everyone, method),
        _estimate("calibration error beyond chance", seen - middle, seen - high, seen - low, level, everyone, method),
    )


def _resampled(cells: Array, repeats: int, rng: np.random.Generator) -> Array:
    """Tables (repeats, grades, outcome) of as many cases, drawn from the table that was seen."""
    shares = cells.ravel() / cells.sum()
    return rng.multinomial(int(cells.sum()), shares, size=repeats).reshape(repeats, *cells.shape)


def _drawn(ordered: Array, start: Array, repeats: int, rng: np.random.Generator) -> Array:
    """Positives of each grade (repeats, grades) when each case happens by its own score."""
    fine = np.union1d(start, np.linspace(0, ordered.size, FINE, endpoint=False).astype(np.int64))
    cases = np.diff(fine, append=ordered.size)
    chance = np.clip(np.add.reduceat(ordered, fine) / cases, 0, 1)
    return np.add.reduceat(rng.binomial(cases, chance, size=(repeats, fine.size)), np.searchsorted(fine, start), axis=1)


def hosmer_lemeshow(y: ArrayLike, scores: ArrayLike, bins: int = 10) -> tuple[float, float]:
    """The Hosmer-Lemeshow statistic on grades and its p-value. Over-powered: with many rows it refuses any model.

    Notes
    -----
    sum (O - E)^2 / (n p (1 - p)) against chi-squared with as many degrees of freedom as there are grades, as for scores
    that were not fitted to these outcomes (Hosmer, Lemeshow & Sturdivant, 2013, chapter 5). A grade of which all, or
    none, was foretold counts nothing where that came true, and everything (p = 0) where it did not.

    Examples
    --------
    >>> [round(x, 4) for x in hosmer_lemeshow([0, 1, 0, 1], [0.2, 0.2, 0.6, 0.6], bins=2)]
    [1.2083, 0.5465]
    """
    _, _, n, total, happened = equal_mass(y, scores, bins)
    spread, missed = total * (1 - total / n), (happened - total) ** 2
    certain = spread < 1e-12
    if (missed[certain] > 1e-12).any():
        return float("inf"), 0.0
    statistic = float((missed[~certain] / spread[~certain]).sum())
    return statistic, float(chdtrc(n.size, statistic))


def jeffreys_grades(
    y: ArrayLike, scores: ArrayLike, bins: int = 10, level: float = 0.95, q: float = 0.05
) -> list[dict[str, Any]]:
    """For each grade, whether it happened as often as foretold, by Jeffreys' test in both directions.

    Parameters
    ----------
    y : (n,) 0/1 outcomes.
    scores : (n,) probabilities.
    level : of the interval of the rate.
    q : the share of false alarms among grades that stand out (Benjamini-Hochberg).

    Returns
    -------
    One row a grade: grade (from 1, the lowest scores), n, foretold, happened, low, high, p, stands_out.

    Notes
    -----
    Posterior Beta(D + 1/2, n - D + 1/2) as in the ECB's test (`calibration.jeffreys_p`), whose one-sided p is doubled.

    Examples
    --------
    >>> [row["stands_out"] for row in jeffreys_grades([0] * 99 + [1] + [0, 1] * 50, [0.01] * 100 + [0.8] * 100, bins=2)]
    [False, True]
    """
    _, _, n, total, happened = equal_mass(y, scores, bins)
    tails = [jeffreys_p(int(d), int(m), min(1.0, max(0.0, s / m))) for d, m, s in zip(happened, n, total, strict=True)]
    p = np.array([min(1.0, 2 * min(tail, 1 - tail)) for tail in tails])
    low, high = (betaincinv(happened + 0.5, n - happened + 0.5, end) for end in ((1 - level) / 2, (1 + level) / 2))
    columns = (n, total / n, happened / n, low, high, p, benjamini_hochberg(p, q))
    names = ("n", "foretold", "happened", "low", "high", "p", "stands_out")
    return [
        {"grade": k + 1, **{name: column[k].item() for name, column in zip(names, columns, strict=True)}}
        for k in range(n.size)
    ]


def _around(name: str, value: float, draws: Array, level: float, n: int) -> Estimate:
    """A figure that chance only makes greater, so its resamples lie too high: they are mirrored at the value."""
    low, high = percentile(draws, level)
    ends = min(value, max(0.0, 2 * value - high)), max(value, 2 * value - low)
    return _estimate(name, value, *ends, level, n, "basic bootstrap by case, of counts")


def _estimate(name: str, value: float, low: float, high: float, level: float, n: int, method: str) -> Estimate:
    return Estimate(name=name, value=value, low=low, high=high, level=level, n=n, method=method)
