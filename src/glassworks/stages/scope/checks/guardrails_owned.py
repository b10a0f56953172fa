"""Does somebody answer for each figure that must not get worse while the KPI gets better?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage


@check(
    "guardrails_owned",
    stage=Stage.SCOPE,
    title="Guardrails",
    question="Does each figure that must not get worse have a unit and an owner?",
    order=65,
)
def guardrails_owned(brief: Brief) -> Answer:
    """Each guardrail has a name, a unit and an owner, and none of them is the KPI itself or stands twice."""
    names = [one.name.strip().casefold() for one in brief.kpi.guardrails]
    faults = [f"a guardrail has no name (`kpi.guardrails.{place}`)" for place, name in enumerate(names) if not name]
    for place, one in enumerate(brief.kpi.guardrails):
        faults += [f"{one.name}: no {what}" for what in ("unit", "owner") if not getattr(one, what).strip()]
        if names[place] in names[:place]:
            faults.append(f"{one.name} stands twice")
        if names[place] == brief.kpi.name.strip().casefold():
            faults.append(f"{one.name} is the KPI itself")
    if faults:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{faults[0][0].upper()}{faults[0][1:]}.",
            examples=tuple(faults)[:20],
            next_step="Complete `kpi.guardrails`: a figure that nobody owns guards nothing.",
        )
    if not names:
        return Answer(verdict=Verdict.PASS, sentence="No figure beside the KPI is guarded.")
    told = [f"{one.name} {one.op} {one.value:g} {one.unit} ({one.owner})" for one in brief.kpi.guardrails]
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"{len(names)} {'figure is' if len(names) == 1 else 'figures are'} guarded, each with an owner.",
        examples=tuple(told)[:20],
    )
