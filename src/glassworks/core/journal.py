"""The journal: the append-only, hash-chained record of every act."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from glassworks.core import canonical
from glassworks.core.record import Moment, Part

GENESIS = "sha256:" + "0" * 64


class Act(Part):
    """What someone did, before it has a place in the chain. `who` is a person's id or `office`."""

    act: str
    who: str
    what: str = ""
    use_case: str = ""
    line: str = ""
    sentence: str = ""
    detail: dict[str, Any] = Field(default_factory=dict)
    refused: bool = False


class Entry(Part):
    """An act in its place: its number, its moment, what it wrote, and the hash of the entry before it.

    `wrote` maps `kind:id` of each record written by the act to the digest it had then.
    """

    format: Literal["glassworks-journal/1"] = "glassworks-journal/1"
    number: int
    at: Moment
    act: Act
    wrote: dict[str, str] = Field(default_factory=dict)
    previous: str
    hash: str = ""

    def sealed(self) -> "Entry":
        """The same entry, every field given, with its hash filled in."""
        whole = Entry.model_validate(self.facts())
        return whole.model_copy(update={"hash": whole.computed_hash()})

    def computed_hash(self) -> str:
        """The hash that the entry must carry: of what it told when it was sealed."""
        return canonical.digest({k: v for k, v in self.told().items() if k != "hash"})


def first_break(entries: Iterable[Entry]) -> str:
    """Where the chain breaks first, in words; an empty text means it holds."""
    previous = GENESIS
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            return f"entry {number} is missing: the journal goes on with {entry.number}"
        if entry.previous != previous:
            return f"entry {number} does not follow the entry before it"
        if entry.computed_hash() != entry.hash:
            return f"entry {number} was changed after it was written"
        previous = entry.hash
    return ""
