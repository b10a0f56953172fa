"""Pages of the operate stage: permit, promised against realised, rank a list, outcomes, monitoring rounds."""

from typing import Any

import polars as pl
from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core import permit as permits
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.estimate import plain
from glassworks.core.stage import Stage, Status
from glassworks.line import environment, export, operate, revalidation
from glassworks.line.outcome import revoked
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import attachment
from glassworks.web.pages import standing
from glassworks.web.pages.explore import says
from glassworks.web.pages.page import Sent, go, memory, show, text, upload
from glassworks.web.pages.standing import Standing, act

router = APIRouter()
SHOWN = 50


@router.get("/cases/{case_id}/operate")
@decides("view")
def release_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """A release at work."""
    return _page(request, standing.of(request, parts, who, case_id), {}, None)


def _page(request: Request, now: Standing, errors: dict[str, str], ranked: dict[str, Any] | None) -> Response:
    release = now.release
    last = now.rounds[-1] if now.rounds else None
    subject = last.id if last else ""
    promised = release.promised[0] if release and release.promised else None
    retired = now.case.status is Status.RETIRED
    return show(
        request,
        "operate/release.html",
        status=422 if errors else 200,
        case=now.case,
        brief=now.brief,
        sentence=_sentence(now),
        rail=standing.rail(request, now),
        release=release,
        candidate=now.candidate(release.candidate) if release else None,
        permit=now.permit,
        permit_ok=_permit_ok(now),
        promised=promised,
        realised=last.realised if last else None,
        rounds=list(reversed(now.rounds)),
        results=now.results(Stage.OPERATE, subject),
        stops=now.stops,
        signoffs=now.signoffs(Stage.OPERATE, subject),
        decision=now.decision(Stage.OPERATE, subject),
        acts=_acts(request, now, subject),
        now=now.parts.now(),
        errors=errors,
        ranked=ranked,
        jobs=standing.jobs(now),
        retired=retired,
        may_score=standing.allowed(now, "score") and not retired,
        may_report=standing.allowed(now, "report outcomes"),
        may_monitor=standing.allowed(now, "monitor"),
        may_retire=standing.allowed(now, "retire") and not retired,
        due=revalidation.due(now.parts, now.case),
        may_revalidate=standing.allowed(now, "validate again") and not retired,
        environment=environment.differs(now.parts, release) if release else [],
    )


def _permit_ok(now: Standing) -> str:
    permit, parts = now.permit, now.parts
    if permit is None or now.release is None:
        return "There is no permit."
    gone = frozenset({now.release.id}) & frozenset(revoked(parts))
    return permits.why_not_run(
        permit,
        pinned=parts.settings.office_fingerprint or parts.office.fingerprint,
        package=now.release.package,
        environment=parts.settings.environment,
        now=parts.now(),
        revoked=gone,
    )


def _sentence(now: Standing) -> str:
    if now.release is None or now.brief is None:
        return "No model runs here: nothing has passed gate 4."
    if now.stops:
        return f"It is stopped: {now.stops[0].reason}"
    if now.case.status is Status.RETIRED:
        before = now.brief.decision.if_model_down.rstrip(".")
        return f"It is retired and answers no more; decisions are made as before: {before}."
    kpi, last = now.brief.kpi, now.rounds[-1] if now.rounds else None
    promised = now.release.promised[0] if now.release.promised else None
    if last and last.realised and promised:
        made = last.realised
        return (
            f"Promised {plain(promised.value)} {kpi.unit} a {kpi.period}, realised {plain(made.value)} "
            f"({made.level * 100:.4g} % interval {plain(made.low)} to {plain(made.high)}); "
            f"the KPI contract asks {plain(kpi.target)}."
        )
    return "The release answers under its permit; no outcome is known yet."


def _acts(request: Request, now: Standing, subject: str) -> list[dict[str, object]]:
    sign = now.sign_url(Stage.OPERATE, subject)
    return [act(request, "Read and sign this round", sign, main=True)] if sign else []


