"""The web application: pages and API over the same acts, behind one front door."""

import re
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from glassworks.core.errors import GlassworksError, half_a_character
from glassworks.core.registry import modules
from glassworks.core.version import VERSION
from glassworks.documents import html
from glassworks.line import health
from glassworks.line.parts import Parts
from glassworks.web import refusals
from glassworks.web.access import Line, authorise, public
from glassworks.web.frontdoor import FrontDoor
from glassworks.web.pages import rendering
from glassworks.web.throttle import Throttle

TRIES = {"login": 10, "address": 60}
Handler = Callable[[Request, Exception], Awaitable[Response]]
about = APIRouter()


@about.get("/health")
@public
def show_health(parts: Line) -> JSONResponse:
    """Version, whether the database answers, when a worker was last seen."""
    found = health.report(parts)
    return JSONResponse({"version": VERSION, **found}, 200 if found["database"] == "ok" else 503)


def routers() -> dict[str, list[APIRouter]]:
    """Every router by the prefix under which it answers: pages at the root, the API below /api/v1."""
    found = {
        prefix: [m.router for m in modules(package) if hasattr(m, "router")]
        for prefix, package in (("", "glassworks.web.pages"), ("/api/v1", "glassworks.web.api"))
    }
    return {**found, "": [about, *found[""]]}


def create_app(parts: Parts) -> FastAPI:
    """Pages and API of one installation."""
    app = FastAPI(
        title="Glassworks",
        version=VERSION,
        root_path=parts.settings.root_path,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(authorise)],
        middleware=[Middleware(FrontDoor, held=parts)],
        generate_unique_id_function=lambda route: re.sub(r"\W", "_", route.name),
    )
    app.state.parts = parts
    app.state.env = rendering.environment(parts.settings.root_path)
    app.state.throttle = Throttle(parts.now, TRIES)
    app.mount("/static", StaticFiles(directory=rendering.STATIC), name="static")
    for prefix, found in routers().items():
        for router in found:
            app.include_router(router, prefix=prefix, include_in_schema=bool(prefix))
    for kind, handler in _handlers().items():
        app.add_exception_handler(kind, handler)
    return app


def warm(app: FastAPI) -> None:
    """Do once, before the first request, what each page's first request would wait for."""
    for name in app.state.env.list_templates(extensions=["html"]):
        app.state.env.get_template(name)
    html.warm()
    nowhere = {"type": "http", "path": "/nowhere/at/all", "method": "GET", "headers": [], "root_path": "", "app": app}
    for route in app.router.routes:  # a router makes its routes ready when an address is first compared with them
        route.matches(nowhere)


def _handlers() -> dict[type[Exception], Handler]:
    def told(kind: type[Exception], turn: Callable[..., GlassworksError]) -> Handler:
        async def handle(request: Request, error: Exception) -> Response:
            return refusals.answer(request, turn(error))

        return handle

    return {
        GlassworksError: told(GlassworksError, lambda error: error),
        RequestValidationError: told(RequestValidationError, refusals.of_validation),
        HTTPException: told(HTTPException, refusals.of_status),
        UnicodeEncodeError: told(UnicodeEncodeError, half_a_character),
    }
