"""Documents over the API: the KPI contract and the validation report as HTML, PDF or Markdown."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from glassworks.core.document import Document
from glassworks.line import documents
from glassworks.line.documents import Format
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import attachment

router = APIRouter(tags=["documents"])


def _file(document: Document, format: Format, name: str) -> Response:
    return attachment(documents.written(document, format), name + documents.ENDINGS[format], documents.KINDS[format])


@router.get("/cases/{case}/contract", response_class=Response)
@decides("view")
def take_contract(
    parts: Line, who: Who, case: str, version: Annotated[int, Query(ge=0, le=10**6)] = 0, format: Format = "pdf"
) -> Response:
    """The KPI contract with its signatures; without a version the one in force, else the newest draft."""
    return _file(documents.contract(parts, who, case, version), format, f"{case}-kpi-contract")


@router.get("/cases/{case}/candidates/{candidate}/report", response_class=Response)
@decides("view")
def take_report(parts: Line, who: Who, case: str, candidate: str, format: Format = "pdf") -> Response:
    """The validation report of a candidate."""
    return _file(documents.validation_report(parts, who, case, candidate), format, f"{case}-{candidate}-report")
