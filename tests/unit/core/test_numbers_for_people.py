"""A number for people is short, however large it is."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassworks.core import estimate
from glassworks.core.estimate import Estimate, plain, rounded


def test_the_examples_hold() -> None:
    assert doctest.testmod(estimate).failed == 0


@pytest.mark.parametrize(
    ("number", "said"),
    [(999_999_999_999_999.0, "999,999,999,999,999"), (1e15, "1e+15"), (-1.2345e300, "-1.23e+300"), (1e308, "1e+308")],
)
def test_from_a_million_billions_on_it_is_told_by_its_power_of_ten(number: float, said: str) -> None:
    assert plain(number) == rounded(number) == said


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_takes_more_than_twenty_letters(number: float) -> None:
    assert len(plain(number)) <= 20
    one = Estimate(name="x", value=number, low=number, high=number, n=1, method="m")
    assert len(one.says()) < 100
