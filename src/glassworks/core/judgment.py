"""The validator's judgment: what a person says of a model beside its figures, as lines of the statement they sign."""

from collections.abc import Mapping

HEADS = {
    "soundness": "Conceptual soundness",
    "assumptions": "Assumptions",
    "limitations": "Limitations",
}
"""The parts of a judgment, by field, with the words that begin its line in the statement."""


def composed(parts: Mapping[str, str], more: str = "") -> str:
    """A judgment as the lines of a statement, each part on its own line, and whatever else is said below.

    Examples
    --------
    >>> composed({"soundness": "The inputs  cause it.", "limitations": "No winter."}, "Approved.").split(chr(10))
    ['Conceptual soundness: The inputs cause it.', 'Limitations: No winter.', 'Approved.']
    """
    told = [f"{head}: {' '.join(parts[name].split())}" for name, head in HEADS.items() if parts.get(name, "").strip()]
    return "\n".join([*told, *([more.strip()] if more.strip() else [])])


def read(statement: str) -> dict[str, str]:
    """The parts of a judgment that a statement holds, by field; a part is a line that begins with its head."""
    found: dict[str, str] = {}
    for line in statement.splitlines():
        for name, head in HEADS.items():
            if line.startswith(f"{head}: ") and line.removeprefix(f"{head}: ").strip():
                found.setdefault(name, line.removeprefix(f"{head}: ").strip())
    return found


def missing(statement: str) -> tuple[str, ...]:
    """The heads of the parts that a statement does not hold."""
    told = read(statement)
    return tuple(head for name, head in HEADS.items() if name not in told)
