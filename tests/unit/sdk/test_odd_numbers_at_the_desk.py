"""`gw.check` with NaN, infinities and terms that cannot be: judged as they are, or refused in a sentence."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import glassworks as gw
from glassworks.core.contract import ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.core.result import Verdict
from glassworks.sdk.shapes import Shape

RNG = np.random.default_rng(0)
X = RNG.normal(size=600)
Y = (RNG.random(600) < 1 / (1 + np.exp(-X))).astype(int)
HOLED = np.where(np.arange(600) == 0, np.nan, X)
VALUE = {"act_positive": 100, "act_negative": -10}
COSTS = {"over": 1, "under": 2}


class Turned:
    """The order upside down."""

    classes_ = np.array([0, 1])

    def predict_proba(self, rows: Any) -> np.ndarray:
        p = 1 / (1 + np.exp(np.nan_to_num(np.asarray(rows["x"], dtype=float))))
        return np.column_stack([1 - p, p])


class Same:
    """A forecast that is the column itself."""

    def predict(self, rows: Any) -> np.ndarray:
        return np.nan_to_num(np.asarray(rows["x"], dtype=float))


@pytest.mark.parametrize("made", [pl.DataFrame, pd.DataFrame, dict, lambda rows: {"x": rows["x"].tolist()}])
@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_one_odd_number_does_not_hide_an_effect_against_the_expectation(made: Callable[..., Any], odd: float) -> None:
    rows = made({"x": np.where(np.arange(600) == 0, odd, X)})
    told = gw.check(Turned(), rows, Y, value=VALUE, expected={"x": "up"})
    assert told.verdicts["effects"] is Verdict.FAIL


@pytest.mark.parametrize("made", [pl.DataFrame, pd.DataFrame, dict])
def test_a_model_is_shown_nan_where_nan_came_in(made: Callable[..., Any]) -> None:
    shape = Shape(made({"x": HOLED, "k": np.arange(600)}))
    assert shape.frame["x"].null_count() == 1
    back = np.asarray(shape.back(shape.frame)["x"], dtype=object)
    assert isinstance(back[0], float) and np.isnan(back[0])


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        *(({"target": one}, "target") for one in (np.nan, np.inf, "much", None)),
        *(({"capacity_share": one}, "capacity_share") for one in (0, -0.1, 2, np.nan, "half")),
        *(({"bands": one}, "bands") for one in ((np.nan,), ("a",), 30, "30")),
        *(({"expected": one}, "expected") for one in ({"x": "sideways"}, 3)),
        ({"unit": 3}, "unit"),
        ({"value": 3}, "value"),
        ({"value": {"act_positive": np.nan}}, "value"),
    ],
)
def test_terms_that_cannot_be_are_refused_in_a_sentence(terms: dict[str, Any], field: str) -> None:
    with pytest.raises(FixTheInput) as refused:
        gw.check(Turned(), {"x": X}, Y, **({"value": VALUE} | terms))
    assert refused.value.field == field and "validation error" not in str(refused.value)


@pytest.mark.parametrize(
    "value", [{"over": -1, "under": 2}, {"over": 1, "under": (-1, 2, 3)}, ValueMatrix(over=exactly(-1.0))]
)
def test_a_cost_of_being_wrong_is_never_a_gain(value: Any) -> None:
    with pytest.raises(FixTheInput, match="is negative"):
        gw.check(Same(), {"x": X}, X, value=value)


def test_an_infinite_outcome_is_refused_in_words() -> None:
    with pytest.raises(FixTheInput, match="infinite"):
        gw.check(Same(), {"x": X}, np.where(np.arange(600) == 0, np.inf, X), value=COSTS)


@pytest.mark.parametrize("change", [lambda p: 3 * p, lambda p: p - 0.4, lambda p: p[:, :2]])
def test_probabilities_of_several_classes_are_probabilities(change: Callable[[np.ndarray], np.ndarray]) -> None:
    class Three:
        classes_ = np.array([0, 1, 2])

        def predict_proba(self, rows: Any) -> np.ndarray:
            return change(np.full((len(rows["x"]), 3), 1 / 3))

    with pytest.raises(FixTheInput, match=r"no probabilities|shape"):
        gw.check(Three(), {"x": X}, np.digitize(X, [-0.5, 0.5]), value={"right": 10, "wrong": -5})
