"""Conditions of an approval: what the prediction server enforces by itself, read from the words that people sign.

A condition is a sentence. Written in one of the `FORMS` it is enforced; in any other words it is kept by people.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from glassworks.core import canonical
from glassworks.core.record import Part
from glassworks.core.usecase import Column

FORMS = (
    "at most 500 cases a day",
    "10 of 100 cases go to a person",
    "only where contact is cellular or telephone",
    "only where amount is from 0 to 5000",
)
REVIEW = "a person decides"
"""The decision of a case that the approval sends to a person."""

_CAP = re.compile(r"at most ([0-9][0-9,]{0,15}) cases a (day|month)", re.IGNORECASE)
_REVIEW = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?) of 100 cases go to a person", re.IGNORECASE)
_RANGE = re.compile(r"only where (.{1,200}?) is from (-?[0-9]+(?:\.[0-9]+)?) to (-?[0-9]+(?:\.[0-9]+)?)", re.IGNORECASE)
_LEVELS = re.compile(r"only where (.{1,200}?) is (?!from )(.{1,2000})", re.IGNORECASE)


class Cap(Part):
    """At most so many cases are answered a calendar day or month (UTC)."""

    most: int
    each: Literal["day", "month"]


class Only(Part):
    """Only rows whose `column` has one of the levels, or lies between low and high, are answered."""

    column: str
    levels: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    words: str

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether a row lies inside; a missing value does not."""
        value = row.get(self.column)
        if self.low is None or self.high is None:
            return value is not None and str(value) in self.levels
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and value is not None and self.low <= float(value) <= self.high


class Terms(Part):
    """What is enforced of all conditions together; of several shares for review the largest holds."""

    caps: tuple[Cap, ...] = ()
    review: float = 0.0
    only: tuple[Only, ...] = ()

    def outside(self, row: Mapping[str, Any]) -> list[str]:
        """Why a row lies outside what was approved; an empty list means inside."""
        return [f"it was approved {one.words}" for one in self.only if not one.holds(row)]

    def reviewed(self, release: str, row: Mapping[str, Any]) -> bool:
        """Whether a person decides this case: drawn by its row alone, so that a caller who asks again, by whatever name
        of the case, changes nothing."""
        if not self.review:
            return False
        mark = canonical.digest([release, dict(row)]).removeprefix(canonical.DIGEST_PREFIX)
        return int(mark[:13], 16) < self.review * 16**13


def terms(conditions: Sequence[str]) -> Terms:
    """What of these conditions is enforced.

    Examples
    --------
    >>> found = terms(["At most 500 cases a day.", "10 of 100 cases go to a person", "watch the complaints"])
    >>> found.caps[0].most, found.review
    (500, 0.1)
    """
    said = [" ".join(one.split()).strip(" .") for one in conditions]
    shares = [float(found[1]) / 100 for one in said if (found := _REVIEW.fullmatch(one))]
    named = [found for one in said if (found := _CAP.fullmatch(one))]
    caps = [Cap(most=int(found[1].replace(",", "")), each=_each(found[2])) for found in named]
    return Terms(caps=tuple(caps), review=min(1.0, max(shares, default=0.0)), only=tuple(_only(said)))


def is_enforced(condition: str) -> bool:
    """Whether the server enforces a condition by itself."""
    return terms([condition]) != Terms()


def unfit(one: Only, column: Column | None) -> str:
    """Why a condition on a column would refuse every row, with what to write instead; empty when it would not."""
    if column is None:
        return "the model is not told this column, so the server cannot look at it: name one of its inputs"
    is_range = one.low is not None and one.high is not None
    if is_range != (column.dtype == "number"):
        form = "from 0 to 10" if column.dtype == "number" else "one or another"
        return f"it is a {column.dtype}: write `only where {column.name} is {form}`"
    if one.low is not None and one.high is not None and one.low > one.high:
        return "its range ends before it begins: write the lower number first"
    strange = [level for level in one.levels if column.dtype == "category" and level not in column.levels]
    if strange:
        return f"it never is {strange[0][:60]}: its values are {', '.join(column.levels[:12])}"
    return ""


def _only(said: Sequence[str]) -> list[Only]:
    """The conditions that name which rows are answered."""
    made = []
    for one in said:
        if found := _RANGE.fullmatch(one):
            made.append(Only(column=found[1], low=float(found[2]), high=float(found[3]), words=one))
        elif found := _LEVELS.fullmatch(one):
            made.append(Only(column=found[1], levels=tuple(found[2].split(" or ")), words=one))
    return [one.model_copy(update={"words": one.words[0].lower() + one.words[1:]}) for one in made]


def _each(word: str) -> Literal["day", "month"]:
    return "day" if word.lower() == "day" else "month"
