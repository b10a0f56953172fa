"""Pages of the develop stage: candidates compared in KPI units, one candidate, build, bring an own model, jobs."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response, StreamingResponse

from glassworks.core.commands import SubmitModel
from glassworks.core.contract import Brief, Direction
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.estimate import Estimate, plain
from glassworks.core.ports import Job
from glassworks.core.result import Result
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, ModelCard, UseCase
from glassworks.line import cases, develop, explore
from glassworks.line.parts import Parts
from glassworks.measures.explain import direction
from glassworks.measures.scored import encode
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import command, model_files
from glassworks.web.pages import standing
from glassworks.web.pages.explore import says
from glassworks.web.pages.page import Sent, files, go, show, text
from glassworks.web.pages.standing import Standing

router = APIRouter()
FRAMEWORKS = ("python", "scikit-learn", "lightgbm", "mlflow", "rule")
HEADLINES = ("AUC", "accuracy", "RMSE")
CLEAR = 0.5
POLL_SECONDS, LONGEST_SECONDS = 0.5, 600.0
ENDED = ("done", "failed")


@router.get("/cases/{case_id}/develop")
@decides("view")
def candidates_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """Candidates side by side, in the units of the KPI."""
    return _page(request, standing.of(request, parts, who, case_id), {}, {})


def _page(request: Request, now: Standing, errors: dict[str, str], values: dict[str, str]) -> Response:
    brief = now.brief
    may_build = standing.allowed(now, "build candidates") and bool(now.case.dataset) and not now.stops
    return show(
        request,
        "develop/candidates.html",
        status=422 if errors else 200,
        case=now.case,
        brief=brief,
        sentence=_sentence(now),
        rail=standing.rail(request, now),
        jobs=standing.jobs(now),
        candidates=[_row(now, one) for one in now.candidates],
        may_build=may_build,
        may_submit=may_build and standing.allowed(now, "submit model"),
        frameworks=FRAMEWORKS,
        inputs=_inputs(now, brief),
        acts=[],
        errors=errors,
        values={"name": "", "framework": "python", "recipe": "", "inputs": "", "until": ""} | values,
    )


def _inputs(now: Standing, brief: Brief | None) -> list[str]:
    if brief is None or now.dataset is None or now.dataset.contract is None:
        return []
    return develop.allowed(brief, now.dataset)


def _sentence(now: Standing) -> str:
    if not now.candidates:
        return "No model has been proposed yet."
    rows = [(_row(now, one)["gain"], one) for one in now.candidates if not one.planted]
    known = [(gain, one) for gain, one in rows if gain is not None]
    if not known or now.brief is None:
        return f"{len(now.candidates)} models are proposed."
    gain, best = max(known, key=lambda pair: pair[0].value)
    kpi = now.brief.kpi
    return (
        f"On open rows {best.name} is expected to earn {plain(gain.value)} {kpi.unit} a {kpi.period} "
        f"({gain.level * 100:.4g} % interval {plain(gain.low)} to {plain(gain.high)}); "
        f"the contract asks {plain(kpi.target)}."
    )


def _row(now: Standing, one: Candidate) -> dict[str, Any]:
    results = now.results(Stage.DEVELOP, one.id)
    figures = [e for r in results for e in r.answer.estimates] or list(one.claims)
    root = now.parts.settings.root_path
    worst = [e for e in figures if e.group and "ratio" in e.name]
    return {
        "candidate": one,
        "gain": _first(figures, lambda e: e.name.startswith("KPI gain")),
        "headline": _first(figures, lambda e: e.name in HEADLINES),
        "calibration": _first(figures, lambda e: e.name == "calibration slope"),
        "worst_group": min(worst, key=lambda e: e.value) if worst else None,
        "results": results,
        "url": f"{root}{now.base}/develop/{one.id}",
    }


def _first(figures: Sequence[Estimate], fits: Any) -> Estimate | None:
    return next((e for e in figures if fits(e)), None)


@router.get("/cases/{case_id}/develop/{candidate_id}")
@decides("view")
def candidate_page(request: Request, parts: Line, who: Who, case_id: str, candidate_id: str) -> Response:
    """One candidate: its card, its figures on open rows, its effects beside what the expert expects."""
    now = standing.of(request, parts, who, case_id)
    one = now.candidate(candidate_id)
    if one is None:
        raise NotFound("There is no such candidate here.", "", "See the list of candidates.")
    row, results = _row(now, one), now.results(Stage.DEVELOP, candidate_id)
    sign = now.sign_url(Stage.DEVELOP, candidate_id) if one.state == "proposed" else ""
    root = parts.settings.root_path
    report = f"{root}{now.base}/validate/{one.id}" if one.state in ("submitted", "approved", "refused") else ""
    return show(
        request,
        "develop/candidate.html",
        case=now.case,
        brief=now.brief,
        sentence=_told(now, one, row["gain"]),
        rail=standing.rail(request, now),
        candidate=one,
        gain=row["gain"],
        results=results,
        effects=effects(results, now.brief),
        looks=[look for look in now.looks if look.candidate == one.id],
        signoffs=now.signoffs(Stage.DEVELOP, one.id),
        submit_url=root + sign if sign and standing.allowed(now, "submit model") else "",
        why_not="A data scientist submits it by signature." if sign else "",
        report_url=report,
        jobs=standing.jobs(now),
        blind=one.id in now.blind,
    )


def _told(now: Standing, one: Candidate, gain: Estimate | None) -> str:
    words = {
        "proposed": "is proposed and not yet submitted",
        "submitted": "is submitted: a validator who made no part of it decides",
        "refused": "is refused",
        "approved": "is approved",
        "withdrawn": "is withdrawn",
    }
    tail = ""
    if gain is not None and now.brief is not None:
        tail = f"; on open rows it earns {plain(gain.value)} {gain.unit} a {now.brief.kpi.period}"
    return f"{one.name} {words[one.state]}{tail}."


def effects(results: Sequence[Result], brief: Brief | None) -> list[dict[str, Any]]:
    """The main effects as one line a feature, the strongest first, beside what the domain expert expects."""
    found = next((r for r in results if r.check in ("effects_expected", "effects")), None)
    if found is None or brief is None:
        return []
    expected = {f.name: f.expected for f in brief.features}
    points: dict[str, list[tuple[str, float]]] = {}
    for row in found.answer.table:
        points.setdefault(str(row["feature"]), []).append((str(row["value"]), float(row["score"])))
    told = []
    for name, curve in points.items():
        numeric = all(_is_number(value) for value, _ in curve)
        scores = np.asarray([score for _, score in curve])
        trend = float(direction(scores)) if numeric and np.ptp(scores) > 0 else 0.0
        wanted = expected.get(name, Direction.ANY)
        sign = {Direction.UP: 1, Direction.DOWN: -1, Direction.ANY: 0}[wanted]
        told.append(
            {
                "feature": name,
                "direction": trend,
                "strength": float(np.ptp(scores)),
                "expected": wanted,
                "agrees": None if not sign or not numeric else sign * trend > -CLEAR,
            }
        )
    return sorted(told, key=lambda one: -one["strength"])


def _is_number(value: str) -> bool:
    try:
        float(value.replace(",", ""))
    except ValueError:
        return False
    return True


@router.post("/cases/{case_id}/build")
@decides("build candidates")
def build(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Ask the automatic builder for candidates."""
    develop.ask_build(parts, who, case_id)
    return go(request, f"/cases/{case_id}/develop", "asked")


