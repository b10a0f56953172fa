"""Are groups of people treated alike, by the one definition the brief names?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict, safe_side
from glassworks.core.stage import Stage
from glassworks.measures.fairness import group_rates, worst_ratio
from glassworks.measures.scored import Scored


@check(
    "fairness",
    stage=Stage.VALIDATE,
    title="Fairness",
    question="Does every group fare nearly as well as the best, by the definition the brief gates on?",
    order=50,
    tasks=(Task.BINARY,),
)
def fairness(brief: Brief, policy: PolicyPack, scored: Scored, level: float) -> Answer:
    """The worst group's ratio to the best, or to the brief's reference group, Holm-corrected, against the brief, at
    the level of this look.

    Groups smaller than the policy's and the brief's least number are not gated on; too few of them are inconclusive.
    """
    agreed = brief.fairness
    if agreed.definition == "none":
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="The brief names no fairness definition.")
    if scored.group is None:
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence=f"The sealed rows have no column {agreed.attribute} to compare groups by.",
            next_step="Bring data that hold the attribute; the model itself never sees it.",
        )
    least = max(int(policy.limit("group_positives")), agreed.min_group or 0)
    worst = worst_ratio(scored, agreed.definition, level, min_cases=least, reference=agreed.reference)
    verdict, worst = safe_side(worst, at_least=agreed.at_least), worst.asked(at_least=agreed.at_least)
    doubt = "; with these numbers it cannot be told" if verdict is Verdict.INCONCLUSIVE else ""
    return Answer(
        verdict=verdict,
        sentence=f"{worst.says()}; at least {agreed.at_least:g} is asked{doubt}.",
        estimates=(worst, *group_rates(scored, agreed.definition, level)),
        next_step="" if verdict is Verdict.PASS else "Change threshold or inputs, or gather more rows of the groups.",
    )
