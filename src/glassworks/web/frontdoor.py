"""What every request passes before any route sees it: host, size, origin, who asks; and the headers of every answer."""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from glassworks.core.errors import FixTheInput, GlassworksError, NotAllowed, NotFound
from glassworks.line.parts import Parts
from glassworks.web import access, refusals

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MEGABYTE = 2**20
PLAIN_MEGABYTES = 8
EVERYWHERE = ("localhost", "127.0.0.1", "::1")
HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
NO_STORE, KEEP = "no-store, private", "public, max-age=31536000, immutable"


class FrontDoor:
    """The outermost layer: refuses what no route should see, knows who asks, and lets no fault of ours show."""

    def __init__(self, app: App, held: Parts) -> None:
        self._app, self._held = app, held
        self._root = held.settings.root_path
        named = [name.strip().lower() for name in held.settings.allowed_hosts.split(",") if name.strip()]
        self._hosts = frozenset([*EVERYWHERE, held.settings.host.lower(), *named])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        state = scope.setdefault("state", {})
        state["path"] = path = str(scope["path"]).removeprefix(self._root) or "/"
        state["csrf"] = connection.cookies.get(access.CSRF, "")
        fresh = not state["csrf"] and not path.startswith((access.API, "/static/")) and path != "/health"
        if fresh:
            state["csrf"] = secrets.token_urlsafe(32)
        begun = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._dress(message, path, state["csrf"] if fresh else "")
            await send(message)

        try:
            await self._admit(connection, path)
            await self._app(scope, self._bounded(connection, receive), sending)
        except GlassworksError as error:
            await refusals.answer(connection, error)(scope, receive, sending)
        except Exception as error:
            fault = refusals.of_fault(error)
            if not begun:
                await refusals.answer(connection, fault)(scope, receive, sending)

    async def _admit(self, connection: HTTPConnection, path: str) -> None:
        """Refuse what no route should see; take down who asks."""
        host = urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
        if host not in self._hosts:
            raise BadHost("This server does not answer to that name.", "", "The operator allows names in the settings.")
        if "\x00" in path:
            raise NotFound("There is no such page.", "", "Check the address.")
        method = connection.scope["method"]
        if method not in access.SAFE:
            self._check_origin(connection)
        asks = await run_in_threadpool(access.identify, self._held, connection, path)
        connection.scope["state"]["actor"] = asks
        if asks is None and not access.is_public(path):
            raise access.sign_in_first()

    def _check_origin(self, connection: HTTPConnection) -> None:
        site = connection.headers.get("sec-fetch-site", "same-origin")
        origin = connection.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != connection.headers.get("host")
        if foreign or site not in ("same-origin", "none"):
            raise NotAllowed(
                "This was sent from another site.", "Rule same-origin.", "Use the page here.", rule="same-origin"
            )

    def _bounded(self, connection: HTTPConnection, receive: Receive) -> Receive:
        """Read a body up to the limit of its kind, whatever its headers claim."""
        form = connection.headers.get("content-type", "").startswith("multipart/form-data")
        left = MEGABYTE * (self._held.settings.upload_megabytes if form else PLAIN_MEGABYTES)
        claimed = connection.headers.get("content-length", "0")

        async def bounded() -> MutableMapping[str, Any]:
            nonlocal left
            if claimed.isdigit() and int(claimed[:18]) > left:
                raise HTTPException(413)
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413)
            return message

        return bounded

    def _dress(self, message: MutableMapping[str, Any], path: str, csrf: str) -> None:
        """Put the headers on that every answer has."""
        headers = MutableHeaders(raw=message.setdefault("headers", []))
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers["cache-control"] = KEEP if path.startswith("/static/") and message["status"] == 200 else NO_STORE
        if csrf and message["status"] < 500 and "set-cookie" not in headers:
            cookie: SimpleCookie = SimpleCookie({access.CSRF: csrf})
            cookie[access.CSRF] |= {"path": self._root or "/", "httponly": True, "samesite": "lax"}
            cookie[access.CSRF]["secure"] = self._held.settings.secure_cookies
            headers.append("set-cookie", cookie.output(header="").strip())


class BadHost(FixTheInput):
    """The Host header names a server that this one is not."""

    status = 400
