"""A ledger, an engine and a clock for each test; SQLite in a folder, PostgreSQL in a private cluster on a socket."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from glassworks.store.database import open_engine, upgrade
from glassworks.store.ledger import SqlLedger
from glassworks.store.memory import MemoryLedger

CREW = Path(__file__).parent / "crew.py"
NUMBERS = count(1)


class HandClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    if not found:
        pytest.fail("PostgreSQL is missing. Run: apt-get install postgresql", pytrace=False)
    return found[-1]


@contextmanager
def private_cluster() -> Iterator[str]:
    """A PostgreSQL of our own in a new folder, reached by its unix socket only; ended and removed afterwards."""
    binaries, folder = _binaries(), Path(tempfile.mkdtemp(prefix="gw-pg-"))
    account: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root; its package made this account
        owner = pwd.getpwnam("postgres")
        account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    initdb = [binaries / "initdb", "-D", folder / "rows", "-U", "glassworks", "-A", "trust", "-E", "UTF8"]
    subprocess.run(
        [*initdb, "--locale=C", "--no-sync"], check=True, capture_output=True, cwd=folder, timeout=60, **account
    )
    with (folder / "log").open("wb") as log:
        command = [binaries / "postgres", "-D", folder / "rows", "-k", folder, "-c", "listen_addresses=", "-F"]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **account)
    try:
        ready = [binaries / "pg_isready", "-q", "-h", folder, "-U", "glassworks", "-d", "postgres"]
        while subprocess.run(ready, check=False, timeout=10).returncode != 0:
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
        yield f"postgresql://glassworks@/{{name}}?host={folder}"
    finally:
        server.send_signal(2)  # SIGINT: fast shutdown
        server.wait(timeout=30)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    with private_cluster() as url:
        yield url


def new_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a new empty database."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'home' / 'glassworks.db'}"
    pattern: str = request.getfixturevalue("cluster")
    name = f"t{next(NUMBERS)}"
    admin = open_engine(pattern.format(name="postgres"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return pattern.format(name=name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return new_database(request.param, request, tmp_path)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An up-to-date database."""
    engine = open_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def sql_ledger(engine: Engine, clock: HandClock) -> SqlLedger:
    return SqlLedger(engine, clock)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, clock: HandClock, tmp_path: Path) -> Iterator[SqlLedger | MemoryLedger]:
    """Each ledger that ships: the laws hold for all of them."""
    if request.param == "memory":
        yield MemoryLedger(clock)
        return
    engine = open_engine(new_database(request.param, request, tmp_path))
    upgrade(engine)
    yield SqlLedger(engine, clock)
    engine.dispose()


class Crew:
    """Other processes, each running one command of `crew.py`."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        """A process that waits to be told to go."""
        command = [sys.executable, str(CREW), *map(str, arguments)]
        self.started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return self.started[-1]

    def go(self, *processes: "subprocess.Popen[str]") -> None:
        """Let processes that are all ready begin together."""
        for process in processes:
            assert process.stdout and process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()

    def run(self, *commands: tuple[object, ...]) -> list[list[str]]:
        """What each command said until all of them ended well."""
        processes = [self.start(*command) for command in commands]
        self.go(*processes)
        said = [process.communicate(timeout=120)[0].splitlines() for process in processes]
        assert [process.returncode for process in processes] == [0] * len(processes)
        return said


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew()
    yield made
    for process in made.started:
        process.kill()
        process.communicate()
