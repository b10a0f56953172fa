"""What the office knows of sealed rows: in which other data they stand, and how often they were opened, wherever."""

import io

import polars as pl

from glassworks.core.policy import PolicyPack
from glassworks.core.usecase import Dataset, Elsewhere, Look, SharedRows, UseCase
from glassworks.line.parts import Parts
from glassworks.stages.explore import fingerprints, seal


def kept(parts: Parts, open_rows: pl.DataFrame, sealed: pl.DataFrame, target: str) -> str:
    """Fingerprint the rows, and keep the fingerprints locked; the answer is their digest in the vault."""
    made = fingerprints.fingerprints(open_rows, sealed, target, parts.office.seal_key())
    return parts.vault.put(seal.lock(parts.office.seal_key(), seal.pack(made)))


def _of(parts: Parts, dataset: Dataset) -> pl.DataFrame:
    """The fingerprints of a dataset's rows; for one sealed before there were any, they are computed now."""
    key = parts.office.seal_key()
    if dataset.rows_blob:
        return pl.read_parquet(io.BytesIO(seal.unlock(key, parts.vault.get(dataset.rows_blob))))
    open_rows = seal.unpack(parts.vault.get(dataset.open_blob))
    hidden = seal.unpack(seal.unlock(key, parts.vault.get(dataset.sealed_blob)))
    return fingerprints.fingerprints(open_rows, hidden, dataset.target, key)


def with_shared(parts: Parts, dataset: Dataset) -> Dataset:
    """The dataset with the rows it shares with every one sealed before, in any use case."""
    mine, found = _of(parts, dataset), []
    for earlier in parts.ledger.find(Dataset):
        if len({*dataset.columns} & {*earlier.columns}) > 1:
            one = fingerprints.shared(mine, _of(parts, earlier), (dataset.target, earlier.target), earlier.id)
            if one.sealed or one.sealed_there or one.seen_there or one.seen_here:
                found.append(one)
    return dataset.model_copy(update={"shared": tuple(found)})


def _pairs(parts: Parts, dataset: Dataset) -> list[tuple[Dataset, SharedRows]]:
    """Every other dataset that shares rows with this one, seen from this one."""
    named = {one.dataset: one for one in dataset.shared}
    pairs = []
    for other in parts.ledger.find(Dataset):
        if other.id in named:
            pairs.append((other, named[other.id]))
        pairs += [(other, _turned(one, other.id)) for one in other.shared if one.dataset == dataset.id]
    return pairs


def _turned(one: SharedRows, dataset: str) -> SharedRows:
    """The same counts, seen from the other side."""
    return SharedRows(
        dataset=dataset,
        sealed=one.sealed_there,
        sealed_there=one.sealed,
        seen_there=one.seen_here,
        seen_here=one.seen_there,
    )


def same_rows(parts: Parts, dataset: Dataset, policy: PolicyPack) -> list[Dataset]:
    """This dataset and every one whose sealed rows hold more of this one's than the policy's `shared_rows` allows.

    Datasets of the same file are among them in any case.
    """
    most = policy.shared_rows * dataset.rows_sealed
    near = {other.id for other, one in _pairs(parts, dataset) if one.sealed > most}
    known = parts.ledger.find(Dataset)
    return [d for d in known if d.id == dataset.id or d.id in near or d.fingerprint == dataset.fingerprint]


def looks(parts: Parts, dataset: Dataset, policy: PolicyPack) -> list[Look]:
    """Every look taken at the sealed rows of a dataset, in whatever file and use case, oldest first."""
    same = {one.id for one in same_rows(parts, dataset, policy)}
    return [look for look in parts.ledger.find(Look) if look.dataset in same]


def elsewhere(parts: Parts, case: UseCase, dataset: Dataset) -> tuple[Elsewhere, ...]:
    """The other datasets that share rows with this one, named as far as this line may know."""
    return tuple(
        Elsewhere(where=_named(parts, case, other), rows=one, rows_sealed_there=other.rows_sealed)
        for other, one in _pairs(parts, dataset)
    )


def _named(parts: Parts, case: UseCase, other: Dataset) -> str:
    if other.use_case == case.id:
        return f"{other.name}, brought to this use case"
    if other.line == case.line:
        return f"the use case {parts.ledger.get(UseCase, other.use_case).title}"
    return "a use case of another line of business"


def where_taken(taken: list[Look], case: UseCase, seen: set[str]) -> str:
    """How many looks, and where: `2 looks, of these 1 in use case whom-to-call`; unseen use cases stay unnamed."""
    words = f"{len(taken)} look{'' if len(taken) == 1 else 's'}"
    counts: dict[str, int] = {}
    for look in taken:
        if look.use_case != case.id:
            name = f"use case {look.use_case}" if look.use_case in seen else "another line of business"
            counts[name] = counts.get(name, 0) + 1
    return words + "".join(f", of these {count} in {name}" for name, count in counts.items())
