"""The gate: a pure function from results, signatures and policy to open or closed, with reasons."""

from collections.abc import Iterable, Sequence

from pydantic import Field

from glassworks.core.contract import Tier
from glassworks.core.finding import Finding, Severity
from glassworks.core.people import Role
from glassworks.core.policy import GateRules, PolicyPack
from glassworks.core.record import Moment, Part
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import Meaning, SignedBefore, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import LineStop, Waiver


class Evidence(Part):
    """Everything a gate sees. Signatures here have been verified; `authors` made a parent artefact.

    `before` says who signed the gates before this one, as what, about what the subject is made from.

    `void` names the exceptions whose grant does not hold, with the reason: they cover nothing. `carried` are approvals
    of an earlier version of the subject that still hold, see `core.carried`.
    """

    stage: Stage
    subject: str
    dossier: str
    tier: Tier
    policy: PolicyPack
    results: tuple[Result, ...] = ()
    signoffs: tuple[SignOff, ...] = ()
    carried: tuple[SignOff, ...] = ()
    authors: tuple[str, ...] = ()
    before: tuple[SignedBefore, ...] = ()
    exceptions: tuple[Waiver, ...] = ()
    void: dict[str, str] = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    stops: tuple[LineStop, ...] = ()
    now: Moment


class Decision(Part):
    """What the gate says. `reasons` are empty only when it is open; `waits_for` names the roles still to sign."""

    open: bool
    reasons: tuple[str, ...] = ()
    waits_for: tuple[Role, ...] = ()


def conflicting(policy: PolicyPack, roles: Iterable[Role]) -> tuple[Role, Role] | None:
    """The first pair of roles that one person may not hold together here, if any."""
    held = set(roles)
    return next((pair for pair in policy.conflicts if held >= set(pair)), None)


def _rules(evidence: Evidence) -> GateRules:
    """The pack's rules for this gate; a pack without rules for it names no signer, and so opens nothing."""
    return evidence.policy.gates.get(evidence.stage, GateRules())


def _asked(rules: GateRules, tier: Tier, role: Role, meaning: Meaning) -> bool:
    """Whether the gate asks this role for this meaning. Only the business owner accepts what is inconclusive."""
    if meaning is Meaning.SUBMIT:
        return role in rules.submit
    if meaning is Meaning.APPROVE:
        return role in rules.approve.get(tier, ())
    if meaning is Meaning.ACCEPT_INCONCLUSIVE:
        return role is Role.BUSINESS_OWNER
    return meaning is Meaning.REFUSE and role in rules.signers(tier)


def why_not_sign(evidence: Evidence, person: str, roles: Sequence[Role], role: Role, meaning: Meaning) -> str:
    """Why this person may not give this signature now; an empty text means they may.

    The rules: nobody approves own work at an independent gate; hold the role; the gate asks it for this;
    one person never signs one subject in two conflicting roles; one signature of a kind is enough.
    """
    rules = _rules(evidence)
    if rules.independent and meaning not in (Meaning.SUBMIT, Meaning.REFUSE) and person in evidence.authors:
        return (
            "Rule own-work: nobody approves their own work. You made this candidate, its data or its brief; "
            "another person must sign here."
        )
    if role not in roles:
        return f"Rule role-held: you do not hold the role {role.words} here. Ask someone who does."
    if not _asked(rules, evidence.tier, role, meaning):
        return f"Rule signer-asked: this gate does not ask a {role.words} to {meaning.words} at {evidence.tier} tier."
    others = _roles_of(evidence, person)
    if others and (pair := conflicting(evidence.policy, others | {role})):
        return f"Rule separate-duties: one person may not sign as {pair[0].words} and as {pair[1].words}."
    if any(s.role is role and s.meaning is meaning and s.live(evidence.now) for s in _current(evidence)):
        return f"Rule once: a {role.words} has already signed this dossier."
    return ""


def _roles_of(evidence: Evidence, person: str) -> set[Role]:
    """In which roles a person signed this, or what it is made from at the gates before."""
    given = {one.role for one in (*_current(evidence), *evidence.carried) if one.person == person}
    return given | {one.role for one in evidence.before if one.person == person}


def _current(evidence: Evidence) -> list[SignOff]:
    """The sign-offs on exactly this dossier of this gate."""
    return [s for s in evidence.signoffs if s.dossier == evidence.dossier and s.stage is evidence.stage]


def effective(result: Result, evidence: Evidence) -> Verdict:
    """A result's verdict after live exceptions: a covered failure counts as `excepted`.

    Only a live exception makes a result `excepted`; a check that calls itself so has failed.
    """
    if result.verdict not in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.EXCEPTED):
        return result.verdict
    honoured = (w for w in evidence.exceptions if w.id not in evidence.void)
    if any(w.covers(result.check, evidence.subject, evidence.now) for w in honoured):
        return Verdict.EXCEPTED
    return Verdict.FAIL if result.verdict is Verdict.EXCEPTED else result.verdict


