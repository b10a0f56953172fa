"""The pages about everything at once: home, floor, inbox, journal, sealed rows, glossary."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.estimate import Estimate, plain
from glassworks.core.finding import Finding
from glassworks.core.gate import Decision
from glassworks.core.journal import Entry
from glassworks.core.people import Actor
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import Meaning
from glassworks.core.stage import STAGES, Stage
from glassworks.core.usecase import Candidate, GateRecord
from glassworks.hub import flow
from glassworks.line import questions, view
from glassworks.line.parts import Parts
from glassworks.line.view import SealedRows
from glassworks.web.access import Line, Who, decides, public
from glassworks.web.pages import glossary, standing
from glassworks.web.pages.page import memory, my_exceptions, my_tasks, show
from glassworks.web.pages.standing import Standing

router = APIRouter()
PAGE, NEWEST = 100, 6
COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six")


@router.get("/")
@decides("view")
def home(request: Request, parts: Line, who: Who) -> Response:
    """The newest use case: what was refused and why, what was approved and what it is expected to earn."""
    cases = view.use_cases(parts, who)
    if not cases:
        sentence = "Nothing is on the line yet. Bring a business question and its data."
        empty: dict[str, Any] = {"case": None, "brief": None, "rail": [], "refused": None, "approved": None}
        return show(request, "home.html", **empty, sentence=sentence, cases=[])
    told = [standing.of(request, parts, who, case.id) for case in cases[:NEWEST]]
    now = next((one for one in told if one.release), told[0])
    told = [now, *(one for one in told if one is not now)]
    refused = next((found for one in told if (found := _refused(one))), None)
    approved = next((found for one in told if (found := _approved(one))), None)
    return show(
        request,
        "home.html",
        case=now.case,
        brief=now.brief,
        sentence=_home_sentence(now, refused),
        rail=standing.rail(request, now),
        refused=refused,
        approved=approved,
        cases=cases,
    )


def _home_sentence(now: Standing, other: dict[str, Any] | None) -> str:
    counts = {s: sum(c.state == s for c in now.candidates) for s in ("refused", "approved", "submitted")}
    counts["refused"] = counts["refused"] or int(other is not None)
    refused, approved, open_ = (COUNTS[min(n, 6)] for n in counts.values())
    approved = "none" if counts["approved"] == 0 else approved.lower()
    if counts["refused"] or counts["approved"]:
        first = f"{refused} model{' was' if counts['refused'] == 1 else 's were'} refused, {approved} approved."
        return (
            f"{first} {open_} more {'waits' if counts['submitted'] == 1 else 'wait'} for a validator."
            if counts["submitted"]
            else first
        )
    if counts["submitted"]:
        return f"{open_} model{' waits' if counts['submitted'] == 1 else 's wait'} for a validator who made no part."
    return now.case.question


def _pairs(now: Standing, candidate: Candidate) -> tuple[Estimate | None, Estimate | None]:
    """What the author claimed and what the office found for the same measure: the KPI where both have it."""
    found = now.answers.get((Stage.VALIDATE, candidate.id), {})
    office = {e.name: e for r in found.values() for e in r.answer.estimates if not e.group}
    pairs = [(claim, office[claim.name]) for claim in candidate.claims if claim.name in office]
    if not pairs:
        return (candidate.claims[0] if candidate.claims else None), None
    return next((pair for pair in pairs if pair[0].unit), pairs[0])


def _refused(now: Standing) -> dict[str, Any] | None:
    """The refused model whose claim was the most dazzling."""
    refused = [c for c in now.candidates if c.state == "refused"]
    if not refused:
        return None
    one = max(refused, key=lambda c: (bool(c.planted), c.claims[0].value if c.claims else 0.0))
    claimed, withheld = _pairs(now, one)
    answers = now.results(Stage.VALIDATE, one.id)
    failed = [r for r in answers if r.verdict is Verdict.FAIL]
    told = next((r for r in failed if r.check == "claims_hold"), failed[0] if failed else None)
    stopped_by = [s for s in now.signoffs(Stage.VALIDATE, one.id) if s.meaning is Meaning.REFUSE]
    rule = f"The check \u201c{told.title}\u201d failed, and gate 4 stays closed while a check fails." if told else ""
    return {
        "candidate": one,
        "case": now.case,
        "claimed": claimed,
        "withheld": withheld,
        "why": told.answer.sentence if told else (stopped_by[0].statement if stopped_by else ""),
        "rule": rule,
        "stopped_by": stopped_by,
        "evidence_url": _url(now, f"{now.base}/validate/{one.id}"),
        "planted": one.planted,
    }


def _approved(now: Standing) -> dict[str, Any] | None:
    """The model in operation, or the one that is nearest to it."""
    one = now.chosen()
    if one is None or one.state == "refused" or now.brief is None:
        return None
    kpi = now.answers.get((Stage.VALIDATE, one.id), {}).get("kpi")
    gains = now.release.promised if now.release else kpi.answer.estimates if kpi else one.claims
    if not gains:
        return None
    decision = now.decision(Stage.VALIDATE, one.id)
    last = now.rounds[-1].id if now.rounds else ""
    open_for = now.sign_url(Stage.OPERATE, last) or now.sign_url(Stage.VALIDATE, one.id)
    evidence = f"{now.base}/validate/{one.id}" if now.dossier(Stage.VALIDATE, one.id) else ""
    return {
        "candidate": one,
        "case": now.case,
        "release": now.release,
        "gain": gains[0],
        "target": now.brief.kpi.target,
        "sentence": _earns(now, gains[0]),
        "signoffs": now.signoffs(Stage.VALIDATE, one.id),
        "waits_for": decision.waits_for if decision else (),
        "permit": now.permit,
        "conditions": now.release.conditions if now.release else (),
        "evidence_url": _url(now, evidence or f"{now.base}/develop/{one.id}"),
        "builder": one.author,
        "builder_sign_url": _url(now, f"{now.base}/sign/validate/{one.id}/rehearse") if evidence else "",
        "score_url": _url(now, f"{now.base}/operate#score") if now.release else "",
        "sign_url": _url(now, open_for) if open_for else "",
    }


def _earns(now: Standing, gain: Estimate) -> str:
    assert now.brief is not None
    kpi = now.brief.kpi
    tail = f" It reaches it with probability {gain.probability:.2f}." if gain.probability is not None else ""
    return (
        f"Expected to earn {plain(gain.value)} {gain.unit or kpi.unit} a {kpi.period} more than {kpi.baseline}; "
        f"the KPI contract asks {plain(kpi.target)}.{tail}"
    )


def _url(now: Standing, path: str) -> str:
    return now.parts.settings.root_path + path


@router.get("/floor")
@decides("view")
def floor(request: Request, parts: Line, who: Who) -> Response:
    """What waits for whom since when, and how the line itself runs."""
    cases = view.use_cases(parts, who)
    tasks = memory(request).answer(parts, ("waiting", who), lambda: view.waiting(parts, who))
    lanes: dict[Stage, list[dict[str, Any]]] = {stage: [] for stage in Stage}
    root = parts.settings.root_path
    busy = {j.use_case: j for j in parts.jobs.recent(limit=50) if j.state in standing.WAITING_JOBS}
    for case in cases:
        own = [t for t in tasks if t.case.id == case.id and t.waits_for]
        own = [t for t in own if t.stage is case.stage] or own
        first, job = (own[0] if own else None), busy.get(case.id)
        signs = f"a signature at the gate of {STAGES[first.stage].title.lower()}" if first else ""
        lanes[case.stage].append(
            {
                "case": case,
                "waits_for": standing.waiting(first.waits_for) if first and not job else "",
                "since": first.since if first else case.moved_at,
                "what": f"the job \u201c{job.name}\u201d" if job else signs or "the next act is open",
                "url": f"{root}/cases/{case.id}",
            }
        )
    waits = sum(bool(card["waits_for"]) for cards in lanes.values() for card in cards)
    sentence = f"{len(cases)} use case{'' if len(cases) == 1 else 's'} on the line; "
    sentence += f"{waits or 'none'} {'waits' if waits == 1 else 'wait'} for a signature."
    return show(request, "floor.html", sentence=sentence, now=parts.now(), lanes=lanes, flow=_flow(request, parts, who))


def _flow(request: Request, parts: Parts, who: Actor) -> dict[str, Any] | None:
    """The factory's own measures."""

    def make() -> flow.Flow:
        gates = [g for g in parts.ledger.find(GateRecord) if who.sees(g.line)]
        entries = [e for e in parts.ledger.entries() if who.sees(e.act.line)]
        return flow.flow(entries, gates, view.use_cases(parts, who), parts.now())

    found = memory(request).answer(parts, ("flow", who), make)
    rows = [
        {
            "stage": one.stage,
            "work": flow.duration(one.work),
            "wait": flow.duration(one.waiting),
            "work_hours": one.work / 3600,
            "wait_hours": one.waiting / 3600,
            "passed_first": round(one.first_pass.value * one.first_pass.n) if one.first_pass else 0,
            "passed": one.first_pass.n if one.first_pass else 0,
        }
        for one in found.stages
    ]
    return {"lead_time": rows, "bottleneck": found.sentence} if any(r["passed"] for r in rows) else None


