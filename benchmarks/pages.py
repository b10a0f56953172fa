"""How long the server needs for each page of the demonstration, as its business owner sees it."""

from pathlib import Path

from fastapi.testclient import TestClient

from benchmarks.timing import Timed, call
from glassworks import factory, settings
from glassworks.cli.scoring import Endpoint
from glassworks.web.app import create_app

PATHS = (
    "/",
    "/cases/term-deposit",
    "/cases/term-deposit/scope",
    "/cases/term-deposit/explore",
    "/cases/term-deposit/develop",
    "/cases/term-deposit/operate",
    "/floor",
    "/inbox",
    "/journal",
    "/sealed",
)


def measured(home: Path) -> list[Timed]:
    """Each page, answered in this process, over and over."""
    chosen = settings.read({}, home=home, environment="demo")
    endpoint = Endpoint(chosen)
    with factory.opened(chosen, endpoint) as parts:
        client = TestClient(create_app(parts), base_url="http://127.0.0.1", client=("127.0.0.1", 50000))
        timed = []
        for path in PATHS:
            answer = client.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{path} answers {answer.status_code}")
            timed.append(call(f"page {path}", lambda path=path: client.get(path), 15))
    endpoint.close()
    return timed
