"""Acts and questions about a use case as a whole: open it, find it, read its records, keep results."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from glassworks.core import canonical, check, registry
from glassworks.core.commands import OpenUseCase
from glassworks.core.contract import Brief, Task
from glassworks.core.dossier import Body, Prepared
from glassworks.core.errors import Conflict, FixTheInput, GateClosed, NotAllowed, NotFound
from glassworks.core.journal import Act
from glassworks.core.lock import Lock
from glassworks.core.people import Actor, LineOfBusiness, Person
from glassworks.core.policy import PolicyPack
from glassworks.core.reapproval import Grounds
from glassworks.core.record import Record
from glassworks.core.result import Result
from glassworks.core.signoff import Meaning, SignedBefore, SignOff
from glassworks.core.stage import Stage, Status
from glassworks.core.usecase import Candidate, Dataset, GateRecord, Look, MonitoringRound, Release, UseCase
from glassworks.hub import gatekeeper
from glassworks.hub.access import not_here
from glassworks.line.parts import Parts
from glassworks.line.refusals import check_may

R = TypeVar("R", bound=Record)


def open_use_case(parts: Parts, who: Actor, command: OpenUseCase) -> UseCase:
    """Open a use case in a line of business; it begins at scope, before any code."""
    check_may(parts, who, "open use case", command.line)
    line = parts.ledger.get(LineOfBusiness, command.line)
    slug = command.id or "-".join("".join(c if c.isalnum() else " " for c in command.title.lower()).split())[:60]
    if not slug:
        raise FixTheInput("The title has no letters or digits.", "", "Give the use case a name.", field="title")
    if parts.ledger.find(UseCase, id=slug):
        raise Conflict(f"A use case {slug} exists already.", "", "Choose another title or id.")
    now = parts.now()
    case = UseCase(
        id=slug,
        use_case=slug,
        line=line.id,
        title=command.title,
        question=command.question,
        opened_by=who.person,
        opened_at=now,
        moved_at=now,
        demonstration=parts.settings.demo,
    )
    act = Act(
        act="open use case",
        who=who.person,
        what=slug,
        use_case=slug,
        line=line.id,
        sentence=f"{who.name} opens the use case: {command.title}",
    )
    parts.ledger.add(case, act)
    return case


def get(parts: Parts, who: Actor, use_case: str, act: str = "view") -> UseCase:
    """A use case, for a person who may do `act` with it."""
    found = parts.ledger.find(UseCase, id=use_case)
    if not found:
        raise not_here()
    check_may(parts, who, act, found[0].line, use_case, use_case)
    return found[0]


def at_work(parts: Parts, who: Actor, use_case: str, act: str) -> UseCase:
    """A use case that can be worked on now: the person may, and nobody has stopped it."""
    case = get(parts, who, use_case, act)
    check_runs(parts, case)
    return case


def check_runs(parts: Parts, case: UseCase) -> None:
    """Refuse to go on with a use case that somebody stopped or that is retired; jobs that waited ask again too."""
    stops = gatekeeper.stops_over(parts.ledger, case)
    if stops:
        raise GateClosed(
            f"{case.title} is stopped.", [f"{s.reason} Release the stop by signature first." for s in stops]
        )
    if case.status is Status.RETIRED:
        raise GateClosed(f"{case.title} is retired.", ["Open a new use case to go on."])


def of_case(parts: Parts, kind: type[R], case: UseCase, id: str) -> R:
    """A record that belongs to this use case; another's looks as if it did not exist."""
    record = parts.ledger.get(kind, id)
    if record.use_case != case.id:
        return parts.ledger.get(kind, f"{id} of {case.id}")
    return record


def briefs(parts: Parts, case: UseCase) -> list[Brief]:
    """Every version of the brief, oldest first."""
    return sorted(parts.ledger.find(Brief, use_case=case.id), key=lambda b: b.version)


def newest_brief(parts: Parts, case: UseCase) -> Brief:
    """The newest version of the brief, signed or not."""
    known = briefs(parts, case)
    if not known:
        raise NotFound(f"{case.title} has no brief yet.", "", "Write one, or start with five questions.")
    return known[-1]


