"""Rows are divided before anyone looks: open rows to explore, sealed rows to judge, replay rows as future traffic."""

import re
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Windows
from glassworks.core.errors import FixTheInput
from glassworks.stages import twins

LEAST_ROWS = 60
WORTH_JOINING = 0.01
"""Twins are joined where more than this share of the rows have one that chance does not explain."""
ISO = r"^\d{4}(-\d{2}(-\d{2}([T ].*)?)?)?$"


@dataclass(frozen=True)
class Division:
    """Three parts of one table, and a sentence that tells how it was divided without telling what was sealed."""

    open: pl.DataFrame
    sealed: pl.DataFrame
    replay: pl.DataFrame | None
    sentence: str


def divide(frame: pl.DataFrame, windows: Windows, seed: int, identifier: str = "") -> Division:
    """Divide a table by the windows of the brief.

    By time, rows before `sealed_from` are open, from there on sealed, and from `replay_from` on replay. At random,
    `sealed_share` of the distinct rows are drawn with the seed: equal rows always fall on the same side. Rows that
    differ only in the identifier, or in columns that hardly repeat a value, are equal too where more of them are than
    chance explains: a row brought twice under two names must not be learned on one side and judged on the other.

    Raises
    ------
    FixTheInput : too few rows, a missing or unreadable time column, or a part that would be empty.
    """
    if frame.height < LEAST_ROWS:
        raise FixTheInput(
            f"The table has {frame.height:,} rows: too few to divide.",
            f"Some rows must stay sealed to judge the model, and {LEAST_ROWS} rows are the least to tell anything.",
            "Bring more rows; some hundreds are the least that usually decides anything.",
        )
    parts = _by_time(frame, windows) if windows.kind == "time" else _at_random(frame, windows, seed, identifier)
    for name, part in (("open", parts.open), ("sealed", parts.sealed), ("replay", parts.replay)):
        if part is not None and part.height == 0:
            raise FixTheInput(
                f"No row falls into the {name} window.",
                f"The windows of the brief divide this table as follows: {parts.sentence}",
                "Change the windows in the brief, or bring the rows that belong there.",
                field="windows",
            )
    return parts


def _by_time(frame: pl.DataFrame, windows: Windows) -> Division:
    times = _times(frame, windows)
    sealed_from = _cut(times, windows.sealed_from, "sealed_from")
    before = times < sealed_from
    if not windows.replay_from:
        words = f"rows before {windows.sealed_from} are open, rows from then on are sealed"
        return Division(frame.filter(before), frame.filter(~before), None, _told(frame, before, None, windows, words))
    replay_from = _cut(times, windows.replay_from, "replay_from")
    if not windows.sealed_from < windows.replay_from:
        raise FixTheInput(
            "The replay window must begin after the sealed window.",
            f"It begins at {windows.replay_from}, the sealed window at {windows.sealed_from}.",
            "Change the windows in the brief.",
            field="windows.replay_from",
        )
    after = times >= replay_from
    words = (
        f"rows before {windows.sealed_from} are open, rows from then to before {windows.replay_from} are sealed, "
        f"rows from {windows.replay_from} on are replay"
    )
    return Division(
        frame.filter(before),
        frame.filter(~before & ~after),
        frame.filter(after),
        _told(frame, before, after, windows, words),
    )


def _told(frame: pl.DataFrame, before: pl.Series, after: pl.Series | None, windows: Windows, words: str) -> str:
    opened, replayed = int(before.sum()), int(after.sum()) if after is not None else 0
    sealed = frame.height - opened - replayed
    counts = f"{opened:,} open, {sealed:,} sealed" + (f", {replayed:,} replay" if after is not None else "")
    declared = f" Declared: {windows.declared.rstrip('.')}." if windows.declared else ""
    return f"By {windows.time_column}, {words}: {counts}.{declared}"


def _times(frame: pl.DataFrame, windows: Windows) -> pl.Series:
    name = windows.time_column
    if name not in frame.columns:
        raise FixTheInput(
            f"The table has no time column {name!r}."
            if name
            else "The brief divides by time and names no time column.",
            "Rows can only be put in order by a column that they have.",
            "Name one of the table's columns in the brief's windows, or divide at random.",
            field="windows.time_column",
        )
    times = frame[name]
    missing = times.null_count()
    if missing:
        raise FixTheInput(
            f"The time column {name} has {missing:,} missing values.",
            "A row without a time belongs to no window.",
            "Fill them, or leave those rows out.",
            field="windows.time_column",
        )
    if times.dtype == pl.String and not bool(times.str.contains(ISO).all()):
        raise FixTheInput(
            f"The time column {name} is not written as ISO dates.",
            "Other ways of writing dates do not sort, and day and month can be taken for one another.",
            "Write them as 2026-03-31 (or 2026-03 for months).",
            field="windows.time_column",
        )
    return times


def _cut(times: pl.Series, text: str, field: str) -> str | float:
    if times.dtype == pl.String and re.match(ISO, text):
        return text
    try:
        if times.dtype != pl.String:
            return float(text)
    except ValueError:
        pass
    raise FixTheInput(
        f"The brief's {field} cannot be compared with the time column.",
        f"It says {text!r}." if text else "It is empty.",
        "Write it the way the time column is written.",
        field=f"windows.{field}",
    )


def _at_random(frame: pl.DataFrame, windows: Windows, seed: int, identifier: str) -> Division:
    hashes, nameless = _content(frame, identifier)
    _, first, which = np.unique(hashes, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))[which]  # groups of equal rows, numbered by first appearance
    shuffled = np.random.default_rng(seed).permutation(first.size)
    sealed = shuffled[order] < round(windows.sealed_share * first.size)
    mask = pl.Series(sealed)
    opened = frame.filter(~mask)
    aside = ", the columns that name a row aside" if nameless else ""
    sentence = (
        f"{windows.sealed_share:.0%} of the distinct rows were drawn with seed {seed} and sealed: {opened.height:,} "
        f"open, {frame.height - opened.height:,} sealed. Equal rows are on the same side{aside}."
    )
    return Division(opened, frame.filter(mask), None, sentence)


def _content(frame: pl.DataFrame, identifier: str) -> tuple[NDArray[np.uint64], bool]:
    """One number a row, equal for rows that belong on the same side, and whether the columns naming rows were left out.

    Without these columns a coarse table has equal rows of different cases; they stay apart.
    """
    rest = twins.nameless(frame, (identifier,))
    if rest.width < frame.width and rest.width:
        rows, share = twins.copied(rest)
        if share > WORTH_JOINING:
            return rows, True
    return frame.hash_rows(seed=0).to_numpy(), False
