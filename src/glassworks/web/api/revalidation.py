"""Re-approval and re-validation over the API: what changed since a release was approved, and validating it again."""

from fastapi import APIRouter

from glassworks.core.ports import Job
from glassworks.core.reapproval import Reapproval
from glassworks.core.record import Part
from glassworks.core.usecase import Candidate
from glassworks.core.waiting import Revalidation
from glassworks.line import reapproval, revalidation
from glassworks.web.access import Line, Who, decides

router = APIRouter(tags=["validate"])


class LaidAgain(Part):
    """The candidate that holds the bytes of the release, and the job that checks it on open rows."""

    candidate: Candidate
    job: Job


@router.get("/cases/{case}/revalidation")
@decides("view")
def show_revalidation(parts: Line, who: Who, case: str) -> Revalidation | None:
    """Why the release in operation is to be validated again; null where nothing changed since it was approved."""
    return revalidation.of(parts, who, case)


@router.post("/cases/{case}/revalidation", status_code=202)
@decides("validate again")
def validate_again(parts: Line, who: Who, case: str) -> LaidAgain:
    """Lay the bytes of the release as a new candidate, under the contract and the data in force."""
    candidate, job = revalidation.ask(parts, who, case)
    return LaidAgain(candidate=candidate.model_copy(update={"claims": ()}), job=job)


@router.get("/cases/{case}/sheets/{subject}/changes")
@decides("view")
def show_changes(parts: Line, who: Who, case: str, subject: str) -> Reapproval | None:
    """A candidate at gate 4 beside the release: what changed, whose approval holds, who signs again."""
    return reapproval.of(parts, who, case, subject)
