"""How well scores foretell outcomes: each figure with its interval."""

import math

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.decision import best_first, capacity
from glassworks.measures.intervals import Array, mean_interval, rate, wilson, z
from glassworks.measures.scored import Scored

SMALLEST = 1e-15


def midranks(x: ArrayLike) -> Array:
    """Ranks from 1; equal values share the mean of their ranks."""
    _, place, counts = np.unique(np.asarray(x, dtype=np.float64), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place])


def auc_value(y: ArrayLike, scores: ArrayLike) -> float:
    """The chance that a positive case scores above a negative one, ties counting half; no interval.

    Raises
    ------
    FixTheInput : only one of the two outcomes occurs.
    """
    happened = np.asarray(y, dtype=bool)
    positives = int(happened.sum())
    negatives = happened.size - positives
    if not positives or not negatives:
        raise FixTheInput(
            "The AUC needs cases with both outcomes.",
            f"There are {positives} positive and {negatives} negative cases.",
            "Use more rows, or rows of a longer time.",
        )
    total = float(midranks(scores)[happened].sum())
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def auc(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The area under the ROC curve with DeLong's interval.

    Where its variance vanishes (all positives above all negatives, or the reverse) Wilson's interval for as many
    cases as the smaller class has is given instead, so that few cases never look certain.

    Notes
    -----
    DeLong et al. (1988), Biometrics 44:837; by midranks as in Sun & Xu (2014).
    """
    value = auc_value(y, scores)
    happened, score = np.asarray(y, dtype=bool), np.asarray(scores, dtype=np.float64)
    high_class, low_class = score[happened], score[~happened]
    m, k = high_class.size, low_class.size
    ranks = midranks(score)
    above = (ranks[happened] - midranks(high_class)) / k
    below = 1 - (ranks[~happened] - midranks(low_class)) / m
    variance = (above.var(ddof=1) / m if m > 1 else 0.0) + (below.var(ddof=1) / k if k > 1 else 0.0)
    half = z(level) * math.sqrt(variance)
    low, high, method = max(0.0, value - half), min(1.0, value + half), "DeLong"
    if min(m, k) < 2 or variance == 0:
        few = min(m, k)
        low, high = wilson(value * few, few, level)
        method = "Wilson on the smaller class"
    return Estimate(name="AUC", value=value, low=low, high=high, level=level, n=m + k, method=method)


def answers(scores: ArrayLike) -> Array:
    """The class each case is given: the likeliest class, or for one column P(positive) at least one half."""
    score = np.asarray(scores)
    return np.asarray(score.argmax(axis=1) if score.ndim == 2 else (score >= 0.5).astype(np.int64))


def accuracy(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The share of right answers; y holds 0/1 or class indices."""
    right = answers(scores) == np.asarray(y)
    return rate("accuracy", int(right.sum()), right.size, level)


def brier(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The mean squared distance of probabilities from outcomes; 0 is perfect. Multiclass: summed over classes."""
    outcome, score = np.asarray(y), np.asarray(scores, dtype=np.float64)
    if score.ndim == 1:
        return _mean("Brier score", (score - outcome) ** 2, level)
    return _mean("Brier score", ((score - np.eye(score.shape[1])[outcome]) ** 2).sum(axis=1), level)


def log_loss(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The mean of -log P(what happened); probabilities are kept 1e-15 away from 0."""
    return _mean("log loss", log_losses(y, scores), level)


def log_losses(y: ArrayLike, scores: ArrayLike) -> Array:
    """(n,) -log P(what happened) of each case, at least 0; probabilities are kept 1e-15 away from 0."""
    outcome, score = np.asarray(y), np.asarray(scores, dtype=np.float64)
    if score.ndim == 2:
        given = score[np.arange(outcome.size), outcome] / score.sum(axis=1)
    else:
        given = np.where(outcome == 1, score, 1 - score)
    return np.asarray(-np.log(np.clip(given, SMALLEST, 1.0)))


def mae(y: ArrayLike, scores: ArrayLike, level: float = 0.95, unit: str = "") -> Estimate:
    """The mean absolute error, in the target's unit."""
    error = np.abs(np.asarray(scores, dtype=np.float64) - np.asarray(y, dtype=np.float64))
    return _mean("mean absolute error", error, level, unit)


def rmse(y: ArrayLike, scores: ArrayLike, level: float = 0.95, unit: str = "") -> Estimate:
    """The root mean squared error, in the target's unit; the interval is that of the mean square, rooted."""
    squared = (np.asarray(scores, dtype=np.float64) - np.asarray(y, dtype=np.float64)) ** 2
    mean, low, high = mean_interval(squared, level)
    return Estimate(
        name="RMSE",
        value=math.sqrt(mean),
        low=math.sqrt(max(0.0, low)),
        high=math.sqrt(high),
        level=level,
        n=squared.size,
        method="normal, mean square",
        unit=unit,
    )


def _mean(name: str, losses: Array, level: float, unit: str = "") -> Estimate:
    mean, low, high = mean_interval(losses, level)
    return Estimate(
        name=name, value=mean, low=max(0.0, low), high=high, level=level, n=losses.size, method="normal", unit=unit
    )


def lift_at(y: ArrayLike, scores: ArrayLike, share: float, level: float = 0.95) -> Estimate:
    """How many times more positives the best scored `share` holds than as many cases drawn blindly.

    It equals the share of all positives that is reached, over `share`; the interval is Wilson's for that share.
    """
    happened, score = np.asarray(y, dtype=bool), np.asarray(scores, dtype=np.float64)
    positives, k = int(happened.sum()), capacity(happened.size, share)
    if not positives or not k:
        raise FixTheInput("Lift needs at least one positive case and one case acted on.")
    reached = int(happened[best_first(score)[:k]].sum())
    part = k / happened.size
    low, high = (end / part for end in wilson(reached, positives, level))
    return Estimate(
        name=f"lift at {share:.0%}".replace("%", " %"),
        value=reached / positives / part,
        low=low,
        high=high,
        level=level,
        n=happened.size,
        method="Wilson, share of positives",
    )


def headline(scored: Scored, level: float = 0.95) -> Estimate:
    """The one figure a kind of model is known by: AUC, accuracy or RMSE."""
    if scored.task is Task.BINARY:
        return auc(scored.y, scored.scores, level)
    if scored.task is Task.MULTICLASS:
        return accuracy(scored.y, scored.scores, level)
    return rmse(scored.y, scored.scores, level)


def better_than_chance(scored: Scored, level: float = 0.95) -> Estimate:
    """How far the model beats knowing nothing; `threshold` is where knowing nothing stands.

    Binary: AUC against 0.5. Multiclass: accuracy minus the commonest class's share, against 0, paired. Regression:
    the share of squared error removed against predicting the mean, against 0, by the delta method.
    """
    if not scored.n:
        raise FixTheInput("There are no cases to judge the model by.")
    if scored.task is Task.BINARY:
        return auc(scored.y, scored.scores, level).model_copy(update={"threshold": 0.5})
    if scored.task is Task.MULTICLASS:
        common = scored.y == np.bincount(scored.y).argmax()
        change = (answers(scored.scores) == scored.y).astype(np.float64) - common
        value, low, high = mean_interval(change, level)
        name, method = "accuracy above the commonest class", "normal, paired"
    else:
        base = (scored.y - scored.y.mean()) ** 2
        if not base.any():
            raise FixTheInput("Every outcome is the same number, so there is nothing to foretell.")
        left = (scored.scores - scored.y) ** 2
        value = 1 - float(left.mean() / base.mean())
        _, low, high = mean_interval((base * (1 - value) - left) / base.mean(), level)
        low, high = value + low, value + high
        name, method = "share of squared error removed", "delta method"
    return Estimate(name=name, value=value, low=low, high=high, level=level, n=scored.n, method=method, threshold=0.0)
