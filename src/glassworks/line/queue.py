"""The validators' queue: submitted models and releases to validate again; the riskiest and most valuable first."""

from typing import Literal

from glassworks.core.contract import Brief, Tier
from glassworks.core.errors import GlassworksError
from glassworks.core.people import Actor
from glassworks.core.ports import Job
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, Dataset, GateRecord, UseCase
from glassworks.core.waiting import Revalidation, Waiting
from glassworks.hub.access import may
from glassworks.line import cases, people, revalidation, validate, view
from glassworks.line.parts import Parts

RISK = {tier: place for place, tier in enumerate(Tier)}
RECENT = 200
OWN = "You made a part of it: another validator has it recomputed."


def queue(parts: Parts, who: Actor) -> list[Waiting]:
    """Submitted models that no gate has settled, and releases of which something changed since they were approved.

    They are ordered by risk tier, then by the KPI target, then by waiting.
    """
    found = []
    for case in view.use_cases(parts, who):
        due = revalidation.due(parts, case)
        found += _of_case(parts, who, case, due)
        found += [_due(parts, who, case, due)] if due and due.laid_state != "submitted" else []
    return sorted(found, key=order)


def order(one: Waiting) -> tuple[int, float, float]:
    """The riskiest first, then the one with the most at stake, then the one that waits longest."""
    return -RISK[one.tier], -one.target, one.since.timestamp()


def validate_all(parts: Parts, who: Actor) -> list[Waiting]:
    """Ask the office to recompute every model in the queue that this person may have recomputed; then the queue.

    One that is refused meanwhile, for spent looks or a stop, says why; the others go on.
    """
    refused: dict[str, str] = {}
    for one in queue(parts, who):
        if one.state in ("waits", "failed") and not one.why_not:
            try:
                validate.ask_validation(parts, who, one.use_case, one.candidate)
            except GlassworksError as error:
                refused[one.candidate] = str(error)
    told = queue(parts, who)
    return [one.model_copy(update={"why_not": refused.get(one.candidate, one.why_not)}) for one in told]


def _due(parts: Parts, who: Actor, case: UseCase, due: Revalidation) -> Waiting:
    brief = cases.contract(parts, case)
    return Waiting(
        use_case=case.id,
        title=case.title,
        line=case.line,
        candidate=due.candidate,
        name=due.name,
        tier=brief.tier,
        target=brief.kpi.target,
        unit=brief.kpi.unit,
        period=brief.kpi.period,
        since=due.since,
        state="due",
        progress=due.says,
        kind="re-validation",
        changes=tuple(one.sentence for one in due.reasons),
        why_not="" if may(who, "validate again", case.line) else "A data scientist or a validator asks for it.",
    )


def _of_case(parts: Parts, who: Actor, case: UseCase, due: Revalidation | None) -> list[Waiting]:
    waiting = [one for one in cases.candidates(parts, case) if one.state == "submitted"]
    if not waiting:
        return []
    brief = cases.contract(parts, case)
    gates = parts.ledger.find(GateRecord, use_case=case.id)
    passed = {one.subject: one.decided_at for one in gates if one.stage is Stage.DEVELOP and one.open}
    settled = {one.subject for one in gates if one.stage is Stage.VALIDATE}
    jobs = [job for job in parts.jobs.recent(use_case=case.id, limit=RECENT) if job.name == "validate"]
    looks = {name: validate.looks_at(parts, case, name) for name in {one.dataset for one in waiting}}
    found = []
    for one in waiting:
        if one.id in settled:
            continue
        job = next((job for job in jobs if job.arguments.get("candidate") == one.id), None)
        state = _state(parts, case, one, job)
        to_ask = state in ("waits", "failed")
        spent = validate.why_spent(parts, case, one, looks[one.dataset]) if to_ask else ""
        again = due is not None and one.follows == due.candidate
        found.append(
            Waiting(
                use_case=case.id,
                title=case.title,
                line=case.line,
                candidate=one.id,
                name=one.name,
                tier=brief.tier,
                target=brief.kpi.target,
                unit=brief.kpi.unit,
                period=brief.kpi.period,
                since=passed.get(one.id, one.made_at),
                state="inconclusive" if spent else state,
                kind="re-validation" if again else "validation",
                changes=tuple(reason.sentence for reason in due.reasons) if due and again else (),
                job=job.id if job and state in ("work", "failed") else "",
                progress=(job.error or job.progress or job.state) if job and state in ("work", "failed") else "",
                share=job.share if job and state == "work" else 0.0,
                why_not=spent or ("" if state == "recomputed" else _why_not(parts, who, brief, one)),
            )
        )
    return found


def _state(
    parts: Parts, case: UseCase, one: Candidate, job: Job | None
) -> Literal["waits", "work", "failed", "recomputed"]:
    if cases.results_of(parts, case, one.id, Stage.VALIDATE):
        return "recomputed"
    if job is None or job.state not in ("waiting", "running", "failed"):
        return "waits"
    return "failed" if job.state == "failed" else "work"


def _why_not(parts: Parts, who: Actor, brief: Brief, one: Candidate) -> str:
    """Why this person may not have a model recomputed, as far as it can be said before they ask."""
    if not may(who, "validate", one.line):
        return "A validator asks for it."
    dataset = parts.ledger.get(Dataset, one.dataset)
    made_by = validate.authors(one, dataset, brief)
    return OWN if who.person in people.with_heirs(parts, made_by) else ""
