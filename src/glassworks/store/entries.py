"""What every ledger does alike: turn records into storable facts, match them, and chain acts into the journal."""

import re
from typing import Any

from glassworks.core import canonical
from glassworks.core.errors import Conflict, FixTheInput, NotFound
from glassworks.core.journal import GENESIS, Act, Entry
from glassworks.core.record import Moment, Part, Record

NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
Head = tuple[int, str]
EMPTY: Head = (0, GENESIS)
"""The number and hash of the last entry; before the first one, these."""


def storable(part: Part) -> tuple[dict[str, Any], str]:
    """The facts of a record or entry and their digest.

    Raises
    ------
    FixTheInput : a text in it holds a NUL character, which no database keeps faithfully, or is not Unicode.
    """
    facts = part.facts()
    content = canonical.to_bytes(facts)
    if NUL.search(content):
        raise FixTheInput("A text holds a NUL character.", "It cannot be kept.", "Remove it and try again.")
    return facts, canonical.digest_bytes(content)


def name_of(kind: type[Record], id: str) -> str:
    """How the journal names a record: `kind:id`."""
    return f"{kind.kind}:{id}"


def chained(head: Head, at: Moment, act: Act, wrote: dict[str, str]) -> Entry:
    """The act in its place after the last entry."""
    return Entry(number=head[0] + 1, at=at, act=act, wrote=wrote, previous=head[1]).sealed()


def check_fields(kind: type[Record], equal: dict[str, Any]) -> None:
    """Refuse to look for a field that records of this kind do not have."""
    for name in equal:
        if name not in kind.model_fields:
            raise TypeError(f"{kind.__name__} has no field {name}")


def matches(record: Record, equal: dict[str, Any]) -> bool:
    """Whether the named fields equal the values."""
    return all(getattr(record, name) == value for name, value in equal.items())


def taken(kind: type[Record], id: str) -> Conflict:
    """The refusal of an id that is in use."""
    return Conflict(
        f"There is already a {kind.kind.replace('_', ' ')} called {id}.",
        "Nothing was written.",
        "Choose another name, or open the existing one.",
    )


def moved_on(kind: type[Record], id: str) -> Conflict:
    """The refusal of a write to a record that someone else has written meanwhile."""
    return Conflict(
        f"Someone else changed {kind.kind.replace('_', ' ')} {id} first.",
        "Nothing was written.",
        "Read it again, then decide.",
    )


def absent(kind: type[Record], id: str) -> NotFound:
    """The answer when there is no such record."""
    return NotFound(
        f"There is no {kind.kind.replace('_', ' ')} called {id}.", "", "Check the name; it may belong to another line."
    )
