"""Whoever listens on the port of a server that is gone is sent nothing: no token, no password, no question."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from glassworks.cli.listening import Impatient, announced
from glassworks.cli.scoring import Endpoint
from glassworks.core.errors import GlassworksError
from glassworks.sdk import server
from glassworks.settings import Settings


class Stranger:
    """Listens on a port, answers every request as if all were well, and keeps what it was sent."""

    def __init__(self, port: int) -> None:
        self.heard: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            with caller:
                self.heard.append(caller.recv(4000))
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


def until(held: Callable[[], object]) -> None:
    for _ in range(600):
        if held():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@pytest.fixture
def served(set_up: Path, tmp_path: Path) -> Iterator[tuple[Path, "subprocess.Popen[bytes]"]]:
    home = tmp_path / "home"
    shutil.copytree(set_up, home)
    environment = {**os.environ, "GLASSWORKS_HOME": str(home), "GLASSWORKS_PORT": "0"}
    command = [sys.executable, "-m", "glassworks.cli", "serve"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: server.running(home))
        yield home, process
    finally:
        process.terminate()
        process.wait()


def note(home: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((home / "server.json").read_text())
    return found


def test_a_killed_server_leaves_a_note_that_nobody_follows(served: tuple[Path, "subprocess.Popen[bytes]"]) -> None:
    home, process = served
    told = note(home)
    os.kill(process.pid, signal.SIGKILL)
    os.kill(int(str(told["pid"])), signal.SIGKILL)
    process.wait()
    port = int(str(told["url"]).rpartition(":")[2])
    until(lambda: not listening(port))
    stranger = Stranger(port)
    try:
        assert note(home) == told, "the note is still there"
        assert server.running(home) == ""
        endpoint = Endpoint(Settings(home=home))
        with pytest.raises(GlassworksError):
            endpoint.score("rel-none", [{"a": 1}], request="r")
        endpoint.close()
        assert stranger.heard == []
    finally:
        stranger.close()


def test_a_server_that_ends_as_asked_takes_its_note_away(served: tuple[Path, "subprocess.Popen[bytes]"]) -> None:
    home, process = served
    process.terminate()
    assert process.wait() == 0
    assert not (home / "server.json").exists() and server.running(home) == ""


def test_a_second_note_waits_for_the_first_and_is_not_lost_with_it(tmp_path: Path) -> None:
    entered = threading.Event()

    def second() -> None:
        with announced(tmp_path, "http://second"):
            entered.set()
            leave.wait()

    leave = threading.Event()
    thread = threading.Thread(target=second)
    with announced(tmp_path, "http://first"):
        thread.start()
        assert note(tmp_path)["url"] == "http://first" and not entered.wait(0.2)
    assert entered.wait(5) and note(tmp_path)["url"] == "http://second"
    leave.set()
    thread.join()
    assert not (tmp_path / "server.json").exists()


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Hurried(Impatient):
    head_seconds = 0.3


async def hello(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    if scope["path"] == "/slow":
        await asyncio.sleep(1.0)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def answer(caller: socket.socket) -> bytes:
    """The answer, which ends in ok."""
    found = b""
    while not found.endswith(b"ok"):
        more = caller.recv(1000)
        assert more, found
        found += more
    return found


def test_half_a_request_head_is_not_waited_for_and_a_slow_answer_is() -> None:
    config = uvicorn.Config(hello, port=0, http=Hurried, log_level="error", lifespan="off")
    port = config.bind_socket()
    port.listen()
    app = uvicorn.Server(config)
    thread = threading.Thread(target=app.run, args=([port],))
    thread.start()
    address = port.getsockname()
    half, slow = socket.create_connection(address, timeout=10), socket.create_connection(address, timeout=10)
    half.sendall(b"GET /fast HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer(half)
    half.sendall(b"GET /fast HTTP/1.1\r\nHo")
    slow.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    assert half.recv(1000) == b"", "the connection was ended"
    assert answer(slow)
    app.should_exit = True
    thread.join()
    half.close()
    slow.close()
