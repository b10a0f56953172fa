"""What a model changes against the baseline, in multiples of each value: as seen, and in each resample of the cases."""

import numpy as np

from glassworks.core.contract import Task, ValueMatrix
from glassworks.core.errors import FixTheInput
from glassworks.measures import resample
from glassworks.measures.decision import best_first, capacity
from glassworks.measures.intervals import Array
from glassworks.measures.scored import Scored
from glassworks.measures.worth import Amounts, answer_values, assumptions, best_number, best_single_answer, each, pairs

BINARY_EFFECT = np.array([[-1, 1, 0, 0], [0, 0, 0, 0], [1, -1, 0, 0], [0, 0, -1, 1], [0, 0, 0, 0], [0, 0, 1, -1]])
"""By change of action (less, same, more) of a positive, then of a negative: effect on the four binary values."""


def counted(scored: Scored, value: ValueMatrix, repeats: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """The change as seen (m,) and in each resample (repeats, m), in multiples of the m `worth.assumptions`.

    A value that names a column counts each case as many times as its number there. With a capacity the decision is
    made anew in each resample.
    """
    if not scored.n:
        raise FixTheInput("There are no cases to value.", next_step="Wait for outcomes, or widen the window.")
    if scored.task is Task.REGRESSION:
        return _resampled(_avoided(scored, value) * multiples(scored, value), repeats, rng)
    cell, effect = cells(scored, value)
    if scored.capacity_share is not None:
        seen = (effect[cell] * multiples(scored, value)).sum(axis=0)
        return seen, _with_capacity(scored, value, repeats, rng)
    if scored.amounts:
        return _resampled(effect[cell] * multiples(scored, value), repeats, rng)
    drawn = resample.cell_counts(cell, len(effect), repeats, rng) @ effect
    return np.bincount(cell, minlength=len(effect)) @ effect, drawn


def more_positives(scored: Scored, repeats: int, rng: np.random.Generator) -> tuple[float, Array]:
    """How many more positives are acted on than the baseline acts on, as seen and in each resample (binary)."""
    seen, drawn = counted(scored, ValueMatrix(), repeats, rng)
    return float(seen[0]), drawn[:, 0]


def multiples(scored: Scored, value: ValueMatrix) -> Array:
    """(n, m) how often each value counts for each case: 1, or the case's number in the value's column."""
    named = assumptions(value, scored.task)
    if not scored.amounts:
        return np.ones((1, len(named)))
    ones = np.ones(scored.n)
    return np.stack([scored.amounts[one.column] if one.column else ones for one in named], axis=1)


def cells(scored: Scored, value: ValueMatrix) -> tuple[Array, Array]:
    """The cell of each case, and what a case of each cell changes in each value."""
    if scored.task is Task.MULTICLASS:
        return _answer_cells(scored, value)
    if scored.acted is None or scored.baseline_acted is None:
        raise FixTheInput("These cases carry no decision.", "A binary KPI needs who was acted on, and the baseline.")
    change = scored.acted.astype(np.int64) - scored.baseline_acted
    return change + 1 + 3 * (scored.y != 1), BINARY_EFFECT


def _answer_cells(scored: Scored, value: ValueMatrix) -> tuple[Array, Array]:
    k = scored.scores.shape[1]
    which = pairs(value, scored.labels, k)
    simple = best_single_answer(scored.y, answer_values(value, scored.labels, k, scored.amounts))
    one_of = np.eye(len(assumptions(value, Task.MULTICLASS)), dtype=np.int64)
    effect = one_of[which] - one_of[which[:, simple]][:, None]
    answer = scored.scores.argmax(axis=1) if scored.answered is None else scored.answered
    return scored.y * k + answer, effect.reshape(k * k, -1)


def without_model(y: Array, value: ValueMatrix, amounts: Amounts) -> float:
    """The best single number for every case under the costs of the matrix (see `worth.best_number`)."""
    return best_number(y, each(value.over, amounts), each(value.under, amounts))


def _avoided(scored: Scored, value: ValueMatrix) -> Array:
    """(n, 2) units of over- and of under-prediction that the model avoids."""
    simple = without_model(scored.y, value, scored.amounts) if scored.baseline is None else scored.baseline
    error, blind = scored.scores - scored.y, simple - scored.y
    over = np.maximum(blind, 0) - np.maximum(error, 0)
    return np.stack([over, np.maximum(-blind, 0) - np.maximum(-error, 0)], axis=1)


def _resampled(units: Array, repeats: int, rng: np.random.Generator) -> tuple[Array, Array]:
    drawn = np.concatenate([times @ units for times in resample.counts(len(units), repeats, rng)])
    return units.sum(axis=0), drawn


def _with_capacity(scored: Scored, value: ValueMatrix, repeats: int, rng: np.random.Generator) -> Array:
    k, order = capacity(scored.n, scored.capacity_share or 0.0), best_first(scored.rank)
    positive = (scored.y == 1).astype(np.float64)
    if_acted = positive[:, None]
    if scored.amounts:
        signs = np.stack([positive, -positive, 1 - positive, positive - 1], axis=1)
        if_acted = signs * multiples(scored, value)
    drawn = np.concatenate(
        [
            resample.taken_total(times[:, order], k, if_acted[order]) - resample.taken_total(times, k, if_acted)
            for times in resample.counts(scored.n, repeats, rng)
        ]
    )
    return drawn if scored.amounts else drawn * np.array([1, -1, -1, 1])