@router.get("/inbox")
@decides("view")
def inbox(request: Request, parts: Line, who: Who) -> Response:
    """What waits for my signature, with the evidence next to the button."""
    shown = [_task(request, parts, who, task) for task in my_tasks(request, parts, who)]
    mine = [f for f in parts.ledger.find(Finding, owner=who.person) if f.is_open and who.sees(f.line)]
    asked = my_exceptions(request, parts, who)
    count = len(shown) + len(asked)
    sentence = f"{count} signature{' waits' if count == 1 else 's wait'} for you." if count else "No signature waits."
    return show(
        request,
        "inbox.html",
        sentence=sentence,
        now=parts.now(),
        tasks=shown,
        asked=asked,
        findings=mine,
        questions=questions.waiting(parts, who),
    )


def _task(request: Request, parts: Parts, who: Actor, task: view.Task) -> dict[str, Any]:
    now = standing.of(request, parts, who, task.case.id)
    results = now.results(task.stage, task.subject)
    figure = figure_of(now, task.stage, task.subject, results)
    others = [r for r in task.decision.reasons if not r.endswith("has not signed.")]
    return {
        "case": task.case,
        "stage": task.stage,
        "subject_title": standing.title_of(now, task.stage, task.subject),
        "role": task.mine[0],
        "since": task.since,
        "sentence": waits(task.decision, results),
        "figure": figure,
        "target": now.brief.kpi.target if now.brief and figure and figure.unit == now.brief.kpi.unit else None,
        "results": results,
        "sign_url": _url(now, f"{now.base}/sign/{task.stage}/{task.subject}"),
        "evidence_url": _url(now, standing.evidence_path(now, task.stage, task.subject)),
        "reasons": others,
    }


