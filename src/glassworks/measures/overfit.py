"""Learned by heart: how much better a model is on rows it learned from, where, and whether losses give them away."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array, benjamini_hochberg, difference, rate, z
from glassworks.measures.performance import auc, better_than_chance, headline, log_losses
from glassworks.measures.profile import half, single_column_strength
from glassworks.measures.scored import Scored
from glassworks.measures.slices import LEAST, TRIED, Q, conditions_of

STRONGEST, EVENTS, FALSE = 5, 10, 0.01


def gap(learned: Scored, fresh: Scored, level: float = 0.95, spread: float | None = None) -> Estimate:
    """How much better the headline figure is on rows a model learned from than on fresh ones; above 0 it is better.

    A difference for AUC and accuracy; for RMSE the rise as a share of the outcome's spread.

    Parameters
    ----------
    learned, fresh : two samples of cases, independent of each other.
    spread : the standard deviation that an RMSE is divided by; by default that of the learned outcomes.

    Raises
    ------
    FixTheInput : a figure does not exist (one class only), or every learned outcome is the same number.
    """
    one, other = headline(learned, level), headline(fresh, level)
    if learned.task is not Task.REGRESSION:
        return difference(f"gap in {one.name}", one, other)
    unit = float(np.std(learned.y)) if spread is None else spread
    if unit <= 0:
        raise FixTheInput("Every outcome is the same number, so there is nothing to foretell.")
    found = difference("rise of RMSE, as a share of the outcome's spread", other, one)
    scaled = {name: getattr(found, name) / unit for name in ("value", "low", "high")}
    return found.model_copy(update=scaled | {"unit": ""})


def lead(scored: Scored) -> float:
    """How far the headline figure stands above knowing nothing, in the terms of `gap`; 0 at least.

    AUC above 0.5; accuracy above the commonest class's share; the share of the outcome's spread that RMSE is below it.
    """
    if scored.task is Task.REGRESSION:
        return max(0.0, 1 - headline(scored).value / max(float(np.std(scored.y)), np.finfo(float).tiny))
    found = better_than_chance(scored)
    return max(0.0, found.value - (found.threshold or 0.0))


def gap_in_parts(
    learned_columns: Mapping[str, ArrayLike],
    fresh_columns: Mapping[str, ArrayLike],
    learned: Scored,
    fresh: Scored,
    limit: float,
    level: float = 0.95,
) -> list[Estimate]:
    """Parts of the cases in which the gap lies beyond a limit, found on one half of both, confirmed on the other.

    Parts are quarters of numbers or the commonest levels of texts (as in `slices.weak_slices`) of the five columns that
    foretell most by themselves. The 20 widest gaps of the first half are tested on the second, one-sided, against
    the limit, with Benjamini-Hochberg at 0.05. A part needs 50 cases of each sample in each half, ten of either class.

    Parameters
    ----------
    learned_columns, fresh_columns : (n,) and (m,) numbers or texts of the cases.
    limit : a gap in the terms of `gap`.

    Returns
    -------
    The confirmed gaps of the second half, named by their part in `group`, the widest first.
    """
    spread = float(np.std(learned.y)) if learned.task is Task.REGRESSION else None
    first = np.concatenate([half(learned.n), half(fresh.n)])
    found: list[tuple[float, str, Array]] = []
    for name in _strongest(learned_columns, learned):
        both = np.concatenate([np.asarray(learned_columns[name]), np.asarray(fresh_columns[name])])
        for _, words, inside in conditions_of(name, both, first):
            seen = _of(learned, fresh, inside & first, level, spread)
            if seen is not None:
                found.append((seen.value, words, inside & ~first))
    widest = sorted(found, key=lambda one: -one[0])[:TRIED]
    tested = [(words, _of(learned, fresh, rows, level, spread)) for _, words, rows in widest]
    sure = [one.model_copy(update={"group": words, "threshold": limit}) for words, one in tested if one is not None]
    if not sure:
        return []
    errors = [max((one.high - one.low) / (2 * z(level)), np.finfo(float).tiny) for one in sure]
    p = [float(ndtr(-(one.value - limit) / error)) for one, error in zip(sure, errors, strict=True)]
    kept = [one for one, is_sure in zip(sure, benjamini_hochberg(p, Q), strict=True) if is_sure]
    return sorted(kept, key=lambda one: -one.value)


def _strongest(columns: Mapping[str, ArrayLike], learned: Scored) -> list[str]:
    strength = {name: single_column_strength(values, learned.y, learned.task) for name, values in columns.items()}
    return sorted(strength, key=lambda name: -strength[name])[:STRONGEST]


def _of(learned: Scored, fresh: Scored, inside: Array, level: float, spread: float | None) -> Estimate | None:
    """The gap within a part; None where it holds too few cases."""
    own = learned.part(np.flatnonzero(inside[: learned.n]), learned.periods)
    other = fresh.part(np.flatnonzero(inside[learned.n :]), fresh.periods)
    pieces = (own, other)
    if any(one.n < LEAST for one in pieces):
        return None
    if learned.task is Task.BINARY and any(min(one.y.sum(), one.n - one.y.sum()) < EVENTS for one in pieces):
        return None
    return gap(own, other, level, spread)


def losses(scored: Scored) -> Array:
    """(n,) what the model loses at each case: -log P(what happened), or the squared error."""
    if scored.task is Task.REGRESSION:
        return np.asarray((scored.scores - scored.y) ** 2)
    return log_losses(scored.y, scored.scores)


def membership(learned: ArrayLike, fresh: ArrayLike, level: float = 0.95) -> tuple[Estimate, Estimate]:
    """Whether losses give away which rows a model learned from: an attack by the loss alone.

    Parameters
    ----------
    learned, fresh : (n,) and (m,) losses of rows it learned from, and of rows it did not.

    Returns
    -------
    The chance that a learned row lost less than a fresh one (AUC, DeLong; 0.5 tells nothing), and the share of learned
    rows that are told where at most 1 in 100 fresh rows is taken for one (Wilson; the cut is set on the fresh rows).

    Notes
    -----
    Yeom et al. (2018), Privacy risk in machine learning; Carlini et al. (2022) for the rate at few false positives.

    Examples
    --------
    >>> told, rare = membership([0.1, 0.2, 0.3], [0.3, 0.6, 0.9])
    >>> round(told.value, 3), round(rare.value, 3)
    (0.944, 0.667)
    """
    own, other = np.asarray(learned, dtype=np.float64), np.asarray(fresh, dtype=np.float64)
    if not own.size or not other.size:
        raise FixTheInput("Losses of learned and of fresh rows are needed, at least one of each.")
    was = np.concatenate([np.ones(own.size), np.zeros(other.size)])
    told = auc(was, -np.concatenate([own, other]), level)
    cut = np.sort(other)[int(np.floor(FALSE * other.size))]
    rare = rate("told at 1 false alarm in 100", int((own < cut).sum()), own.size, level)
    return told.model_copy(update={"name": "learned rows told by their loss, AUC"}), rare
