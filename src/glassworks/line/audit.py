"""What the worker journals of the logs as they grow, and the audit of everything this installation has written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from glassworks.core import canonical
from glassworks.core.errors import GlassworksError
from glassworks.core.journal import Act
from glassworks.core.package import Package
from glassworks.core.usecase import Release
from glassworks.hub.audit import verify_journal
from glassworks.line import outcome
from glassworks.line.parts import Parts
from glassworks.store import releases

AGAIN = "Find out who could write there, delete it, and start `glassworks serve`: it is written again."


@dataclass
class Told:
    """What the journal says of the logs: the segments it holds, and the refusals. Each entry is read once."""

    read: int = 0
    segments: dict[str, str] = field(default_factory=dict)
    refusals: set[str] = field(default_factory=set)
    erased: int = 0

    def catch_up(self, parts: Parts) -> "Told":
        """Read the entries that came since the last time."""
        for entry in parts.ledger.entries(after=self.read):
            detail = entry.act.detail
            if entry.act.act == "close segment":
                self.segments[entry.act.what] = str(detail["hash"])
            elif entry.act.act == "load release":
                self.refusals.add(str(detail.get("refusal")))
            elif entry.act.act == "erase rows" and not entry.act.refused:
                self.erased += int(detail["rows"])
            self.read = entry.number
        return self


def close_minutes(parts: Parts, told: Told | None = None) -> int:
    """Journal the hash of every finished segment of the prediction log; `told` remembers what was read before."""
    known = (told or Told()).catch_up(parts).segments
    parts.predictions.close_segments(parts.now())
    fresh = parts.predictions.closed(after=known)
    for one in fresh:
        sentence = f"The prediction log's segment {one.segment} is closed with {one.rows} rows."
        detail = {"hash": one.hash, "rows": one.rows}
        parts.ledger.note(Act(act="close segment", who="office", what=one.segment, sentence=sentence, detail=detail))
    return len(fresh)


def journal_refusals(parts: Parts, told: Told | None = None) -> int:
    """Journal what the serving process refused to load, by rule: a swapped file, an expired or altered permit."""
    waiting = releases.take_refusals(parts.serving)
    if not waiting:
        return 0
    known = (told or Told()).catch_up(parts).refusals
    fresh = [one for one in waiting if one["id"] not in known]
    released = {release.id: release for release in parts.ledger.find(Release)}
    with parts.ledger.transaction():
        for one in fresh:
            release = released.get(one["release"])
            act = Act(
                act="load release",
                who="office",
                what=one["release"],
                use_case=release.use_case if release else "",
                line=release.line if release else "",
                sentence=f"The server refused to run {one['release'] or 'a release'}. {one['why']}",
                refused=True,
                detail={"rule": one["rule"], "refusal": one["id"], "at": one["at"]},
            )
            parts.ledger.note(act)
    releases.drop_refusals(parts.serving)
    return len(fresh)


def faults(parts: Parts) -> list[str]:
    """Everything that is not as it was written: journal, records, vault, prediction log, copies; empty: all holds."""
    found = verify_journal(parts.ledger, parts.vault)
    try:
        told = Told().catch_up(parts)
    except (ValueError, KeyError, GlassworksError):
        return found or ["Journal: an entry cannot be read."]
    found += log_faults(parts, told)
    return found or copy_faults(parts)  # copies are compared with records and bytes that hold


def log_faults(parts: Parts, told: Told | None = None) -> list[str]:
    """What is wrong with the prediction log: closed minutes against the journal, open ones by their own links."""
    told = told or Told().catch_up(parts)
    found = parts.predictions.faults(told.segments)
    blanked = parts.predictions.erased()
    if blanked > told.erased:
        found.append(f"{blanked} rows are blank, but the journal knows of {told.erased} erased")
    return [f"Prediction log: {text}." for text in found]


def copy_faults(parts: Parts) -> list[str]:
    """What was changed, added or taken away in the folders that serving and outsiders read.

    What looks wrong is looked at again: a publication may have been under way.
    """
    return _copy_faults(parts) and _copy_faults(parts)


def _copy_faults(parts: Parts) -> list[str]:
    found, known = [*_revocation_faults(parts)], set()
    for path, content in _copies(parts):
        known.add(path)
        found += _fault_of(parts, path, content)
    folders = {path.parent for path in known if path.name == releases.PACKAGE}
    strangers = [path for path in _listed(parts.serving) if path.is_dir() and path not in folders]
    strangers += [path for folder in folders for path in _listed(folder / releases.FILES) if path not in known]
    strangers += [path for path in _listed(parts.dossiers) if path.suffix == ".dossier" and path not in known]
    found += [f"{_named(parts, path)} was added: the office did not write it." for path in strangers]
    if releases.unreadable_refusals(parts.serving):
        found.append(f"{_named(parts, parts.serving)}: a refusal that waits for the journal cannot be read.")
    return found


def _copies(parts: Parts) -> Iterator[tuple[Path, bytes]]:
    """Each copy that the office keeps, with the bytes that it must have by ledger and vault."""
    yield parts.serving / releases.TOKENS, releases.token_bytes(outcome.tokens(parts))
    for release in parts.ledger.find(Release):
        place, content = parts.serving / release.id, parts.vault.get(release.package)
        yield place / releases.PACKAGE, content
        yield place / releases.PERMIT, canonical.to_bytes(outcome.permit_of(parts, release).facts())
        package = Package.model_validate(canonical.parse_strict(content))
        if package.lock:
            yield place / releases.LOCK, package.lock.content()
        for digest in package.files.values():
            yield releases.stored_file(place, digest), parts.vault.get(digest)
    for name, gate in outcome.dossier_files(parts).items():
        yield parts.dossiers / name, parts.vault.get(gate.file)


def _revocation_faults(parts: Parts) -> list[str]:
    """The list must be the office's own, and say what the ledger says; only its date is its own."""
    path = parts.serving / releases.REVOCATIONS
    try:
        listed = releases.read_revocations(parts.serving)
    except GlassworksError:
        return [f"{_named(parts, path)} was changed after it was written. {AGAIN}"]
    if listed is None:
        return [f"{_named(parts, path)} is gone: the server answers nothing without it. {AGAIN}"]
    due = parts.office.sign_revocations(outcome.revoked(parts), listed.issued_at)
    return _fault_of(parts, path, canonical.to_bytes(due.facts()))


def _fault_of(parts: Parts, path: Path, content: bytes) -> list[str]:
    try:
        held = path.read_bytes() == content
    except OSError:
        return [f"{_named(parts, path)} is gone. {AGAIN}"]
    return [] if held else [f"{_named(parts, path)} is not what ledger and vault say. {AGAIN}"]


def _listed(folder: Path) -> list[Path]:
    """What lies in a folder, without drafts that a killed writer left."""
    return [path for path in sorted(folder.iterdir()) if path.name[0] != "."] if folder.is_dir() else []


def _named(parts: Parts, path: Path) -> str:
    return str(path.relative_to(parts.settings.home))
