"""How well scores foretell outcomes: each figure with its interval."""

import math

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.decision import top_share
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


def placements(y: ArrayLike, scores: ArrayLike) -> tuple[Array, Array]:
    """Of each positive the share of negatives below it, of each negative the share of positives above it; ties half.

    The mean of either is the AUC, and their spread is what DeLong's interval is made of. Both outcomes must occur.

    Examples
    --------
    >>> [x.tolist() for x in placements([1, 0, 0, 1], [0.9, 0.4, 0.1, 0.4])]
    [[1.0, 0.75], [0.75, 1.0]]
    """
    happened, score = np.asarray(y, dtype=bool), np.asarray(scores, dtype=np.float64)
    high_class, low_class, ranks = score[happened], score[~happened], midranks(score)
    above = (ranks[happened] - midranks(high_class)) / low_class.size
    return above, 1 - (ranks[~happened] - midranks(low_class)) / high_class.size


def auc(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The area under the ROC curve with DeLong's interval.

    Where its variance vanishes (all positives above all negatives, or the reverse) Wilson's interval for as many
    cases as the smaller class has is given instead, so that few cases never look certain.

    Notes
    -----
    DeLong et al. (1988), Biometrics 44:837; by midranks as in Sun & Xu (2014).
    """
    value = auc_value(y, scores)
    above, below = placements(y, scores)
    m, k = above.size, below.size
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


def answered(scored: Scored) -> Array:
    """The class that each case of a multiclass model is answered: the one worth most, else the likeliest."""
    return answers(scored.scores) if scored.answered is None else np.asarray(scored.answered)


def brier(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The mean squared distance of probabilities from outcomes; 0 is perfect. Multiclass: summed over classes."""
    return _mean("Brier score", _squares(y, scores), level)


def log_loss(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The mean of -log P(what happened); probabilities are kept 1e-15 away from 0."""
    return _mean("log loss", log_losses(y, scores), level)


def brier_skill(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The share of the Brier score that the model removes against always saying the base rate, or each class's share.

    See `skill` for shapes, interval and errors.
    """
    return skill("Brier skill", _squares(y, scores), _squares(y, _shares(y, scores)), level)


def log_loss_skill(y: ArrayLike, scores: ArrayLike, level: float = 0.95) -> Estimate:
    """The share of the log loss that the model removes against always saying the base rate, or each class's share.

    See `skill` for shapes, interval and errors.
    """
    return skill("log loss skill", log_losses(y, scores), log_losses(y, _shares(y, scores)), level)


def skill(name: str, losses: ArrayLike, plain: ArrayLike, level: float = 0.95) -> Estimate:
    """The share of a loss that is removed against a plain forecast: 1 is perfect, 0 no better, below 0 worse.

    Parameters
    ----------
    losses, plain : (n,) loss of each case, of the model and of the plain forecast.

    Raises
    ------
    FixTheInput : the plain forecast loses nothing.

    Notes
    -----
    1 - mean(losses) / mean(plain), paired by case, with the delta method's interval for a ratio of means. Where the
    plain forecast is the mean of these outcomes, its own error counts only in the second order.

    Examples
    --------
    >>> skill("skill", [0, 1, 0, 1], [1, 1, 1, 1]).value
    0.5
    """
    own, base = np.asarray(losses, dtype=np.float64), np.asarray(plain, dtype=np.float64)
    if not base.any():
        raise FixTheInput("Every outcome is the same, so there is nothing to foretell.")
    value = 1 - float(own.mean() / base.mean())
    _, low, high = mean_interval((base * (1 - value) - own) / base.mean(), level)
    return Estimate(
        name=name,
        value=value,
        low=value + low,
        high=value + high,
        level=level,
        n=own.size,
        method="delta method",
        threshold=0.0,
    )


def _squares(y: ArrayLike, scores: ArrayLike) -> Array:
    outcome, score = np.asarray(y), np.asarray(scores, dtype=np.float64)
    if score.ndim == 1:
        return np.asarray((score - outcome) ** 2)
    return np.asarray(((score - np.eye(score.shape[1])[outcome]) ** 2).sum(axis=1))


def log_losses(y: ArrayLike, scores: ArrayLike) -> Array:
    """(n,) -log P(what happened) of each case, at least 0; probabilities are kept 1e-15 away from 0."""
    outcome, score = np.asarray(y), np.asarray(scores, dtype=np.float64)
    if score.ndim == 2:
        given = score[np.arange(outcome.size), outcome] / score.sum(axis=1)
    else:
        given = np.where(outcome == 1, score, 1 - score)
    return np.asarray(-np.log(np.clip(given, SMALLEST, 1.0)))


def _shares(y: ArrayLike, scores: ArrayLike) -> Array:
    """What always saying the base rate would have scored: the same shape as the scores."""
    outcome, score = np.asarray(y), np.asarray(scores)
    if score.ndim == 1:
        return np.full(outcome.size, outcome.mean())
    return np.broadcast_to(np.bincount(outcome, minlength=score.shape[1]) / outcome.size, score.shape)


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
    found = lift(y, top_share(np.asarray(scores, dtype=np.float64), share), level)
    return found.model_copy(update={"name": f"lift at {share:.0%}".replace("%", " %")})


def lift(y: ArrayLike, acted: ArrayLike, level: float = 0.95) -> Estimate:
    """How many times more positives are among those acted on than among as many cases drawn blindly.

    Parameters
    ----------
    y, acted : (n,) whether it happened, and whether the case was acted on.

    Raises
    ------
    FixTheInput : nothing happened, or nobody was acted on.

    Examples
    --------
    >>> lift([1, 1, 0, 0], [1, 0, 0, 0]).value
    2.0
    """
    happened, did = np.asarray(y, dtype=bool), np.asarray(acted, dtype=bool)
    positives, part = int(happened.sum()), float(did.mean())
    if not positives or not part:
        raise FixTheInput("Lift needs at least one positive case and one case acted on.")
    reached = int((happened & did).sum())
    low, high = (end / part for end in wilson(reached, positives, level))
    return Estimate(
        name="lift",
        value=reached / positives / part,
        low=low,
        high=high,
        level=level,
        n=happened.size,
        method="Wilson, share of positives",
    )


def precision(scored: Scored, level: float = 0.95) -> Estimate:
    """Of those acted on, the share that turned out positive, with Wilson's interval."""
    return _of_the_decision("precision", scored, level)


def recall(scored: Scored, level: float = 0.95) -> Estimate:
    """Of all positives, the share that was acted on, with Wilson's interval."""
    return _of_the_decision("recall", scored, level)


def _of_the_decision(name: str, scored: Scored, level: float) -> Estimate:
    if scored.acted is None:
        raise FixTheInput(f"a {scored.task} model has none")
    positive = scored.y == 1
    among = scored.acted if name == "precision" else positive
    return rate(name, int(np.sum(scored.acted & positive)), int(np.sum(among)), level)


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
    else:
        base = (scored.y - scored.y.mean()) ** 2
        return skill("share of squared error removed", (scored.scores - scored.y) ** 2, base, level)
    return Estimate(
        name="accuracy above the commonest class",
        value=value,
        low=low,
        high=high,
        level=level,
        n=scored.n,
        method="normal, paired",
        threshold=0.0,
    )
