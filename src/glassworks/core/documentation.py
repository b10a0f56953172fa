"""The documents that a policy pack asks for, of one use case: which points are filled, partly, or not at all."""

from typing import Literal

from glassworks.core.policy import Source
from glassworks.core.record import Part

State = Literal["filled", "partly", "unfilled"]


class Place(Part):
    """A place that holds a part of a point, in words, and whether anything stands there."""

    words: str
    there: bool


class Point(Part):
    """One point: where this factory keeps it, what is missing there, and what people write elsewhere (`lacks`)."""

    id: str
    title: str
    source: str
    places: tuple[Place, ...] = ()
    lacks: str = ""

    @property
    def state(self) -> State:
        """Filled when every place holds something and nothing is left to people; unfilled when no place does."""
        there = [one.there for one in self.places]
        if not any(there):
            return "unfilled"
        return "filled" if all(there) and not self.lacks else "partly"

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not there, in words: places that are empty, then what this factory does not hold."""
        empty = tuple(one.words for one in self.places if not one.there)
        return (*empty, self.lacks) if self.lacks else empty


class Documentation(Part):
    """The points of a pack, with the pack's name, its note on legal review and its dated sources."""

    title: str
    version: str
    legal_note: str
    note: str = ""
    sources: tuple[Source, ...] = ()
    points: tuple[Point, ...] = ()

    def count(self, state: State) -> int:
        """How many points are in a state."""
        return sum(one.state == state for one in self.points)

    @property
    def sentence(self) -> str:
        """How far the documents are, in a sentence."""
        if not self.points:
            return f"{self.title} asks for no documents point by point."
        told = f"{self.count('filled')} are filled, {self.count('partly')} partly, {self.count('unfilled')} not"
        return f"Of {len(self.points)} points that {self.title} asks to have in writing {told}."
