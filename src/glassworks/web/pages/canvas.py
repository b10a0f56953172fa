"""Pages of the guided canvas: eight steps in the order of the work, kept while people type."""

import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from glassworks.core.errors import Conflict, NotFound
from glassworks.core.people import Role
from glassworks.line import canvas, view
from glassworks.stages.scope import steps
from glassworks.store.drafts import Draft
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages import board
from glassworks.web.pages.board import CONFIRMED, Board
from glassworks.web.pages.brief_form import brief_of, shown, whole
from glassworks.web.pages.page import Sent, go, show, text

router = APIRouter()
ROLES = (
    Role.BUSINESS_OWNER,
    Role.DOMAIN_EXPERT,
    Role.DATA_SCIENTIST,
    Role.VALIDATOR,
    Role.APPROVER,
    Role.OPERATOR,
)
OWN = ("csrf_token", "expected_version", "brief_version", "seen", "go")
LARGEST_SEEN = 2_000_000


@router.get("/cases/{case_id}/scope/canvas")
@decides("edit brief")
def first(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """The canvas opens at its first step."""
    return go(request, f"/cases/{case_id}/scope/canvas/{steps.STEPS[0].slug}", request.query_params.get("done", ""))


@router.get("/cases/{case_id}/scope/canvas/{slug}")
@decides("edit brief")
def step_page(request: Request, parts: Line, who: Who, case_id: str, slug: str) -> Response:
    """One step: a question, its fields with what was typed so far, and how far the team is."""
    return _step(request, board.of(request, parts, who, case_id), _found(slug))


def _found(slug: str) -> steps.Step:
    for step in steps.STEPS:
        if step.slug == slug:
            return step
    raise NotFound("The canvas has no such step.", "", "Begin at its first step.")


def _step(
    request: Request, now: Board, step: steps.Step, mine: dict[str, str] | None = None, **told: object
) -> Response:
    """The step's form; `mine` is laid over what is kept, when somebody else saved meanwhile."""
    kept, number = now.drafts.get(step.slug), steps.STEPS.index(step)
    typed, errors = now.typed, now.faults(step)
    if mine is not None:
        _, typed, errors = brief_of(mine.items(), now.base)
    agreed = [value for name, value in (mine or {}).items() if name.startswith(CONFIRMED) and value]
    return show(
        request,
        "scope/canvas.html",
        status=409 if told else 200,
        case=now.now.case,
        b=whole(typed),
        step=step,
        rail=now.rail(),
        before=steps.STEPS[number - 1] if number else None,
        after=steps.STEPS[number + 1] if number + 1 < len(steps.STEPS) else None,
        expected_version=kept.version if kept else 0,
        seen=json.dumps(_seen(now, step)),
        kept=kept,
        errors=errors,
        filled_in=now.filled_in(step),
        agreed=board.confirmed([kept] if kept else []) if mine is None else agreed,
        candidates=_candidates(now),
        roles=ROLES,
        version=now.version,
        marks=now.marks,
        tier_says=now.tier_says() if step.slug == "harms" else "",
        tier=(now.brief or now.base).tier,
        **{"told": "", "theirs": ()} | told,
    )


def _seen(now: Board, step: steps.Step) -> dict[str, str]:
    """The entries that the form of a step begins with: what was kept, over the newest brief."""
    base = {name: value for name, value in shown(now.base.facts()).items() if steps.step_of(name) is step}
    kept = now.drafts.get(step.slug)
    return base | kept.typed if kept else base


def _candidates(now: Board) -> list[tuple[str, str]]:
    known = view.people(now.now.parts, now.now.who)
    people = [(p.id, p.name) for p in known if p.active and (not p.lines or now.now.case.line in p.lines)]
    return sorted(people, key=lambda pair: pair[1])


@router.post("/cases/{case_id}/scope/canvas/{slug}")
@decides("edit brief")
def keep(request: Request, parts: Line, who: Who, sent: Sent, case_id: str, slug: str) -> Response:
    """Keep what was typed. A script that saves meanwhile is answered in JSON; a form goes on to the next step."""
    step, typed = _found(slug), entries(sent)
    script = "application/json" in request.headers.get("accept", "")
    try:
        kept = canvas.keep(
            parts,
            who,
            case_id,
            slug,
            whole_number(sent, "expected_version"),
            typed,
            whole_number(sent, "brief_version"),
        )
    except Conflict as error:
        if script:
            return JSONResponse({"error": error.what}, 409)
        return _both(request, board.of(request, parts, who, case_id), step, sent, error)
    now = board.of(request, parts, who, case_id)
    return JSONResponse(_news(now, step, kept)) if script else _onward(request, now, step, text(sent, "go"))


def _news(now: Board, step: steps.Step, kept: Draft) -> dict[str, Any]:
    """What a save changes on the page that is open."""
    done, all_ = steps.progress(step, now.typed, now.marked)
    live = {"progress": f"{done} of {all_}", "confirm": str(len(now.filled_in(step)))}
    if step.slug == "harms":
        live["tier"] = now.tier_says()
    return {"version": kept.version, "faults": now.faults(step), "live": live}


def _onward(request: Request, now: Board, step: steps.Step, asked: str) -> Response:
    """After a save: the next step, unless an entry of this one needs another look."""
    here = f"/cases/{now.now.case.id}/scope/canvas/{step.slug}"
    if asked == "confirm" and now.brief is not None and now.filled_in(step):
        draft = now.drafts[step.slug]
        left = {f"{CONFIRMED}all.{n}": path for n, (path, _) in enumerate(now.filled_in(step))}
        canvas.keep(now.now.parts, now.now.who, now.now.case.id, step.slug, draft.version, draft.typed | left)
    if now.faults(step) or asked == "stay":
        return go(request, here)
    number = steps.STEPS.index(step) + 1
    after = "review" if number == len(steps.STEPS) else f"canvas/{steps.STEPS[number].slug}"
    return go(request, f"/cases/{now.now.case.id}/scope/{after}")


def _both(request: Request, now: Board, step: steps.Step, sent: FormData, error: Conflict) -> Response:
    """Somebody saved meanwhile: what only one of the two changed stands; where both did, this person chooses."""
    begun, mine, theirs = _begun(now, step, sent), entries(sent), _seen(now, step)
    both, clashes = canvas.merged(begun, mine, theirs)
    agreed = {name: value for name, value in both.items() if value or not name.startswith(CONFIRMED)}
    differ = [(name, theirs.get(name, ""), mine.get(name, "")) for name in clashes if not name.startswith(CONFIRMED)]
    return _step(request, now, step, agreed, told=error.what, theirs=differ)


def _begun(now: Board, step: steps.Step, sent: FormData) -> dict[str, str]:
    """What this person's page began with: the brief it was typed over, if that is another by now, else what it says."""
    older = [one for one in now.now.briefs if one.version == whole_number(sent, "brief_version") != now.version]
    if older:
        return {name: value for name, value in shown(older[0].facts()).items() if steps.step_of(name) is step}
    told = text(sent, "seen")
    try:
        found = json.loads(told) if len(told) <= LARGEST_SEEN else {}
    except ValueError:
        found = {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: _clean(value) for name, value in pairs if isinstance(value, str)}


def entries(sent: FormData) -> dict[str, str]:
    """What was typed: of a name that was sent twice, the last one counts."""
    return {name: _clean(value) for name, value in sent.multi_items() if isinstance(value, str) and name not in OWN}


def _clean(value: str) -> str:
    return value.replace("\r\n", "\n").strip()


def whole_number(sent: FormData, name: str) -> int:
    """A hidden count; 0 where a form sends none."""
    value = text(sent, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0
