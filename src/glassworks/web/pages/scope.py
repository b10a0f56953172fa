"""The page of the scope stage: the KPI contract in plain words, and what may be done with it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from glassworks.core.contract import Brief
from glassworks.core.errors import NotFound
from glassworks.core.estimate import plain
from glassworks.core.stage import Stage
from glassworks.line import canvas
from glassworks.measures.value import needed_precision
from glassworks.stages.scope import contract_words as words
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages import standing
from glassworks.web.pages.page import go, show
from glassworks.web.pages.standing import Standing, act

router = APIRouter()


@router.get("/cases/{case_id}/scope")
@decides("view")
def brief_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """The newest version of the brief; signed, it is the KPI contract."""
    now = standing.of(request, parts, who, case_id)
    if not now.briefs:
        return go(request, f"/cases/{case_id}/scope/start")
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
        carried=now.carried(Stage.SCOPE, brief.id),
        decision=now.decision(Stage.SCOPE, brief.id),
        needed_precision=_needed(brief),
        acts=_acts(request, now, brief),
        versions=now.briefs,
        said=_said(brief),
    )


def _said(brief: Brief) -> dict[str, str]:
    """Parts of the contract as sentences; empty where nobody has said anything."""
    return {
        "hill": words.hill(brief),
        "counting": words.counting(brief),
        "risk": words.risk(brief),
        "oversight": words.oversight(brief),
        "worth": words.worth_notes(brief),
    }


@router.get("/cases/{case_id}/scope/differences")
@decides("view")
def differences_page(
    request: Request,
    parts: Line,
    who: Who,
    case_id: str,
    before: Annotated[int, Query(ge=1, le=10**6)],
    after: Annotated[int, Query(ge=1, le=10**6)],
) -> Response:
    """What differs between two versions of the brief, and who answers for each difference."""
    now = standing.of(request, parts, who, case_id)
    pair = [_version(now, number) for number in (before, after)]
    changes = canvas.between(parts, now.case, *pair)
    return show(request, "scope/differences.html", case=now.case, before=pair[0], after=pair[1], changes=changes)


def _version(now: Standing, number: int) -> Brief:
    for brief in now.briefs:
        if brief.version == number:
            return brief
    raise NotFound(f"There is no version {number} of the brief.", "", "Choose one from its list of versions.")


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
        found.append(act(request, "Edit as a new version", f"{now.base}/scope/canvas"))
    found.append(act(request, "Try it with sliders", f"{now.base}/scope/what-if"))
    if standing.allowed(now, "add data") and now.dataset is None:
        found.append(act(request, "Bring data", f"{now.base}/explore"))
    document = f"{now.base}/scope/contract?version={brief.version}"
    found.append(act(request, "KPI contract as a document", document))
    found.append(act(request, "KPI contract as PDF", f"{document}&format=pdf"))
    return found
