"""Re-validation: which release is to be validated again because something changed, and laying its bytes again."""

from datetime import UTC, datetime, time

from glassworks.core import canonical
from glassworks.core.contract import Brief
from glassworks.core.dossier import Body, Dossier
from glassworks.core.errors import Conflict, FixTheInput
from glassworks.core.journal import Act
from glassworks.core.people import Actor
from glassworks.core.ports import Job
from glassworks.core.reapproval import contract_sentence
from glassworks.core.record import Moment, new_id
from glassworks.core.stage import Status
from glassworks.core.usecase import Candidate, Dataset, GateRecord, Release, UseCase
from glassworks.core.waiting import Reason, Revalidation
from glassworks.hub import earlier
from glassworks.line import cases, develop, validate
from glassworks.line.parts import Parts
from glassworks.line.refusals import journalled

OPEN = ("proposed", "submitted")


def of(parts: Parts, who: Actor, use_case: str) -> Revalidation | None:
    """Why the release of a use case is to be validated again; None where nothing changed since it was approved."""
    return due(parts, cases.get(parts, who, use_case))


def due(parts: Parts, case: UseCase) -> Revalidation | None:
    """The same without asking who reads it. It is computed from the records each time, so nobody has to open it."""
    release = parts.ledger.get(Release, case.release) if case.release else None
    if release is None or release.state != "active" or case.status is Status.RETIRED:
        return None
    reasons = _reasons(parts, case, release)
    if not reasons:
        return None
    candidate = parts.ledger.get(Candidate, release.candidate)
    laid = [one for one in cases.candidates(parts, case) if one.follows == candidate.id]
    return Revalidation(
        use_case=case.id,
        release=release.id,
        candidate=candidate.id,
        name=candidate.name,
        reasons=tuple(reasons),
        since=min(one.since for one in reasons),
        laid=laid[-1].id if laid else "",
        laid_state=laid[-1].state if laid else "",
    )


def _reasons(parts: Parts, case: UseCase, release: Release) -> list[Reason]:
    """What is in force now and was not when the release was approved, and what came up about it since."""
    body = Dossier.model_validate(canonical.parse_strict(parts.vault.get(release.dossier))).body
    brief = cases.contract(parts, case)
    found = []
    if brief.digest != body.brief.digest:
        sentence = contract_sentence(body.brief, brief)
        found.append(Reason(kind="contract", sentence=sentence, since=_opened(parts, case, brief.id)))
    if cases.newer_pack(parts, case, body.policy):
        pack = parts.policy(case.line)
        since = max(datetime.combine(pack.effective_from, time(), UTC), release.released_at)
        then = f"{body.policy.title}, {body.policy.version}"
        sentence = f"Another policy pack is in force: {pack.title}, {pack.version}, after {then}."
        found.append(Reason(kind="policy", sentence=sentence, since=since))
    found += _data(parts, case, body)
    for one in earlier.troubles(parts.ledger, release):
        kind = "monitoring" if one.sentence.startswith("Monitoring") else "finding"
        found.append(Reason.model_validate({"kind": kind, "sentence": one.sentence, "since": one.since}))
    return found


def _data(parts: Parts, case: UseCase, body: Body) -> list[Reason]:
    """Whether other rows, or other decisions about their columns, were signed at gate 2 since."""
    signed = parts.ledger.find(Dataset, use_case=case.id, id=case.dataset)
    if not signed or body.grounds is None:
        return []
    now, then = validate.grounds(signed[0]), body.grounds
    if (now.table, now.division) != (then.table, then.division):
        sentence = f"Other data are signed: {signed[0].name}, with {signed[0].rows_sealed:,} rows newly sealed."
    elif now.contract != then.contract:
        sentence = "The decisions about columns changed: the data contract is another."
    else:
        return []
    return [Reason(kind="data", sentence=sentence, since=_opened(parts, case, signed[0].id))]


def _opened(parts: Parts, case: UseCase, subject: str) -> Moment:
    """When a gate last opened for a subject."""
    gates = [gate for gate in parts.ledger.find(GateRecord, use_case=case.id, subject=subject) if gate.open]
    return gates[-1].decided_at if gates else case.moved_at


def ask(parts: Parts, who: Actor, use_case: str) -> tuple[Candidate, Job]:
    """Lay the very bytes of the release as a new candidate, under the contract and the data in force.

    It goes through gates 3 and 4 as any candidate; its author stays its author. The release runs on meanwhile.

    Raises
    ------
    FixTheInput : nothing changed since it was approved, or the model no longer fits what was agreed since.
    Conflict : its bytes are laid again already.
    """
    case = cases.at_work(parts, who, use_case, "validate again")
    with journalled(parts, who, "validate again", case.release, use_case=case.id, line=case.line):
        found = due(parts, case)
        if found is None:
            raise FixTheInput(
                "There is nothing to validate again.",
                "No release is in operation, or nothing changed since it was approved.",
                "To bring another model, build or submit one.",
            )
        if found.laid_state in OPEN:
            raise Conflict("Its bytes are laid again already.", found.says, "Go on with that candidate.")
        brief, dataset = cases.agreed(parts, case), cases.signed_data(parts, case)
        released = parts.ledger.get(Candidate, found.candidate)
        _check_fits(released, brief, dataset)
    again = _laid(parts, case, released, brief, dataset)
    act = Act(
        act="validate again",
        who=who.person,
        what=again.id,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} has the bytes of {released.name} laid again: {found.reasons[0].sentence}",
        detail={"release": found.release, "kinds": [one.kind for one in found.reasons]},
    )
    with parts.ledger.transaction():
        parts.ledger.add(again, act)
        job = parts.jobs.enqueue(
            "assess",
            {"use_case": case.id, "candidate": again.id},
            key=f"assess {again.id}",
            use_case=case.id,
            asked_by=who.person,
        )
    return again, job


def _laid(parts: Parts, case: UseCase, released: Candidate, brief: Brief, dataset: Dataset) -> Candidate:
    return Candidate(
        id=new_id("cand"),
        use_case=case.id,
        line=case.line,
        name=f"{released.name.removesuffix(', again')}, again",
        dataset=dataset.id,
        brief_digest=brief.digest,
        author=released.author,
        made_by=released.made_by,
        card=released.card,
        files=released.files,
        planted=released.planted,
        follows=released.id,
        fitted_on=released.fitted_on or released.dataset,
        made_at=parts.now(),
    )


def _check_fits(released: Candidate, brief: Brief, dataset: Dataset) -> None:
    agreed = develop.allowed(brief, dataset)
    extra = [name for name in released.card.inputs if name not in agreed]
    if released.card.task is not brief.task or extra:
        raise FixTheInput(
            f"{released.name} no longer fits what was agreed.",
            f"It needs {', '.join(extra)}, which a model may no longer see."
            if extra
            else f"It answers {released.card.task}, and the contract asks for {brief.task}.",
            "Build or bring another model under the contract in force.",
        )
