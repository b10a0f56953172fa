"""Are groups of people still treated alike?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict, safe_side
from glassworks.core.stage import Stage
from glassworks.measures.fairness import group_rates, worst_ratio
from glassworks.measures.scored import Scored


@check(
    "fairness_live",
    stage=Stage.OPERATE,
    title="Fairness in use",
    question="Does every group still fare nearly as well as the best?",
    order=40,
    tasks=(Task.BINARY,),
)
def fairness_live(brief: Brief, policy: PolicyPack, live: Scored) -> Answer:
    """The definition and limit of the brief, on live decisions."""
    agreed = brief.fairness
    if agreed.definition == "none" or live.group is None:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="There is no group to compare by.")
    least = max(int(policy.limit("group_positives")), agreed.min_group or 0)
    worst = worst_ratio(live, agreed.definition, min_cases=least, reference=agreed.reference)
    return Answer(
        verdict=safe_side(worst, at_least=agreed.at_least),
        sentence=f"{worst.says()}; at least {agreed.at_least:g} is asked.",
        estimates=(worst, *group_rates(live, agreed.definition)),
    )
