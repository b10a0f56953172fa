"""Pages of the scope stage: the KPI contract in plain words, and the brief as a form."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import SaveBrief
from glassworks.core.contract import Brief
from glassworks.core.errors import Conflict
from glassworks.core.estimate import plain
from glassworks.core.people import Role
from glassworks.core.record import Moment
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.line import scope, view
from glassworks.measures.value import needed_precision
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages import standing
from glassworks.web.pages.brief_form import brief_of
from glassworks.web.pages.page import Sent, go, show, text
from glassworks.web.pages.standing import Standing, act

router = APIRouter()
ROLES = (
    Role.BUSINESS_OWNER,
    Role.DOMAIN_EXPERT,
    Role.DATA_SCIENTIST,
    Role.VALIDATOR,
    Role.APPROVER,
    Role.OPERATOR,
)


@router.get("/cases/{case_id}/scope")
@decides("view")
def brief_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """The newest version of the brief; signed, it is the KPI contract."""
    now = standing.of(request, parts, who, case_id)
    if not now.briefs:
        return _form(request, now, None, 0, {})
    brief = now.briefs[-1]
    signed = now.case.brief == brief.id
    return show(
        request,
        "scope/brief.html",
        case=now.case,
        brief=brief,
        sentence=_sentence(now, brief, signed),
        rail=standing.rail(request, now),
        signed=signed,
        results=now.results(Stage.SCOPE, brief.id),
        signoffs=now.signoffs(Stage.SCOPE, brief.id),
        decision=now.decision(Stage.SCOPE, brief.id),
        needed_precision=_needed(brief),
        acts=_acts(request, now, brief),
        versions=now.briefs,
    )


def _needed(brief: Brief) -> float | None:
    share = brief.decision.expected_positive_share
    return None if share is None else needed_precision(brief, share)


def _sentence(now: Standing, brief: Brief, signed: bool) -> str:
    kpi = brief.kpi
    promise = f"at least {plain(kpi.target)} {kpi.unit} a {kpi.period} more than {kpi.baseline}"
    if signed:
        return f"Agreed and signed: {promise}."
    decision = now.decision(Stage.SCOPE, brief.id)
    tail = f" It waits for {standing.waiting(decision.waits_for)}." if decision and decision.waits_for else ""
    return f"A draft promises {promise}.{tail}"


def _acts(request: Request, now: Standing, brief: Brief) -> list[dict[str, object]]:
    found = []
    sign = now.sign_url(Stage.SCOPE, brief.id)
    if sign:
        found.append(act(request, "Read and sign", sign, main=True))
    if standing.allowed(now, "edit brief"):
        found.append(act(request, "Edit as a new version", f"{now.base}/scope/edit"))
    if standing.allowed(now, "add data") and now.dataset is None:
        found.append(act(request, "Bring data", f"{now.base}/explore"))
    document = f"{now.base}/scope/contract?version={brief.version}"
    found.append(act(request, "KPI contract as a document", document))
    found.append(act(request, "KPI contract as PDF", f"{document}&format=pdf"))
    return found


@router.get("/cases/{case_id}/scope/edit")
@decides("edit brief")
def edit_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """The newest brief as a form."""
    now = standing.of(request, parts, who, case_id)
    return _form(request, now, None, now.briefs[-1].version if now.briefs else 0, {})


def _form(
    request: Request, now: Standing, typed: dict[str, Any] | None, version: int, errors: dict[str, str]
) -> Response:
    known = view.people(now.parts, now.who)
    people = [(p.id, p.name) for p in known if p.active and (not p.lines or now.case.line in p.lines)]
    base = now.briefs[-1] if now.briefs else blank(now.case, now.parts.now())
    return show(
        request,
        "scope/edit.html",
        status=422 if errors else 200,
        case=now.case,
        brief=typed or base,
        expected_version=version,
        candidates=sorted(people, key=lambda pair: pair[1]),
        roles=ROLES,
        errors=errors,
    )


def blank(case: UseCase, now: Moment) -> Brief:
    """A brief before any data: only what the form needs to begin with."""
    return Brief.model_validate(
        {
            "id": f"{case.id}-brief-v0",
            "use_case": case.id,
            "line": case.line,
            "version": 1,
            "title": case.title,
            "problem": case.question,
            "target": "",
            "decision": {
                "unit": "case",
                "action": "act",
                "otherwise": "do not act",
                "volume_per_period": 1000,
                "if_model_down": "decide as today",
            },
            "kpi": {"name": case.title, "unit": "EUR", "baseline": "what is done today", "target": 1},
            "value": {},
        }
    )


@router.post("/cases/{case_id}/scope")
@decides("edit brief")
def save(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Save the next version, if nobody saved before; what was typed is never lost."""
    now = standing.of(request, parts, who, case_id)
    base = now.briefs[-1] if now.briefs else blank(now.case, parts.now())
    pairs = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    brief, typed, errors = brief_of(pairs, base)
    edited = text(sent, "expected_version")
    version = int(edited) if edited.isdigit() and len(edited) < 9 else 0
    if brief is None:
        return _form(request, now, typed, version, errors)
    try:
        scope.save_brief(parts, who, SaveBrief(use_case=case_id, expected_version=version, brief=brief))
    except Conflict as error:
        newest = len(now.briefs)
        told = {"title": f"{error.what} {error.why} Read the newer version; saving now puts yours after it."}
        return _form(request, now, typed, newest, told)
    return go(request, f"/cases/{case_id}/scope", "saved")
