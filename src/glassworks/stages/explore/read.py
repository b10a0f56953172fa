"""A file's bytes become a table, or a sentence that says what is wrong with it and what to do."""

import io
import zipfile
from dataclasses import dataclass

import polars as pl

from glassworks.core.errors import FixTheInput
from glassworks.stages.explore import cells, text

MAX_BYTES = 500_000_000
FEW_ROWS, MANY_COLUMNS = 50, 1000
EXPORT = "Export the table as CSV in UTF-8, or as Parquet, and bring that file."

_STOPPED = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What Polars raises on damaged bytes; a panic in its core is no `Exception`."""


@dataclass(frozen=True)
class Reading:
    """A table and how it was read: format, encoding, separator, and every decision about columns."""

    frame: pl.DataFrame
    sentence: str
    notes: tuple[str, ...]


def read_table(content: bytes, name: str) -> pl.DataFrame:
    """The rows of a CSV or Parquet file: every column is Int64, Float64 or String.

    Parameters
    ----------
    content : the file's bytes.
    name : the file's name, for sentences; what the file is, is seen from its bytes.

    Raises
    ------
    FixTheInput : what is wrong, why, and what to do; never a cell of the file.

    Examples
    --------
    >>> read_table(b"a;b\\n1,5;x\\n2,5;y\\n", "mine.csv")["a"].to_list()
    [1.5, 2.5]
    """
    return read(content, name).frame


def read(content: bytes, name: str) -> Reading:
    """As `read_table`, with the story of how it was read."""
    _refuse_other_formats(content, name)
    if content.startswith(b"PAR1"):
        frame, notes = cells.plain_types(_parquet(content, name))
        how = f"{name} was read as Parquet"
    else:
        table = text.parse(content)
        _refuse_few_rows(table.frame)
        frame, typing = cells.typed(table.frame, decimal_comma=table.separator != ",")
        notes = (*table.notes, *typing)
        how = f"{name} was read as {table.encoding} text with the {text.SEPARATORS[table.separator]} as separator"
    _refuse_few_rows(frame)
    return Reading(frame, f"{how}: {frame.height:,} rows, {frame.width:,} columns.", notes)


def _refuse_few_rows(frame: pl.DataFrame) -> None:
    if frame.height < FEW_ROWS and frame.width > MANY_COLUMNS:
        raise FixTheInput(
            f"The table has {frame.width:,} columns and only {frame.height:,} rows: too few rows.",
            "With so few cases, chance alone makes some of so many columns look perfect.",
            f"Bring at least {FEW_ROWS} rows (some hundreds are better), or choose fewer columns.",
        )


def _refuse_other_formats(content: bytes, name: str) -> None:
    if not content.strip():
        raise FixTheInput(f"{name} is empty.", "It holds no header and no rows.", "Choose the file that has the rows.")
    if len(content) > MAX_BYTES:
        raise FixTheInput(
            f"{name} has {len(content):,} bytes.",
            f"At most {MAX_BYTES:,} are read in one piece.",
            "Bring fewer rows or columns, or Parquet in place of CSV.",
        )
    if content.startswith(b"version https://git-lfs"):
        raise FixTheInput(
            f"{name} is a Git LFS pointer, not the data.",
            "The repository keeps the rows elsewhere and this file only names them.",
            "Run `git lfs pull` where the file came from, and bring the real one.",
        )
    head = content[:64].lstrip().lower()
    for marks, what in _OTHER_FORMATS:
        if head.startswith(marks) or content.startswith(marks):
            what = _inside_zip(content) if what == "zip" else what
            raise FixTheInput(f"{name} is {what}, not a table.", "Only CSV and Parquet are read.", EXPORT)


_OTHER_FORMATS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"PK\x03\x04", b"PK\x05\x06"), "zip"),
    ((b"\xd0\xcf\x11\xe0",), "an old Excel workbook"),
    ((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"), "a compressed file"),
    ((b"%pdf",), "a PDF"),
    ((b"<!doctype", b"<html", b"<?xml"), "a web page or XML file"),
    ((b'{"', b"[{", b"{\n", b"[\n"), "a JSON file"),
    ((b"SQLite format 3",), "a SQLite database"),
    ((b"ARROW1",), "an Arrow file"),
    ((b"\x89PNG", b"\xff\xd8\xff"), "a picture"),
)


def _inside_zip(content: bytes) -> str:
    """What a zip file is, from its list of members alone: nothing is unpacked."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return "a damaged zip file"
    if any(member.startswith("xl/") for member in members):
        return "an Excel workbook (choose the sheet, remove titles above the header)"
    return "a zip file"


def _parquet(content: bytes, name: str) -> pl.DataFrame:
    try:
        return _plain_parquet(content, name)
    except _STOPPED as error:
        raise FixTheInput(
            f"{name} begins like Parquet and cannot be read.", f"The reader stopped: {type(error).__name__}.", EXPORT
        ) from error


def _plain_parquet(content: bytes, name: str) -> pl.DataFrame:
    lazy = pl.scan_parquet(io.BytesIO(content))
    schema = lazy.collect_schema()
    rows = int(lazy.select(pl.len()).collect().item())
    if rows * len(schema) > text.MAX_CELLS or len(schema) > text.MAX_COLUMNS:
        raise FixTheInput(
            f"{name} has {len(schema):,} columns and {rows:,} rows, which is more than can be taken in.",
            f"At most {text.MAX_COLUMNS:,} columns and {text.MAX_CELLS:,} cells are read.",
            "Leave out columns or bring fewer rows.",
        )
    nested = [column for column, kind in schema.items() if kind.is_nested() or kind in (pl.Binary, pl.Object)]
    nested += [column for column, kind in schema.items() if type(kind).__name__ == "Map" and column not in nested]
    if nested:
        raise FixTheInput(
            f"These columns of {name} hold lists, structures or bytes: {', '.join(nested[:10])}.",
            "A model's input is one number or one text a cell.",
            "Flatten them into plain columns, or leave them out.",
        )
    if rows == 0:
        raise FixTheInput(
            f"{name} has columns and no rows.", "There is nothing to learn from.", "Choose the file that has the rows."
        )
    return lazy.collect()
