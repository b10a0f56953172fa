"""Pages about people: sign in and out, join, invite, leave, one's own key and tokens, colours of the page."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import EnrolKey, Invite, MakeToken
from glassworks.core.errors import Conflict, FixTheInput, GlassworksError, NotAllowed, NotFound, NotSignedIn
from glassworks.core.people import HeldKey, Invitation, LineOfBusiness, Role
from glassworks.core.usecase import Token
from glassworks.hub.access import may
from glassworks.line import outcome, people, view
from glassworks.web import access
from glassworks.web.access import Line, Who, decides, local_path, public
from glassworks.web.forms import command, command_json
from glassworks.web.pages.explore import says
from glassworks.web.pages.page import Sent, go, show, text, texts

router = APIRouter()
DEMO_PEOPLE = "demo-people.txt"
YEAR = 31_536_000
LOGIN = "A name to sign in has 2 to 61 lower case letters, digits, dots or dashes, and begins with a letter or digit."
INVITED = {"name": "", "login": "", "roles": (), "line": "", "days": "30"}


@router.post("/theme")
@public
def theme(request: Request, sent: Sent) -> Response:
    """Light or dark, kept in a cookie; pages with script do this by themselves."""
    answer = go(request, local_path(text(sent, "back") or "/"))
    chosen = text(sent, "theme")
    if chosen in ("light", "dark"):
        answer.set_cookie("theme", chosen, max_age=YEAR, path="/", samesite="lax")
    return answer


@router.get("/sign-in")
@public
def sign_in_page(request: Request, back: str = "/") -> Response:
    """Where a person signs in."""
    return _sign_in(request, "", "", local_path(back))


def _sign_in(request: Request, error: str, login: str, back: str, status: int = 200) -> Response:
    settings = access.parts(request).settings
    cast = settings.home / DEMO_PEOPLE
    shown = str(cast) if settings.demo and cast.exists() else ""
    return show(request, "sign_in.html", status=status, error=error, login=login, back=back, demo_people=shown)


@router.post("/sign-in")
@public
def sign_in(request: Request, sent: Sent) -> Response:
    """A session for the right name and password."""
    login, back = text(sent, "login"), local_path(text(sent, "back") or "/")
    try:
        token = access.sign_in(request, login, str(sent.get("password", "")))
    except GlassworksError as error:
        if not isinstance(error, NotSignedIn) and error.rule != "throttle":
            raise
        return _sign_in(request, says(error), login, back, error.status)
    answer = go(request, back)
    access.remember(request, answer, token)
    return answer


@router.post("/sign-out")
@decides("view")
def sign_out(request: Request, sent: Sent) -> Response:
    """End the session."""
    answer = go(request, "/sign-in")
    access.forget(request, answer)
    return answer


@router.get("/join")
@public
def join_page(request: Request, parts: Line, token: str = "") -> Response:
    """An invitation, for whoever holds its link."""
    id, _, secret = token.partition(".")
    return _join(request, people.invitation(parts, id, secret), token, {})


def _join(request: Request, invitation: Invitation, token: str, errors: dict[str, str]) -> Response:
    status = 422 if errors else 200
    return show(request, "join.html", status=status, invitation=invitation, token=token, errors=errors)


@router.post("/join")
@public
def join(request: Request, parts: Line, sent: Sent) -> Response:
    """Accept an invitation: choose a password and a passphrase, get a key, and be signed in."""
    token = text(sent, "token")
    id, _, secret = token.partition(".")
    invitation = people.invitation(parts, id, secret)
    password, passphrase = str(sent.get("password", "")), str(sent.get("passphrase", ""))
    try:
        if password == passphrase:
            raise FixTheInput(
                "Password and passphrase must differ.", "One opens the door, the other signs.", field="passphrase"
            )
        people.accept(parts, id, secret, password=password, passphrase=passphrase)
    except FixTheInput as error:
        if isinstance(error, NotFound):
            raise
        return _join(request, invitation, token, {error.field or "password": says(error)})
    answer = go(request, "/")
    access.remember(request, answer, access.sign_in(request, invitation.login, password))
    return answer


@router.get("/people")
@decides("view")
def people_page(request: Request, who: Who) -> Response:
    """The people of one's lines, and one's own key and tokens."""
    return _page(request, {}, {}, {})


def _page(request: Request, errors: dict[str, str], values: dict[str, Any], shown: dict[str, str]) -> Response:
    parts, who = access.parts(request), access.actor(request)
    persons = sorted(view.people(parts, who), key=lambda p: (not p.active, p.name))
    keys = {h.key.person: h.key for h in parts.ledger.find(HeldKey) if h.key.valid_until is None}
    now, invites = parts.now(), may(who, "invite")
    known = [i for i in parts.ledger.find(Invitation) if who.sees(i.line) and not i.used and i.expires_at > now]
    active = [p for p in persons if p.active]
    return show(
        request,
        "people.html",
        status=422 if errors else 200,
        sentence=f"{len(active)} people work here; each signs with a key of their own.",
        persons=persons,
        active=active,
        keys=keys,
        invitations=known if invites else [],
        lines=[(one.id, one.name) for one in parts.ledger.find(LineOfBusiness) if who.sees(one.id)],
        may_invite=invites,
        link=shown.get("link", ""),
        secret=shown.get("secret", ""),
        errors=errors,
        values=INVITED | values,
        conflicts=parts.policy("").conflicts,
        office_fingerprint=parts.office.fingerprint,
        now=now,
        own=None if access.is_visitor(who) else who,
        tokens=[t for t in parts.ledger.find(Token, person=who.person) if not t.revoked and t.expires_at > now],
    )


@router.post("/people")
@decides("invite")
def invite(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """Invite a person; the link is shown once."""
    typed = {name: text(sent, name) for name in ("name", "login", "line")}
    roles = texts(sent, "roles")
    try:
        if not roles:
            raise FixTheInput("Choose at least one role.", field="roles")
        made, secret = people.invite(parts, who, command(Invite, roles=roles, **typed))
    except (FixTheInput, Conflict) as error:
        if isinstance(error, NotFound):
            raise
        known = tuple(role for role in Role if role.value in roles)
        field = error.field.partition(".")[0] or "login"
        told = LOGIN if error.field == "login" else says(error)
        return _page(request, {field: told}, typed | {"roles": known}, {})
    place = str(request.base_url).rstrip("/")
    return _page(request, {}, {}, {"link": f"{place}/join?token={quote(f'{made.id}.{secret}')}"})


@router.post("/people/{person_id}/leave")
@decides("administer")
def leave(request: Request, parts: Line, who: Who, sent: Sent, person_id: str) -> Response:
    """Close a leaver's account; the heir takes the work over."""
    heir = text(sent, "heir")
    if not heir or heir == person_id:
        return _page(request, {f"heir-{person_id}": "Choose who takes the work over."}, {}, {})
    people.leave(parts, who, person_id, heir)
    return go(request, "/people", "left")


