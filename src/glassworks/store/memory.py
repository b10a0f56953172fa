"""A ledger in memory that keeps the same laws, for notebooks and for the tests of people who build on Glassworks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from glassworks.core import canonical
from glassworks.core.journal import Act, Entry
from glassworks.core.ports import Clock, R
from glassworks.core.record import Record
from glassworks.store import entries


@dataclass(frozen=True)
class Kept:
    """One record as it stands: its version and its plain facts."""

    version: int
    body: dict[str, Any]


class MemoryLedger:
    """`core.ports.Ledger` without a database; one thread writes at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = threading.RLock()
        self._kept: dict[tuple[str, str], Kept] = {}
        self._journal: list[Entry] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written together or not at all; inner transactions join the outer."""
        with self._turn:
            kept, length = dict(self._kept), len(self._journal)
            try:
                yield
            except BaseException:
                self._kept = kept
                del self._journal[length:]
                raise

    def add(self, record: Record, act: Act) -> None:
        """Write a new record. Raises `Conflict` when the id is taken."""
        with self.transaction():
            if (record.kind, record.id) in self._kept:
                raise entries.taken(type(record), record.id)
            self._write(record, 1, act)

    def replace(self, record: Record, expected_version: int, act: Act) -> None:
        """Write the next version of a record, if it still stands at `expected_version`; else `Conflict`."""
        with self.transaction():
            if self.version(type(record), record.id) != expected_version:
                raise entries.moved_on(type(record), record.id)
            self._write(record, expected_version + 1, act)

    def note(self, act: Act) -> None:
        """Journal an act that writes no record, such as a refusal."""
        with self.transaction():
            self._append(act, {})

    def get(self, kind: type[R], id: str) -> R:
        """One record. Raises `NotFound`."""
        return kind.model_validate(self._one(kind, id).body)

    def version(self, kind: type[R], id: str) -> int:
        """The ledger's version of one record: 1 when added, one more at each replace."""
        return self._one(kind, id).version

    def find(self, kind: type[R], **equal: Any) -> list[R]:
        """Records whose named fields equal the values, oldest first."""
        entries.check_fields(kind, equal)
        with self._turn:
            bodies = [kept.body for (name, _), kept in self._kept.items() if name == kind.kind]
        found = [kind.model_validate(body) for body in bodies]
        return [record for record in found if entries.matches(record, equal)]

    def entries(self, *, use_case: str = "", after: int = 0, limit: int = 0) -> Iterator[Entry]:
        """The journal, oldest first; `limit` 0 means all."""
        with self._turn:
            found = [e for e in self._journal[after:] if not use_case or e.act.use_case == use_case]
        yield from found[: limit or None]

    def newest(self) -> int:
        """The number of the journal's last entry; 0 when it is empty."""
        with self._turn:
            return len(self._journal)

    def standing(self) -> Iterator[tuple[str, str]]:
        """Each record as `kind:id` with the digest of its facts as they stand now: what an audit compares."""
        with self._turn:
            kept = list(self._kept.items())
        yield from ((f"{kind}:{id}", canonical.digest(one.body)) for (kind, id), one in kept)

    def _one(self, kind: type[Record], id: str) -> Kept:
        with self._turn:
            kept = self._kept.get((kind.kind, id))
        if kept is None:
            raise entries.absent(kind, id)
        return kept

    def _write(self, record: Record, version: int, act: Act) -> None:
        facts, digest = entries.storable(record)
        self._kept[record.kind, record.id] = Kept(version, facts)
        self._append(act, {entries.name_of(type(record), record.id): digest})

    def _append(self, act: Act, wrote: dict[str, str]) -> None:
        last = self._journal[-1] if self._journal else None
        entry = entries.chained((last.number, last.hash) if last else entries.EMPTY, self._clock.now(), act, wrote)
        entries.storable(entry)
        self._journal.append(entry)
