"""From bytes to questions: strict JSON, the simple form and the Open Inference Protocol v2, all checked by hand."""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from glassworks.core.errors import FixTheInput
from glassworks.core.package import Package

MOST_ROWS = 1_000
REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
LONGEST_REFERENCE = 256
WHOLE = frozenset(f"{sign}INT{size}" for sign in ("", "U") for size in (8, 16, 32, 64))
REAL = frozenset({"FP16", "FP32", "FP64"})
DATATYPE = {"number": "FP64", "category": "BYTES", "date": "BYTES", "text": "BYTES"}


class Malformed(FixTheInput):
    """The body is not the JSON that was asked for."""

    status = 400


class Question(NamedTuple):
    """What a caller asks, whichever way it asked: rows, one reference a row, and the request's id."""

    request: str
    named: bool
    rows: list[dict[str, Any]]
    references: list[str]
    reasons: bool = True
    outputs: tuple[str, ...] = ()


def parse(body: bytes) -> dict[str, Any]:
    """Strict JSON: an object in UTF-8, no name twice, no half characters. NaN and infinities are left to the field.

    Raises
    ------
    Malformed : it is anything else.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_no_name_twice, parse_constant=float)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except Malformed:
        raise
    except UnicodeError as error:
        raise Malformed("The body is not text in UTF-8, or holds half a character.") from error
    except RecursionError as error:
        raise Malformed("The body is nested too deeply.") from error
    except ValueError as error:
        raise Malformed("The body is not JSON.", next_step="Send one JSON object in UTF-8.") from error
    if not isinstance(value, dict):
        raise Malformed("The body must be one JSON object.")
    return value


def simple(body: bytes) -> Question:
    """A question in the simple form: `{"rows": [{...}], "request_id"?, "reference"?, "reasons"?}`.

    `reference` names the person: one text for one row, or a list with one text a row.
    """
    value = parse(body)
    _only(value, {"rows", "request_id", "reference", "reasons"})
    rows = value.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FixTheInput("`rows` must be a list of objects.", field="rows")
    _count(len(rows))
    reference = value.get("reference", "")
    references = reference if isinstance(reference, list) else [reference]
    if reference == "":
        references = [""] * len(rows)
    reasons = value.get("reasons", True)
    if not isinstance(reasons, bool):
        raise FixTheInput("`reasons` must be true or false.", field="reasons")
    request, named = _request(value.get("request_id"), "request_id")
    return Question(request, named, rows, _references(references, len(rows)), reasons)


def open_inference(body: bytes, package: Package) -> Question:
    """A question in the Open Inference Protocol v2: one tensor an input, of shape `[n]` or `[n, 1]`."""
    value = parse(body)
    _only(value, {"id", "parameters", "inputs", "outputs"})
    tensors = value.get("inputs")
    if not isinstance(tensors, list) or not tensors:
        raise FixTheInput("`inputs` must be a list of tensors, at least one.", field="inputs")
    columns: dict[str, list[Any]] = {}
    kinds = {column.name: column.dtype for column in package.contract.columns}
    for place, tensor in enumerate(tensors):
        name, data = _tensor(tensor, f"inputs[{place}]", kinds)
        if name in columns:
            raise FixTheInput("An input stands twice.", field=f"inputs[{place}].name")
        columns[name] = data
    sizes = {len(data) for data in columns.values()}
    if len(sizes) != 1:
        raise FixTheInput("All inputs must have the same number of rows.", field="inputs")
    size = sizes.pop()
    _count(size)
    rows = [{name: data[i] for name, data in columns.items()} for i in range(size)]
    parameters = value.get("parameters", {})
    if not isinstance(parameters, dict):
        raise FixTheInput("`parameters` must be an object.", field="parameters")
    reference = parameters.get("reference", "")
    request, named = _request(value.get("id"), "id")
    references = _references([reference] if reference != "" else [""] * size, size)
    return Question(request, named, rows, references, outputs=_outputs(value.get("outputs", [])))


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("A name stands twice in one object.", "Which of the two values is meant cannot be known.")
    return found


def _only(value: dict[str, Any], known: set[str]) -> None:
    if extra := sorted(set(value) - known):
        raise FixTheInput(f"The body holds an unknown name; known are {', '.join(sorted(known))}.", field=extra[0][:40])


def _count(rows: int) -> None:
    if not 1 <= rows <= MOST_ROWS:
        raise FixTheInput(f"A request must hold 1 to {MOST_ROWS:,} rows.", field="rows")


def _request(value: Any, field: str) -> tuple[str, bool]:
    if value is None or value == "":
        return secrets.token_hex(16), False
    if not isinstance(value, str) or not REQUEST_ID.fullmatch(value):
        raise FixTheInput(f"`{field}` must be 1 to 128 letters, digits and `._:-`.", field=field)
    return value, True


def _references(values: list[Any], rows: int) -> list[str]:
    if len(values) != rows or not all(isinstance(v, str) and len(v) <= LONGEST_REFERENCE for v in values):
        raise FixTheInput(
            f"`reference` must be one text of at most {LONGEST_REFERENCE} characters for each row.", field="reference"
        )
    return values


def _tensor(tensor: Any, field: str, kinds: Mapping[str, str]) -> tuple[str, list[Any]]:
    if not isinstance(tensor, dict):
        raise FixTheInput("An input must be an object.", field=field)
    _only(tensor, {"name", "shape", "datatype", "data", "parameters"})
    name, shape, data = tensor.get("name"), tensor.get("shape"), tensor.get("data")
    if not isinstance(name, str) or not name:
        raise FixTheInput("An input must have a name.", field=f"{field}.name")
    datatype = tensor.get("datatype")
    allowed = REAL | WHOLE if kinds.get(name, "text") == "number" else {"BYTES"}
    if not isinstance(datatype, str) or (name in kinds and datatype not in allowed):
        raise FixTheInput(f"The datatype must be one of {', '.join(sorted(allowed))}.", field=f"{field}.datatype")
    if not isinstance(data, list):
        raise FixTheInput("`data` must be a list.", field=f"{field}.data")
    if data and all(isinstance(value, list) and len(value) == 1 for value in data):
        data = [value[0] for value in data]
    if not _fits(shape, len(data)):
        raise FixTheInput("`shape` must be [n] or [n, 1] and fit the data.", field=f"{field}.shape")
    if datatype in WHOLE and any(isinstance(value, float) for value in data):
        raise FixTheInput(f"{datatype} holds whole numbers only.", field=f"{field}.data")
    return name, data


def _fits(shape: Any, size: int) -> bool:
    whole = isinstance(shape, list) and all(type(side) is int for side in shape)
    return whole and shape in ([size], [size, 1])


def _outputs(wanted: Any) -> tuple[str, ...]:
    if not isinstance(wanted, list) or not all(isinstance(w, dict) and isinstance(w.get("name"), str) for w in wanted):
        raise FixTheInput("`outputs` must be a list of objects with a name.", field="outputs")
    return tuple(w["name"] for w in wanted)
