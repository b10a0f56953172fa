"""Release folders as plain files: what the line writes and the serving process reads, each file whole or not there."""

import json
import re
import secrets
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from glassworks.core import canonical
from glassworks.core.errors import Conflict, FixTheInput, NotFound
from glassworks.core.package import Package
from glassworks.core.permit import Permit, Revocations
from glassworks.store.segments import sync_folder, write_whole

RELEASE_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,100}")
PACKAGE, PERMIT, FILES, LOCK = "package.json", "permit.json", "files", "environment.lock"
REVOCATIONS, TOKENS = "revocations.json", "tokens.json"
REFUSALS, TAKEN = "refusals.jsonl", "refusals.taken"


class ReleaseBytes(NamedTuple):
    """A release folder, each file read once; the package's digest is of exactly these bytes."""

    package: Package
    digest: str
    files: dict[str, bytes]


def write_release(place: Path, package: Package, files: Mapping[str, bytes], permit: Permit) -> None:
    """Write the folder of one release in one step; its name is the release's id. The same package renews the permit.

    Raises
    ------
    FixTheInput : the files are not those that the package names, or the folder is not named as the permit says.
    Conflict : another package already stands under this release's id; a release never changes.
    """
    if release_folder(place.parent, permit.release) != place:
        raise FixTheInput("The permit is for another release than the folder.", "Each folder is named by its release.")
    found = {name: canonical.digest_bytes(content) for name, content in files.items()}
    if found != package.files:
        raise FixTheInput("The files are not those that the package names.", next_step="Pack the model again.")
    content = canonical.to_bytes(package.facts())
    if place.exists():
        _complete(place, package, files)
        write_permit(place.parent, permit)
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = place.parent / f".{place.name}.{secrets.token_hex(4)}"
    try:
        (fresh / FILES).mkdir(parents=True, mode=0o700)
        for name, digest in package.files.items():
            write_whole(stored_file(fresh, digest), files[name])
        _write_lock(fresh, package)
        write_whole(fresh / PACKAGE, content)
        write_whole(fresh / PERMIT, canonical.to_bytes(permit.facts()))
        fresh.rename(place)
        sync_folder(place.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _complete(place: Path, package: Package, files: Mapping[str, bytes]) -> None:
    """Write again what is missing of a release; what is there stays, and another package is refused."""
    content = canonical.to_bytes(package.facts())
    if (place / PACKAGE).exists() and (place / PACKAGE).read_bytes() != content:
        raise Conflict(f"Release {place.name} already holds another package.", "A release never changes.")
    (place / FILES).mkdir(exist_ok=True, mode=0o700)
    for name, digest in package.files.items():
        if not stored_file(place, digest).exists():
            write_whole(stored_file(place, digest), files[name])
    _write_lock(place, package)
    if not (place / PACKAGE).exists():
        write_whole(place / PACKAGE, content)


def _write_lock(place: Path, package: Package) -> None:
    """Lay the environment lock beside the files, for people and for installers; what is there stays."""
    if package.lock and not (place / LOCK).exists():
        write_whole(place / LOCK, package.lock.content())


def _check_lock(place: Path, package: Package) -> None:
    """Refuse a release whose environment lock is gone, or says something else than the package."""
    said = package.lock.file_digest if package.lock else ""
    try:
        found = canonical.digest_bytes((place / LOCK).read_bytes()) if package.lock_file else ""
    except OSError as error:
        raise FixTheInput("A file of this release is missing.") from error
    if not said == package.lock_file == found:
        raise FixTheInput("A file of this release was changed.")


def write_permit(folder: Path, permit: Permit) -> None:
    """Renew the permit of a release that is already there."""
    write_whole(release_folder(folder, permit.release) / PERMIT, canonical.to_bytes(permit.facts()))


def write_revocations(folder: Path, revocations: Revocations) -> None:
    """Publish the office's signed list to the serving processes."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / REVOCATIONS, canonical.to_bytes(revocations.facts()))


def write_tokens(folder: Path, tokens: Mapping[str, tuple[str, datetime]]) -> None:
    """Publish who may ask: token hash to release id (empty: any) and end of validity."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / TOKENS, token_bytes(tokens))


def token_bytes(tokens: Mapping[str, tuple[str, datetime]]) -> bytes:
    """The file of tokens, always the same for the same tokens."""
    body = {key: {"release": release, "expires_at": until.isoformat()} for key, (release, until) in tokens.items()}
    return json.dumps(body, sort_keys=True).encode()


def read_release(folder: Path, release: str) -> ReleaseBytes:
    """Read a release, each file once. Which bytes they are is for the permit to judge.

    Raises
    ------
    NotFound : there is no such release.
    FixTheInput : the package cannot be read, or a file is missing or is not the one that the package names.
    """
    place = release_folder(folder, release)
    try:
        content = (place / PACKAGE).read_bytes()
    except OSError as error:
        raise NotFound(f"There is no release {release} on this server.") from error
    try:
        package = Package.model_validate(canonical.parse_strict(content))
    except ValueError as error:
        raise FixTheInput("The package of this release cannot be read.") from error
    _check_lock(place, package)
    files = {}
    for name, digest in package.files.items():
        try:
            files[name] = (stored_file(place, digest)).read_bytes()
        except OSError as error:
            raise FixTheInput("A file of this release is missing.") from error
        if canonical.digest_bytes(files[name]) != digest:
            raise FixTheInput("A file of this release was changed.")
    return ReleaseBytes(package, canonical.digest_bytes(content), files)


def read_permit(folder: Path, release: str) -> Permit | None:
    """The permit that lies with a release; None when there is none.

    Raises
    ------
    FixTheInput : it cannot be read.
    """
    try:
        content = (release_folder(folder, release) / PERMIT).read_bytes()
    except OSError:
        return None
    try:
        return Permit.model_validate(canonical.parse_strict(content))
    except ValueError as error:
        raise FixTheInput("The permit cannot be read.") from error


def read_revocations(folder: Path) -> Revocations | None:
    """The office's list; None when there is none.

    Raises
    ------
    FixTheInput : it cannot be read.
    """
    try:
        content = (folder / REVOCATIONS).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FixTheInput("The list of revocations cannot be read.") from error
    try:
        return Revocations.model_validate(canonical.parse_strict(content))
    except ValueError as error:
        raise FixTheInput("The list of revocations cannot be read.") from error


def note_refusal(folder: Path, release: str, rule: str, why: str, at: datetime) -> None:
    """Leave word for the journal that a release was refused at load; the serving process itself has no ledger."""
    line = {"id": secrets.token_hex(8), "release": release, "rule": rule, "why": why, "at": at.isoformat()}
    with (folder / REFUSALS).open("a") as file:
        file.write(json.dumps(line) + "\n")


def take_refusals(folder: Path) -> list[dict[str, str]]:
    """Refusals that wait to be journalled; they stay until `drop_refusals`, so that none is lost in between."""
    taken, waiting = folder / TAKEN, folder / REFUSALS
    if not taken.exists():
        if not waiting.exists():
            return []
        waiting.rename(taken)
    lines = taken.read_bytes().split(b"\n")[:-1]
    return [_refusal(line) or _unreadable(line) for line in lines]


def unreadable_refusals(folder: Path) -> int:
    """How many whole lines among the refusals that wait for the journal cannot be read."""
    files = [path for path in (folder / REFUSALS, folder / TAKEN) if path.exists()]
    return sum(not _refusal(line) for path in files for line in path.read_bytes().split(b"\n")[:-1])


def _refusal(line: bytes) -> dict[str, str]:
    """One refusal, or nothing when the line cannot be read."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    whole = isinstance(found, dict) and found.keys() == {"id", "release", "rule", "why", "at"}
    return {name: str(value) for name, value in found.items()} if whole else {}


def _unreadable(line: bytes) -> dict[str, str]:
    why = "What was refused cannot be read: the line was changed while it waited for the journal."
    return {"id": canonical.digest_bytes(line), "release": "", "rule": "refusal-readable", "why": why, "at": ""}


def drop_refusals(folder: Path) -> None:
    """The refusals taken last are in the journal."""
    (folder / TAKEN).unlink(missing_ok=True)


def release_folder(folder: Path, release: str) -> Path:
    """Where a release lies. Raises `NotFound` when the id is no id."""
    if not RELEASE_ID.fullmatch(release):
        raise NotFound("There is no such release on this server.")
    return folder / release


def stored_file(place: Path, digest: str) -> Path:
    """Where a release keeps the bytes with a digest. Raises `FixTheInput` when it is no digest."""
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise FixTheInput("A file of this release has no proper digest.")
    return place / FILES / digest.removeprefix("sha256:")
