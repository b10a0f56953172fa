"""The ledger in a database: generic records and the hash-chained journal, written in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, or_, select, update

from glassworks.core import canonical
from glassworks.core.journal import Act, Entry
from glassworks.core.ports import Clock, R
from glassworks.core.record import Record
from glassworks.store import entries
from glassworks.store.database import reading, writing
from glassworks.store.tables import journal, records

COLUMNS = ("id", "use_case", "line")
PAGE = 500


class SqlLedger:
    """`core.ports.Ledger` on SQLite or PostgreSQL; every add, replace and note appends one journal entry."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written together or not at all; inner transactions join the outer."""
        with writing(self._engine, in_turn=True):
            yield

    def add(self, record: Record, act: Act) -> None:
        """Write a new record. Raises `Conflict` when the id is taken."""
        kind = type(record)
        facts, digest = entries.storable(record)
        with writing(self._engine, in_turn=True) as connection:
            if connection.execute(select(records.c.number).where(*_is(kind, record.id))).first():
                raise entries.taken(kind, record.id)
            values = self._columns(record, facts, digest)
            connection.execute(insert(records).values(kind=kind.kind, id=record.id, version=1, **values))
            self._append(connection, act, {entries.name_of(kind, record.id): digest})

    def replace(self, record: Record, expected_version: int, act: Act) -> None:
        """Write the next version of a record, if it still stands at `expected_version`; else `Conflict`."""
        kind = type(record)
        facts, digest = entries.storable(record)
        with writing(self._engine, in_turn=True) as connection:
            changed = connection.execute(
                update(records)
                .where(*_is(kind, record.id), records.c.version == expected_version)
                .values(version=expected_version + 1, **self._columns(record, facts, digest))
            )
            if changed.rowcount != 1:
                self.version(kind, record.id)
                raise entries.moved_on(kind, record.id)
            self._append(connection, act, {entries.name_of(kind, record.id): digest})

    def note(self, act: Act) -> None:
        """Journal an act that writes no record, such as a refusal."""
        with writing(self._engine, in_turn=True) as connection:
            self._append(connection, act, {})

    def get(self, kind: type[R], id: str) -> R:
        """One record. Raises `NotFound`."""
        return kind.model_validate(self._row(kind, id).body)

    def version(self, kind: type[R], id: str) -> int:
        """The ledger's version of one record: 1 when added, one more at each replace."""
        return int(self._row(kind, id).version)

    def find(self, kind: type[R], **equal: Any) -> list[R]:
        """Records whose named fields equal the values, oldest first."""
        entries.check_fields(kind, equal)
        query = select(records.c.body).where(records.c.kind == kind.kind).order_by(records.c.number)
        for name, value in equal.items():
            if isinstance(value, str):  # a StrEnum too; all other values are compared below
                query = query.where(_equals(name, value))
        with reading(self._engine) as connection:
            found = [kind.model_validate(body) for body in connection.scalars(query)]
        return [record for record in found if entries.matches(record, equal)]

    def entries(self, *, use_case: str = "", after: int = 0, limit: int = 0) -> Iterator[Entry]:
        """The journal, oldest first; `limit` 0 means all."""
        left = limit
        while True:
            size = min(PAGE, left) if limit else PAGE
            query = select(journal).where(journal.c.number > after)
            if use_case:
                query = query.where(journal.c.use_case == use_case)
            with reading(self._engine) as connection:
                page = connection.execute(query.order_by(journal.c.number).limit(size)).all()
            yield from (Entry.model_validate(_told(row)) for row in page)
            left -= len(page)
            if len(page) < size or (limit and left <= 0):
                return
            after = page[-1].number

    def newest(self) -> int:
        """The number of the journal's last entry; 0 when it is empty."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(journal.c.number))).scalar() or 0

    def standing(self) -> Iterator[tuple[str, str]]:
        """Each record as `kind:id` with the digest of its bytes as they stand now: what an audit compares."""
        after = 0
        while True:
            query = select(records).where(records.c.number > after).order_by(records.c.number).limit(PAGE)
            with reading(self._engine) as connection:
                page = connection.execute(query).all()
            for row in page:
                found = canonical.digest(_stands(row))
                yield f"{row.kind}:{row.id}", found if row.digest == found else f"{found}, kept as {row.digest}"
            if len(page) < PAGE:
                return
            after = page[-1].number

    def _columns(self, record: Record, facts: dict[str, Any], digest: str) -> dict[str, Any]:
        return {
            "use_case": record.use_case,
            "line": record.line,
            "body": facts,
            "digest": digest,
            "written_at": self._clock.now(),
        }

    def _row(self, kind: type[Record], id: str) -> Row[Any]:
        with reading(self._engine) as connection:
            row = connection.execute(select(records).where(*_is(kind, id))).first()
        if row is None:
            raise entries.absent(kind, id)
        return row

    def _append(self, connection: Connection, act: Act, wrote: dict[str, str]) -> None:
        last = connection.execute(
            select(journal.c.number, journal.c.hash).order_by(journal.c.number.desc()).limit(1)
        ).first()
        entry = entries.chained((last.number, last.hash) if last else entries.EMPTY, self._clock.now(), act, wrote)
        facts, _ = entries.storable(entry)
        connection.execute(
            insert(journal).values(
                number=entry.number,
                hash=entry.hash,
                previous=entry.previous,
                use_case=act.use_case,
                line=act.line,
                body=facts,
            )
        )


def _is(kind: type[Record], id: str) -> tuple[Any, ...]:
    return records.c.kind == kind.kind, records.c.id == id


def _stands(row: Row[Any]) -> Any:
    """The body as it is found: a column that says otherwise than its body counts as a change of the record."""
    if not isinstance(row.body, dict):
        return row.body
    return row.body | {name: getattr(row, name) for name in COLUMNS if name in row.body}


def _told(row: Row[Any]) -> Any:
    """An entry's body as it is found; a column that says otherwise than its body makes it another entry."""
    if not isinstance(row.body, dict) or not isinstance(act := row.body.get("act"), dict):
        return row.body
    place = {name: getattr(row, name) for name in ("use_case", "line") if getattr(row, name) or name in act}
    return row.body | {"number": row.number, "hash": row.hash, "previous": row.previous, "act": act | place}


def _equals(name: str, value: str) -> ColumnElement[bool]:
    if name in COLUMNS:
        return records.c[name] == value
    kept = records.c.body[name].as_string()
    return or_(kept == value, kept.is_(None))  # a body older than the field has none: the record knows its default
