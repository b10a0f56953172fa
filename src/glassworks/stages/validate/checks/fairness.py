"""Are groups of people treated alike, by the one definition the brief names?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.scored import Scored
from glassworks.stages.groups_alike import alike


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

    A named reference group is judged against the others, too: were it the worst off, all others would pass. Groups
    below the policy's least number are not judged, those below the brief's are not needed for a pass and can fail.
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
    found = alike(scored, agreed, policy, level)
    doubt = "; with these numbers it cannot be told" if found.verdict is Verdict.INCONCLUSIVE else ""
    return Answer(
        verdict=found.verdict,
        sentence=f"{found.worst.says()}; at least {agreed.at_least:g} is asked{doubt}.{found.aside}",
        estimates=(found.worst, *found.rates),
        next_step=""
        if found.verdict is Verdict.PASS
        else "Change threshold or inputs, or gather more rows of the groups.",
    )
