"""Develop over the API: ask the builder, bring a model made by hand, see the candidates."""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile

from glassworks.core.commands import BringModel, SubmitModel
from glassworks.core.ports import Job
from glassworks.core.record import Part
from glassworks.core.usecase import Candidate
from glassworks.line import cases, develop, view
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import command_json, model_files

router = APIRouter(tags=["develop"])


class Submitted(Part):
    """A candidate just brought, and the job that checks it."""

    candidate: Candidate
    job: Job


@router.post("/cases/{case}/build", status_code=202)
@decides("build candidates")
def ask_build(parts: Line, who: Who, case: str) -> Job:
    """Ask the automatic builder for candidates; a worker makes them."""
    return develop.ask_build(parts, who, case)


@router.get("/cases/{case}/candidates")
@decides("view")
def list_candidates(parts: Line, who: Who, case: str) -> list[Candidate]:
    """Every candidate; a validator who has not yet spoken sees no submitter's figures."""
    found = cases.get(parts, who, case)
    return [view.candidate(parts, who, found, one.id) for one in cases.candidates(parts, found)]


@router.get("/cases/{case}/candidates/{candidate}")
@decides("view")
def show_candidate(parts: Line, who: Who, case: str, candidate: str) -> Candidate:
    """One candidate."""
    return view.candidate(parts, who, cases.get(parts, who, case), candidate)


@router.post("/models", status_code=202)
@decides("submit model")
def submit_model(
    parts: Line, who: Who, command: Annotated[str, Form(max_length=200_000)], files: list[UploadFile]
) -> Submitted:
    """Bring a model: `command` is a `BringModel` as JSON, `files` are its files under their names."""
    asked = command_json(BringModel, command)
    cases.at_work(parts, who, asked.use_case, "submit model")
    kept = {name: parts.vault.put(content) for name, content in model_files(files).items()}
    candidate, job = develop.submit_model(parts, who, SubmitModel(**dict(asked), files=kept))
    return Submitted(candidate=candidate, job=job)