def waits(decision: Decision, results: Sequence[Result]) -> str:
    """Where a gate stands, in a sentence."""
    failed = [r.title for r in results if r.verdict is Verdict.FAIL]
    doubts = [r.title for r in results if r.verdict is Verdict.INCONCLUSIVE]
    if failed:
        return f"{', '.join(failed)} failed: this can only be refused, or put right first."
    if doubts:
        return f"Not enough data to decide about {', '.join(doubts)}."
    if decision.waits_for:
        return f"Every check passed; it waits for {standing.waiting(decision.waits_for)}."
    return "Every check passed."


def figure_of(now: Standing, stage: Stage, subject: str, results: Sequence[Result]) -> Estimate | None:
    """The one figure that a subject is decided by."""
    if stage is Stage.OPERATE:
        turned = next((r for r in now.rounds if r.id == subject), None)
        return turned.realised if turned else None
    asked = {Stage.VALIDATE: "kpi", Stage.DEVELOP: "beats_baseline"}.get(stage, "")
    return next((e for r in results if r.check == asked for e in r.answer.estimates), None)


@router.get("/journal")
@decides("view")
def journal(request: Request, parts: Line, who: Who, case: str = "", before: int = 0) -> Response:
    """The acts of a line, newest first."""
    newest = parts.ledger.newest()
    until = min(before - 1, newest) if before > 0 else newest
    cases = view.use_cases(parts, who)
    if case and any(c.id == case for c in cases):
        entries = [e for e in parts.ledger.entries(use_case=case) if e.number <= until][-PAGE:]
    else:
        case = ""
        entries = list(parts.ledger.entries(after=max(0, until - PAGE), limit=min(PAGE, until))) if until > 0 else []
    broken = next((f"entry {e.number} was changed after it was written" for e in entries if e.sealed() != e), "")
    gaps = (f"entry {b.number} does not follow entry {a.number}" for a, b in pairwise(entries) if _torn(a, b))
    broken = broken or next(gaps, "")
    shown = [e for e in reversed(entries) if who.sees(e.act.line) and not _unblinds(request, parts, who, e)]
    older = f"{parts.settings.root_path}/journal?case={case}&before={entries[0].number}" if entries else ""
    return show(
        request,
        "journal.html",
        sentence="Every act, who did it and when. Refusals stand here too.",
        entries=shown,
        cases=cases,
        chosen=case,
        chain=broken,
        checked=len(entries),
        older_url=older if entries and entries[0].number > 1 else "",
    )


