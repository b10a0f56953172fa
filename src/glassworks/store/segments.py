"""Append-only files of lines that follow each other: acknowledged after fsync, erasable, and still verifiable."""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import accumulate
from pathlib import Path

import msgspec

from glassworks.core.errors import Broken, NotFound
from glassworks.core.journal import GENESIS
from glassworks.store.lines import LINK, Head, Line, line_after

FORMAT = b"glassworks-segment/2"
NAME = re.compile(r"\d{8}T\d{4}-\d{4}")
HEAD = re.compile(rb"(\d{8}T\d{4}-\d{4}) (\d{20}) ([0-9a-f]{64})\n")


class Seal(msgspec.Struct, frozen=True):
    """A closed segment: how many lines it has, its hash, and the hash of the segment closed before it."""

    segment: str
    previous: str
    hash: str
    rows: int


class Segments:
    """A folder of segments, one a minute, shared by processes through one lock file.

    Parameters
    ----------
    folder : where the segments live; made when absent, mode 0700.
    now : the time; it names the segment. A clock that goes back never reopens an older segment.
    group : the number of lines still to come after this body in its group. What a killed writer left of an
        unfinished group was never acknowledged and is cut off by the next writer.
    key : what only the office knows; whoever does not have it cannot write lines that follow each other.
    """

    def __init__(
        self,
        folder: Path,
        now: Callable[[], datetime],
        group: Callable[[bytes], int] = lambda body: 0,
        key: bytes = b"",
    ) -> None:
        self.folder, self._now, self._group, self._key = folder, now, group, key
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._ends: dict[str, Head] = {}
        self._last = ""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one writer, eraser or closer at a time, over all threads and processes."""
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def names(self, since: str = "") -> list[str]:
        """All segments named `since` or later, oldest first."""
        return self._stems("*.log", since)

    def current(self) -> str:
        """The segment to write to now; never one that is closed or older than one written before."""
        self._last = self._last or max(self.names(), default="")
        if (noted := self._head().segment) > self._last and self._path(noted).exists():
            self._last = noted
        name = max(f"{self._now():%Y%m%dT%H%M}-0000", self._last)
        while self._seal_path(name).exists():
            minute, turn = name.split("-")
            name = f"{minute}-{int(turn) + 1:04d}"
        self._last = name
        return name

    def news(self, name: str) -> list[Line]:
        """The whole lines of a segment that this object has not seen; the rest of a torn group is cut off.

        Call it with the lock held.
        """
        path, known = self._path(name), self._ends.get(name, Head(name))
        if not path.exists() or path.stat().st_size == known.end:
            return []
        lines, self._ends[name] = self._mended(name, known)
        return lines

    def write(self, name: str, bodies: Sequence[bytes]) -> list[int]:
        """Write lines at the end of a segment and fsync; the answer is where each begins. Call it with the lock held.

        Raises
        ------
        OSError : the disk refused; the segment is as it was before.
        """
        path = self._path(name)
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700)
            sync_folder(self.folder)
        lines, link, fresh = [], self._last_link(name), not path.exists()
        for body in bodies:
            lines.append(line_after(link, body, self._key))
            link = lines[-1][:LINK]
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        begin = os.fstat(handle).st_size
        try:
            content = memoryview(b"".join(lines))
            while content:
                content = content[os.write(handle, content) :]
            os.fsync(handle)
            if fresh:
                sync_folder(path.parent)
            head = Head(name, os.fstat(handle).st_size, link)
            self._note(head)
            self._ends[name] = head
        except OSError:
            os.ftruncate(handle, begin)
            raise
        finally:
            os.close(handle)
        return list(accumulate((len(line) for line in lines[:-1]), initial=begin))

    def read(self, since: str = "") -> Iterator[Line]:
        """All whole lines that are not erased, in the order they were written, from segment `since` on."""
        for name in self.names(since):
            yield from (line for line in self._lines(name, 0) if not line.erased)

    def erased(self) -> int:
        """How many lines are blank."""
        return sum(line.erased for name in self.names() for line in self._lines(name, 0))

    def body_at(self, name: str, offset: int) -> bytes:
        """The body of the line at a place; empty when it was erased."""
        with self._path(name).open("rb") as file:
            file.seek(offset)
            return Line(name, offset, file.readline()).body

    def erase(self, lines: Sequence[Line]) -> None:
        """Overwrite salts and bodies, in place; links, digests and places stay. Call it with the lock held."""
        for name in sorted({line.segment for line in lines}):
            handle = os.open(self._path(name), os.O_WRONLY)
            try:
                for line in lines:
                    if line.segment == name:
                        os.pwrite(handle, line.blanked(), line.offset)
                os.fsync(handle)
            finally:
                os.close(handle)

    def close_before(self, now: datetime) -> list[Seal]:
        """Close every segment of a minute that is over; each seal holds the hash of the seal before it."""
        with self.locked():
            days = sorted(p.name for p in self.folder.iterdir() if p.is_dir())
            last = next((s for day in reversed(days) if (s := self._stems("*.seal", day, day))), [""])[-1]
            previous = self._seal(last).hash if last else GENESIS
            closed = []
            for name in self.names(last):
                if last < name < f"{now:%Y%m%dT%H%M}":
                    self._mended(name, Head(name))
                    seal = self._sealed(name, previous)
                    write_whole(self._seal_path(name), msgspec.json.encode(seal))
                    closed.append(seal)
                    previous = seal.hash
            return closed

    def seals(self, after: str = "") -> list[Seal]:
        """The seals of all closed segments named later than `after`, oldest first."""
        return [self._seal(name) for name in self._stems("*.seal", after) if name > after]

    def faults(self, journalled: Mapping[str, str]) -> list[str]:
        """What is not as it was written, one fault a segment at most; `journalled` has the hash of each closed one.

        What looks wrong is looked at again with the lock held: a writer or an eraser may have been at work.
        """
        if not self._faults(journalled):
            return []
        with self.locked():
            return self._faults(journalled)

    def _faults(self, journalled: Mapping[str, str]) -> list[str]:
        head, last, previous, reached = self._head(), b"", GENESIS, False
        names, sealed = self.names(), self._stems("*.seal", "")
        closed = {*names} & {*sealed}
        found = [f"segment {name} or its seal is missing" for name in sorted({*journalled, *sealed} - closed)]
        for name in names:
            fault = ""
            for place, line in enumerate(self._lines(name, 0, torn=name in closed), start=1):
                if not fault and line.altered(last, self._key):
                    fault = f"segment {name}: line {place} was changed, or one before it is gone"
                last = line.link
                reached = reached or Head(name, line.end, last) == head
            if name in closed:
                seal = self._sealed(name, previous)
                fault = fault or self._seal_fault(seal, journalled.get(name, seal.hash))
                previous = seal.hash
            found += [fault] if fault else []
        if last and not head.segment:
            found.append("its note of the last row is missing or cannot be read")
        elif head.segment and not reached:
            found.append(f"the last rows of segment {head.segment} are gone, or the note of them was changed")
        return found

    def _seal_fault(self, seal: Seal, journalled: str) -> str:
        if seal.hash != journalled:
            return f"segment {seal.segment} does not have the hash that was journalled"
        if self._seal_path(seal.segment).read_bytes() != msgspec.json.encode(seal):
            return f"segment {seal.segment} is not as its seal says, or the seal was changed"
        return ""

    def _stems(self, pattern: str, since: str, until: str = "9") -> list[str]:
        found = []
        for day in self.folder.glob("[0-9]*"):
            if since[:8] <= day.name <= until:
                found += [path.stem for path in day.glob(pattern) if NAME.fullmatch(path.stem) and path.stem >= since]
        return sorted(found)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise NotFound(f"There is no segment {name}.")
        return self.folder / name[:8] / f"{name}.log"

    def _seal_path(self, name: str) -> Path:
        return self._path(name).with_suffix(".seal")

    def _seal(self, name: str) -> Seal:
        try:
            return msgspec.json.decode(self._seal_path(name).read_bytes(), type=Seal)
        except msgspec.MsgspecError as error:
            raise Broken(f"The seal of segment {name} of the prediction log cannot be read.", str(error)) from error

    def _mended(self, name: str, known: Head) -> tuple[list[Line], Head]:
        found: list[Line] = []
        end, whole = known, 0
        for line in self._lines(name, known.end):
            found.append(line)
            if line.erased or self._group(line.body) == 0:
                end, whole = Head(name, line.end, line.link), len(found)
        if self._path(name).stat().st_size > end.end and not self._seal_path(name).exists():
            os.truncate(self._path(name), end.end)
        return found[:whole], end

    def _last_link(self, name: str) -> bytes:
        """What the next line follows: the last line on disk, or the one noted when that is not there any more."""
        last = self._ends.get(name, Head())
        if not last.link:
            earlier = (self._mended(one, Head(one))[1] for one in reversed(self.names()) if one < name)
            last = next((one for one in earlier if one.link), Head())
        head = self._head()
        return head.link if head[:2] >= last[:2] else last.link

    def _head(self) -> Head:
        try:
            found = HEAD.fullmatch((self.folder / ".head").read_bytes())
        except FileNotFoundError:
            return Head()
        return Head(found[1].decode(), int(found[2]), found[3]) if found else Head()

    def _note(self, head: Head) -> None:
        """Note the last line, so that cut rows are missed; without fsync: a note that lags behind is no fault."""
        content = b"%s %020d %s\n" % (head.segment.encode(), head.end, head.link)
        try:
            handle = os.open(self.folder / ".head", os.O_WRONLY)
        except FileNotFoundError:
            write_whole(self.folder / ".head", content)
            return
        try:
            os.pwrite(handle, content, 0)
        finally:
            os.close(handle)

    def _lines(self, name: str, begin: int, *, torn: bool = False) -> Iterator[Line]:
        """Lines from a place on; a last one without its end only when asked for."""
        with self._path(name).open("rb") as file:
            file.seek(begin)
            for raw in file:
                if not raw.endswith(b"\n") and not torn:
                    return
                yield Line(name, begin, raw)
                begin += len(raw)

    def _sealed(self, name: str, previous: str) -> Seal:
        total = hashlib.sha256(b"\n".join((FORMAT, previous.encode(), name.encode(), b"")))
        rows = 0
        for line in self._lines(name, 0, torn=True):
            total.update(line.link + b"\n")
            rows += 1
        return Seal(segment=name, previous=previous, hash="sha256:" + total.hexdigest(), rows=rows)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, also after a crash."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
