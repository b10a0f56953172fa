"""Pages of policy packs: which holds where, what each asks, what the linter says of one, adopt it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from glassworks.core.errors import Conflict, FixTheInput, GlassworksError, NotAllowed, NotFound
from glassworks.core.people import Actor, LineOfBusiness
from glassworks.core.policy import PolicyPack, Source
from glassworks.hub import shipped_packs
from glassworks.hub.access import may
from glassworks.line import office, packs, view
from glassworks.line.parts import Parts
from glassworks.web import access
from glassworks.web.access import Line, Who, decides
from glassworks.web.pages.explore import says
from glassworks.web.pages.field_names import named
from glassworks.web.pages.page import Sent, files, go, show, text

router = APIRouter()
RULES = {
    "looser": "Looser than the office",
    "unknown check": "Asks for a check that does not exist",
    "unknown field": "Asks for a field that does not exist",
    "lapsed source": "Follows what no longer holds",
    "no verdict": "Cannot come to a verdict",
}
"""The linter's rules in words."""
Name = Annotated[str, Query(max_length=80)]


@router.get("/packs")
@decides("view")
def packs_page(request: Request, parts: Line, who: Who) -> Response:
    """Which policy pack holds for the office and for each line, and which packs are shipped."""
    return _list(request)


def _list(request: Request, error: str = "", told: str = "", chosen: str = "") -> Response:
    parts, who = access.parts(request), access.actor(request)
    found = packs.standing(parts, who)
    return show(
        request,
        "packs.html",
        status=422 if error else 200,
        sentence=_who_has_own(found),
        standing=found,
        shipped=[(name, shipped_packs.shipped(name, parts.policy(""))) for name in shipped_packs.names()],
        error=error,
        told=told,
        today=parts.now().date(),
        **_choices(request, chosen if error else _first_line(parts, who)),
    )


def _first_line(parts: Parts, who: Actor) -> str:
    """What a form begins with: a line before the whole office, which must be chosen."""
    return next((one.id for one in parts.ledger.find(LineOfBusiness) if who.sees(one.id)), "")


def _who_has_own(found: list[packs.Standing]) -> str:
    own = [one.name for one in found if one.line and one.holds.line]
    if not own:
        return "Every line of business works by the office's pack; none has a pack of its own in force."
    return f"{' and '.join(own)} {'works' if len(own) == 1 else 'work'} by stricter rules than the office's."


def _choices(request: Request, line: str = "", use_case: str = "") -> dict[str, Any]:
    """What the form that asks the linter offers: lines, use cases, and whether this person may adopt."""
    parts, who = access.parts(request), access.actor(request)
    lines = [one for one in parts.ledger.find(LineOfBusiness) if who.sees(one.id)]
    return {
        "lines": [*((one.id, one.name) for one in lines), ("", "the whole office")],
        "cases": [("", "no use case"), *((one.id, one.title) for one in view.use_cases(parts, who))],
        "line": line,
        "use_case": use_case,
        "visitor": access.is_visitor(who),
    }


@router.get("/packs/shipped/{name}")
@decides("view")
def shipped_page(
    request: Request, parts: Line, who: Who, name: str, line: Name | None = None, use_case: Name = ""
) -> Response:
    """A shipped pack as that of a line: what it asks, what it follows, what the linter says of it."""
    if line is None:
        line = _first_line(parts, who)
    found = shipped_packs.shipped(name, parts.policy(""), line)
    return _pack(request, found, use_case=use_case, shipped=name)


@router.get("/packs/adopted/{pack_id}")
@decides("view")
def adopted_page(request: Request, parts: Line, who: Who, pack_id: str) -> Response:
    """A pack that was adopted: what it asks, what it follows, what the linter says of it today."""
    return _pack(request, packs.of_id(parts, who, pack_id), adopted=True)


