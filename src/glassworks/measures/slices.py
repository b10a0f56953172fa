"""Weak slices: parts of the cases in which a plain average foretells better than the model does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from glassworks.core.errors import FixTheInput
from glassworks.measures.intervals import Array, benjamini_hochberg
from glassworks.measures.profile import half

LEAST, RATIO, LEVELS, QUARTERS, TRIED = 50, 1.1, 12, 4, 20
Q = 0.05


@dataclass(frozen=True)
class Slice:
    """A part of the cases, named by one or two conditions.

    Parameters
    ----------
    name : such as "job is nurse and age from 30 to 45".
    n : cases of the half in which it was confirmed.
    ratio : the model's squared error there over that of the slice's plain average; above 1 the average is better.
    low : the one-sided 95 % lower bound of the ratio.
    """

    name: str
    n: int
    ratio: float
    low: float


def weak_slices(columns: Mapping[str, ArrayLike], y: ArrayLike, scores: ArrayLike, q: float = Q) -> list[Slice]:
    """Slices of one or two columns, found on one half of the cases and confirmed on the other.

    On the first half slices are ranked by how far the model's squared error exceeds that of the slice's average. The
    worst 20 are tested on the second half against the average of the first, one-sided, with Benjamini-Hochberg at q. A
    calibrated model never does worse than a slice's average in the long run, however hard the slice is to foretell. Of
    several classes the squared errors of their probabilities are added up (the Brier score of Brier, 1950), and the
    average is the share of each class.

    Parameters
    ----------
    columns : (n,) numbers, cut into quarters, or texts, of which the 12 commonest levels count.
    y : (n,) outcomes, 0/1 or numbers; or (n, k) ones and zeros, one column a class.
    scores : (n,) probabilities or numbers; or (n, k) probabilities of the classes.

    Returns
    -------
    Confirmed slices of at least 50 cases in each half and a ratio of at least 1.1, the worst first.

    Raises
    ------
    FixTheInput : lengths differ.
    """
    outcome, score = _table(y), _table(scores)
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    if outcome.shape != score.shape or any(one.shape != (len(outcome),) for one in arrays.values()):
        raise FixTheInput("Columns, outcomes and scores must have one entry a case each.")
    first = half(len(outcome))
    conditions = [one for name, values in arrays.items() for one in conditions_of(name, values, first)]
    if not conditions or len(outcome) < 2 * LEAST:
        return []
    owners, names = [owner for owner, _, _ in conditions], [name for _, name, _ in conditions]
    inside = np.stack([mask for _, _, mask in conditions], axis=1)
    found: list[Slice] = []
    tests: list[float] = []
    for i, j, mean in _worst(inside[first], owners, outcome[first], score[first]):
        rows = inside[:, i] & inside[:, j] & ~first
        own, plain = (np.sum((one - outcome[rows]) ** 2, axis=1) for one in (score[rows], mean))
        if rows.sum() >= LEAST and plain.mean() > 0:
            found.append(_slice(names[i] if i == j else f"{names[i]} and {names[j]}", own, plain))
            tests.append(float(stats.ttest_1samp(own - plain, 0, alternative="greater").pvalue))
    if not found:
        return []
    sure = benjamini_hochberg(np.nan_to_num(tests, nan=1.0), q)
    weak = [one for one, is_sure in zip(found, sure, strict=True) if is_sure and one.ratio >= RATIO]
    return sorted(weak, key=lambda one: -one.ratio)


def _table(values: ArrayLike) -> Array:
    """One row a case: one number, or one a class."""
    table = np.asarray(values, dtype=np.float64)
    return table[:, None] if table.ndim == 1 else table


def conditions_of(name: str, values: Array, first: Array) -> Iterator[tuple[str, str, Array]]:
    """Parts of the cases by one column, each as the column's name, the condition in words, and an (n,) mask.

    Quarters of a number by the cut points of the first half, or the 12 commonest levels of the first half.

    Parameters
    ----------
    values : (n,) numbers or texts. first : (n,) bool, the half on which parts are sought.
    """
    if values.dtype.kind in "iuf" and np.unique(values[first & np.isfinite(values)]).size > LEVELS:
        known = np.isfinite(values)
        cuts = np.unique(np.quantile(values[first & known], np.arange(1, QUARTERS) / QUARTERS))
        place = np.searchsorted(cuts, np.where(known, values, 0.0), side="right")
        for k in range(cuts.size + 1):
            low, high = (f"{cuts[k - 1]:g}" if k else ""), (f"{cuts[k]:g}" if k < cuts.size else "")
            words = f"from {low} to below {high}" if low and high else f"below {high}" if high else f"from {low}"
            yield name, f"{name} {words}", known & (place == k)
        if not known.all():
            yield name, f"{name} is missing", ~known
        return
    text = values.astype(str)
    levels, many = np.unique(text[first], return_counts=True)
    for level in levels[np.argsort(-many, kind="stable")[:LEVELS]]:
        yield name, f"{name} is {level or 'missing'}", text == level


def _worst(inside: Array, owners: list[str], y: Array, scores: Array) -> list[tuple[int, int, Array]]:
    """Pairs of conditions (the same one twice: alone) where the model loses most to the average, with that average."""
    mask = inside.astype(np.float32)

    def sums(values: Array) -> Array:
        return np.asarray(mask.T @ (mask * values[:, None].astype(np.float32)), dtype=np.float64)

    n, total = sums(np.ones(len(y))), np.stack([sums(one) for one in y.T])
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        least = sums(np.sum(y**2, axis=1)) - np.sum(total * mean, axis=0)
        lost = sums(np.sum((scores - y) ** 2, axis=1)) - least
    other = np.asarray(owners)[:, None] != np.asarray(owners)[None, :]
    allowed = (n >= LEAST) & np.triu(other | np.eye(len(owners), dtype=bool)) & (lost > 0)
    places = np.argwhere(allowed)
    order = np.argsort(-lost[allowed], kind="stable")[:TRIED]
    return [(int(i), int(j), mean[:, i, j]) for i, j in places[order]]


def _slice(name: str, own: Array, plain: Array) -> Slice:
    ratio = float(own.mean() / plain.mean())
    spread = float(np.std(own - ratio * plain, ddof=1) / np.sqrt(own.size) / plain.mean())
    return Slice(name, int(own.size), ratio, ratio - 1.645 * spread)
