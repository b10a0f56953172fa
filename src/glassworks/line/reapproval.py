"""Re-approval by difference, told: what changed since the release in operation, whose approval holds, who signs."""

from glassworks.core import canonical
from glassworks.core.dossier import Body, Dossier, stood
from glassworks.core.people import Actor, Person, Role
from glassworks.core.reapproval import Held, Reapproval, differences, worse
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, GateRecord, Release
from glassworks.line import signing
from glassworks.line.parts import Parts
from glassworks.line.signing import Sheet


def of(parts: Parts, who: Actor, use_case: str, subject: str) -> Reapproval | None:
    """A candidate that stands at gate 4 beside the release in operation; None where there is nothing to compare."""
    return told(parts, signing.sheet(parts, who, use_case, subject))


def told(parts: Parts, sheet: Sheet) -> Reapproval | None:
    """The same, for evidence that is read already. Of a gate that has answered, what it answered on."""
    if sheet.prepared.stage is not Stage.VALIDATE:
        return None
    release = _beside(parts, sheet)
    if release is None:
        return None
    then = Dossier.model_validate(canonical.parse_strict(parts.vault.get(release.dossier)))
    before, after = stood(then.body, then.body_digest), stood(sheet.body, sheet.prepared.id)
    holds = {one.role for one in sheet.seen.carried}
    return Reapproval(
        release=release.id,
        name=parts.ledger.get(Candidate, release.candidate).name,
        released_at=release.released_at,
        changes=differences(before, after),
        worse=_titles(sheet.body, then.body, worse(before, after)),
        carried=tuple(_held(parts, sheet, role) for role in _asked(sheet) if role in holds),
        sign_again=tuple(role for role in _asked(sheet) if role not in holds),
    )


def _beside(parts: Parts, sheet: Sheet) -> Release | None:
    """The release that ran when this evidence was laid ready."""
    settled = parts.ledger.find(GateRecord, use_case=sheet.case.id, dossier=sheet.prepared.id)
    known = [
        one for one in parts.ledger.find(Release, use_case=sheet.case.id) if one.candidate != sheet.body.subject_id
    ]
    if settled:
        known = [one for one in known if one.released_at < settled[0].decided_at]
    return max(known, key=lambda one: one.released_at, default=None)


def _asked(sheet: Sheet) -> tuple[Role, ...]:
    return sheet.seen.policy.gates[sheet.seen.stage].signers(sheet.seen.tier)


def _titles(now: Body, then: Body, checks: tuple[str, ...]) -> tuple[str, ...]:
    names = {one.check: one.title for one in (*then.results, *now.results)}
    return tuple(names[check] for check in checks)


def _held(parts: Parts, sheet: Sheet, role: Role) -> Held:
    given = next(one for one in sheet.seen.carried if one.role is role)
    release = parts.ledger.find(Release, use_case=sheet.case.id, candidate=given.subject)
    person = parts.ledger.find(Person, id=given.person)
    return Held(
        role=role,
        name=person[0].name if person else given.person,
        release=release[-1].id if release else "",
        signed_at=given.signed_at,
        conditions=given.conditions,
    )
