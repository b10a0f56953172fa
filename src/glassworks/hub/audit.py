"""The audit: the journal's chain, every record against its last journalled digest, and the vault's bytes."""

from collections.abc import Iterable, Iterator

from glassworks.core.dossier import Prepared
from glassworks.core.errors import GlassworksError
from glassworks.core.journal import Entry, first_break
from glassworks.core.ports import Ledger, Vault
from glassworks.core.usecase import Candidate, Dataset, GateRecord, Release


def verify_journal(ledger: Ledger, vault: Vault) -> list[str]:
    """Everything that was altered, the first break of the chain first; an empty list means that all holds.

    Past a break the journal proves nothing, so records are compared only with a chain that holds. An attacker who
    cuts off the journal's end and restores every record to an older state is not found here: compare the number and
    hash of the last entry with one noted elsewhere (`head`).
    """
    last: dict[str, str] = {}
    broken = _first_break(ledger, last)
    if broken:
        return [f"Journal: {broken}. Nothing after it can be trusted."]
    found = _altered_records(ledger.standing(), last)
    return found or _altered_bytes(ledger, vault)


def head(ledger: Ledger) -> tuple[int, str]:
    """The number and hash of the journal's last entry: note them elsewhere to find a cut end later."""
    number, hash = 0, ""
    for entry in ledger.entries():
        number, hash = entry.number, entry.hash
    return number, hash


def _first_break(ledger: Ledger, last: dict[str, str]) -> str:
    """Where the chain breaks; fills `last` with the newest journalled digest of each record."""
    read = 0

    def followed() -> Iterator[Entry]:
        nonlocal read
        for entry in ledger.entries():
            read = entry.number
            last.update(entry.wrote)
            yield entry

    try:
        return first_break(followed())
    except (ValueError, GlassworksError):  # a changed entry may not even have the form of one
        return f"what follows entry {read} cannot be read: it was changed after it was written"


def _altered_records(standing: Iterable[tuple[str, str]], last: dict[str, str]) -> list[str]:
    """Records that are not as the journal last wrote them: changed, added or removed behind its back."""
    found: list[str] = []
    seen: dict[str, None] = {}
    try:
        for name, digest in standing:
            seen[name] = None
            if name not in last:
                found.append(f"Record {name} is in no journal entry: it was added behind the journal's back.")
            elif digest != last[name]:
                found.append(f"Record {name} was changed after the journal last wrote of it.")
    except (ValueError, GlassworksError):
        return [
            *found,
            f"A record cannot be read; {len(seen)} before it could: it was changed behind the journal's back.",
        ]
    found += [f"Record {name} is gone, though the journal wrote of it." for name in last if name not in seen]
    return found or _out_of_order(list(seen), list(last))


def _out_of_order(standing: list[str], written: list[str]) -> list[str]:
    """The first record that does not stand where the journal first wrote of it: which one is newest would change."""
    pairs = zip(standing, written, strict=True)
    moved = next((name for name, expected in pairs if name != expected), "")
    return [f"Record {moved} does not stand in the order in which the journal wrote."] if moved else []


def _altered_bytes(ledger: Ledger, vault: Vault) -> list[str]:
    """Vault bytes that a record names and that are gone or altered."""
    found = []
    for name, digest in _named_bytes(ledger):
        try:
            vault.get(digest)
        except GlassworksError as error:
            found.append(f"Bytes of {name}: {error.what}")
    return found


def _named_bytes(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Each record that names bytes in the vault, with their digest."""
    for dataset in ledger.find(Dataset):
        blobs = (dataset.open_blob, dataset.sealed_blob, dataset.replay_blob, dataset.rows_blob)
        yield from ((f"dataset {dataset.id}", blob) for blob in blobs if blob)
    for candidate in ledger.find(Candidate):
        yield from ((f"candidate {candidate.id}, file {name}", blob) for name, blob in candidate.files.items())
    for prepared in ledger.find(Prepared):
        yield f"the dossier of {prepared.subject}", prepared.id
    for gate in ledger.find(GateRecord):
        if gate.file:
            yield f"the dossier file of {gate.subject}", gate.file
    for release in ledger.find(Release):
        yield f"release {release.id}", release.package
