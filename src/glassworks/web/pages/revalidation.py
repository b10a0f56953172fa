"""The act of validating a release again, from its page or from the queue."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.line import revalidation
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages.page import Sent, go

router = APIRouter()


@router.post("/cases/{case_id}/revalidation")
@decides("validate again")
def validate_again(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Lay the bytes of the release as a new candidate, and show it where candidates stand."""
    revalidation.ask(parts, who, case_id)
    return go(request, f"/cases/{case_id}/develop", "asked")
