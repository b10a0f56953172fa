"""Acts about exceptions: ask for one; grant it by signature, as another person, who made no part of the work."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal

from glassworks.core import registry
from glassworks.core.commands import AskException
from glassworks.core.counter import GRANTERS
from glassworks.core.dossier import Body, Prepared, void
from glassworks.core.errors import Conflict, FixTheInput, NotAllowed, NotFound
from glassworks.core.journal import Act
from glassworks.core.people import Actor
from glassworks.core.record import new_id
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase, Waiver
from glassworks.hub import gatekeeper
from glassworks.hub.access import may
from glassworks.line import cases, outcome, own_key, people, signing
from glassworks.line.parts import Parts
from glassworks.line.refusals import journalled


def ask_exception(parts: Parts, who: Actor, command: AskException) -> Waiver:
    """Ask for an exception from one check, for a time; the policy caps how long."""
    case = cases.at_work(parts, who, command.use_case, "ask exception")
    known = {one.id for stage in Stage for one in registry.checks(stage)}
    if command.check not in known | _asked(parts, case, command.subject):
        raise FixTheInput(f"There is no check {command.check!r}.", "", "Name one of the results.", field="check")
    if not parts.ledger.find(Prepared, use_case=case.id, subject=command.subject):
        raise NotFound(f"Nothing lies ready about {command.subject}.", "", "Run its checks first.")
    tier = _body(parts, case, command.subject).tier
    longest = parts.policy(case.line).exception_days[tier]
    if command.days > longest:
        raise FixTheInput(
            f"An exception at {tier} tier lasts at most {longest} days.", "", "Ask for fewer days.", field="days"
        )
    now = parts.now()
    waiver = Waiver(
        id=new_id("exc"),
        use_case=case.id,
        line=case.line,
        subject=command.subject,
        check=command.check,
        reason=command.reason,
        compensation=command.compensation,
        requested_by=who.person,
        requested_at=now,
        expires_at=now + timedelta(days=command.days),
    )
    act = Act(
        act="ask exception",
        who=who.person,
        what=command.subject,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} asks for an exception from {command.check}: {command.reason}",
    )
    parts.ledger.add(waiver, act)
    return waiver


def _asked(parts: Parts, case: UseCase, subject: str) -> set[str]:
    """The checks that were asked about a subject, a validator's own among them."""
    return {one.check for stage in Stage for one in cases.results_of(parts, case, subject, stage)}


def why_not_grant(parts: Parts, who: Actor, waiver: Waiver, authors: Sequence[str]) -> str:
    """The rule that keeps this person from granting an exception on work of these authors; an empty text: none.

    Who took over another's work stands in their place.
    """
    if who.person in people.with_heirs(parts, [waiver.requested_by]):
        return "Rule other-person: you asked for this exception; someone else grants it."
    if who.person in people.with_heirs(parts, authors):
        return "Rule own-work: nobody grants an exception on their own work; another champion or approver does."
    return ""


@dataclass(frozen=True)
class Seen:
    """An exception as a page tells it: title, state, why no gate honours it, why this person may not grant it."""

    waiver: Waiver
    title: str
    state: Literal["asked for", "in force", "not honoured", "run out"]
    why_void: str
    why_not_grant: str


def seen(parts: Parts, who: Actor, case: UseCase, waiver: Waiver) -> Seen:
    """Where an exception stands now, under the evidence that lies ready about its subject."""
    body = _body(parts, case, waiver.subject)
    why_void = void(body, (waiver,), parts.keys()).get(waiver.id, "")
    if parts.now() >= waiver.expires_at:
        state: Literal["asked for", "in force", "not honoured", "run out"] = "run out"
    elif why_void:
        state = "not honoured"
    else:
        state = "in force" if waiver.granted_by else "asked for"
    title = next((r.title for r in body.results if r.check == waiver.check), waiver.check)
    return Seen(waiver, title, state, why_void, why_not_grant(parts, who, waiver, body.authors))


def waiting(parts: Parts, who: Actor) -> list[tuple[UseCase, Waiver]]:
    """The exceptions that this person could grant now, oldest first."""
    found = []
    for waiver in parts.ledger.find(Waiver):
        if may(who, "grant exception", waiver.line) and not waiver.granted_by and parts.now() < waiver.expires_at:
            case = parts.ledger.get(UseCase, waiver.use_case)
            if not why_not_grant(parts, who, waiver, _body(parts, case, waiver.subject).authors):
                found.append((case, waiver))
    return found


