"""The tables of the database: records, journal, jobs, sessions, drafts."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class MomentText(TypeDecorator[datetime]):
    """A moment as UTC text of fixed width: it sorts as time sorts, and reads the same in both databases."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if value else None


metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"})
Number = BigInteger().with_variant(Integer, "sqlite")

records = Table(
    "records",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("use_case", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("digest", Text, nullable=False),
    Column("written_at", MomentText, nullable=False),
    UniqueConstraint("kind", "id"),
    Index("ix_records_kind_use_case", "kind", "use_case", "number"),
    Index("ix_records_kind_line", "kind", "line", "number"),
)

journal = Table(
    "journal",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("use_case", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("body", JSON, nullable=False),
    UniqueConstraint("previous"),
    Index("ix_journal_use_case", "use_case", "number"),
)

LIVE = text("state IN ('waiting', 'running')")

jobs = Table(
    "jobs",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("key", Text, nullable=False),
    Column("use_case", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("progress", Text, nullable=False),
    Column("share", Float, nullable=False),
    Column("error", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("lease_until", MomentText),
    Column("asked_at", MomentText, nullable=False),
    Column("finished_at", MomentText),
    UniqueConstraint("id"),
    Index("ix_jobs_live_key", "key", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    Index("ix_jobs_state", "state", "number"),
    Index("ix_jobs_use_case", "use_case", "number"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("created_at", MomentText, nullable=False),
    Column("expires_at", MomentText, nullable=False),
    Index("ix_sessions_person", "person"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("use_case", String(120), primary_key=True),
    Column("part", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("typed", JSON, nullable=False),
    Column("saved_by", Text, nullable=False),
    Column("saved_at", MomentText, nullable=False),
)