def contract(parts: Parts, case: UseCase) -> Brief:
    """The signed brief: the KPI contract in force."""
    if not case.brief:
        raise GateClosed(
            f"{case.title} has no signed KPI contract yet.",
            ["The business owner, the domain expert and the data scientist sign the brief before this step."],
        )
    return parts.ledger.get(Brief, case.brief)


def agreed(parts: Parts, case: UseCase) -> Brief:
    """The KPI contract for new work: a brief that changed after it was signed closes the line until it is signed."""
    signed, newest = contract(parts, case), briefs(parts, case)[-1]
    if newest.id != signed.id:
        raise GateClosed(
            f"The brief changed after it was signed: version {newest.version} is not signed yet.",
            [f"Sign version {newest.version} at gate scope before work goes on."],
        )
    return signed


def signed_data(parts: Parts, case: UseCase, dataset: str = "") -> Dataset:
    """A dataset (by default the case's) as it passed gate 2; what was decided anew is signed before it is used."""
    if not case.dataset:
        raise _data_first("The data are not signed yet.")
    found = parts.ledger.get(Dataset, dataset or case.dataset)
    ready = gatekeeper.latest(parts.ledger, case.id, found.id, Stage.EXPLORE)
    gates = parts.ledger.find(GateRecord, use_case=case.id, dossier=ready.id)
    if not any(gate.open for gate in gates):
        raise _data_first("The columns were decided anew, and not signed since.")
    if found.brief_digest != contract(parts, case).digest:
        raise _data_first("The data were signed under an earlier version of the brief.")
    return found


def newer_pack(parts: Parts, case: UseCase, judged_by: PolicyPack) -> str:
    """The name of the policy pack in force, when it is another than the one that evidence was judged by."""
    now = parts.policy(case.line)
    return "" if (now.id, now.version) == (judged_by.id, judged_by.version) else f"{now.title}, {now.version}"


def laid_ready(parts: Parts, case: UseCase, subject: str, stage: Stage) -> Body | None:
    """The newest evidence about a subject that lies ready at a gate, when the policy pack in force judged it."""
    ready = [p for p in parts.ledger.find(Prepared, use_case=case.id, subject=subject) if p.stage is stage]
    if not ready:
        return None
    body = Body.model_validate(canonical.parse_strict(parts.vault.get(ready[-1].id)))
    return None if newer_pack(parts, case, body.policy) else body


def stands(parts: Parts, case: UseCase, subject: str, stage: Stage) -> bool:
    """Whether evidence about a subject lies ready at a gate, made under the policy pack in force."""
    return laid_ready(parts, case, subject, stage) is not None


def _data_first(what: str) -> NotAllowed:
    return NotAllowed(
        what,
        "Rule data-first: candidates are made from data whose columns the domain expert has decided on and signed.",
        "Explore the data, decide on the columns, and sign the data.",
        rule="data-first",
    )


def dataset(parts: Parts, case: UseCase) -> Dataset:
    """The newest dataset of the use case."""
    found = parts.ledger.find(Dataset, use_case=case.id)
    if not found:
        raise GateClosed(f"{case.title} has no data yet.", ["Bring the data first."])
    return found[-1]


def results_of(parts: Parts, case: UseCase, subject: str, stage: Stage) -> list[Result]:
    """The newest answers about a subject at a stage, in their order."""
    found = [r for r in parts.ledger.find(Result, use_case=case.id, subject=subject) if r.stage is stage]
    newest = {r.check: r for r in found}
    return sorted(newest.values(), key=lambda r: (r.order, r.check))


def ask_checks(
    parts: Parts,
    case: UseCase,
    stage: Stage,
    subject: Record,
    evidence: Mapping[str, Any],
    *,
    task: Task,
    digests: Sequence[str] = (),
    asked: Sequence[check.Check] | None = None,
    tell: Callable[[str, float], None] = lambda title, share: None,
) -> list[Result]:
    """Ask every check of a stage about a subject, or only those `asked`; nothing is written yet. `tell` hears each."""
    policy = parts.policy(case.line)
    return check.results(
        registry.checks(stage) if asked is None else asked,
        {"policy": policy, **evidence},
        task=task,
        subject=subject.id,
        subject_digest=subject.digest,
        evidence_digests=tuple(digests),
        policy=policy.version,
        use_case=case.id,
        line=case.line,
        now=parts.now(),
        tell=tell,
    )


