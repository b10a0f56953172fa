"""Tables that leave the factory: CSV whose cells no spreadsheet takes for a formula."""

import polars as pl

FORMULA = r"^[=+\-@\t\r]"


def csv(frame: pl.DataFrame) -> bytes:
    """The frame as CSV; a text that a spreadsheet would run as a formula is quoted with an apostrophe."""

    def plain(name: str) -> pl.Expr:
        text = pl.col(name)
        return pl.when(text.str.contains(FORMULA)).then("'" + text).otherwise(text).alias(name)

    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    heads = {name: f"'{name}" for name in frame.columns if name[:1] in tuple("=+-@\t\r")}
    return frame.with_columns([plain(name) for name in texts]).rename(heads).write_csv().encode()
