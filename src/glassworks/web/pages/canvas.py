"""Pages of the guided canvas: eight steps in the order of the work, kept while people type, saved as one version."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from glassworks.core.commands import SaveBrief
from glassworks.core.contract import Brief, Task
from glassworks.core.defaulted import at, settled
from glassworks.core.errors import Conflict, NotFound
from glassworks.core.people import Role
from glassworks.line import canvas, scope, view
from glassworks.line.parts import Parts
from glassworks.stages.scope import steps
from glassworks.stages.scope.defaults import default_brief
from glassworks.store.drafts import Draft
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages import standing
from glassworks.web.pages.brief_form import brief_of, whole
from glassworks.web.pages.page import Sent, go, show, text
from glassworks.web.pages.standing import Standing

router = APIRouter()
ROLES = (
    Role.BUSINESS_OWNER,
    Role.DOMAIN_EXPERT,
    Role.DATA_SCIENTIST,
    Role.VALIDATOR,
    Role.APPROVER,
    Role.OPERATOR,
)
CONFIRMED = "confirmed."
OWN = ("csrf_token", "expected_version", "go")


@dataclass(frozen=True)
class _Board:
    """What the canvas shows: the newest brief with everything typed since laid over it."""

    now: Standing
    base: Brief
    drafts: dict[str, Draft]
    brief: Brief | None
    typed: dict[str, Any]
    errors: dict[str, str]

    def marked(self) -> tuple[str, ...]:
        """What the factory filled in and nobody has changed or confirmed."""
        found: tuple[str, ...] = tuple(self.typed.get("defaulted", ())) if self.brief is None else self.brief.defaulted
        return found

    def rail(self) -> list[dict[str, Any]]:
        """Each step with its progress and its faults."""
        defaulted = self.marked()
        faulty = {steps.step_of(path).slug for path in self.errors}
        made = []
        for one in steps.STEPS:
            done, all_ = steps.progress(one, self.typed, defaulted)
            made.append({"step": one, "done": done, "all": all_, "faulty": one.slug in faulty})
        return made


def _board(request: Request, parts: Parts, who: Who, case_id: str) -> _Board:
    now = standing.of(request, parts, who, case_id)
    drafts = canvas.drafts(parts, who, case_id)
    base = now.briefs[-1] if now.briefs else default_brief(now.case, Task.BINARY, parts.now())
    pairs = [(name, value) for step in steps.STEPS if step.slug in drafts for name, value in _typed(drafts[step.slug])]
    brief, typed, errors = brief_of(pairs, base)
    if brief is not None:
        agreed = [value for name, value in pairs if name.startswith(CONFIRMED) and value]
        brief = settled(base if now.briefs else None, brief, agreed)
    return _Board(now, base, drafts, brief, typed, errors)


def _typed(draft: Draft) -> list[tuple[str, str]]:
    return list(draft.typed.items())


@router.get("/cases/{case_id}/scope/canvas")
@decides("edit brief")
def first(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """The canvas opens at its first step."""
    return go(request, f"/cases/{case_id}/scope/canvas/{steps.STEPS[0].slug}")


@router.get("/cases/{case_id}/scope/canvas/{slug}")
@decides("edit brief")
def step_page(request: Request, parts: Line, who: Who, case_id: str, slug: str) -> Response:
    """One step: a question, its fields with what was typed so far, and how far the team is."""
    return _step(request, _board(request, parts, who, case_id), _found(slug))


def _found(slug: str) -> steps.Step:
    for step in steps.STEPS:
        if step.slug == slug:
            return step
    raise NotFound("The canvas has no such step.", "", "Begin at its first step.")


def _step(
    request: Request, board: _Board, step: steps.Step, mine: dict[str, str] | None = None, told: str = ""
) -> Response:
    """The step's form; `mine` is what this person typed while another saved, shown in place of the other's."""
    kept = board.drafts.get(step.slug)
    number, typed, errors = steps.STEPS.index(step), board.typed, board.errors
    theirs: list[tuple[str, str, str]] = []
    if mine is not None:
        draft = board.drafts[step.slug]
        theirs = [(name, draft.typed.get(name, ""), value) for name, value in mine.items()]
        theirs = [one for one in theirs if one[1] != one[2]]
        _, typed, errors = brief_of([*draft.typed.items(), *mine.items()], board.base)
    agreed = {value for name, value in (mine or (kept.typed if kept else {})).items() if name.startswith(CONFIRMED)}
    filled_in = [path for path in board.typed.get("defaulted", ()) if steps.step_of(path) is step]
    known = view.people(board.now.parts, board.now.who)
    people = [(p.id, p.name) for p in known if p.active and (not p.lines or board.now.case.line in p.lines)]
    return show(
        request,
        "scope/canvas.html",
        status=409 if told else 200,
        case=board.now.case,
        b=whole(typed),
        step=step,
        rail=board.rail(),
        before=steps.STEPS[number - 1] if number else None,
        after=steps.STEPS[number + 1] if number + 1 < len(steps.STEPS) else None,
        expected_version=kept.version if kept else 0,
        kept=kept,
        errors=errors if kept or mine is not None else {},
        told=told,
        theirs=theirs,
        filled_in=[(path, path in agreed or path not in board.marked(), at(typed, path)) for path in filled_in],
        candidates=sorted(people, key=lambda pair: pair[1]),
        roles=ROLES,
        version=board.base.version if board.now.briefs else 0,
    )


@router.post("/cases/{case_id}/scope/canvas/{slug}")
@decides("edit brief")
def keep(request: Request, parts: Line, who: Who, sent: Sent, case_id: str, slug: str) -> Response:
    """Keep what was typed. A script that saves meanwhile is answered in JSON; a form goes on to the next step."""
    step, typed = _found(slug), _sent(sent)
    edited = text(sent, "expected_version")
    version = int(edited) if edited.isdigit() and len(edited) < 9 else 0
    script = "application/json" in request.headers.get("accept", "")
    try:
        kept = canvas.keep(parts, who, case_id, slug, version, typed)
    except Conflict as error:
        if script:
            return JSONResponse({"error": f"{error.what} Reload to compare; your text stays here meanwhile."}, 409)
        return _step(request, _board(request, parts, who, case_id), step, typed, error.what)
    if script:
        board = _board(request, parts, who, case_id)
        wrong = {name: said for name, said in board.errors.items() if steps.step_of(name) is step}
        done, all_ = steps.progress(step, board.typed, board.marked())
        return JSONResponse({"version": kept.version, "faults": wrong, "progress": f"{done} of {all_}"})
    number = steps.STEPS.index(step) + 1
    onward = "review" if number == len(steps.STEPS) else f"canvas/{steps.STEPS[number].slug}"
    return go(request, f"/cases/{case_id}/scope/{f'canvas/{slug}' if text(sent, 'go') == 'stay' else onward}")


def _sent(sent: FormData) -> dict[str, str]:
    """What was typed: of a name that was sent twice, the last one counts."""
    return {name: value.strip() for name, value in sent.multi_items() if isinstance(value, str) and name not in OWN}


@router.get("/cases/{case_id}/scope/review")
@decides("edit brief")
def review_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """Everything typed, before it becomes a version: what is still wrong, what changed, who signs again."""
    return _review(request, _board(request, parts, who, case_id))


def _review(request: Request, board: _Board, told: str = "") -> Response:
    changes = canvas.against_signed(board.now.parts, board.now.case, board.brief) if board.brief else ()
    return show(
        request,
        "scope/review.html",
        status=409 if told else 200,
        case=board.now.case,
        rail=board.rail(),
        errors=[(path, said, steps.step_of(path)) for path, said in board.errors.items()],
        typed=bool(board.drafts),
        brief=board.brief,
        changes=changes,
        told=told,
        version=board.base.version if board.now.briefs else 0,
        drafts=board.drafts,
        step_of=steps.step_of,
    )


@router.post("/cases/{case_id}/scope/review")
@decides("edit brief")
def lay(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Lay what was typed together as the next version of the brief; nothing typed is lost when it is refused."""
    if text(sent, "go") == "discard":
        canvas.discard(parts, who, case_id)
        return go(request, f"/cases/{case_id}/scope")
    board = _board(request, parts, who, case_id)
    edited = text(sent, "expected_version")
    version = int(edited) if edited.isdigit() and len(edited) < 9 else 0
    if board.brief is None:
        return _review(request, board)
    try:
        scope.save_brief(parts, who, SaveBrief(use_case=case_id, expected_version=version, brief=board.brief))
    except Conflict as error:
        return _review(request, board, f"{error.what} {error.why} Your entries lie over that version now: look again.")
    canvas.discard(parts, who, case_id)
    return go(request, f"/cases/{case_id}/scope", "saved")
