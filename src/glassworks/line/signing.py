"""The act of signing: what lies ready, who may sign it, the signature, and what the gate then says."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from glassworks.core import canonical
from glassworks.core.commands import Sign
from glassworks.core.contract import Tier
from glassworks.core.dossier import Body, Prepared
from glassworks.core.errors import FixTheInput, NotAllowed, NotFound
from glassworks.core.gate import Decision, Evidence, why_not_sign
from glassworks.core.journal import Act
from glassworks.core.judgment import missing
from glassworks.core.people import Actor, Role
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import Dataset, GateRecord, UseCase
from glassworks.hub import gatekeeper
from glassworks.line import cases, conditions, outcome, own_key, people
from glassworks.line.parts import Parts
from glassworks.line.refusals import journalled

MAX_STATEMENT = 6000


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
    seen = _as_now(parts, case, seen)
    asked = seen.policy.gates[seen.stage].signers(seen.tier)
    submits = seen.policy.gates[seen.stage].submit
    body = body_of(parts, prepared)
    refusals = {
        role: why_not_sign(seen, who.person, who.roles, role, Meaning.SUBMIT if role in submits else Meaning.APPROVE)
        or _not_now(parts, case, prepared, body)
        for role in asked
    }
    return Sheet(case, prepared, body, seen, gatekeeper.ask(seen), refusals)


def _as_now(parts: Parts, case: UseCase, seen: Evidence) -> Evidence:
    """The evidence with what came after it was laid ready: heirs of its authors, and signatures at the gates before."""
    before = cases.signed_before(parts, case, seen.stage, seen.subject)
    every = dict.fromkeys((*seen.before, *before))
    return seen.model_copy(update={"authors": people.with_heirs(parts, seen.authors), "before": tuple(every)})


def draft(parts: Parts, who: Actor, command: Sign, key_id: str, method: str) -> SignOff:
    """The sign-off a person is about to give, checked against every rule but not yet signed.

    Raises
    ------
    NotAllowed : the rule that refuses is named.
    """
    at_hand = sheet(parts, who, command.use_case, command.subject)
    why = why_not_sign(at_hand.seen, who.person, who.roles, command.role, command.meaning)
    why = why or _not_now(parts, at_hand.case, at_hand.prepared, at_hand.body)
    if why:
        rule, _, words = why.removeprefix("Rule ").partition(": ")
        raise NotAllowed("This signature is refused.", f"Rule {rule}: {words}", rule=rule)
    _check_words(command, parts)
    if at_hand.seen.stage is Stage.VALIDATE:
        conditions.check_kept(parts, command, at_hand.body)
        _check_judgment(command, at_hand.seen.tier)
    given = parts.ledger.find(
        SignOff, dossier=at_hand.prepared.id, role=command.role.value, meaning=command.meaning.value
    )
    return SignOff.model_validate(
        {
            "id": own_key.mark(at_hand.prepared.id, command.role.value, command.meaning.value, len(given)),
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
    conditions.check_said(command.conditions)
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


def _check_judgment(command: Sign, tier: Tier) -> None:
    """At high tier a validator who approves says what no figure says."""
    absent = missing(command.statement)
    if command.role is Role.VALIDATOR and command.meaning is Meaning.APPROVE and tier is Tier.HIGH and absent:
        raise FixTheInput(
            "The validator's judgment is not complete.",
            f"Rule judgment-written: at high tier an approval says what no figure says. Missing: {', '.join(absent)}.",
            f"Write each on a line of the statement that begins with its name, such as `{absent[0]}: ...`.",
            rule="judgment-written",
            field="statement",
        )


def _not_now(parts: Parts, case: UseCase, prepared: Prepared, body: Body) -> str:
    """Why nobody signs this now: it is settled, an earlier gate comes first, or brief or policy changed since."""
    order, stage = list(Stage), prepared.stage
    if parts.ledger.find(GateRecord, use_case=case.id, dossier=prepared.id):
        return "Rule settled: the gate has already answered for this dossier; its record does not change."
    if newer := cases.newer_pack(parts, case, body.policy):
        return f"Rule same-policy: a newer policy pack is in force ({newer}); it is prepared anew, then signed."
    if stage is Stage.SCOPE:
        newest = cases.briefs(parts, case)[-1]
        return "" if newest.id == prepared.subject else "Rule newest-brief: a newer version waits to be signed."
    if stage is Stage.OPERATE:
        return ""
    if order.index(stage) > order.index(case.stage):
        return f"Rule gate-order: the use case stands at {case.stage}; that gate is signed first."
    if stage in (Stage.DEVELOP, Stage.VALIDATE) and not _same_data(parts, case, body):
        return "Rule same-data: the columns were decided anew since; build or bring the candidate again."
    if body.brief.digest != cases.contract(parts, case).digest:
        return "Rule same-contract: this evidence was made under another version of the brief; make it again."
    ground = outcome.ground_ends(parts, case, body) if stage is Stage.VALIDATE else None
    return f"Rule earlier-gate: {outcome.ended(ground)}" if ground and ground <= parts.now() else ""


def _same_data(parts: Parts, case: UseCase, body: Body) -> bool:
    """Whether the candidate's data contract still says what it said when this evidence was made."""
    dataset = cases.of_case(parts, Dataset, case, str(body.subject["dataset"]))
    ready = parts.ledger.find(Prepared, use_case=case.id, subject=dataset.id)
    then = [p for p in ready if p.stage is Stage.EXPLORE and p.made_at <= body.made_at]
    said = body_of(parts, then[-1]).subject.get("contract") if then else None
    return canonical.digest(said) == canonical.digest(dataset.facts().get("contract"))


