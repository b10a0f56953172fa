"""Whether groups of people are treated alike, by the one definition the brief names or by any other."""

import numpy as np
from scipy.special import betaincinv

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array, katz_ratio, percentile, rate, z
from glassworks.measures.performance import auc
from glassworks.measures.resample import cell_counts
from glassworks.measures.scored import Scored

NAMES = {
    "equal_opportunity": "acted on among positives",
    "selection_rate": "acted on",
    "false_positive_rate": "acted on among negatives",
    "precision": "positive among acted on",
}
"""Definition: what its rate counts. For `false_positive_rate` a low rate is the good one."""

MIN_CASES = 30
ALIKE = 1e-9
"""The least share of the variance of rates that is held to lie between groups, so that the prior stays finite."""


def implied_false_positive_rate(prevalence: float, precision: float, miss_rate: float) -> float:
    """The false positive rate that prevalence, precision and miss rate leave no choice about.

    Groups with different prevalence cannot have equal precision, miss rate and false positive rate at once.

    Notes
    -----
    Chouldechova (2017): FPR = p/(1-p) (1-PPV)/PPV (1-FNR).
    """
    return prevalence / (1 - prevalence) * (1 - precision) / precision * (1 - miss_rate)


def _counts(scored: Scored, definition: str) -> tuple[list[str], Array, Array]:
    """Group names, successes and cases of each group; groups without a case of the kind are left out."""
    if definition not in NAMES:
        raise FixTheInput(f"There is no fairness definition {definition}.", f"Known are {', '.join(NAMES)}.")
    if scored.task is not Task.BINARY or scored.acted is None:
        raise FixTheInput("Fairness of decisions exists only for a binary model that acts.")
    if scored.group is None:
        raise FixTheInput("The cases carry no group.", next_step="Name the attribute in the brief's fairness.")
    positive, everyone = scored.y == 1, np.ones(scored.n, dtype=bool)
    among, counted = {
        "equal_opportunity": (positive, scored.acted),
        "selection_rate": (everyone, scored.acted),
        "false_positive_rate": (~positive, scored.acted),
        "precision": (scored.acted, positive),
    }[definition]
    names, place = np.unique(scored.group, return_inverse=True)
    cases = np.bincount(place[among], minlength=names.size)
    successes = np.bincount(place[among & counted], minlength=names.size)
    present = cases > 0
    return [str(name) for name in names[present]], successes[present], cases[present]


def group_rates(scored: Scored, definition: str, level: float = 0.95) -> list[Estimate]:
    """The rate of each group under a definition, with Wilson's interval, groups in alphabetical order."""
    return [
        rate(NAMES[definition], int(s), int(n), level, group)
        for group, s, n in zip(*_counts(scored, definition), strict=True)
    ]


def group_ratios(
    scored: Scored, definition: str, level: float = 0.95, min_cases: int = MIN_CASES, reference: str = ""
) -> list[Estimate]:
    """The ratio of each group's rate to the best group's, with Katz's interval; the best group itself is left out.

    With `reference`, that group is the yardstick in place of the best one. The best group has the highest rate (for
    `false_positive_rate` the lowest, and ratios are turned over, so that 1 is equal and below 1 is worse everywhere).
    Groups below `min_cases` cases are compared but never the yardstick, unless all are or one is the reference. `n` is
    the number of cases of the group that its rate counts among.

    Raises
    ------
    FixTheInput : no case that the definition counts among is of the reference group.
    """
    names, successes, cases = _counts(scored, definition)
    if len(names) < 2:
        return []
    eligible = cases >= min(min_cases, int(cases.max()))
    good = -successes if definition == "false_positive_rate" else successes
    merit = np.where(eligible, good / cases, -np.inf)
    if reference and reference not in names:
        raise FixTheInput(
            f"No case is of the group {reference}, with which the others are compared.",
            f"The groups are: {', '.join(names)}.",
            "Name one of them in the brief, or compare with the best group.",
            field="fairness.reference",
        )
    best = names.index(reference) if reference else int(merit.argmax())
    pairs = [(i, best) for i in range(len(names)) if i != best]
    return [_ratio(names, successes, cases, pair, definition, level) for pair in pairs]


