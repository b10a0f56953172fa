"""Operate over the API: rank a list, report outcomes, turn the monitors, stop and release, retire."""

from typing import Annotated

from fastapi import APIRouter, Form, Response, UploadFile

from glassworks.core.commands import ReleaseStop, ReportOutcomes, Retire, Stop, StopReason
from glassworks.core.ports import Job
from glassworks.core.signoff import SignOff
from glassworks.core.usecase import LineStop, MonitoringRound, UseCase
from glassworks.line import cases, export, operate, stops
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import attachment, file_name

router = APIRouter(tags=["operate"])


@router.post("/rankings", response_class=Response)
@decides("score")
def rank(parts: Line, who: Who, file: UploadFile, use_case: Annotated[str, Form(max_length=80)]) -> Response:
    """Rank a CSV or Parquet list through the governed endpoint; the answer is a CSV up to the capacity."""
    ranked = operate.rank(parts, who, use_case, file.file.read(), file_name(file))
    return attachment(export.csv(ranked), f"{use_case}-ranked.csv", "text/csv; charset=utf-8")


@router.post("/outcomes")
@decides("report outcomes")
def report_outcomes(parts: Line, who: Who, command: ReportOutcomes) -> dict[str, int]:
    """Late outcomes by prediction id; they meet their predictions at the next monitoring round."""
    return {"taken": operate.report_outcomes(parts, who, command.use_case, list(command.outcomes.items()))}


@router.post("/cases/{case}/replay", status_code=202)
@decides("monitor")
def ask_replay(parts: Line, who: Who, case: str) -> Job:
    """Rehearse on the replay window: it comes as live traffic with late outcomes, then monitors turn."""
    return operate.ask_replay(parts, who, case)


@router.post("/cases/{case}/rounds", status_code=202)
@decides("monitor")
def ask_round(parts: Line, who: Who, case: str) -> Job:
    """Ask for a monitoring round now."""
    return operate.ask_round(parts, who, case)


@router.get("/cases/{case}/rounds")
@decides("view")
def list_rounds(parts: Line, who: Who, case: str) -> list[MonitoringRound]:
    """Every monitoring round: promised against realised, and what was done."""
    return parts.ledger.find(MonitoringRound, use_case=cases.get(parts, who, case).id)


@router.get("/stops")
@decides("view")
def list_stops(parts: Line, who: Who) -> list[LineStop]:
    """Every stop in one's lines, those that hold and those released."""
    return [stop for stop in parts.ledger.find(LineStop) if who.sees(stop.line)]


@router.post("/stops", status_code=201)
@decides("stop")
def stop(parts: Line, who: Who, command: Stop) -> LineStop:
    """Stop a use case, a release or a line of business, at once. Anyone may."""
    return stops.stop(parts, who, command)


@router.post("/stops/{stop}/release")
@decides("release stop")
def release_stop(parts: Line, who: Who, stop: str, command: ReleaseStop) -> LineStop:
    """Release a stop that somebody else pulled, with a reason and a signature."""
    return stops.release_stop(parts, who, stop, command.reason, command.passphrase)


@router.post("/stops/{stop}/release/draft")
@decides("release stop")
def draft_release(parts: Line, who: Who, stop: str, command: StopReason) -> SignOff:
    """The release to sign on one's own machine: `glassworks sign FILE --key`."""
    return stops.release_at_home(parts, who, stop, command.reason)


@router.post("/stops/signed", status_code=201)
@decides("release stop")
def add_release(parts: Line, who: Who, signed: SignOff) -> LineStop:
    """Bring back the release of a stop that was signed on one's own machine."""
    return stops.add_release(parts, who, signed)


@router.post("/cases/{case}/retirement")
@decides("retire")
def retire(parts: Line, who: Who, case: str, command: Retire) -> UseCase:
    """Retire a use case; its release stops running at once."""
    return operate.retire(parts, who, case, command.reason)
