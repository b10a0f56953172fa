"""How the web process listens: it notes its address while it lives, and does not wait for half a request."""

import asyncio
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

NOTE = "server.json"
HEAD_SECONDS = 15.0
HEAD_BYTES = 16 * 1024


def bound(config: uvicorn.Config) -> socket.socket:
    """The port, ours and listening. Its connections send at once: the second of two small packets waits for nobody.

    The event loop sees to that only for ports that it opens itself; without it each request on a kept connection
    takes 40 ms longer.
    """
    port = config.bind_socket()
    port.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    port.listen(config.backlog)
    return port


@contextmanager
def announced(home: Path, url: str) -> Iterator[None]:
    """Note the address in `server.json`, locked while inside; call it when the port is ours already.

    The system lets go of the lock when the process ends, however it ends: a note without a lock is about the past,
    and whoever listens on its port may be anybody.
    """
    with _locked(home / NOTE) as file:
        file.truncate(0)
        json.dump({"url": url, "pid": os.getpid()}, file)
        file.flush()
        try:
            yield
        finally:
            (home / NOTE).unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[IO[str]]:
    while True:
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if path.exists() and path.stat().st_ino == os.fstat(file.fileno()).st_ino:
                yield file
                return


class Impatient(H11Protocol):
    """HTTP/1.1 that ends a connection on which no whole request head has come for a while."""

    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look at the clock."""
        super().connection_made(transport)
        self._look()

    def _look(self, before: object = None, again: bool = False) -> None:
        answering = self.cycle is not None and not self.cycle.response_complete
        if self.transport.is_closing():
            return
        if again and self.cycle is before and not answering:
            self.transport.close()
            return
        self.loop.call_later(self.head_seconds, self._look, self.cycle, True)
