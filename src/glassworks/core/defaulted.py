"""Which fields of a brief the factory filled in, and when one of them counts as confirmed by a person."""

from collections.abc import Iterable
from typing import Any

from glassworks.core.contract import Brief, Decision, Kpi, ValueMatrix

NOTHING = object()
BLANK: dict[str, Any] = Brief(
    id="blank",
    title="",
    problem="",
    target="",
    decision=Decision(unit="", action="", otherwise="", volume_per_period=1, if_model_down=""),
    kpi=Kpi(name="", unit="", baseline="", target=0),
    value=ValueMatrix(),
).facts()
"""The facts of a brief in which nothing is written."""


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path of plain data; an item of a list is found by its name, else by its place.

    `NOTHING` when there is no such place. Examples: `kpi.target`, `features.age.expected`, `plan.0.due`.
    """
    for step in path.split("."):
        value = _step(value, step)
        if value is NOTHING:
            return NOTHING
    return value


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step, NOTHING)
    if not isinstance(value, list):
        return NOTHING
    named = [item for item in value if isinstance(item, dict) and item.get("name") == step]
    if named:
        return named[0]
    return value[int(step)] if step.isascii() and step.isdigit() and int(step) < len(value) else NOTHING


def covers(path: str, other: str) -> bool:
    """Whether one path is the other, or leads to it: `kpi` covers `kpi.target`."""
    return other == path or other.startswith(f"{path}.")


def is_defaulted(brief: Brief, path: str) -> bool:
    """Whether the field at a path, or a part of it, is what the factory filled in and nobody has confirmed."""
    return any(covers(one, path) or covers(path, one) for one in brief.defaulted)


def settled(before: Brief | None, after: Brief, confirmed: Iterable[str] = ()) -> Brief:
    """The brief with the marks of those fields taken away that a person changed or confirmed.

    Parameters
    ----------
    before : the version that was edited (None: there was none, and nothing counts as changed).
    after : the version to save; a mark that it no longer carries is confirmed.
    confirmed : dotted paths that the person confirms as they are; a path confirms everything under it.
    """
    agreed = tuple(confirmed)
    old, new = before.facts() if before else None, after.facts()
    left = tuple(
        path
        for path in dict.fromkeys(after.defaulted)
        if not any(covers(one, path) for one in agreed)
        and at(new, path) is not NOTHING
        and (old is None or at(old, path) == at(new, path))
    )
    return after if left == after.defaulted else after.model_copy(update={"defaulted": left})


def says(brief: Brief, path: str) -> bool:
    """Whether the brief says anything at a path: what equals a brief that was never written is nothing."""
    here = at(brief.facts(), path)
    return here is not NOTHING and here != at(BLANK, path) and not (isinstance(here, str) and not here.strip())
