"""The gate: a pure function from results, signatures and policy to open or closed, with reasons."""

from collections.abc import Iterable, Sequence

from glassworks.core.contract import Tier
from glassworks.core.finding import Finding, Severity
from glassworks.core.people import Role
from glassworks.core.policy import PolicyPack
from glassworks.core.record import Moment, Part
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import LineStop, Waiver


class Evidence(Part):
    """Everything a gate sees. Signatures here have been verified; `authors` made a parent artefact."""

    stage: Stage
    subject: str
    dossier: str
    tier: Tier
    policy: PolicyPack
    results: tuple[Result, ...] = ()
    signoffs: tuple[SignOff, ...] = ()
    authors: tuple[str, ...] = ()
    exceptions: tuple[Waiver, ...] = ()
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


def why_not_sign(evidence: Evidence, person: str, roles: Sequence[Role], role: Role, meaning: Meaning) -> str:
    """Why this person may not give this signature now; an empty text means they may.

    The rules: hold the role; the gate asks for it; nobody approves own work at an independent gate;
    one person never signs one subject in two conflicting roles.
    """
    rules = evidence.policy.gates[evidence.stage]
    approving = meaning is not Meaning.SUBMIT and role not in rules.submit
    if rules.independent and approving and person in evidence.authors:
        return (
            "Rule own-work: nobody approves their own work. You made this candidate, its data or its brief; "
            "another person must sign here."
        )
    if role not in roles:
        return f"Rule role-held: you do not hold the role {role.words} here. Ask someone who does."
    if role not in rules.signers(evidence.tier):
        return f"Rule signer-asked: this gate does not ask for a {role.words} at {evidence.tier} tier."
    others = {s.role for s in evidence.signoffs if s.person == person and s.dossier == evidence.dossier}
    if others and (pair := conflicting(evidence.policy, others | {role})):
        return f"Rule separate-duties: one person may not sign as {pair[0].words} and as {pair[1].words}."
    if any(s.role is role and s.meaning is meaning for s in _current(evidence)):
        return f"Rule once: a {role.words} has already signed this dossier."
    return ""


def _current(evidence: Evidence) -> list[SignOff]:
    """The sign-offs on exactly this dossier of this gate."""
    return [s for s in evidence.signoffs if s.dossier == evidence.dossier and s.stage is evidence.stage]


def effective(result: Result, evidence: Evidence) -> Verdict:
    """A result's verdict after live exceptions: a covered failure counts as `excepted`."""
    if result.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        if any(w.covers(result.check, evidence.subject, evidence.now) for w in evidence.exceptions):
            return Verdict.EXCEPTED
    return result.verdict


def _result_reasons(evidence: Evidence) -> list[str]:
    reasons: list[str] = []
    by_check = {r.check: r for r in evidence.results}
    required = evidence.policy.gates[evidence.stage].checks.get(evidence.tier, ())
    reasons += [f"The check {name} has no answer; run it." for name in required if name not in by_check]
    accepted = {
        check
        for s in _current(evidence)
        if s.role is Role.BUSINESS_OWNER and (s.expires_at is None or evidence.now < s.expires_at)
        for check in s.accepts
    }
    for result in evidence.results:
        verdict = effective(result, evidence)
        if verdict is Verdict.FAIL:
            reasons.append(f"{result.title} failed: {result.answer.sentence}")
        elif verdict is Verdict.INCONCLUSIVE and result.check in required:
            if evidence.tier in evidence.policy.inconclusive_closes:
                reasons.append(f"{result.title} is inconclusive, which closes at {evidence.tier} tier: get more data.")
            elif result.check not in accepted:
                reasons.append(
                    f"{result.title} is inconclusive: the business owner may accept it by signature, "
                    "with a condition and an expiry date, or more data is needed."
                )
    return reasons


def _signature_reasons(evidence: Evidence) -> tuple[list[str], list[Role]]:
    rules = evidence.policy.gates[evidence.stage]
    signed = _current(evidence)
    reasons = [f"{s.role.words} refused: {s.statement}" for s in signed if s.meaning is Meaning.REFUSE]
    wanted = [(r, Meaning.SUBMIT) for r in rules.submit]
    wanted += [(r, Meaning.APPROVE) for r in rules.approve.get(evidence.tier, ())]
    missing = [role for role, meaning in wanted if not any(s.role is role and s.meaning is meaning for s in signed)]
    reasons += [f"The {role.words} has not signed." for role in missing]
    for signoff in signed:
        if rules.independent and signoff.meaning is Meaning.APPROVE and signoff.person in evidence.authors:
            reasons.append("Nobody approves their own work: an approver is an author of a parent artefact.")
    for person in sorted({s.person for s in signed}):
        if pair := conflicting(evidence.policy, {s.role for s in signed if s.person == person}):
            reasons.append(f"One person signed as {pair[0].words} and as {pair[1].words}.")
    return reasons, missing


def decide(evidence: Evidence) -> Decision:
    """Open or closed, and why.

    Closed by: a stop that holds, a failed check without a live exception, a required check without an answer,
    an inconclusive check that nobody may or did accept, an open high finding, a missing or conflicting signature,
    a signature that refuses.
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
