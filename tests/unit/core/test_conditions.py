"""Conditions of an approval: which words are enforced, and what they then do to a row."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassworks.core import conditions
from glassworks.core.conditions import FORMS, Terms, is_enforced, kept, refusal, terms, unfit
from glassworks.core.stage import Stage
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
        "",
    ):
        assert not is_enforced(words)


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("at most 500 cases a day;", FORMS[0]),
        ("- At most 500  cases per day!", FORMS[0]),
        ("at most 500 cases each day", FORMS[0]),
        ("10 % of the cases go to a person", FORMS[1]),
        ("10% of cases go to a person.", FORMS[1]),
        ("10.0 of 100 cases go to a person", FORMS[1]),
        ("only where contact is cellular or telephone;", FORMS[2]),
        ("only where amount is from 0 to 5,000", FORMS[3]),
        ("only where amount is from 0.0 to 5000.00", FORMS[3]),
    ],
)
def test_what_says_the_same_as_a_form_is_kept_as_that_form(words: str, same: str) -> None:
    found, form = terms([words]), terms([same])
    assert (found.caps, found.review) == (form.caps, form.review)
    assert [one.model_copy(update={"words": ""}) for one in found.only] == [
        one.model_copy(update={"words": ""}) for one in form.only
    ]
    assert not refusal(words)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("at most 1.000 cases a day", "1.000 may be read in two ways"),
        ("at most 1,5 cases a day", "1,5 may be read in two ways"),
        ("only where amount is from 0 to 1.500", "1.500 may be read in two ways"),
        ("only where amount is from 0 to 1,5", "1,5 may be read in two ways"),
        ("10,5 of 100 cases go to a person", "10,5 may be read in two ways"),
        ("at most 500 a day", FORMS[0]),
        ("at most \uff15\uff10\uff10 cases a day", FORMS[0]),
        ("at most 0 cases a day", FORMS[0]),
        ("at most 2.5 cases a day", FORMS[0]),
        ("At most 500 cases a day and 10 of 100 cases go to a person", "alone on its line"),
        ("10 % go to a person", FORMS[1]),
        ("0 of 100 cases go to a person", FORMS[1]),
        ("101 of 100 cases go to a person", FORMS[1]),
        ("only where contact", FORMS[2]),
        ("only where amount is from 0", FORMS[3]),
    ],
)
def test_what_nearly_has_a_form_is_refused_and_nothing_of_it_is_kept(words: str, why: str) -> None:
    assert why in refusal(words)
    assert terms([words]) == Terms()


@given(st.text(max_size=60))
def test_a_condition_is_kept_or_refused_or_plainly_for_people(said: str) -> None:
    assert not (refusal(said) and is_enforced(said))
    (one,) = kept([said], Stage.VALIDATE)
    assert (one.by == "server") == is_enforced(said) and said in one.words


def test_only_the_conditions_of_gate_4_reach_the_server() -> None:
    assert [kept([FORMS[0]], stage)[0].by for stage in Stage] == ["people", "people", "people", "server", "people"]


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
