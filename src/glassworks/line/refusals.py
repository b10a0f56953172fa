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


def check_reach(parts: Parts, who: Actor, act: str, *lines: str, what: str = "") -> None:
    """`check_may` for an act that reaches beyond one line: who is bound to lines acts on these lines only.

    An empty line stands for the whole office.
    """
    check_may(parts, who, act, what=what)
    with journalled(parts, who, act, what, line=who.lines[0] if len(who.lines) == 1 else ""):
        if who.lines and not set(lines) <= set(who.lines):
            raise NotAllowed(
                f"You may not {act} for the whole office or for another line.",
                "Rule own-line: a champion of a line of business acts in that line.",
                "Ask the champion of the office.",
                rule="own-line",
            )


def check_may(parts: Parts, who: Actor, act: str, line: str = "", what: str = "", use_case: str = "") -> None:
    """`hub.access.check_may`, with the refusal in the journal."""
    with journalled(parts, who, act, what, use_case=use_case, line=line):
        access.check_may(who, act, line)
