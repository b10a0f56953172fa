"""What a plain form sent, by dotted names, as a brief: each field takes the shape that the brief gives it."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from glassworks.core.contract import Brief
from glassworks.core.people import Role
from glassworks.core.record import Part
from glassworks.web.pages import rendering
from glassworks.web.pages.forms import nested, rows, says

KEPT = frozenset({"id", "use_case", "line", "version", "people", "saved_by", "saved_at", "defaulted"})
"""Fields that no form shows as they are."""
LEGENDS = frozenset({"classes", "treatment_effect"})
"""Parts of the value whose faults as a whole stand under a legend of their own."""
YES, NO = ("yes", "true", "on"), ("no", "false")


def brief_of(pairs: Iterable[tuple[str, str]], base: Brief) -> tuple[Brief | None, dict[str, Any], dict[str, str]]:
    """What was typed over a brief: the new brief, or none of it and what is wrong with each entry by its dotted name.

    Only fields that were sent change; in a list of parts the rows that were sent take the place of the list, and rows
    in which nothing was typed are left out. A tick box is sent after an empty field of its name, so that no tick is
    told from no box. The second answer is what was typed, in the brief's shape, for the form to show.
    """
    sent = nested((name, value.strip()) for name, value in pairs)
    typed = _part(Brief, sent, base.facts(), KEPT)
    people = sent.get("people")
    if isinstance(people, dict):
        known = {str(role) for role in Role}
        named = {role: person for role, person in people.items() if person and role in known}
        typed["people"] = {r: p for r, p in typed["people"].items() if r not in people} | named
    if isinstance(sent.get("features"), dict):
        shown = rows(sent["features"])
        names = {row.get("name", "") for row in shown}
        ticked = [row["name"] for row in shown if row.get("name") and row.get("forbidden")]
        stay = [name for name in base.forbidden if name in ticked or name not in names]
        typed["forbidden"] = stay + [name for name in ticked if name not in stay]
    try:
        return Brief.model_validate(typed), typed, {}
    except ValidationError as error:
        faults = error.errors(include_input=False)
        return None, typed, {_name(fault["loc"]): says(fault) for fault in reversed(faults)}


def whole(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed with every field a brief has: what is not there holds its default, so that a form can show it."""
    made: dict[str, Any] = _whole(Brief, typed)
    return made


def shown(typed: Mapping[str, Any]) -> dict[str, str]:
    """What was typed as the canvas shows it: the entry of each field by its dotted name, empty where nothing stands."""
    forbidden = typed.get("forbidden", ())
    found = dict(_entries("", whole(typed)))
    named = [(name, value) for name, value in found.items() if name.startswith("features.") and name.endswith(".name")]
    return found | {f"{name.removesuffix('name')}forbidden": "yes" if v in forbidden else "" for name, v in named}


def _entries(path: str, value: Any) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _entries(f"{path}.{name}" if path else str(name), part)
    elif isinstance(value, list | tuple):
        if value and (isinstance(value[0], dict) or path == "oversight.override_band"):
            yield from _entries(path, {str(place): part for place, part in enumerate(value)})
        else:
            yield path, (", " if path == "fairness.bands" else "\n").join(_entry(path, one) for one in value)
    else:
        yield path, _entry(path, value)


def _entry(path: str, value: Any) -> str:
    """One entry as its field holds it; a tick that is not set sends nothing, a choice of yes and no sends either."""
    if isinstance(value, bool):
        return YES[0] if value else "" if path.startswith(("acts_on_people", "features.")) else NO[0]
    return rendering.typed(value).replace("\r\n", "\n").strip()


def _whole(kind: Any, value: Any) -> Any:
    origin, inner = get_origin(kind), [one for one in get_args(kind) if one is not NoneType]
    if origin in (Union, UnionType) and value is not None:
        return _whole(inner[0], value)
    if origin is tuple and inner and isinstance(value, list | tuple):
        return [_whole(inner[0], one) for one in value]
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return value
    known = value.facts() if isinstance(value, Part) else value if isinstance(value, Mapping) else {}
    fields = kind.model_fields.items()
    return {
        name: _whole(field.annotation, known.get(name, "" if field.is_required() else field.get_default()))
        for name, field in fields
    }


def _part(
    model: type[BaseModel], sent: Mapping[str, Any], known: Mapping[str, Any], kept: frozenset[str] = frozenset()
) -> dict[str, Any]:
    made = dict(known)
    for name, field in model.model_fields.items():
        if name in sent and name not in kept:
            shaped = _shaped(field.annotation, sent[name], known.get(name))
            if shaped is None and not field.is_required():
                made.pop(name, None)
            else:
                made[name] = shaped
    return made


def _shaped(kind: Any, sent: Any, known: Any) -> Any:
    """One entry in the shape of its field; what does not fit is handed on as it was typed, to be refused by name."""
    origin, inner = get_origin(kind), [one for one in get_args(kind) if one is not NoneType]
    if origin in (Union, UnionType):
        blank = not any(sent.values()) if isinstance(sent, dict) else sent == ""
        return None if blank else _shaped(inner[0], sent, known)
    if origin is Literal:
        return sent
    if origin is tuple:
        return _list(inner[0], sent, known)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _part(kind, sent, known if isinstance(known, dict) else {}) if isinstance(sent, dict) else known
    if kind is bool and sent in ("", *YES, *NO):
        return sent in YES
    return None if sent == "" and kind in (float, int, date) else sent


def _list(kind: Any, sent: Any, known: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        by_name = {row["name"]: row for row in known or () if "name" in row} if "name" in kind.model_fields else {}
        typed = [row for row in rows(sent) if _filled(kind, row)]
        return [_part(kind, row, by_name.get(row.get("name", ""), {})) for row in typed]
    if isinstance(sent, dict):
        return list(sent.values())
    if kind is float:
        return [one.strip() for one in str(sent).replace(";", ",").split(",") if one.strip()]
    return [one.strip() for one in str(sent).splitlines() if one.strip()]


def _filled(kind: type[BaseModel], row: Mapping[str, Any]) -> bool:
    """Whether anything was typed into a row; a choice that always has a value does not count."""
    chosen = {name for name, field in kind.model_fields.items() if _is_choice(field.annotation)}
    typed = {name: any(value.values()) if isinstance(value, dict) else value for name, value in row.items()}
    return any(value for name, value in typed.items() if name not in chosen and value != YES[0])


def _is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, Enum))


def _name(location: tuple[int | str, ...]) -> str:
    path = [str(step) for step in location]
    if path[:1] == ["value"] and (path[3:] == ["value"] or (len(path) == 2 and path[1] not in LEGENDS)):
        path = [*path, "low"]
    return ".".join(path[:2] if path[1:2] in (["bands"], ["override_band"]) else path)
