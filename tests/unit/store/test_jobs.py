"""The job table: one worker at a time has a job, and no job is lost or done twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from glassworks.core.errors import NotFound
from glassworks.core.journal import Act
from glassworks.core.ports import Job
from glassworks.store.jobs import SqlJobQueue
from glassworks.store.ledger import SqlLedger

LEASE = 30


@pytest.fixture
def queue(engine: Engine, clock: Any) -> SqlJobQueue:
    return SqlJobQueue(engine, clock, lease_seconds=LEASE, max_attempts=3)


def claimed(queue: SqlJobQueue, worker: str = "one") -> Job:
    job = queue.claim(worker)
    assert job is not None
    return job


def test_a_job_is_asked_for_claimed_and_done(queue: SqlJobQueue, clock: Any) -> None:
    asked = queue.enqueue("build", {"candidate": "c1", "deep": [1, {"a": None}]}, key="k", use_case="u", asked_by="ann")
    assert (asked.state, asked.attempt, asked.asked_at) == ("waiting", 0, clock.now())
    job = claimed(queue)
    assert (job.id, job.state, job.attempt, job.fence) == (asked.id, "running", 1, 1)
    assert job.arguments == {"candidate": "c1", "deep": [1, {"a": None}]}
    assert queue.heartbeat(job, "half of the trees", 0.5)
    assert queue.heartbeat(job)
    assert (queue.get(job.id).progress, queue.get(job.id).share) == ("half of the trees", 0.5)
    assert queue.claim("two") is None
    assert queue.complete(job)
    done = queue.get(job.id)
    assert (done.state, done.share, done.finished_at) == ("done", 1.0, clock.now())
    assert isinstance(done.asked_at, datetime) and done.asked_at.utcoffset() == timedelta(0)


def test_jobs_are_taken_oldest_first_and_listed_newest_first(queue: SqlJobQueue) -> None:
    asked = [queue.enqueue("n", {}, key=str(n), use_case="even" if n % 2 == 0 else "odd").id for n in range(4)]
    assert [job.id for job in queue.recent()] == asked[::-1]
    assert [job.id for job in queue.recent(use_case="odd")] == [asked[3], asked[1]]
    assert [job.id for job in queue.recent(limit=1)] == [asked[3]]
    assert [claimed(queue).id for _ in range(4)] == asked
    assert queue.claim("one") is None


def test_the_same_key_gives_the_same_job_until_it_is_finished(queue: SqlJobQueue) -> None:
    first = queue.enqueue("n", {}, key="k")
    assert queue.enqueue("n", {"other": 1}, key="k").id == first.id
    job = claimed(queue)
    again = queue.enqueue("n", {}, key="k")
    assert (again.id, again.state) == (first.id, "running")
    queue.complete(job)
    assert queue.enqueue("n", {}, key="k").id != first.id


def test_a_worker_without_heartbeat_loses_its_job_and_its_writes_are_refused(queue: SqlJobQueue, clock: Any) -> None:
    queue.enqueue("n", {}, key="k")
    dead = claimed(queue, "dead")
    clock.advance(LEASE - 1)
    assert queue.claim("live") is None
    clock.advance(1)
    live = claimed(queue, "live")
    assert (live.id, live.attempt, live.fence) == (dead.id, 2, 2)
    assert not queue.heartbeat(dead)
    assert not queue.complete(dead)
    assert not queue.fail(dead, "too late", again=False)
    assert queue.get(live.id).state == "running"
    assert queue.complete(live)
    assert not queue.complete(live)


def test_a_slow_worker_that_gives_heartbeats_keeps_its_job(queue: SqlJobQueue, clock: Any) -> None:
    queue.enqueue("n", {}, key="k")
    slow = claimed(queue, "slow")
    for _ in range(10):
        clock.advance(LEASE - 1)
        assert queue.heartbeat(slow)
        assert queue.claim("thief") is None
    assert queue.complete(slow)


def test_a_failed_job_is_tried_again_until_its_attempts_are_used_up(queue: SqlJobQueue) -> None:
    asked = queue.enqueue("n", {}, key="k")
    for attempt in (1, 2, 3):
        job = claimed(queue)
        assert job.attempt == attempt
        assert queue.fail(job, f"attempt {attempt} broke", again=True)
    ended = queue.get(asked.id)
    assert (ended.state, ended.error) == ("failed", "attempt 3 broke")
    assert ended.finished_at is not None
    assert queue.claim("one") is None


def test_a_failure_that_trying_again_cannot_mend_ends_the_job(queue: SqlJobQueue) -> None:
    asked = queue.enqueue("n", {}, key="k")
    assert queue.fail(claimed(queue), "no such\x00 column", again=False)
    assert (queue.get(asked.id).state, queue.get(asked.id).error) == ("failed", "no such column")


def test_a_job_that_kills_its_workers_is_given_up_and_the_next_one_goes_on(queue: SqlJobQueue, clock: Any) -> None:
    poison = queue.enqueue("n", {}, key="poison")
    for _ in range(3):
        assert claimed(queue).id == poison.id
        clock.advance(LEASE)
    good = queue.enqueue("n", {}, key="good")
    assert claimed(queue).id == good.id
    assert queue.get(poison.id).state == "failed"
    assert "each of 3 attempts" in queue.get(poison.id).error


def test_a_job_is_asked_for_with_its_act_or_not_at_all(queue: SqlJobQueue, sql_ledger: SqlLedger) -> None:
    with pytest.raises(ZeroDivisionError), sql_ledger.transaction():
        sql_ledger.note(Act(act="submit", who="ann"))
        queue.enqueue("n", {}, key="k")
        assert len(queue.recent()) == 1
        raise ZeroDivisionError
    assert queue.recent() == []
    with sql_ledger.transaction():
        sql_ledger.note(Act(act="submit", who="ann"))
        asked = queue.enqueue("n", {}, key="k")
    assert [job.id for job in queue.recent()] == [asked.id]


def test_a_job_is_done_with_its_act_or_not_at_all(queue: SqlJobQueue, sql_ledger: SqlLedger) -> None:
    queue.enqueue("n", {}, key="k")
    job = claimed(queue)
    with pytest.raises(ZeroDivisionError), sql_ledger.transaction():
        sql_ledger.note(Act(act="scored", who="office"))
        assert queue.complete(job)
        raise ZeroDivisionError
    assert queue.get(job.id).state == "running"
    assert list(sql_ledger.entries()) == []


def test_many_workers_take_each_job_once(queue: SqlJobQueue, url: str, crew: Any) -> None:
    asked = {queue.enqueue("n", {}, key=str(n)).id for n in range(90)}
    said: list[list[str]] = crew.run(*(("work", url, worker) for worker in "abc"))
    taken = [id for one in said for id in one]
    assert sorted(taken) == sorted(asked)
    jobs: list[Any] = queue.recent(limit=100)
    assert {(job.state, job.attempt) for job in jobs} == {("done", 1)}


def test_many_who_ask_for_the_same_keys_are_given_the_same_jobs(queue: SqlJobQueue, url: str, crew: Any) -> None:
    first, second = crew.run(*[("ask", url, 60)] * 2)
    assert first == second
    assert len(queue.recent(limit=100)) == 60


def test_a_job_that_nobody_asked_for_is_not_found(queue: SqlJobQueue) -> None:
    with pytest.raises(NotFound, match="no job called job-0"):
        queue.get("job-0")
