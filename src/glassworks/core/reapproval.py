"""What changed between two candidates that stood at gate 4, and whose approval of the earlier one still holds."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from glassworks.core.contract import Brief, Tier
from glassworks.core.difference import difference
from glassworks.core.lock import Lock, differing
from glassworks.core.people import Role
from glassworks.core.policy import PolicyPack
from glassworks.core.record import Moment, Part
from glassworks.core.result import Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage

RECIPE = ("framework", "recipe", "task", "inputs", "labels", "parameters", "seed", "learned_until")
NAMED = 6
"""Of the fields that changed, so many are named in a sentence."""


class Kind(StrEnum):
    """A way in which two candidates differ, and with it who answers for the difference."""

    CONTRACT = "contract"
    DATA = "data"
    RECIPE = "recipe"
    BYTES = "bytes"
    ENVIRONMENT = "environment"


EVERYBODY = (Kind.CONTRACT, Kind.RECIPE)
"""Who agreed to another contract or another recipe has agreed to something else."""


class Grounds(Part):
    """What data a candidate was judged on: digests of the table, of how it was divided, of the data contract."""

    table: str
    division: str
    contract: str


class Stood(Part):
    """A candidate as it stood at gate 4: what it was, what it was judged by, what was found, and who approved it.

    `grounds` is None where the dossier is older than this rule: nothing is carried from it or to it.
    """

    dossier: str
    use_case: str
    environment: str
    demonstration: bool
    candidate: str
    made_by: str
    card: dict[str, Any]
    files: dict[str, str]
    brief: Brief
    grounds: Grounds | None
    lock: Lock | None
    policy: str
    tier: Tier
    verdicts: dict[str, Verdict]
    authors: tuple[str, ...]
    signoffs: tuple[SignOff, ...] = ()


class Changed(Part):
    """One kind of difference, with what it is in a sentence."""

    kind: Kind
    sentence: str


class Held(Part):
    """An approval that is carried: whose, as what, given when for which release, and on which conditions."""

    role: Role
    name: str
    release: str
    signed_at: Moment
    conditions: tuple[str, ...] = ()


class Reapproval(Part):
    """A candidate at gate 4 beside the release in operation: what changed, whose approval holds, who signs again.

    `worse` are the checks, by title, for which everybody signs again.
    """

    release: str
    name: str
    released_at: Moment
    changes: tuple[Changed, ...] = ()
    worse: tuple[str, ...] = ()
    carried: tuple[Held, ...] = ()
    sign_again: tuple[Role, ...] = ()


def differences(before: Stood, after: Stood) -> tuple[Changed, ...]:
    """Every kind in which two candidates differ; empty where contract, data, recipe, bytes and packages are the same.

    Files that differ are only other bytes where the office's builder made both: it keeps the recipe, and could fit it
    again. Of a model that was brought by hand nobody can tell, so other files are another recipe.
    """
    found = [
        (Kind.CONTRACT, _contract(before, after)),
        (Kind.DATA, _data(before, after)),
        (Kind.RECIPE, _recipe(before, after)),
        (Kind.BYTES, _bytes(before, after)),
        (Kind.ENVIRONMENT, _environment(before, after)),
    ]
    return tuple(Changed(kind=kind, sentence=sentence) for kind, sentence in found if sentence)


def signs_again(kinds: Iterable[Kind], asked: tuple[Role, ...]) -> tuple[Role, ...]:
    """Of the roles that gate 4 asks to approve, those that sign again for these differences, in the gate's order.

    Another contract or recipe: all. Other data: the validator and the business owner. Other bytes or packages, and
    also where nothing differs: the validator.
    """
    seen = set(kinds)
    if seen & set(EVERYBODY) or Role.VALIDATOR not in asked:
        return asked
    again = {Role.VALIDATOR, Role.BUSINESS_OWNER} if Kind.DATA in seen else {Role.VALIDATOR}
    return tuple(role for role in asked if role in again)


def worse(before: Stood, after: Stood) -> tuple[str, ...]:
    """The checks for which everybody signs again: those that fail now, and those that passed then and do not now."""
    failing = [check for check, verdict in after.verdicts.items() if verdict is Verdict.FAIL]
    lost = [
        check
        for check, verdict in before.verdicts.items()
        if verdict is Verdict.PASS and after.verdicts.get(check) is not Verdict.PASS
    ]
    return tuple(sorted({*failing, *lost}))


def carried(after: Stood, policy: PolicyPack, earlier: Iterable[Stood], now: Moment) -> tuple[SignOff, ...]:
    """The approvals of earlier released candidates that count for this one, at most one a role.

    Only the newest approval of a role counts, and it is held against what that person signed. It is carried when it is
    live, by no author of anything new, was given under the same policy pack at the same tier for the same environment,
    nothing changed that the role answers for, and no check is worse. The validator always signs. The business owner
    signs where anything is inconclusive now: an acceptance is never carried. A condition is about the data it was
    given for: with other data, who set one signs again.
    """
    rules = policy.gates.get(Stage.VALIDATE)
    asked = rules.approve.get(after.tier, ()) if rules else ()
    newest: dict[Role, tuple[SignOff, Stood]] = {}
    for one in earlier:
        for given in one.signoffs:
            holds = given.dossier == one.dossier and given.stage is Stage.VALIDATE and given.subject == one.candidate
            if holds and given.meaning is Meaning.APPROVE and given.role in asked:
                if given.role not in newest or newest[given.role][0].signed_at < given.signed_at:
                    newest[given.role] = (given, one)
    return tuple(
        given
        for role in asked
        if role in newest
        for given, one in [newest[role]]
        if _comparable(one, after) and given.live(now) and given.person not in after.authors
        if _answered(given, one, after, asked)
    )


def _comparable(one: Stood, after: Stood) -> bool:
    """Whether both were judged in the same world: use case, environment, policy pack, tier; and both say on what."""
    fields = ("use_case", "environment", "demonstration", "policy", "tier")
    same = all(getattr(one, name) == getattr(after, name) for name in fields)
    return same and one.grounds is not None and after.grounds is not None and one.dossier != after.dossier


def _answered(given: SignOff, one: Stood, after: Stood, asked: tuple[Role, ...]) -> bool:
    """Whether the approval still answers for everything that its role is asked about."""
    kinds = {change.kind for change in differences(one, after)}
    if given.role in signs_again(kinds, asked) or worse(one, after):
        return False
    unsure = Verdict.INCONCLUSIVE in after.verdicts.values()
    return not (given.role is Role.BUSINESS_OWNER and unsure) and not (Kind.DATA in kinds and given.conditions)


def _contract(before: Stood, after: Stood) -> str:
    if before.brief.digest == after.brief.digest:
        return ""
    return contract_sentence(before.brief, after.brief)


def contract_sentence(before: Brief, after: Brief) -> str:
    """What changed between two versions of the KPI contract, with the first of the fields by name."""
    paths = [change.path for change in difference(before, after, ())]
    named = ", ".join(paths[:NAMED]) + (f" and {len(paths) - NAMED} more" if len(paths) > NAMED else "")
    told = f": {named}" if paths else ", with the same terms"
    return f"The KPI contract changed from version {before.version} to version {after.version}{told}."


def _data(before: Stood, after: Stood) -> str:
    then, now = before.grounds, after.grounds
    if then is None or now is None:
        return "" if then is now else "What data the earlier one was judged on is not written down."
    if then.table != now.table:
        return "The data are another table."
    if then.division != now.division:
        return "The data are divided in another way, so other rows are sealed."
    return "" if then.contract == now.contract else "The decisions about columns changed: the data contract is another."


def _recipe(before: Stood, after: Stood) -> str:
    fields = [name for name in RECIPE if before.card.get(name) != after.card.get(name)]
    if _window(before) != _window(after):
        fields.append("window")
    if fields:
        return f"The model is made in another way: {', '.join(fields)}."
    by_hand = "builder" not in (before.made_by, after.made_by) or before.made_by != after.made_by
    if by_hand and before.files != after.files:
        return "The model was brought by hand with other files; that only its bytes differ nobody can tell."
    return ""


def _window(one: Stood) -> str:
    """Which rows it learned from, without their number, which follows from the data."""
    return str(one.card.get("window", "")).partition(" (")[0]


def _bytes(before: Stood, after: Stood) -> str:
    return "" if before.files == after.files else "The model's files are other bytes: fitted again or packed anew."


def _environment(before: Stood, after: Stood) -> str:
    if before.lock == after.lock:
        return ""
    if before.lock is None or after.lock is None:
        return "The packages with which one of them was recomputed are not written down."
    new = sorted(set(before.lock.packages) ^ set(after.lock.packages))
    told = [*differing(before.lock, after.lock)]
    count = len(told) + len(new)
    return f"It was recomputed with other packages: {count} differ{'s' if count == 1 else ''}."
