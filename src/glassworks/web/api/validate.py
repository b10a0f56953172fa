"""Validate over the API: the office's look, the sheet to sign, signatures, dossiers, releases, findings, exceptions."""

from typing import Any

from fastapi import APIRouter, Response

from glassworks.core.commands import AskException, CloseFinding, Passphrase, Raise, Sign, SignNow
from glassworks.core.conditions import Signed
from glassworks.core.finding import Finding
from glassworks.core.gate import Decision
from glassworks.core.people import Actor, Role
from glassworks.core.permit import Permit
from glassworks.core.ports import Job
from glassworks.core.record import Part
from glassworks.core.result import Result
from glassworks.core.signoff import SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, GateRecord, Release, Waiver
from glassworks.core.waiting import Waiting
from glassworks.line import anew, cases, conditions, exceptions, operate, outcome, queue, signing, stops, validate, view
from glassworks.line.parts import Parts
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import attachment

router = APIRouter(tags=["validate"])


class SheetSeen(Part):
    """What one would sign, as one may see it: `dossier` is the digest that a signature covers.

    `may_sign` names the roles in which one may sign now; `refusals` say for each other role which rule stands against.
    """

    stage: Stage
    subject_kind: str
    subject_id: str
    subject: dict[str, Any]
    dossier: str
    results: tuple[Result, ...]
    signoffs: tuple[SignOff, ...]
    decision: Decision
    may_sign: tuple[Role, ...]
    refusals: dict[Role, str]


class Running(Part):
    """The release in operation and its newest permit."""

    release: Release
    permit: Permit


@router.get("/queue")
@decides("view")
def show_queue(parts: Line, who: Who) -> list[Waiting]:
    """Submitted models, by risk tier, then by the KPI target, then by waiting."""
    return queue.queue(parts, who)


@router.post("/queue", status_code=202)
@decides("validate")
def validate_all(parts: Line, who: Who) -> list[Waiting]:
    """Have the office recompute every model in the queue that one may have recomputed; each costs one look."""
    return queue.validate_all(parts, who)


@router.post("/cases/{case}/candidates/{candidate}/validation", status_code=202)
@decides("validate")
def ask_validation(parts: Line, who: Who, case: str, candidate: str) -> Job:
    """Ask the office's scorer to open the sealed rows for one candidate; it costs one look."""
    return validate.ask_validation(parts, who, case, candidate)


@router.get("/cases/{case}/sheets/{subject}")
@decides("view")
def show_sheet(parts: Line, who: Who, case: str, subject: str) -> SheetSeen:
    """What lies ready to sign about a subject."""
    return _seen(parts, who, signing.sheet(parts, who, case, subject))


def _seen(parts: Parts, who: Actor, sheet: signing.Sheet) -> SheetSeen:
    body = sheet.body
    subject = body.subject
    if body.subject_kind == Candidate.kind and view.is_blind(parts, who, sheet.case, body.subject_id):
        subject = subject | {"claims": []}
    shown = {r.id for r in view.results(parts, who, sheet.case, body.subject_id, body.stage)}
    return SheetSeen(
        stage=body.stage,
        subject_kind=body.subject_kind,
        subject_id=body.subject_id,
        subject=subject,
        dossier=sheet.prepared.id,
        results=tuple(r for r in body.results if r.id in shown),
        signoffs=sheet.seen.signoffs,
        decision=view.decision(parts, who, sheet.case, body.stage, body.subject_id, sheet.decision),
        may_sign=sheet.roles,
        refusals={role: why for role, why in sheet.refusals.items() if why},
    )


@router.post("/signatures", status_code=201)
@decides("sign")
def sign(parts: Line, who: Who, command: SignNow) -> Signed:
    """Sign with the key that the office keeps; the answer is what the gate says then, and who keeps each condition."""
    return conditions.answered(parts, signing.sign(parts, who, command, command.passphrase), command)


