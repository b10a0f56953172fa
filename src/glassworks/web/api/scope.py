"""Scope over the API: use cases, the brief and its versions, each stage as a person may see it."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from glassworks.core.commands import DraftBrief, OpenUseCase, SaveBrief, StartBrief, TryWhatIf
from glassworks.core.contract import Brief
from glassworks.core.difference import ContractChanges
from glassworks.core.result import Result
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.hub.access import not_here
from glassworks.line import brief_files, cases, explore, scope, view, what_if
from glassworks.line.view import StageView
from glassworks.measures.outlook import Outlook
from glassworks.stages.scope.brief_file import schema
from glassworks.web.access import Line, Who, decides

router = APIRouter(tags=["scope"])
Yaml = Annotated[bytes, Body(media_type="application/yaml")]


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


@router.get("/cases/{case}/brief.yaml", response_class=Response)
@decides("view")
def read_brief_file(parts: Line, who: Who, case: str) -> Response:
    """The newest brief as YAML; people stand in it by their sign-in names."""
    return Response(brief_files.as_yaml(parts, who, case), media_type="application/yaml")


@router.post("/cases/{case}/brief.yaml", status_code=201)
@decides("edit brief")
def save_brief_file(parts: Line, who: Who, case: str, content: Yaml) -> Brief:
    """Save a brief that is written in YAML; its `version` is the one that was edited."""
    return brief_files.save_file(parts, who, content, case)


@router.post("/cases/{case}/brief.yaml/check")
@decides("view")
def check_brief_file(parts: Line, who: Who, case: str, content: Yaml) -> list[Result]:
    """What the checks say about a brief that is written in YAML; nothing is saved."""
    return brief_files.check_file(parts, who, content, case)


@router.get("/schemas/brief")
@decides("view")
def brief_schema(who: Who) -> dict[str, Any]:
    """The JSON Schema of a brief's file."""
    return schema()


@router.post("/cases/{case}/start", status_code=201)
@decides("edit brief")
def start(parts: Line, who: Who, case: str, command: StartBrief) -> Brief:
    """Start a brief with five questions; what is filled in beside the answers is named in `defaulted`."""
    return scope.start(parts, who, case, command)


@router.get("/cases/{case}/changes")
@decides("view")
def changes(parts: Line, who: Who, case: str) -> ContractChanges:
    """How the newest brief differs from the signed contract, and who must sign it again."""
    return scope.changes(parts, who, case)


@router.post("/cases/{case}/draft", status_code=201)
@decides("edit brief")
def draft(parts: Line, who: Who, case: str, command: DraftBrief) -> Brief:
    """Draft a brief from the open rows; what is filled in is named in `defaulted`."""
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


@router.post("/cases/{case}/what-if")
@decides("view")
def try_what_if(parts: Line, who: Who, case: str, command: TryWhatIf) -> Outlook:
    """What the newest brief's decision would earn with other numbers; nothing is saved."""
    return what_if.what_if(parts, who, case, command)
