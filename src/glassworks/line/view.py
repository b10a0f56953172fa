"""What people may see: cases, what waits for whom, journal, looks; a validator stays blind until they spoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from glassworks.core.dossier import Prepared
from glassworks.core.errors import NotAllowed, NotFound
from glassworks.core.finding import Finding
from glassworks.core.gate import Decision
from glassworks.core.journal import Entry
from glassworks.core.people import Actor, Person, Role
from glassworks.core.record import Moment
from glassworks.core.result import Result
from glassworks.core.signoff import SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, Dataset, GateRecord, Look, UseCase
from glassworks.hub import gatekeeper
from glassworks.line import cases, sealed
from glassworks.line.parts import Parts

BLIND_CHECKS = ("claims_hold",)


@dataclass(frozen=True)
class Task:
    """Something that waits for a signature: whose role, for which subject, since when."""

    case: UseCase
    stage: Stage
    subject: str
    waits_for: tuple[Role, ...]
    mine: tuple[Role, ...]
    since: Moment
    decision: Decision


@dataclass(frozen=True)
class StageView:
    """One stage of a use case: what was asked and found, who signed, what the gate says."""

    stage: Stage
    subject: str
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    signoffs: tuple[SignOff, ...]
    gate: GateRecord | None
    decision: Decision | None


def use_cases(parts: Parts, who: Actor) -> list[UseCase]:
    """Every use case this person may see, the latest moved first."""
    seen = [case for case in parts.ledger.find(UseCase) if who.sees(case.line)]
    return sorted(seen, key=lambda case: case.moved_at, reverse=True)


def is_blind(parts: Parts, who: Actor, case: UseCase, candidate: str) -> bool:
    """Whether this person is a validator who has not yet spoken about the candidate."""
    if Role.VALIDATOR not in who.roles:
        return False
    given = parts.ledger.find(SignOff, use_case=case.id, subject=candidate)
    return not any(s.person == who.person and s.stage is Stage.VALIDATE for s in given)


def candidate(parts: Parts, who: Actor, case: UseCase, candidate_id: str) -> Candidate:
    """A candidate; its submitter's own figures are hidden from a validator who has not yet spoken."""
    found = cases.of_case(parts, Candidate, case, candidate_id)
    return found.model_copy(update={"claims": ()}) if is_blind(parts, who, case, candidate_id) else found


def results(parts: Parts, who: Actor, case: UseCase, subject: str, stage: Stage) -> list[Result]:
    """The answers about a subject, less those that would unblind a validator."""
    found = cases.results_of(parts, case, subject, stage)
    if subject.startswith("cand-") and is_blind(parts, who, case, subject):
        return [r for r in found if r.check not in BLIND_CHECKS and r.stage is not Stage.DEVELOP]
    return found


def decision(parts: Parts, who: Actor, case: UseCase, stage: Stage, subject: str, said: Decision) -> Decision:
    """What a gate says, less the reasons that would unblind a validator."""
    shown = {r.id for r in results(parts, who, case, subject, stage)}
    hidden = tuple(r.title for r in cases.results_of(parts, case, subject, stage) if r.id not in shown)
    return said.model_copy(update={"reasons": tuple(r for r in said.reasons if not r.startswith(hidden))})


def of_stage(parts: Parts, who: Actor, case: UseCase, stage: Stage, subject: str = "") -> StageView | None:
    """A stage of a use case, for one subject or its newest; None when nothing was prepared there."""
    prepared = [
        p for p in parts.ledger.find(Prepared, use_case=case.id) if p.stage is stage and subject in ("", p.subject)
    ]
    if not prepared:
        return None
    last = prepared[-1]
    gates = [g for g in parts.ledger.find(GateRecord, use_case=case.id, subject=last.subject) if g.stage is stage]
    seen = gatekeeper.evidence(parts.ledger, parts.vault, parts.keys(), last, parts.now())
    return StageView(
        stage=stage,
        subject=last.subject,
        results=tuple(results(parts, who, case, last.subject, stage)),
        findings=seen.findings,
        signoffs=seen.signoffs,
        gate=gates[-1] if gates else None,
        decision=decision(parts, who, case, stage, last.subject, gatekeeper.ask(seen)),
    )