@router.post("/cases/{case}/evidence/{subject}")
@decides("sign")
def prepare_anew(parts: Line, who: Who, case: str, subject: str) -> dict[str, str]:
    """Have evidence that waits for signatures prepared anew, when a newer policy pack is in force."""
    return {"sentence": anew.prepare_anew(parts, who, case, subject)}


@router.post("/signatures/drafts")
@decides("sign")
def draft_signature(parts: Line, who: Who, command: Sign) -> SignOff:
    """The sign-off to sign on one's own machine: `glassworks sign FILE --key`."""
    return signing.to_sign_elsewhere(parts, who, command)


@router.post("/signatures/signed", status_code=201)
@decides("sign")
def add_signature(parts: Line, who: Who, signed: SignOff) -> Signed:
    """Bring back a sign-off that was signed on one's own machine."""
    return conditions.answered(parts, signing.add_signed(parts, who, signed), signed)


@router.get("/cases/{case}/dossiers")
@decides("view")
def list_dossiers(parts: Line, who: Who, case: str) -> list[GateRecord]:
    """What each gate said about each subject; `id` finds the dossier."""
    return parts.ledger.find(GateRecord, use_case=cases.get(parts, who, case).id)


@router.get("/cases/{case}/dossiers/{gate}", response_class=Response)
@decides("view")
def take_dossier(parts: Line, who: Who, case: str, gate: str) -> Response:
    """A dossier's file, which an outsider can verify."""
    name, content = view.dossier(parts, who, case, gate)
    return attachment(content, name, "application/json")


@router.get("/cases/{case}/release")
@decides("view")
def show_release(parts: Line, who: Who, case: str) -> Running:
    """The release in operation and its permit."""
    release = operate.release_of(parts, cases.get(parts, who, case))
    return Running(release=release, permit=outcome.permit_of(parts, release))


@router.get("/cases/{case}/findings")
@decides("view")
def list_findings(parts: Line, who: Who, case: str) -> list[Finding]:
    """Every finding, open and closed."""
    return parts.ledger.find(Finding, use_case=cases.get(parts, who, case).id)


@router.post("/findings", status_code=201)
@decides("raise finding")
def raise_finding(parts: Line, who: Who, command: Raise) -> Finding:
    """Raise a finding; an open one of high severity keeps gate 4 closed."""
    return stops.raise_finding(parts, who, command)


@router.post("/cases/{case}/findings/{finding}/closure")
@decides("close finding")
def close_finding(parts: Line, who: Who, case: str, finding: str, command: CloseFinding) -> Finding:
    """Close a finding with its evidence."""
    return stops.close_finding(parts, who, case, finding, command.closure)


@router.get("/cases/{case}/exceptions")
@decides("view")
def list_exceptions(parts: Line, who: Who, case: str) -> list[Waiver]:
    """Every exception, asked for or granted."""
    return parts.ledger.find(Waiver, use_case=cases.get(parts, who, case).id)


@router.post("/exceptions", status_code=201)
@decides("ask exception")
def ask_exception(parts: Line, who: Who, command: AskException) -> Waiver:
    """Ask for an exception from one check, for a time."""
    return exceptions.ask_exception(parts, who, command)


@router.post("/cases/{case}/exceptions/{exception}/grant")
@decides("grant exception")
def grant_exception(parts: Line, who: Who, case: str, exception: str, command: Passphrase) -> Waiver:
    """Counter-sign an exception that somebody else asked for."""
    return exceptions.grant_exception(parts, who, case, exception, command.passphrase)


@router.post("/cases/{case}/exceptions/{exception}/grant/draft")
@decides("grant exception")
def draft_grant(parts: Line, who: Who, case: str, exception: str) -> SignOff:
    """The grant to sign on one's own machine: `glassworks sign FILE --key`."""
    return exceptions.grant_at_home(parts, who, case, exception)


@router.post("/exceptions/signed", status_code=201)
@decides("grant exception")
def add_grant(parts: Line, who: Who, signed: SignOff) -> Waiver:
    """Bring back a grant that was signed on one's own machine."""
    return exceptions.add_grant(parts, who, signed)
