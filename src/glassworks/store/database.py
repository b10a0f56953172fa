"""Opening the database, one transaction at a time, and bringing an older one up to date."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from glassworks.core.errors import Broken, FixTheInput

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_SECONDS = 60
ONE_WRITER = 0x61A55
"""The number of the PostgreSQL advisory lock that acts take in turn, so that the journal has one order."""

Held = tuple[Connection, int]
_open: ContextVar[Mapping[Engine, Held] | None] = ContextVar("glassworks_open_transactions", default=None)


def open_engine(url: str) -> Engine:
    """The database behind a URL, SQLite (`sqlite:///path`) or PostgreSQL (`postgresql://...`).

    Raises
    ------
    FixTheInput : the URL is not understood, or the PostgreSQL driver is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise FixTheInput(
            "The database URL is not understood.", "", "Write sqlite:///path or postgresql://user@host/name."
        ) from error
    if parsed.drivername == "sqlite" and parsed.database and parsed.database != ":memory:":
        return _open_sqlite(parsed)
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return _open_postgresql(parsed)
    raise FixTheInput(
        "This kind of database is not known.",
        "Glassworks keeps its ledger in a SQLite file or in PostgreSQL.",
        "Write sqlite:///path or postgresql://user@host/name.",
    )


def _open_sqlite(url: URL) -> Engine:
    file = Path(str(url.database))
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise FixTheInput(
            f"The database file {file} cannot be opened.",
            error.strerror or "",
            "Choose a folder that this account may write to.",
        ) from error
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": LOCK_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: object, _: ConnectionPoolEntry) -> None:
        _prepare_sqlite(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _prepare_sqlite(connection: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
    cursor = connection.cursor()  # type: ignore[attr-defined]
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _open_postgresql(url: URL) -> Engine:
    try:
        return create_engine(url.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise FixTheInput(
            "The PostgreSQL driver is not installed.", "", "Run: pip install 'glassworks[postgres]'"
        ) from error


def _joined(engine: Engine) -> Connection | None:
    held = (_open.get() or {}).get(engine)
    if held is None or held[1] != threading.get_ident() or held[0].closed:
        return None
    return held[0]


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        raise Broken(
            "The database did not do what it was asked; nothing was written.",
            f"It answered: {cause}.",
            "Look at the disk and the database server, then try again.",
        ) from error


@contextmanager
def writing(engine: Engine, *, in_turn: bool = False) -> Iterator[Connection]:
    """One transaction for writing; inside another of the same engine it joins as a savepoint.

    `in_turn` makes writers queue up from the first statement on; SQLite always does.
    """
    outer = _joined(engine)
    if outer is not None:
        with _in_words(), outer.begin_nested():
            yield outer
        return
    with _in_words(), engine.connect().execution_options(writes=True) as connection, connection.begin():
        if in_turn and engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": ONE_WRITER})
        token = _open.set({**(_open.get() or {}), engine: (connection, threading.get_ident())})
        try:
            yield connection
        finally:
            _open.reset(token)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read with; inside a transaction it sees what that has written."""
    outer = _joined(engine)
    with _in_words():
        if outer is not None:
            yield outer
        else:
            with engine.connect() as connection:
                yield connection


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to this version's tables, all steps in one transaction; many may call it at once.

    Raises
    ------
    FixTheInput : the database was written by a newer version of Glassworks.
    """
    script = ScriptDirectory(str(MIGRATIONS))
    with writing(engine, in_turn=True) as connection:
        context = MigrationContext.configure(
            connection, opts={"transactional_ddl": True, "fn": lambda now, _: script._upgrade_revs(to, now)}
        )
        _refuse_newer(script, context.get_current_revision())
        with Operations.context(context):
            context.run_migrations()


def _refuse_newer(script: ScriptDirectory, revision: str | None) -> None:
    try:
        script.get_revisions(revision or ())
    except CommandError as error:
        raise FixTheInput(
            "This database was written by a newer version of Glassworks.",
            f"It stands at step {revision}, which this version does not know.",
            "Install that version again, or restore a backup made by this one.",
        ) from error
