"""Line stops: pull one, see one, release it by signature, with a key that the office keeps or one's own."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import Stop
from glassworks.core.errors import FixTheInput, NotAllowed
from glassworks.core.people import Actor, LineOfBusiness
from glassworks.core.usecase import LineStop, UseCase
from glassworks.line import own_key, stops
from glassworks.line.parts import Parts
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import command
from glassworks.web.pages.exceptions import draft_file
from glassworks.web.pages.explore import says
from glassworks.web.pages.page import Sent, brought, go, show, text

router = APIRouter()


@router.post("/stops")
@decides("stop")
def stop(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """Stop a use case, a release or a line of business. Anyone may."""
    pulled = stops.stop(parts, who, command(Stop, **{name: text(sent, name) for name in Stop.model_fields}))
    return go(request, _place(pulled), "stopped")


def _place(pulled: LineStop) -> str:
    return f"/cases/{pulled.use_case}" if pulled.use_case else "/floor"


@router.get("/stops/{stop_id}")
@decides("view")
def stop_page(request: Request, parts: Line, who: Who, stop_id: str) -> Response:
    """One stop: who pulled it and why; who released it, and with which key."""
    return _page(request, parts, who, stops.seen(parts, who, stop_id))


def _page(request: Request, parts: Parts, who: Actor, one: LineStop, error: str = "", typed: str = "") -> Response:
    if one.holds:
        sentence = "It holds until another person releases it by signature."
    else:
        sentence = "It was released by signature; the work goes on."
    return show(
        request,
        "stop.html",
        status=422 if error else 200,
        stop=one,
        target=_target(parts, one),
        back=parts.settings.root_path + _place(one),
        sentence=sentence,
        why_not=stops.why_not_release(who, one),
        custody=own_key.custody(parts, who),
        typed=typed,
        error=error,
    )


def _target(parts: Parts, one: LineStop) -> str:
    if one.target_kind == "line":
        return f"the line {parts.ledger.get(LineOfBusiness, one.target).name}"
    title = parts.ledger.get(UseCase, one.use_case).title
    return title if one.target_kind == "use_case" else f"the release of {title}"


@router.post("/stops/{stop_id}/release")
@decides("release stop")
def release_stop(request: Request, parts: Line, who: Who, sent: Sent, stop_id: str) -> Response:
    """Release a stop with the key that the office keeps; what was typed is kept when it cannot be used."""
    reason = text(sent, "reason")
    try:
        stops.release_stop(parts, who, stop_id, reason, str(sent.get("passphrase", "")))
    except (FixTheInput, NotAllowed) as error:
        if error.rule not in ("", "key-passphrase"):
            raise
        return _page(request, parts, who, stops.seen(parts, who, stop_id), says(error), reason)
    return go(request, f"/stops/{stop_id}", "released")


@router.post("/stops/{stop_id}/draft")
@decides("release stop")
def take_release(request: Request, parts: Line, who: Who, sent: Sent, stop_id: str) -> Response:
    """The unsigned release, to be signed on one's own machine with one's own key."""
    try:
        return draft_file(stops.release_at_home(parts, who, stop_id, text(sent, "reason")))
    except FixTheInput as error:
        return _page(request, parts, who, stops.seen(parts, who, stop_id), says(error), text(sent, "reason"))


@router.post("/stops/{stop_id}/signed")
@decides("release stop")
def bring_release(request: Request, parts: Line, who: Who, sent: Sent, stop_id: str) -> Response:
    """A release that comes back signed."""
    signed = brought(sent)
    if signed.subject != stop_id:
        raise FixTheInput("This signature is for something else.", "", "Bring it on its own page.", field="signed")
    stops.add_release(parts, who, signed)
    return go(request, f"/stops/{stop_id}", "released")
