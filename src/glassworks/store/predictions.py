"""The prediction log: one row for each answer, on disk before the answer leaves, erasable without losing the proof."""

import queue
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from glassworks.core.errors import Broken
from glassworks.core.ports import Clock
from glassworks.store.clock import SystemClock
from glassworks.store.lines import Line
from glassworks.store.segments import Segments, write_whole

Score = float | list[float] | None


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """One answered row. `id` joins its outcome; `request` and `place` say which row of which request it was.

    `named` says that the caller chose the request's id, so that a repeated request gets the same answer.
    """

    id: str
    request: str
    place: int = 0
    of: int = 1
    named: bool = False
    release: str
    at: str
    reference: str = ""
    inputs: dict[str, Any]
    score: Score = None
    decision: str
    act: bool | None = None
    reasons: list[str] = []
    abstained: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """What came of one prediction, reported later; a later report corrects an earlier one."""

    id: str
    outcome: str | float | int | bool
    release: str = ""
    at: str = ""


class Closed(NamedTuple):
    """A closed segment as the journal keeps it."""

    segment: str
    hash: str
    rows: int


class _Place(NamedTuple):
    segment: str
    offsets: list[int]


class _Group(NamedTuple):
    rows: Sequence[Prediction]
    done: "Future[list[Prediction]]"


def _still_to_come(body: bytes) -> int:
    row = _row(body)
    return row.of - 1 - row.place


def _row(body: bytes) -> Prediction:
    try:
        return msgspec.json.decode(body, type=Prediction)
    except msgspec.MsgspecError as error:
        raise Broken("A row of the prediction log cannot be read.", "It was changed after it was written.") from error


