"""Conditions of an approval: what the prediction server enforces by itself, read from the words that people sign.

A condition is a sentence. Written in one of the `FORMS` it is enforced; in any other words it is kept by people.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

from glassworks.core import canonical
from glassworks.core.gate import Decision
from glassworks.core.record import Part, added
from glassworks.core.stage import Stage
from glassworks.core.usecase import Column

FORMS = (
    "at most 500 cases a day",
    "10 of 100 cases go to a person",
    "only where contact is cellular or telephone",
    "only where amount is from 0 to 5000",
)
REVIEW = "a person decides"
"""The decision of a case that the approval sends to a person."""

LONGEST, MOST = 500, 20
"""Letters of a condition, and conditions of one signature."""

_NUMBER = r"(-?[0-9][0-9.,]{0,30})"
_any_case = partial(re.compile, flags=re.IGNORECASE)
_CAP = _any_case(rf"at most {_NUMBER} cases (?:a|per|each|every) (day|month)")
_REVIEW = _any_case(rf"{_NUMBER} ?(?:of 100|in 100|%|per cent|percent)(?: of)?(?: the)? cases go to a person")
_RANGE = _any_case(rf"only where (.{{1,200}}?) is from {_NUMBER} to {_NUMBER}")
_LEVELS = _any_case(r"only where (.{1,200}?) is (?!from )(.{1,2000})")
_NEAR = (
    (_any_case(r"(?:at most|no more than|not more than|up to)\b.*\b(?:day|daily|month|monthly)\b.*"), 0),
    (_any_case(r".*\bgo(?:es)? to a person\b.*"), 1),
    (_any_case(r"only where .*\bfrom\b.*"), 3),
    (_any_case(r"only where\b.*"), 2),
)
"""What nearly has a form that is kept, and which: whoever signs it counts on the server."""
_READ = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
_TWO_WAYS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")


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
    said = [_plain(one) for one in conditions]
    shares = [_number(found[1]) for one in said if (found := _REVIEW.fullmatch(one))]
    caps = [_cap(found) for one in said if (found := _CAP.fullmatch(one))]
    review = max((one for one in shares if one is not None and 0 < one <= 100), default=0.0) / 100
    return Terms(caps=tuple(one for one in caps if one), review=review, only=tuple(_only(said)))


def is_enforced(condition: str) -> bool:
    """Whether the server enforces a condition by itself."""
    return terms([condition]) != Terms()


class Kept(Part):
    """A condition, and who keeps it: the prediction server by itself, or people."""

    condition: str
    by: Literal["server", "people"]

    @property
    def words(self) -> str:
        """Both in a sentence."""
        who = "The prediction server keeps" if self.by == "server" else "People keep, and the server does not"
        return f"{who}: {self.condition}"


def kept(conditions: Sequence[str], stage: Stage) -> tuple[Kept, ...]:
    """Who keeps each condition of a signature; only those of gate 4 reach the server, in the permit."""
    reach = stage is Stage.VALIDATE
    return tuple(Kept(condition=one, by="server" if reach and is_enforced(one) else "people") for one in conditions)


class Signed(Decision):
    """What the gate says after a signature, and who keeps each condition of it."""

    conditions: tuple[Kept, ...] = added(())


def refusal(condition: str) -> str:
    """Why a condition is not signed: so near to a form that one would count on the server, which would not keep it.

    Examples
    --------
    >>> refusal("watch the complaints"), refusal("at most 500 cases per day;")
    ('', '')
    >>> refusal("at most 1.000 cases a day")
    '1.000 may be read in two ways: write 1000 for a thousand, 1.5 for one and a half'
    """
    said = _plain(condition)
    near = next((FORMS[place] for form, place in _NEAR if form.fullmatch(said)), "")
    if not near or is_enforced(said):
        return ""
    odd = [one for one in re.findall(_NUMBER, said) if _number(one) is None]
    if odd:
        return f"{odd[0]} may be read in two ways: write 1000 for a thousand, 1.5 for one and a half"
    return f"the server keeps it only as `{near}`, alone on its line and with a number that leaves some cases"


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
            low, high = _number(found[2]), _number(found[3])
            if low is not None and high is not None:
                made.append(Only(column=found[1], low=low, high=high, words=one))
        elif found := _LEVELS.fullmatch(one):
            made.append(Only(column=found[1], levels=tuple(found[2].split(" or ")), words=one))
    return [one.model_copy(update={"words": one.words[0].lower() + one.words[1:]}) for one in made]


def _cap(found: re.Match[str]) -> Cap | None:
    most = _number(found[1])
    if most is None or most < 1 or most != int(most):
        return None
    return Cap(most=int(most), each="day" if found[2].lower() == "day" else "month")


def _plain(condition: str) -> str:
    """On one line, without what ends a sentence or begins a list."""
    return " ".join(condition.split()).lstrip(" *-").rstrip(" .;,!")


def _number(written: str) -> float | None:
    """A number with groups of three by commas and decimals after a point; nothing when it may be read in two ways."""
    written = written.rstrip(".,")
    if not _READ.fullmatch(written) or _TWO_WAYS.fullmatch(written):
        return None
    return float(written.replace(",", ""))
