"""Bytes of a delimited text file become a table of text cells, or a sentence that says which line is wrong."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from glassworks.core.errors import FixTheInput

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
MAX_COLUMNS = 20_000
MAX_CELLS = 200_000_000
QUOTE, NEWLINE = ord('"'), ord("\n")
EXPORT = "Export the table again as CSV in UTF-8 with one header line."
MANGLED = re.compile(r"^X?-?\d+([.,]\d+)*(_duplicated_\d+)?$")


@dataclass(frozen=True)
class TextTable:
    """Cells as text (null where empty), how they were read, and what was put right on the way."""

    frame: pl.DataFrame
    encoding: str
    separator: str
    notes: tuple[str, ...]


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding.

    Raises
    ------
    FixTheInput : no text encoding that we know fits the bytes, or they hold NUL characters.
    """
    text, encoding = _decoded(content)
    place = text.find("\x00")
    if place >= 0:
        line = text.count("\n", 0, place) + 1
        raise FixTheInput(
            f"Line {line} holds a NUL character.",
            "A NUL is never part of a table's text; it is left behind by broken exports and by UTF-16 without a mark.",
            EXPORT,
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def _decoded(content: bytes) -> tuple[str, str]:
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    wanted = [name for mark, name in marks if content.startswith(mark)] or ["utf-8", "cp1252"]
    for name in wanted:
        try:
            text = content.decode(name)
        except UnicodeError:
            continue
        if not re.search(r"[\x01-\x08\x0e-\x1f\x7f]", text[:100_000]):
            return text, {"utf-8-sig": "UTF-8 (byte-order mark removed)", "cp1252": "Latin-1"}.get(name, name.upper())
    raise FixTheInput(
        "The file's text encoding is not known.",
        "Its bytes are neither UTF-8, UTF-16 with a byte-order mark, nor Latin-1 text.",
        EXPORT,
    )


def parse(content: bytes) -> TextTable:
    """Decode, find the separator, prove that every row has as many cells as the header, and split.

    Raises
    ------
    FixTheInput : with the number of the offending line, never with its content.
    """
    text, encoding = decode(content)
    body = text.strip("\n")
    if not body.strip():
        raise FixTheInput("The file is empty.", "It holds no header and no rows.", "Choose the file that has the rows.")
    skipped = len(text) - len(text.lstrip("\n"))
    raw = np.frombuffer(body.encode(), dtype=np.uint8)
    inside = np.bitwise_and(np.cumsum(raw == QUOTE, dtype=np.uint8), 1).astype(bool)  # odd number of quotes so far
    ends = np.append(np.flatnonzero((raw == NEWLINE) & ~inside), raw.size)
    separator = _separator(raw, inside, ends)
    notes = _check_shape(raw, inside, ends, separator, skipped)
    frame = _split(body, separator)
    frame, more = _named(frame)
    return TextTable(frame, encoding, separator, (*notes, *more))


def _separator(raw: np.ndarray, inside: np.ndarray, ends: np.ndarray) -> str:
    """The separator that splits the header into most cells that most of the first rows have as well."""
    first = ends[: min(200, ends.size)]
    best, best_score = "", 0.0
    for candidate in SEPARATORS:
        counts = _counts(raw, inside, first, candidate)
        if counts[0] > 0:
            agreement = float(np.mean(counts == counts[0]))
            score = agreement * 1000 + min(int(counts[0]), 500)
            if agreement >= 0.5 and score > best_score:
                best, best_score = candidate, score
    if not best:
        raise FixTheInput(
            "No separator splits this file into columns.",
            "The header or the rows do not agree under comma, semicolon, tab or pipe: it has one column, or another "
            "separator.",
            EXPORT,
        )
    return best


def _counts(raw: np.ndarray, inside: np.ndarray, ends: np.ndarray, separator: str) -> np.ndarray:
    """How many separators outside quotes each record holds."""
    stop = int(ends[-1])
    places = np.flatnonzero((raw[:stop] == ord(separator)) & ~inside[:stop])
    return np.diff(np.searchsorted(places, ends), prepend=0)


def _check_shape(
    raw: np.ndarray, inside: np.ndarray, ends: np.ndarray, separator: str, skipped: int
) -> tuple[str, ...]:
    starts = np.concatenate(([0], ends[:-1] + 1))
    counts = _counts(raw, inside, ends, separator)
    wanted = int(counts[0])
    if wanted + 1 > MAX_COLUMNS or (wanted + 1) * ends.size > MAX_CELLS:
        raise FixTheInput(
            f"The table has {wanted + 1:,} columns and {ends.size - 1:,} rows, which is more than can be taken in.",
            f"At most {MAX_COLUMNS:,} columns and {MAX_CELLS:,} cells are read.",
            "Leave out columns or bring fewer rows.",
        )
    wrong = np.flatnonzero((counts != wanted) & (ends > starts))
    if wrong.size:
        worst = int(wrong[0])
        line = _line(raw, int(starts[worst]), skipped)
        more = f" {wrong.size - 1:,} further rows differ too." if wrong.size > 1 else ""
        raise FixTheInput(
            f"Line {line:,} has {counts[worst] + 1} cells where the header has {wanted + 1}.{more}",
            f"With the {SEPARATORS[separator]} as separator every row must have as many cells as the header; text that "
            "holds the separator must stand in double quotes.",
            "Mend these lines, or export the table again with quotes around text.",
        )
    if bool(inside[-1]):
        raise FixTheInput(
            f"A double quote is opened on line {_line(raw, int(starts[-1]), skipped):,} or below and never closed.",
            "Everything after it would be one cell.",
            "Close or remove the quote, or export the table again.",
        )
    blank = int(np.sum(ends[1:] == starts[1:]))
    return (f"{blank:,} blank lines were left out",) if blank else ()


def _line(raw: np.ndarray, place: int, skipped: int) -> int:
    return 1 + skipped + int(np.count_nonzero(raw[:place] == NEWLINE))


def _split(body: str, separator: str) -> pl.DataFrame:
    try:
        frame = pl.read_csv(
            io.BytesIO(body.encode()),
            separator=separator,
            has_header=False,
            infer_schema=False,
            quote_char='"',
        )
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise FixTheInput(
            "The file could not be split into cells.", f"The reader stopped: {type(error).__name__}.", EXPORT
        ) from error
    return frame


def _named(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The first record becomes the names; empty unnamed columns and empty rows go, visibly."""
    heads = ["" if cell is None else " ".join(str(cell).split()) for cell in frame.row(0)]
    rows = frame.slice(1)
    notes: list[str] = []
    unnamed = [
        column
        for column, head in zip(rows.columns, heads, strict=True)
        if not head.strip(",;\t|") and _is_empty(rows[column])
    ]
    if unnamed:
        notes.append(f"{len(unnamed)} columns without a name and without values were left out")
    kept = [(c, h) for c, h in zip(rows.columns, heads, strict=True) if c not in set(unnamed)]
    _check_heads([head for _, head in kept])
    names = {column: head or f"column_{place + 1}" for place, (column, head) in enumerate(kept)}
    if any(not head for _, head in kept):
        notes.append("columns without a name were named column_1, column_2, ... by their place")
    rows = rows.select(list(names)).rename(names)
    filled = rows.filter(pl.any_horizontal(pl.all().is_not_null() & (pl.all() != "")))
    if filled.height < rows.height:
        notes.append(f"{rows.height - filled.height:,} rows without any value were left out")
    if filled.height == 0:
        raise FixTheInput(
            "The file has a header and no rows.",
            f"It names {len(names)} columns, and nothing stands below them.",
            "Choose the file that has the rows.",
        )
    return filled, tuple(notes)


def _is_empty(values: pl.Series) -> bool:
    return bool((values.fill_null("").str.strip_chars(" ,;\t|") == "").all())


def _check_heads(heads: Sequence[str]) -> None:
    named = [head for head in heads if head]
    if len(named) > 1 and all(MANGLED.match(head) for head in named):
        raise FixTheInput(
            "The first line looks like data, not like column names.",
            "Every name in it is a number.",
            "Put one line with the columns' names on top.",
        )
    twice = sorted({head for head in named if named.count(head) > 1}) if len(set(named)) < len(named) else []
    if twice:
        raise FixTheInput(
            f"These column names stand more than once: {', '.join(twice[:10])}.",
            "Nobody could tell which of them is meant, and they may differ.",
            "Rename or remove the copies.",
        )