def _not_honoured(result: Result, evidence: Evidence) -> str:
    """What is wrong with the exceptions that would cover this result, as a sentence to add."""
    found = [
        f" The exception from it is not honoured: {evidence.void[w.id]}."
        for w in evidence.exceptions
        if w.id in evidence.void and (w.check, w.subject) == (result.check, evidence.subject)
    ]
    return "".join(found)


def _accepted(evidence: Evidence) -> set[str]:
    """The inconclusive checks that a business owner accepted, with a condition and until a date, not as an author."""
    barred = evidence.authors if _rules(evidence).independent else ()
    return {
        check
        for s in _current(evidence)
        if s.role is Role.BUSINESS_OWNER and s.meaning is not Meaning.REFUSE and s.person not in barred
        if s.conditions and s.expires_at and s.live(evidence.now)
        for check in s.accepts
    }


def counts(evidence: Evidence, result: Result) -> bool:
    """Whether an inconclusive answer keeps this gate closed until it is accepted: of a required check, or of any."""
    return _rules(evidence).minds(evidence.tier, result.check)


def _result_reasons(evidence: Evidence) -> list[str]:
    reasons: list[str] = []
    answered = {r.check for r in evidence.results if r.stage is evidence.stage and r.subject == evidence.subject}
    required = _rules(evidence).checks.get(evidence.tier, ())
    reasons += [f"The check {name} has no answer; run it." for name in required if name not in answered]
    accepted = _accepted(evidence)
    for result in evidence.results:
        verdict = effective(result, evidence)
        if verdict is Verdict.FAIL:
            reasons.append(f"{result.title} failed: {result.answer.sentence}{_not_honoured(result, evidence)}")
        elif verdict is Verdict.INCONCLUSIVE and counts(evidence, result):
            if evidence.tier in evidence.policy.inconclusive_closes:
                reasons.append(f"{result.title} is inconclusive, which closes at {evidence.tier} tier: get more data.")
            elif result.check not in accepted:
                reasons.append(
                    f"{result.title} is inconclusive: the business owner may accept it by signature, "
                    "with a condition and an expiry date, or more data is needed."
                )
    return reasons


def _signature_reasons(evidence: Evidence) -> tuple[list[str], list[Role]]:
    rules = _rules(evidence)
    signed = _current(evidence)
    if not rules.signers(evidence.tier):
        return [f"The policy names no signer for gate {evidence.stage} at {evidence.tier} tier."], []
    valid = [s for s in signed if s.live(evidence.now)]
    reasons = [f"{s.role.words} refused: {s.statement}" for s in signed if s.meaning is Meaning.REFUSE]
    wanted = [(r, Meaning.SUBMIT) for r in rules.submit]
    wanted += [(r, Meaning.APPROVE) for r in rules.approve.get(evidence.tier, ())]
    valid += [s for s in evidence.carried if s.live(evidence.now)]
    missing = [role for role, meaning in wanted if not any(s.role is role and s.meaning is meaning for s in valid)]
    reasons += [f"The {role.words} has not signed." for role in missing]
    for signoff in signed:
        approving = signoff.meaning in (Meaning.APPROVE, Meaning.ACCEPT_INCONCLUSIVE)
        if rules.independent and approving and signoff.person in evidence.authors:
            reasons.append("Nobody approves their own work: an approver is an author of a parent artefact.")
    given = (*signed, *evidence.carried)
    for person in sorted({s.person for s in given}):
        if pair := conflicting(evidence.policy, _roles_of(evidence, person)):
            reasons.append(f"One person signed as {pair[0].words} and as {pair[1].words}.")
    return reasons, missing


def decide(evidence: Evidence) -> Decision:
    """Open or closed, and why.

    Closed by: a stop that holds, a failed check without a live exception, a required check without an answer about
    this subject, an inconclusive answer that counts and that nobody may or did accept, an open high finding, a missing,
    expired or conflicting signature, a signature that refuses, a policy that names no signer.
    """
    reasons = [f"The line is stopped: {stop.reason}" for stop in evidence.stops if stop.holds]
    reasons += _result_reasons(evidence)
    reasons += [
        f"An open finding of high severity: {finding.text}"
        for finding in evidence.findings
        if finding.is_open and finding.severity is Severity.HIGH
    ]
    signature_reasons, missing = _signature_reasons(evidence)
    reasons += signature_reasons
    return Decision(open=not reasons, reasons=tuple(reasons), waits_for=tuple(missing))


def closes_at(evidence: Evidence) -> Moment | None:
    """When a gate that is open now would close on the same evidence, because something in it runs out; None: never."""
    ends = {w.expires_at for w in evidence.exceptions} | {
        s.expires_at for s in (*evidence.signoffs, *evidence.carried) if s.expires_at
    }
    for moment in sorted(end for end in ends if end > evidence.now):
        if not decide(evidence.model_copy(update={"now": moment})).open:
            return moment
    return None
