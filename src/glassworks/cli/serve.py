"""`glassworks serve`: a parent that keeps two children alive: one for pages and predictions, one for jobs."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import FrameType

import click

from glassworks import factory, settings
from glassworks.cli.listening import NOTE
from glassworks.cli.parent import end_with_parent, held
from glassworks.cli.session import SECRETS
from glassworks.core.errors import Conflict, FixTheInput, NotFound
from glassworks.settings import Settings

LOCK = "serve.lock"
ROLES = ("web", "worker")
CALM_SECONDS = 10.0
LONGEST_WAIT = 30.0


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or a free one when it is busy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in (wanted, 0):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError as error:
                raise FixTheInput(
                    f"Port {port} may not be used.", "", "Choose one above 1023.", field="port"
                ) from error
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise FixTheInput(f"Nothing can listen on {host}.", "", "Check the address.", field="host")


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what people sign in and sign with: a model's process can read that of its parent."""
    return {name: value for name, value in environ.items() if name not in SECRETS}


class Child:
    """One process that the parent keeps alive; it ends by itself when the parent is gone."""

    def __init__(self, role: str, environment: dict[str, str]) -> None:
        self.role, self._environment = role, environment
        self._failures, self._next, self._started = 0, 0.0, 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def keep_alive(self) -> None:
        """Start it when it is not running; the more often it fails at once, the longer the pause."""
        now = time.monotonic()
        if self.process and self.process.poll() is None:
            return
        if self.process:
            quick = now - self._started < CALM_SECONDS
            self._failures = self._failures + 1 if quick else 0
            self._next = now + min(LONGEST_WAIT, 0.2 * 2**self._failures)
            click.echo(f"The {self.role} process ended ({self.process.returncode}); it starts again.", err=True)
            self.process = None
        if now >= self._next:
            command = [sys.executable, "-m", "glassworks.cli", f"{self.role}-process"]
            self.process = subprocess.Popen(command, env=self._environment, stdin=subprocess.PIPE)  # noqa: S603
            self._started = now

    def end(self) -> None:
        """Ask it to end, then end it."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()


def supervise(chosen: Settings, open_on: str = "/") -> None:
    """Keep the children alive until this process is asked to end; one home has one such parent."""
    try:
        with held(chosen.home / LOCK):
            _supervise(chosen, open_on)
    except BlockingIOError as error:
        raise Conflict(
            f"{chosen.home} is served already.", "", "Open the address that server told, or end it first."
        ) from error


def _supervise(chosen: Settings, open_on: str) -> None:
    port = free_port(chosen.host, chosen.port)
    given = chosen.model_copy(update={"port": port})
    values = {settings.PREFIX + name.upper(): str(value) for name, value in given if value is not None}
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    children = [Child(role, without_secrets(os.environ) | values) for role in ROLES]
    note, told = chosen.home / NOTE, False
    note.unlink(missing_ok=True)
    try:
        while not stop.is_set():
            for child in children:
                child.keep_alive()
            if not told and note.exists():
                click.echo(f"\nGlassworks is at {url(given)}{open_on}   (Ctrl+C ends it)")
                told = True
            stop.wait(0.2)
    finally:
        for child in children:
            child.end()
        (chosen.home / NOTE).unlink(missing_ok=True)
        click.echo("Ended; everything is kept.")


def url(chosen: Settings) -> str:
    """Where the pages are."""
    host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    return f"http://{host}:{chosen.port}{chosen.root_path}"


@click.command()
@click.option("--host", default=None, help="Address to serve on (default: this machine only).")
@click.option("--port", type=int, default=None, help="Port; a free one is found when it is busy.")
@click.option("--root-path", default=None, help="Path prefix behind a reverse proxy, such as /glassworks.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when the process that started this one ends.")
def serve(host: str | None, port: int | None, root_path: str | None, with_parent: bool) -> None:
    """Serve an installation that `glassworks admin init` (or the demonstration) has set up."""
    chosen = factory.of_home(settings.read(host=host, port=port, root_path=root_path))
    if not factory.home_exists(chosen):
        raise NotFound(
            f"There is no installation in {chosen.home}.",
            "",
            "Run `glassworks admin init`, or `glassworks demo` first.",
        )
    if with_parent:
        end_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    supervise(chosen)
