"""The prediction log: on disk before it answers, erasable, verifiable, one row a request id."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from glassworks.core.errors import Broken
from glassworks.store.predictions import Prediction, PredictionLog, stamp


@pytest.fixture
def clock(fakes: Any) -> Any:
    return fakes.FakeClock()


@pytest.fixture
def log(tmp_path: Path, clock: Any) -> Iterator[PredictionLog]:
    made = PredictionLog(tmp_path, clock)
    yield made
    made.close()


def row(id: str = "", at: datetime | None = None, **more: Any) -> Prediction:
    id = id or os.urandom(6).hex()
    facts = {"id": id, "request": id, "release": "rel-1", "inputs": {"age": 41}, "score": 0.3, "decision": "call"}
    moment = at or datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    return Prediction(**(facts | {"at": stamp(moment), "reference": "anna"} | more))


def hashes(closed: list[Any]) -> dict[str, str]:
    return {one.segment: one.hash for one in closed}


def flips(whole: bytes) -> list[bytes]:
    """The content with one bit changed, once at each byte."""
    return [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in range(len(whole))]


def files(tmp_path: Path, kind: str = "predictions") -> list[Path]:
    return sorted((tmp_path / kind).glob("*/*.log"))


def test_rows_are_read_back_by_release_and_time(log: PredictionLog, clock: Any) -> None:
    begin = clock.now()
    for minute in range(4):
        log.append([row(f"r{minute}", clock.now(), release=f"rel-{minute % 2}")])
        clock.forward(minutes=1)
    assert [r.id for r in log.read()] == ["r0", "r1", "r2", "r3"]
    assert [r.id for r in log.read("rel-1")] == ["r1", "r3"]
    since, until = begin + timedelta(minutes=1), begin + timedelta(minutes=3)
    assert [r.id for r in log.read(since=since, until=until)] == ["r1", "r2"]


def test_many_appenders_at_once_lose_nothing_and_share_their_fsyncs(
    log: PredictionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), real(handle))[1])
    threads = [threading.Thread(target=lambda: [log.append([row()]) for _ in range(20)]) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(log.read())) == 320 and len(synced) < 320


def test_the_same_named_request_gives_the_first_answer_even_at_once_and_after_a_restart(
    log: PredictionLog, tmp_path: Path, clock: Any
) -> None:
    waiting = [log.submit([row("again", named=True, score=n / 10)]) for n in range(5)]
    assert {future.result()[0].score for future in waiting} == {0.0}
    second = PredictionLog(tmp_path, clock)
    assert second.answered("rel-1", "again")[0].score == 0.0
    assert second.append([row("again", named=True, score=0.9)])[0].score == 0.0
    assert second.append([row("again", named=True, score=0.9, release="rel-2")])[0].score == 0.9
    second.close()
    assert len(list(log.read("rel-1"))) == 1


def test_two_processes_on_one_log_see_each_others_requests(log: PredictionLog, tmp_path: Path, clock: Any) -> None:
    other = PredictionLog(tmp_path, clock)
    other.append([row("a", named=True, score=0.1)])
    assert log.append([row("a", named=True, score=0.2)])[0].score == 0.1
    log.append([row("b", named=True, score=0.3)])
    assert other.append([row("b", named=True, score=0.4)])[0].score == 0.3
    other.close()


def test_a_request_id_is_forgotten_after_its_time(tmp_path: Path, clock: Any) -> None:
    log = PredictionLog(tmp_path, clock, remember=timedelta(hours=1))
    log.append([row("a", named=True, score=0.1)])
    clock.forward(hours=2)
    log.append([row("b", named=True)])
    assert log.answered("rel-1", "a") == [] and log.answered("rel-1", "b")
    log.close()


@pytest.mark.parametrize("cut", [1, 40, 100, 200])
def test_what_a_killed_writer_left_half_written_is_cut_off_and_the_rest_stays(
    log: PredictionLog, tmp_path: Path, clock: Any, cut: int
) -> None:
    log.append([row("whole")])
    log.close()
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:-cut] if cut < len(whole) else whole)
    again = PredictionLog(tmp_path, clock)
    assert [r.id for r in again.read()] == ["whole"]
    again.append([row("next")])
    again.close()
    assert [r.id for r in PredictionLog(tmp_path, clock).read()] == ["whole", "next"]


def test_a_request_of_which_only_some_rows_were_written_is_cut_off_as_a_whole(
    log: PredictionLog, tmp_path: Path, clock: Any
) -> None:
    rows = [row(f"r/{n}", request="r", place=n, of=3, named=True) for n in range(3)]
    log.append([row("whole")])
    log.append(rows)
    log.close()
    (path,) = files(tmp_path)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    again = PredictionLog(tmp_path, clock)
    assert again.answered("rel-1", "r") == [] and [r.id for r in again.read()] == ["whole"]
    assert [r.id for r in again.append(rows)] == ["r/0", "r/1", "r/2"]
    assert len(again.answered("rel-1", "r")) == 3
    again.close()


def test_a_refused_write_leaves_nothing_behind(log: PredictionLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.append([row("before")])

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(Broken, match="could not be recorded"):
            log.append([row("lost", named=True)])
        assert not log.ready()
    assert log.ready()
    log.append([row("after")])
    assert [r.id for r in log.read()] == ["before", "after"] and log.answered("rel-1", "lost") == []


def test_closed_segments_verify_and_follow_each_other(log: PredictionLog, clock: Any) -> None:
    for _ in range(3):
        log.append([row(), row()])
        log.report_outcomes([("x", 1)])
        clock.forward(minutes=1)
    log.append([row()])
    closed = log.close_segments(clock.now())
    assert [c.rows for c in closed] == [2, 2, 2, 1, 1, 1]
    assert log.close_segments(clock.now()) == [] and log.closed() == closed
    assert log.faults(hashes(closed)) == []
    last = closed[1].segment
    assert log.closed(after=[last]) == [c for c in closed if c.segment > last or c.segment.startswith("outcomes")]


def test_a_person_is_erased_and_every_hash_still_verifies(log: PredictionLog, tmp_path: Path, clock: Any) -> None:
    log.append([row("a1", reference="anna", inputs={"age": 77123}), row("b1", reference="ben")])
    log.append([row("a2", reference="anna"), row("c", reference="annabel", inputs={"note": '"reference":"anna"'})])
    log.report_outcomes([("a1", "yes"), ("b1", "no")], release="rel-1")
    clock.forward(minutes=1)
    closed = log.close_segments(clock.now())
    log.append([row("a3", reference="anna", named=True)])
    assert log.erase("anna") == 3 and log.erased() == 3 and log.erase("anna") == 0 and log.erase("") == 0
    assert [r.id for r in log.read()] == ["b1", "c"]
    assert [(r.id, outcome) for r, outcome in log.matured("rel-1")] == [("b1", "no")]
    content = b"".join(path.read_bytes() for path in files(tmp_path) + files(tmp_path, "outcomes"))
    assert b"77123" not in content and b'"a1"' not in content and b'"reference":"anna"}' not in content
    assert log.faults(hashes(closed)) == []
    assert log.answered("rel-1", "a3") == []
    log.append([row("a4", reference="anna")])
    clock.forward(minutes=1)
    closed += log.close_segments(clock.now())
    assert len(closed) == 3 and log.faults(hashes(closed)) == []


@pytest.mark.parametrize("closed", [False, True])
def test_one_changed_byte_of_a_row_is_found_in_the_open_minute_as_in_a_closed_one(
    log: PredictionLog, tmp_path: Path, clock: Any, closed: bool
) -> None:
    log.append([row("a"), row("b"), row("c", reference="ben"), row("d", reference="ben"), row("e", reference="ben")])
    log.report_outcomes([("a", "yes")])
    log.erase("ben")
    clock.forward(minutes=1)
    journalled = hashes(log.close_segments(clock.now())) if closed else {}
    assert log.faults(journalled) == []
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"]
    assert len(kept) == (6 if closed else 4)
    for path in kept:
        whole = path.read_bytes()
        for content in flips(whole):
            path.write_bytes(content)
            assert (found := log.faults(journalled)) and found[0].startswith(path.relative_to(tmp_path).parts[0])
        path.write_bytes(whole)
        path.unlink()
        assert log.faults(journalled), f"{path.name} is gone"
        path.write_bytes(whole)
    assert log.faults(journalled) == []


def test_rows_cut_off_or_written_anew_in_the_open_minute_are_found_also_after_more_rows(
    tmp_path: Path, clock: Any
) -> None:
    log = PredictionLog(tmp_path, clock, key=b"the office's")
    log.append([row("a"), row("b")])
    (path,) = files(tmp_path)
    whole, note = path.read_bytes(), tmp_path / "predictions" / ".head"
    lines = whole.splitlines(keepends=True)
    forger = PredictionLog(tmp_path / "forger", clock, key=b"a guess")
    forger.append([row("a", score=0.9), row("b")])
    (forged,) = files(tmp_path / "forger")
    for content in (b"", lines[0], lines[1], forged.read_bytes(), lines[0] + forged.read_bytes().splitlines()[1]):
        before = note.read_bytes()
        path.write_bytes(content)
        assert log.faults({}), "found at once"
        late = PredictionLog(tmp_path, clock, key=b"the office's")
        late.append([row("c")])
        assert late.faults({}), "and after the next row"
        clock.forward(minutes=1)
        late.append([row("d")])
        assert late.faults(hashes(late.close_segments(clock.now()))), "and after the minute is closed"
        late.close()
        for other in tmp_path.glob("predictions/*/*"):
            other.unlink()
        path.write_bytes(whole)
        note.write_bytes(before)
        assert PredictionLog(tmp_path, clock, key=b"the office's").faults({}) == []
    log.close()
    forger.close()


def test_a_minute_that_is_taken_away_before_it_is_closed_is_found(
    log: PredictionLog, tmp_path: Path, clock: Any
) -> None:
    for id in ("a", "b", "c"):
        log.append([row(id)])
        clock.forward(minutes=1)
    for path in files(tmp_path):
        whole = path.read_bytes()
        path.unlink()
        assert log.faults({})
        path.write_bytes(whole)
    assert log.faults({}) == []
    files(tmp_path)[-1].unlink()
    log.append([row("d")])
    assert log.faults({})


def test_what_a_killed_writer_left_half_written_is_no_fault(log: PredictionLog, tmp_path: Path, clock: Any) -> None:
    log.append([row("a")])
    note = (tmp_path / "predictions" / ".head").read_bytes()
    log.append([row("b")])
    log.close()
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes() + path.read_bytes()[:50])
    (tmp_path / "predictions" / ".head").write_bytes(note)
    again = PredictionLog(tmp_path, clock)
    assert again.faults({}) == []
    clock.forward(minutes=1)
    again.append([row("c")])
    assert again.faults(hashes(again.close_segments(clock.now()))) == []
    assert [r.id for r in again.read()] == ["a", "b", "c"]
    again.close()


def test_a_lost_line_an_added_one_or_another_order_is_found(log: PredictionLog, tmp_path: Path, clock: Any) -> None:
    log.append([row("a"), row("b"), row("c")])
    clock.forward(minutes=1)
    (closed,) = log.close_segments(clock.now())
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for content in [whole.replace(b"0.3", b"0.9", 1), *(b"".join(kept) for kept in (lines[:2], lines[::-1], [])),
                    whole + lines[0]]:  # fmt: skip
        path.write_bytes(content)
        assert log.faults({closed.segment: closed.hash})
    path.unlink()
    assert "missing" in log.faults({closed.segment: closed.hash})[0]
    path.write_bytes(whole)
    assert log.faults({closed.segment: closed.hash}) == []
    assert log.faults({closed.segment: "sha256:" + "0" * 64}) and log.faults({"predictions/x": closed.hash})


def test_a_forged_segment_with_a_new_seal_differs_from_what_was_journalled(
    log: PredictionLog, tmp_path: Path, clock: Any
) -> None:
    log.append([row("a"), row("b")])
    clock.forward(minutes=1)
    (closed,) = log.close_segments(clock.now())
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    path.with_suffix(".seal").unlink()
    (again,) = log.close_segments(clock.now())
    assert again.hash != closed.hash and "journalled" in " ".join(log.faults({closed.segment: closed.hash}))


def test_a_clock_that_goes_back_writes_into_no_closed_segment(log: PredictionLog, clock: Any) -> None:
    log.append([row("a")])
    clock.forward(minutes=1)
    closed = log.close_segments(clock.now())
    clock.forward(hours=-2)
    log.append([row("b")])
    assert log.faults(hashes(closed)) == []
    clock.forward(hours=3)
    closed += log.close_segments(clock.now())
    assert len(closed) == 2 and log.faults(hashes(closed)) == []
    assert [r.id for r in log.read()] == ["a", "b"]


def test_outcomes_join_by_row_id_and_a_later_report_corrects(log: PredictionLog) -> None:
    log.append([row("a"), row("b")])
    log.append([row("a", release="rel-2")])
    assert log.report_outcomes([("a", "no"), ("b", "no"), ("nobody", "yes")], release="rel-1") == 3
    log.report_outcomes([("a", "yes")], release="rel-1")
    assert {r.id: outcome for r, outcome in log.matured("rel-1")} == {"a": "yes", "b": "no"}
    assert list(log.matured("rel-2")) == []


def test_a_row_altered_on_disk_is_reported_as_broken(log: PredictionLog, tmp_path: Path) -> None:
    log.append([row("a")])
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"release"', b'"re1ease"'))
    with pytest.raises(Broken, match="changed after"):
        list(log.read())


def test_the_log_is_for_its_own_user_only(log: PredictionLog, tmp_path: Path) -> None:
    log.append([row()])
    (path,) = files(tmp_path)
    assert path.stat().st_mode & 0o077 == 0 and path.parent.stat().st_mode & 0o077 == 0


def test_a_closed_log_refuses_rows(tmp_path: Path, clock: Any) -> None:
    log = PredictionLog(tmp_path, clock)
    log.close()
    with pytest.raises(Broken):
        log.append([row()])
