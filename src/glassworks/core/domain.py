"""The validated domain: whether a row may be read at all, and whether the model was validated for such a row."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from glassworks.core.estimate import plain
from glassworks.core.record import Part
from glassworks.core.usecase import Column, DataContract

EXACT = 2**53
"""Whole numbers beyond this cannot be told apart once they become floating-point numbers."""

LONGEST_TEXT = 10_000
NAMES_SHOWN = 40
TIME_GOES_ON = timedelta(days=366)
"""How long after the last day that was seen a date may lie: what happens next year is dated next year."""
MUST_BE_STRING = {
    "category": "must be a string, one of the known categories",
    "date": "must be a string with a date such as 2026-03-31",
    "text": "must be a string",
}


class FieldFault(Part):
    """What is wrong with one field of a row. It never repeats the value that was sent."""

    field: str
    what: str


def faults(contract: DataContract, inputs: Sequence[str], row: Mapping[str, Any]) -> list[FieldFault]:
    """Everything that makes a row unreadable; an empty list means that it can be judged.

    Types are strict: `true` and `"1"` are not numbers, 1 is not a category, and NaN, the infinities and whole numbers
    beyond 2**53 are no value at all. `None` is a missing value and readable; whether the model was validated for it is
    for `outside` to say. Unknown names are quoted, at most `NAMES_SHOWN` characters of them.

    Examples
    --------
    >>> contract = DataContract(columns=(Column(name="age", dtype="number", low=18, high=95),))
    >>> faults(contract, ["age"], {"age": "41"})
    [FieldFault(field='age', what='must be a number')]
    >>> faults(contract, ["age"], {"Age": 41})[0]
    FieldFault(field='age', what='is missing; send null when the value is unknown')
    """
    columns = {column.name: column for column in contract.columns}
    found = []
    for name in inputs:
        if name not in row:
            found.append(FieldFault(field=name, what="is missing; send null when the value is unknown"))
        elif name not in columns:
            found.append(FieldFault(field=name, what="is not described by the data contract"))
        elif what := _fault(columns[name], row[name]):
            found.append(FieldFault(field=name, what=what))
    known = set(inputs)
    for name in row:
        if name not in known:
            found.append(FieldFault(field=_quoted(name), what="is not an input of this model; leave it out"))
    return found


def outside(contract: DataContract, row: Mapping[str, Any]) -> list[str]:
    """Why a readable row lies outside the validated domain, in words; an empty list means that it lies inside.

    Only the columns that the row holds are judged. The values themselves are not repeated.

    Examples
    --------
    >>> contract = DataContract(columns=(Column(name="age", dtype="number", low=18, high=95),))
    >>> outside(contract, {"age": 130})
    ['age lies above the validated range 18.0 to 95.0']
    >>> outside(contract, {"age": None})
    ['age is missing, and the model was validated on rows where it never was']
    """
    sentinels = {d.column: d.sentinel for d in contract.decisions if d.decision == "sentinel"}
    present = [column for column in contract.columns if column.name in row]
    reasons = []
    for column in present:
        value = row[column.name]
        if value is None or value != sentinels.get(column.name):
            if reason := _reason(column, value):
                reasons.append(reason)
    if present and not reasons and all(row[column.name] is None for column in present):
        return ["every input is missing"]
    return reasons


def _quoted(name: object) -> str:
    text = str(name)
    return text if len(text) <= NAMES_SHOWN else text[: NAMES_SHOWN - 1] + "…"


def _fault(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.dtype == "number":
        return _number_fault(value)
    if not isinstance(value, str):
        return MUST_BE_STRING[column.dtype]
    if len(value) > LONGEST_TEXT:
        return f"is longer than {LONGEST_TEXT:,} characters"
    if not value.isascii() and not _is_unicode(value):
        return "holds half a character (a lone surrogate)"
    if column.dtype == "date" and _day(value) is None:
        return MUST_BE_STRING["date"]
    return ""


def _number_fault(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "must be a number"
    if isinstance(value, int):
        return "" if -EXACT <= value <= EXACT else "is too large to be an exact number"
    return "" if math.isfinite(value) else "must be a finite number, not NaN or an infinity"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _day(text: str) -> date | None:
    """The day that a text names: `2026-03-31`, with or without a time, or the first of the month `2026-03`."""
    for parse in (date.fromisoformat, datetime.fromisoformat, lambda month: date.fromisoformat(f"{month}-01")):
        try:
            found = parse(text)
            return found.date() if isinstance(found, datetime) else found
        except ValueError:
            continue
    return None


def _reason(column: Column, value: Any) -> str:
    if value is None:
        never = column.missing_share == 0
        return f"{column.name} is missing, and the model was validated on rows where it never was" if never else ""
    if column.dtype == "number":
        low, high = column.low, column.high
        span = f"the validated range {'' if low is None else plain(low)} to {'' if high is None else plain(high)}"
        if low is not None and value < low:
            return f"{column.name} lies below {span}"
        return f"{column.name} lies above {span}" if high is not None and value > high else ""
    if column.dtype == "date":
        return _reason_of_date(column, _day(value))
    if column.dtype == "category" and value not in column.levels:
        return f"{column.name} holds a category that the model was not validated on"
    if column.dtype == "text" and column.longest is not None and len(value) > column.longest:
        return f"{column.name} is longer than the {column.longest:,} letters up to which the model was validated"
    return ""


def _reason_of_date(column: Column, day: date | None) -> str:
    first, last = column.first, column.last
    if day is None or first is None or last is None:
        return ""
    span = f"the validated days {first} to {last}"
    if day < first:
        return f"{column.name} lies before {span}"
    later = day - last > TIME_GOES_ON
    return f"{column.name} lies more than {TIME_GOES_ON.days} days after {span}" if later else ""
