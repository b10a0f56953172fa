"""Are groups of people still treated alike?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.scored import Scored
from glassworks.stages.groups_alike import alike


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
    found = alike(live, agreed, policy)
    return Answer(
        verdict=found.verdict,
        sentence=f"{found.worst.says()}; at least {agreed.at_least:g} is asked.{found.aside}",
        estimates=(found.worst, *found.rates),
    )
