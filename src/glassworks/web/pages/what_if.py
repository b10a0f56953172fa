"""The page of the what-if: sliders in people, and the money that moves with them; a link holds what was tried."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import Moved, TryWhatIf
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import Conflict, FixTheInput
from glassworks.core.people import Actor
from glassworks.line import canvas, what_if
from glassworks.line.parts import Parts
from glassworks.measures.outlook import Outlook
from glassworks.measures.worth import columns
from glassworks.stages.scope import steps
from glassworks.stages.scope.defaults import default_brief
from glassworks.stages.scope.what_if import Seen, told, tried, with_changes, words_of
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages import board, sliders, standing, what_if_charts
from glassworks.web.pages.canvas import whole_number
from glassworks.web.pages.page import Sent, go, memory, show
from glassworks.web.pages.sliders import Group, Reading
from glassworks.web.pages.standing import Standing

router = APIRouter()
FIELDS = {
    "precision": "precision",
    "recall": "recall",
    "accuracy": "accuracy",
    "error": "error",
    "positive_share": "share.mode",
    "prevalence": "share.mode",
    "decision.expected_positive_share": "share.mode",
    "shares": "shares.0",
    "volume": "decision.volume_per_period",
    "capacity_share": "decision.capacity_share",
}
"""Where an error of the question belongs on the page."""
LEAST_RIGHT, NEAR = 0.001, 1e-9


@dataclass(frozen=True)
class _Table:
    """What lies before the person: the brief with what was typed in the canvas, and what the open rows know."""

    now: Standing
    brief: Brief
    kept: Mapping[str, int]
    from_canvas: bool
    unread: bool
    seen: Seen
    groups: tuple[Group, ...]


def _table(request: Request, parts: Parts, who: Actor, case_id: str) -> _Table:
    now = standing.of(request, parts, who, case_id)
    base = now.briefs[-1] if now.briefs else default_brief(now.case, Task.BINARY, parts.now())
    drafts = canvas.drafts(parts, who, case_id) if standing.allowed(now, "edit brief") else {}
    laid = board.laid(drafts, base)[0] if drafts else base
    brief = laid or base
    data = now.dataset.open_blob if now.dataset else ""
    hangs_on = (brief.target, brief.task, brief.positive, brief.value.digest)
    seen = memory(request).lasting(("seen", data, *hangs_on), lambda: what_if.seen(parts, now.case, brief))
    kept = {slug: draft.version for slug, draft in drafts.items()}
    return _Table(now, brief, kept, bool(drafts and laid), laid is None, seen, sliders.groups(brief, seen))


@dataclass(frozen=True)
class _Answer:
    """What came out: the outlook of the changed brief, or what must be mended first, by name."""

    reading: Reading
    brief: Brief
    found: Outlook | None = None
    notes: tuple[str, ...] = ()


@router.get("/cases/{case_id}/scope/what-if")
@decides("view")
def what_if_page(request: Request, parts: Line, who: Who, case_id: str) -> Response:
    """Sliders over the newest brief; with `part=answer` the answer alone, for the script that moves it."""
    table = _table(request, parts, who, case_id)
    return _page(request, table, request.query_params)


def _page(request: Request, table: _Table, query: Mapping[str, str], refused: str = "", status: int = 200) -> Response:
    leads = "recall" if query.get("by") == "recall" else "precision"
    answer = _answered(table, sliders.read(table.groups, query), leads)
    found = answer.found
    there = what_if.sealed_rows(table.now.parts, table.now.case, answer.brief)
    alone = query.get("part") == "answer"
    return show(
        request,
        "scope/what_if_answer.html" if alone else "scope/what_if.html",
        status=status,
        case=table.now.case,
        brief=answer.brief,
        words=words_of(table.brief),
        groups=table.groups,
        values=_values(table, answer),
        faults=answer.reading.faults,
        labels={name: one.label for one in sliders.every(table.groups) for name in one.names},
        notes=answer.notes,
        found=found,
        told=told(answer.brief, found, there) if found else None,
        changes=sliders.changes(table.groups, answer.reading.numbers),
        charts=_charts(answer.brief, found) if found else None,
        leads=leads,
        linked=table.brief.task is Task.BINARY and table.brief.decision.capacity_share is not None,
        saved=bool(table.now.briefs),
        from_canvas=table.from_canvas,
        unread=table.unread,
        may_edit=standing.allowed(table.now, "edit brief"),
        kept=table.kept,
        refused=refused,
        rail=standing.rail(request, table.now) if not alone else (),
    )


def _charts(brief: Brief, found: Outlook) -> dict[str, Any]:
    return {
        "money": what_if_charts.money(found),
        "people": what_if_charts.people(found),
        "tornado": what_if_charts.tornado(found),
        "by_figure": what_if_charts.by_figure(brief, found),
        "equal_kpi": what_if_charts.equal_kpi(found),
    }


def _values(table: _Table, answer: _Answer) -> dict[str, str]:
    """What each entry holds: as it was typed, else as the brief says, else as it came out."""
    made = {name: sliders.shown(base) for one in sliders.every(table.groups) for name, base in one.base.items()}
    if answer.found:
        quality = answer.found.quality
        for name, of in (("precision", 100), ("recall", 100), ("accuracy", 100), ("error", 1)):
            figure = getattr(quality, name)
            if figure is not None:
                made[name] = sliders.shown(round(of * figure, 1 if of == 100 else 3))
    return {**made, **answer.reading.texts}


def _answered(table: _Table, reading: Reading, leads: str) -> _Answer:
    """The outlook for what was typed; what cannot be is named, and nothing typed is lost."""
    if reading.faults:
        return _Answer(reading, table.brief)
    try:
        asked = _asked(table, reading.numbers)
        changed = with_changes(table.brief, TryWhatIf.model_validate(asked))
        quality, notes, reading = _quality(table, changed, asked, reading, leads)
        return _Answer(reading, changed, tried(table.brief, TryWhatIf(**asked, **quality), table.seen), notes)
    except FixTheInput as error:
        multiplied = columns(table.brief.value, table.brief.task)
        places = {f"means.{column}": f"means.{place}" for place, column in enumerate(multiplied)}
        plain = f"{error.field}.mode" if error.field.startswith("value.") else error.field
        name = (FIELDS | places).get(error.field, plain)
        said = " ".join(part for part in (error.what, error.why, error.next_step) if part)
        return _Answer(replace(reading, faults={name: said}), table.brief)


def _asked(table: _Table, numbers: Mapping[str, float]) -> dict[str, Any]:
    """The question less the model's quality: only what was typed stands in it."""
    found: dict[str, Any] = {
        "volume": numbers.get("decision.volume_per_period"),
        "capacity_share": _share(numbers.get("decision.capacity_share"), "decision.capacity_share"),
        "expected_error": numbers.get("decision.expected_error"),
        "target": numbers.get("kpi.target"),
        "values": {
            name: Moved(**ends)
            for name in sliders.BY_TASK[table.brief.task]
            if (ends := sliders.ends_of(numbers, f"value.{name}"))
        },
    }
    for name in ("volume", "expected_error"):
        if found[name] == 0:
            field = "decision.volume_per_period" if name == "volume" else "decision.expected_error"
            raise FixTheInput("This must be more than zero.", field=field)
    share = sliders.ends_of(numbers, sliders.SHARE)
    if share:
        found["positive_share"] = Moved(**{end: number / 100 for end, number in share.items()})
    names = sliders.class_names(table.brief) or ("the commonest",)
    typed = {name: numbers[f"shares.{i}"] / 100 for i, name in enumerate(names) if f"shares.{i}" in numbers}
    if typed:
        found["shares"] = typed
    multiplied = columns(table.brief.value, table.brief.task)
    means = {column: numbers.get(f"means.{place}") for place, column in enumerate(multiplied)}
    found["means"] = {column: mean for column, mean in means.items() if mean is not None}
    return {name: one for name, one in found.items() if one is not None}


