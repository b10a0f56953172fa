"""Text cells become numbers or stay text, by rules that are shown: nothing is guessed silently."""

import polars as pl

MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "#div/0!", "#ref!", "#value!", "#num!", "?")
MISSING_AMONG_NUMBERS = (*MISSING, "none", "-", "--", ".", "inf", "-inf", "+inf", "infinity", "-infinity")
EXACT = 2**53
EMPTY = (
    "no value in any row, so no model can use it; leave it out of the brief's inputs, or bring a file with its values"
)
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
DECIMAL_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$"
CODE = r"^[+-]?0\d+$"


def typed(frame: pl.DataFrame, *, decimal_comma: bool) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Every text column as numbers where all its cells are numbers, else as text with missing cells marked.

    Codes with leading zeros and integers beyond 2**53 stay text, so that they stay exact. Infinite cells become
    missing. The second answer says what was decided, by column, without showing any cell.
    """
    columns, notes = [], []
    for column in frame.iter_columns():
        done, note = _typed(column, decimal_comma)
        columns.append(done)
        if note:
            notes.append(f"{column.name}: {note}")
    return pl.DataFrame(columns), tuple(notes)


def _typed(column: pl.Series, decimal_comma: bool) -> tuple[pl.Series, str]:
    plain = column.cast(pl.Float64, strict=False)
    if column.len() and plain.null_count() == 0 and bool(plain.is_finite().all()):
        return _number(column, column, column)
    stripped = column.str.strip_chars()
    small = stripped.str.to_lowercase()
    text = stripped.set(small.is_in(MISSING), None)
    candidates = stripped.set(small.is_in(MISSING_AMONG_NUMBERS), None)
    filled = candidates.drop_nulls()
    if filled.is_empty():
        return candidates.cast(pl.String), EMPTY
    looks = filled.str.contains(NUMBER)
    comma = decimal_comma and bool(filled.str.contains(r",\d").any())
    if comma and bool(filled.str.contains(DECIMAL_COMMA).all()):
        candidates = candidates.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        looks = candidates.drop_nulls().str.contains(NUMBER)
    if not bool(looks.all()):
        share = float(looks.mean() or 0.0)  # type: ignore[arg-type]
        return text, f"{1 - share:.0%} of its cells are not numbers, so it is kept as text" if share > 0.5 else ""
    return _number(candidates, text, small)


def _number(candidates: pl.Series, text: pl.Series, small: pl.Series) -> tuple[pl.Series, str]:
    """A column whose every cell reads as a number."""
    filled = candidates.drop_nulls()
    if bool(filled.str.contains(CODE).any()):
        return text, "codes with leading zeros are kept as text"
    values = candidates.cast(pl.Float64, strict=False)
    infinite = 0
    if candidates is not text:
        infinite = int(values.is_infinite().sum() or 0) + int(small.str.contains(r"^[+-]?inf(inity)?$").sum() or 0)
        values = values.set(values.is_infinite(), None)
    note = f"{infinite:,} infinite cells became missing" if infinite else ""
    if not bool(filled.str.contains(r"^[+-]?\d+$").all()):
        return values, note
    if bool((values.abs() >= EXACT).any()):
        return text, "integers beyond 2**53 are kept as text, so that they stay exact"
    return values.cast(pl.Int64), note


def plain_types(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The same rules for a table that came with types: numbers, or text; dates become ISO text."""
    columns, notes = [], []
    for column in frame.iter_columns():
        done, note = _plain(column)
        columns.append(done)
        if note:
            notes.append(f"{column.name}: {note}")
    return pl.DataFrame(columns), tuple(notes)


def _plain(column: pl.Series) -> tuple[pl.Series, str]:
    kind = column.dtype
    if column.null_count() == column.len():
        return column.cast(pl.String), EMPTY
    if kind.is_integer():
        if bool((column.cast(pl.Float64).abs() >= EXACT).any()):
            return column.cast(pl.String), "integers beyond 2**53 are kept as text, so that they stay exact"
        return column.cast(pl.Int64), ""
    if kind.is_float() or kind.is_decimal():
        values = column.cast(pl.Float64).fill_nan(None)
        infinite = int(values.is_infinite().sum() or 0)
        note = f"{infinite:,} infinite cells became missing" if infinite else ""
        return values.set(values.is_infinite(), None), note
    if kind == pl.Date:
        return column.dt.to_string("iso"), ""
    if kind == pl.Datetime:
        return column.dt.to_string("iso"), "times are kept as ISO text"
    return column.cast(pl.String), ""
