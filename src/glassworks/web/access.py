"""Who asks, and who decides: sessions, tokens, the demonstration's visitor, CSRF, and a decision for every route."""

import hmac
import secrets
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import Response

from glassworks.core.errors import NotAllowed, NotFound, NotSignedIn
from glassworks.core.people import Actor, Role
from glassworks.hub.access import ACTS, may
from glassworks.line import people
from glassworks.line.parts import Parts
from glassworks.line.refusals import check_may
from glassworks.web.throttle import Throttle

F = TypeVar("F", bound=Callable[..., Any])
SESSION, CSRF, CSRF_FIELD, CSRF_HEADER = "gw_session", "gw_csrf", "csrf_token", "x-csrf-token"
API = "/api/"
SAFE = ("GET", "HEAD")
LOOPBACK = ("127.0.0.1", "::1")
PUBLIC = ("/health", "/static/", "/sign-in", "/join", "/theme", "/glossary", "/api/v1/sign-in", "/api/v1/join/")
"""Paths that answer without anyone signed in: exact ones, and prefixes that end in a slash (and `/join`)."""

REHEARSAL = "/rehearse"
"""The end of the one path that the visitor may post to: no key is there, so nothing can be signed by trying."""

VISITOR = Actor(person="visitor", name="Visitor", roles=(Role.AUDITOR,), persona=True)
"""Reads a demonstration from this machine without signing in; it can do nothing else."""


# --- a decision for every route ----------------------------------------------------------------------------------


def decides(act: str) -> Callable[[F], F]:
    """Mark a route with the act of `hub.access.ACTS` that its caller must be allowed. An unmarked route is refused."""
    if act not in ACTS:
        raise ValueError(f"there is no act {act!r} in hub.access.ACTS")
    return _marked(act)


def public(route: F) -> F:
    """Mark a route that anyone may ask; its path must stand in `PUBLIC`."""
    return _marked("")(route)


def _marked(act: str) -> Callable[[F], F]:
    def mark(route: F) -> F:
        route.decision = act  # type: ignore[attr-defined]
        return route

    return mark


def decision_of(route: Callable[..., Any]) -> str | None:
    """The act a route was marked with; empty for a public one, None when nobody decided."""
    return getattr(route, "decision", None)


def is_public(path: str) -> bool:
    """Whether a path (without the root path) answers without anyone signed in."""
    return any(path == one or (one.endswith("/") and path.startswith(one)) for one in (*PUBLIC, "/join/"))


async def authorise(request: Request) -> None:
    """The dependency of every route: refuse one without a decision, a caller without the role, a form without token.

    Whether the caller may do it in this line of business, and whether the state allows it, the act itself says.
    """
    act = decision_of(request.scope["route"].endpoint)
    if act is None:
        raise NotAllowed("Nobody decided who may ask this.", "Rule deny-by-default.", rule="deny-by-default")
    if act and not may(actor(request), act):
        await run_in_threadpool(check_may, parts(request), actor(request), act)
    if request.method not in SAFE:
        await _check_csrf(request)


# --- who asks ----------------------------------------------------------------------------------------------------


def parts(request: Request) -> Parts:
    """The parts of this installation."""
    found: Parts = request.app.state.parts
    return found


def current(request: HTTPConnection) -> Actor | None:
    """Who asks: by session cookie, by API token under /api, or the demonstration's visitor; None when nobody does."""
    found: Actor | None = request.scope.get("state", {}).get("actor")
    return found


def actor(request: Request) -> Actor:
    """Who asks. Raises `NotSignedIn` when nobody does."""
    found = current(request)
    if found is None:
        raise sign_in_first()
    return found


Line = Annotated[Parts, Depends(parts)]
Who = Annotated[Actor, Depends(actor)]


def sign_in_first() -> NotSignedIn:
    """The refusal of a caller whom nobody knows."""
    return NotSignedIn(
        "Nobody is signed in.", "This takes a person.", "Sign in, or send a valid token.", rule="sign-in"
    )


def is_visitor(who: Actor | None) -> bool:
    """Whether this is the demonstration's read-only visitor."""
    return who is not None and who.person == VISITOR.person


def identify(held: Parts, connection: HTTPConnection, path: str) -> Actor | None:
    """Who asks, from what the request carries. Blocking: it reads the database.

    Raises
    ------
    NotSignedIn : a bearer token was sent under /api and is not valid.
    """
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if path.startswith(API) and scheme.lower() == "bearer":
        connection.scope["state"]["by_token"] = True
        try:
            return people.actor_of_token(held, secret.strip())
        except (NotAllowed, NotFound) as error:
            raise NotSignedIn(error.args[0], rule="token") from error
    person = held.sessions.person_of(connection.cookies.get(SESSION, ""))
    try:
        return people.actor_of(held, person) if person else _visitor(held, connection, path)
    except (NotAllowed, NotFound):
        return None


def _visitor(held: Parts, connection: HTTPConnection, path: str) -> Actor | None:
    near = connection.client is not None and connection.client.host in LOOPBACK
    proxied = "x-forwarded-for" in connection.headers or "forwarded" in connection.headers
    reads = connection.scope["method"] in SAFE or path.endswith(REHEARSAL)
    return VISITOR if held.settings.demo and near and reads and not proxied else None


# --- sessions and forms ------------------------------------------------------------------------------------------


def sign_in(request: Request, login: str, password: str) -> str:
    """A session's token for the right password; too many wrong ones are slowed down, by name and by address."""
    throttle: Throttle = request.app.state.throttle
    near = request.client.host if request.client else "unknown"
    keys = (f"login {login.strip().lower()[:80]}", f"address {near}")
    throttle.check(*keys)
    try:
        return people.sign_in(parts(request), login, password)
    except NotAllowed as error:
        throttle.failed(*keys)
        raise NotSignedIn(error.what, error.why, error.next_step, rule=error.rule) from error


def remember(request: Request, response: Response, token: str) -> None:
    """Put a session's token in its cookie; the form token changes with it."""
    settings = parts(request).settings
    seconds = int(settings.session_hours * 3600)
    for name, value in ((SESSION, token), (CSRF, secrets.token_urlsafe(32))):
        response.set_cookie(
            name, value, max_age=seconds, path=settings.root_path or "/", secure=settings.secure_cookies, httponly=True
        )


def forget(request: Request, response: Response) -> None:
    """End the session and remove its cookies."""
    held = parts(request)
    held.sessions.end(request.cookies.get(SESSION, ""))
    for name in (SESSION, CSRF):
        response.delete_cookie(name, path=held.settings.root_path or "/", httponly=True)


def csrf_token(request: HTTPConnection) -> str:
    """The token that a form on this page must carry as `csrf_token`."""
    found: str = request.scope.get("state", {}).get("csrf", "")
    return found


async def _check_csrf(request: Request) -> None:
    state = request.scope["state"]
    api = state["path"].startswith(API)
    if state.get("by_token") or (api and current(request) is None):
        return
    sent = request.headers.get(CSRF_HEADER, "")
    if not sent and not api:
        sent = str((await request.form()).get(CSRF_FIELD, ""))
    kept = request.cookies.get(CSRF, "")
    if not kept or not hmac.compare_digest(sent.encode("utf-8", "replace"), kept.encode("utf-8", "replace")):
        raise NotAllowed(
            "This form did not come from a page of this session.",
            "Rule csrf: every change carries the token of the page it was sent from.",
            "Load the page again, then send it.",
            rule="csrf",
        )


def local_path(path: str) -> str:
    """A path on this server to go back to; anything else becomes the first page."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if plain and path.isprintable() and "\\" not in path and len(path) <= 500 else "/"