@router.post("/lines")
@decides("administer")
def open_line(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """Open a line of business."""
    try:
        people.open_line(parts, who, text(sent, "line_name"))
    except (FixTheInput, Conflict) as error:
        return _page(request, {"line_name": says(error)}, {}, {})
    return go(request, "/people", "line")


@router.post("/keys")
@decides("sign")
def new_key(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """A new key for a lost passphrase, or a key that stays at home; old signatures still verify."""
    if is_visitor_of(request):
        raise NotAllowed("A visitor has no key.", "", "Sign in first.", rule="sign-in")
    try:
        if text(sent, "public_key"):
            people.enrol_key(parts, who, _public_key(text(sent, "public_key")))
        else:
            people.new_key(parts, who, str(sent.get("passphrase", "")))
    except FixTheInput as error:
        field = "public_key" if text(sent, "public_key") else "passphrase"
        return _page(request, {field: says(error)}, {}, {})
    return go(request, "/people", "key")


def _public_key(sent: str) -> str:
    """The key itself, or out of the whole text of the file that `glassworks sign --new` wrote."""
    if sent.startswith("{"):
        return command_json(EnrolKey, sent).public_key
    return command(EnrolKey, public_key=sent).public_key


def is_visitor_of(request: Request) -> bool:
    """Whether the demonstration's visitor asks."""
    return access.is_visitor(access.current(request))


@router.post("/tokens")
@decides("make token")
def make_token(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """A token for the API or for one release's predictions; its secret is shown once."""
    told = {name: text(sent, name) for name in ("purpose", "release", "days")}
    try:
        asked = command(MakeToken, **{name: value for name, value in told.items() if value})
    except FixTheInput as error:
        if error.field != "days":
            raise
        return _page(request, {"days": "A token is made for 1 to 365 days."}, {"days": told["days"]}, {})
    _, secret = people.make_token(parts, who, purpose=asked.purpose, release=asked.release, days=asked.days)
    if asked.purpose == "predict":
        outcome.publish(parts)
    return _page(request, {}, {}, {"secret": secret})


@router.post("/tokens/{token_id}/revoke")
@decides("make token")
def revoke_token(request: Request, parts: Line, who: Who, sent: Sent, token_id: str) -> Response:
    """End a token of one's own."""
    people.revoke_token(parts, who, token_id)
    outcome.publish(parts)
    return go(request, "/people", "revoked")
