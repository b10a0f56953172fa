"""Documents that stand alone: KPI contract, validation report, model card, bill of materials; to read or take away."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from glassworks.core.document import Document
from glassworks.hub import shipped_packs
from glassworks.line import cases, documentation, documents
from glassworks.line.documents import Format
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import attachment
from glassworks.web.pages.page import show

router = APIRouter()
DOCUMENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""A document carries its own style and nothing else; it runs no script and loads nothing."""


def answer(document: Document, format: Format, name: str) -> Response:
    """A document to read in the browser, or as a file to keep."""
    content, kind = documents.written(document, format), documents.KINDS[format]
    if format == "html":
        return Response(content, media_type=kind, headers={"content-security-policy": DOCUMENT_POLICY})
    return attachment(content, name + documents.ENDINGS[format], kind)


@router.get("/cases/{case_id}/scope/contract")
@decides("view")
def contract(
    parts: Line, who: Who, case_id: str, version: Annotated[int, Query(ge=0, le=10**6)] = 0, format: Format = "html"
) -> Response:
    """The KPI contract as a document of two pages; without a version the one in force, else the newest draft."""
    return answer(documents.contract(parts, who, case_id, version), format, f"{case_id}-kpi-contract")


@router.get("/cases/{case_id}/documentation")
@decides("view")
def documents_asked(
    request: Request, parts: Line, who: Who, case_id: str, pack: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """Which documents the policy in force asks for, or a shipped pack, and which points are filled."""
    found, case = documentation.documentation(parts, who, case_id, pack), cases.get(parts, who, case_id)
    return show(
        request,
        "documentation.html",
        case=case,
        in_force=parts.policy(case.line).id,
        sentence=found.sentence,
        found=found,
        pack=pack,
        packs=shipped_packs.names(),
        words=documentation.WORDS,
        looks={"filled": "pass", "partly": "inconclusive", "unfilled": "not_applicable"},
    )


@router.get("/cases/{case_id}/documentation/document")
@decides("view")
def documents_asked_file(
    parts: Line,
    who: Who,
    case_id: str,
    pack: Annotated[str, Query(max_length=60)] = "",
    format: Format = "html",
) -> Response:
    """The same list as a document that stands alone."""
    return answer(documentation.document(parts, who, case_id, pack), format, f"{case_id}-documents-asked-for")


@router.get("/cases/{case_id}/validate/{candidate_id}/document")
@decides("view")
def report(parts: Line, who: Who, case_id: str, candidate_id: str, format: Format = "html") -> Response:
    """The validation report as a document; each figure is bound to its evidence."""
    found = documents.validation_report(parts, who, case_id, candidate_id)
    return answer(found, format, f"{case_id}-{candidate_id}-report")


@router.get("/cases/{case_id}/validate/{candidate_id}/card")
@decides("view")
def card(parts: Line, who: Who, case_id: str, candidate_id: str, format: Format = "html") -> Response:
    """The model card as a document; as Markdown it begins with Hugging Face's metadata."""
    return answer(documents.card(parts, who, case_id, candidate_id), format, f"{case_id}-{candidate_id}-model-card")


@router.get("/cases/{case_id}/validate/{candidate_id}/bill-of-materials")
@decides("view")
def bill(parts: Line, who: Who, case_id: str, candidate_id: str) -> Response:
    """The bill of materials to take away, in CycloneDX 1.6."""
    name = f"{case_id}-{candidate_id}{documents.BILL_ENDING}"
    return attachment(documents.bill(parts, who, case_id, candidate_id), name, documents.BILL_KIND)
