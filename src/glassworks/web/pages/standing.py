"""Where one use case stands, read once for a page: its records, what each gate says, the rail of its five stages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fastapi import Request

from glassworks.core.contract import Brief
from glassworks.core.dossier import Prepared
from glassworks.core.estimate import rounded
from glassworks.core.finding import Finding
from glassworks.core.gate import Decision, Evidence
from glassworks.core.people import Actor, Role
from glassworks.core.permit import Permit
from glassworks.core.ports import Job
from glassworks.core.result import Result
from glassworks.core.signoff import SignOff
from glassworks.core.stage import STAGES, Stage, Status
from glassworks.core.usecase import (
    Candidate,
    Dataset,
    GateRecord,
    LineStop,
    Look,
    MonitoringRound,
    Release,
    UseCase,
    Waiver,
)
from glassworks.hub import gatekeeper
from glassworks.hub.access import may
from glassworks.line import cases, view
from glassworks.line.parts import Parts
from glassworks.web import access
from glassworks.web.pages.page import memory

ORDER = list(Stage)
WAITING_JOBS = ("waiting", "running")


@dataclass(frozen=True)
class Standing:
    """The records of one use case, for one person: a validator who has not spoken sees no developer's figures."""

    parts: Parts
    who: Actor
    case: UseCase
    briefs: list[Brief]
    datasets: list[Dataset]
    candidates: list[Candidate]
    releases: list[Release]
    permits: list[Permit]
    rounds: list[MonitoringRound]
    looks: list[Look]
    findings: list[Finding]
    waivers: list[Waiver]
    stops: tuple[LineStop, ...]
    prepared: dict[tuple[Stage, str], Prepared]
    gates: list[GateRecord]
    given: list[SignOff]
    answers: dict[tuple[Stage, str], dict[str, Result]]
    blind: frozenset[str]
    _evidence: dict[str, Evidence] = field(default_factory=dict)

    @property
    def brief(self) -> Brief | None:
        """The signed contract, else the newest draft."""
        signed = next((b for b in self.briefs if b.id == self.case.brief), None)
        return signed or (self.briefs[-1] if self.briefs else None)

    @property
    def dataset(self) -> Dataset | None:
        """The newest dataset."""
        return self.datasets[-1] if self.datasets else None

    @property
    def release(self) -> Release | None:
        """The release in operation."""
        return next((r for r in self.releases if r.id == self.case.release), None)

    @property
    def permit(self) -> Permit | None:
        """The newest permit of the release in operation."""
        own = [p for p in self.permits if p.release == self.case.release]
        return max(own, key=lambda p: p.serial) if own else None

    @cached_property
    def base(self) -> str:
        """The address of the use case's page."""
        return f"/cases/{self.case.id}"

    def candidate(self, id: str) -> Candidate | None:
        """A candidate by id."""
        return next((c for c in self.candidates if c.id == id), None)

    def chosen(self) -> Candidate | None:
        """The candidate that the validate stage is about: approved, else submitted, else refused, newest first."""
        for state in ("approved", "submitted", "refused"):
            found = [c for c in self.candidates if c.state == state]
            if state == "approved" and self.release:
                return self.candidate(self.release.candidate)
            if found:
                return found[-1]
        return None

    def subject(self, stage: Stage) -> str:
        """The id of what a stage is about now; empty when there is nothing yet."""
        chosen = self.chosen()
        newest: dict[Stage, Any] = {
            Stage.SCOPE: self.briefs[-1] if self.briefs else None,
            Stage.EXPLORE: self.dataset,
            Stage.DEVELOP: chosen or (self.candidates[-1] if self.candidates else None),
            Stage.VALIDATE: chosen,
            Stage.OPERATE: self.rounds[-1] if self.rounds else None,
        }
        return newest[stage].id if newest[stage] else ""

    def results(self, stage: Stage, subject: str) -> list[Result]:
        """The newest answers about a subject, less those that would unblind a validator."""
        found = sorted(self.answers.get((stage, subject), {}).values(), key=lambda r: (r.order, r.check))
        if subject not in self.blind:
            return found
        return [r for r in found if r.check not in view.BLIND_CHECKS and stage is not Stage.DEVELOP]

    def dossier(self, stage: Stage, subject: str) -> str:
        """The digest of what lies ready for signatures; empty when nothing does."""
        found = self.prepared.get((stage, subject))
        return found.id if found else ""

    def signoffs(self, stage: Stage, subject: str) -> list[SignOff]:
        """The sign-offs on what lies ready."""
        dossier = self.dossier(stage, subject)
        return [s for s in self.given if s.dossier == dossier] if dossier else []

    def carried(self, stage: Stage, subject: str) -> tuple[SignOff, ...]:
        """Approvals of an earlier version that still hold for what lies ready."""
        prepared = self.prepared.get((stage, subject))
        return () if prepared is None else self._seen(prepared).carried

    def settled(self, stage: Stage, subject: str) -> GateRecord | None:
        """The gate's written answer about what lies ready, if it has answered."""
        dossier = self.dossier(stage, subject)
        return next((g for g in reversed(self.gates) if g.dossier == dossier), None) if dossier else None

    def decision(self, stage: Stage, subject: str) -> Decision | None:
        """What the gate has answered, or says now; None when nothing lies ready."""
        prepared = self.prepared.get((stage, subject))
        if prepared is None:
            return None
        shown = {r.check for r in self.results(stage, subject)}
        hidden = tuple(r.title for c, r in self.answers.get((stage, subject), {}).items() if c not in shown)
        said = self._said(prepared, self.settled(stage, subject))
        return said.model_copy(update={"reasons": tuple(r for r in said.reasons if not r.startswith(hidden))})

    def _said(self, prepared: Prepared, written: GateRecord | None) -> Decision:
        if written:
            return Decision(open=written.open, reasons=written.reasons)
        return gatekeeper.ask(self._seen(prepared))

    def _seen(self, prepared: Prepared) -> Evidence:
        if prepared.id not in self._evidence:
            keys, now = self.parts.keys(), self.parts.now()
            found = gatekeeper.evidence(self.parts.ledger, self.parts.vault, keys, prepared, now)
            self._evidence[prepared.id] = found
        return self._evidence[prepared.id]

    def sign_url(self, stage: Stage, subject: str) -> str:
        """Where a subject is signed; empty when nothing waits for a signature."""
        if not self.dossier(stage, subject) or self.settled(stage, subject) or is_ahead(self.case, stage):
            return ""
        return f"{self.base}/sign/{stage}/{subject}"


