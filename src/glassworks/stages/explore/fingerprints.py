"""Rows get keyed fingerprints when they are sealed, so that looks follow the rows into any file and any use case."""

import hashlib
import hmac
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.usecase import SharedRows

Hashes = NDArray[np.uint64]
PART, OPEN, SEALED = "part:", 0, 1
MOST_COLUMNS = 64
TOLD_APART = 0.5
"""Rows are compared only where at least half of them differ from all others: else equal rows prove nothing."""
SAME_TABLE = 0.5
"""Two tables are compared only when they have at least half of the columns of the narrower one in common."""


def fingerprints(open_rows: pl.DataFrame, sealed: pl.DataFrame, target: str, key: bytes) -> pl.DataFrame:
    """Each cell of the open and sealed rows as four bytes of a keyed hash; never a cell itself.

    Parameters
    ----------
    target : its column is always kept; of the others the 64 with the most values.
    key : the office's; without it nobody can try values against a hash.

    Notes
    -----
    A number hashes alike however it is written (`1`, `1.0`, ` 1 `), a text without regard to case and white space, and
    a column under its name without regard to case. So neither bytes, order nor formatting of a file matter.
    """
    both = pl.concat([open_rows, sealed])
    names = sorted(both.columns, key=lambda name: (name != target, -both[name].n_unique(), name))[:MOST_COLUMNS]
    secret = hmac.digest(key, b"glassworks row fingerprints/1", "sha256")
    cells = {_plain(name): _hashed(both[name], secret) for name in names}
    part = np.repeat(np.array([OPEN, SEALED], dtype=np.uint32), [open_rows.height, sealed.height])
    return pl.DataFrame({PART: part, **cells})


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _hashed(values: pl.Series, secret: bytes) -> NDArray[np.uint32]:
    """Keyed hashes of a column; only its distinct values are hashed, one by one."""
    text = values.cast(pl.String).fill_null("")
    distinct = text.unique()
    digests = [hashlib.blake2b(_canonical(cell), key=secret, digest_size=4).digest() for cell in distinct.to_list()]
    numbers = np.frombuffer(b"".join(digests), dtype="<u4")
    return text.replace_strict(distinct, pl.Series(numbers), return_dtype=pl.UInt32).to_numpy()


def _canonical(cell: str) -> bytes:
    plain = _plain(cell)
    try:
        return f"{float(plain) + 0.0:.12g}".encode()
    except ValueError:
        return plain.encode()


def shared(mine: pl.DataFrame, theirs: pl.DataFrame, targets: tuple[str, str], dataset: str) -> SharedRows:
    """How many rows two tables share, by part, from their fingerprints.

    Rows are the same when they agree in every column that both tables have, the outcome among them. A column whose
    value differs in every row (a row number, say) is also tried without: it may have been numbered anew.

    Parameters
    ----------
    targets : the names of the outcome here and there; a renamed one is still the outcome.
    dataset : the id of the other dataset.
    """
    mine_, theirs_ = (_plain(name) for name in targets)
    if mine_ != theirs_ and mine_ not in theirs.columns and theirs_ not in mine.columns:
        theirs = theirs.rename({theirs_: mine_})
        theirs_ = mine_
    common = sorted(set(mine.columns) & set(theirs.columns) - {PART})
    found = SharedRows(dataset=dataset)
    if mine_ != theirs_ or mine_ not in common or len(common) < SAME_TABLE * (min(mine.width, theirs.width) - 1):
        return found
    for columns in [common, *([one for one in common if one != name] for name in _naming(mine, theirs, common))]:
        found = _most(found, _compared(mine, theirs, columns))
    return found


def _naming(mine: pl.DataFrame, theirs: pl.DataFrame, columns: Sequence[str]) -> list[str]:
    """Columns that may be no more than a name of the row: hardly a value of theirs stands twice."""
    return [
        c for c in columns if mine[c].n_unique() > 0.99 * mine.height and theirs[c].n_unique() > 0.99 * theirs.height
    ]


def _compared(mine: pl.DataFrame, theirs: pl.DataFrame, columns: Sequence[str]) -> dict[str, int]:
    here, there = _rows(mine, columns), _rows(theirs, columns)
    if not columns or min(_told_apart(here), _told_apart(there)) < TOLD_APART:
        return {}
    my_part, their_part = mine[PART].to_numpy(), theirs[PART].to_numpy()
    my_open, my_sealed = here[my_part == OPEN], here[my_part == SEALED]
    their_open, their_sealed = there[their_part == OPEN], there[their_part == SEALED]
    return {
        "sealed": int(np.isin(my_sealed, their_sealed).sum()),
        "sealed_there": int(np.isin(their_sealed, my_sealed).sum()),
        "seen_there": int(np.isin(my_sealed, their_open).sum()),
        "seen_here": int(np.isin(their_sealed, my_open).sum()),
    }


def _rows(frame: pl.DataFrame, columns: Sequence[str]) -> Hashes:
    """One number a row from the cells of these columns; equal rows have equal numbers."""
    odd = np.random.default_rng(len(columns)).integers(0, 2**63, size=len(columns), dtype=np.uint64) * 2 + 1
    total = np.zeros(frame.height, dtype=np.uint64)
    for name, factor in zip(columns, odd, strict=True):
        total += frame[name].to_numpy().astype(np.uint64) * np.uint64(factor)
    return total


def _told_apart(rows: Hashes) -> float:
    return np.unique(rows).size / max(1, rows.size)


def _most(found: SharedRows, counts: dict[str, int]) -> SharedRows:
    return found.model_copy(update={name: max(getattr(found, name), count) for name, count in counts.items()})
