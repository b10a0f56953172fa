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
FLOOR, TINY = 0.01, 1e-12
"""Where an outcome hardly varies, an average's error counts as this share of the variance of all outcomes."""


@dataclass(frozen=True)
class Slice:
    """A part of the cases, named by one or two conditions.

    Parameters
    ----------
    name : such as "job is nurse and age from 30 to 45".
    n : cases of the half in which it was confirmed.
    ratio : the model's squared error there over that of the slice's plain average; above 1 the average is better. Where
        the outcome hardly varies, over 1 % of the variance of all outcomes.
    low : the one-sided 95 % lower bound of the ratio.
    chance : where one class is the outcome of all cases, the chance that the model gives to just that; else None.
    """

    name: str
    n: int
    ratio: float
    low: float
    chance: float | None = None


def weak_slices(columns: Mapping[str, ArrayLike], y: ArrayLike, scores: ArrayLike, q: float = Q) -> list[Slice]:
    """Slices of one or two columns, found on one half of the cases and confirmed on the other.

    On the first half slices are ranked by how far the model's squared error exceeds that of the slice's average. The
    worst 20 are tested on the second half against the average of the first, one-sided, with Benjamini-Hochberg at q. A
    calibrated model never does worse than a slice's average in the long run, however hard the slice is to foretell. Of
    several classes the squared errors of their probabilities are added up (the Brier score of Brier, 1950), and the
    average is the share of each class.

    Where all cases of a slice have one outcome, the average is hardly wrong and has no spread to test against. Of
    classes the p-value is then the chance that the model itself gives to that outcome in all cases of the second
    half, the product of its probabilities: a calibrated model is accused in alpha of such slices at most. There, and
    of numbers that hardly vary, errors are set against 1 % of the variance of all outcomes.

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
    judge = _Judge(outcome, score)
    found: list[Slice] = []
    tests: list[float] = []
    for i, j, mean in _worst(inside[first], owners, outcome[first], score[first]):
        rows = inside[:, i] & inside[:, j] & ~first
        if rows.sum() >= LEAST:
            one, p = judge.judged(names[i] if i == j else f"{names[i]} and {names[j]}", rows, mean)
            found.append(one)
            tests.append(p)
    if not found:
        return []
    sure = benjamini_hochberg(tests, q)
    weak = [one for one, is_sure in zip(found, sure, strict=True) if is_sure and one.ratio >= RATIO]
    return sorted(weak, key=lambda one: (-round(one.ratio, 6), -one.n))


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


class _Judge:
    """Sets the model's squared error in a slice against a plain average's."""

    def __init__(self, outcome: Array, score: Array) -> None:
        self.outcome, self.score = outcome, score
        self.floor = FLOOR * float(outcome.var(axis=0).sum())
        unit = bool(np.isin(outcome, (0.0, 1.0)).all()) and bool(((score >= 0) & (score <= 1)).all())
        self.classes = outcome.shape[1] > 1 or unit

    def judged(self, name: str, rows: Array, mean: Array) -> tuple[Slice, float]:
        """The slice on the second half, and the p-value of its average being better than the model."""
        y, score = self.outcome[rows], self.score[rows]
        own, plain = (np.sum((one - y) ** 2, axis=1) for one in (score, mean))
        constant = self.classes and bool((y == y[0]).all())
        if plain.mean() < self.floor and (constant or not self.classes):
            plain = np.full(own.size, self.floor)
        if not constant:
            return _slice(name, own, plain), _p_above(own - plain)
        given = np.where(y == 1, score, 1 - score) if y.shape[1] == 1 else score[y == 1]
        with np.errstate(divide="ignore"):
            chance = float(np.exp(np.log(np.clip(given, 0, 1)).sum()))
        return _slice(name, own, plain, chance), chance


def _p_above(values: Array) -> float:
    """One-sided p-value of Student's test that the mean is not above 0; values without spread leave no doubt."""
    spread = float(values.std(ddof=1)) / np.sqrt(values.size)
    if not spread > TINY * abs(float(values.mean())):
        return 0.0 if values.mean() > 0 else 1.0
    return float(stats.t.sf(values.mean() / spread, values.size - 1))


def _slice(name: str, own: Array, plain: Array, chance: float | None = None) -> Slice:
    base = float(plain.mean())
    if not base > 0:
        return Slice(name, int(own.size), 1.0, 1.0, chance)
    ratio = float(own.mean() / base)
    spread = float(np.std(own - ratio * plain, ddof=1) / np.sqrt(own.size) / base)
    return Slice(name, int(own.size), ratio, ratio - 1.645 * spread, chance)
