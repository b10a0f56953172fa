"""A brief as a YAML file and back, exactly; dates may be counted from today, and people stand in it by sign-in name."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from glassworks.core import strict_yaml
from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Role
from glassworks.core.record import Moment
from glassworks.core.usecase import UseCase

IN_DAYS = re.compile(r"in (\d{1,4}) days?")
OFFICE = ("id", "line", "saved_by", "saved_at")
"""What the office fills in: no file says it."""

DATES = (("kpi", "by"), ("plan", "due"), ("playbacks", "day"))
MOST_TOLD = 5
SAYS = {
    "missing": "it is missing",
    "string_too_short": "it is empty",
    "string_type": "it must be text; put quotes around a number",
    "float_type": "it must be a number",
    "int_type": "it must be a whole number",
    "finite_number": "it must be a number",
    "bool_type": "it must be true or false",
    "tuple_type": "it must be a list",
    "model_type": "it must hold fields of its own",
    "model_attributes_type": "it must hold fields of its own",
    "dict_type": "it must hold fields of its own",
    "date_type": "it must be a date such as 2026-03-31, or `in 14 days`",
    "date_parsing": "it must be a date such as 2026-03-31, or `in 14 days`",
    "date_from_datetime_parsing": "it must be a date such as 2026-03-31, or `in 14 days`",
}


def brief_from_yaml(text: str | bytes, use_case: UseCase, people: Mapping[Role, str], now: Moment) -> Brief:
    """The brief that a file says.

    Parameters
    ----------
    text : YAML; a date may be written as `in 14 days`.
    people : who holds which role, by id; it replaces what the file says.

    Raises
    ------
    FixTheInput : not YAML, or a field is missing, unknown or has a wrong value; the field is named.
    """
    return brief_of(strict_yaml.read(text), use_case, people, now)


def brief_of(fields: Mapping[str, Any], use_case: UseCase, people: Mapping[Role, str], now: Moment) -> Brief:
    """The brief of a use case from the fields of a file; see `brief_from_yaml`."""
    for name in OFFICE:
        if name in fields:
            raise FixTheInput(
                f"The field {name} stands in the file.", "The office fills it in.", "Take it out.", field=name
            )
    version = edited_version(fields) or 1
    said = {name: value for name, value in fields.items() if name not in ("people", "use_case", "version")}
    office = {"id": f"{use_case.id}-brief-v{version}", "use_case": use_case.id, "line": use_case.line}
    facts = {**_dated(said, now), **office, "version": version, "people": {r.value: p for r, p in people.items()}}
    try:
        brief = Brief.model_validate_json(json.dumps(facts), strict=True)
    except ValidationError as error:
        raise _refused(error) from error
    return brief.model_copy(update={"saved_at": now})


def edited_version(fields: Mapping[str, Any]) -> int:
    """The version that the file was written from: 0 when it does not say one."""
    version = fields.get("version", 0)
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise FixTheInput(
            "The field version is not right.",
            "It is the whole number of the version that was edited.",
            "Write the newest version's number, or take the line out for a first brief.",
            field="version",
        )
    return version


def yaml_of(brief: Brief, people: Mapping[Role, str]) -> str:
    """The brief as YAML, without what the office fills in; `people` are sign-in names by role."""
    facts = {name: value for name, value in brief.facts().items() if name not in (*OFFICE, "people")}
    head = {"use_case": facts.pop("use_case"), "version": facts.pop("version")}
    return strict_yaml.write({**head, **facts, "people": {role.value: login for role, login in people.items()}})


def _dated(fields: dict[str, Any], now: Moment) -> dict[str, Any]:
    """The same fields with every `in 14 days` in a place for a date as that date."""
    made = dict(fields)
    for part, name in DATES:
        here = made.get(part)
        if isinstance(here, list):
            made[part] = [_one_dated(item, name, now) for item in here]
        else:
            made[part] = _one_dated(here, name, now)
        if part not in fields:
            del made[part]
    return made


def _one_dated(part: Any, name: str, now: Moment) -> Any:
    told = part.get(name) if isinstance(part, dict) else None
    relative = IN_DAYS.fullmatch(told.strip()) if isinstance(told, str) else None
    if not relative:
        return part
    return {**part, name: (now + timedelta(days=int(relative[1]))).date().isoformat()}


def _refused(error: ValidationError) -> FixTheInput:
    """The first field that is not right by name, unknown ones before missing ones, and the next ones."""
    faults = sorted(error.errors(include_input=False, include_url=False), key=lambda f: f["type"] != "extra_forbidden")
    told = [(".".join(str(step) for step in fault["loc"]), _says(fault)) for fault in faults]
    field, why = told[0]
    others = ", ".join(name for name, _ in told[1:MOST_TOLD])
    more = f" Also not right: {others}{', ...' if len(told) > MOST_TOLD else ''}." if others else ""
    return FixTheInput(
        f"The brief's field {field} is not right.",
        f"{why[:1].upper()}{why[1:]}{'' if why.endswith('?') else '.'}{more}",
        "Correct it and try again; `glassworks work scope --schema` says what each field takes.",
        field=field,
    )


def _says(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        *place, name = fault["loc"]
        near = get_close_matches(str(name), fields_at(place), 1)
        return "there is no such field" + (f"; is `{near[0]}` meant?" if near else "")
    return SAYS.get(fault["type"], str(fault["msg"]).removeprefix("Value error, ").rstrip("."))


def schema() -> dict[str, Any]:
    """The JSON Schema of a brief's file (draft 2020-12)."""
    made = Brief.model_json_schema()
    days = {"type": "string", "pattern": f"^{IN_DAYS.pattern}$"}
    made = _swapped(made, {"type": "string", "format": "date"}, {"anyOf": [{"type": "string", "format": "date"}, days]})
    properties = {name: one for name, one in made["properties"].items() if name not in OFFICE}
    properties["use_case"] = {"type": "string", "description": "The id of the use case."}
    properties["version"] = {"type": "integer", "minimum": 0, "description": "The version that was edited; 0: none."}
    properties["people"] = {
        "type": "object",
        "description": "Sign-in names by role.",
        "propertyNames": {"enum": [role.value for role in Role]},
        "additionalProperties": {"type": "string"},
    }
    required = [name for name in made["required"] if name not in OFFICE]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Brief"}
    return {**made, **head, "properties": properties, "required": required}


def _swapped(value: Any, old: dict[str, Any], new: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        if all(value.get(name) == one for name, one in old.items()):
            return {**{name: one for name, one in value.items() if name not in old}, **new}
        return {name: _swapped(one, old, new) for name, one in value.items()}
    return [_swapped(one, old, new) for one in value] if isinstance(value, list) else value


def fields_at(place: Iterable[str | int]) -> list[str]:
    """The names of the fields that a brief's file may have at a place, such as `("plan", 0)`."""
    whole = schema()
    here: dict[str, Any] = whole
    for step in place:
        inner = here.get("items") if isinstance(step, int) else here.get("properties", {}).get(step)
        here = _resolved(inner or {}, whole)
    return list(here.get("properties", {}))


def _resolved(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    for one in (part, *part.get("anyOf", ()), *part.get("allOf", ())):
        if "$ref" in one:
            return dict(whole["$defs"][one["$ref"].rpartition("/")[2]])
    return part
