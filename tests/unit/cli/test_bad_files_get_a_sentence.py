"""Every ugly file gets a clear sentence and leaves nothing half-done, or becomes a use case."""

import sqlite3
from pathlib import Path

import pytest

UGLY = Path(__file__).parents[2] / "material" / "ugly"
TARGETS = ("y", "target", "churn", "label", "outcome", "class", "value", "default")


def counts(home: Path) -> dict[str, int]:
    with sqlite3.connect(home / "glassworks.db") as database:
        return dict(database.execute("SELECT kind, count(*) FROM records GROUP BY kind"))


def target_of(file: Path) -> str:
    head = file.read_bytes()[:2000].decode("utf-8", "replace").splitlines()
    names = [
        name.strip('\ufeff" ') for name in (head[0] if head else "").replace(";", ",").replace("\t", ",").split(",")
    ]
    return next((name for name in TARGETS if name in names), names[-1] or "y")


@pytest.mark.parametrize("file", sorted(UGLY.iterdir()), ids=lambda p: p.name)
def test_an_ugly_file_is_taken_whole_or_refused_in_words(staffed, file: Path) -> None:
    before = counts(staffed.home)
    said = staffed.run(
        "work", "new", "--data", str(file), "--target", target_of(file), "--title", "ugly", "--as", "data_scientist"
    )
    assert said.code in (0, 2), said
    if said.code:
        assert counts(staffed.home) == before, "nothing is half-done"
        lines = said.err.strip().splitlines()
        assert len(lines) >= 2 and lines[0].endswith("."), said.err
    else:
        assert counts(staffed.home)["dataset"] == 1 and "is on the line as ugly" in said.out
    assert staffed.ok("admin", "verify", "--json").data["faults"] == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", "", "is empty"),
        ("header.csv", "a,b,y\n", "no rows"),
        ("target.csv", "a,b\n" + "1,2\n" * 40, "no column 'y'"),
        ("one-class.csv", "a,y\n" + "".join(f"{n},yes\n" for n in range(60)), "has one value only"),
        ("few.csv", "a,y\n1,yes\n2,no\n", "too few"),
    ],
)
def test_the_commonest_mistakes_are_named(staffed, tmp_path: Path, name: str, content: str, words: str) -> None:
    file = tmp_path / name
    file.write_text(content)
    said = staffed.run("work", "new", "--data", str(file), "--target", "y", "--as", "data_scientist", code=2)
    assert words in said.err


def test_a_file_that_is_not_there_and_a_folder_are_named(staffed, tmp_path: Path) -> None:
    for file in (tmp_path / "nothing.csv", tmp_path):
        said = staffed.run("work", "new", "--data", str(file), "--target", "y", "--as", "data_scientist", code=2)
        assert said.err.startswith("There is no file")


def test_the_same_title_twice_is_refused_and_the_first_case_stays(staffed, tmp_path: Path, bench_rows) -> None:
    file = tmp_path / "calls.csv"
    bench_rows(300).write_csv(file)
    staffed.ok("work", "new", "--data", str(file), "--target", "y", "--as", "data_scientist")
    said = staffed.run("work", "new", "--data", str(file), "--target", "y", "--as", "data_scientist", code=1)
    assert "exists already" in said.err
    assert counts(staffed.home)["use_case"] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "not YAML"),
        ("just words", "names no fields"),
        ("title: x\n", "is not right"),
        ("people: {judge: nobody}\n", "There is no role 'judge'"),
        ("people: {validator: nobody}\n", "Nobody signs in as 'nobody'"),
    ],
)
def test_a_brief_that_cannot_be_read_says_where(staffed, tmp_path: Path, bench_rows, text: str, words: str) -> None:
    file, brief = tmp_path / "calls.csv", tmp_path / "brief.yaml"
    bench_rows(200).write_csv(file)
    staffed.ok("work", "new", "--data", str(file), "--target", "y", "--title", "calls", "--as", "data_scientist")
    brief.write_text(text)
    said = staffed.run("work", "scope", "calls", "--file", str(brief), "--as", "data_scientist", code=2)
    assert words in said.err


def test_a_column_without_values_is_told_with_what_to_do_and_an_outcome_without_values_is_refused(
    staffed, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(
        "age,town,fax,y\n" + "".join(f"{n % 47}.5,{'ABC'[n % 3]},,{'yes' if n % 7 else 'no'}\n" for n in range(300))
    )
    said = staffed.ok("work", "new", "--data", str(file), "--target", "y", "--as", "data_scientist")
    assert "fax: no value in any row" in said.out and "bring a file with its values" in said.out
    assert "0 looks" in staffed.ok("work", "sealed", "--as", "data_scientist").out
    bad = staffed.run("work", "new", "--data", str(file), "--target", "fax", "--as", "data_scientist", code=2)
    assert "missing in every row" in bad.err and "Choose another target" in bad.err
