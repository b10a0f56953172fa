"""The act of signing: what lies ready, who may sign it, the signature, and what the gate then says."""

from dataclasses import dataclass
from datetime import timedelta

from glassworks.core import canonical, signoff
from glassworks.core.commands import Sign
from glassworks.core.dossier import Body, Prepared
from glassworks.core.errors import FixTheInput, NotAllowed, NotFound
from glassworks.core.gate import Decision, Evidence, why_not_sign
from glassworks.core.journal import Act
from glassworks.core.people import Actor, Role
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import GateRecord, UseCase
from glassworks.hub import gatekeeper, keys
from glassworks.line import cases, outcome, people
from glassworks.line.parts import Parts

MAX_STATEMENT = 2000
SIGNED_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Sheet:
    """Everything a signing page shows: the evidence, the gate's answer so far, and which roles this person may sign."""

    case: UseCase
    prepared: Prepared
    body: Body
    seen: Evidence
    decision: Decision
    refusals: dict[Role, str]

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles in which this person may sign now."""
        return tuple(role for role, why in self.refusals.items() if not why)


def stage_of(parts: Parts, case: UseCase, subject: str) -> Stage:
    """The gate at which a subject stands: that of its newest prepared dossier."""
    found = parts.ledger.find(Prepared, use_case=case.id, subject=subject)
    if not found:
        raise NotFound(
            "There is nothing to sign yet.", f"No evidence lies ready for {subject}.", "Run its checks first."
        )
    return found[-1].stage


def body_of(parts: Parts, prepared: Prepared) -> Body:
    """A prepared dossier's body."""
    return Body.model_validate(canonical.parse_strict(parts.vault.get(prepared.id)))


def sheet(parts: Parts, who: Actor, use_case: str, subject: str) -> Sheet:
    """What this person would sign, and whether they may."""
    case = cases.get(parts, who, use_case)
    prepared = gatekeeper.latest(parts.ledger, case.id, subject, stage_of(parts, case, subject))
    seen = gatekeeper.evidence(parts.ledger, parts.vault, parts.keys(), prepared, parts.now())
    asked = seen.policy.gates[seen.stage].signers(seen.tier)
    submits = seen.policy.gates[seen.stage].submit
    refusals = {
        role: why_not_sign(seen, who.person, who.roles, role, Meaning.SUBMIT if role in submits else Meaning.APPROVE)
        for role in asked
    }
    return Sheet(case, prepared, body_of(parts, prepared), seen, gatekeeper.ask(seen), refusals)


def draft(parts: Parts, who: Actor, command: Sign, key_id: str, method: str) -> SignOff:
    """The sign-off a person is about to give, checked against every rule but not yet signed.

    Raises
    ------
    NotAllowed : the rule that refuses is named, and the refusal is journalled.
    """
    at_hand = sheet(parts, who, command.use_case, command.subject)
    why = why_not_sign(at_hand.seen, who.person, who.roles, command.role, command.meaning)
    settled = parts.ledger.find(GateRecord, use_case=command.use_case, dossier=at_hand.prepared.id)
    if settled and not why:
        why = "Rule settled: the gate has already answered for this dossier; its record does not change."
    if why:
        refuse(parts, who, at_hand.case, command, why)
    _check_words(command, parts)
    mark = canonical.digest([at_hand.prepared.id, command.role.value, command.meaning.value])
    return SignOff.model_validate(
        {
            "id": f"sign-{mark.removeprefix(canonical.DIGEST_PREFIX)[:24]}",
            "use_case": at_hand.case.id,
            "line": at_hand.case.line,
            "stage": at_hand.seen.stage,
            "dossier": at_hand.prepared.id,
            "subject": command.subject,
            "role": command.role,
            "person": who.person,
            "key_id": key_id,
            "meaning": command.meaning,
            "statement": command.statement,
            "accepts": command.accepts,
            "conditions": command.conditions,
            "expires_at": command.expires_at,
            "method": method,
            "signed_at": parts.now(),
        }
    )


def _check_words(command: Sign, parts: Parts) -> None:
    if len(command.statement) > MAX_STATEMENT:
        raise FixTheInput(
            "The statement is too long.", f"It has room for {MAX_STATEMENT} characters.", field="statement"
        )
    if command.meaning is Meaning.REFUSE and not command.statement.strip():
        raise FixTheInput("A refusal needs its reason.", "", "Say why, in a sentence.", field="statement")
    if command.accepts and not (command.conditions and command.expires_at):
        raise FixTheInput(
            "Accepting an inconclusive answer takes a condition and an expiry date.",
            "Rule accept-inconclusive: it is accepted for a time and under a condition, never for good.",
            "Name both, then sign.",
            rule="accept-inconclusive",
            field="conditions",
        )
    if command.expires_at and command.expires_at <= parts.now():
        raise FixTheInput("The expiry date lies in the past.", "", "Choose a later date.", field="expires_at")


