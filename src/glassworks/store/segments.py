"""Append-only files of salted digests and bodies: acknowledged after fsync, erasable, and still verifiable."""

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from glassworks.core.errors import Broken, NotFound
from glassworks.core.journal import GENESIS

FORMAT = b"glassworks-segment/1"
DIGEST, SALT = 64, 32
BODY = DIGEST + SALT + 2
NAME = re.compile(r"\d{8}T\d{4}-\d{4}")


class Seal(msgspec.Struct, frozen=True):
    """A closed segment: how many lines it has, its hash, and the hash of the segment closed before it."""

    segment: str
    previous: str
    hash: str
    rows: int


class Line(NamedTuple):
    """One line in its place; `body` is empty when it was erased."""

    segment: str
    offset: int
    length: int
    digest: bytes
    body: bytes


def line_of(body: bytes) -> bytes:
    """A body as a line: HMAC-SHA256 of the body under a fresh random salt, the salt, the body.

    The salt goes when the body is erased, so that the digest that stays cannot be guessed back.
    """
    salt = secrets.token_hex(SALT // 2).encode()
    return hmac.new(salt, body, hashlib.sha256).hexdigest().encode() + b" " + salt + b" " + body + b"\n"


class Segments:
    """A folder of segments, one a minute, shared by processes through one lock file.

    Parameters
    ----------
    folder : where the segments live; made when absent, mode 0700.
    now : the time; it names the segment. A clock that goes back never reopens an older segment.
    group : the number of lines still to come after this body in its group. What a killed writer left of an
        unfinished group was never acknowledged and is cut off by the next writer.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime], group: Callable[[bytes], int] = lambda body: 0):
        self.folder, self._now, self._group = folder, now, group
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._ends: dict[str, int] = {}
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
        path, known = self._path(name), self._ends.get(name, 0)
        if not path.exists() or path.stat().st_size == known:
            return []
        lines, self._ends[name] = self._mended(name, known)
        return lines

    def write(self, name: str, lines: Sequence[bytes]) -> int:
        """Write lines at the end of a segment and fsync; the answer is where they begin. Call it with the lock held.

        Raises
        ------
        OSError : the disk refused; the segment is as it was before.
        """
        path = self._path(name)
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700)
            sync_folder(self.folder)
        fresh = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        begin = os.fstat(handle).st_size
        try:
            content = memoryview(b"".join(lines))
            while content:
                content = content[os.write(handle, content) :]
            os.fsync(handle)
            if fresh:
                sync_folder(path.parent)
            self._ends[name] = os.fstat(handle).st_size
        except OSError:
            os.ftruncate(handle, begin)
            raise
        finally:
            os.close(handle)
        return begin

    def read(self, since: str = "") -> Iterator[Line]:
        """All whole lines that are not erased, in the order they were written, from segment `since` on."""
        for name in self.names(since):
            yield from (line for line in self._lines(name, 0) if line.body)

    def erased(self) -> int:
        """How many lines are blank."""
        return sum(not line.body for name in self.names() for line in self._lines(name, 0))

    def body_at(self, name: str, offset: int) -> bytes:
        """The body of the line at a place; empty when it was erased."""
        with self._path(name).open("rb") as file:
            file.seek(offset)
            return _body(file.readline())

    def erase(self, lines: Sequence[Line]) -> None:
        """Overwrite salts and bodies with blanks, in place; digests and places stay. Call it with the lock held."""
        for name in sorted({line.segment for line in lines}):
            handle = os.open(self._path(name), os.O_WRONLY)
            try:
                for line in lines:
                    if line.segment == name:
                        blank = b" " * (line.length - DIGEST - 1)
                        os.pwrite(handle, blank, line.offset + DIGEST)
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
                    self._mended(name, 0)
                    seal = self._sealed(name, previous)
                    write_whole(self._seal_path(name), msgspec.json.encode(seal))
                    closed.append(seal)
                    previous = seal.hash
            return closed

    def seals(self, after: str = "") -> list[Seal]:
        """The seals of all closed segments named later than `after`, oldest first."""
        return [self._seal(name) for name in self._stems("*.seal", after) if name > after]

    def verify(self, name: str, expected: str) -> str:
        """What is wrong with a closed segment against its journalled hash; an empty text means it holds."""
        try:
            seal = self._seal(name)
            found = self._sealed(name, seal.previous)
        except OSError:
            return f"segment {name} or its seal is missing"
        for place, line in enumerate(self._raw(name), start=1):
            if _altered(line):
                return f"segment {name}: line {place} was changed after it was written"
        if found.hash != expected or seal.hash != expected:
            return f"segment {name} does not have the hash that was journalled"
        return ""

    def first_break(self) -> str:
        """Where the chain of closed segments breaks first, in words; an empty text means it holds."""
        previous = GENESIS
        for seal in self.seals():
            if seal.previous != previous:
                return f"segment {seal.segment} does not follow the segment closed before it"
            if wrong := self.verify(seal.segment, seal.hash):
                return wrong
            previous = seal.hash
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

    def _mended(self, name: str, begin: int) -> tuple[list[Line], int]:
        found: list[Line] = []
        end, whole = begin, 0
        for line in self._lines(name, begin):
            found.append(line)
            if not line.body or self._group(line.body) == 0:
                end, whole = line.offset + line.length, len(found)
        if self._path(name).stat().st_size > end and not self._seal_path(name).exists():
            os.truncate(self._path(name), end)
        return found[:whole], end

    def _raw(self, name: str) -> Iterator[bytes]:
        with self._path(name).open("rb") as file:
            yield from file

    def _lines(self, name: str, begin: int) -> Iterator[Line]:
        with self._path(name).open("rb") as file:
            file.seek(begin)
            for raw in file:
                if not raw.endswith(b"\n"):
                    return
                yield Line(name, begin, len(raw), raw[:DIGEST], _body(raw))
                begin += len(raw)

    def _sealed(self, name: str, previous: str) -> Seal:
        total = hashlib.sha256(b"\n".join((FORMAT, previous.encode(), name.encode(), b"")))
        rows = 0
        for raw in self._raw(name):
            total.update(raw[:DIGEST] + b"\n")
            rows += 1
        return Seal(segment=name, previous=previous, hash="sha256:" + total.hexdigest(), rows=rows)


def _blank(raw: bytes) -> bool:
    return not raw[DIGEST:].strip(b" \n")


def _body(raw: bytes) -> bytes:
    return b"" if _blank(raw) else raw[BODY:-1]


def _altered(raw: bytes) -> bool:
    if _blank(raw):
        return raw[DIGEST:] != b" " * (len(raw) - DIGEST - 1) + b"\n"
    salt, body = raw[DIGEST + 1 : BODY - 1], raw[BODY:-1]
    if raw[DIGEST : DIGEST + 1] + raw[BODY - 1 : BODY] + raw[-1:] != b"  \n":
        return True
    return not hmac.compare_digest(hmac.new(salt, body, hashlib.sha256).hexdigest().encode(), raw[:DIGEST])


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
