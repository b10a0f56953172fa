"""Intervals for rates, differences and ratios, and corrections for looking at many things at once."""

import math
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from glassworks.core import multiplicity
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate

Array = NDArray[Any]
"""A NumPy array; shapes and kinds stand in each docstring."""


def z(level: float) -> float:
    """The standard normal quantile of a two-sided interval at `level` (0.95 gives 1.96)."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def _check(successes: float, n: float) -> None:
    if n <= 0 or not 0 <= successes <= n:
        raise FixTheInput(
            "This rate cannot be computed.",
            f"It counts {successes:g} of {n:g} cases.",
            "Give at least one case, and no more successes than cases.",
        )


def wilson(successes: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval for a rate.

    Parameters
    ----------
    successes, n : counts; n at least 1.
    level : two-sided confidence.

    Returns
    -------
    (low, high), both between 0 and 1.

    Notes
    -----
    Wilson (1927), JASA 22:209. Keeps its coverage for small n and rates near 0 or 1, where p +- z SE does not.

    Examples
    --------
    >>> tuple(round(end, 4) for end in wilson(81, 263))
    (0.2553, 0.3662)
    """
    _check(successes, n)
    q = z(level)
    p = successes / n
    centre = (p + q * q / (2 * n)) / (1 + q * q / n)
    half = q / (1 + q * q / n) * math.sqrt(p * (1 - p) / n + q * q / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, min(p, centre - half))
    high = 1.0 if successes == n else min(1.0, max(p, centre + half))
    return low, high


def newcombe(s1: float, n1: float, s2: float, n2: float, level: float = 0.95) -> tuple[float, float, float]:
    """The difference of two independent rates, s1/n1 - s2/n2, with Newcombe's hybrid score interval.

    Notes
    -----
    Newcombe (1998), Statistics in Medicine 17:873, method 10.

    Examples
    --------
    >>> tuple(round(x, 4) for x in newcombe(56, 70, 48, 80))
    (0.2, 0.0524, 0.3339)
    """
    low1, high1 = wilson(s1, n1, level)
    low2, high2 = wilson(s2, n2, level)
    p1, p2 = s1 / n1, s2 / n2
    difference = p1 - p2
    low = difference - math.hypot(p1 - low1, high2 - p2)
    high = difference + math.hypot(high1 - p1, p2 - low2)
    return difference, max(-1.0, low), min(1.0, high)


def difference(name: str, one: Estimate, other: Estimate) -> Estimate:
    """One figure minus another of independent cases, by the square-and-add method.

    Each half of the interval is the root of the sum of squares of the two halves that point the same way; for two rates
    with Wilson's intervals it is Newcombe's. The level and the unit are those of `one`; n counts the cases of both.

    Notes
    -----
    Zou & Donner (2008), Statistics in Medicine 27:1693.

    Examples
    --------
    >>> difference("gain", rate("one", 56, 70), rate("other", 48, 80)).says()
    'gain 0.20 (95 % interval 0.05 to 0.33)'
    """
    value = one.value - other.value
    return Estimate(
        name=name,
        value=value,
        low=value - math.hypot(one.value - one.low, other.high - other.value),
        high=value + math.hypot(one.high - one.value, other.value - other.low),
        level=one.level,
        n=one.n + other.n,
        method=f"square-and-add, {one.method}",
        unit=one.unit,
    )


def katz_ratio(s1: float, n1: float, s2: float, n2: float, level: float = 0.95) -> tuple[float, float, float]:
    """The ratio of two independent rates, (s1/n1) / (s2/n2), with Katz's interval on the log ratio.

    SE = sqrt((1-p1)/(n1 p1) + (1-p2)/(n2 p2)). When a rate is 0 or both are 1 that SE does not exist or vanishes:
    half a case is then added to successes and failures alike (Walter 1975); with s2 = 0 the ratio itself, too, is that
    of the adjusted rates. The interval always contains the ratio.

    Notes
    -----
    Katz et al. (1978), Biometrics 34:469.

    Examples
    --------
    >>> tuple(round(x, 3) for x in katz_ratio(45, 100, 60, 100))
    (0.75, 0.573, 0.982)
    """
    _check(s1, n1)
    _check(s2, n2)
    awkward = s1 == 0 or s2 == 0 or (s1 == n1 and s2 == n2)
    p1, p2 = ((s1 + 0.5) / (n1 + 1), (s2 + 0.5) / (n2 + 1)) if awkward else (s1 / n1, s2 / n2)
    se = math.sqrt((1 - p1) / (n1 * p1) + (1 - p2) / (n2 * p2))
    ratio = p1 / p2 if s2 == 0 else (s1 / n1) / (s2 / n2)
    spread = math.exp(z(level) * se)
    return ratio, min(ratio, p1 / p2 / spread), max(ratio, p1 / p2 * spread)


