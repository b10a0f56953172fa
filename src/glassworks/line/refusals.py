"""A refusal is an act too: who was refused what, by which rule, stands in the journal."""

from collections.abc import Iterator
from contextlib import contextmanager

from glassworks.core.errors import NotAllowed
from glassworks.core.journal import Act
from glassworks.core.people import Actor
from glassworks.hub import access
from glassworks.line.parts import Parts


@contextmanager
def journalled(
    parts: Parts, who: Actor, act: str, what: str = "", *, use_case: str = "", line: str = ""
) -> Iterator[None]:
    """Journal a refusal raised inside, with its rule. What the refused act had written is rolled back, this stays."""
    try:
        yield
    except NotAllowed as error:
        note = Act(
            act=act,
            who=who.person,
            what=what,
            use_case=use_case,
            line=line,
            sentence=f"{who.name} was refused: {error.what} {error.why}".strip(),
            refused=True,
            detail={"rule": error.rule},
        )
        parts.ledger.note(note)
        raise


def check_may(parts: Parts, who: Actor, act: str, line: str = "", what: str = "", use_case: str = "") -> None:
    """`hub.access.check_may`, with the refusal in the journal."""
    with journalled(parts, who, act, what, use_case=use_case, line=line):
        access.check_may(who, act, line)
