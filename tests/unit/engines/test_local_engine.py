"""The local engine on the real lease table: work is done once, whoever dies on the way."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from glassworks.core.errors import Conflict, FixTheInput
from glassworks.core.ports import Job
from glassworks.engines.local import LocalEngine, TakenOver, Tell
from glassworks.store.database import open_engine, upgrade
from glassworks.store.jobs import SqlJobQueue


class Now:
    """The real time, plus what a test adds to it."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    address = f"sqlite:///{tmp_path / 'jobs.db'}"
    engine = open_engine(address)
    upgrade(engine)
    engine.dispose()
    yield address


def queue(url: str, lease: float = 30.0, clock: Now | None = None) -> SqlJobQueue:
    return SqlJobQueue(open_engine(url), clock or Now(), lease_seconds=lease)


def test_jobs_are_done_in_the_order_they_were_asked_for(url: str) -> None:
    jobs, done = queue(url), []

    def note(job: Job, tell: Tell) -> None:
        tell("half way", 0.5)
        done.append(job.arguments["row"])

    for row in range(3):
        jobs.enqueue("note", {"row": row}, key=str(row))
    assert LocalEngine(jobs, {"note": note}, "w1").drain() == 3
    assert done == [0, 1, 2]
    last = jobs.recent()[0]
    assert (last.state, last.progress, last.share) == ("done", "half way", 1.0)


def test_an_error_for_a_person_is_told_in_full_and_not_tried_again(url: str) -> None:
    jobs = queue(url)
    job = jobs.enqueue("x", {}, key="x")

    def refuse(job: Job, tell: Tell) -> None:
        raise FixTheInput("The file is empty.", "", "Send another.")

    LocalEngine(jobs, {"x": refuse}, "w1").drain()
    assert (jobs.get(job.id).state, jobs.get(job.id).error) == ("failed", "The file is empty. Send another.")
    assert jobs.get(job.id).attempt == 1


@pytest.mark.parametrize("error", [Conflict("Someone was first."), ZeroDivisionError("a customer's row: Ada Lovelace")])
def test_what_may_pass_is_tried_again_and_no_row_is_told(url: str, error: Exception) -> None:
    jobs, tries = queue(url), []
    job = jobs.enqueue("x", {}, key="x")

    def stumble(job: Job, tell: Tell) -> None:
        tries.append(job.fence)
        if len(tries) < 3:
            raise error

    engine = LocalEngine(jobs, {"x": stumble}, "w1")
    assert engine.run_one()
    assert "Lovelace" not in jobs.get(job.id).error
    assert jobs.get(job.id).error
    engine.drain()
    assert jobs.get(job.id).state == "done"
    assert tries == [1, 2, 3]


def test_work_that_keeps_failing_ends_as_failed(url: str) -> None:
    jobs = queue(url)
    job = jobs.enqueue("x", {}, key="x")

    def never(job: Job, tell: Tell) -> None:
        raise ZeroDivisionError

    assert LocalEngine(jobs, {"x": never}, "w1").drain() == 3
    assert jobs.get(job.id).state == "failed"
    assert "ZeroDivisionError" in jobs.get(job.id).error


def test_work_that_nobody_knows_is_refused_by_name(url: str) -> None:
    jobs = queue(url)
    job = jobs.enqueue("conjure", {}, key="x")
    assert LocalEngine(jobs, {}, "w1").run_one()
    assert "conjure" in jobs.get(job.id).error


