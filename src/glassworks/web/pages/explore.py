"""Pages of the explore stage: bring data, the ranked results on open rows, the expert's decisions about columns."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import AddData, DecideColumns
from glassworks.core.errors import FixTheInput, GlassworksError
from glassworks.core.result import Result, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Column, Dataset
from glassworks.line import explore, scope
from glassworks.stages.explore.profile import profile
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages import standing
from glassworks.web.pages.forms import decisions_of
from glassworks.web.pages.page import Sent, go, memory, show, text, upload
from glassworks.web.pages.standing import Standing, act

router = APIRouter()
RANKS = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.EXCEPTED, Verdict.PASS, Verdict.NOT_APPLICABLE)


@router.get("/cases/{case_id}/explore")
@decides("view")
def dataset_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """The data of a use case."""
    return _page(request, standing.of(request, parts, who, case_id), {}, {})


def _page(request: Request, now: Standing, errors: dict[str, str], typed: dict[str, Any]) -> Response:
    dataset = now.dataset
    subject = dataset.id if dataset else ""
    results = ranked(now.results(Stage.EXPLORE, subject))
    made = {d.column: d for d in dataset.contract.decisions} if dataset and dataset.contract else {}
    return show(
        request,
        "explore/dataset.html",
        status=422 if errors else 200,
        case=now.case,
        brief=now.brief,
        sentence=_sentence(now, results),
        rail=standing.rail(request, now),
        dataset=dataset,
        columns=_columns(request, now, dataset),
        decisions=made | typed,
        may_decide=standing.allowed(now, "decide columns") and dataset is not None,
        may_add=standing.allowed(now, "add data"),
        results=results,
        signoffs=now.signoffs(Stage.EXPLORE, subject),
        decision=now.decision(Stage.EXPLORE, subject),
        acts=_acts(request, now, subject),
        jobs=standing.jobs(now),
        stale=_stale(now),
        errors=errors,
    )


def ranked(results: list[Result]) -> list[Result]:
    """What matters most first: failures, doubts, warnings, then the rest in their order."""
    return sorted(results, key=lambda r: (RANKS.index(r.verdict), not r.answer.warning, r.order))


def _columns(request: Request, now: Standing, dataset: Dataset | None) -> list[Column]:
    """The profile of every open column, also of those that the contract leaves out."""
    brief = now.brief
    if dataset is None:
        return []
    kept = {c.name: c for c in dataset.contract.columns} if dataset.contract else {}
    left_out = [name for name in dataset.columns if name not in kept and name != dataset.target]
    if brief is None or not left_out:
        return list(kept.values())

    def make() -> dict[str, Column]:
        asked = [name for name in dataset.columns if name in (*left_out, brief.target)]
        return {column.name: column for column in profile(explore.open_rows(now.parts, dataset).select(asked), brief)}

    made = memory(request).lasting(("profile", dataset.open_blob, brief.digest, *left_out), make) | kept
    return [made[name] for name in dataset.columns if name != dataset.target]


def _sentence(now: Standing, results: list[Result]) -> str:
    if now.dataset is None:
        return "Bring the data: they are divided and sealed before anyone looks."
    failed = [r for r in results if r.verdict is Verdict.FAIL]
    if failed:
        return failed[0].answer.sentence
    decision = now.decision(Stage.EXPLORE, now.dataset.id)
    if decision and decision.waits_for:
        return f"Nothing in the open rows stands against it; it waits for {standing.waiting(decision.waits_for)}."
    rows = f"{now.dataset.rows_open:,} rows are open and {now.dataset.rows_sealed:,} are sealed"
    return f"{rows}; every column that raises a doubt is decided." if results else f"{rows}."


def _stale(now: Standing) -> bool:
    """Whether the data were explored under another version of the brief than the signed contract."""
    brief, dataset = now.brief, now.dataset
    signed = brief is not None and brief.id == now.case.brief
    return bool(signed and brief and dataset and dataset.brief_digest != brief.digest and not now.case.dataset)


def _acts(request: Request, now: Standing, subject: str) -> list[dict[str, object]]:
    sign = "" if _stale(now) else now.sign_url(Stage.EXPLORE, subject)
    return [act(request, "Read and sign", sign, main=True)] if sign else []


@router.post("/cases/{case_id}/data")
@decides("add data")
def bring(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Bring a file: fingerprint, divide, seal, profile, in one step."""
    now = standing.of(request, parts, who, case_id)
    try:
        name, content = upload(sent, "file")
        target = now.briefs[-1].target if now.briefs else text(sent, "target")
        explore.check_readable(content, name, target)
        with parts.ledger.transaction():
            command = AddData(use_case=case_id, name=name, source=text(sent, "source")[:500])
            dataset = explore.add_data(parts, who, command, content, target=target)
            if not now.briefs:
                scope.draft(parts, who, case_id, explore.open_rows(parts, dataset), target)
            explore.explore(parts, who, case_id)
    except FixTheInput as error:
        return _page(request, now, {error.field if error.field in ("target", "source") else "file": says(error)}, {})
    return go(request, f"/cases/{case_id}/explore", "brought")


@router.post("/cases/{case_id}/explore")
@decides("add data")
def again(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Explore the open rows again, under the contract that was signed since."""
    explore.explore(parts, who, case_id)
    return go(request, f"/cases/{case_id}/explore", "explored")


def says(error: GlassworksError) -> str:
    """An error in one line, for the place beside its field."""
    return " ".join(part for part in (error.what, error.why, error.next_step) if part)


@router.post("/cases/{case_id}/columns")
@decides("decide columns")
def decide(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Keep the domain expert's decisions: they become the data contract."""
    now = standing.of(request, parts, who, case_id)
    pairs = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    made, errors, typed = decisions_of(pairs)
    if errors:
        return _page(request, now, errors, typed)
    explore.decide_columns(parts, who, DecideColumns(use_case=case_id, decisions=tuple(made)))
    return go(request, f"/cases/{case_id}/explore", "decided")
