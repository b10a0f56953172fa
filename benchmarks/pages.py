"""How long a served demonstration needs for each page: as the first request of a fresh process, and warm."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from fastapi.routing import APIRoute

from glassworks import settings
from glassworks.cli.personas import CAST, secrets_of
from glassworks.cli.serve import free_port
from glassworks.line import health
from glassworks.web.app import routers

BAR, STARTED, RUNS, PATIENCE = 0.2, 3, 15, 120.0
STARTS = ("/", "/sign-in", "/new")
LINK = re.compile(r'href="(/[^"#?]*)')
HEAD = "| page | as | first median s | min to max s | warm median s | min to max s |\n|---|---|---|---|---|---|"


@dataclass(frozen=True)
class Page:
    """One kind of page, an address of it, and who of the cast reads it."""

    route: str
    path: str
    login: str


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a server that has just started: pages answer, the worker has been seen, nothing was asked."""
    (home / health.BEAT).unlink(missing_ok=True)
    port = free_port("127.0.0.1", 0)
    command = [sys.executable, "-m", "glassworks.cli", "serve", "--port", str(port)]
    environment = os.environ | {settings.PREFIX + "HOME": str(home)}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    try:
        while not _ready(address):
            if time.monotonic() > until:
                raise SystemExit("The server does not answer.")
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _ready(address: str) -> bool:
    try:
        answer = httpx.get(f"{address}/health", timeout=5)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and answer.json()["worker"] == "ok"


def _signed_in(address: str, home: Path, login: str) -> httpx.Client:
    client = httpx.Client(timeout=60)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"{address}/sign-in").text)
    sent = {"csrf_token": token[1] if token else "", "login": login, "password": secrets_of(home)[login].password}
    if client.post(f"{address}/sign-in", data=sent).status_code != 303:
        raise SystemExit(f"{login} cannot sign in")
    return client


def _routes() -> list[APIRoute]:
    found = [route for router in routers()[""] for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in found if "GET" in (route.methods or ())]


def _walked(client: httpx.Client, address: str) -> Iterator[str]:
    """Every address that answers with a page, reached by links alone."""
    seen = list(STARTS)
    for path in seen:  # grows while it is walked
        answer = client.get(address + path)
        if answer.status_code == 200:
            yield path
        told = [answer.headers["location"].partition("#")[0]] if answer.is_redirect else LINK.findall(answer.text)
        seen += [one for one in dict.fromkeys(told) if one not in seen and not one.startswith("/static/")]


def reached(home: Path, clients: dict[str, httpx.Client]) -> list[Page]:
    """One address of every kind of page that links lead anyone of the cast to; fills `clients`, signed in."""
    found: dict[str, Page] = {}
    with served(home) as address:
        for login in CAST:
            clients[login] = _signed_in(address, home, login)
            for path in _walked(clients[login], address):
                kind = next((r.path for r in _routes() if r.path_regex.match(path)), "")
                if kind:
                    found.setdefault(kind, Page(kind, path, login))
    return [found[route.path] for route in _routes() if route.path in found]


def _timed(client: httpx.Client, address: str) -> float:
    begin = time.perf_counter()
    answer = client.get(address)
    seconds = time.perf_counter() - begin
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    return seconds


def measured(home: Path) -> str:
    """A table of every page: its first request, each after a start of its own, and the warm ones that follow."""
    clients: dict[str, httpx.Client] = {}
    lines, slowest = [HEAD], 0.0
    pages = reached(home, clients)
    for page in pages:
        firsts, warm = [], []
        for _ in range(STARTED):
            with served(home) as address, httpx.Client(cookies=clients[page.login].cookies, timeout=60) as fresh:
                first, *others = (_timed(fresh, address + page.path) for _ in range(1 + RUNS // STARTED))
            firsts.append(first)
            warm += others
        slowest = max(slowest, median(firsts))
        lines.append(f"| {page.route} | {page.login} | {_told(firsts)} | {_told(warm)} |")
    for client in clients.values():
        client.close()
    missed = [route.path for route in _routes() if route.path not in {page.route for page in pages}]
    lines.append(f"\nSlowest first request: {slowest:.3f} s (bar: {BAR} s). No link leads to: {', '.join(missed)}.")
    return "\n".join(lines)


def _told(seconds: list[float]) -> str:
    return f"{median(seconds):.3f} | {min(seconds):.3f} to {max(seconds):.3f}"
