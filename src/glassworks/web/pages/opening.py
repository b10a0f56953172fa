"""The page that opens a use case from a file: read, sealed, result list and draft brief in one step."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import AddData, OpenUseCase
from glassworks.core.errors import Conflict, FixTheInput, NotFound
from glassworks.core.people import LineOfBusiness
from glassworks.core.usecase import UseCase
from glassworks.line import cases, explore, scope
from glassworks.stages.explore.read import read_table
from glassworks.web import access
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import command
from glassworks.web.pages.explore import says
from glassworks.web.pages.page import Sent, files, go, memory, show, text, upload

router = APIRouter()
EMPTY = {"title": "", "question": "", "target": "", "line": ""}


@router.get("/new")
@decides("view")
def new_page(request: Request) -> Response:
    """Bring own data."""
    return _page(request, {}, EMPTY, [], "", "")


def _page(
    request: Request, errors: dict[str, str], values: dict[str, str], columns: list[str], mark: str, name: str
) -> Response:
    parts, who = access.parts(request), access.actor(request)
    lines = [(one.id, one.name) for one in parts.ledger.find(LineOfBusiness) if who.sees(one.id)]
    return show(
        request,
        "new.html",
        status=422 if errors else 200,
        lines=lines,
        errors=errors,
        values=values,
        columns=columns,
        upload=mark,
        upload_name=name,
        megabytes=parts.settings.upload_megabytes,
        signed_in=not access.is_visitor(who),
    )


@router.post("/new")
@decides("open use case")
def new(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """Open a use case from a file; what was typed and uploaded is kept when an entry needs another look."""
    values = {name: text(sent, name) for name in EMPTY}
    errors: dict[str, str] = {}
    name, content, mark, columns = "", b"", text(sent, "upload"), list[str]()
    try:
        if mark and not files(sent, "file"):
            name, content = memory(request).file(parts, who, mark)
        else:
            name, content = upload(sent, "file")
            mark = memory(request).keep(parts, who, name, content)
        columns = list(read_table(content, name).columns)
        explore.check_readable(content, name, values["target"])
    except FixTheInput as error:
        field = error.field if error.field in values else "file"
        errors[field] = says(error)
    errors |= {field: "This is needed." for field in ("title", "question") if len(values[field]) < 3}
    if not errors:
        try:
            case = _open(request, values, name, content)
            return go(request, f"/cases/{case.id}/explore", "brought")
        except (FixTheInput, Conflict) as error:
            if isinstance(error, NotFound):
                raise
            errors[error.field if error.field in values else "title"] = says(error)
    return _page(request, errors, values, columns, mark if columns else "", name)


def _open(request: Request, values: dict[str, str], name: str, content: bytes) -> UseCase:
    """Everything or nothing: the use case, its data sealed, its draft brief, its results."""
    parts, who = access.parts(request), access.actor(request)
    asked: dict[str, Any] = {one: values[one] for one in ("title", "question", "line")}
    with parts.ledger.transaction():
        case = cases.open_use_case(parts, who, command(OpenUseCase, **asked))
        dataset = explore.add_data(parts, who, AddData(use_case=case.id, name=name), content, target=values["target"])
        scope.draft(parts, who, case.id, explore.open_rows(parts, dataset), values["target"])
        explore.explore(parts, who, case.id)
    return case