def keep(
    parts: Parts,
    case: UseCase,
    stage: Stage,
    subject: Record,
    results: Sequence[Result],
    *,
    brief: Brief,
    authors: Sequence[str],
    who: str,
    policy: PolicyPack | None = None,
    attachments: Mapping[str, str] | None = None,
    grounds: Grounds | None = None,
    lock: Lock | None = None,
    kept: Sequence[Result] = (),
) -> Prepared:
    """Write results and lay the dossier's body ready for signatures, in one transaction; `kept` were written before."""
    body = Body(
        use_case=case.id,
        title=case.title,
        stage=stage,
        tier=brief.tier,
        environment=parts.settings.environment,
        demonstration=case.demonstration,
        seal="same machine",
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject=subject.facts(),
        brief=brief,
        results=(*kept, *results),
        policy=policy or parts.policy(case.line),
        authors=tuple(sorted(set(authors))),
        before=signed_before(parts, case, stage, subject.id, getattr(subject, "dataset", "")),
        looks=tuple(parts.ledger.find(Look, use_case=case.id)),
        attachments=dict(attachments or {}),
        grounds=grounds,
        lock=lock,
        made_at=parts.now(),
    )
    with parts.ledger.transaction():
        for one in results:
            act = Act(
                act="result",
                who=who,
                what=one.id,
                use_case=case.id,
                line=case.line,
                sentence=f"{one.title}: {one.verdict.value.replace('_', ' ')}.",
                detail={"check": one.check, "subject": subject.id},
            )
            parts.ledger.add(one, act)
        return gatekeeper.prepare(parts.ledger, parts.vault, body, line=case.line, who=who)


def signed_before(
    parts: Parts, case: UseCase, stage: Stage, subject: str, dataset: str = ""
) -> tuple[SignedBefore, ...]:
    """Who signed as what, at the gates before this one, about the brief, the data or the candidate decided about.

    Candidates of the same bytes are one: what was submitted once is not another's when it is laid again. A monitoring
    round stands for itself: who validated the release may not have signed anything about the round.
    """
    if stage is Stage.OPERATE:
        return ()
    order, known = list(Stage), candidates(parts, case)
    files = next((one.files for one in known if one.id == subject), None)
    same = [one for one in known if one.files == files]
    made_from = {subject, dataset, *(one.id for one in same), *(one.dataset for one in same)}
    made_from |= {one.id for one in parts.ledger.find(Brief, use_case=case.id)}
    given = [
        one
        for one in parts.ledger.find(SignOff, use_case=case.id)
        if order.index(one.stage) < order.index(stage) and one.subject in made_from
        if one.meaning in (Meaning.SUBMIT, Meaning.APPROVE, Meaning.ACCEPT_INCONCLUSIVE)
    ]
    found = {(one.person, one.role, one.stage) for one in given}
    return tuple(SignedBefore(person=person, role=role, stage=at) for person, role, at in sorted(found))


def check_named(parts: Parts, case: UseCase, subject: str, owner: str) -> str:
    """The id of a finding's owner, who is named by id or login.

    Raises
    ------
    FixTheInput : the finding is about nothing that this use case has, or its owner does not work on the line.
    """
    kinds: tuple[type[Record], ...] = (Brief, Dataset, Candidate, Release, MonitoringRound)
    if not any(parts.ledger.find(kind, use_case=case.id, id=subject) for kind in kinds):
        raise FixTheInput(
            "There is nothing of that name in this use case.",
            "A finding is about a brief, a dataset, a candidate, a release or a monitoring round of the use case.",
            "Name one of them by its id.",
            field="subject",
        )
    found = parts.ledger.find(Person, id=owner) or parts.ledger.find(Person, login=owner)
    if not found or not found[0].active or (found[0].lines and case.line not in found[0].lines):
        raise FixTheInput(
            "Nobody of that name works on this line of business.",
            "A finding has an owner who puts it right.",
            "Name a person of the line, by id or login.",
            field="owner",
        )
    return found[0].id


def candidates(parts: Parts, case: UseCase) -> list[Candidate]:
    """Every candidate of the use case, oldest first."""
    return parts.ledger.find(Candidate, use_case=case.id)
