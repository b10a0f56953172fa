"""Real Chromium on real installations: the demonstration told once a session, and an empty one for own data."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, WebError, expect, sync_playwright

from glassworks import factory
from glassworks.cli.demo import tell_story
from glassworks.cli.listening import announced
from glassworks.cli.scoring import Endpoint, serving_app
from glassworks.core.ports import Clock
from glassworks.line.parts import Parts
from glassworks.serving.app import serves
from glassworks.settings import Settings
from glassworks.web.app import create_app

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)


@dataclass
class Site:
    """A running installation: where it is, and its parts."""

    url: str
    parts: Parts
    home: Path

    def secrets(self, login: str) -> tuple[str, str]:
        """A persona's password and passphrase, as the visitor finds them in the file."""
        lines = (self.home / "demo-people.txt").read_text().splitlines()
        found = next(line.split() for line in lines if line.split()[0] == login)
        return found[1], found[2]

    def drain(self) -> None:
        """Run every waiting job here and now."""
        factory.worker(self.parts, "journey").drain()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(chosen: Settings, clock: Clock | None = None) -> Iterator[Site]:
    """Pages, API and predictions in a thread of this process."""
    endpoint = Endpoint(chosen)
    with ExitStack() as stack:
        stack.callback(endpoint.close)
        parts = stack.enter_context(factory.opened(chosen, endpoint, clock))
        predictions, pages = serving_app(chosen, parts.predictions), create_app(parts)
        stack.callback(predictions.close)

        async def both(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            ours = scope["type"] != "lifespan" and serves(str(scope.get("path", "")))
            await (predictions if ours else pages)(scope, receive, send)

        port = free_port()
        server = uvicorn.Server(uvicorn.Config(both, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        for _ in range(200):
            if server.started:
                break
            thread.join(0.05)
        stack.enter_context(announced(chosen.home, f"http://127.0.0.1:{port}"))
        try:
            yield Site(f"http://127.0.0.1:{port}", parts, chosen.home)
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's home, its story told once by the acts that a user calls."""
    home = tmp_path_factory.mktemp("demonstration") / "home"
    chosen = Settings(home=home, environment="demo", lease_seconds=10.0)
    teller = threading.Thread(target=tell_story, args=(chosen, True))  # the browser's loop runs in this thread
    teller.start()
    teller.join()
    return home


@pytest.fixture(scope="module")
def demo(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, served from a copy, so that each file of tests finds it as it was told."""
    home = tmp_path_factory.mktemp("copy") / "home"
    shutil.copytree(told, home)
    with served(Settings(home=home, environment="demo", lease_seconds=10.0)) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; an error in a page's script fails the file whose tests met it."""
    if not CHROMIUM:
        pytest.fail("Chromium is missing: install the system package `chromium`, then run again.")
    expect.set_options(timeout=60_000)  # patience for a busy machine; nothing is measured by it
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        plain, met = started.new_context, []

        def noted(error: WebError) -> None:
            if "ransition" not in str(error.error):  # a view transition that the next navigation cuts short
                met.append(f"{error.page and error.page.url}: {error.error}")

        def watched(**options: Any) -> BrowserContext:
            context = plain(**options)
            context.on("weberror", noted)
            return context

        started.new_context = watched  # type: ignore[method-assign]
        yield started
        started.close()
    assert met == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor at a desktop."""
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def faults() -> Any:
    """What axe and a narrow screen say against a page: an empty list is what we want."""

    def look(page: Page) -> list[str]:
        found = [f"{page.url}: {v['id']} at {v['nodes'][0]['target']}" for v in Axe().run(page).response["violations"]]
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        return found + ([f"{page.url}: {width} pixels too wide for a phone"] if width else [])

    return look


@pytest.fixture(scope="session")
def serve() -> Any:
    """Serves an installation."""
    return served


def sign_in(page: Page, site: Site, login: str, password: str, name: str) -> None:
    """Sign in by the page, as this person."""
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Name to sign in").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.locator(".me")).to_have_text(name)


@pytest.fixture(scope="session")
def signing_in() -> Callable[..., None]:
    """`sign_in`, for a page that is open already."""
    return sign_in


@pytest.fixture(scope="module")
def enter(browser: Browser) -> Callable[..., AbstractContextManager[Page]]:
    """A browser of one's own, signed in: `with enter(site, login, password, name) as page`."""

    @contextmanager
    def entered(site: Site, login: str, password: str, name: str, **options: Any) -> Iterator[Page]:
        context: BrowserContext = browser.new_context(**{"viewport": DESKTOP} | options)
        context.set_default_timeout(60_000)
        page = context.new_page()
        sign_in(page, site, login, password, name)
        yield page
        context.close()

    return entered
