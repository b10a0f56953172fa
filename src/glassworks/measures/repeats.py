"""Repeated rows: what share of one table's rows stands in another, and what share would by chance alone."""

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.uint64]
DRAWS, LEAST = 4000, 30
"""So many rows are altered in each column; it tells of chance where so many of them are new."""
TWICE = 2.0
"""Chance explains up to twice as many rows as are found altered: true rows are denser than altered ones."""


def numbers(cells: Cells) -> Cells:
    """(n,) one number a row from its (n, k) cells; equal rows have equal numbers, whatever the table."""
    return np.asarray((cells * _factors(cells.shape[1])).sum(axis=1, dtype=np.uint64))


def _factors(columns: int) -> Cells:
    odd = np.random.default_rng(columns).integers(0, 2**63, size=columns, dtype=np.uint64)
    return odd * np.uint64(2) + np.uint64(1)


def share_in(rows: Cells, others: Cells) -> float:
    """The share of rows that stand among others: of all rows or of the distinct ones, the greater of the two.

    Parameters
    ----------
    rows, others : one number a row, as `numbers` makes them.

    Notes
    -----
    >>> share_in(numbers(np.array([[1], [2], [2], [2]])), numbers(np.array([[1], [3]])))
    0.5
    """
    if not rows.size:
        return 0.0
    return max(float(np.isin(rows, others).mean()), float(np.isin(np.unique(rows), others).mean()))


def by_chance(cells: Cells, others: Cells, seed: int = 0) -> float:
    """The share of rows that would stand in another table, had none been copied; at most 1.

    In each of many distinct rows the cell of one column is replaced by that of another row, where this makes a
    combination that neither of the two is. In a coarse table (few columns, few values) such new combinations stand in
    the other table nearly as often as true rows do; in a fine one hardly ever, and a row found there is a copy. The
    column in which altered rows are found most often counts, twice. Distinct rows are altered, so rows copied many
    times over make a table no coarser.

    Parameters
    ----------
    cells, others : (n, k) and (m, k) whole numbers; equal cells have equal numbers in both tables.

    Notes
    -----
    >>> fine = np.arange(80, dtype=np.uint64).reshape(40, 2)
    >>> by_chance(fine, fine)
    0.0
    >>> coarse = np.random.default_rng(1).integers(0, 3, (200, 3)).astype(np.uint64)
    >>> by_chance(coarse[:100], coarse[100:])
    1.0
    """
    rng = np.random.default_rng(seed)
    known, factors = np.unique(numbers(others)), _factors(cells.shape[1])
    distinct = rng.permutation(np.unique(numbers(cells), return_index=True)[1])
    pick, lent = np.resize(distinct, DRAWS), rng.choice(distinct, DRAWS)
    mine, donor = cells[pick] * factors, cells[lent] * factors
    total, given = mine.sum(axis=1, dtype=np.uint64), donor.sum(axis=1, dtype=np.uint64)
    most = 0.0
    for own, new in zip(mine.T, donor.T, strict=True):
        altered = (own != new) & (total - own != given - new)
        if altered.sum() >= LEAST:
            most = max(most, float(np.isin((total - own + new)[altered], known).mean()))
    return min(1.0, TWICE * most)
