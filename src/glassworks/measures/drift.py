"""Whether a column looks different from how it looked before, beyond what chance explains at these sample sizes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, chdtri, chndtrinc

from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array, benjamini_hochberg

EFFECT = 0.1
"""Below this a shift is customarily called small (Siddiqi); alone it is noise at small n, hence the null quantile."""

MAX_LEVELS = 20


@dataclass(frozen=True)
class Shift:
    """One column's population stability index, its 95 % null quantile, p-value, and whether it counts as drifted."""

    name: str
    psi: float
    null95: float
    p: float
    drifted: bool


def psi(reference: ArrayLike, current: ArrayLike, bins: int = 10) -> tuple[float, float]:
    """The population stability index of two samples of a column, and what chance alone exceeds once in twenty times.

    Parameters
    ----------
    reference, current : (n,) and (m,) numbers or texts. Numbers fall into bins of equal numbers of reference cases,
        missing ones into their own; texts into their levels, those beyond the 20 commonest of the reference joined.
    bins : how many for numbers.

    Returns
    -------
    (sum (p - q) ln(p / q), null 95 % quantile); half a case is added to each bin so that an empty one stays finite.

    Notes
    -----
    Null: (1/n + 1/m) chi-squared with B - 1 degrees of freedom (Yurdakul & Naranjo). B counts the bins in use.
    """
    value, scale, freedom = _psi(np.asarray(reference), np.asarray(current), bins)
    return value, scale * float(chdtri(freedom, 0.05))


def psi_estimate(reference: ArrayLike, current: ArrayLike, bins: int = 10, level: float = 0.95) -> Estimate:
    """The population stability index with an interval for what it would be without chance; `threshold` is its null.

    Divided by (1/n + 1/m) the index is about non-central chi-squared with B - 1 degrees of freedom, and the interval is
    that of its non-centrality; it always contains the index itself. `n` counts the cases of both samples.

    Parameters
    ----------
    reference, current, bins : as for `psi`.

    Notes
    -----
    The null is Yurdakul's (see `psi`); the interval is inverted as that of a lack of fit is (Steiger, 1990). It holds
    for small shifts; of a large one it says only that it is large.

    Examples
    --------
    >>> psi_estimate([1, 2] * 500, [1, 1, 2] * 300).says()
    'stability index 0.12 (95 % interval 0.06 to 0.18)'
    """
    value, scale, freedom = _psi(np.asarray(reference), np.asarray(current), bins)
    ends = chndtrinc(value / scale, freedom, [0.5 + level / 2, 0.5 - level / 2])
    low, high = (scale * float(end) for end in np.where(np.isfinite(ends) & (ends > 1e-6), ends, 0.0))
    return Estimate(
        name="stability index",
        value=value,
        low=min(low, value),
        high=max(high, value),
        level=level,
        n=np.size(reference) + np.size(current),
        method="non-central chi-squared",
        threshold=scale * float(chdtri(freedom, 0.05)),
    )


def drifted(reference: ArrayLike, current: ArrayLike, bins: int = 10, effect: float = EFFECT) -> bool:
    """Whether the index exceeds both the effect threshold and its null quantile."""
    value, null95 = psi(reference, current, bins)
    return value > max(effect, null95)


def shifts(
    reference: Mapping[str, ArrayLike],
    current: Mapping[str, ArrayLike],
    *,
    bins: int = 10,
    effect: float = EFFECT,
    q: float = 0.05,
) -> list[Shift]:
    """Every column that both samples have, the largest shift first; false discoveries held at the share `q`.

    A column counts as drifted when its index exceeds the effect threshold and Benjamini-Hochberg rejects it.
    """
    names = [name for name in reference if name in current]
    found = []
    for name in names:
        value, scale, freedom = _psi(np.asarray(reference[name]), np.asarray(current[name]), bins)
        found.append((value, scale * float(chdtri(freedom, 0.05)), float(chdtrc(freedom, value / scale))))
    rejected = benjamini_hochberg([p for _, _, p in found], q)
    rows = [
        Shift(name, value, null95, p, bool(no) and value > effect)
        for name, (value, null95, p), no in zip(names, found, rejected, strict=True)
    ]
    return sorted(rows, key=lambda row: -row.psi)


def _psi(reference: Array, current: Array, bins: int) -> tuple[float, float, int]:
    if not reference.size or not current.size:
        raise FixTheInput("Drift needs at least one case before and one now.")
    numeric = reference.dtype.kind in "iufb" and current.dtype.kind in "iufb"
    before, now = (_numeric_bins if numeric else _level_bins)(reference, current, bins)
    used = before + now > 0
    cells = int(used.sum())
    p = (now[used] + 0.5) / (current.size + 0.5 * cells)
    q = (before[used] + 0.5) / (reference.size + 0.5 * cells)
    value = float(((p - q) * np.log(p / q)).sum())
    return value, 1 / reference.size + 1 / current.size, max(1, cells - 1)


def _numeric_bins(reference: Array, current: Array, bins: int) -> tuple[Array, Array]:
    before, now = reference.astype(np.float64), current.astype(np.float64)
    known = before[~np.isnan(before)]
    cuts = np.quantile(known, np.arange(1, bins) / bins) if known.size else np.empty(0)
    levels = np.unique(known)
    if 1 < levels.size <= bins:
        cuts = (levels[1:] + levels[:-1]) / 2
    edges = np.unique(cuts)

    def count(x: Array) -> Array:
        place = np.where(np.isnan(x), edges.size + 1, np.searchsorted(edges, x, side="left"))
        return np.bincount(place, minlength=edges.size + 2)

    return count(before), count(now)


def _level_bins(reference: Array, current: Array, bins: int) -> tuple[Array, Array]:
    before, now = reference.astype(str), current.astype(str)
    levels, counts = np.unique(before, return_counts=True)
    kept = np.sort(levels[np.argsort(-counts, kind="stable")[:MAX_LEVELS]])

    def count(x: Array) -> Array:
        place = np.searchsorted(kept, x).clip(0, kept.size - 1)
        return np.bincount(np.where(kept[place] == x, place, kept.size), minlength=kept.size + 1)

    return count(before), count(now)
