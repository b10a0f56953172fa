"""Ten thousand futures of many scored cases in milliseconds: what is known of the rates, the values, the prevalence."""

import numpy as np

from glassworks.core.contract import Assumption, Task, ValueMatrix
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures import resample
from glassworks.measures.changes import cells, multiples
from glassworks.measures.decision import best_first, capacity
from glassworks.measures.intervals import Array
from glassworks.measures.scored import Scored
from glassworks.measures.value import draw, estimated
from glassworks.measures.worth import assumptions

BY_COUNTS = "counts of cases, values and prevalence drawn"
NEAR = 0.02
"""Half the share of the cases beside the border of capacity that tell what a case there is worth."""


def drawn_gain(
    scored: Scored,
    value: ValueMatrix,
    *,
    prevalence: Assumption | None = None,
    target: float | None = None,
    level: float = 0.9,
    repeats: int = 10_000,
    seed: int = 0,
    unit: str = "",
) -> Estimate:
    """The gain a period of scored binary cases, for what-if: as `value.kpi_gain`, without a pass over rows a draw.

    Cases are positive and negative; each kind is drawn by itself and then weighed by the prevalence of that draw. Where
    rows are worth the same and capacity is unlimited the counts of what the model changes are drawn (multinomial, the
    bootstrap itself). Otherwise their sums are drawn from the normal curve that the bootstrap nears with many cases;
    capacity moves its border with the prevalence, and a case counts by how much it is worth above one at the border.

    Parameters
    ----------
    prevalence : share of positives in the population decided on; None: that of the cases, as uncertain as n makes it.
    target : when given, `probability` is the share of draws that reach it.
    level, repeats, seed, unit : as in `value.kpi_gain`.

    Raises
    ------
    FixTheInput : the cases are not binary, or a prevalence is given and one of the two outcomes never occurs.

    Notes
    -----
    Efron & Tibshirani (1993), sections 6 and 21: the bootstrap's spread of a smooth figure is that of its influence.
    Elkan (2001), theorem 2: another prevalence is another weight of the positives.
    """
    if scored.task is not Task.BINARY or not scored.n:
        raise FixTheInput("Futures are drawn from binary cases, at least one.")
    rng = np.random.default_rng(seed)
    named = assumptions(value, Task.BINARY)
    positive = scored.y == 1
    weights = _weights(positive, prevalence, repeats, rng)
    worth = np.stack([draw(one, repeats, rng) for one in named], axis=1)
    likely = _weights(positive, None if prevalence is None else _sure(prevalence), 1, rng)
    centre = _centre(scored, value, np.concatenate([weights, likely]))
    changed = centre[:-1] + _chance(scored, value, weights, rng)
    draws = (changed * worth).sum(axis=1) / scored.periods - value.period_cost
    point = float(centre[-1] @ np.array([one.mode for one in named])) / scored.periods - value.period_cost
    unit = unit or value.currency
    return estimated(point, draws, level=level, target=target, n=scored.n, method=BY_COUNTS, unit=unit)


def _sure(one: Assumption) -> Assumption:
    return Assumption(low=one.mode, mode=one.mode, high=one.mode)


def _weights(positive: Array, prevalence: Assumption | None, repeats: int, rng: np.random.Generator) -> Array:
    """(repeats, 2) what one positive and one negative case counts at each draw of the prevalence."""
    n, there = positive.size, int(positive.sum())
    if prevalence is None:
        return np.ones((repeats, 2))
    if not 0 < there < n:
        raise FixTheInput("Another prevalence needs cases with both outcomes.", field="prevalence")
    share = draw(prevalence, repeats, rng)
    return np.stack([share * n / there, (1 - share) * n / (n - there)], axis=1)