def _ratio(
    names: list[str], successes: Array, cases: Array, pair: tuple[int, int], definition: str, level: float
) -> Estimate:
    """The ratio of one group's rate to another's; turned over where a low rate is the good one."""
    one, other = pair
    top, under = (other, one) if definition == "false_positive_rate" else (one, other)
    ratio, low, high = katz_ratio(int(successes[top]), int(cases[top]), int(successes[under]), int(cases[under]), level)
    return Estimate(
        name=f"{NAMES[definition]}, ratio to {names[other]}",
        value=ratio,
        low=low,
        high=high,
        level=level,
        n=int(cases[one]),
        method="log ratio",
        group=names[one],
    )


def reference_ratios(
    scored: Scored, definition: str, reference: str, level: float = 0.95, min_cases: int = MIN_CASES
) -> list[Estimate]:
    """The ratio of the reference group's own rate to that of each other group of `min_cases` cases.

    A yardstick that fares worst would let every other group pass; set beside them it is judged itself.
    """
    names, successes, cases = _counts(scored, definition)
    if reference not in names:
        return []
    own = names.index(reference)
    others = [k for k in range(len(names)) if k != own and cases[k] >= min_cases]
    return [_ratio(names, successes, cases, (own, k), definition, level) for k in others]


def worst_ratio(
    scored: Scored,
    definition: str,
    level: float = 0.95,
    min_cases: int = MIN_CASES,
    reference: str = "",
    *,
    smallest: int | None = None,
) -> Estimate:
    """The worst group's ratio, with an interval made for gates; with `reference` also that group's to the others.

    `low` is the lowest unadjusted bound of all groups: a pass needs every group to hold (intersection-union).
    `high` is the lowest upper bound at level 1 - (1-level)/m: below a threshold exactly when Holm's correction over
    the m ratios rejects at least one. Groups below `min_cases` cases are not gated on (see `group_ratios`).

    Parameters
    ----------
    smallest : judge groups of so many cases too, which are never the yardstick; None is `min_cases`.

    Raises
    ------
    FixTheInput : fewer than two groups have enough cases, or there is no case of the `reference` group.
    """
    least = min_cases if smallest is None else min(smallest, min_cases)

    def judged(at: float) -> list[Estimate]:
        turned = reference_ratios(scored, definition, reference, at, least) if reference else []
        found = [*group_ratios(scored, definition, at, min_cases, reference), *turned]
        return [one for one in found if one.n >= least]

    gated = judged(level)
    if not gated:
        raise FixTheInput(
            "Groups cannot be compared.",
            f"Fewer than two of them have {least} cases that the definition counts among.",
            "Gather more cases, or join groups.",
        )
    high = min(one.high for one in judged(1 - (1 - level) / len(gated)))
    worst = min(gated, key=lambda one: one.value)
    return worst.model_copy(
        update={"low": min(one.low for one in gated), "high": high, "method": "log ratio, Holm over groups"}
    )


def score_differences(scored: Scored, level: float = 0.95, min_cases: int = MIN_CASES) -> list[Estimate]:
    """How far each group's mean score lies from that of all others, in standard deviations; 0 is equal.

    Groups below `min_cases` cases, and those without others or without any spread, are left out.

    Notes
    -----
    Cohen's d with the pooled standard deviation; interval by the large-sample variance of Hedges & Olkin (1985),
    (n + m) / (n m) + d^2 / (2 (n + m)).
    """
    if scored.group is None:
        raise FixTheInput("The cases carry no group.", next_step="Name the attribute in the brief's fairness.")
    names, place, cases = np.unique(scored.group, return_inverse=True, return_counts=True)
    found = []
    for k in np.flatnonzero((cases >= min_cases) & (scored.n - cases >= min_cases)):
        own, others = scored.scores[place == k], scored.scores[place != k]
        n, m = own.size, others.size
        pooled = np.sqrt(((n - 1) * own.var(ddof=1) + (m - 1) * others.var(ddof=1)) / (n + m - 2))
        if pooled > 0:
            d = float((own.mean() - others.mean()) / pooled)
            half = z(level) * float(np.sqrt((n + m) / (n * m) + d**2 / (2 * (n + m))))
            found.append(
                Estimate(
                    name="mean score, standard deviations from all others",
                    value=d,
                    low=d - half,
                    high=d + half,
                    level=level,
                    n=n,
                    method="Hedges and Olkin",
                    group=str(names[k]),
                )
            )
    return found


