"""People over the API: sign in, join, invite, leave, lines of business, keys, tokens, policy."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from glassworks.core.commands import (
    EnrolKey,
    Invite,
    Join,
    Leave,
    MakeToken,
    OpenLine,
    Passphrase,
    SignIn,
)
from glassworks.core.errors import NotSignedIn
from glassworks.core.people import Actor, KeyList, LineOfBusiness, Person
from glassworks.core.policy import Fault, PolicyPack
from glassworks.core.usecase import Token
from glassworks.hub.access import not_here
from glassworks.line import office, outcome, packs, people, view
from glassworks.line.parts import Parts
from glassworks.web.access import Line, Who, decides, public, sign_in

router = APIRouter(tags=["people"])
SECRET_PERSON, SECRET_TOKEN = {"password_hash"}, {"token_hash"}


def _token(parts: Parts, who: Actor, command: MakeToken) -> dict[str, Any]:
    made, secret = people.make_token(parts, who, purpose=command.purpose, release=command.release, days=command.days)
    if command.purpose == "predict":
        outcome.publish(parts)
    return {"token": _shown(made), "secret": secret}


def _shown(token: Token) -> dict[str, Any]:
    return token.model_dump(mode="json", exclude=SECRET_TOKEN)


@router.post("/sign-in")
@public
def sign_in_for_token(parts: Line, request: Request, command: SignIn) -> dict[str, Any]:
    """An API token for a day, for the right name and password. The secret is shown once."""
    session = sign_in(request, command.login, command.password)
    person = parts.sessions.person_of(session)
    parts.sessions.end(session)
    if person is None:
        raise NotSignedIn("The session ended at once.", "", "Sign in again.", rule="sign-in")
    return _token(parts, people.actor_of(parts, person), MakeToken(days=1))


@router.post("/join/{invitation}", response_model=Person, response_model_exclude=SECRET_PERSON)
@public
def join(parts: Line, invitation: str, command: Join) -> Person:
    """Accept an invitation: choose a password and a passphrase, get a key. Works once."""
    return people.accept(parts, invitation, command.secret, password=command.password, passphrase=command.passphrase)


@router.get("/me")
@decides("view")
def me(who: Who) -> Actor:
    """Who asks."""
    return who


@router.get("/people", response_model=list[Person], response_model_exclude={"__all__": SECRET_PERSON})
@decides("view")
def list_people(parts: Line, who: Who) -> list[Person]:
    """The people of one's lines of business."""
    return view.people(parts, who)


@router.post("/invitations", status_code=201)
@decides("invite")
def invite(parts: Line, who: Who, command: Invite) -> dict[str, Any]:
    """Invite a person; `secret` is shown once and belongs in the link that they receive."""
    made, secret = people.invite(parts, who, command)
    return {"invitation": made.model_dump(mode="json", exclude=SECRET_TOKEN), "secret": secret}


@router.post("/people/{person}/leave", response_model=Person, response_model_exclude=SECRET_PERSON)
@decides("administer")
def leave(parts: Line, who: Who, person: str, command: Leave) -> Person:
    """Close a leaver's account; the heir takes the work over."""
    return people.leave(parts, who, person, command.heir)


@router.get("/lines")
@decides("view")
def list_lines(parts: Line, who: Who) -> list[LineOfBusiness]:
    """One's lines of business."""
    return [line for line in parts.ledger.find(LineOfBusiness) if who.sees(line.id)]


@router.post("/lines", status_code=201)
@decides("administer")
def open_line(parts: Line, who: Who, command: OpenLine) -> LineOfBusiness:
    """Open a line of business."""
    return people.open_line(parts, who, command.name)


@router.get("/keys")
@decides("view")
def list_keys(parts: Line) -> KeyList:
    """Every public key that the office vouches for, signed now."""
    return parts.keys()


@router.post("/keys", status_code=201)
@decides("sign")
def new_key(parts: Line, who: Who, command: Passphrase | EnrolKey) -> dict[str, Any]:
    """A new key of one's own, kept by the office or at home; the old one ends and its signatures go on to verify."""
    if isinstance(command, EnrolKey):
        return people.enrol_key(parts, who, command.public_key).key.facts()
    return people.new_key(parts, who, command.passphrase).key.facts()


@router.get("/tokens")
@decides("make token")
def list_tokens(parts: Line, who: Who) -> list[dict[str, Any]]:
    """One's own tokens, without their secrets."""
    return [_shown(token) for token in parts.ledger.find(Token, person=who.person)]


@router.post("/tokens", status_code=201)
@decides("make token")
def make_token(parts: Line, who: Who, command: MakeToken) -> dict[str, Any]:
    """A token for the API, or for the predictions of one release. The secret is shown once."""
    return _token(parts, who, command)


@router.delete("/tokens/{token}")
@decides("make token")
def revoke_token(parts: Line, who: Who, token: str) -> dict[str, Any]:
    """End a token of one's own."""
    ended = people.revoke_token(parts, who, token)
    outcome.publish(parts)
    return _shown(ended)


@router.get("/policy")
@decides("view")
def policy(parts: Line, who: Who, line: Annotated[str, Query(max_length=80)] = "") -> PolicyPack:
    """The policy pack in force for a line of business (or for the office) today."""
    if not who.sees(line):
        raise not_here()
    return parts.policy(line)


@router.post("/policies", status_code=201)
@decides("administer")
def adopt(parts: Line, who: Who, pack: PolicyPack) -> PolicyPack:
    """Adopt a policy pack; a line's pack may only tighten the office's."""
    return office.adopt(parts, who, pack)


@router.post("/policies/check")
@decides("view")
def check_policy(
    parts: Line, who: Who, pack: PolicyPack, use_case: Annotated[str, Query(max_length=80)] = ""
) -> list[Fault]:
    """What the linter finds in a policy pack; with a use case also which tests its rows leave without a verdict."""
    return packs.check_pack(parts, who, pack, use_case)
