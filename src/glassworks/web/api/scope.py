"""Scope over the API: use cases, the brief and its versions, each stage as a person may see it."""

from typing import Annotated

from fastapi import APIRouter, Query

from glassworks.core.commands import DraftBrief, OpenUseCase, SaveBrief
from glassworks.core.contract import Brief
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.hub.access import not_here
from glassworks.line import cases, explore, scope, view
from glassworks.line.view import StageView
from glassworks.web.access import Line, Who, decides

router = APIRouter(tags=["scope"])


@router.get("/cases")
@decides("view")
def list_cases(parts: Line, who: Who) -> list[UseCase]:
    """Every use case of one's lines, the latest moved first."""
    return view.use_cases(parts, who)


@router.post("/cases", status_code=201)
@decides("open use case")
def open_case(parts: Line, who: Who, command: OpenUseCase) -> UseCase:
    """Open a use case."""
    return cases.open_use_case(parts, who, command)


@router.get("/cases/{case}")
@decides("view")
def show_case(parts: Line, who: Who, case: str) -> UseCase:
    """One use case."""
    return cases.get(parts, who, case)


@router.get("/cases/{case}/briefs")
@decides("view")
def list_briefs(parts: Line, who: Who, case: str) -> list[Brief]:
    """Every version of the brief, oldest first; the signed one is the KPI contract."""
    return cases.briefs(parts, cases.get(parts, who, case))


@router.post("/briefs", status_code=201)
@decides("edit brief")
def save_brief(parts: Line, who: Who, command: SaveBrief) -> Brief:
    """Save the next version of the brief and check it."""
    return scope.save_brief(parts, who, command)


@router.post("/cases/{case}/draft", status_code=201)
@decides("edit brief")
def draft(parts: Line, who: Who, case: str, command: DraftBrief) -> Brief:
    """Draft a brief from the open rows; what is assumed says so."""
    dataset = cases.dataset(parts, cases.get(parts, who, case, "edit brief"))
    return scope.draft(parts, who, case, explore.open_rows(parts, dataset), command.target)


@router.get("/cases/{case}/stages/{stage}")
@decides("view")
def show_stage(
    parts: Line, who: Who, case: str, stage: Stage, subject: Annotated[str, Query(max_length=120)] = ""
) -> StageView:
    """What a stage asked and found, who signed, what its gate says; of its newest subject unless one is named."""
    found = view.of_stage(parts, who, cases.get(parts, who, case), stage, subject)
    if found is None:
        raise not_here()
    return found
