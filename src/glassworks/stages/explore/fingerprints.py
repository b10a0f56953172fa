"""Rows get keyed fingerprints when they are sealed, so that looks follow the rows into any file and any use case."""

import hashlib
import hmac
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.usecase import SharedRows
from glassworks.measures.repeats import by_chance, numbers, share_in

Hashes = NDArray[np.uint64]
Part = NDArray[np.uint32]
PART, OPEN, SEALED = "part:", 0, 1
MOST_COLUMNS = 64
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

    Rows are the same when they agree in every column that both tables have, the outcome among them. Columns whose
    value differs in every row (a row number, say) are also tried without, one by one and all at once: they may have
    been numbered anew. Distinct rows count as much as all of them, so that rows repeated in a file thin out nothing.

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
    here, there = _cells(mine, common), _cells(theirs, common)
    named = _naming(here) | _naming(there)
    tried = [np.ones(len(common), dtype=bool), *(np.arange(len(common)) != one for one in np.flatnonzero(named))]
    for kept in [*tried, ~named] if named.sum() > 1 else tried:
        if kept.any():
            counts = _compared(here[:, kept], there[:, kept], mine[PART].to_numpy(), theirs[PART].to_numpy())
            found = _most(found, counts)
    return found


def _cells(frame: pl.DataFrame, columns: Sequence[str]) -> Hashes:
    return np.stack([frame[name].to_numpy().astype(np.uint64) for name in columns], axis=1)


def _naming(cells: Hashes) -> NDArray[np.bool_]:
    """Columns that may be no more than a name of the row: hardly a value of theirs stands in two distinct rows."""
    distinct = np.unique(numbers(cells)).size
    return np.array([np.unique(one).size > 0.99 * distinct for one in cells.T])


def _compared(here: Hashes, there: Hashes, my_part: Part, their_part: Part) -> dict[str, int]:
    mine, theirs = numbers(here), numbers(there)
    my_open, my_sealed = mine[my_part == OPEN], mine[my_part == SEALED]
    their_open, their_sealed = theirs[their_part == OPEN], theirs[their_part == SEALED]
    pairs = {
        "sealed": (my_sealed, their_sealed),
        "sealed_there": (their_sealed, my_sealed),
        "seen_there": (my_sealed, their_open),
        "seen_here": (their_sealed, my_open),
    }
    shares = {name: share_in(rows, others) for name, (rows, others) in pairs.items()}
    if not any(shares.values()):
        return {}
    likely = max(by_chance(here, there), by_chance(there, here))
    return {name: round(share * pairs[name][0].size) for name, share in shares.items() if share > likely}


def _most(found: SharedRows, counts: dict[str, int]) -> SharedRows:
    return found.model_copy(update={name: max(getattr(found, name), count) for name, count in counts.items()})