def refuse(parts: Parts, who: Actor, case: UseCase, command: Sign, why: str) -> None:
    """Journal a refused signature and say the rule."""
    sentence = f"{who.name} tried to sign as {command.role.words} and was refused. {why}"
    parts.ledger.note(
        Act(
            act="sign",
            who=who.person,
            what=command.subject,
            use_case=case.id,
            line=case.line,
            sentence=sentence,
            refused=True,
        )
    )
    rule, _, words = why.removeprefix("Rule ").partition(": ")
    raise NotAllowed("This signature is refused.", f"Rule {rule}: {words}", rule=rule)


def sign(parts: Parts, who: Actor, command: Sign, passphrase: str) -> Decision:
    """Sign with the key the office keeps for this person; the gate answers in the same transaction."""
    held = people.current_key(parts, who.person)
    unsigned = draft(parts, who, command, held.key.key_id, "demonstration" if who.persona else "passphrase")
    return add(parts, who, keys.sign_off(unsigned, keys.unlock(held, passphrase)))


def add(parts: Parts, who: Actor, signed: SignOff) -> Decision:
    """Take a signed sign-off (also one signed on a person's own machine), and ask the gate."""
    faults = signoff.faults(signed, parts.keys())
    if signed.person != who.person:
        faults.append("the signature belongs to another person")
    if faults:
        raise NotAllowed("This signature is refused.", f"Rule signature: {'; '.join(faults)}.", rule="signature")
    case = cases.at_work(parts, who, signed.use_case, "sign")
    act = Act(
        act="sign",
        who=who.person,
        what=signed.subject,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} signs as {signed.role.words}: {signed.meaning.value.replace('_', ' ')}.",
        detail={"dossier": signed.dossier, "stage": signed.stage.value},
    )
    with parts.ledger.transaction():
        parts.ledger.add(signed, act)
        prepared = gatekeeper.latest(parts.ledger, case.id, signed.subject, signed.stage)
        if prepared.id != signed.dossier:
            raise NotAllowed(
                "The evidence changed after you read it.",
                "Rule same-dossier: a signature covers exactly what was shown.",
                "Read the new evidence, then sign.",
                rule="same-dossier",
            )
        decision = settle(parts, case, prepared)
    outcome.publish(parts)
    return decision


def to_sign_elsewhere(parts: Parts, who: Actor, command: Sign) -> SignOff:
    """The sign-off that a person signs on their own machine, with the key that they keep."""
    held = people.current_key(parts, who.person)
    if held.key.custody != "person":
        raise NotAllowed(
            "The office keeps your key.",
            "Rule key-custody: it signs with your passphrase, here.",
            "Sign on the page, or put a key of your own on the key list.",
            rule="key-custody",
        )
    return draft(parts, who, command, held.key.key_id, "local key")


def add_signed(parts: Parts, who: Actor, signed: SignOff) -> Decision:
    """Take a sign-off signed elsewhere: it must be what the office would give out now, and fresh."""
    asked = {name: getattr(signed, name) for name in Sign.model_fields}
    again = to_sign_elsewhere(parts, who, Sign.model_validate(asked))
    same = again.model_copy(update={"signed_at": signed.signed_at, "signature": signed.signature}) == signed
    if not same or not timedelta(0) <= again.signed_at - signed.signed_at <= SIGNED_WITHIN:
        raise NotAllowed(
            "This is not the sign-off that the office would give out now.",
            "Rule same-dossier: a signature covers exactly what was shown, and is brought within a day.",
            "Fetch the sign-off again, read the evidence, and sign it.",
            rule="same-dossier",
        )
    return add(parts, who, signed)


def settle(parts: Parts, case: UseCase, prepared: Prepared) -> Decision:
    """Ask the gate; when it opens, or a signer refuses, write the dossier and what follows from it."""
    seen = gatekeeper.evidence(parts.ledger, parts.vault, parts.keys(), prepared, parts.now())
    decision = gatekeeper.ask(seen)
    refused = any(s.meaning is Meaning.REFUSE for s in seen.signoffs)
    if decision.open or refused:
        file = parts.office.seal_dossier(gatekeeper.dossier_file(parts.vault, parts.keys(), seen, decision))
        outcome.follow(parts, case, seen, decision, file)
    return decision


def rehearse(parts: Parts, who: Actor, command: Sign) -> str:
    """Try a signature as this person would, without any key: the rule that refuses, or an empty text.

    Nothing can be signed this way; the attempt is journalled.
    """
    at_hand = sheet(parts, who, command.use_case, command.subject)
    why = why_not_sign(at_hand.seen, who.person, who.roles, command.role, command.meaning)
    if why:
        sentence = f"Tried in the name of {who.name}, as {command.role.words}: refused. {why}"
        parts.ledger.note(
            Act(
                act="sign",
                who=who.person,
                what=command.subject,
                use_case=at_hand.case.id,
                line=at_hand.case.line,
                sentence=sentence,
                refused=True,
            )
        )
    return why