def test_a_heartbeat_keeps_the_job_longer_than_its_lease(url: str) -> None:
    clock = Now()
    jobs = queue(url, lease=1000, clock=clock)
    job = jobs.enqueue("x", {}, key="x")
    thieves: list[Job | None] = []
    beats = threading.Semaphore(0)
    renew = jobs.heartbeat

    def counted(job: Job, progress: str = "", share: float = 0.0) -> bool:
        held = renew(job, progress, share)
        beats.release()
        return held

    jobs.heartbeat = counted  # type: ignore[method-assign]

    def slow(job: Job, tell: Tell) -> None:
        for _ in range(4):
            clock.ahead += timedelta(seconds=600)
            while beats.acquire(blocking=False):
                pass
            assert beats.acquire(timeout=60)
            assert beats.acquire(timeout=60)
            thieves.append(jobs.claim("thief"))

    LocalEngine(jobs, {"x": slow}, "w1", beat_seconds=0.02).run_one()
    assert thieves == [None] * 4
    assert (jobs.get(job.id).state, jobs.get(job.id).attempt) == ("done", 1)


def test_a_worker_that_was_only_slow_writes_nothing_after_it_was_overtaken(url: str) -> None:
    clock = Now()
    jobs = queue(url, clock=clock)
    job = jobs.enqueue("x", {}, key="x")
    seen: list[str] = []

    def asleep(job: Job, tell: Tell) -> None:
        clock.ahead += timedelta(seconds=31)
        other = jobs.claim("w2")
        assert other is not None
        with pytest.raises(TakenOver):
            tell("still here", 0.9)
        seen.append("overtaken")
        assert jobs.complete(other)
        raise ZeroDivisionError

    LocalEngine(jobs, {"x": asleep}, "w1", beat_seconds=600).run_one()
    assert seen == ["overtaken"]
    assert (jobs.get(job.id).state, jobs.get(job.id).error, jobs.get(job.id).progress) == ("done", "", "")


def test_the_worker_outlives_a_queue_that_is_away_and_stops_when_told(url: str) -> None:
    jobs, stop, done = queue(url), threading.Event(), threading.Event()

    class Away:
        """A queue whose database is away for the first claims."""

        left = 2

        def __getattr__(self, name: str) -> object:
            if name == "claim" and self.left:
                self.left -= 1
                raise ConnectionError("the database is away")
            return getattr(jobs, name)

    jobs.enqueue("x", {}, key="x")
    engine = LocalEngine(Away(), {"x": lambda job, tell: done.set()}, "w1")  # type: ignore[arg-type]
    worker = threading.Thread(target=engine.run_forever, args=(stop, 0.01))
    worker.start()
    assert done.wait(20)
    stop.set()
    worker.join(20)
    assert not worker.is_alive()


WORKER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from glassworks.engines.local import LocalEngine
from glassworks.store.database import open_engine
from glassworks.store.jobs import SqlJobQueue

class Now:
    def now(self):
        return datetime.now(UTC)

def work(job, tell):
    (Path(job.arguments["folder"]) / "begun").touch()
    time.sleep(600)

jobs = SqlJobQueue(open_engine(sys.argv[1]), Now(), lease_seconds=1.0)
LocalEngine(jobs, {"work": work}, sys.argv[2], beat_seconds=0.2).drain()
"""


def test_a_job_of_a_killed_worker_is_finished_by_another_once(url: str, tmp_path: Path) -> None:
    jobs = queue(url, lease=1.0)
    job = jobs.enqueue("work", {"folder": str(tmp_path)}, key="x")
    victim = subprocess.Popen([sys.executable, "-c", WORKER, url, "victim"])
    until = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert jobs.get(job.id).state == "running"
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    assert jobs.get(job.id).state == "running"
    done: list[int] = []

    def work(job: Job, tell: Tell) -> None:
        done.append(job.fence)

    heirs = [LocalEngine(queue(url, lease=1.0), {"work": work}, f"heir-{n}", beat_seconds=0.2) for n in range(2)]
    while not done and time.monotonic() < until:
        threads = [threading.Thread(target=heir.run_one) for heir in heirs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(0.05)
    assert done == [2]
    assert (jobs.get(job.id).state, jobs.get(job.id).attempt, jobs.get(job.id).fence) == ("done", 2, 2)
    assert not heirs[0].run_one()