@router.post("/cases/{case_id}/score")
@decides("score")
def score(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Rank a list through the governed endpoint, up to the capacity."""
    now = standing.of(request, parts, who, case_id)
    try:
        name, content = upload(sent, "file")
        ranked = operate.rank(parts, who, case_id, content, name)
    except NotFound:
        raise
    except FixTheInput as error:
        return _page(request, now, {"file": says(error)}, None)
    mark = memory(request).keep(parts, who, f"{case_id}-ranked.csv", export.csv(ranked))
    assert now.brief is not None
    now = standing.of(request, parts, who, case_id)
    return _page(request, now, {}, _ranked(now.brief, ranked, name, _download(now, mark)))


def _download(now: Standing, mark: str) -> str:
    return f"{now.parts.settings.root_path}{now.base}/ranked/{mark}" if mark else ""


def _ranked(brief: Brief | None, ranked: pl.DataFrame, name: str, url: str) -> dict[str, Any]:
    assert brief is not None
    known = brief.identifier if brief.identifier in ranked.columns else "row"
    head = ranked.head(SHOWN)
    rows = [
        {
            "rank": None if score is None else place,
            "identifier": str(one) if known != "row" else f"row {one}",
            "score": score,
            "decision": decision,
            "reasons": [part for part in str(why).split("; ") if part],
            "abstained": str(why or "outside the validated domain") if score is None else "",
        }
        for place, (one, score, decision, why) in enumerate(
            head.select(known, "score", "decision", "reasons").iter_rows(), start=1
        )
    ]
    acted = pl.col("decision") == brief.decision.action
    chosen = ranked.filter(pl.col("score").is_not_null() if brief.task is Task.REGRESSION else acted).height
    abstained = ranked["score"].null_count()
    sentence = f"Of {ranked.height:,} rows, {chosen:,}: {brief.decision.action}."
    if abstained:
        sentence += f" {abstained:,} lie outside what the model was validated on and go to a person."
    return {
        "key": known,
        "rows": rows,
        "total": ranked.height,
        "chosen": chosen,
        "abstained": abstained,
        "name": name,
        "download_url": url,
        "sentence": sentence,
    }


@router.get("/cases/{case_id}/ranked/{mark}")
@decides("score")
def download(request: Request, parts: Line, who: Who, case_id: str, mark: str) -> Response:
    """A ranked list as CSV; no cell of it runs as a formula."""
    name, content = memory(request).file(parts, who, mark)
    return attachment(content, name, "text/csv; charset=utf-8")


@router.post("/cases/{case_id}/outcomes")
@decides("report outcomes")
def outcomes(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Take late outcomes from a file with the columns prediction and outcome."""
    now = standing.of(request, parts, who, case_id)
    try:
        name, content = upload(sent, "outcomes")
        pairs = operate.outcome_pairs(content, name)
        _check_known(len(pairs), operate.strangers(parts, who, case_id, pairs))
        operate.report_outcomes(parts, who, case_id, pairs)
    except NotFound:
        raise
    except FixTheInput as error:
        return _page(request, now, {"outcomes": says(error)}, None)
    return go(request, f"/cases/{case_id}/operate", "outcomes")


def _check_known(total: int, strange: int) -> None:
    """A file with outcomes of this release's own predictions, and no other: none is dropped without a word."""
    if total and not strange:
        return
    raise FixTheInput(
        f"{strange:,} of {total:,} rows name no prediction of this release." if total else "No row has an outcome.",
        "Nothing was taken.",
        "Take the column prediction from a ranked list of this release, put what came of it beside it as outcome, "
        "and leave out rows without one.",
        field="outcomes",
    )


@router.post("/cases/{case_id}/rounds")
@decides("monitor")
def ask_round(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Ask for a monitoring round now, or for the rehearsal on the replay window."""
    if text(sent, "what") == "replay":
        operate.ask_replay(parts, who, case_id)
    else:
        operate.ask_round(parts, who, case_id)
    return go(request, f"/cases/{case_id}/operate", "asked")