def of(request: Request, parts: Parts, who: Actor, case_id: str) -> Standing:
    """Where a use case stands, for a person who may see it."""
    case = cases.get(parts, who, case_id)
    return memory(request).answer(parts, ("standing", case.id, who), lambda: _read(parts, who, case))


def _read(parts: Parts, who: Actor, case: UseCase) -> Standing:
    find, one = parts.ledger.find, {"use_case": case.id}
    answers: dict[tuple[Stage, str], dict[str, Result]] = {}
    for result in find(Result, **one):
        answers.setdefault((result.stage, result.subject), {})[result.check] = result
    proposed = find(Candidate, **one)
    blind = frozenset(c.id for c in proposed if view.is_blind(parts, who, case, c.id))
    return Standing(
        parts=parts,
        who=who,
        case=case,
        briefs=sorted(find(Brief, **one), key=lambda b: b.version),
        datasets=find(Dataset, **one),
        candidates=[c.model_copy(update={"claims": ()}) if c.id in blind else c for c in proposed],
        releases=find(Release, **one),
        permits=find(Permit, **one),
        rounds=find(MonitoringRound, **one),
        looks=find(Look, **one),
        findings=find(Finding, **one),
        waivers=find(Waiver, **one),
        stops=gatekeeper.stops_over(parts.ledger, case),
        prepared={(p.stage, p.subject): p for p in find(Prepared, **one)},
        gates=find(GateRecord, **one),
        given=find(SignOff, **one),
        answers=answers,
        blind=blind,
    )


def is_ahead(case: UseCase, stage: Stage) -> bool:
    """Whether a use case has not come as far as a stage; its gate is signed after the earlier ones."""
    return ORDER.index(stage) > ORDER.index(case.stage)


