"""How an error becomes an answer: JSON under /api, a page elsewhere; never a traceback, never a value that was sent."""

import logging
import secrets
import traceback
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from glassworks.core.errors import (
    FixTheInput,
    GateClosed,
    GlassworksError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    PermitRefused,
    TooLarge,
)
from glassworks.web.access import API, SAFE, csrf_token, current, local_path
from glassworks.web.pages.rendering import render

log = logging.getLogger("glassworks.web")
NAME_SHOWN = 60


class Fault(GlassworksError):
    """A part failed; the caller is told an opaque id, the log holds the kind and place under the same id."""


class WrongMethod(FixTheInput):
    """The address exists, the method does not."""

    status = 405


def answer(connection: HTTPConnection, error: GlassworksError) -> Response:
    """An error as the caller reads it."""
    path: str = connection.scope["state"]["path"]
    if path.startswith(API) or path == "/health":
        return JSONResponse(_facts(error), error.status, headers=_challenge(error))
    settings = connection.app.state.parts.settings
    if isinstance(error, NotSignedIn) and path != "/sign-in":
        back = path if connection.scope["method"] in SAFE else _back(connection)
        return RedirectResponse(f"{settings.root_path}/sign-in?back={quote(local_path(back))}", 303)
    refusal = isinstance(error, NotAllowed | GateClosed | PermitRefused)
    page = render(
        connection.app.state.env,
        "refused.html" if refusal else "error.html",
        status=error.status,
        what=error.what,
        why=error.why,
        next_step=error.next_step,
        rule=error.rule,
        field=error.field,
        reasons=error.reasons if isinstance(error, GateClosed) else (),
        journalled=None,
        back=_back(connection),
        actor=current(connection),
        csrf_token=csrf_token(connection),
        theme=_theme(connection),
        path=path,
        demonstration=settings.demo,
    )
    return HTMLResponse(page, error.status)


def _facts(error: GlassworksError) -> dict[str, Any]:
    facts: dict[str, Any] = error.as_dict()
    return facts | {"reasons": list(error.reasons)} if isinstance(error, GateClosed) else facts


def _challenge(error: GlassworksError) -> dict[str, str]:
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, NotSignedIn) else {}


def _theme(connection: HTTPConnection) -> str:
    chosen = connection.cookies.get("theme", "")
    return chosen if chosen in ("light", "dark") else ""


def _back(connection: HTTPConnection) -> str:
    """The page the caller came from, when it is one of ours."""
    came = urlsplit(connection.headers.get("referer", ""))
    if came.netloc != connection.headers.get("host"):
        return "/"
    return local_path(came.path.removeprefix(connection.app.state.parts.settings.root_path) or "/")


def of_validation(found: RequestValidationError) -> FixTheInput:
    """The first field that cannot be used, by name; what was sent is not repeated."""
    return of_faults(found.errors())


def of_faults(faults: Sequence[Any]) -> FixTheInput:
    """pydantic's faults as one error a person can act on."""
    first = faults[0]
    place = [str(one) for one in first["loc"] if one not in ("body", "query", "path")]
    name = ".".join(place)[:NAME_SHOWN]
    more = f" ({len(faults)} faults in all)" if len(faults) > 1 else ""
    message = str(first["msg"]).removeprefix("Value error, ")
    why = "It is not JSON." if first["type"] == "json_invalid" else f"{message}{more}."
    return FixTheInput(f"The field {name} cannot be used." if name else "The request cannot be read.", why, field=name)


def of_status(found: HTTPException) -> GlassworksError:
    """An error of the web framework in our words."""
    if found.status_code == 404:
        return NotFound("There is no such page.", "", "Check the address.")
    if found.status_code == 405:
        return WrongMethod("This address does not take that method.")
    if found.status_code == 413:
        return TooLarge("More was sent than is taken in one piece.", "", "Send less, or ask the operator for room.")
    return FixTheInput("The request cannot be read.", "", "Check its form and send it again.")


def of_fault(error: Exception) -> Fault:
    """A fault of ours: logged by kind and place without its text, which may hold a row; the caller gets its id."""
    mark = secrets.token_hex(6)
    frames = traceback.extract_tb(error.__traceback__)
    place = " < ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in reversed(frames[-6:]))
    log.error("fault %s: %s at %s", mark, type(error).__name__, place)
    return Fault(
        "A part of Glassworks failed; nothing was half-done.", f"Its id is {mark}.", "Tell the operator the id."
    )
