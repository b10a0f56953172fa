"""Curves of a scored model: what it earns however far down the list one acts, and whatever a mistake may cost."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.contract import Task, ValueMatrix
from glassworks.core.errors import FixTheInput
from glassworks.measures.decision import best_first
from glassworks.measures.intervals import Array, percentile
from glassworks.measures.resample import cell_counts, counts
from glassworks.measures.scored import Scored
from glassworks.measures.value import decision_curve
from glassworks.measures.worth import row_values

POINTS = 21
REPEATS = 400


def profit_by_share(
    scored: Scored, value: ValueMatrix, *, level: float = 0.95, repeats: int = REPEATS, seed: int = 0
) -> list[dict[str, float]]:
    """The profit curve: what acting on the best share of the cases is worth a period, over acting on none.

    The KPI gain at a capacity is the model's number there less the list's.

    Parameters
    ----------
    scored : (n,) binary cases in list order, ranked by score, or by expected gain where values differ by row.
    value : at its most likely values; `period_cost` is charged.
    level, repeats, seed : of the band, from cases resampled and ranked anew.

    Returns
    -------
    For 21 shares from 0 to 1 a row with `share`, `model` with its band `low` to `high`, `list` (as many in list order)
    and `perfect` (as many, those that gain most first), in money a period.

    Raises
    ------
    FixTheInput : the model is not binary.

    Notes
    -----
    Provost & Fawcett, chapter 8.
    """
    if scored.task is not Task.BINARY:
        raise FixTheInput("A profit curve exists only for a binary model.")
    b, g = row_values(value, scored.amounts)
    gained = np.where(scored.y == 1, b, g) / scored.periods
    share = np.linspace(0, 1, POINTS).round(4)
    depth, cost = share * scored.n, value.period_cost

    def earned(order: Array) -> Array:
        return np.interp(depth, np.arange(scored.n + 1), _sums(gained[order])) - cost

    ranked, rng = gained[best_first(scored.rank)], np.random.default_rng(seed)
    draws = [
        np.interp(depth, np.append(0, np.cumsum(often)), _sums(often * ranked)) - cost
        for block in counts(scored.n, repeats, rng)
        for often in block
    ]
    low, high = zip(*(percentile(at, level) for at in np.transpose(draws)), strict=True)
    model = earned(best_first(scored.rank))
    columns = {
        "share": share,
        "model": model,
        "low": np.minimum(low, model),
        "high": np.maximum(high, model),
        "list": earned(np.arange(scored.n)),
        "perfect": earned(best_first(gained)),
    }
    return _rows(columns)


def benefit_by_threshold(
    y: ArrayLike,
    scores: ArrayLike,
    thresholds: Sequence[float],
    *,
    level: float = 0.95,
    repeats: int = REPEATS,
    seed: int = 0,
) -> list[dict[str, float]]:
    """The decision curve with its band: net benefit a case at each threshold strictly between 0 and 1.

    Parameters
    ----------
    y : (n,) 0/1 outcomes.
    scores : (n,) calibrated probabilities.
    thresholds : in rising order; a threshold p says that a mistake costs p / (1 - p) of what a hit brings.
    level, repeats, seed : of the band, from cases resampled.

    Returns
    -------
    For each threshold a row with `threshold`, `model` with its band `low` to `high`, `all` and `none`.

    Notes
    -----
    Vickers & Elkin (2006), as `value.decision_curve`. Of each case a resample need know only its outcome and the last
    threshold that its score reaches.
    """
    happened, points = np.asarray(y, dtype=bool), np.asarray(thresholds, dtype=np.float64)
    size = len(points) + 1
    reached = np.searchsorted(points, np.asarray(scores, dtype=np.float64), side="right")
    drawn = cell_counts(reached + size * happened, 2 * size, repeats, np.random.default_rng(seed))
    above = drawn.reshape(repeats, 2, size)[:, :, ::-1].cumsum(axis=2)[:, :, ::-1][:, :, 1:]
    benefit = (above[:, 1] - above[:, 0] * points / (1 - points)) / happened.size
    bands = [percentile(at, level) for at in benefit.T]
    return [
        {
            "threshold": row["threshold"],
            "model": row["model"],
            "low": min(low, row["model"]),
            "high": max(high, row["model"]),
            "all": row["all"],
            "none": row["none"],
        }
        for row, (low, high) in zip(decision_curve(happened, scores, list(points)), bands, strict=True)
    ]


def _sums(amounts: Array) -> Array:
    return np.append(0.0, np.cumsum(amounts))


def _rows(columns: dict[str, Any]) -> list[dict[str, float]]:
    return [
        {name: float(one) for name, one in zip(columns, row, strict=True)}
        for row in zip(*columns.values(), strict=True)
    ]
