"""The other processes of the store's tests: `python crew.py COMMAND WHERE [ARGUMENT]`."""

import sys
from collections.abc import Callable, Iterator
from itertools import count

from glassworks.core.errors import Conflict
from glassworks.core.journal import Act
from glassworks.core.people import LineOfBusiness
from glassworks.store.clock import SystemClock
from glassworks.store.database import open_engine, upgrade
from glassworks.store.jobs import SqlJobQueue
from glassworks.store.ledger import SqlLedger
from glassworks.store.vault import FileVault

CLOCK = SystemClock()


def _ready() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def race(url: str, rounds: str) -> Iterator[str]:
    """Try to write every version of one record; say which ones were won."""
    ledger = SqlLedger(open_engine(url), CLOCK)
    line = ledger.find(LineOfBusiness)[0]
    _ready()
    for version in range(1, int(rounds) + 1):
        try:
            ledger.replace(line, version, Act(act="decide", who="x"))
        except Conflict:
            continue
        yield str(version)


def write(url: str, prefix: str) -> Iterator[str]:
    """Write records without end; say each one after it was acknowledged."""
    ledger = SqlLedger(open_engine(url), CLOCK)
    _ready()
    for number in count():
        line = LineOfBusiness(id=f"{prefix}-{number}", name="x", created_at=CLOCK.now())
        ledger.add(line, Act(act="open", who="x", detail={"text": "x" * 2000}))
        yield line.id


def work(url: str, worker: str) -> Iterator[str]:
    """Claim and complete jobs until none is left; say each one."""
    queue = SqlJobQueue(open_engine(url), CLOCK)
    _ready()
    while (job := queue.claim(worker)) is not None:
        assert queue.complete(job)
        yield job.id


def ask(url: str, keys: str) -> Iterator[str]:
    """Ask for the same jobs as others do; say what was given."""
    queue = SqlJobQueue(open_engine(url), CLOCK)
    _ready()
    for number in range(int(keys)):
        yield queue.enqueue("work", {}, key=str(number)).id


def bring_up(url: str, _: str) -> Iterator[str]:
    """Bring a new database up to date while others do the same."""
    _ready()
    upgrade(open_engine(url))
    yield "up"


def keep(path: str, blobs: str) -> Iterator[str]:
    """Put the same blobs into a vault as others do, reading each back at once."""
    vault = FileVault(path)
    _ready()
    for number in range(int(blobs)):
        content = bytes([number]) * 300_000
        digest = vault.put(content)
        assert vault.get(digest) == content
        yield digest


COMMANDS: dict[str, Callable[[str, str], Iterator[str]]] = {
    one.__name__: one for one in (race, write, work, ask, bring_up, keep)
}

if __name__ == "__main__":
    for said in COMMANDS[sys.argv[1]](sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""):
        print(said, flush=True)
