"""The page of a use case's exceptions: ask for one, grant it by signature, see until when it holds."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core import canonical
from glassworks.core.commands import AskException
from glassworks.core.contract import Tier
from glassworks.core.errors import FixTheInput, NotAllowed, NotFound
from glassworks.core.policy import GateRules
from glassworks.core.result import Result, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Waiver
from glassworks.line import exceptions, own_key
from glassworks.line.exceptions import Seen
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import attachment, command
from glassworks.web.pages import standing
from glassworks.web.pages.explore import says
from glassworks.web.pages.page import Sent, brought, go, show, text
from glassworks.web.pages.rendering import minute
from glassworks.web.pages.standing import Standing

router = APIRouter()
TYPED = ("asked", "reason", "compensation", "days")


def exceptions_of(now: Standing, subject: str = "") -> list[Seen]:
    """The exceptions about a subject, or all of the use case; the newest first."""
    found = [w for w in reversed(now.waivers) if w.subject == subject or not subject]
    return [exceptions.seen(now.parts, now.who, now.case, one) for one in found]


def excusable(now: Standing, stage: Stage, subject: str) -> list[Result]:
    """The answers that keep a gate closed about a subject and from which an exception can be asked for."""
    of_many = stage in (Stage.DEVELOP, Stage.VALIDATE)
    if now.settled(stage, subject) or not (of_many or subject == now.subject(stage)):
        return []
    rules = now.parts.policy(now.case.line).gates.get(stage, GateRules())
    return [
        r
        for r in now.results(stage, subject)
        if r.verdict is Verdict.FAIL or (r.verdict is Verdict.INCONCLUSIVE and rules.minds(_tier(now), r.check))
    ]


def _tier(now: Standing) -> Tier:
    return now.brief.tier if now.brief else Tier.LOW


def excepted(results: list[Result], told: list[Seen]) -> list[Result]:
    """The answers as the gate counts them: a failure that an exception in force covers is excepted."""
    live = {one.waiver.check for one in told if one.state == "in force"}
    return [
        r.model_copy(update={"answer": r.answer.model_copy(update={"verdict": Verdict.EXCEPTED})})
        if r.check in live and r.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
        else r
        for r in results
    ]


@router.get("/cases/{case_id}/exceptions")
@decides("view")
def exceptions_page(request: Request, parts: Line, who: Who, case_id: str, subject: str = "") -> Response:
    """Every exception of a use case."""
    return _page(request, standing.of(request, parts, who, case_id), chosen=subject)


def _page(request: Request, now: Standing, **context: Any) -> Response:
    found = exceptions_of(now)
    asked = {(one.waiver.subject, one.waiver.check) for one in found if one.state in ("asked for", "in force")}
    askable = [
        (f"{subject} {result.check}", f"{result.title}: {standing.title_of(now, stage, subject)}")
        for stage, subject in now.prepared
        for result in excusable(now, stage, subject)
        if (subject, result.check) not in asked
    ]
    frame: dict[str, Any] = {
        "case": now.case,
        "sentence": _sentence(found),
        "list": found,
        "places": {subject: _place(now, stage, subject) for stage, subject in now.prepared},
        "askable": askable,
        "most_days": now.parts.policy(now.case.line).exception_days[_tier(now)],
        "may_ask": standing.allowed(now, "ask exception"),
        "may_grant": standing.allowed(now, "grant exception"),
        "custody": own_key.custody(now.parts, now.who),
        "typed": dict.fromkeys(TYPED, ""),
        "chosen": "",
        "error": "",
        "refused": "",
    }
    return show(request, "exceptions.html", **(frame | context))


def _place(now: Standing, stage: Stage, subject: str) -> tuple[str, str]:
    return standing.title_of(now, stage, subject), standing.evidence_path(now, stage, subject)


def _sentence(found: list[Seen]) -> str:
    live = [one.waiver for one in found if one.state == "in force"]
    waiting = sum(one.state == "asked for" for one in found)
    if live:
        first = min(one.expires_at for one in live)
        told = "One exception is in force" if len(live) == 1 else f"{len(live)} exceptions are in force"
        told += f"; {'it ends' if len(live) == 1 else 'the first ends'} on {minute(first)}."
    else:
        told = "No exception is in force."
    if waiting:
        told += f" {waiting} {'waits' if waiting == 1 else 'wait'} for another person's signature."
    return told


@router.post("/cases/{case_id}/exceptions")
@decides("ask exception")
def ask_exception(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Ask for an exception from one check, for a time; what was typed is kept when it cannot be used."""
    subject, _, check = text(sent, "asked").partition(" ")
    told = {name: text(sent, name) for name in ("reason", "compensation", "days")}
    try:
        asked = command(AskException, use_case=case_id, subject=subject, check=check, **told)
        exceptions.ask_exception(parts, who, asked)
    except FixTheInput as error:
        if isinstance(error, NotFound):
            raise
        now, typed = standing.of(request, parts, who, case_id), {name: text(sent, name) for name in TYPED}
        return _page(request, now, status=422, error=says(error), typed=typed)
    return _done(request, asked.use_case, "exception-asked")


def _done(request: Request, case_id: str, done: str) -> Response:
    return go(request, f"/cases/{case_id}/exceptions", done)


@router.post("/cases/{case_id}/exceptions/signed")
@decides("grant exception")
def bring_grant(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """A grant that comes back signed."""
    signed = brought(sent)
    if signed.use_case != case_id:
        raise FixTheInput("This signature is for something else.", "", "Bring it on its own page.", field="signed")
    exceptions.add_grant(parts, who, signed)
    return _done(request, case_id, "exception-granted")


@router.post("/cases/{case_id}/exceptions/{waiver_id}/grant")
@decides("grant exception")
def grant_exception(request: Request, parts: Line, who: Who, sent: Sent, case_id: str, waiver_id: str) -> Response:
    """Counter-sign an exception with the key that the office keeps."""
    try:
        granted: Waiver = exceptions.grant_exception(parts, who, case_id, waiver_id, str(sent.get("passphrase", "")))
    except NotAllowed as error:
        if error.rule != "key-passphrase":
            raise
        now = standing.of(request, parts, who, case_id)
        return _page(request, now, status=422, error=says(error), refused=waiver_id)
    return _done(request, granted.use_case, "exception-granted")


@router.post("/cases/{case_id}/exceptions/{waiver_id}/draft")
@decides("grant exception")
def take_grant(parts: Line, who: Who, sent: Sent, case_id: str, waiver_id: str) -> Response:
    """The unsigned grant, to be signed on one's own machine with one's own key."""
    return draft_file(exceptions.grant_at_home(parts, who, case_id, waiver_id))


def draft_file(draft: Any) -> Response:
    """A sign-off as the file to be signed at home."""
    return attachment(canonical.to_bytes(draft.facts()), f"{draft.id}.json", "application/json")
