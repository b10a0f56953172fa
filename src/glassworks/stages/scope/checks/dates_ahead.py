"""Do the dates by which something is promised or shown lie ahead?"""

from datetime import date

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage


@check(
    "dates_ahead",
    stage=Stage.SCOPE,
    title="Dates to come",
    question="Do the dates by which something is promised or shown lie ahead?",
    order=82,
)
def dates_ahead(brief: Brief, today: date) -> Answer:
    """The KPI's date lies ahead, and a playback that is past says what came of it. The plan's dates: `plan_owned`."""
    faults = []
    if brief.kpi.by and brief.kpi.by < today:
        faults.append(f"the KPI was promised by {brief.kpi.by}, which is past (`kpi.by`)")
    for place, one in enumerate(brief.playbacks):
        if one.day < today and not one.outcome.strip():
            faults.append(f"the playback of {one.day} is past and says no outcome (`playbacks.{place}`)")
    if faults:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{faults[0][0].upper()}{faults[0][1:]}.",
            examples=tuple(faults)[:20],
            next_step="Name a date to come, or write in `playbacks.outcome` what the playback led to.",
        )
    coming = sorted(one.day for one in brief.playbacks if one.day >= today)
    told = [f"the KPI is promised by {brief.kpi.by}"] if brief.kpi.by else []
    told += [f"the next playback is on {coming[0]}"] if coming else []
    sentence = " and ".join(told) or "no date is named beside the plan's"
    return Answer(verdict=Verdict.PASS, sentence=f"{sentence[0].upper()}{sentence[1:]}.")
