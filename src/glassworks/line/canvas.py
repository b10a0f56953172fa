"""Acts of the guided canvas: what is typed is kept step by step, until it becomes a version of the brief."""

from collections.abc import Mapping

from glassworks.core.contract import Brief
from glassworks.core.difference import Change, difference
from glassworks.core.errors import Conflict, FixTheInput, TooLarge
from glassworks.core.people import Actor, Person
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.line import cases
from glassworks.line.parts import Parts
from glassworks.stages.scope.steps import STEPS
from glassworks.store.drafts import Draft

MOST_FIELDS, MOST_CHARACTERS = 20_000, 1_000_000


def drafts(parts: Parts, who: Actor, use_case: str) -> dict[str, Draft]:
    """What was typed and is no version of the brief yet, by step."""
    case = cases.get(parts, who, use_case, "edit brief")
    return parts.drafts.of(case.id)


def keep(parts: Parts, who: Actor, use_case: str, step: str, expected_version: int, typed: Mapping[str, str]) -> Draft:
    """Keep what was typed into one step, unless somebody else saved it since `expected_version`.

    Raises
    ------
    Conflict : somebody saved before; `drafts` shows what.
    FixTheInput : there is no such step, or more was typed than a canvas holds.
    """
    case = cases.at_work(parts, who, use_case, "edit brief")
    if step not in {one.slug for one in STEPS}:
        raise FixTheInput(f"The canvas has no step {step!r}.", next_step="Go back to the canvas.", field="step")
    if len(typed) > MOST_FIELDS or sum(len(k) + len(v) for k, v in typed.items()) > MOST_CHARACTERS:
        raise TooLarge("More was typed than a canvas holds.", "A step holds a million characters.", "Shorten it.")
    kept = parts.drafts.save(case.id, step, expected_version, typed, who.person)
    if kept is None:
        other = parts.drafts.of(case.id).get(step)
        name = _name(parts, other.saved_by) if other else "Somebody"
        raise Conflict(
            f"{name} saved this step while you typed.",
            "Two people never silently overwrite each other.",
            "Your text is kept on this page: compare, then save again.",
        )
    return kept


def discard(parts: Parts, who: Actor, use_case: str) -> None:
    """Throw away what was typed, because it became a version of the brief or nobody wants it."""
    case = cases.at_work(parts, who, use_case, "edit brief")
    parts.drafts.clear(case.id)


def against_signed(parts: Parts, case: UseCase, brief: Brief) -> tuple[Change, ...]:
    """What a brief that is not saved yet changes in the signed contract, and who signs each change."""
    if not case.brief:
        return ()
    signers = parts.policy(case.line).gates[Stage.SCOPE].signers(brief.tier)
    return difference(parts.ledger.get(Brief, case.brief), brief, signers)


def _name(parts: Parts, person: str) -> str:
    found = parts.ledger.find(Person, id=person)
    return found[0].name if found else "Somebody"