def _chance(scored: Scored, value: ValueMatrix, weights: Array, rng: np.random.Generator) -> Array:
    """(repeats, 4) how far the changes fall from their middle by the chance of which cases were seen."""
    given, repeats = bool((weights != 1).any()), len(weights)
    positive = scored.y == 1
    kinds = [positive, ~positive] if given else [np.ones(scored.n, dtype=bool)]
    if scored.capacity_share is None and not scored.amounts:
        cell, effect = cells(scored, value)
        spread = [
            (
                resample.cell_counts(cell[kind], len(effect), repeats, rng)
                - np.bincount(cell[kind], minlength=len(effect))
            )
            @ effect
            for kind in kinds
        ]
    else:
        units = _influence(scored, value)
        spread = [_normal(units[kind], repeats, rng) for kind in kinds]
    return np.asarray(sum(weights[:, [place]] * one for place, one in enumerate(spread)))


def _normal(units: Array, repeats: int, rng: np.random.Generator) -> Array:
    """Sums of as many units drawn with replacement, less their middle: normal with the same spread."""
    off = units - units.mean(axis=0)
    size, turn = np.linalg.eigh(off.T @ off)
    return np.asarray((rng.standard_normal((repeats, len(size))) * np.sqrt(np.maximum(size, 0))) @ turn.T)


def _if_acted(scored: Scored, value: ValueMatrix) -> Array:
    """(n, 4) what acting on each case changes, in multiples of each value."""
    positive = (scored.y == 1).astype(np.float64)
    return np.stack([positive, -positive, 1 - positive, positive - 1], axis=1) * multiples(scored, value)


def _centre(scored: Scored, value: ValueMatrix, weights: Array) -> Array:
    """(len(weights), 4) the changes seen, positives and negatives counting as the weights say."""
    if scored.capacity_share is None:
        cell, effect = cells(scored, value)
        seen = (effect[cell] * multiples(scored, value)).sum(axis=0)
        return np.asarray(weights[:, [0, 0, 1, 1]] * seen)
    worth, positive = _if_acted(scored, value), scored.y == 1
    room = capacity(scored.n, scored.capacity_share)
    orders = (best_first(scored.rank), np.arange(scored.n))
    model, listed = (_taken(worth[order], positive[order], weights, room) for order in orders)
    return model - listed


def _taken(worth: Array, positive: Array, weights: Array, room: int) -> Array:
    """(d, 4) totals over the first cases that fill the room, counted by weight; the case at the border in part."""
    up = np.concatenate([np.zeros((1, 4)), np.cumsum(worth, axis=0)])
    hits = np.concatenate([[0], np.cumsum(positive)])
    size = weights[:, 0] * hits[-1] + weights[:, 1] * (len(positive) - hits[-1])
    wanted = room / len(positive) * size
    low, high = np.zeros(len(weights), dtype=np.int64), np.full(len(weights), len(positive))
    while (high - low > 1).any():
        middle = (low + high) // 2
        filled = weights[:, 0] * hits[middle] + weights[:, 1] * (middle - hits[middle])
        fits = filled <= wanted * (1 + 1e-12)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    there = weights[:, 0] * hits[low] + weights[:, 1] * (low - hits[low])
    last = np.where(positive[np.minimum(low, len(positive) - 1)], weights[:, 0], weights[:, 1])
    part = np.clip((wanted - there) / last, 0, 1)[:, None]
    total = up[low] + part * (up[np.minimum(low + 1, len(positive))] - up[low])
    return np.asarray(total * weights[:, [0, 0, 1, 1]])


def _influence(scored: Scored, value: ValueMatrix) -> Array:
    """(n, 4) what each case adds to the sums of a resample."""
    if scored.capacity_share is None:
        cell, effect = cells(scored, value)
        return np.asarray(effect[cell] * multiples(scored, value))
    worth, k = _if_acted(scored, value), capacity(scored.n, scored.capacity_share)
    order, near = best_first(scored.rank), max(10, int(NEAR * scored.n))
    border = worth[order[max(0, k - near) : k + near]].mean(axis=0)
    acted, listed = np.zeros((scored.n, 1)), np.zeros((scored.n, 1))
    acted[order[:k]], listed[:k] = 1.0, 1.0
    return np.asarray(acted * (worth - border) - listed * (worth - worth.mean(axis=0)))
