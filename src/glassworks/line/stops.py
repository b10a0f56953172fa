"""Acts that hold the line to account: stop, release a stop by signature, raise and close findings."""

from contextlib import AbstractContextManager
from functools import partial

from glassworks.core.commands import Raise, Stop
from glassworks.core.counter import RELEASERS
from glassworks.core.errors import Conflict, FixTheInput, NotAllowed
from glassworks.core.finding import Finding
from glassworks.core.journal import Act
from glassworks.core.people import Actor, LineOfBusiness
from glassworks.core.record import Record, new_id
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import LineStop, Release, UseCase
from glassworks.hub.access import may, not_here
from glassworks.line import cases, outcome, own_key, signing
from glassworks.line.parts import Parts
from glassworks.line.refusals import check_may, journalled

MIN_REASON, MAX_REASON = 3, 500
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


def seen(parts: Parts, who: Actor, stop_id: str) -> LineStop:
    """A stop that this person may see, whether it holds or was released."""
    return _for(parts, who, stop_id, "view")


def _for(parts: Parts, who: Actor, stop_id: str, act: str) -> LineStop:
    found = parts.ledger.find(LineStop, id=stop_id)
    if not found:
        raise not_here()
    check_may(parts, who, act, found[0].line, found[0].target, found[0].use_case)
    return found[0]


def why_not_release(who: Actor, pulled: LineStop) -> str:
    """The rule that keeps this person from releasing a stop; an empty text: none."""
    if pulled.pulled_by == who.person:
        return "Rule other-person: you pulled this stop; someone else releases it."
    if not may(who, "release stop", pulled.line):
        return f"Rule act-by-role: this takes one of: {', '.join(role.words for role in RELEASERS)}."
    return ""


def release_stop(parts: Parts, who: Actor, stop_id: str, reason: str, passphrase: str) -> LineStop:
    """Release a stop: it takes a reason and a signature, by another person than the one who pulled it."""
    pulled = _held(parts, who, stop_id)
    with _journalled(parts, who, pulled):
        draft = partial(_release, parts, who, pulled, reason)
        return _released(parts, who, pulled, own_key.sign_here(parts, who, draft, passphrase))


def release_at_home(parts: Parts, who: Actor, stop_id: str, reason: str) -> SignOff:
    """The release of a stop to sign on one's own machine, with one's own key."""
    pulled = _held(parts, who, stop_id)
    with _journalled(parts, who, pulled):
        return own_key.to_sign_at_home(parts, who, partial(_release, parts, who, pulled, reason))


def add_release(parts: Parts, who: Actor, signed: SignOff) -> LineStop:
    """Take the release of a stop that was signed at home."""
    pulled = _held(parts, who, signed.subject)
    with _journalled(parts, who, pulled):
        own_key.check_brought(parts, who, partial(_release, parts, who, pulled, signed.statement), signed)
        return _released(parts, who, pulled, signed)


def _held(parts: Parts, who: Actor, stop_id: str) -> LineStop:
    """A stop that holds and that this person may release by their role."""
    pulled = _for(parts, who, stop_id, "release stop")
    if not pulled.holds:
        raise Conflict("This stop was released before.", "", "Nothing needs to be done.")
    return pulled


def _journalled(parts: Parts, who: Actor, pulled: LineStop) -> AbstractContextManager[None]:
    return journalled(parts, who, "release stop", pulled.target, use_case=pulled.use_case, line=pulled.line)


def _release(parts: Parts, who: Actor, pulled: LineStop, reason: str, key_id: str, method: str) -> SignOff:
    """The release that this person would sign."""
    if not MIN_REASON <= len(reason.strip()) <= MAX_REASON:
        raise FixTheInput(
            "Releasing a stop needs a reason.",
            f"It has {MIN_REASON} to {MAX_REASON} characters.",
            "Say what was put right.",
            field="reason",
        )
    why = why_not_release(who, pulled)
    if why:
        raise NotAllowed("You may not release this stop.", why, "Ask another person.", rule="other-person")
    role = next(role for role in RELEASERS if role in who.roles)
    return SignOff.model_validate(
        {
            "id": own_key.mark(pulled.pulled, role.value),
            "use_case": pulled.use_case,
            "line": pulled.line,
            "stage": Stage.OPERATE,
            "dossier": pulled.pulled,
            "subject": pulled.id,
            "role": role,
            "person": who.person,
            "key_id": key_id,
            "meaning": Meaning.RELEASE_STOP,
            "statement": reason,
            "method": method,
            "signed_at": parts.now(),
        }
    )


def _released(parts: Parts, who: Actor, pulled: LineStop, signed: SignOff) -> LineStop:
    own_key.check_signed(parts, who, signed)
    update = {
        "released_by": who.person,
        "released_at": signed.signed_at,
        "release_reason": signed.statement,
        "release": signed,
    }
    act = Act(
        act="release stop",
        who=who.person,
        what=pulled.target,
        use_case=pulled.use_case,
        line=pulled.line,
        sentence=f"{who.name} releases the stop of {pulled.target}: {signed.statement}",
        detail={"signature": signed.id},
    )
    released = pulled.model_copy(update=update)
    parts.ledger.replace(released, parts.ledger.version(LineStop, pulled.id), act)
    outcome.publish(parts)
    return released


def raise_finding(parts: Parts, who: Actor, command: Raise) -> Finding:
    """Raise a finding about a subject; an open one of high severity keeps gate 4 closed."""
    case = cases.at_work(parts, who, command.use_case, "raise finding")
    owner = cases.check_named(parts, case, command.subject, command.owner)
    finding = Finding(
        id=new_id("find"),
        use_case=case.id,
        line=case.line,
        subject=command.subject,
        severity=command.severity,
        text=command.text,
        owner=owner,
        due=command.due,
        remediation=command.remediation,
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
