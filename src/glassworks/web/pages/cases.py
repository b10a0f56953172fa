"""The page of one use case: its five stages, what was agreed, measured, found and signed."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.estimate import Estimate, plain
from glassworks.core.people import LineOfBusiness
from glassworks.core.stage import STAGES, Stage, Status
from glassworks.line.operate import retire
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages import standing
from glassworks.web.pages.page import Sent, go, show, text
from glassworks.web.pages.standing import Standing, act

router = APIRouter()


@router.get("/cases/{case_id}")
@decides("view")
def use_case(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """One use case through its five stages."""
    now = standing.of(request, parts, who, case_id)
    return show(
        request,
        "use_case.html",
        case=now.case,
        brief=now.brief,
        sentence=sentence(now),
        rail=standing.rail(request, now),
        stages=[_stage(request, now, stage) for stage in Stage],
        stops=now.stops,
        jobs=standing.jobs(now),
        pack=now.parts.policy(now.case.line),
        line=next((x.name for x in now.parts.ledger.find(LineOfBusiness) if x.id == now.case.line), now.case.line),
    )


def sentence(now: Standing) -> str:
    """What the page of a use case says first."""
    if now.stops:
        return f"The work is stopped: {now.stops[0].reason}"
    if now.case.status is Status.RETIRED and now.brief:
        return f"It is retired; decisions are made as before: {now.brief.decision.if_model_down.rstrip('.')}."
    if now.release and now.release.promised and now.brief:
        gain, kpi = now.release.promised[0], now.brief.kpi
        return (
            f"This model is expected to earn {plain(gain.value)} {kpi.unit} a {kpi.period} "
            f"({gain.level * 100:.4g} % interval {plain(gain.low)} to {plain(gain.high)}); "
            f"the KPI contract asks {plain(kpi.target)}."
        )
    decision = now.decision(now.case.stage, now.subject(now.case.stage))
    if decision and decision.waits_for:
        return f"{STAGES[now.case.stage].title}: it waits for {standing.waiting(decision.waits_for)}."
    if standing.state(now, Stage.VALIDATE) == "refused":
        return "No model is approved: what was submitted did not pass."
    return now.case.question


def _stage(request: Request, now: Standing, stage: Stage) -> dict[str, Any]:
    subject = now.subject(stage)
    return {
        "stage": stage,
        "state": standing.state(now, stage),
        "agreed": _agreed(now, stage),
        "measured": _measured(now, stage, subject),
        "found": now.results(stage, subject),
        "findings": [f for f in now.findings if f.subject == subject] if stage is Stage.VALIDATE else [],
        "signed": now.signoffs(stage, subject),
        "decision": now.decision(stage, subject),
        "acts": _acts(request, now, stage, subject),
        "documents": _documents(request, now, stage, subject),
    }


def _agreed(now: Standing, stage: Stage) -> list[str]:
    brief, dataset, chosen = now.brief, now.dataset, now.chosen()
    if stage is Stage.SCOPE and brief:
        kpi = brief.kpi
        return [
            f"{kpi.name}: at least {plain(kpi.target)} {kpi.unit} a {kpi.period} more than {kpi.baseline}.",
            f"For each {brief.decision.unit}: {brief.decision.action}, otherwise {brief.decision.otherwise}.",
        ]
    if stage is Stage.EXPLORE and dataset:
        decided = dataset.contract.decisions if dataset.contract else ()
        return [dataset.division, *(f"{d.column}: {d.decision}. {d.reason}" for d in decided if d.decision != "use")]
    if stage is Stage.DEVELOP and now.candidates:
        return [f"{c.name}: {c.state}{', planted' if c.planted else ''}" for c in now.candidates]
    if stage is Stage.VALIDATE and chosen:
        looks = sum(look.candidate == chosen.id for look in now.looks)
        return [f"{chosen.name}: {chosen.state}, {looks} look{'' if looks == 1 else 's'} at the sealed rows."]
    if stage is Stage.OPERATE and now.permit:
        return [f"The permit runs in {now.permit.environment} until {now.permit.expires_at:%Y-%m-%d %H:%M} UTC."]
    return []


def _measured(now: Standing, stage: Stage, subject: str) -> list[Estimate]:
    if stage is Stage.OPERATE and now.rounds:
        return [e for e in (now.rounds[-1].promised, now.rounds[-1].realised) if e]
    asked = {Stage.VALIDATE: ("kpi", "performance"), Stage.DEVELOP: ("beats_baseline",)}.get(stage, ())
    return [e for r in now.results(stage, subject) if r.check in asked for e in r.answer.estimates][:3]


def _acts(request: Request, now: Standing, stage: Stage, subject: str) -> list[dict[str, object]]:
    here = now.case.stage is stage
    found = []
    if stage is not Stage.VALIDATE or subject:
        label = "See the evidence" if now.results(stage, subject) else f"Open {STAGES[stage].title.lower()}"
        path = standing.evidence_path(now, stage, subject) if stage is Stage.VALIDATE else f"{now.base}/{stage}"
        found.append(act(request, label, path, main=here))
    sign = now.sign_url(stage, subject)
    if sign and now.decision(stage, subject):
        found.append(act(request, "Read and sign", sign))
    return found


def _documents(request: Request, now: Standing, stage: Stage, subject: str) -> list[dict[str, object]]:
    found = []
    if stage is Stage.VALIDATE and now.results(stage, subject):
        found.append(act(request, "Validation report", f"{now.base}/validate/{subject}/document"))
        found.append(act(request, "Model card", f"{now.base}/validate/{subject}/card"))
    written = now.settled(stage, subject)
    if written and written.file:
        found.append(act(request, "Dossier", f"{now.base}/dossiers/{written.id}/read"))
    return found


@router.post("/cases/{case_id}/retire")
@decides("retire")
def retire_case(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Retire a use case: its release stops running at once."""
    retire(parts, who, case_id, text(sent, "reason") or f"{who.name} retires the use case.")
    return go(request, f"/cases/{case_id}", "retired")