def _share(of_100: float | None, name: str) -> float | None:
    if of_100 == 0:
        raise FixTheInput("This must be more than zero.", field=name)
    return None if of_100 is None else of_100 / 100


Quality = tuple[dict[str, float], tuple[str, ...], Reading]


def _quality(table: _Table, changed: Brief, asked: Mapping[str, Any], reading: Reading, leads: str) -> Quality:
    """How good the model is taken to be: as typed, as far as it can be; what was not typed is a middling model's."""
    numbers = reading.numbers
    if changed.task is Task.REGRESSION:
        return ({"error": numbers["error"]} if "error" in numbers else {}), (), reading
    if changed.task is Task.MULTICLASS:
        return ({"accuracy": numbers["accuracy"] / 100} if "accuracy" in numbers else {}), (), reading
    if not {"precision", "recall"} & set(numbers):
        return {}, (), reading
    middling = tried(table.brief, TryWhatIf(**asked, draws=1), table.seen)
    positives = middling.people.right + middling.people.missed if middling.people else 0.0
    share = positives / changed.decision.volume_per_period
    right = numbers.get("precision", 100 * (middling.quality.precision or share)) / 100
    reached = numbers.get("recall", 100 * (middling.quality.recall or 0.5)) / 100
    return _possible(changed, share, right, reached, leads, reading)