@router.post("/cases/{case_id}/models")
@decides("submit model")
def bring_model(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Bring a model made by hand: its files, its framework, the inputs it asks for."""
    case = cases.at_work(parts, who, case_id, "submit model")
    try:
        kept = {name: parts.vault.put(content) for name, content in model_files(files(sent, "files")).items()}
        if not kept:
            raise FixTheInput("No file was chosen.", "", "Choose the model's files.", field="files")
        asked = _model(parts, case, sent, kept)
        develop.submit_model(parts, who, asked)
    except FixTheInput as error:
        if isinstance(error, NotFound):
            raise
        now = standing.of(request, parts, who, case_id)
        typed = {name: text(sent, name) for name in ("name", "framework", "recipe", "inputs", "until")}
        field = error.field.rpartition(".")[2] or "files"
        return _page(request, now, {"until" if field == "learned_until" else field: says(error)}, typed)
    return go(request, f"/cases/{case_id}/develop", "asked")


def _model(parts: Parts, case: UseCase, sent: FormData, kept: dict[str, str]) -> SubmitModel:
    inputs = [one.strip() for one in text(sent, "inputs").replace(",", "\n").splitlines() if one.strip()]
    brief, rows = cases.contract(parts, case), explore.open_rows(parts, cases.dataset(parts, case))
    labels, _ = encode(rows[brief.target].to_list(), brief.task, brief.positive)
    card = command(
        ModelCard,
        framework=text(sent, "framework"),
        recipe=text(sent, "recipe") or "made by hand",
        task=brief.task,
        inputs=tuple(inputs),
        labels=tuple(labels),
        learned_until=text(sent, "until"),
    )
    return command(SubmitModel, use_case=case.id, name=text(sent, "name"), card=card, files=kept)


@router.get("/jobs/{job_id}/events")
@decides("view")
def job_events(request: Request, parts: Line, who: Who, job_id: str) -> Response:
    """How far a job is, as server-sent events until it ends."""
    job = parts.jobs.get(job_id)
    if job.use_case:
        cases.get(parts, who, job.use_case)
    return StreamingResponse(_events(request, parts, job_id), media_type="text/event-stream")


async def _events(request: Request, parts: Parts, job_id: str) -> AsyncIterator[str]:
    said, waited = "", 0.0
    while waited < LONGEST_SECONDS and not await request.is_disconnected():
        job: Job = await run_in_threadpool(parts.jobs.get, job_id)
        news = job.model_dump(mode="json", include={"state", "progress", "share", "error"})
        line = json.dumps(news | {"finished": job.state in ENDED})
        if line != said:
            yield f"data: {line}\n\n"
            said = line
        if job.state in ENDED:
            return
        await asyncio.sleep(POLL_SECONDS)
        waited += POLL_SECONDS
