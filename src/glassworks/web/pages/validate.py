"""Pages of the validate stage: the queue, the office's report, findings."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import Raise
from glassworks.core.errors import FixTheInput, GateClosed, NotFound
from glassworks.core.estimate import plain
from glassworks.core.finding import Finding
from glassworks.core.gate import Decision
from glassworks.core.result import Result, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate
from glassworks.core.waiting import Waiting
from glassworks.line import queue, stops, validate, view
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import command
from glassworks.web.pages import standing
from glassworks.web.pages.exceptions import excepted, exceptions_of, excusable
from glassworks.web.pages.own import beside
from glassworks.web.pages.page import Sent, go, show, text
from glassworks.web.pages.rendering import sentence
from glassworks.web.pages.standing import Standing, act
from glassworks.web.pages.workbench import workbench

router = APIRouter()
AT_WORK_SENTENCE = "The office is recomputing this candidate now; its answers come all together, at the end."
AT_WORK = Decision(open=False, reasons=("The office is still recomputing this candidate.",))
CLOSED = Decision(open=False, reasons=("The office has not recomputed this candidate yet: a validator asks for it.",))


@router.get("/queue")
@decides("view")
def queue_page(request: Request, parts: Line, who: Who) -> Response:
    """What waits for the validation team."""
    found = queue.queue(parts, who)
    ready = [one for one in found if one.state in ("waits", "failed") and not one.why_not]
    under_way = next((one for one in found if one.share), next((one for one in found if one.state == "work"), None))
    return show(
        request,
        "validate/queue.html",
        sentence=_queued(found, len(ready)),
        found=found,
        ready=len(ready),
        job=parts.jobs.get(under_way.job) if under_way else None,
        now=parts.now(),
    )


def _queued(found: Sequence[Waiting], ready: int) -> str:
    """What waits, what the office is at, and what needs signatures or a second validation."""
    count = Counter(one.state for one in found)
    waits = count["waits"] + count["failed"]
    told = f"{'1 submitted model waits' if waits == 1 else f'{waits} submitted models wait'}; "
    told += f"you may have {ready or 'none'} of them recomputed." if waits > 1 else ""
    told += ("you may have it recomputed." if ready else "you may not have it recomputed.") if waits == 1 else ""
    told = told if waits else "No submitted model waits."
    if count["work"]:
        told += f" The office is recomputing {count['work']}."
    if done := count["recomputed"]:
        told += f" {done} recomputed {'model waits' if done == 1 else 'models wait'} for signatures."
    if spent := count["inconclusive"]:
        told += f" {spent} cannot be decided, as the looks are spent."
    if due := count["due"]:
        told += f" {due} {'release is' if due == 1 else 'releases are'} to be validated again."
    return told


@router.post("/queue")
@decides("validate")
def run_queue(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """Have the office recompute all that wait and that this person may have recomputed."""
    told = [one for one in queue.validate_all(parts, who) if one.state in ("waits", "failed")]
    refused = [one for one in told if one.why_not and one.why_not != queue.OWN]
    if refused:
        why = "; ".join(f"{one.name}: {one.why_not}" for one in refused)
        raise GateClosed(f"{len(refused)} of the models were not taken; the others are in work.", [why])
    return go(request, "/queue", "asked")


@router.get("/cases/{case_id}/validate")
@decides("view")
def validate_home(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """The report of the candidate that the stage is about, or the stage's place on the use case's page."""
    now = standing.of(request, parts, who, case_id)
    chosen = now.chosen()
    return go(request, f"{now.base}/validate/{chosen.id}" if chosen else f"{now.base}#validate")


@router.get("/cases/{case_id}/validate/{candidate_id}")
@decides("view")
def report_page(request: Request, parts: Line, who: Who, case_id: str, candidate_id: str) -> Response:
    """What the office found when it recomputed everything on the sealed rows."""
    now = standing.of(request, parts, who, case_id)
    one = _candidate(now, candidate_id)
    told = exceptions_of(now, one.id)
    results = excepted(now.results(Stage.VALIDATE, one.id), told)
    spent = "" if results else validate.why_spent(parts, now.case, one, validate.looks_at(parts, now.case, one.dataset))
    decision = now.decision(Stage.VALIDATE, one.id) or (
        CLOSED if not spent else CLOSED.model_copy(update={"reasons": (spent,)})
    )
    written = now.settled(Stage.VALIDATE, one.id)
    kpi = next((r for r in results if r.check == "kpi"), None)
    own, jobs = beside(now, one), standing.jobs(now)
    at_work = not results and any(j.state != "failed" and j.arguments.get("candidate") == one.id for j in jobs)
    if at_work:
        decision = AT_WORK
    asked = parts.policy(now.case.line).gates[Stage.VALIDATE].checks.get(now.brief.tier, ()) if now.brief else ()
    return show(
        request,
        "validate/report.html",
        case=now.case,
        brief=now.brief,
        sentence=_first_sentence(now, one, results, decision, at_work=at_work, spent=bool(spent)),
        at_work=at_work,
        rail=standing.rail(request, now),
        candidate=one,
        gain=kpi.answer.estimates[0] if kpi and kpi.answer.estimates else None,
        comparison=_comparison(now, one),
        results=results,
        bench=workbench(results, asked),
        findings=[f for f in now.findings if f.subject == one.id],
        exceptions=told,
        look=next((look for look in now.looks if look.candidate == one.id), None),
        max_looks=parts.policy(now.case.line).max_looks,
        signoffs=now.signoffs(Stage.VALIDATE, one.id),
        decision=decision,
        blind=one.id in now.blind,
        dossier_digest=now.dossier(Stage.VALIDATE, one.id),
        dossier_url=f"{parts.settings.root_path}{now.base}/dossiers/{written.id}" if written else "",
        may_raise=standing.allowed(now, "raise finding"),
        may_validate=standing.allowed(now, "validate")
        and one.state == "submitted"
        and not spent
        and _to_ask(own, results),
        own=own,
        may_ask=bool(excusable(now, Stage.VALIDATE, one.id)),
        owners=[(p.id, p.name) for p in view.people(parts, who) if p.active],
        acts=_acts(request, now, one),
        now=parts.now(),
        jobs=jobs,
    )


def _to_ask(own: dict[str, Any], results: list[Result]) -> bool:
    """Whether there is something that the office has not asked yet."""
    return not results or (own["may_add"] and bool(own["unasked"]))


def _candidate(now: Standing, candidate_id: str) -> Candidate:
    one = now.candidate(candidate_id)
    if one is None:
        raise NotFound("There is no such candidate here.", "", "See the list of candidates.")
    return one


def _first_sentence(
    now: Standing, one: Candidate, results: list[Result], decision: Decision, *, at_work: bool, spent: bool
) -> str:
    if at_work:
        return AT_WORK_SENTENCE
    return sentence(f"{one.name}. {validate.SPENT}" if spent else _sentence(now, one, results, decision))


def _sentence(now: Standing, one: Candidate, results: list[Result], decision: Decision) -> str:
    failed = [r.named for r in results if r.verdict is Verdict.FAIL]
    kpi = next((r for r in results if r.check == "kpi" and r.answer.estimates), None)
    if not results:
        return f"{one.name} is {one.state}; the sealed rows have not been opened for it."
    if failed and one.state == "approved":
        return f"{one.name} was approved with an exception that has run out: {', '.join(failed)}."
    if failed or kpi is None or now.brief is None:
        return f"{one.name} does not pass: {', '.join(failed)}." if failed else f"{one.name} is {one.state}."
    gain, asked = kpi.answer.estimates[0], now.brief.kpi
    told = (
        f"This model is expected to earn {plain(gain.value)} {asked.unit} a {asked.period} ({gain.level * 100:.4g} % "
        f"interval {plain(gain.low)} to {plain(gain.high)}); the KPI contract asks {plain(asked.target)}."
    )
    if by_exception := [r.title for r in results if r.verdict is Verdict.EXCEPTED]:
        told += f" An exception is in force from: {', '.join(by_exception)}."
    if decision.waits_for:
        told += f" It waits for {standing.waiting(decision.waits_for)}."
    return told


def _comparison(now: Standing, one: Candidate) -> list[dict[str, Any]]:
    """The author's figures beside the office's, for the measures that both name."""
    results = now.results(Stage.VALIDATE, one.id)
    office = {e.name: e for r in reversed(results) for e in r.answer.estimates if not e.group}
    if one.id in now.blind:
        names = [name for name in office if name in ("AUC", "accuracy", "RMSE") or name.startswith("KPI gain")]
        return [{"label": name, "claimed": None, "office": office[name]} for name in names]
    return [{"label": c.name, "claimed": c, "office": office.get(c.name)} for c in one.claims if c.name in office]


def _acts(request: Request, now: Standing, one: Candidate) -> list[dict[str, object]]:
    found = []
    sign = now.sign_url(Stage.VALIDATE, one.id)
    if sign:
        found.append(act(request, "Read and sign", sign, main=True))
    if now.results(Stage.VALIDATE, one.id):
        found.append(act(request, "Report as a document", f"{now.base}/validate/{one.id}/document"))
        found.append(act(request, "Report as PDF", f"{now.base}/validate/{one.id}/document?format=pdf"))
        found.append(act(request, "Model card", f"{now.base}/validate/{one.id}/card"))
        found.append(act(request, "Model card as Markdown", f"{now.base}/validate/{one.id}/card?format=markdown"))
        found.append(act(request, "Bill of materials", f"{now.base}/validate/{one.id}/bill-of-materials"))
    return found


@router.post("/cases/{case_id}/validate/{candidate_id}")
@decides("validate")
def ask(request: Request, parts: Line, who: Who, sent: Sent, case_id: str, candidate_id: str) -> Response:
    """Ask the office's scorer to open the sealed rows for this candidate; it costs one look."""
    validate.ask_validation(parts, who, case_id, candidate_id)
    return go(request, f"/cases/{case_id}/validate/{candidate_id}", "asked")


@router.post("/cases/{case_id}/findings")
@decides("raise finding")
def raise_finding(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Raise a finding; an open one of high severity keeps the gate closed."""
    told = {name: text(sent, name) for name in ("subject", "severity", "text", "owner", "remediation")}
    asked = command(Raise, use_case=case_id, due=end_of(text(sent, "due"), "due"), **told)
    stops.raise_finding(parts, who, asked)
    return go(request, f"/cases/{case_id}/validate/{asked.subject}", "raised")


def end_of(typed: str, field: str) -> datetime:
    """The last second of a day that was typed."""
    try:
        return datetime.combine(date.fromisoformat(typed), time(23, 59, 59), UTC)
    except ValueError as error:
        raise FixTheInput("This is not a date.", "", "Write it as 2026-03-31.", field=field) from error


@router.post("/findings/{finding_id}/close")
@decides("close finding")
def close_finding(request: Request, parts: Line, who: Who, sent: Sent, finding_id: str) -> Response:
    """Close a finding with its evidence."""
    found = parts.ledger.get(Finding, finding_id)
    stops.close_finding(parts, who, found.use_case, finding_id, text(sent, "closure"))
    return go(request, f"/cases/{found.use_case}/validate/{found.subject}", "closed")
