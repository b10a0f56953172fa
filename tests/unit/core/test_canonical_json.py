"""Canonical JSON: equal facts have equal bytes, and only those bytes are read."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassworks.core import canonical
from glassworks.core.errors import FixTheInput

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
FACTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(FACTS)
def test_what_is_written_is_read_back_and_written_again_as_the_same_bytes(facts: Any) -> None:
    content = canonical.to_bytes(facts)
    again = canonical.parse_strict(content)
    assert canonical.to_bytes(again) == content
    assert again == facts


@given(st.dictionaries(TEXT, NUMBERS, min_size=2, max_size=6), st.randoms())
def test_the_order_of_keys_does_not_matter(facts: dict[str, Any], chance: Any) -> None:
    keys = list(facts)
    chance.shuffle(keys)
    assert canonical.digest({key: facts[key] for key in keys}) == canonical.digest(facts)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_survives_also_the_large_ones(number: float) -> None:
    assert float(canonical.parse_strict(canonical.to_bytes(number))) == number


@given(FACTS, st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_is_refused_or_means_other_facts(facts: Any, place: int, flip: int) -> None:
    content = bytearray(canonical.to_bytes(facts))
    content[place % len(content)] ^= flip
    try:
        read = canonical.parse_strict(bytes(content))
    except FixTheInput:
        return
    assert canonical.digest(read) != canonical.digest(facts)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" 1",
        b"1 ",
        b"1\n",
        b"1.0",
        b"1e2",
        b"-0",
        b"01",
        b"NaN",
        b"Infinity",
        b"1e999",
        b"9007199254740993",
        b"1" + b"0" * 400,
        b"1" * 5000,
        b'{"a":1}{}',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\ud800"',
        b"\xff",
        b"\xef\xbb\xbf1",
        b'"\x01"',
        b"[1,]",
        b"[" * 100_000,
        b"[" * 5000 + b"]" * 5000,
    ],
)
def test_other_spellings_duplicate_keys_and_trailing_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(FixTheInput):
        canonical.parse_strict(content)


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53, "\ud800", {1: 2}, {"a": object()}])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(FixTheInput):
        canonical.to_bytes(value)


def test_the_examples_of_rfc_8785_come_out_as_printed_there() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical.to_bytes(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical.to_bytes(keys)).values()) == [2, 4, 6, 7, 1, 5, 3]
