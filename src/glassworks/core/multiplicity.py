"""Many figures judged at one gate: a figure fails only where Holm's correction over all of them says so."""

from collections.abc import Sequence
from math import log
from statistics import NormalDist

from glassworks.core.estimate import Estimate
from glassworks.core.result import Answer, Verdict

NORMAL = NormalDist()
ROUNDING = 1 + 1e-9


def holm(p: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p-values, in the order given: below alpha means rejected.

    The chance of one false rejection among all of them is at most alpha, however they hang together.

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6:65.

    Examples
    --------
    >>> [round(q, 6) for q in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    adjusted, most = [0.0] * len(p), 0.0
    for place, which in enumerate(sorted(range(len(p)), key=lambda one: p[one])):
        most = max(most, min(1.0, p[which] * (len(p) - place)))
        adjusted[which] = most
    return adjusted


def beyond(estimate: Estimate) -> list[float]:
    """For each limit that an estimate is gated by, the p-value of its lying beyond it, two-sided, from 0 to 1.

    It is read off the interval: at most 1 - `level` exactly when the whole interval lies beyond the limit. Ratios are
    taken on the log scale.

    Notes
    -----
    Altman & Bland (2011), BMJ 343:d2304, How to obtain the P value from a confidence interval.

    Examples
    --------
    >>> one = Estimate(name="AUC", value=0.45, low=0.40, high=0.50, n=400, method="DeLong", at_least=0.5)
    >>> [round(p, 3) for p in beyond(one)]
    [0.05]
    """
    logs = estimate.method.startswith("log ratio") and estimate.low > 0
    value, low, high = (log(x) if logs else x for x in (estimate.value, estimate.low, estimate.high))
    found = []
    for limit, reach, sign in ((estimate.at_least, high - value, 1), (estimate.at_most, value - low, -1)):
        if limit is None:
            continue
        if logs and limit <= 0:
            found.append(1.0)  # a ratio lies beyond no such limit
            continue
        short = sign * ((log(limit) if logs else limit) - value)
        found.append(_p(short, reach, estimate.level))
    return found


def _p(short: float, reach: float, level: float) -> float:
    """Two-sided p-value of falling short by as much as this, where `reach` is half an interval at `level`."""
    if short < 0:
        return 1.0
    if reach <= 0:
        return 0.0
    return 2 * NORMAL.cdf(-short / reach * NORMAL.inv_cdf((1 + level) / 2))


def settled(answers: Sequence[Answer]) -> list[Answer]:
    """The answers of one gate, in which a failure that chance may explain, given how much was judged, is inconclusive.

    The family is the answers that gate on an estimate, each with its least p-value times the number of its gated
    estimates (Bonferroni): however many statistics one of them asks for, the others fail as before. A failure hangs on
    chance when an estimate of its own lies beyond its limit. A pass is left as it is: it needs each bound by itself,
    unadjusted, since all must hold (intersection-union). What an answer says beside its gated estimates (`besides`) is
    no matter of chance and stays.
    """
    gating = {place: found for place, answer in enumerate(answers) if (found := _least(answer)) is not None}
    adjusted = holm([p for p, _ in gating.values()])
    sure = {place for (place, (_, alpha)), p in zip(gating.items(), adjusted, strict=True) if p <= alpha * ROUNDING}
    doubt = f"with {len(gating)} questions judged at once chance may explain it, so it cannot be told"
    return [
        _left_open(answer, doubt) if _hangs_on_chance(answer) and place not in sure else answer
        for place, answer in enumerate(answers)
    ]


def _least(answer: Answer) -> tuple[float, float] | None:
    """The least p-value of an answer's gated estimates, corrected for how many there are, and its error level."""
    gated = [one for one in answer.estimates if one.is_gated]
    if not gated:
        return None
    return min(1.0, len(gated) * min(p for one in gated for p in beyond(one))), 1 - min(one.level for one in gated)


def _hangs_on_chance(answer: Answer) -> bool:
    beyond_one = any(p <= (1 - one.level) * ROUNDING for one in answer.estimates for p in beyond(one))
    return answer.verdict is Verdict.FAIL and beyond_one and answer.besides is not Verdict.FAIL


def _left_open(answer: Answer, doubt: str) -> Answer:
    sentence = f"{answer.sentence.rstrip('.')}; {doubt}."
    return answer.model_copy(update={"verdict": Verdict.INCONCLUSIVE, "sentence": sentence})
