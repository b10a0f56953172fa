"""Rows that cannot be read, and rows that the model was not validated for."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from glassworks.core.domain import faults, outside
from glassworks.core.usecase import Column, ColumnDecision, DataContract

CONTRACT = DataContract(
    columns=(
        Column(name="age", dtype="number", low=18, high=95),
        Column(name="pdays", dtype="number", low=0, high=800),
        Column(name="job", dtype="category", levels=("clerk", "nurse"), missing_share=0.1),
        Column(name="since", dtype="date"),
        Column(name="note", dtype="text", missing_share=0.2),
    ),
    decisions=(ColumnDecision(column="pdays", decision="sentinel", reason="never", sentinel=-1),),
)
INPUTS = ["age", "pdays", "job", "since", "note"]
ROW: dict[str, Any] = {"age": 41, "pdays": 3, "job": "clerk", "since": "2020-02-29", "note": "a"}


def test_a_row_of_the_contract_is_readable_and_inside() -> None:
    assert faults(CONTRACT, INPUTS, ROW) == [] and outside(CONTRACT, ROW) == []


def test_a_sentinel_outside_the_range_is_inside_the_domain() -> None:
    assert outside(CONTRACT, ROW | {"pdays": -1}) == []
    assert outside(CONTRACT, ROW | {"pdays": -2}) == ["pdays lies below the validated range 0 to 800"]


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("age", True, "must be a number"),
        ("age", "41", "must be a number"),
        ("age", [41], "must be a number"),
        ("age", float("nan"), "must be a finite number, not NaN or an infinity"),
        ("age", float("-inf"), "must be a finite number, not NaN or an infinity"),
        ("age", 10**400, "is too large to be an exact number"),
        ("age", -(2**53) - 1, "is too large to be an exact number"),
        ("job", 1, "must be a string, one of the known categories"),
        ("job", False, "must be a string, one of the known categories"),
        ("job", "\ud800", "holds half a character (a lone surrogate)"),
        ("note", "x" * 10_001, "is longer than 10,000 characters"),
        ("note", {}, "must be a string"),
        ("since", "2021-02-29", "must be a string with a date such as 2026-03-31"),
        ("since", 20200229, "must be a string with a date such as 2026-03-31"),
    ],
)
def test_a_wrong_value_is_named_without_being_repeated(field: str, value: Any, what: str) -> None:
    (fault,) = faults(CONTRACT, INPUTS, ROW | {field: value})
    assert (fault.field, fault.what) == (field, what)


SEEN = DataContract(
    columns=(
        Column(name="since", dtype="date", first=date(2020, 1, 15), last=date(2026, 10, 31)),
        Column(name="note", dtype="text", longest=40),
    )
)


@pytest.mark.parametrize("day", ["2020-01-15", "2026-10-31T23:00:00", "2020-02", "2027-11-01"])
def test_a_day_among_those_seen_or_within_a_year_after_is_inside(day: str) -> None:
    assert faults(SEEN, ["since", "note"], {"since": day, "note": "a"}) == []
    assert outside(SEEN, {"since": day, "note": "x" * 40}) == []


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("since", "2020-01-14", "since lies before the validated days 2020-01-15 to 2026-10-31"),
        ("since", "0001-01-01", "since lies before"),
        ("since", "2027-11-02", "since lies more than 366 days after the validated days"),
        ("since", "9999-12-31", "since lies more than 366 days after"),
        ("note", "x" * 41, "note is longer than the 40 letters up to which the model was validated"),
    ],
)
def test_a_day_or_a_text_beyond_those_seen_lies_outside(field: str, value: str, says: str) -> None:
    (reason,) = outside(SEEN, {"since": "2021-01-01", "note": "a"} | {field: value})
    assert reason.startswith(says)


def test_a_data_contract_of_before_says_nothing_of_days_and_lengths() -> None:
    old = DataContract.model_validate(
        {"columns": [{"name": "since", "dtype": "date"}, {"name": "note", "dtype": "text"}]}
    )
    assert outside(old, {"since": "9999-12-31", "note": "x" * 9999}) == []
    assert not {"first", "last", "longest"} & set(old.facts()["columns"][0]), "its digest stays what it was"


def test_a_missing_column_and_an_extra_one_are_named() -> None:
    row = {name: value for name, value in ROW.items() if name != "age"} | {"Age": 41}
    assert [fault.field for fault in faults(CONTRACT, INPUTS, row)] == ["age", "Age"]


def test_the_name_of_an_extra_column_is_cut_short() -> None:
    (fault,) = faults(CONTRACT, INPUTS, ROW | {"x" * 1000: 1})
    assert len(fault.field) == 40


def test_an_input_that_the_contract_does_not_describe_is_a_fault() -> None:
    (fault,) = faults(CONTRACT, [*INPUTS, "income"], ROW | {"income": 1})
    assert fault.what == "is not described by the data contract"


def test_a_missing_value_is_readable_and_inside_only_where_it_was_seen() -> None:
    row = ROW | {"job": None, "note": None}
    assert faults(CONTRACT, INPUTS, row) == [] and outside(CONTRACT, row) == []
    (reason,) = outside(CONTRACT, ROW | {"since": None})
    assert reason.startswith("since is missing")


def test_a_row_without_any_value_is_outside_even_when_each_may_be_missing() -> None:
    assert outside(CONTRACT, {"job": None, "note": None}) == ["every input is missing"]


def test_an_unknown_category_is_outside_without_being_repeated() -> None:
    assert outside(CONTRACT, ROW | {"job": "spy"}) == ["job holds a category that the model was not validated on"]


@given(
    some.dictionaries(
        some.sampled_from([*INPUTS, "else"]),
        some.none() | some.booleans() | some.floats() | some.text("a1-\ud800", max_size=12),
    )
)
def test_any_row_is_judged_and_a_readable_one_can_be_judged_for_its_domain(row: dict[str, Any]) -> None:
    if not faults(CONTRACT, INPUTS, row):
        assert all(isinstance(reason, str) for reason in outside(CONTRACT, row))