def percentile(draws: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """The central `level` share of resampled values: the percentile bootstrap interval."""
    tail = (1 - level) / 2
    low, high = np.quantile(np.asarray(draws, dtype=np.float64), [tail, 1 - tail])
    return float(low), float(high)


def mean_interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """The mean of a column of n numbers and its normal interval, (mean, low, high)."""
    x = np.asarray(values, dtype=np.float64)
    if x.size == 0:
        raise FixTheInput("A mean of no cases does not exist.", next_step="Give at least one case.")
    mean = float(x.mean())
    half = z(level) * float(x.std(ddof=1)) / math.sqrt(x.size) if x.size > 1 else abs(mean)
    return mean, mean - half, mean + half


def welch(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """The difference of the means of two independent samples, mean(a) - mean(b), with Welch's interval.

    Parameters
    ----------
    a, b : (n,) and (m,) numbers, at least two each; their spreads may differ.

    Raises
    ------
    FixTheInput : a sample has fewer than two cases.

    Notes
    -----
    Welch (1947), Biometrika 34:28, with the degrees of freedom of Satterthwaite (1946).

    Examples
    --------
    >>> tuple(round(x, 3) for x in welch([1, 2, 3, 4], [2, 4, 6, 8]))
    (-2.5, -6.364, 1.364)
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if min(x.size, y.size) < 2:
        raise FixTheInput("A difference of means needs at least two cases on either side.")
    difference = float(x.mean() - y.mean())
    v, w = float(x.var(ddof=1)) / x.size, float(y.var(ddof=1)) / y.size
    if v + w == 0:
        return difference, difference, difference
    freedom = (v + w) ** 2 / (v**2 / (x.size - 1) + w**2 / (y.size - 1))
    half = float(stdtrit(freedom, 0.5 + level / 2)) * math.sqrt(v + w)
    return difference, difference - half, difference + half


def holm(p: ArrayLike) -> Array:
    """Holm's step-down adjusted p-values: below alpha means rejected with family-wise error at most alpha.

    Examples
    --------
    >>> [float(round(q, 6)) for q in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    return np.asarray(multiplicity.holm(np.asarray(p, dtype=np.float64).tolist()))


def benjamini_hochberg(p: ArrayLike, q: float = 0.05) -> Array:
    """Which hypotheses are rejected while false discoveries stay below the share `q` on average (bool array).

    Notes
    -----
    Benjamini & Hochberg (1995): the largest k with p_(k) <= q k / m; the k smallest are rejected.

    Examples
    --------
    >>> benjamini_hochberg([0.08, 0.2, 0.001], 0.1).tolist()
    [False, False, True]
    """
    values = np.asarray(p, dtype=np.float64)
    ordered = np.sort(values)
    below = np.flatnonzero(ordered <= q * np.arange(1, values.size + 1) / max(values.size, 1))
    return values <= ordered[below[-1]] if below.size else np.zeros(values.shape, dtype=bool)


def rate(name: str, successes: float, n: int, level: float = 0.95, group: str = "") -> Estimate:
    """A rate as an estimate, with Wilson's interval.

    Examples
    --------
    >>> rate("conversion", 81, 263).says()
    'conversion 0.31 (95 % interval 0.26 to 0.37)'
    """
    low, high = wilson(successes, n, level)
    return Estimate(name=name, value=successes / n, low=low, high=high, level=level, n=n, method="Wilson", group=group)
