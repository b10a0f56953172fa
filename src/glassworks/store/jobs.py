"""The lease table of jobs: asked for in the act's own transaction, claimed with a fence, kept by a heartbeat."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from glassworks.core.errors import NotFound
from glassworks.core.ports import Clock, Job
from glassworks.core.record import Moment, new_id
from glassworks.store.database import reading, writing
from glassworks.store.tables import jobs

LONGEST_TEXT = 4000
SHOWN = [jobs.c[name] for name in Job.model_fields]


class SqlJobQueue:
    """`core.ports.JobQueue` on SQLite or PostgreSQL.

    Parameters
    ----------
    engine : the ledger's engine, so that a job is asked for together with the act that needs it.
    lease_seconds : a worker that gives no heartbeat for so long loses its job to another.
    max_attempts : after so many attempts a job is `failed`, also when its workers died without a word.
    """

    def __init__(self, engine: Engine, clock: Clock, lease_seconds: float = 30, max_attempts: int = 3) -> None:
        self._engine = engine
        self._clock = clock
        self._lease = timedelta(seconds=lease_seconds)
        self._max_attempts = max_attempts

    def enqueue(
        self, name: str, arguments: Mapping[str, Any], *, key: str, use_case: str = "", asked_by: str = ""
    ) -> Job:
        """Ask for work; the same `key` while it waits or runs gives the same job."""
        job = Job(
            id=new_id("job"),
            name=name,
            arguments=dict(arguments),
            use_case=use_case,
            asked_by=asked_by,
            asked_at=self._clock.now(),
        )
        values = {**job.model_dump(), "key": key, "worker": ""}
        make = postgresql_insert if self._engine.dialect.name == "postgresql" else sqlite_insert
        live = select(*SHOWN).where(jobs.c.key == key, jobs.c.state.in_(("waiting", "running")))
        with writing(self._engine) as connection:
            while True:
                if connection.execute(make(jobs).values(values).on_conflict_do_nothing()).rowcount == 1:
                    return job
                standing = connection.execute(live).first()
                if standing is not None:  # else it ended between the two statements: ask again
                    return Job.model_validate(standing._asdict())

    def claim(self, worker: str) -> Job | None:
        """Take the oldest waiting job, or one whose lease has run out."""
        now = self._clock.now()
        free = or_(jobs.c.state == "waiting", and_(jobs.c.state == "running", jobs.c.lease_until <= now))
        with reading(self._engine) as connection:
            if connection.execute(select(jobs.c.id).where(free).limit(1)).first() is None:
                return None
        query = select(*SHOWN).where(free).order_by(jobs.c.number).limit(1).with_for_update(skip_locked=True)
        with writing(self._engine) as connection:
            while (row := connection.execute(query).first()) is not None:
                job = Job.model_validate(row._asdict())
                if job.attempt < self._max_attempts:
                    new: dict[str, Any] = {"state": "running", "attempt": job.attempt + 1, "fence": job.fence + 1}
                    lease = {"worker": worker, "lease_until": now + self._lease}
                    connection.execute(update(jobs).where(jobs.c.id == job.id).values(**new, **lease))
                    return job.model_copy(update=new)
                lost = f"The worker stopped without a word in each of {job.attempt} attempts."
                connection.execute(update(jobs).where(jobs.c.id == job.id).values(**_ended("failed", now, lost)))
        return None

    def heartbeat(self, job: Job, progress: str = "", share: float = 0.0) -> bool:
        """Renew the lease and say how far it is; False when the job was taken over."""
        said = {"progress": _text(progress)} if progress else {}
        done = {"share": share} if share else {}
        return self._write(job, {"lease_until": self._clock.now() + self._lease, **said, **done})

    def complete(self, job: Job) -> bool:
        """The work is done; False when the job was taken over meanwhile."""
        return self._write(job, {**_ended("done", self._clock.now(), ""), "share": 1.0})

    def fail(self, job: Job, error: str, *, again: bool) -> bool:
        """The work failed; `again` puts it back until its attempts are used up."""
        if again and job.attempt < self._max_attempts:
            return self._write(job, {"state": "waiting", "lease_until": None, "error": _text(error)})
        return self._write(job, _ended("failed", self._clock.now(), error))

    def get(self, id: str) -> Job:
        """One job. Raises `NotFound`."""
        with reading(self._engine) as connection:
            row = connection.execute(select(*SHOWN).where(jobs.c.id == id)).first()
        if row is None:
            raise NotFound(f"There is no job called {id}.", "", "Check the name.")
        return Job.model_validate(row._asdict())

    def recent(self, *, use_case: str = "", limit: int = 20) -> list[Job]:
        """The latest jobs, newest first."""
        query = select(*SHOWN).order_by(jobs.c.number.desc()).limit(limit)
        if use_case:
            query = query.where(jobs.c.use_case == use_case)
        with reading(self._engine) as connection:
            return [Job.model_validate(row._asdict()) for row in connection.execute(query)]

    def _write(self, job: Job, values: dict[str, Any]) -> bool:
        mine = (jobs.c.id == job.id, jobs.c.fence == job.fence, jobs.c.state == "running")
        with writing(self._engine) as connection:
            return connection.execute(update(jobs).where(*mine).values(**values)).rowcount == 1


def _ended(state: str, now: Moment, error: str) -> dict[str, Any]:
    return {"state": state, "finished_at": now, "lease_until": None, "error": _text(error)}


def _text(value: str) -> str:
    return value.replace("\x00", "")[:LONGEST_TEXT]
