"""The only code that moves a use case through a gate, and only when core's gate says open."""

from collections.abc import Sequence

from glassworks.core import canonical, signoff
from glassworks.core.dossier import Body, Dossier, Prepared, held, void
from glassworks.core.errors import NotFound
from glassworks.core.finding import Finding
from glassworks.core.gate import Decision, Evidence, decide
from glassworks.core.journal import Act
from glassworks.core.people import KeyList
from glassworks.core.ports import Ledger, Vault
from glassworks.core.record import Moment, new_id
from glassworks.core.signoff import SignOff
from glassworks.core.stage import Stage, Status, after, may_move
from glassworks.core.usecase import GateRecord, LineStop, UseCase, Waiver
from glassworks.hub import earlier


def prepare(ledger: Ledger, vault: Vault, body: Body, *, line: str, who: str) -> Prepared:
    """Lay a dossier's body ready for signatures. Signatures on an earlier body of the subject no longer count."""
    content = canonical.to_bytes(body.facts())
    prepared = Prepared(
        id=vault.put(content),
        use_case=body.use_case,
        line=line,
        stage=body.stage,
        subject=body.subject_id,
        made_at=body.made_at,
    )
    act = Act(
        act="prepare dossier",
        who=who,
        what=body.subject_id,
        use_case=body.use_case,
        line=line,
        sentence=f"The evidence for gate {body.stage} is laid ready for signatures.",
    )
    ledger.add(prepared, act)
    return prepared


def latest(ledger: Ledger, use_case: str, subject: str, stage: Stage) -> Prepared:
    """The body now in force for a subject at a gate."""
    found = [p for p in ledger.find(Prepared, use_case=use_case, subject=subject) if p.stage is stage]
    if not found:
        raise NotFound(
            "There is nothing to sign yet.",
            f"No evidence has been laid ready for {subject} at gate {stage}.",
            "Run this stage's checks first.",
        )
    return found[-1]


def stops_over(ledger: Ledger, case: UseCase) -> tuple[LineStop, ...]:
    """The stops that hold over a use case: its own, its release's, its line's."""
    targets = {case.id, case.line, case.release} - {""}
    return tuple(stop for stop in ledger.find(LineStop) if stop.holds and stop.target in targets)


def evidence(ledger: Ledger, vault: Vault, keys: KeyList, prepared: Prepared, now: Moment) -> Evidence:
    """Everything the gate may see now; sign-offs that do not verify are left out, exceptions that do not are void."""
    body = Body.model_validate(canonical.parse_strict(vault.get(prepared.id)))
    case = ledger.get(UseCase, prepared.use_case)
    every = ledger.find(SignOff, use_case=prepared.use_case)
    given = [s for s in every if s.dossier == prepared.id]
    exceptions = tuple(w for w in ledger.find(Waiver, use_case=case.id) if w.subject == prepared.subject)
    return Evidence(
        stage=prepared.stage,
        subject=prepared.subject,
        dossier=prepared.id,
        tier=body.tier,
        policy=body.policy,
        results=body.results,
        signoffs=tuple(s for s in given if not signoff.faults(s, keys)),
        carried=earlier.unrefused(
            held(body, prepared.id, earlier.bodies(ledger, vault, keys, prepared), now), every, prepared.stage
        ),
        authors=body.authors,
        before=body.before,
        exceptions=exceptions,
        void=void(body, exceptions, keys),
        findings=tuple(f for f in ledger.find(Finding, use_case=case.id) if f.subject == prepared.subject),
        stops=stops_over(ledger, case),
        now=now,
    )


def dossier_file(vault: Vault, keys: KeyList, seen: Evidence, decision: Decision) -> Dossier:
    """The whole file of a decision, not yet sealed by the office."""
    body = Body.model_validate(canonical.parse_strict(vault.get(seen.dossier)))
    versions = dict.fromkeys(one.dossier for one in seen.carried)
    return Dossier(
        body=body,
        earlier=tuple(
            earlier.signed(vault, digest, tuple(s for s in seen.carried if s.dossier == digest)) for digest in versions
        ),
        body_digest=seen.dossier,
        signoffs=seen.signoffs,
        exceptions=seen.exceptions,
        findings=seen.findings,
        stops=seen.stops,
        keys=keys,
        decided_at=seen.now,
        decision=decision,
    )


def ask(seen: Evidence) -> Decision:
    """What core's gate says."""
    return decide(seen)


def record(
    ledger: Ledger,
    seen: Evidence,
    decision: Decision,
    *,
    case: UseCase,
    changes: dict[str, str],
    file: str,
    why: str = "",
) -> GateRecord:
    """Write the gate's answer and, only when it is open, move the use case on. Joins the caller's transaction.

    `changes` are fields of the use case that the gate settles (its brief, dataset or release); `file` is the
    digest of the sealed dossier in the vault.
    """
    gate = GateRecord(
        id=new_id("gate"),
        use_case=case.id,
        line=case.line,
        stage=seen.stage,
        subject=seen.subject,
        dossier=seen.dossier,
        file=file,
        open=decision.open,
        reasons=decision.reasons,
        decided_at=seen.now,
    )
    words = "opened" if decision.open else "stayed closed"
    act = Act(
        act="gate",
        who="office",
        what=seen.subject,
        use_case=case.id,
        line=case.line,
        sentence=why or f"Gate {seen.stage} {words} for {seen.subject}.",
        detail={"stage": seen.stage.value, "open": decision.open},
    )
    with ledger.transaction():
        ledger.add(gate, act)
        if decision.open:
            _move(ledger, case, seen, changes)
    return gate


def _move(ledger: Ledger, case: UseCase, seen: Evidence, changes: dict[str, str]) -> None:
    target = after(seen.stage) if case.stage is seen.stage else case.stage
    moved = target is not case.stage and may_move(case.stage, target)
    update: dict[str, object] = {**changes, "version": case.version + 1}
    if moved:
        update |= {"stage": target, "moved_at": seen.now}
    sentence = f"{case.title} moves to {target}." if moved else f"{case.title} stays at {case.stage}."
    act = Act(
        act="move",
        who="office",
        what=case.id,
        use_case=case.id,
        line=case.line,
        sentence=sentence,
        detail={"from": case.stage.value, "to": target.value},
    )
    ledger.replace(case.model_copy(update=update), case.version, act)


def send_back(ledger: Ledger, case: UseCase, target: Stage, *, who: str, reason: str, now: Moment) -> UseCase:
    """Move a use case back for rework; never forward."""
    back = case.model_copy(update={"stage": target, "moved_at": now, "version": case.version + 1})
    if not may_move(case.stage, target) or list(Stage).index(target) > list(Stage).index(case.stage):
        raise NotFound(f"The line knows no way back from {case.stage} to {target}.")
    ledger.replace(
        back,
        case.version,
        Act(
            act="send back",
            who=who,
            what=case.id,
            use_case=case.id,
            line=case.line,
            sentence=reason,
            detail={"from": case.stage.value, "to": target.value},
        ),
    )
    return back


def set_status(ledger: Ledger, case: UseCase, status: Status, *, who: str, reason: str) -> UseCase:
    """Stop, refuse, resume or retire a use case as a whole."""
    changed = case.model_copy(update={"status": status, "version": case.version + 1})
    ledger.replace(
        changed,
        case.version,
        Act(act=f"status {status.value}", who=who, what=case.id, use_case=case.id, line=case.line, sentence=reason),
    )
    return changed


def authors(*parents: Sequence[str]) -> tuple[str, ...]:
    """Everyone who made a parent artefact, once each."""
    return tuple(sorted({name for group in parents for name in group if name}))
