"""Verdicts of more than one condition."""

from collections.abc import Iterable

from glassworks.core.estimate import Estimate
from glassworks.core.result import Verdict

WORST_FIRST = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """All must pass: one failure fails, else one doubt leaves it undecided."""
    seen = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in seen), Verdict.NOT_APPLICABLE)


def within(estimate: Estimate, low: float, high: float) -> Verdict:
    """Pass when the whole interval lies between the limits, fail when none of it does."""
    if low <= estimate.low and estimate.high <= high:
        return Verdict.PASS
    return Verdict.FAIL if estimate.high < low or estimate.low > high else Verdict.INCONCLUSIVE


def above(estimate: Estimate, limit: float) -> Verdict:
    """Pass when the whole interval lies above the limit, fail when none of it does."""
    if estimate.low > limit:
        return Verdict.PASS
    return Verdict.FAIL if estimate.high <= limit else Verdict.INCONCLUSIVE
