"""Bootstrap resamples as counts a case, in chunks that fit the processor's cache, without a loop over rows."""

from collections.abc import Iterator

import numpy as np

from glassworks.measures.intervals import Array

CHUNK_CELLS = 1 << 20


def counts(n: int, repeats: int, rng: np.random.Generator) -> Iterator[Array]:
    """How often each of n cases is drawn in each resample: blocks of shape (b, n), `repeats` rows in all.

    Each row is one multinomial draw of n cases with equal chances.
    """
    block = max(1, min(repeats, CHUNK_CELLS // n))
    for start in range(0, repeats, block):
        rows = min(block, repeats - start)
        drawn = rng.integers(0, n, size=(rows, n))
        drawn += np.arange(rows)[:, None] * n
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)


def taken_total(counted: Array, k: int, amounts: Array) -> Array:
    """Total amount over the first k drawn cases of each resample, cases standing in order.

    Parameters
    ----------
    counted : (b, n) counts, columns in the order in which cases are taken.
    k : how many drawn cases are taken; a case drawn several times at the border is taken in part.
    amounts : (n,) amount a case, in the same order.

    Notes
    -----
    With T_i = min(k, cumulated counts), the total is sum (T_i - T_{i-1}) a_i, which summed by
    parts is T @ (a_i - a_{i+1}).
    """
    reached = np.cumsum(counted, axis=1, dtype=np.float64)
    np.minimum(reached, k, out=reached)
    steps = amounts.astype(np.float64)
    steps[:-1] -= amounts[1:]
    return np.asarray(reached @ steps)


def cell_counts(cells: Array, size: int, repeats: int, rng: np.random.Generator) -> Array:
    """Resampled counts (repeats, size) of cases that differ only by their cell, an index below `size`."""
    seen = np.bincount(cells, minlength=size)
    return rng.multinomial(int(seen.sum()), seen / seen.sum(), size=repeats)
