"""Documents over the API: KPI contract, validation report and model card as files, the bill of materials as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from glassworks.core.document import Document
from glassworks.core.documentation import Documentation
from glassworks.line import documentation, documents
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


Named = Annotated[str, Query(max_length=60)]


@router.get("/cases/{case}/documentation")
@decides("view")
def show_documentation(parts: Line, who: Who, case: str, pack: Named = "") -> Documentation:
    """Which documents the policy in force asks for, or a shipped pack, and which points are filled."""
    return documentation.documentation(parts, who, case, pack)


@router.get("/cases/{case}/documentation/file", response_class=Response)
@decides("view")
def take_documentation(parts: Line, who: Who, case: str, pack: Named = "", format: Format = "pdf") -> Response:
    """The same list as a document."""
    return _file(documentation.document(parts, who, case, pack), format, f"{case}-documents-asked-for")


@router.get("/cases/{case}/candidates/{candidate}/report", response_class=Response)
@decides("view")
def take_report(parts: Line, who: Who, case: str, candidate: str, format: Format = "pdf") -> Response:
    """The validation report of a candidate."""
    return _file(documents.validation_report(parts, who, case, candidate), format, f"{case}-{candidate}-report")


@router.get("/cases/{case}/candidates/{candidate}/card", response_class=Response)
@decides("view")
def take_card(parts: Line, who: Who, case: str, candidate: str, format: Format = "markdown") -> Response:
    """The model card of a candidate; as Markdown it begins with Hugging Face's metadata."""
    return _file(documents.card(parts, who, case, candidate), format, f"{case}-{candidate}-model-card")


@router.get("/cases/{case}/candidates/{candidate}/bill-of-materials", response_class=Response)
@decides("view")
def take_bill(parts: Line, who: Who, case: str, candidate: str) -> Response:
    """The bill of materials of a candidate, in CycloneDX 1.6."""
    name = f"{case}-{candidate}{documents.BILL_ENDING}"
    return attachment(documents.bill(parts, who, case, candidate), name, documents.BILL_KIND)