def allowed(now: Standing, act: str) -> bool:
    """Whether this person may ask for an act here."""
    return may(now.who, act, now.case.line)


def jobs(now: Standing) -> list[Job]:
    """Work under way, and a failure that nothing has followed."""
    recent = now.parts.jobs.recent(use_case=now.case.id, limit=8)
    live = [j for j in recent if j.state in WAITING_JOBS]
    return live or [j for j in recent[:1] if j.state == "failed"]


def state(now: Standing, stage: Stage) -> str:
    """How the rail marks a stage: done, here, ahead, refused or stopped."""
    here, place = ORDER.index(now.case.stage), ORDER.index(stage)
    if place != here:
        return "done" if place < here else "ahead"
    if now.stops or now.case.status is Status.STOPPED:
        return "stopped"
    chosen = now.chosen()
    refused = now.case.status is Status.REFUSED
    if stage is Stage.VALIDATE and chosen is not None and chosen.state == "refused":
        refused = True
    return "refused" if refused else "here"


def _said(now: Standing, stage: Stage) -> str:
    """One line about a stage for the rail."""
    brief, dataset = now.brief, now.dataset
    if stage is Stage.SCOPE:
        return f"At least {rounded(brief.kpi.target)} {brief.kpi.unit} a {brief.kpi.period}" if brief else ""
    if stage is Stage.EXPLORE:
        return f"{dataset.rows_open:,} rows open, {dataset.rows_sealed:,} sealed" if dataset else ""
    if stage is Stage.DEVELOP:
        count = len(now.candidates)
        return f"{count} candidate{'' if count == 1 else 's'}" if count else ""
    if stage is Stage.VALIDATE:
        counts = [(s, sum(c.state == s for c in now.candidates)) for s in ("approved", "refused", "submitted")]
        return ", ".join(f"{n} {s}" for s, n in counts if n)
    return f"Round {now.rounds[-1].number}: {now.rounds[-1].action}" if now.rounds else ""


def rail(request: Request, now: Standing) -> list[dict[str, Any]]:
    """The five stages in order, as the templates draw them."""
    root = now.parts.settings.root_path
    chosen = now.chosen()
    pages = {stage: f"{root}{now.base}/{stage}" for stage in Stage}
    pages[Stage.VALIDATE] = f"{root}{now.base}/validate/{chosen.id}" if chosen else f"{root}{now.base}#validate"
    steps = []
    for stage in Stage:
        subject = now.subject(stage)
        decision = now.decision(stage, subject)
        steps.append(
            {
                "stage": stage,
                "state": state(now, stage),
                "sentence": _said(now, stage),
                "signoffs": now.signoffs(stage, subject),
                "waits_for": decision.waits_for if decision else (),
                "url": pages[stage],
            }
        )
    return steps


def waiting(roles: Sequence[Role]) -> str:
    """Who is awaited, in words."""
    return " and ".join(f"the {role.words}" for role in roles)


def act(request: Request, label: str, path: str, main: bool = False) -> dict[str, object]:
    """A link to an act, as templates draw it."""
    return {"label": label, "url": access.parts(request).settings.root_path + path, "main": main}


def title_of(now: Standing, stage: Stage, subject: str) -> str:
    """What is signed, in words."""
    if stage is Stage.SCOPE:
        version = next((b.version for b in now.briefs if b.id == subject), 0)
        return f"the brief, version {version}"
    if stage is Stage.EXPLORE:
        return next((f"the data {d.name}" for d in now.datasets if d.id == subject), "the data")
    if stage is Stage.OPERATE:
        return next((f"monitoring round {r.number}" for r in now.rounds if r.id == subject), "a monitoring round")
    found = now.candidate(subject)
    return found.name if found else STAGES[stage].title


def evidence_path(now: Standing, stage: Stage, subject: str) -> str:
    """The page with a subject's evidence."""
    tail = f"/{subject}" if stage in (Stage.DEVELOP, Stage.VALIDATE) else ""
    return f"{now.base}/{stage}{tail}"
