"""Every other fairness definition, shown and never gated on."""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.fairness import (
    NAMES,
    auc_within,
    equalised_odds,
    group_rates,
    group_ratios,
    score_differences,
)
from glassworks.measures.performance import auc
from glassworks.measures.scored import Scored


@check(
    "fairness_reported",
    stage=Stage.VALIDATE,
    title="Other fairness definitions",
    question="How do groups fare by the definitions that are not gated on?",
    order=60,
    tasks=(Task.BINARY,),
)
def fairness_reported(brief: Brief, scored: Scored, level: float) -> Answer:
    """Definitions contradict each other where base rates differ, so all are shown and one is agreed beforehand.

    Beside decisions the scores themselves: how far the mean score of a group lies from that of all others, and how well
    they order cases within each group. A warning where a ratio lies below what was agreed, or where a group's AUC lies
    below that of all cases, interval below interval.
    """
    if scored.group is None:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="The rows carry no group to compare.")
    others = [name for name in NAMES if name != brief.fairness.definition]
    ratios = [ratio for name in others for ratio in group_ratios(scored, name)]
    table = tuple(
        {
            "definition": rate.name,
            "group": rate.group,
            "rate": rate.value,
            "low": rate.low,
            "high": rate.high,
            "n": rate.n,
        }
        for name in others
        for rate in group_rates(scored, name)
    )
    lowest = min(ratios, key=lambda one: one.value, default=None)
    said = (
        f"the lowest ratio is {plain(lowest.value)} for {lowest.group} ({lowest.name})" if lowest else "no ratio exists"
    )
    odds = equalised_odds(scored)
    gap = f"; equalised odds differ by {plain(odds.value)} at most, with {odds.group} lowest" if odds else ""
    apart, within, worse = _of_scores(scored, level)
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: of {len(others)} other definitions, {said}{gap}{_told(apart, worse)}.",
        estimates=(*ratios, *([odds] if odds else []), *apart, *within),
        warning=bool(worse) or any(one.high < brief.fairness.at_least for one in ratios),
        table=table,
    )


def _of_scores(scored: Scored, level: float) -> tuple[list[Estimate], list[Estimate], list[Estimate]]:
    """How far scores lie apart, how well they order cases within groups, and where clearly worse than among all."""
    apart = score_differences(scored, level)
    within = auc_within(scored, 1 - (1 - level) / max(1, len(apart)))
    worse = [one for one in within if one.high < auc(scored.y, scored.scores, level).low] if within else []
    return apart, within, worse


def _told(apart: list[Estimate], worse: list[Estimate]) -> str:
    farthest = max(apart, key=lambda one: abs(one.value), default=None)
    means = f"; mean scores lie {plain(abs(farthest.value))} standard deviations apart at most" if farthest else ""
    order = f"; cases are ordered worse within {', '.join(f'{one.group} ({plain(one.value)})' for one in worse)}"
    return means + (order if worse else "")
