"""The prediction server as a raw ASGI app: every route authorised, every body bounded, every answer logged first."""

import asyncio
import logging
import re
import secrets
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from glassworks.core.errors import GlassworksError, NotFound
from glassworks.core.ports import Clock
from glassworks.core.version import VERSION
from glassworks.serving import answering, answers, wire
from glassworks.serving.releases import Host, Releases, Served
from glassworks.serving.tokens import Tokens
from glassworks.store.predictions import PredictionLog

log = logging.getLogger("glassworks.serving")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_BYTES = 4 * 2**20
MOST_AT_ONCE = 256
BODY_SECONDS = 10.0


class Limits(NamedTuple):
    """How much one request, and all requests together, may ask."""

    body_bytes: int = MOST_BYTES
    body_seconds: float = BODY_SECONDS
    at_once: int = MOST_AT_ONCE
    rows_per_minute: int = 60_000
    reread_seconds: float = 5.0


USUAL = Limits()


class Refused(GlassworksError):
    """The request is refused by its form, with its own status."""

    def __init__(self, status: int, what: str, next_step: str = "") -> None:
        self.status = status
        super().__init__(what, next_step=next_step)


class Call(NamedTuple):
    """One request on its way through a route."""

    release: str
    token: str
    body: bytes


class Route(NamedTuple):
    """A route: method, path, whether a token is needed, and who answers."""

    method: str
    path: re.Pattern[str]
    authorised: bool
    answer: str


NAME = "(?P<release>[^/]+)"
ROUTES = (
    Route("POST", re.compile(f"/predict/{NAME}"), True, "_predict"),
    Route("GET", re.compile("/v2/?"), False, "_server"),
    Route("GET", re.compile("/v2/health/live"), False, "_live"),
    Route("GET", re.compile("/v2/health/ready"), False, "_ready"),
    Route("GET", re.compile(f"/v2/models/{NAME}"), True, "_model"),
    Route("GET", re.compile(f"/v2/models/{NAME}/ready"), True, "_model_ready"),
    Route("POST", re.compile(f"/v2/models/{NAME}/infer"), True, "_infer"),
)


def serves(path: str) -> bool:
    """Whether a path is the prediction server's, for the process that mounts it beside the pages."""
    return path == "/v2" or path.startswith(("/v2/", "/predict/"))


