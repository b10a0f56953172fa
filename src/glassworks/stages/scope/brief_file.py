"""A brief written as a YAML file becomes a draft of the brief; relative due dates are counted from today."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import yaml
from pydantic import ValidationError

from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Role
from glassworks.core.record import Moment
from glassworks.core.usecase import UseCase

IN_DAYS = re.compile(r"^in (\d{1,4}) days$")


def brief_from_yaml(text: str, use_case: UseCase, people: Mapping[Role, str], now: Moment) -> Brief:
    """Version 1 of the brief of a use case, from a file that names the fields of `Brief`.

    Parameters
    ----------
    text : YAML; a date may be written as `in 14 days`.
    people : who holds which role; it replaces what the file says.

    Raises
    ------
    FixTheInput : not YAML, or a field is missing, unknown or has a wrong value; the field is named.
    """
    try:
        fields = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise FixTheInput(
            "The brief's file is not YAML.", f"The reader stopped: {type(error).__name__}.", "Mend the file."
        ) from error
    if not isinstance(fields, dict):
        raise FixTheInput("The brief's file names no fields.", "It must hold the fields of a brief, one below another.")
    fields = _dated(fields, now)
    fields |= {"id": f"{use_case.id}-brief-v1", "use_case": use_case.id, "line": use_case.line}
    fields |= {"people": dict(people), "saved_at": now}
    return _brief(fields)


def _dated(value: Any, now: Moment) -> Any:
    """The same fields with every `in 14 days` as a date."""
    if isinstance(value, dict):
        return {name: _dated(one, now) for name, one in value.items()}
    if isinstance(value, list):
        return [_dated(one, now) for one in value]
    relative = IN_DAYS.match(value) if isinstance(value, str) else None
    return (now + timedelta(days=int(relative[1]))).date() if relative else value


def _brief(fields: dict[str, Any]) -> Brief:
    try:
        return Brief.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise FixTheInput(
            f"The brief's field {field} is not right.",
            f"{first['msg']} ({error.error_count()} fields in all).",
            "Correct it and open the file again.",
            field=field,
        ) from error
