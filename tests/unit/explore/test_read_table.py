"""Any table is read, or refused with what is wrong, why, and what to do; never with a cell of the file."""

import io
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.errors import FixTheInput
from glassworks.stages.explore.read import read, read_table

UGLY = Path(__file__).parents[2] / "material" / "ugly"


def ugly(name: str) -> bytes:
    return (UGLY / name).read_bytes()


REFUSED = {
    "04_duplicate_columns.csv": ("Churn, tenure", "more than once", "Rename or remove"),
    "05_empty.csv": ("is empty", "no header and no rows", "Choose the file"),
    "06_header_only.csv": ("header and no rows", "21 columns", "Choose the file"),
    "15_high_ratio.zip": ("a zip file", "Only CSV and Parquet", "Export the table"),
    "16_path_escape.zip": ("a zip file", "Only CSV and Parquet", "Export the table"),
    "17_nested.parquet": ("tags, address, kv, raw", "one number or one text", "Flatten"),
    "18_report.xlsx": ("an Excel workbook", "Only CSV and Parquet", "Export the table"),
    "22_no_header_r_names.csv": ("looks like data", "is a number", "columns' names on top"),
    "24_ragged_newlines.csv": ("Line 5 has 5 cells where the header has 4", "2 further rows", "double quotes"),
    "25_null_bytes.csv": ("Line 3 holds a NUL", "broken exports", "Export the table again"),
    "27_many_columns_few_rows.csv": ("5,001 columns and only 12 rows: too few rows", "chance alone", "at least 50"),
    "28_lfs_pointer.csv": ("Git LFS pointer", "elsewhere", "git lfs pull"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_an_ugly_file_is_refused_with_what_why_and_what_to_do(name: str) -> None:
    with pytest.raises(FixTheInput) as refused:
        read_table(ugly(name), name)
    for words in REFUSED[name]:
        assert words in str(refused.value)
    assert refused.value.next_step


def test_latin_1_text_is_recognised_and_said() -> None:
    reading = read(ugly("01_latin1_header.csv"), "bikes.csv")
    assert "Latin-1" in reading.sentence
    assert any("°C" in name for name in reading.frame.columns)


def test_utf_16_with_a_mark_is_read() -> None:
    assert read_table("a,b\n1,é\n".encode("utf-16"), "x.csv")["b"].to_list() == ["é"]


@pytest.mark.parametrize("name", ["02_semicolon_decimal_comma.csv", "02b_semicolon_plus_stray_commas.csv"])
def test_a_decimal_comma_file_with_stray_commas_and_blank_rows_is_read_as_numbers(name: str) -> None:
    reading = read(ugly(name), name)
    assert "semicolon" in reading.sentence and reading.frame.width == 15
    assert reading.frame["CO(GT)"].dtype == pl.Float64 and reading.frame["CO(GT)"][0] == 2.6
    assert any("without a name" in note for note in reading.notes)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_each_separator_is_found(separator: str) -> None:
    content = f"a{separator}b\n1{separator}x\n2{separator}y\n".encode()
    assert read_table(content, "x.csv").to_dict(as_series=False) == {"a": [1, 2], "b": ["x", "y"]}


def test_a_byte_order_mark_and_a_tab_inside_a_name_are_cleaned() -> None:
    frame = read_table(ugly("03_bom_tab_in_header.csv"), "students.csv")
    assert frame.columns[0] == "Marital status"
    assert not any("\t" in name or name != name.strip() for name in frame.columns)


def test_a_single_column_under_every_separator_is_refused() -> None:
    with pytest.raises(FixTheInput, match="No separator"):
        read_table(b"a^b\n1^2\n", "x.csv")


def test_bytes_that_are_no_text_are_refused_as_unknown_encoding() -> None:
    with pytest.raises(FixTheInput, match="encoding is not known"):
        read_table(bytes([7, 129, 141, 2, 3]) * 20, "x.csv")


def test_a_quote_that_is_never_closed_is_refused_by_line() -> None:
    with pytest.raises(FixTheInput, match="line 3 or below and never closed"):
        read_table(b'a,b\n1,2\n3,"4\n', "x.csv")


def test_line_breaks_and_separators_inside_quotes_belong_to_the_cell() -> None:
    assert read_table(b'a,b\n"x, ""y""\nz",1\n', "x.csv")["a"].to_list() == ['x, "y"\nz']


def test_no_refusal_shows_a_cell_of_the_file() -> None:
    with pytest.raises(FixTheInput) as refused:
        read_table(b"name,iban\nAnna,SECRET-1\nBerta,SECRET-2,extra\n", "x.csv")
    assert "SECRET" not in str(refused.value) and "Berta" not in str(refused.value)


def test_giant_integers_and_leading_zeros_stay_exact_as_text() -> None:
    frame = read_table(ugly("10_giant_integers.csv"), "accounts.csv")
    assert frame["account"].dtype == pl.String and frame["account"][1] == "1000000000000000000007"
    assert frame["balance"].dtype == pl.String
    assert read_table(b"code,y\n007,1\n010,0\n", "x.csv")["code"].to_list() == ["007", "010"]


def test_infinite_and_broken_cells_become_missing_and_it_is_said() -> None:
    reading = read(ugly("11_inf_nan_strings.csv"), "x.csv")
    assert reading.frame["x1"].dtype == pl.Float64
    assert reading.frame["x1"].is_finite().drop_nulls().all()
    assert any("infinite" in note for note in reading.notes)


def test_a_column_without_values_is_kept_and_reported() -> None:
    reading = read(ugly("29_constant_and_id.csv"), "x.csv")
    assert reading.frame["all_null"].null_count() == reading.frame.height
    assert any(note.startswith("all_null: no value") for note in reading.notes)


def test_words_among_numbers_keep_the_column_as_text_and_it_is_said() -> None:
    reading = read(ugly("09_mixed_types.csv"), "x.csv")
    assert reading.frame["age"].dtype == pl.String
    assert any(note.startswith("age:") for note in reading.notes)


def test_parquet_comes_back_as_numbers_and_text_only() -> None:
    out = io.BytesIO()
    frame = pl.DataFrame({"n": [1, 2], "f": [0.5, float("inf")], "b": [True, False], "s": ["x", None]})
    frame.with_columns(d=pl.date(2026, 3, 31), c=pl.lit("k").cast(pl.Categorical)).write_parquet(out)
    found = read_table(out.getvalue(), "x.parquet")
    assert found.dtypes == [pl.Int64, pl.Float64, *[pl.String] * 4]
    assert found["d"][0] == "2026-03-31" and found["f"].to_list() == [0.5, None]


def test_damaged_parquet_is_refused() -> None:
    with pytest.raises(FixTheInput, match="begins like Parquet"):
        read_table(b"PAR1" + b"\x00" * 40, "x.parquet")


def test_parquet_with_one_broken_page_is_refused_and_never_crashes() -> None:
    out = io.BytesIO()
    pl.DataFrame({"n": range(500), "s": [f"text {k % 7}" for k in range(500)]}).write_parquet(out)
    content = bytearray(out.getvalue())
    content[20:60] = bytes(40)
    with pytest.raises(FixTheInput, match="cannot be read"):
        read_table(bytes(content), "x.parquet")


@given(st.lists(st.sampled_from([",", ";", "\n", '"', "a", "1", "1,5", "é", " ", "-", "\t", "x;y\n"]), max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_or_refused_in_words(parts: list[str]) -> None:
    with suppress(FixTheInput):
        assert read_table("".join(parts).encode(), "x.csv").height > 0


def test_one_row_to_score_is_a_table() -> None:
    assert read_table(b"a,b\n1,2\n", "x.csv").shape == (1, 2)
