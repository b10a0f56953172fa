"""What everyone may see over the API: journal, looks, inbox, floor, jobs and their progress, the API's description."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from glassworks.core.journal import Entry
from glassworks.core.people import Actor
from glassworks.core.ports import Job
from glassworks.core.record import Part
from glassworks.core.usecase import Look
from glassworks.hub.access import not_here
from glassworks.line import cases, view
from glassworks.line.parts import Parts
from glassworks.line.view import Task
from glassworks.web.access import Line, Who, decides

router = APIRouter(tags=["journal"])
POLL_SECONDS, MOST_POLLS = 0.5, 1200


class Looks(Part):
    """How often the sealed rows of one use case were opened."""

    use_case: str
    looks: tuple[Look, ...]


class SealedRows(Part):
    """How often the sealed rows of one dataset were opened, wherever these rows were brought."""

    use_case: str
    dataset: str
    rows: int
    looks: int
    sentence: str


@router.get("/journal")
@decides("view")
def journal(
    parts: Line,
    who: Who,
    use_case: Annotated[str, Query(max_length=80)] = "",
    newest: Annotated[int, Query(ge=1, le=5000)] = 200,
) -> list[Entry]:
    """The latest entries, newest first."""
    if use_case:
        cases.get(parts, who, use_case)
    return view.journal(parts, who, use_case=use_case, newest=newest)


@router.get("/looks")
@decides("view")
def looks(parts: Line, who: Who) -> list[Looks]:
    """How often each sealed hold-out was opened, for which candidates."""
    return [Looks(use_case=case.id, looks=tuple(taken)) for case, taken in view.looks(parts, who)]


@router.get("/sealed-rows")
@decides("view")
def sealed_rows(parts: Line, who: Who) -> list[SealedRows]:
    """The sealed rows of each dataset, the looks taken at them in whatever file and use case, and where."""
    return [
        SealedRows(use_case=one.case.id, dataset=one.dataset.id, rows=one.dataset.rows_sealed, looks=len(one.looks),
                   sentence=one.sentence)
        for one in view.sealed_rows(parts, who)
    ]  # fmt: skip


@router.get("/inbox")
@decides("view")
def inbox(parts: Line, who: Who) -> list[Task]:
    """What waits for one's own signature, oldest first."""
    return view.inbox(parts, who)


@router.get("/floor")
@decides("view")
def floor(parts: Line, who: Who) -> list[Task]:
    """What waits for whose signature, on every use case of one's lines, oldest first."""
    return view.waiting(parts, who)


@router.get("/cases/{case}/jobs")
@decides("view")
def list_jobs(parts: Line, who: Who, case: str) -> list[Job]:
    """The latest jobs of a use case, newest first."""
    return parts.jobs.recent(use_case=cases.get(parts, who, case).id)


def job_seen(parts: Parts, who: Actor, job_id: str) -> Job:
    """A job of a use case that this person may see."""
    job = parts.jobs.get(job_id)
    if not job.use_case:
        raise not_here()
    cases.get(parts, who, job.use_case)
    return job


@router.get("/jobs/{job}")
@decides("view")
def show_job(parts: Line, who: Who, job: str) -> Job:
    """How far a job is."""
    return job_seen(parts, who, job)


@router.get("/jobs/{job}/events", response_class=StreamingResponse)
@decides("view")
async def job_events(parts: Line, who: Who, job: str) -> StreamingResponse:
    """How far a job is, as server-sent events until it ends."""
    first = await run_in_threadpool(job_seen, parts, who, job)
    return StreamingResponse(_events(parts, first), media_type="text/event-stream")


async def _events(parts: Parts, job: Job) -> AsyncIterator[str]:
    for _ in range(MOST_POLLS):
        news: dict[str, Any] = {"state": job.state, "progress": job.progress, "share": job.share, "error": job.error}
        news["finished"] = job.finished_at is not None
        yield f"data: {json.dumps(news)}\n\n"
        if news["finished"]:
            return
        await anyio.sleep(POLL_SECONDS)
        job = await run_in_threadpool(parts.jobs.get, job.id)


@router.get("/openapi.json")
@decides("view")
def describe(request: Request) -> dict[str, Any]:
    """The API's description."""
    found: dict[str, Any] = request.app.openapi()
    return found