def waiting(parts: Parts, who: Actor) -> list[Task]:
    """Everything on the lines this person sees that waits for somebody's signature, oldest first."""
    keys, now = parts.keys(), parts.now()
    tasks = []
    for case in use_cases(parts, who):
        settled = {gate.dossier for gate in parts.ledger.find(GateRecord, use_case=case.id)}
        newest: dict[tuple[Stage, str], Prepared] = {}
        for one in parts.ledger.find(Prepared, use_case=case.id):
            newest[one.stage, one.subject] = one
        for last in _current(parts, case, list(newest.values())):
            if last.id in settled:
                continue
            seen = gatekeeper.evidence(parts.ledger, parts.vault, keys, last, now)
            said = decision(parts, who, case, last.stage, last.subject, gatekeeper.ask(seen))
            mine = tuple(role for role in said.waits_for if role in who.roles)
            tasks.append(Task(case, last.stage, last.subject, said.waits_for, mine, last.made_at, said))
    return sorted(tasks, key=lambda task: task.since)


def _current(parts: Parts, case: UseCase, prepared: Sequence[Prepared]) -> list[Prepared]:
    """Leave out earlier versions of the brief and dataset, and candidates no longer in the running."""
    last = {stage: [p for p in prepared if p.stage is stage][-1:] for stage in (Stage.SCOPE, Stage.EXPLORE)}
    kept = [one for found in last.values() for one in found]
    state = {c.id: c.state for c in cases.candidates(parts, case)}
    ready = {Stage.DEVELOP: "proposed", Stage.VALIDATE: "submitted"}
    kept += [p for p in prepared if ready.get(p.stage) == state.get(p.subject, "")]
    return kept + [p for p in prepared if p.stage is Stage.OPERATE]


def inbox(parts: Parts, who: Actor) -> list[Task]:
    """What waits for this person's own signature."""
    return [task for task in waiting(parts, who) if task.mine]


def journal(parts: Parts, who: Actor, *, use_case: str = "", newest: int = 200) -> list[Entry]:
    """The latest journal entries this person may see, newest first."""
    entries = [e for e in parts.ledger.entries(use_case=use_case) if who.sees(e.act.line)]
    seen = (e for e in reversed(entries) if not _unblinds(parts, who, e))
    return list(islice(seen, newest))


def _unblinds(parts: Parts, who: Actor, entry: Entry) -> bool:
    """Whether an entry tells a validator an answer that they may not see before they have spoken."""
    told = entry.act.detail
    if entry.act.act != "result" or told.get("check") not in BLIND_CHECKS:
        return False
    return is_blind(parts, who, parts.ledger.get(UseCase, entry.act.use_case), told.get("subject", ""))


@dataclass(frozen=True)
class SealedRows:
    """The sealed rows of one dataset, the looks taken at them in whatever use case, and where, in words."""

    case: UseCase
    dataset: Dataset
    looks: tuple[Look, ...]
    sentence: str


def sealed_rows(parts: Parts, who: Actor) -> list[SealedRows]:
    """Every sealed hold-out this person may see; looks in use cases that they may not see are counted, not named."""
    told, seen = [], use_cases(parts, who)
    names = {case.id for case in seen}
    for case in seen:
        policy = parts.policy(case.line)
        for dataset in parts.ledger.find(Dataset, use_case=case.id):
            taken = sealed.looks(parts, dataset, policy)
            told.append(SealedRows(case, dataset, tuple(taken), sealed.where_taken(taken, case, names)))
    return told


def looks(parts: Parts, who: Actor) -> list[tuple[UseCase, list[Look]]]:
    """How often each sealed hold-out was opened, by which candidates."""
    return [(case, parts.ledger.find(Look, use_case=case.id)) for case in use_cases(parts, who)]


def dossier(parts: Parts, who: Actor, use_case: str, gate_id: str) -> tuple[str, bytes]:
    """A finished dossier: its file name and its bytes; those that would unblind a validator wait until they spoke."""
    case = cases.get(parts, who, use_case)
    gate = cases.of_case(parts, GateRecord, case, gate_id)
    if gate.stage is Stage.DEVELOP and is_blind(parts, who, case, gate.subject):
        raise NotAllowed(
            "This dossier holds its submitter's own figures.",
            "Rule blind-validator: a validator reads them after speaking.",
            "Sign or refuse first.",
            rule="blind-validator",
        )
    return f"{case.id}-{gate.stage}-{gate.subject}.dossier", parts.vault.get(gate.file)


def people(parts: Parts, who: Actor) -> list[Person]:
    """The people who share a line of business with this person."""
    known = parts.ledger.find(Person)
    return [p for p in known if not who.lines or not p.lines or set(p.lines) & set(who.lines)]


def gate_of(parts: Parts, case: UseCase, subject: str, stage: Stage) -> GateRecord:
    """The gate's last answer about a subject."""
    found = [g for g in parts.ledger.find(GateRecord, use_case=case.id, subject=subject) if g.stage is stage]
    if not found:
        raise NotFound("The gate has not answered yet.", "", "Sign first.")
    return found[-1]
