"""Acts of the guided canvas: what is typed is kept step by step, until it becomes a version of the brief."""

from collections.abc import Mapping

from glassworks.core.contract import Brief
from glassworks.core.difference import Change, difference
from glassworks.core.errors import Conflict, FixTheInput, TooLarge
from glassworks.core.people import Actor, Person
from glassworks.core.result import Result
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.line import cases, scope
from glassworks.line.parts import Parts
from glassworks.stages.scope.steps import STEPS
from glassworks.stages.scope.tiering import Derived, derive
from glassworks.store.drafts import Draft

MOST_FIELDS, MOST_CHARACTERS = 20_000, 1_000_000
UNTOUCHED = frozenset({"", "yes", "any", "low", "auc", "interval", "<", ">", ">="})
"""What the fields of an empty row hold before anybody types into it."""


def drafts(parts: Parts, who: Actor, use_case: str) -> dict[str, Draft]:
    """What was typed and is no version of the brief yet, by step."""
    case = cases.get(parts, who, use_case, "edit brief")
    return parts.drafts.of(case.id)


def keep(
    parts: Parts,
    who: Actor,
    use_case: str,
    step: str,
    expected_version: int,
    typed: Mapping[str, str],
    brief_version: int | None = None,
) -> Draft:
    """Keep what was typed into one step, unless somebody else saved it since `expected_version`.

    Parameters
    ----------
    brief_version : the version of the brief over which it was typed; None: whichever is the newest.

    Raises
    ------
    Conflict : somebody saved the step, or a version of the brief, before; `drafts` shows what.
    FixTheInput : there is no such step, or more was typed than a canvas holds.
    """
    case = cases.at_work(parts, who, use_case, "edit brief")
    if step not in {one.slug for one in STEPS}:
        raise FixTheInput(f"The canvas has no step {step!r}.", next_step="Go back to the canvas.", field="step")
    if len(typed) > MOST_FIELDS or sum(len(k) + len(v) for k, v in typed.items()) > MOST_CHARACTERS:
        raise TooLarge("More was typed than a canvas holds.", "A step holds a million characters.", "Shorten it.")
    known = cases.briefs(parts, case)
    if brief_version is not None and brief_version != (known[-1].version if known else 0):
        raise _conflict(f"{_name(parts, known[-1].saved_by)} saved version {known[-1].version} of the brief")
    kept = parts.drafts.save(case.id, step, expected_version, typed, who.person)
    if kept is None:
        other = parts.drafts.of(case.id).get(step)
        raise _conflict(f"{_name(parts, other.saved_by) if other else 'Somebody'} saved this step")
    return kept


def _conflict(what: str) -> Conflict:
    return Conflict(
        f"{what} while you typed.",
        "Two people never silently overwrite each other.",
        "Your text is kept on this page: compare, then save again.",
    )


def discard(parts: Parts, who: Actor, use_case: str, read: Mapping[str, Draft]) -> None:
    """Throw away what was typed, because it became a version of the brief or nobody wants it.

    `read` : the drafts that the person saw; what somebody typed since stays.
    """
    case = cases.at_work(parts, who, use_case, "edit brief")
    parts.drafts.clear(case.id, {step: one.version for step, one in read.items()})


def merged(
    seen: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Two people's entries in one, and the names of those that both changed, each to something else.

    Parameters
    ----------
    seen : the entries that both began with. mine : what this person sent; what the page did not ask is not among it.
    theirs : what another saved meanwhile.

    Examples
    --------
    >>> merged({"who": "a", "wow": ""}, {"who": "b", "wow": ""}, {"who": "a", "wow": "c"})
    ({'who': 'b', 'wow': 'c'}, ())
    """
    both, clashes = {}, []
    for name in {**theirs, **mine}:
        was, own, other = seen.get(name, ""), mine.get(name, ""), theirs.get(name, "")
        untouched = name not in mine or own == was or (name not in seen and _blank(name, mine, seen))
        both[name] = other if untouched else own
        if not untouched and other not in (was, own):
            clashes.append(name)
    return both, tuple(clashes)


def _blank(name: str, mine: Mapping[str, str], seen: Mapping[str, str]) -> bool:
    """Whether nothing was typed into the row of a list to which an entry belongs."""
    row = name.rpartition(".")[0] + "."
    return all(value in UNTOUCHED for other, value in mine.items() if other.startswith(row) and other not in seen)


def against_signed(parts: Parts, case: UseCase, brief: Brief) -> tuple[Change, ...]:
    """What a brief that is not saved yet changes in the signed contract, and who signs each change."""
    if not case.brief:
        return ()
    return between(parts, case, parts.ledger.get(Brief, case.brief), brief)


def between(parts: Parts, case: UseCase, before: Brief, after: Brief) -> tuple[Change, ...]:
    """What differs between two versions of a brief, and who answers for each difference."""
    return difference(before, after, parts.policy(case.line).gates[Stage.SCOPE].signers(after.tier))


def tier(parts: Parts, case: UseCase, brief: Brief) -> Derived:
    """The risk tier that the answers give by the policy's rules, and the answers that are open."""
    return derive(brief, parts.policy(case.line))


def asked(parts: Parts, case: UseCase, brief: Brief) -> tuple[str, ...]:
    """The fields that the policy asks for at the brief's tier, by dotted path."""
    return parts.policy(case.line).asked_at(brief.tier)


def foretold(parts: Parts, case: UseCase, brief: Brief) -> list[Result]:
    """What the checks of the gate will answer once this is saved; nothing is written."""
    return scope.answers(parts, case, brief)


def _name(parts: Parts, person: str) -> str:
    found = parts.ledger.find(Person, id=person)
    return found[0].name if found else "Somebody"
