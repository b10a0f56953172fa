"""What a plain form sent, by dotted names: nested fields, rows of a list, decisions about columns."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from glassworks.core.usecase import ColumnDecision

DEEPEST, LONGEST_LIST = 5, 20_000
MESSAGES = {
    "float_parsing": "This must be a number.",
    "float_type": "This must be a number.",
    "finite_number": "This must be a number.",
    "missing": "This is needed.",
    "string_too_short": "This is needed.",
    "string_pattern_mismatch": "This must be one word of letters, digits and _ that begins with a letter.",
    "literal_error": "Choose one of those that are offered.",
    "enum": "Choose one of those that are offered.",
    "greater_than": "This must be more than {gt:g}.",
    "greater_than_equal": "This must be at least {ge:g}.",
    "less_than": "This must be less than {lt:g}.",
    "less_than_equal": "This must be at most {le:g}.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "date_from_datetime_parsing": "This must be a date such as 2026-03-31.",
    "date_parsing": "This must be a date such as 2026-03-31.",
}


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Dotted names as nested fields; a part made of digits is a place in a list, given as a dict by place.

    A name that is empty as a whole gives way to the names under it.

    Examples
    --------
    >>> nested([("kpi.target", "6"), ("plan.0.task", "a")])
    {'kpi': {'target': '6'}, 'plan': {'0': {'task': 'a'}}}
    """
    found: dict[str, Any] = {}
    for name, value in pairs:
        place, path = found, name.split(".")
        if len(path) > DEEPEST:
            continue
        for step in path[:-1]:
            kept = place[step] = place.get(step) or {}
            place = kept if isinstance(kept, dict) else place
        if value or not isinstance(place.get(path[-1]), dict):
            place[path[-1]] = value
    return found


def rows(value: Any) -> list[dict[str, Any]]:
    """The rows of a list in a form, in their order; rows in which nothing was typed are left out."""
    if not isinstance(value, dict):
        return []
    placed = sorted((int(k), v) for k, v in value.items() if k.isdigit() and len(k) < 6 and isinstance(v, dict))
    return [row for _, row in placed[:LONGEST_LIST]]


def says(fault: Any) -> str:
    """What is wrong with one entry, in plain words."""
    told = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] in MESSAGES:
        return MESSAGES[fault["type"]].format(**fault.get("ctx", {}))
    return f"{told[:1].upper()}{told[1:]}."


def decisions_of(pairs: Iterable[tuple[str, str]]) -> tuple[list[ColumnDecision], dict[str, str], dict[str, Any]]:
    """Decisions about columns, what is wrong with them, and what was typed by column."""
    sent = [row for row in rows(nested(pairs).get("decisions")) if row.get("decision") and row.get("column")]
    made, errors, typed = [], {}, {}
    for row in sent:
        column = row["column"]
        typed[column] = {"sentinel": None, "reason": "", "expected": "any", **row}
        facts = {**row, "reason": row.get("reason", "").strip()}
        facts["sentinel"] = facts.get("sentinel") or None
        if not facts["reason"]:
            errors[column] = f"Say why, for the column {column}."
        elif row["decision"] == "sentinel" and facts["sentinel"] is None:
            errors[column] = f"Name the number that means \u201cmissing\u201d in {column}."
        else:
            try:
                made.append(ColumnDecision.model_validate(facts))
            except ValidationError as error:
                errors[column] = f"{column}: {says(error.errors(include_input=False)[0])}"
    return made, errors, typed
