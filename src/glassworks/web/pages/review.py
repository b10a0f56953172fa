"""The last page of the canvas: everything typed, read together, before it becomes a version of the brief."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import SaveBrief, TryWhatIf
from glassworks.core.contract import Brief, Task
from glassworks.core.difference import sign_again
from glassworks.core.errors import Conflict, FixTheInput
from glassworks.core.result import Result, Verdict
from glassworks.core.stage import Stage
from glassworks.line import canvas, scope, what_if
from glassworks.stages.scope import steps
from glassworks.stages.scope.what_if import told, tried
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages import board
from glassworks.web.pages.board import CONFIRMED, Board
from glassworks.web.pages.canvas import entries, whole_number
from glassworks.web.pages.page import Sent, go, show, text

router = APIRouter()
FIELDS = {
    "target_reachable": ("kpi.target", "decision.expected_positive_share"),
    "inputs_allowed": ("features",),
    "uplift_warning": ("acknowledged", "effect"),
    "people_named": ("people.business_owner",),
    "plan_owned": ("plan",),
    "kill_criterion": ("kill_criteria",),
    "fairness_groups": ("fairness.definition", "fairness.attribute"),
    "value_matrix_reasonable": ("value",),
    "hold_out_power": ("windows.sealed_share", "decision.volume_per_period"),
    "kpi_complete": ("kpi.name",),
    "asked_by_tier": ("tier",),
    "risk_tier": ("tier",),
}
"""Where an answer is mended that names no field itself."""
INSTEAD = {"decision.expected_positive_share": "decision.expected_error"}
"""What a brief for a number is asked in place of a binary one's field."""
OPEN = (Verdict.FAIL, Verdict.INCONCLUSIVE)


@router.get("/cases/{case_id}/scope/review")
@decides("edit brief")
def review_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """What is still wrong, what the brief foretells, what the checks will answer, what changes and who signs again."""
    return _review(request, board.of(request, parts, who, case_id))


def _review(request: Request, now: Board, refused: str = "") -> Response:
    case, parts = now.now.case, now.now.parts
    changes = canvas.against_signed(parts, case, now.brief) if now.brief else ()
    rules = parts.policy(case.line).gates[Stage.SCOPE]
    errors, results = dict(now.errors), list[Result]()
    if now.brief:
        try:
            results = canvas.foretold(parts, case, now.brief)
        except FixTheInput as error:  # an entry that the data at hand do not bear out
            errors[error.field] = f"{error.what} {error.next_step}"
    outlook, unsaid = _outlook(now, now.brief) if now.brief else ((), "")
    return show(
        request,
        "scope/review.html",
        status=409 if refused else 200,
        case=case,
        rail=now.rail(),
        errors=[(path, said, steps.step_of(path)) for path, said in errors.items()],
        typed=bool(now.drafts),
        brief=now.brief,
        tier_says=now.tier_says(),
        outlook=outlook,
        unsaid=(unsaid, steps.step_of(unsaid)) if unsaid else None,
        wanted=[(*one, steps.step_of(one[0])) for one in now.wanted()],
        open=[(one, _places(one, now.brief)) for one in results if one.verdict in OPEN],
        passed=sum(one.verdict is Verdict.PASS for one in results),
        changes=changes,
        signed=bool(case.brief),
        again=sign_again(changes, rules.signers(now.brief.tier), rules.submit) if now.brief else (),
        told=refused,
        version=now.version,
        read=now.read,
        drafts=now.drafts,
    )


def _outlook(now: Board, brief: Brief) -> tuple[tuple[str, ...], str]:
    """What the decision would earn with a middling model, and at most; or what is missing to say so, and its field."""
    parts, case = now.now.parts, now.now.case
    try:
        asked = TryWhatIf()
        found = tried(brief, asked, what_if.seen(parts, case, brief))
    except FixTheInput as error:
        return (f"What it would earn cannot be said yet. {error.what} {error.why} {error.next_step}",), error.field
    return (found.says(), told(brief, found, what_if.sealed_rows(parts, case, brief)).ceiling), ""


def _places(result: Result, brief: Brief | None) -> list[tuple[str, steps.Step]]:
    """The fields of the brief that an answer names, each with the step that asks for it."""
    text_ = " ".join((result.answer.sentence, result.answer.next_step, *result.answer.examples))
    words = text_.replace("`", " ").replace("(", " ").replace(")", " ").replace(",", " ").split()
    paths = [word.rstrip(".:;") for word in words if word.split(".", maxsplit=1)[0] in Brief.model_fields]
    named = [path for path in paths if f"`{path}`" in text_ or path in result.answer.examples]
    usual = FIELDS.get(result.check, ())
    if brief and brief.task is not Task.BINARY:
        usual = tuple(INSTEAD.get(path, path) for path in usual)
    mended = dict.fromkeys([*named, *([] if named else usual)])
    return [(path, steps.step_of(path)) for path in mended][:6]


@router.post("/cases/{case_id}/scope/review")
@decides("edit brief")
def lay(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Lay what was typed together as the next version of the brief; nothing typed is lost when it is refused."""
    agreed = tuple(value for name, value in entries(sent).items() if name.startswith(CONFIRMED) and value)
    now = board.of(request, parts, who, case_id, agreed)
    if text(sent, "read") != now.read:
        return _review(request, now, "Somebody typed in the canvas since you opened this page: read it again.")
    if text(sent, "go") == "discard":
        canvas.discard(parts, who, case_id, now.drafts)
        return go(request, f"/cases/{case_id}/scope")
    if now.brief is None:
        return _review(request, now)
    version = whole_number(sent, "expected_version")
    try:
        scope.save_brief(parts, who, SaveBrief(use_case=case_id, expected_version=version, brief=now.brief))
    except Conflict as error:
        return _review(request, now, f"{error.what} {error.why} Your entries lie over that version now: look again.")
    except FixTheInput:
        return _review(request, now)
    canvas.discard(parts, who, case_id, now.drafts)
    return go(request, f"/cases/{case_id}/scope", "saved")