def _possible(brief: Brief, share: float, right: float, reached: float, leads: str, reading: Reading) -> Quality:
    """The nearest figures that there are cases enough for; with a capacity the one that leads gives the other."""
    room = brief.decision.capacity_share
    if room is not None:
        wanted = reached * share / room if leads == "recall" else right
        least, most = max(LEAST_RIGHT, 1 - (1 - share) / room), min(1.0, share / room)
    else:
        wanted, most = right, 1.0
        least = max(LEAST_RIGHT, share * reached / (share * reached + 1 - share))
    taken = min(max(wanted, least), most)
    moved = abs(taken - wanted) > NEAR
    follows = {leads if moved else "", "precision" if leads == "recall" else "recall"} if room is not None else set()
    if room is None and moved:
        follows = {"precision"}
    kept = {name: text for name, text in reading.texts.items() if name not in follows}
    notes = (_clamped(taken, wanted),) if moved else ()
    quality = {"precision": taken} if room is not None else {"precision": taken, "recall": reached}
    return quality, notes, replace(reading, texts=kept)


def _clamped(taken: float, wanted: float) -> str:
    if taken < wanted:
        return f"More than {100 * taken:.0f} of 100 cannot be right: there are no more cases where it would be right."
    return f"Fewer than {100 * taken:.1f} of 100 right is not possible: there are not so many wrong ones to act on."


@router.post("/cases/{case_id}/scope/what-if")
@decides("edit brief")
def use(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Put the changed numbers into the canvas, beside what others typed there; the brief itself stays as it is."""
    table = _table(request, parts, who, case_id)
    query = {name: value for name, value in sent.items() if isinstance(value, str)}
    reading = sliders.read(table.groups, query)
    changed = sliders.changes(table.groups, reading.numbers)
    answer = _answered(table, reading, query.get("by", ""))
    if answer.found is None or not changed:
        return _page(request, table, query, "" if answer.reading.faults else "Nothing differs from the brief yet.", 422)
    expected = {step.slug: whole_number(sent, f"seen.{step.slug}") for step in steps.STEPS}
    try:
        what_if.keep_in_canvas(parts, who, case_id, expected, changed)
    except Conflict as error:
        return _page(request, table, query, f"{error.what} {error.next_step}", 409)
    return go(request, f"/cases/{case_id}/scope/canvas/{steps.step_of(next(iter(changed))).slug}", "tried")