def _unblinds(request: Request, parts: Parts, who: Actor, entry: Entry) -> bool:
    """Whether an entry tells a validator an answer before they have spoken."""
    told = entry.act.detail
    if entry.act.act != "result" or told.get("check") not in view.BLIND_CHECKS:
        return False
    return told.get("subject", "") in standing.of(request, parts, who, entry.act.use_case).blind


def _torn(first: Entry, second: Entry) -> bool:
    return second.number == first.number + 1 and second.previous != first.hash


@router.get("/sealed")
@decides("view")
def sealed(request: Request, parts: Line, who: Who) -> Response:
    """How often each sealed hold-out was opened, by which candidates, and what it gave."""
    shown, looks = [], set[str]()
    for rows in view.sealed_rows(parts, who):
        looks |= {look.id for look in rows.looks}
        shown.append(_sealed(standing.of(request, parts, who, rows.case.id), rows))
    policy = parts.policy("")
    sentence = f"{len(looks)} look{'' if len(looks) == 1 else 's'} taken at rows that nobody else has seen."
    return show(
        request, "sealed.html", sentence=sentence, max_looks=policy.max_looks, alpha=policy.alpha, datasets=shown
    )


def _sealed(now: Standing, rows: SealedRows) -> dict[str, Any]:
    told = []
    for look in rows.looks:
        if look.use_case == rows.case.id:
            found = now.candidate(look.candidate)
            verdicts = now.results(Stage.VALIDATE, look.candidate)
            told.append({"look": look, "candidate": found.name if found else look.candidate, "verdicts": verdicts})
    return {
        "dataset": rows.dataset,
        "case": rows.case,
        "looks": told,
        "taken": rows.sentence,
        "url": _url(now, f"{now.base}/explore"),
    }


@router.get("/glossary")
@public
def words(request: Request) -> Response:
    """One word for one thing."""
    return show(request, "glossary.html", terms=sorted(glossary.TERMS, key=lambda term: term.word.lower()))