class PredictionLog:
    """Predictions and their outcomes under one folder, by segments of a minute.

    Parameters
    ----------
    folder : where both logs live; several processes may share it.
    clock : where the time comes from.
    remember : how long a request id chosen by a caller keeps giving the answer it was given first.
    key : the office's key of this log; rows written without it do not follow each other.
    """

    def __init__(
        self, folder: Path, clock: Clock | None = None, remember: timedelta = timedelta(days=7), key: bytes = b""
    ) -> None:
        self._clock = clock or SystemClock()
        self._remember, self._folder = remember, folder
        self._rows = Segments(folder / "predictions", self._clock.now, _still_to_come, key=key)
        self._outcomes = Segments(folder / "outcomes", self._clock.now, key=key)
        self._index: dict[tuple[str, str], _Place] = {}
        self._waiting: queue.SimpleQueue[_Group | None] = queue.SimpleQueue()
        self._closing, self._sound = False, True
        self._writer: threading.Thread | None = None
        self._starting = threading.Lock()

    def append(self, rows: Sequence[Prediction]) -> list[Prediction]:
        """Log the rows of one request and return after fsync: with these rows, or those logged first under its id.

        Raises
        ------
        Broken : the disk refused; nothing was logged, so nothing may be answered.
        """
        return self.submit(rows).result()

    def submit(self, rows: Sequence[Prediction]) -> "Future[list[Prediction]]":
        """Like `append`, without waiting: requests that wait together share one fsync."""
        done: Future[list[Prediction]] = Future()
        done.set_running_or_notify_cancel()
        if self._closing:
            done.set_exception(Broken("The prediction log is closed.", next_step="Try again in a moment."))
        elif not rows:
            done.set_result([])
        else:
            self._start()
            self._waiting.put(_Group(rows, done))
        return done

    def ready(self) -> bool:
        """Whether rows can be written; after a failed write the disk is tried again."""
        if not self._sound:
            try:
                write_whole(self._folder / "probe", b"\n" * 4096)
                self._sound = True
            except OSError:
                return False
        return not self._closing and self._start().is_alive()

    def answered(self, release: str, request: str) -> list[Prediction]:
        """The rows logged under a request id that a caller chose; an empty list when there are none."""
        self._start()
        place = self._index.get((release, request))
        return self._at(place) if place else []

    def read(
        self, release: str = "", since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Prediction]:
        """Logged rows in order, of one release or all, answered in `[since, until)`; erased rows are gone."""
        first = f"{since.astimezone(UTC):%Y%m%dT%H%M}" if since else ""
        for line in self._rows.read(first):
            row = _row(line.body)
            at = datetime.fromisoformat(row.at)
            if (not release or row.release == release) and (not since or at >= since) and (not until or at < until):
                yield row

    def report_outcomes(self, outcomes: Iterable[tuple[str, str | float | int | bool]], release: str = "") -> int:
        """Log what came of predictions, by row id, and return after fsync with how many were logged."""
        at = stamp(self._clock.now())
        bodies = [msgspec.json.encode(Outcome(id, outcome, release, at)) for id, outcome in outcomes]
        if bodies:
            with self._outcomes.locked():
                name = self._outcomes.current()
                self._outcomes.news(name)
                self._outcomes.write(name, bodies)
        return len(bodies)

    def matured(self, release: str) -> Iterator[tuple[Prediction, str | float | int | bool]]:
        """Each row of a release whose outcome is known, with the latest report of it."""
        known: dict[str, str | float | int | bool] = {}
        for line in self._outcomes.read():
            outcome = msgspec.json.decode(line.body, type=Outcome)
            if outcome.release in ("", release):
                known[outcome.id] = outcome.outcome
        return ((row, known[row.id]) for row in self.read(release) if row.id in known)

    def erase(self, reference: str) -> int:
        """Erase every row of a person, and the outcomes of those rows; the answer is how many rows there were.

        Of each line only its link and salted digest stay: everything verifies as before, and nothing can be read.
        """
        if not reference:
            return 0
        mark = b'"reference":' + msgspec.json.encode(reference)
        with self._rows.locked():
            lines = [line for line in self._rows.read() if mark in line.body]
            rows = [(line, _row(line.body)) for line in lines]
            rows = [(line, row) for line, row in rows if row.reference == reference]
            self._rows.erase([line for line, _ in rows])
        gone = {(row.release, row.id) for _, row in rows} | {("", row.id) for _, row in rows}
        with self._outcomes.locked():
            found = [(line, msgspec.json.decode(line.body, type=Outcome)) for line in self._outcomes.read()]
            self._outcomes.erase([line for line, outcome in found if (outcome.release, outcome.id) in gone])
        return len(rows)

    def erased(self) -> int:
        """How many rows were erased in all: no more than the journal's erasures add up to, or someone blanked rows."""
        return self._rows.erased()

    def close_segments(self, now: datetime) -> list[Closed]:
        """Close the segments of minutes that are over; the caller journals each name, hash and number of rows."""
        return [
            Closed(f"{log.folder.name}/{seal.segment}", seal.hash, seal.rows)
            for log in (self._rows, self._outcomes)
            for seal in log.close_before(now.astimezone(UTC))
        ]

    def closed(self, after: Iterable[str] = ()) -> list[Closed]:
        """Closed segments later than those named: what a caller that was killed before it journalled them missed."""
        last = {kind: name for kind, _, name in (one.partition("/") for one in sorted(after))}
        return [
            Closed(f"{log.folder.name}/{seal.segment}", seal.hash, seal.rows)
            for log in (self._rows, self._outcomes)
            for seal in log.seals(last.get(log.folder.name, ""))
        ]

    def faults(self, journalled: Mapping[str, str]) -> list[str]:
        """What is not as it was written, also in the minute that is open; `journalled`: hash by closed segment."""
        found = []
        for log in (self._rows, self._outcomes):
            kind = log.folder.name
            own = {one.partition("/")[2]: hash for one, hash in journalled.items() if one.startswith(f"{kind}/")}
            found += [f"{kind}: {fault}" for fault in log.faults(own)]
        return found

    def close(self) -> None:
        """Write what waits, then end the writer."""
        self._closing = True
        if self._writer:
            self._waiting.put(None)
            self._writer.join(timeout=30)

    def _start(self) -> threading.Thread:
        """The writer, started at the first row after reading which requests are answered; readers need none."""
        if self._writer is None:
            with self._starting:
                if self._writer is None:
                    with self._rows.locked():
                        for name in self._rows.names(self._oldest()):
                            self._learn(self._rows.news(name))
                    writer = threading.Thread(target=self._write_forever, name="prediction-log", daemon=True)
                    writer.start()
                    self._writer = writer
        return self._writer

    def _oldest(self) -> str:
        return f"{(self._clock.now() - self._remember).astimezone(UTC):%Y%m%dT%H%M}"

    def _at(self, place: _Place) -> list[Prediction]:
        bodies = [self._rows.body_at(place.segment, offset) for offset in place.offsets]
        return [_row(body) for body in bodies] if all(bodies) else []

    def _learn(self, lines: Iterable[Line]) -> None:
        self._remember_places((line.segment, line.offset, _row(line.body)) for line in lines if line.body)

    def _remember_places(self, places: Iterable[tuple[str, int, Prediction]]) -> None:
        found: dict[tuple[str, str], _Place] = {}
        for segment, offset, row in places:
            if row.named:
                if row.place == 0:
                    found[row.release, row.request] = _Place(segment, [])
                if place := found.get((row.release, row.request)):
                    place.offsets.append(offset)
        for key, place in found.items():
            self._index.pop(key, None)
            self._index[key] = place

    def _forget(self) -> None:
        oldest = self._oldest()
        while self._index and (key := next(iter(self._index))) and self._index[key].segment < oldest:
            del self._index[key]

    def _write_forever(self) -> None:
        ended = False
        while not ended:
            groups = [self._waiting.get()]
            while len(groups) < 1000 and not self._waiting.empty():
                groups.append(self._waiting.get())
            ended = None in groups
            asked = [group for group in groups if group is not None]
            try:
                self._commit(asked)
            except Exception as error:
                self._sound = False
                for group in asked:
                    if not group.done.done():
                        group.done.set_exception(_refused(error))

    def _commit(self, groups: Sequence[_Group]) -> None:
        with self._rows.locked():
            name = self._rows.current()
            self._learn(self._rows.news(name))
            fresh: dict[tuple[str, str], _Group] = {}
            earlier: list[tuple[_Group, list[Prediction]]] = []
            for group in groups:
                row = group.rows[0]
                key = (row.release, row.request)
                if row.named and key in fresh:
                    earlier.append((group, list(fresh[key].rows)))
                elif row.named and (found := self.answered(*key)):
                    earlier.append((group, found))
                else:
                    fresh[key] = group
            self._write(name, list(fresh.values()))
            self._sound = True
        for group in fresh.values():
            group.done.set_result(list(group.rows))
        for group, rows in earlier:
            group.done.set_result(rows)
        self._forget()

    def _write(self, name: str, groups: Sequence[_Group]) -> None:
        rows = [row for group in groups for row in group.rows]
        if not rows:
            return
        offsets = self._rows.write(name, [msgspec.json.encode(row) for row in rows])
        self._remember_places((name, offset, row) for offset, row in zip(offsets, rows, strict=True))


def stamp(moment: datetime) -> str:
    """A moment as the log writes it: UTC, with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _refused(error: Exception) -> Broken:
    return Broken(
        "The prediction could not be recorded, so it is not given.",
        type(error).__name__,
        "Ask the operator to look at the disk of the prediction log, then try again.",
    )