def auc_within(scored: Scored, level: float = 0.95, min_cases: int = MIN_CASES) -> list[Estimate]:
    """The AUC within each group that has `min_cases` cases of either outcome, with DeLong's interval."""
    if scored.group is None:
        raise FixTheInput("The cases carry no group.", next_step="Name the attribute in the brief's fairness.")
    names, place = np.unique(scored.group, return_inverse=True)
    seen = np.bincount(2 * place + (scored.y == 1), minlength=2 * names.size).reshape(-1, 2).min(axis=1)
    return [
        auc(scored.y[place == k], scored.scores[place == k], level).model_copy(
            update={"name": "AUC within the group", "group": str(names[k])}
        )
        for k in np.flatnonzero(seen >= min_cases)
    ]


def shrunken_rates(scored: Scored, definition: str, level: float = 0.95) -> list[Estimate]:
    """The rate of each group, drawn the more towards that of all the fewer cases it has; in alphabetical order.

    A group's few cases say little about it; groups alike in everything are told by all cases together.

    Notes
    -----
    Beta-binomial empirical Bayes: groups' rates are draws from Beta(p M, (1 - p) M), with p the rate of all and M by
    Kleinman's method of moments (1973, JASA 68:46); the interval is the posterior's, Beta(s + p M, n - s + (1 - p) M),
    with p and M taken as known. Where groups differ no more than chance explains, all have the rate of all.
    """
    names, s, n = _counts(scored, definition)
    if not names:
        return []
    share, p = n / n.sum(), float(s.sum() / n.sum())
    spread, free = float((share * (s / n - p) ** 2).sum()), share * (1 - share)
    chance = p * (1 - p) * float((free / n).sum())
    room = p * (1 - p) * float(free.sum()) - chance
    alike = min(1.0, max(ALIKE, (spread - chance) / room)) if room > 0 else ALIKE
    a, b = s + p * (1 / alike - 1) + ALIKE, n - s + (1 - p) * (1 / alike - 1) + ALIKE
    low, high = (betaincinv(a, b, end) for end in ((1 - level) / 2, (1 + level) / 2))
    columns = (names, a / (a + b), low, high, n)
    return [
        Estimate(
            name=f"{NAMES[definition]}, drawn towards all",
            value=float(value),
            low=min(float(bottom), float(value)),
            high=max(float(top), float(value)),
            level=level,
            n=int(cases),
            method="beta-binomial, method of moments",
            group=name,
        )
        for name, value, bottom, top, cases in zip(*columns, strict=True)
    ]


def equalised_odds(scored: Scored, level: float = 0.95, repeats: int = 2000, seed: int = 0) -> Estimate | None:
    """How far groups lie apart at most: the greater of the gaps in true and in false positive rate, 0 to 1.

    The interval is a percentile bootstrap by case, of the eight counts a group that the gaps hang on; it contains the
    value. `group` names the one that is acted on least where the gap is widest. None where fewer than two groups have a
    case of either outcome.

    Notes
    -----
    Hardt, Price & Srebro (2016); the difference as in Fairlearn's `equalized_odds_difference`.
    """
    if scored.task is not Task.BINARY or scored.acted is None or scored.group is None:
        raise FixTheInput("Equalised odds exist only for a binary model that acts on cases of several groups.")
    names, place = np.unique(scored.group, return_inverse=True)
    cells = (place * 2 + (scored.y == 1)) * 2 + scored.acted
    seen = np.bincount(cells, minlength=4 * names.size)
    gap, which, group = _odds(seen.reshape(1, -1, 2, 2))
    if not np.isfinite(gap[0]):
        return None
    drawn, _, _ = _odds(
        cell_counts(cells, 4 * names.size, repeats, np.random.default_rng(seed)).reshape(-1, names.size, 2, 2)
    )
    low, high = percentile(drawn[np.isfinite(drawn)], level)
    return Estimate(
        name=f"equalised odds, gap {NAMES['equal_opportunity' if which[0] else 'false_positive_rate']}",
        value=float(gap[0]),
        low=min(low, float(gap[0])),
        high=max(high, float(gap[0])),
        level=level,
        n=scored.n,
        method="bootstrap by case, of counts",
        group=str(names[group[0]]),
    )


def _odds(counts: Array) -> tuple[Array, Array, Array]:
    """The widest gap of each table (b, groups, outcome, acted), the outcome among which it is, its lowest group."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = counts[..., 1] / counts.sum(axis=-1)
    known = np.isfinite(rates)
    top = np.where(known, rates, -np.inf).max(axis=1)
    least = np.where(known, rates, np.inf)
    gaps = np.where(known.sum(axis=1) > 1, top - least.min(axis=1), -np.inf)
    which = gaps.argmax(axis=1)
    rows = np.arange(len(counts))
    return gaps[rows, which], which, least.argmin(axis=1)[rows, which]
