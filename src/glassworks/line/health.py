"""Whether this installation is well: the database answers, and a worker was seen lately."""

import os
from datetime import datetime, timedelta

from glassworks.core.people import LineOfBusiness
from glassworks.core.record import new_id
from glassworks.line.parts import Parts

LATELY = timedelta(seconds=90)
BEAT = "worker.seen"


def beat(parts: Parts) -> None:
    """A worker says that it lives; it calls this each time its clock turns."""
    draft = parts.settings.home / f".{BEAT}.{new_id('draft')}"
    draft.write_text(parts.now().isoformat())
    os.replace(draft, parts.settings.home / BEAT)


def seen(parts: Parts) -> datetime | None:
    """When a worker last said that it lives."""
    try:
        return datetime.fromisoformat((parts.settings.home / BEAT).read_text())
    except (OSError, ValueError):
        return None


def report(parts: Parts) -> dict[str, str]:
    """`database` is ok or unreachable; `worker` is ok, late or not seen."""
    last = seen(parts)
    worker = "not seen" if last is None else "ok" if parts.now() - last < LATELY else "late"
    try:
        parts.ledger.find(LineOfBusiness, id="")
        database = "ok"
    except Exception:  # whatever the database says, the answer is that it cannot be reached
        database = "unreachable"
    return {"status": "ok" if database == "ok" else "failing", "database": database, "worker": worker}
