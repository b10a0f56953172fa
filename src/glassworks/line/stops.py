"""Acts that hold the line to account: stop, release a stop, raise and close findings, ask and grant exceptions."""

from datetime import timedelta

from glassworks.core import registry
from glassworks.core.commands import AskException, Raise, Stop
from glassworks.core.dossier import Prepared
from glassworks.core.errors import Conflict, FixTheInput, NotAllowed, NotFound
from glassworks.core.finding import Finding
from glassworks.core.journal import Act
from glassworks.core.people import Actor, LineOfBusiness
from glassworks.core.record import Record, new_id
from glassworks.core.signoff import sign as key_sign
from glassworks.core.stage import Stage
from glassworks.core.usecase import LineStop, Release, UseCase, Waiver
from glassworks.hub import keys
from glassworks.line import cases, outcome, people, signing
from glassworks.line.parts import Parts
from glassworks.line.refusals import check_may, journalled

KINDS: dict[str, type[Record]] = {"use_case": UseCase, "release": Release, "line": LineOfBusiness}


def stop(parts: Parts, who: Actor, command: Stop) -> LineStop:
    """Stop a use case, a release or a line of business. Anyone who sees it may; it takes effect at once."""
    target: Record = parts.ledger.get(KINDS[command.target_kind], command.target)
    check_may(parts, who, "stop", target.line, command.target, target.use_case)
    pulled = LineStop.model_validate(
        {
            "id": new_id("stop"),
            "use_case": target.use_case,
            "line": target.line,
            "target_kind": command.target_kind,
            "target": command.target,
            "reason": command.reason,
            "pulled_by": who.person,
            "pulled_at": parts.now(),
        }
    )
    act = Act(
        act="stop",
        who=who.person,
        what=command.target,
        use_case=target.use_case,
        line=target.line,
        sentence=f"{who.name} stops {command.target}: {command.reason}",
    )
    parts.ledger.add(pulled, act)
    outcome.publish(parts)
    return pulled


def release_stop(parts: Parts, who: Actor, stop_id: str, reason: str, passphrase: str) -> LineStop:
    """Release a stop: it takes a reason and a signature, by another person than the one who pulled it."""
    pulled = parts.ledger.get(LineStop, stop_id)
    check_may(parts, who, "release stop", pulled.line, pulled.target, pulled.use_case)
    if not pulled.holds:
        raise Conflict("This stop was released before.", "", "Nothing needs to be done.")
    if len(reason.strip()) < 3:
        raise FixTheInput("Releasing a stop needs a reason.", "", "Say what was put right.", field="reason")
    update = {"released_by": who.person, "released_at": parts.now(), "release_reason": reason}
    draft = pulled.model_copy(update=update)
    with journalled(parts, who, "release stop", pulled.target, use_case=pulled.use_case, line=pulled.line):
        if pulled.pulled_by == who.person:
            raise NotAllowed(
                "You pulled this stop.", "Rule other-person: someone else releases it.", rule="other-person"
            )
        held = people.current_key(parts, who.person)
        signature = key_sign(keys.unlock(held, passphrase), draft.digest.encode())
    released = draft.model_copy(update={"signature": f"{held.key.key_id}:{signature}"})
    act = Act(
        act="release stop",
        who=who.person,
        what=pulled.target,
        use_case=pulled.use_case,
        line=pulled.line,
        sentence=f"{who.name} releases the stop of {pulled.target}: {reason}",
    )
    parts.ledger.replace(released, parts.ledger.version(LineStop, stop_id), act)
    outcome.publish(parts)
    return released


def raise_finding(parts: Parts, who: Actor, command: Raise) -> Finding:
    """Raise a finding about a subject; an open one of high severity keeps gate 4 closed."""
    case = cases.at_work(parts, who, command.use_case, "raise finding")
    finding = Finding(
        id=new_id("find"),
        use_case=case.id,
        line=case.line,
        subject=command.subject,
        severity=command.severity,
        text=command.text,
        owner=command.owner,
        due=command.due,
        raised_by=who.person,
        raised_at=parts.now(),
    )
    act = Act(
        act="raise finding",
        who=who.person,
        what=command.subject,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} raises a finding of {command.severity.value} severity.",
    )
    parts.ledger.add(finding, act)
    return finding


def close_finding(parts: Parts, who: Actor, use_case: str, finding_id: str, closure: str) -> Finding:
    """Close a finding with the evidence that it is put right."""
    case = cases.at_work(parts, who, use_case, "close finding")
    finding = cases.of_case(parts, Finding, case, finding_id)
    if not closure.strip():
        raise FixTheInput("Closing a finding needs its evidence.", "", "Say what shows it.", field="closure")
    if not finding.is_open:
        raise Conflict("This finding is closed already.")
    closed = finding.model_copy(update={"closed_by": who.person, "closure": closure})
    act = Act(
        act="close finding",
        who=who.person,
        what=finding.subject,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} closes a finding.",
    )
    with parts.ledger.transaction():
        parts.ledger.replace(closed, parts.ledger.version(Finding, finding.id), act)
        signing.ask_again(parts, case, finding.subject)
    outcome.publish(parts)
    return closed


def ask_exception(parts: Parts, who: Actor, command: AskException) -> Waiver:
    """Ask for an exception from one check, for a time; the policy caps how long."""
    case = cases.at_work(parts, who, command.use_case, "ask exception")
    brief = cases.contract(parts, case)
    if not any(one.id == command.check for stage in Stage for one in registry.checks(stage)):
        raise FixTheInput(f"There is no check {command.check!r}.", "", "Name one of the results.", field="check")
    if not parts.ledger.find(Prepared, use_case=case.id, subject=command.subject):
        raise NotFound(f"Nothing lies ready about {command.subject}.", "", "Run its checks first.")
    longest = parts.policy(case.line).exception_days[brief.tier]
    if command.days > longest:
        raise FixTheInput(
            f"An exception at {brief.tier} tier lasts at most {longest} days.", "", "Ask for fewer days.", field="days"
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


def grant_exception(parts: Parts, who: Actor, use_case: str, waiver_id: str, passphrase: str) -> Waiver:
    """Counter-sign an exception: by the office or an approver, never by the one who asked."""
    case = cases.at_work(parts, who, use_case, "grant exception")
    waiver = cases.of_case(parts, Waiver, case, waiver_id)
    if waiver.granted_by:
        raise Conflict("This exception is granted already.")
    if parts.now() >= waiver.expires_at:
        raise NotFound("This exception has run out before it was granted.", "", "Ask for a new one.")
    with journalled(parts, who, "grant exception", waiver.subject, use_case=case.id, line=case.line):
        if waiver.requested_by == who.person:
            raise NotAllowed(
                "You asked for this exception.", "Rule other-person: someone else grants it.", rule="other-person"
            )
        keys.unlock(people.current_key(parts, who.person), passphrase)
    granted = waiver.model_copy(update={"granted_by": who.person})
    act = Act(
        act="grant exception",
        who=who.person,
        what=waiver.subject,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} grants an exception from {waiver.check} until {waiver.expires_at:%Y-%m-%d}.",
    )
    with parts.ledger.transaction():
        parts.ledger.replace(granted, parts.ledger.version(Waiver, waiver.id), act)
        signing.ask_again(parts, case, waiver.subject)
    outcome.publish(parts)
    return granted
