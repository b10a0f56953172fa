"""The pages with which a use case starts from its question: five answers give a brief, before any data or code."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import OpenUseCase, StartBrief
from glassworks.core.errors import Conflict, FixTheInput, NotFound
from glassworks.core.people import LineOfBusiness
from glassworks.core.usecase import UseCase
from glassworks.line import cases, scope
from glassworks.web import access
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import command
from glassworks.web.pages.explore import says
from glassworks.web.pages.page import Sent, go, show, text

router = APIRouter()
ANSWERS = ("decision", "whom", "worth", "mistake", "know", "task")
OPENING = ("title", "question", "line")


@router.get("/start")
@decides("view")
def start_page(request: Request) -> Response:
    """Open a use case from five questions."""
    return _page(request, None, {}, {})


@router.get("/cases/{case_id}/scope/start")
@decides("view")
def brief_start_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """Five questions for a use case that has no brief yet."""
    return _page(request, cases.get(parts, who, case_id), {}, {})


def _page(request: Request, case: UseCase | None, values: dict[str, str], errors: dict[str, str]) -> Response:
    parts, who = access.parts(request), access.actor(request)
    known = cases.briefs(parts, case) if case else []
    return show(
        request,
        "scope/start.html",
        status=422 if errors else 200,
        case=case,
        version=known[-1].version if known else 0,
        lines=[(one.id, one.name) for one in parts.ledger.find(LineOfBusiness) if who.sees(one.id)],
        values={name: values.get(name, "") for name in (*OPENING, *ANSWERS)},
        errors=errors,
        signed_in=not access.is_visitor(who),
    )


@router.post("/start")
@decides("open use case")
def start(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """Open the use case and lay the five answers as its first brief, or neither."""
    values = {name: text(sent, name) for name in (*OPENING, *ANSWERS)}
    try:
        answers = command(StartBrief, **_answers(values))
        asked: dict[str, Any] = {name: values[name] for name in OPENING}
        with parts.ledger.transaction():
            case = cases.open_use_case(parts, who, command(OpenUseCase, **asked))
            scope.start(parts, who, case.id, answers)
    except (FixTheInput, Conflict) as error:
        return _refused(request, None, values, error)
    return go(request, f"/cases/{case.id}/scope/canvas", "started")


@router.post("/cases/{case_id}/scope/start")
@decides("edit brief")
def start_brief(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Lay the five answers as the next version of the brief."""
    values = {name: text(sent, name) for name in ANSWERS}
    try:
        version = text(sent, "expected_version")
        scope.start(parts, who, case_id, command(StartBrief, **_answers(values), expected_version=version or 0))
    except (FixTheInput, Conflict) as error:
        return _refused(request, cases.get(parts, who, case_id), values, error)
    return go(request, f"/cases/{case_id}/scope/canvas", "started")


def _answers(values: dict[str, str]) -> dict[str, Any]:
    return {name: values[name] for name in ANSWERS if name != "task"} | {"task": values["task"] or None}


def _refused(request: Request, case: UseCase | None, values: dict[str, str], error: FixTheInput | Conflict) -> Response:
    """What was typed stays; the entry that needs another look is named."""
    if isinstance(error, NotFound):
        raise error
    field = "title" if isinstance(error, Conflict) and "title" in values else "decision"
    return _page(request, case, values, {error.field if error.field in values else field: says(error)})
