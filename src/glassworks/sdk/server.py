"""A server of one's own as a child process: found when it runs, else started, and ended with its owner."""

import atexit
import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import httpx

from glassworks.core.errors import Broken, NotFound

SECONDS = 60.0


def home() -> Path:
    """The installation's folder: `GLASSWORKS_HOME`, or `.glassworks` here."""
    return Path(os.environ.get("GLASSWORKS_HOME") or ".glassworks")


def running(folder: Path) -> str:
    """The address of the folder's server when it answers, else nothing.

    The server holds a lock on its note while it lives. On the port of an old note may listen anybody: it is not asked.
    """
    try:
        with (folder / "server.json").open() as file:
            if not _held(file):
                return ""
            url = str(json.load(file)["url"])
        return url if httpx.get(f"{url}/health", timeout=3.0).status_code == 200 else ""
    except (OSError, ValueError, KeyError, TypeError, httpx.HTTPError):
        return ""


def _held(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


class Server:
    """A running server; `child` is set when it is ours to end."""

    def __init__(self, url: str, child: "subprocess.Popen[bytes] | None" = None) -> None:
        self.url, self._child = url, child
        if child:
            atexit.register(self.end)

    def end(self) -> None:
        """End the server if this process started it. Doing so twice is no fault."""
        if self._child and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._child.kill()
        self._child = None
        atexit.unregister(self.end)


def start() -> Server:
    """The server of the home, started when it does not run.

    Raises
    ------
    NotFound : there is no installation in the home.
    Broken : it did not answer in a minute.
    """
    folder = home()
    if url := running(folder):
        return Server(url)
    if not (folder / "keys").is_dir():
        raise NotFound(
            f"There is no installation in {folder}.",
            "Without a URL, the server of GLASSWORKS_HOME is used.",
            "Run `glassworks admin init` or `glassworks demo` first, or give the URL of a server.",
        )
    child = subprocess.Popen(
        [sys.executable, "-m", "glassworks.cli", "serve", "--with-parent"],
        stdout=subprocess.DEVNULL,
        stdin=subprocess.PIPE,
    )
    server, until = Server("", child), time.monotonic() + SECONDS
    while time.monotonic() < until and child.poll() is None:
        if url := running(folder):
            server.url = url
            return server
        time.sleep(0.1)
    server.end()
    raise Broken("The server did not start.", "", "Run `glassworks serve` to see why.")
