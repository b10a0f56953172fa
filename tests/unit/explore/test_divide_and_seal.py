"""Rows are divided and sealed before anyone looks."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from glassworks.core.contract import Windows
from glassworks.core.errors import Broken, FixTheInput
from glassworks.stages.explore import seal
from glassworks.stages.explore.divide import divide
from glassworks.stages.explore.read import read_table

MONTHS = [f"2026-{1 + k // 10:02d}" for k in range(120)]
FRAME = pl.DataFrame({"month": MONTHS, "n": range(120), "y": [k % 2 for k in range(120)]})
BY_TIME = Windows(kind="time", time_column="month", sealed_from="2026-07", replay_from="2026-10", declared="invented")


def test_time_windows_cut_where_the_brief_says_and_keep_the_order() -> None:
    parts = divide(FRAME, BY_TIME, seed=1)
    assert parts.replay is not None
    assert (parts.open.height, parts.sealed.height, parts.replay.height) == (60, 30, 30)
    assert parts.open["n"].to_list() == list(range(60))
    assert "60 open, 30 sealed, 30 replay" in parts.sentence and "Declared: invented." in parts.sentence


def test_without_a_replay_window_the_rest_is_sealed() -> None:
    parts = divide(FRAME, BY_TIME.model_copy(update={"replay_from": ""}), seed=1)
    assert parts.replay is None and parts.sealed.height == 60


def test_random_division_is_repeatable_by_its_seed_and_loses_no_row() -> None:
    first, again, other = (divide(FRAME, Windows(), seed) for seed in (7, 7, 8))
    assert first.sealed.equals(again.sealed) and not first.sealed.equals(other.sealed)
    assert first.sealed.height == 36
    assert sorted(first.open["n"].to_list() + first.sealed["n"].to_list()) == list(range(120))


def test_equal_rows_never_stand_on_both_sides() -> None:
    parts = divide(pl.concat([FRAME] * 4), Windows(), seed=3)
    assert set(parts.open["n"]).isdisjoint(set(parts.sealed["n"]))
    assert parts.open.height + parts.sealed.height == 480


def named_anew(frame: pl.DataFrame, times: float) -> pl.DataFrame:
    """Rows repeated so many times, each under a name of its own."""
    whole = int(times)
    again = pl.concat([frame] * whole + [frame.head(round((times - whole) * frame.height))])
    return again.with_columns(name=pl.Series([f"c{7919 * k % 10007}" for k in range(again.height)]))


@pytest.mark.parametrize("identifier", ["name", ""])
def test_rows_brought_twice_under_new_names_stand_on_one_side(identifier: str) -> None:
    rng = np.random.default_rng(1)
    fine = pl.DataFrame(
        {"x": rng.normal(size=500).round(4), "k": rng.integers(0, 3, 500), "y": rng.integers(0, 2, 500)}
    )
    parts = divide(named_anew(fine, 1.9), Windows(), 3, identifier)
    assert parts.open.drop("name").join(parts.sealed.drop("name"), on=["x", "k", "y"]).height == 0
    assert parts.sentence.endswith("the columns that name a row aside.")


def test_cases_of_their_own_that_look_alike_are_divided_one_by_one() -> None:
    rng = np.random.default_rng(1)
    coarse = pl.DataFrame({"a": rng.integers(0, 4, 900), "b": rng.integers(0, 3, 900), "y": rng.integers(0, 2, 900)})
    named = named_anew(coarse, 1.0)
    parts = divide(named, Windows(), 3, "name")
    assert parts.sealed.height == round(Windows().sealed_share * 900)
    assert parts.sealed.equals(divide(named, Windows(), 3).sealed)


EXAMPLES = Path(__file__).parents[3] / "src" / "glassworks" / "examples"


@pytest.mark.parametrize("table", ["german_credit/applications.csv", "telco_churn/customers.csv"])
def test_the_example_cases_keep_their_division(table: str) -> None:
    path = EXAMPLES / table
    frame, seed = read_table(path.read_bytes(), path.name), 20_260_801
    drawn = np.random.default_rng(seed).permutation(frame.height) < round(Windows().sealed_share * frame.height)
    assert divide(frame, Windows(), seed, "customerID").sealed.equals(frame.filter(pl.Series(drawn)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time_column": "week"}, "no time column 'week'"),
        ({"time_column": ""}, "names no time column"),
        ({"sealed_from": "July"}, "cannot be compared"),
        ({"sealed_from": "2027-01", "replay_from": ""}, "No row falls into the sealed window"),
        ({"sealed_from": "2025-01"}, "No row falls into the open window"),
        ({"replay_from": "2026-05"}, "must begin after"),
    ],
)
def test_windows_that_cannot_be_are_refused(change: dict[str, str], words: str) -> None:
    with pytest.raises(FixTheInput, match=words):
        divide(FRAME, BY_TIME.model_copy(update=change), seed=1)


def test_dates_that_do_not_sort_and_missing_times_are_refused() -> None:
    with pytest.raises(FixTheInput, match="not written as ISO"):
        divide(FRAME.with_columns(month=pl.lit("31/01/2026")), BY_TIME, seed=1)
    with pytest.raises(FixTheInput, match="1 missing"):
        divide(FRAME.with_columns(month=pl.col("month").replace("2026-01", None)).slice(9), BY_TIME, seed=1)


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(FixTheInput, match="12 rows: too few"):
        divide(FRAME.head(12), Windows(), seed=1)


def test_packed_rows_come_back_equal() -> None:
    assert seal.unpack(seal.pack(FRAME)).equals(FRAME)


def test_sealed_rows_open_with_the_key_alone() -> None:
    key, packed = bytes(range(32)), seal.pack(FRAME)
    locked = seal.lock(key, packed)
    assert packed not in locked and seal.lock(key, packed) != locked
    assert seal.unlock(key, locked) == packed
    for changed in (locked[:-1] + bytes([locked[-1] ^ 1]), b"x" + locked[1:], b""):
        with pytest.raises(Broken, match="do not open"):
            seal.unlock(key, changed)
    with pytest.raises(Broken, match="do not open"):
        seal.unlock(bytes(32), locked)