@router.post("/packs/check")
@decides("view")
def check(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """What the linter says of a pack that was pasted or brought as a file; nothing is kept."""
    chosen = files(sent, "file")
    told, line = text(sent, "text"), text(sent, "line")
    try:
        if chosen:
            told = chosen[0].file.read(packs.LARGEST_PACK + 1).decode()
        if not told:
            raise FixTheInput("Nothing was brought.", "", "Paste a pack, or choose a file.")
        found = shipped_packs.for_line(packs.pack_in(told, parts.policy("")), line)
    except UnicodeDecodeError:
        return _list(request, "The file is not text. Bring YAML or JSON.", "", line)
    except FixTheInput as error:
        return _list(request, says(error), told, line)
    return _pack(request, found, use_case=text(sent, "use_case"), told=told)


@router.post("/packs/adopt")
@decides("administer")
def adopt(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """Put a shipped or a brought pack in force from its date; a refusal stands beside what was read."""
    name, told, line = text(sent, "shipped"), text(sent, "text"), text(sent, "line")
    above = parts.policy("")
    if name:
        found = shipped_packs.shipped(name, above, line)
    else:
        found = shipped_packs.for_line(packs.pack_in(told, above), line)
    try:
        if text(sent, "read") != found.digest:
            raise FixTheInput("You have not confirmed that you read it.", "", "Read it, tick the box, and adopt it.")
        office.adopt(parts, who, found)
    except (FixTheInput, Conflict) as error:
        return _pack(request, found, shipped=name, told=told, refused=_refusal(error))
    return go(request, "/packs", "adopted")


def _refusal(error: GlassworksError) -> str:
    if isinstance(error, NotFound):
        return "There is no such line of business. Choose one from the list."
    if isinstance(error, Conflict):
        return "A pack of this id is adopted already. Give yours an id and a version of its own."
    return says(error)


def _pack(
    request: Request,
    pack: PolicyPack,
    *,
    use_case: str = "",
    shipped: str = "",
    told: str = "",
    adopted: bool = False,
    refused: str = "",
) -> Response:
    parts, who = access.parts(request), access.actor(request)
    try:
        faults, unasked = packs.check_pack(parts, who, pack, use_case), ""
    except (FixTheInput, NotAllowed) as error:
        if not use_case:
            raise
        faults, unasked = packs.check_pack(parts, who, pack), says(error)  # a use case without a brief
    beyond = packs.says(parts, pack, named)
    barred = [one for one in faults if one.rule in ("unknown check", "unknown field")]
    barred += [one for one in faults if one.rule == "looser" and pack.line]
    return show(
        request,
        "pack.html",
        status=409 if refused else 200,
        sentence=_sentence(parts.policy("").id == pack.id, sum(len(one.sentences) for one in beyond), len(faults)),
        pack=pack,
        beyond=beyond,
        faults=[(RULES[one.rule], one) for one in faults],
        barred=bool(barred),
        sources=[(one, _state(one, pack, parts.now().date())) for one in pack.sources],
        shipped=shipped,
        told=told,
        adopted=adopted,
        holds=parts.policy(pack.line).id == pack.id,
        refused=refused,
        unasked=unasked,
        may_adopt=not adopted and may(who, "administer", pack.line) and (bool(pack.line) or not who.lines),
        today=parts.now().date(),
        **_choices(request, pack.line, use_case),
    )


def _sentence(is_office: bool, asks: int, faults: int) -> str:
    found = f"the linter finds {faults} {'thing' if faults == 1 else 'things'} wrong with it"
    told = found if faults else "the linter finds nothing wrong with it"
    if is_office:
        return f"The office's own rules, by which every line works; {told}."
    more = f"It asks for more than the office in {asks} {'point' if asks == 1 else 'points'}"
    return f"{more if asks else 'It asks for no more than the office'}; {told}."


def _state(one: Source, pack: PolicyPack, today: Any) -> str:
    """Where a source stands today, in words."""
    newer = next((other.title for other in pack.sources if one.id in other.supersedes), "")
    if newer:
        return f"superseded by {newer}"
    if one.lapsed(today):
        return "no longer holds"
    return "not yet in force" if one.effective_from > today else "in force"
