"""What a plain form sent, by dotted names, as the fields of a brief or of decisions about columns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from glassworks.core.contract import Brief, Feature
from glassworks.core.usecase import ColumnDecision

DEEPEST, LONGEST_LIST = 4, 20_000
TICKS = ("acts_on_people",)
MESSAGES = {
    "float_parsing": "This must be a number.",
    "float_type": "This must be a number.",
    "finite_number": "This must be a number.",
    "missing": "This is needed.",
    "string_too_short": "This is needed.",
    "date_from_datetime_parsing": "This must be a date such as 2026-03-31.",
    "date_parsing": "This must be a date such as 2026-03-31.",
}


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Dotted names as nested fields; a part made of digits is a place in a list, given as a dict by place.

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
            kept = place.setdefault(step, {})
            place = kept if isinstance(kept, dict) else place
        place[path[-1]] = value
    return found


def rows(value: Any) -> list[dict[str, Any]]:
    """The rows of a list in a form, in their order; rows in which nothing was typed are left out."""
    if not isinstance(value, dict):
        return []
    placed = sorted((int(k), v) for k, v in value.items() if k.isdigit() and len(k) < 6 and isinstance(v, dict))
    return [row for _, row in placed[:LONGEST_LIST]]


def typed_brief(pairs: Iterable[tuple[str, str]], base: Brief) -> dict[str, Any]:
    """What was typed, over the version that was edited; fields the form does not show stay as they were."""
    sent = nested((name, value.strip()) for name, value in pairs)
    facts = base.facts()
    merged = {**facts, **{name: value for name, value in sent.items() if name in facts and not _is_part(facts[name])}}
    for name in ("decision", "kpi", "fairness", "windows"):
        merged[name] = facts[name] | _dict(sent.get(name))
    merged["value"] = _values(facts["value"], _dict(sent.get("value")))
    merged["acts_on_people"] = bool(sent.get("acts_on_people"))
    merged["decision"]["capacity_share"] = merged["decision"]["capacity_share"] or None
    merged["fairness"]["bands"] = _numbers(merged["fairness"]["bands"])
    features = rows(sent.get("features"))
    if features:
        merged["features"] = _features(features, base.features)
        merged["forbidden"] = [row.get("name", "") for row in features if row.get("forbidden")]
    filled = {"kill_criteria": ("signal", "value", "action", "window"), "plan": ("task", "due", "evidence")}
    for name, tells in filled.items():
        merged[name] = [row for row in rows(sent.get(name)) if any(row.get(one) for one in tells)]
    merged["people"] = {role: person for role, person in _dict(sent.get("people")).items() if person}
    merged["acknowledged"] = [line.strip() for line in str(sent.get("acknowledged", "")).splitlines() if line.strip()]
    return merged


def _is_part(value: object) -> bool:
    return isinstance(value, dict | list)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _values(known: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(known)
    for name, value in sent.items():
        made[name] = {**known[name], **value} if isinstance(value, dict) and name in known else value
    made["fixed_cost"] = made.get("fixed_cost") or 0.0
    return made


def _numbers(value: Any) -> list[str]:
    if isinstance(value, str):
        return [one.strip() for one in value.replace(";", ",").split(",") if one.strip()]
    return list(value)


def _features(sent: Sequence[Mapping[str, Any]], known: Sequence[Feature]) -> list[dict[str, Any]]:
    before = {feature.name: feature.facts() for feature in known}
    made = []
    for row in sent:
        told = {k: v for k, v in row.items() if k not in ("available", "forbidden")}
        made.append({**before.get(row.get("name", ""), {}), **told, "available": bool(row.get("available"))})
    return made


def brief_of(typed: Mapping[str, Any]) -> tuple[Brief | None, dict[str, str]]:
    """The brief that was typed, or what is wrong with each entry by its dotted name."""
    try:
        return Brief.model_validate(typed), {}
    except ValidationError as error:
        return None, {_name(fault): _says(fault) for fault in error.errors(include_input=False)}


def _name(fault: Any) -> str:
    path = [str(step) for step in fault["loc"]]
    if path[:1] == ["value"] and len(path) == 2:
        path = [*path, "low"]
    return ".".join(path[:2] if path[:2] == ["fairness", "bands"] else path)


def _says(fault: Any) -> str:
    told = str(fault["msg"]).removeprefix("Value error, ")
    return MESSAGES.get(fault["type"], f"{told[:1].upper()}{told[1:]}.")


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
                errors[column] = f"{column}: {_says(error.errors(include_input=False)[0])}"
    return made, errors, typed