def _journalled(parts: Parts, who: Actor, case: str, subject: str, role: Role) -> AbstractContextManager[None]:
    """Refusals of a signature are journalled with the case's line; a case that is not theirs to see is not found."""
    found = cases.get(parts, who, case)
    return journalled(parts, who, f"sign as {role.words}", subject, use_case=found.id, line=found.line)


def sign(parts: Parts, who: Actor, command: Sign, passphrase: str) -> Decision:
    """Sign with the key the office keeps for this person; the gate answers in the same transaction.

    Raises
    ------
    NotAllowed : the rule that refuses is named, and the refusal is journalled.
    """
    with _journalled(parts, who, command.use_case, command.subject, command.role):
        return _add(parts, who, own_key.sign_here(parts, who, partial(draft, parts, who, command), passphrase))


def _add(parts: Parts, who: Actor, signed: SignOff) -> Decision:
    """Take a signed sign-off and ask the gate."""
    own_key.check_signed(parts, who, signed)
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
        own_key.keep(parts, signed, act)
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
    with _journalled(parts, who, command.use_case, command.subject, command.role):
        return own_key.to_sign_at_home(parts, who, partial(draft, parts, who, command))


def add_signed(parts: Parts, who: Actor, signed: SignOff) -> Decision:
    """Take a sign-off signed elsewhere: it must be what the office would give out now, and fresh."""
    asked = Sign.model_validate({name: getattr(signed, name) for name in Sign.model_fields})
    with _journalled(parts, who, signed.use_case, signed.subject, signed.role):
        own_key.check_brought(parts, who, partial(draft, parts, who, asked), signed)
        return _add(parts, who, signed)


def ask_again(parts: Parts, case: UseCase, subject: str) -> None:
    """Ask the gate anew when something else than a signature has changed, such as a granted exception."""
    if not parts.ledger.find(Prepared, use_case=case.id, subject=subject):
        return
    prepared = gatekeeper.latest(parts.ledger, case.id, subject, stage_of(parts, case, subject))
    settled = parts.ledger.find(GateRecord, use_case=case.id, dossier=prepared.id)
    if not settled and not cases.newer_pack(parts, case, body_of(parts, prepared).policy):
        settle(parts, case, prepared)


def settle(parts: Parts, case: UseCase, prepared: Prepared) -> Decision:
    """Ask the gate; when it opens, or a signer refuses, write the dossier and what follows from it."""
    seen = gatekeeper.evidence(parts.ledger, parts.vault, parts.keys(), prepared, parts.now())
    decision = gatekeeper.ask(seen)
    if decision.open:
        decision = gatekeeper.ask(_as_now(parts, case, seen))
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
