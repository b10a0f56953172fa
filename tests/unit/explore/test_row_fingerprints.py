"""Fingerprints of rows: the same rows are known again in another file, and other rows never are."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.usecase import SharedRows
from glassworks.stages.explore.fingerprints import PART, fingerprints, shared
from glassworks.stages.explore.read import read_table

KEY = b"k" * 32
SEALED = 60


def table(seed: int = 1, n: int = 200) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "id": [f"c-{number:04}" for number in range(n)],
            "amount": rng.normal(size=n).round(4),
            "age": rng.integers(18, 90, n),
            "town": rng.choice(["Aachen", "Bonn", "Celle"], n),
            "y": rng.choice(["yes", "no"], n),
        }
    )


def marks(frame: pl.DataFrame, target: str = "y", sealed: int = SEALED) -> pl.DataFrame:
    return fingerprints(frame[sealed:], frame[:sealed], target, KEY)


def compared(mine: pl.DataFrame, theirs: pl.DataFrame, targets: tuple[str, str] = ("y", "y")) -> SharedRows:
    return shared(marks(mine, targets[0]), marks(theirs, targets[1]), targets, "other")


def through_a_file(frame: pl.DataFrame, change: tuple[bytes, bytes] = (b"", b"")) -> pl.DataFrame:
    return read_table(frame.write_csv().encode().replace(*change, 1), "again.csv")


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(SEALED)), st.permutations(range(5)))
def test_rows_and_columns_in_another_order_are_the_same_rows(rows: list[int], columns: list[int]) -> None:
    frame = table()
    again = pl.concat([frame[:SEALED][rows], frame[SEALED:]])[:, columns]
    assert compared(again, frame) == SharedRows(dataset="other", sealed=SEALED, sealed_there=SEALED)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, SEALED - 1), st.sampled_from(["amount", "age", "town", "y"]))
def test_one_changed_cell_hides_one_row_at_most(row: int, column: str) -> None:
    frame = table()
    value = frame[column].to_list()
    value[row] = {"amount": 99.5, "age": 7, "town": "Essen", "y": "maybe"}[column]
    found = compared(frame.with_columns(pl.Series(column, value)), frame)
    assert found.sealed >= SEALED - 1


def test_a_number_becomes_a_text_in_one_cell_and_the_others_are_known_again() -> None:
    frame = table()
    first = f",{frame['age'][0]},".encode()
    again = through_a_file(frame, (first, b",?x,"))
    assert again["age"].dtype == pl.String
    assert compared(again, frame).sealed == SEALED - 1


@pytest.mark.parametrize("name", ["id", "amount", "age", "town"])
def test_a_column_left_out_or_renamed_does_not_make_new_rows(name: str) -> None:
    frame = table()
    assert compared(frame.drop(name), frame).sealed == SEALED
    assert compared(frame.rename({name: f"{name} 2"}), frame).sealed == SEALED


def test_an_added_column_or_rows_numbered_anew_do_not_make_new_rows() -> None:
    frame = table()
    noise = np.random.default_rng(5).normal(size=frame.height)
    assert compared(frame.with_columns(noise=noise), frame).sealed == SEALED
    again = frame.with_columns(id=pl.Series([f"row {number}" for number in reversed(range(frame.height))]))
    assert compared(again, frame).sealed == SEALED


def test_spaces_case_and_the_writing_of_numbers_do_not_make_new_rows() -> None:
    frame = table()
    again = frame.with_columns(
        pl.col("age").cast(pl.Float64),
        pl.col("town").str.to_uppercase() + " ",
        pl.col("amount").map_elements(lambda v: f"{v:.6f}", return_dtype=pl.String),
    )
    assert compared(again, frame).sealed == SEALED


def test_a_renamed_outcome_is_the_same_outcome_and_another_outcome_is_another_question() -> None:
    frame = table()
    assert compared(frame.rename({"y": "bought"}), frame, ("bought", "y")).sealed == SEALED
    assert compared(frame, frame, ("town", "y")) == SharedRows(dataset="other")


def test_open_rows_that_are_sealed_elsewhere_are_counted_from_both_sides() -> None:
    frame = table()
    turned = pl.concat([frame[100:], frame[:100]])
    found = compared(turned, frame)
    assert (found.sealed, found.seen_there, found.seen_here) == (0, SEALED, SEALED)


def test_other_rows_of_the_same_kind_are_other_rows() -> None:
    assert compared(table(seed=1), table(seed=2)) == SharedRows(dataset="other")


@pytest.mark.parametrize("times", [2.2, 7.0])
@pytest.mark.parametrize("anew", [False, True])
def test_repeating_rows_in_a_file_does_not_make_new_rows(times: float, anew: bool) -> None:
    frame = table()
    whole = int(times)
    again = pl.concat([frame] * whole + [frame.head(int((times - whole) * frame.height))])
    if anew:
        again = again.with_columns(id=pl.Series([f"new {7919 * number % 10007}" for number in range(again.height)]))
    found = compared(again.sample(fraction=1, shuffle=True, seed=1), frame)
    assert found.sealed + found.seen_there > 0.9 * SEALED and found.sealed_there + found.seen_here > 0.9 * SEALED


def test_a_few_new_rows_repeated_a_thousand_times_do_not_hide_the_others() -> None:
    frame, new = table(), table(seed=2, n=4)
    again = pl.concat([frame[:SEALED], *[new] * 1000])
    found = shared(fingerprints(new, again, "y", KEY), marks(frame), ("y", "y"), "other")
    assert found.sealed > 0.9 * again.height and found.sealed_there == SEALED


@pytest.mark.parametrize("columns", [2, 4, 6, 9])
def test_two_samples_of_coarse_rows_are_other_rows(columns: int) -> None:
    def sample(seed: int) -> pl.DataFrame:
        rng = np.random.default_rng(seed)
        return pl.DataFrame(
            {"y": rng.random(800) < 0.1} | {f"c{k}": rng.choice(4, 800, p=[0.5, 0.2, 0.2, 0.1]) for k in range(columns)}
        )

    assert compared(sample(1), sample(2)) == SharedRows(dataset="other")


def test_rows_that_cannot_be_told_apart_prove_nothing() -> None:
    rng = np.random.default_rng(3)
    few = [pl.DataFrame({"a": rng.integers(0, 3, 300), "b": rng.integers(0, 3, 300), "y": rng.integers(0, 2, 300)})
           for _ in range(2)]  # fmt: skip
    assert compared(few[0], few[1]) == SharedRows(dataset="other")


def test_no_cell_stands_in_the_fingerprints_and_another_key_gives_others() -> None:
    frame = table()
    made = marks(frame)
    assert all(kind == pl.UInt32 for kind in made.dtypes)
    other = fingerprints(frame[SEALED:], frame[:SEALED], "y", b"j" * 32)
    assert made[PART].equals(other[PART]) and not made["amount"].equals(other["amount"])