class ServingApp:
    """The governed prediction endpoint.

    Parameters
    ----------
    folder : the serving folder that the line writes: releases, permits, revocations.
    environment : the environment that permits must name.
    pinned_fingerprint : the office key's fingerprint, received apart from the folder.
    predictions : the log that every answer waits for.
    host_factory : makes one model host a release; its `load` gives a model with `scores(columns)`.
    tokens : the token file that the line writes.
    """

    def __init__(
        self,
        folder: Path,
        environment: str,
        pinned_fingerprint: str,
        predictions: PredictionLog,
        clock: Clock,
        host_factory: Callable[[], Host],
        tokens: Path,
        limits: Limits = USUAL,
    ) -> None:
        self._log, self._clock, self._limits = predictions, clock, limits
        reread = timedelta(seconds=limits.reread_seconds)
        self._releases = Releases(folder, environment, pinned_fingerprint, clock.now, host_factory, reread)
        self._tokens = Tokens(tokens, clock.now, limits.rows_per_minute)
        self._at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    def close(self) -> None:
        """End the models; the prediction log belongs to whoever made it."""
        self._releases.close()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await asyncio.to_thread(self._log.ready)
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.to_thread(self.close)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        extra: list[tuple[bytes, bytes]] = []
        try:
            if self._at_once >= self._limits.at_once:
                raise Refused(503, "The server has as much to do as it can.", "Ask again in a second.")
            self._at_once += 1
            try:
                status, body = 200, await self._routed(scope, path, receive)
            finally:
                self._at_once -= 1
        except GlassworksError as error:
            status, body, extra = _refusal(error, path)
        except _Gone:
            return
        except Exception as error:
            reference = secrets.token_hex(6)
            trace = "".join(traceback.format_tb(error.__traceback__))
            log.error("fault %s: %s\n%s", reference, type(error).__name__, trace)
            what = f"The server failed; the operator finds it in the log as {reference}."
            status, body, extra = 500, {"error": what if _open_inference(path) else "Broken", "what": what}, []
        content = msgspec.json.encode(body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
        headers += [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"), *extra]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})

    async def _routed(self, scope: Scope, path: str, receive: Receive) -> Any:
        found = [(route, match) for route in ROUTES if (match := route.path.fullmatch(path))]
        if not found:
            raise NotFound("There is nothing at this address.", next_step="POST /predict/{release}, or GET /v2.")
        route, match = found[0]
        if scope["method"] != route.method:
            raise Refused(405, f"This address answers to {route.method} only.")
        headers = _headers(scope)
        release = match.groupdict().get("release", "")
        token = self._tokens.admit(headers.get("authorization", ""), release) if route.authorised else ""
        body = await self._body(headers, receive) if route.method == "POST" else b""
        return await getattr(self, route.answer)(Call(release, token, body))

    async def _body(self, headers: dict[str, str], receive: Receive) -> bytes:
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refused(415, "The body must be application/json.", "Set the header Content-Type.")
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise Refused(415, "A compressed body is not read.", "Send it as it is.")
        too_large = Refused(413, f"The body is larger than {self._limits.body_bytes:,} bytes.", "Send fewer rows.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > self._limits.body_bytes:
            raise too_large
        parts = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Gone
                    parts += message.get("body", b"")
                    if len(parts) > self._limits.body_bytes:
                        raise too_large
                    if not message.get("more_body", False):
                        return bytes(parts)
        except TimeoutError:
            raise Refused(408, f"The body did not arrive within {self._limits.body_seconds:g} seconds.") from None

    async def _served(self, release: str) -> Served:
        if served := self._releases.fresh(release):
            return served
        return await asyncio.to_thread(self._releases.look, release)

    async def _predict(self, call: Call) -> Any:
        served = await self._served(call.release)
        question = wire.simple(call.body)
        self._tokens.spend(call.token, len(question.rows))
        return answers.simple(await answering.answer(question, served, self._log, self._clock.now), served)

    async def _infer(self, call: Call) -> Any:
        served = await self._served(call.release)
        question = wire.open_inference(call.body, served.package)
        answers.known_outputs(question, served.package)
        self._tokens.spend(call.token, len(question.rows))
        rows = await answering.answer(question, served, self._log, self._clock.now)
        return answers.open_inference(rows, served, question)

    async def _server(self, call: Call) -> Any:
        return {"name": "glassworks", "version": VERSION, "extensions": []}

    async def _live(self, call: Call) -> Any:
        return {"live": True}

    async def _ready(self, call: Call) -> Any:
        if not await asyncio.to_thread(self._log.ready):
            raise Refused(503, "The prediction log cannot be written, so nothing is answered.")
        return {"ready": True}

    async def _model(self, call: Call) -> Any:
        return answers.metadata(await self._served(call.release))

    async def _model_ready(self, call: Call) -> Any:
        served = await self._served(call.release)
        told = {"environment": list(served.differs)} if served.differs else {}
        return {"name": served.id, "ready": True, **told}


class _Gone(Exception):
    """The caller went away."""


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _open_inference(path: str) -> bool:
    return path.startswith("/v2")


def _refusal(error: GlassworksError, path: str) -> tuple[int, dict[str, Any], list[tuple[bytes, bytes]]]:
    """A refusal as status, body and headers; the Open Inference Protocol wants `error` to be the sentence."""
    status = 503 if error.status == 500 else error.status
    body: dict[str, Any] = error.as_dict()
    if isinstance(error, answering.Faulty):
        body["faults"] = error.faults
    if _open_inference(path):
        body["error"] = str(error)
    extra = {
        401: [(b"www-authenticate", b"Bearer")],
        408: [(b"connection", b"close")],
        413: [(b"connection", b"close")],
        429: [(b"retry-after", b"60")],
        503: [(b"retry-after", b"1")],
    }
    return status, body, extra.get(status, [])
