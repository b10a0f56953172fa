"""The ledger and the job table."""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
LIVE = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    """Make the tables of the ledger and of the jobs."""
    op.create_table(
        "records",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("use_case", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("written_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_records"),
        sa.UniqueConstraint("kind", "id", name="uq_records_kind_id"),
    )
    op.create_index("ix_records_kind_use_case", "records", ["kind", "use_case", "number"])
    op.create_index("ix_records_kind_line", "records", ["kind", "line", "number"])
    op.create_table(
        "journal",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("use_case", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_journal"),
        sa.UniqueConstraint("previous", name="uq_journal_previous"),
    )
    op.create_index("ix_journal_use_case", "journal", ["use_case", "number"])
    _jobs()


def _jobs() -> None:
    words = ("id", "name", "key", "use_case", "asked_by", "state", "progress", "error", "worker")
    op.create_table(
        "jobs",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in words),
        sa.Column("arguments", sa.JSON, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("lease_until", sa.String(27)),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.Column("finished_at", sa.String(27)),
        sa.PrimaryKeyConstraint("number", name="pk_jobs"),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
    )
    op.create_index("ix_jobs_live_key", "jobs", ["key"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("ix_jobs_state", "jobs", ["state", "number"])
    op.create_index("ix_jobs_use_case", "jobs", ["use_case", "number"])
