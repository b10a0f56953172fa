"""Does the action create the value, while the model only foretells who would respond?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage

RISK = (
    "The model finds cases that turn out positive when acted on, not cases that become positive because of the action: "
    "some would have done so anyway, some are put off by it"
)


@check(
    "uplift_warning",
    stage=Stage.SCOPE,
    title="Reached is not caused",
    question="Does the action create the value, while the model only foretells who responds?",
    order=60,
    tasks=(Task.BINARY,),
)
def uplift_warning(brief: Brief) -> Answer:
    """A response model whose action is meant to change people needs `uplift` among what the owner acknowledges.

    Source: uplift literature on sure things and sleeping dogs (Radcliffe & Surry 2011).
    """
    if brief.effect == "uplift":
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence="The brief asks for the effect of the action; only rows with a randomised action can show it.",
            next_step="Make sure that the rows hold a randomised action and the group that went without it.",
        )
    gains = brief.value.act_positive.mode > brief.value.skip_positive.mode
    if not (brief.acts_on_people and gains):
        sentence = "The action does not work through people: what responds is what counts."
        return Answer(verdict=Verdict.PASS, sentence=sentence)
    if "uplift" not in brief.acknowledged:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{RISK}.",
            next_step="The business owner acknowledges `uplift` in the brief and counts what is reached, not caused, "
            "or keeps a random group without the action and asks for uplift.",
        )
    return Answer(
        verdict=Verdict.PASS,
        warning=True,
        sentence=f"{RISK}. The brief acknowledges it: the KPI counts what is reached, not what is caused.",
        next_step="Keep a small random group without the action to measure what it causes.",
    )
