"""One way to turn a record into bytes (RFC 8785), so that equal facts have equal hashes."""

import hashlib
import json
from typing import Any

import rfc8785

from glassworks.core.errors import FixTheInput

DIGEST_PREFIX = "sha256:"
LARGEST_EXACT = 2**53 - 1


def to_bytes(value: Any) -> bytes:
    """Canonical JSON bytes of plain data (RFC 8785): sorted keys, no white space, UTF-8.

    Raises
    ------
    FixTheInput : the value holds NaN, an infinity, or an integer beyond 2**53.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise FixTheInput(
            "This value cannot be written as canonical JSON.", str(error), "Replace the value and try again."
        ) from error


def digest(value: Any) -> str:
    """`sha256:` and the hex hash of the canonical bytes of plain data."""
    return digest_bytes(to_bytes(value))


def digest_bytes(content: bytes) -> str:
    """`sha256:` and the hex hash of raw bytes."""
    return DIGEST_PREFIX + hashlib.sha256(content).hexdigest()


def _number(text: str) -> int | float:
    """A whole number; from 2**53 on RFC 8785 writes a float without a point, so it is read back as one."""
    whole = int(text)
    return whole if abs(whole) <= LARGEST_EXACT else float(whole)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def parse_strict(content: bytes) -> Any:
    """Parse canonical JSON and refuse everything else.

    Raises
    ------
    FixTheInput : not UTF-8, not JSON, a duplicate key, trailing data, or bytes that are not canonical.
    """
    try:
        value = json.loads(content.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_int=_number)
    except (ValueError, RecursionError, OverflowError) as error:
        raise FixTheInput("These bytes are not strict JSON.", str(error)) from error
    if to_bytes(value) != content:
        raise FixTheInput(
            "These bytes are not canonical JSON.",
            "The same facts must always have the same bytes (RFC 8785); these differ in order, spacing or number form.",
        )
    return value
