"""Columns learned from training rows meet later rows that lack them, add to them, or spell them otherwise."""

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.frameworks.table import Columns, answers, complete, label_key

TRAINED = pl.DataFrame(
    {"age": [30, 40, 50], "job": ["a", "a", None], "in": [True, False, None], "since": [date(2020, 1, 1)] * 3}
)


def test_the_order_of_the_columns_survives_json() -> None:
    learned = Columns.learn(TRAINED, ("since", "age", "job", "in"))
    assert Columns.of(learned.as_dict()) == learned
    assert Columns.of(learned.as_dict()).names == ("since", "age", "job", "in")


def test_absent_unseen_and_missing_cells_are_all_missing() -> None:
    learned = Columns.learn(TRAINED, ("age", "job", "in", "since"))
    later = pl.DataFrame({"job": ["zebra", "a", None], "age": ["31", "x", None]})
    assert np.array_equal(
        learned.matrix(later),
        [[31, np.nan, np.nan, np.nan], [np.nan, 0, np.nan, np.nan], [np.nan] * 4],
        equal_nan=True,
    )


def test_infinite_numbers_are_missing() -> None:
    learned = Columns.learn(TRAINED, ("age",))
    assert np.isnan(learned.matrix(pl.DataFrame({"age": [float("inf"), float("nan")]}))).all()


@pytest.mark.parametrize(
    "spelling",
    [["2020-01-02"], ["2020-01-02T00:00:00Z"], ["2020-01-02 00:00:00.0"], [date(2020, 1, 2)], [datetime(2020, 1, 2)]],
)
def test_a_date_is_days_however_it_arrives(spelling: list[object]) -> None:
    learned = Columns.learn(TRAINED, ("since",))
    assert learned.matrix(pl.DataFrame({"since": spelling})).tolist() == [[18263.0]]


def test_each_date_is_read_by_itself() -> None:
    learned = Columns.learn(TRAINED, ("since",))
    mixed = pl.DataFrame({"since": ["2020-01-02T12:00:00", "2020-01-02", "02/01/2020", None]})
    assert np.array_equal(learned.matrix(mixed)[:, 0], [18263.5, 18263.0, np.nan, np.nan], equal_nan=True)


def test_a_date_that_is_no_date_is_missing() -> None:
    learned = Columns.learn(TRAINED, ("since",))
    assert np.isnan(learned.matrix(pl.DataFrame({"since": ["soon", None]}))).all()
    assert np.isnan(learned.matrix(pl.DataFrame({"since": [None, None]}))).all()
    assert np.isnan(learned.matrix(pl.DataFrame({"since": [5]}))).all()


def test_categories_too_rare_to_learn_from_are_left_out_and_their_number_is_capped() -> None:
    many = pl.DataFrame({"id": [f"only {row}" for row in range(500)], "job": [f"j{row % 250}" for row in range(500)]})
    learned = Columns.learn(many, ("id", "job"))
    assert learned.levels["id"] == ()
    assert len(learned.levels["job"]) == 100
    assert np.isnan(learned.matrix(many)[:, 0]).all()


def test_a_column_no_model_can_use_is_refused_by_name() -> None:
    with pytest.raises(FixTheInput, match="basket"):
        Columns.learn(pl.DataFrame({"basket": [[1, 2], [3]]}), ("basket",))
    with pytest.raises(FixTheInput, match="income"):
        Columns.learn(TRAINED, ("income",))


def test_complete_gives_exactly_the_named_columns() -> None:
    found = complete(TRAINED, ("income", "age"))
    assert found.columns == ["income", "age"]
    assert found["income"].null_count() == 3


def test_one_label_has_one_spelling() -> None:
    assert [label_key(one) for one in (1, 1.0, "1", "1.0", np.int64(1))] == ["1"] * 5
    assert label_key(True) == label_key("True") == label_key("true") == "true"
    assert label_key("yes") == "yes"


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (["no", "yes", None], ("no", "yes")),
        ([0, 1, None], ("0", "1")),
        ([False, True, None], ("false", "true")),
    ],
)
def test_the_second_label_is_the_positive_one(values: list[object], labels: tuple[str, str]) -> None:
    y, known = answers(pl.Series("answer", values), Task.BINARY, labels)
    assert y.tolist() == [0.0, 1.0]
    assert known.tolist() == [True, True, False]
    assert answers(pl.Series("answer", values), Task.BINARY, labels[::-1])[0].tolist() == [1.0, 0.0]


def test_a_target_without_outcomes_or_with_one_value_is_refused() -> None:
    with pytest.raises(FixTheInput, match="usable value"):
        answers(pl.Series("answer", ["perhaps", None]), Task.BINARY, ("no", "yes"))
    with pytest.raises(FixTheInput, match="same value"):
        answers(pl.Series("answer", ["yes", "yes"]), Task.BINARY, ("no", "yes"))