def _body(parts: Parts, case: UseCase, subject: str) -> Body:
    """The evidence that lies ready about a subject, at the gate where it stands."""
    stage = signing.stage_of(parts, case, subject)
    return signing.body_of(parts, gatekeeper.latest(parts.ledger, case.id, subject, stage))


def grant_exception(parts: Parts, who: Actor, use_case: str, waiver_id: str, passphrase: str) -> Waiver:
    """Counter-sign an exception with the key that the office keeps for this person."""
    case, waiver = _open(parts, who, use_case, waiver_id)
    with _journalled(parts, who, waiver):
        draft = partial(_grant, parts, who, waiver)
        return _granted(parts, who, case, waiver, own_key.sign_here(parts, who, draft, passphrase))


def grant_at_home(parts: Parts, who: Actor, use_case: str, waiver_id: str) -> SignOff:
    """The grant to sign on one's own machine, with one's own key."""
    _, waiver = _open(parts, who, use_case, waiver_id)
    with _journalled(parts, who, waiver):
        return own_key.to_sign_at_home(parts, who, partial(_grant, parts, who, waiver))


def add_grant(parts: Parts, who: Actor, signed: SignOff) -> Waiver:
    """Take a grant that was signed at home."""
    case, waiver = _open(parts, who, signed.use_case, signed.subject)
    with _journalled(parts, who, waiver):
        own_key.check_brought(parts, who, partial(_grant, parts, who, waiver), signed)
        return _granted(parts, who, case, waiver, signed)


def _open(parts: Parts, who: Actor, use_case: str, waiver_id: str) -> tuple[UseCase, Waiver]:
    """An exception that waits to be granted."""
    case = cases.at_work(parts, who, use_case, "grant exception")
    waiver = cases.of_case(parts, Waiver, case, waiver_id)
    if waiver.granted_by:
        raise Conflict("This exception is granted already.")
    if parts.now() >= waiver.expires_at:
        raise NotFound("This exception has run out before it was granted.", "", "Ask for a new one.")
    return case, waiver


def _journalled(parts: Parts, who: Actor, waiver: Waiver) -> AbstractContextManager[None]:
    return journalled(parts, who, "grant exception", waiver.subject, use_case=waiver.use_case, line=waiver.line)


def _grant(parts: Parts, who: Actor, waiver: Waiver, key_id: str, method: str) -> SignOff:
    """The grant that this person would sign."""
    case = parts.ledger.get(UseCase, waiver.use_case)
    body = _body(parts, case, waiver.subject)
    why = why_not_grant(parts, who, waiver, body.authors)
    if why:
        rule = why.removeprefix("Rule ").partition(":")[0]
        raise NotAllowed("You may not grant this exception.", why, "Ask another person.", rule=rule)
    role = next(role for role in GRANTERS if role in who.roles)
    return SignOff.model_validate(
        {
            "id": own_key.mark(waiver.asked, role.value),
            "use_case": waiver.use_case,
            "line": waiver.line,
            "stage": body.stage,
            "dossier": waiver.asked,
            "subject": waiver.id,
            "role": role,
            "person": who.person,
            "key_id": key_id,
            "meaning": Meaning.GRANT_EXCEPTION,
            "accepts": (waiver.check,),
            "conditions": (waiver.compensation,),
            "expires_at": waiver.expires_at,
            "method": method,
            "signed_at": parts.now(),
        }
    )


def _granted(parts: Parts, who: Actor, case: UseCase, waiver: Waiver, signed: SignOff) -> Waiver:
    own_key.check_signed(parts, who, signed)
    granted = waiver.model_copy(update={"granted_by": who.person, "grant": signed})
    act = Act(
        act="grant exception",
        who=who.person,
        what=waiver.subject,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} grants an exception from {waiver.check} until {waiver.expires_at:%Y-%m-%d}.",
        detail={"signature": signed.id},
    )
    with parts.ledger.transaction():
        parts.ledger.replace(granted, parts.ledger.version(Waiver, waiver.id), act)
        signing.ask_again(parts, case, waiver.subject)
    outcome.publish(parts)
    return granted
