"""Every other fairness definition, shown and never gated on."""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.fairness import NAMES, equalised_odds, group_rates, group_ratios
from glassworks.measures.scored import Scored


@check(
    "fairness_reported",
    stage=Stage.VALIDATE,
    title="Other fairness definitions",
    question="How do groups fare by the definitions that are not gated on?",
    order=60,
    tasks=(Task.BINARY,),
)
def fairness_reported(brief: Brief, scored: Scored) -> Answer:
    """Definitions contradict each other where base rates differ, so all are shown and one is agreed beforehand."""
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
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: of {len(others)} other definitions, {said}{gap}.",
        estimates=(*ratios, *([odds] if odds else [])),
        warning=any(one.high < brief.fairness.at_least for one in ratios),
        table=table,
    )
