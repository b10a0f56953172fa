"""How well scores tell cases apart, beyond the AUC: each figure with its interval."""

import math

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.decision import best_first
from glassworks.measures.explain import spearman
from glassworks.measures.intervals import Array, wilson, z
from glassworks.measures.performance import auc, midranks, placements


def gini(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The Gini coefficient 2 AUC - 1, also called accuracy ratio: 0 is blind, 1 perfect; the AUC's interval stretched.

    Examples
    --------
    >>> gini([0, 1, 0, 1], [0.1, 0.4, 0.3, 0.2]).value
    0.5
    """
    area = auc(y, scores, level)
    ends = {end: 2 * getattr(area, end) - 1 for end in ("value", "low", "high")}
    return area.model_copy(update={"name": "Gini", **ends})


def ks(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The Kolmogorov-Smirnov distance: how far apart the scores of the two outcomes lie at the best cut, 0 to 1.

    Parameters
    ----------
    y : (n,) 0/1 outcomes, of both kinds.
    scores : (n,) numbers.

    Raises
    ------
    FixTheInput : only one of the two outcomes occurs.

    Notes
    -----
    max |F1 - F0|. The interval takes from each distribution its Dvoretzky-Kiefer-Wolfowitz band with Massart's constant
    (Massart, 1990, Annals of Probability 18:1269) at half the error each: by the triangle inequality the distance lies
    within the sum of both, at any number of cases and although the cut is the best of many. It is wide for that.

    Examples
    --------
    >>> ks([0, 0, 1, 1], [0.1, 0.3, 0.2, 0.4]).value
    0.5
    """
    happened, score = _both("Kolmogorov-Smirnov distance", y, scores)
    order = np.argsort(score, kind="stable")
    last = np.append(np.diff(score[order]) > 0, True)
    positives, negatives = int(happened.sum()), int((~happened).sum())
    share = np.cumsum(happened[order])[last] / positives
    other = np.cumsum(~happened[order])[last] / negatives
    value = float(np.abs(share - other).max())
    half = sum(math.sqrt(math.log(4 / (1 - level)) / (2 * n)) for n in (positives, negatives))
    return Estimate(
        name="KS",
        value=value,
        low=max(0.0, value - half),
        high=min(1.0, value + half),
        level=level,
        n=happened.size,
        method="Dvoretzky-Kiefer-Wolfowitz",
    )


def average_precision(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The area under the precision-recall curve; `threshold` is the base rate, which drawing blindly would reach.

    Parameters
    ----------
    y : (n,) 0/1 outcomes, of both kinds.
    scores : (n,) numbers; cases of equal score enter together.

    Raises
    ------
    FixTheInput : only one of the two outcomes occurs.

    Notes
    -----
    The sum over cuts of precision times the recall gained there. The interval is the logit one of Boyd, Eng & Page
    (2013, ECML PKDD), whose spread hangs on the number of positives; at 0 or 1 it is Wilson's for that number.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value, 4)
    0.8333
    """
    happened, score = _both("average precision", y, scores)
    order = best_first(score)
    last = np.flatnonzero(np.append(np.diff(score[order]) < 0, True))
    hits, positives = np.cumsum(happened[order])[last], int(happened.sum())
    value = min(1.0, float((hits / (last + 1) * np.diff(hits, prepend=0)).sum()) / positives)
    if 0 < value < 1:
        half, odds = z(level) / math.sqrt(positives * value * (1 - value)), math.log(value / (1 - value))
        (low, high), method = (1 / (1 + math.exp(-odds - sign * half)) for sign in (-1, 1)), "logit"
    else:
        (low, high), method = wilson(value * positives, positives, level), "Wilson on the positives"
    return Estimate(
        name="average precision",
        value=value,
        low=low,
        high=high,
        level=level,
        n=happened.size,
        method=method,
        threshold=positives / happened.size,
    )


def macro_auc(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The mean AUC of each class against all others, every class counting the same; 0.5 is blind.

    Parameters
    ----------
    y : (n,) class indices; a class without a case is left out.
    scores : (n, k) numbers, one column a class.

    Raises
    ------
    FixTheInput : fewer than two classes occur.

    Notes
    -----
    The mean of Provost & Domingos (2000) with equal weights, as scikit-learn's `multi_class="ovr"`. The interval is
    DeLong's (1988) for a mean of AUCs on the same cases: each case counts by the sum of its parts in all of them. Where
    its variance vanishes it is Wilson's for as many cases as the smallest class has.

    Examples
    --------
    >>> round(macro_auc([0, 1, 2, 1], [[0.6, 0.2, 0.2], [0.2, 0.5, 0.3], [0.1, 0.3, 0.6], [0.5, 0.3, 0.2]]).value, 3)
    0.958
    """
    outcome, score = np.asarray(y), np.asarray(scores, dtype=np.float64)
    cases = np.bincount(outcome, minlength=score.shape[1])
    present = np.flatnonzero(cases)
    if present.size < 2:
        raise FixTheInput("The AUC needs cases of at least two classes.", f"There are {present.size}.")
    parts, values = np.zeros(outcome.size), []
    for k in present:
        inside = outcome == k
        above, below = placements(inside, score[:, k])
        values.append(float(above.mean()))
        parts[inside] += (above - above.mean()) / above.size
        parts[~inside] += (below - below.mean()) / below.size
    value, half = float(np.mean(values)), z(level) * float(np.sqrt(parts @ parts)) / present.size
    low, high, method = max(0.0, value - half), min(1.0, value + half), "DeLong, mean of classes"
    if half < 1e-12 or cases[present].min() < 2:
        few = int(cases[present].min())
        (low, high), method = wilson(value * few, few, level), "Wilson on the smallest class"
    return Estimate(
        name="AUC, one against the rest",
        value=value,
        low=low,
        high=high,
        level=level,
        n=outcome.size,
        method=method,
        threshold=0.5,
    )


def rank_correlation(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """Spearman's rank correlation of outcomes and predictions: 1 where their order agrees, 0 where nothing agrees.

    Parameters
    ----------
    y, scores : (n,) numbers, n at least 4.

    Raises
    ------
    FixTheInput : fewer than four cases.

    Notes
    -----
    On Fisher's z scale. The variance is that of Borkowf (2002, Computational Statistics & Data Analysis 39:271), which
    needs no particular dependence: each case counts by how it moves the ranks of all. Where it vanishes, at perfect
    order, it is (1 + r^2 / 2) / (n - 3) of Bonett & Wright (2000), around no more than 1 - 1/n, so that few cases never
    look certain.

    Examples
    --------
    >>> round(rank_correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]).value, 3)
    0.8
    """
    outcome, score = np.asarray(y, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    n = outcome.size
    if n < 4:
        raise FixTheInput("A rank correlation needs at least four cases.", f"There are {n}.")
    value, spread = spearman(outcome, score), _rank_spread(outcome, score)
    middle = min(1 - 1 / n, max(1 / n - 1, value))
    half, method = z(level) * spread / (1 - middle**2), "Fisher's z, Borkowf"
    if spread < 1e-9:
        half, method = z(level) * math.sqrt((1 + middle**2 / 2) / (n - 3)), "Fisher's z, Bonett and Wright"
    low, high = (math.tanh(math.atanh(middle) + sign * half) for sign in (-1, 1))
    return Estimate(
        name="rank correlation",
        value=value,
        low=min(low, value),
        high=max(high, value),
        level=level,
        n=n,
        method=method,
        threshold=0.0,
    )


def _rank_spread(x: Array, y: Array) -> float:
    """The standard error of the rank correlation; 0 where a column never changes."""
    u, v = (midranks(column) / x.size for column in (x, y))
    u, v = u - u.mean(), v - v.mean()
    size_u, size_v = float(u @ u) / x.size, float(v @ v) / x.size
    if size_u * size_v == 0:
        return 0.0
    scale = math.sqrt(size_u * size_v)
    value = float(u @ v) / x.size / scale
    moved = (u * v + _from_here_up(x, v) + _from_here_up(y, u)) / scale
    moved -= value * (u**2 / 2 + _from_here_up(x, u)) / size_u + value * (v**2 / 2 + _from_here_up(y, v)) / size_v
    return float(moved.std()) / math.sqrt(x.size)


def _from_here_up(x: Array, weights: Array) -> Array:
    """For each case the sum of the weights of cases with a greater x, and half of those with the same, over n."""
    _, place = np.unique(x, return_inverse=True)
    sums = np.bincount(place, weights)
    return np.asarray((sums.sum() - np.cumsum(sums) + sums / 2)[place] / x.size)


def _both(name: str, y: ArrayLike, scores: ArrayLike) -> tuple[Array, Array]:
    happened = np.asarray(y, dtype=bool)
    if happened.all() or not happened.any():
        raise FixTheInput(f"The {name} needs cases with both outcomes.", next_step="Use more rows.")
    return happened, np.asarray(scores, dtype=np.float64)
