"""Does every step of the plan have an owner, a date to come, and evidence that it is done?"""

from datetime import date

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage


@check(
    "plan_owned",
    stage=Stage.SCOPE,
    title="Plan with owners",
    question="Does every step have an owner, a date to come, and evidence that it is done?",
    order=80,
)
def plan_owned(brief: Brief, today: date) -> Answer:
    """At least one step; owner and evidence not blank; no date in the past on the day the brief is checked."""
    if not brief.plan:
        return Answer(verdict=Verdict.FAIL, sentence="There is no plan.", next_step="Name the steps, owners and dates.")
    faults = [f"{one.task}: no owner" for one in brief.plan if not one.owner.strip()]
    faults += [f"{one.task}: no evidence" for one in brief.plan if not one.evidence.strip()]
    faults += [f"{one.task}: due on {one.due}, which is past" for one in brief.plan if one.due < today]
    if faults:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The plan has {len(faults)} {'gap' if len(faults) == 1 else 'gaps'}; the first: {faults[0]}.",
            examples=tuple(faults)[:20],
            next_step="Give every step an owner, evidence and a date to come.",
        )
    last = max(one.due for one in brief.plan)
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"{len(brief.plan)} steps have owners and evidence; the last is due on {last}.",
        examples=tuple(f"{one.due}: {one.task} ({one.owner})" for one in brief.plan)[:20],
    )
