"""Conditions of an approval: which words are enforced, and what they then do to a row."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassworks.core import conditions
from glassworks.core.conditions import FORMS, Terms, is_enforced, terms, unfit
from glassworks.core.usecase import Column


def test_the_examples_hold() -> None:
    assert doctest.testmod(conditions).failed == 0


def test_every_form_that_people_are_shown_is_enforced() -> None:
    assert all(is_enforced(one) and is_enforced(f" {one.upper()[0]}{one[1:]}. ") for one in FORMS)


def test_other_words_are_kept_by_people() -> None:
    for words in (
        "watch the complaints",
        "at most 500 a day",
        "10 % go to a person",
        "only where contact",
        "only where amount is from 0 to 5,000",
        "",
    ):
        assert not is_enforced(words)


def test_of_several_conditions_each_holds() -> None:
    found = terms(["at most 1,000 cases a month", "at most 50 cases a day", "5 of 100 cases go to a person",
                   "20 of 100 cases go to a person", *FORMS[2:]])  # fmt: skip
    assert [(cap.most, cap.each) for cap in found.caps] == [(1000, "month"), (50, "day")]
    assert found.review == 0.2
    assert found.outside({"contact": "cellular", "amount": 4000}) == []
    assert found.outside({"contact": "letter", "amount": 4000}) == [f"it was approved {FORMS[2]}"]
    assert len(found.outside({"contact": None, "amount": True})) == 2


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_words_can_be_read(said: list[str]) -> None:
    assert isinstance(terms(said), Terms)


def test_a_share_for_review_is_kept_and_the_same_case_is_drawn_again() -> None:
    found = terms(["10 of 100 cases go to a person"])
    rows = [{"age": place} for place in range(4000)]
    drawn = [found.reviewed("rel-1", row) for row in rows]
    assert 320 <= sum(drawn) <= 480
    assert drawn == [found.reviewed("rel-1", row) for row in rows]
    assert not any(Terms().reviewed("rel-1", row) for row in rows)
    assert all(terms(["100 of 100 cases go to a person"]).reviewed("rel-1", row) for row in rows[:50])


AGE = Column(name="age", dtype="number", low=18, high=95)
CONTACT = Column(name="contact", dtype="category", levels=("cellular", "telephone"))


@pytest.mark.parametrize(
    ("words", "column", "why"),
    [
        ("only where age is from 18 to 60", AGE, ""),
        ("only where contact is cellular or telephone", CONTACT, ""),
        ("only where contact is celular", CONTACT, "its values are cellular, telephone"),
        ("only where age is 30", AGE, "write `only where age is from 0 to 10`"),
        ("only where contact is from 1 to 2", CONTACT, "write `only where contact is one or another`"),
        ("only where age is from 60 to 18", AGE, "lower number first"),
        ("only where shoe size is from 36 to 44", None, "name one of its inputs"),
    ],
)
def test_a_condition_that_would_refuse_every_row_says_what_to_write(
    words: str, column: Column | None, why: str
) -> None:
    (one,) = terms([words]).only
    found = unfit(one, column)
    assert (why in found) and bool(found) == bool(why)
