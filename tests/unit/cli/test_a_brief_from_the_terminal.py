"""A brief from the terminal: five questions, a file that is checked and saved over its version, what changed."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

EXAMPLE = Path(__file__).parents[3] / "src/glassworks/examples/term_deposit/brief.yaml"
ANSWERS = ("--decision", "call the customer", "--for", "agents", "--worth", "80 to 120 EUR", "--mistake", "6 EUR",
           "--know", "customers who stay")  # fmt: skip
AS = ("--as", "data_scientist")


@pytest.fixture
def calls(staffed: Any, tmp_path: Path, bench_rows: Any) -> Any:
    """A use case with data and a draft brief."""
    file = tmp_path / "calls.csv"
    bench_rows(300).write_csv(file)
    staffed.ok("work", "new", "--data", str(file), "--target", "y", "--title", "calls", *AS)
    return staffed


def written(calls: Any, place: Path) -> tuple[Path, dict[str, Any]]:
    file = place / "brief.yaml"
    calls.ok("work", "scope", "calls", "--out", str(file), *AS)
    return file, yaml.safe_load(file.read_text())


def test_five_answers_are_laid_over_the_draft_and_the_rest_stays_marked(calls: Any) -> None:
    brief = calls.ok("work", "start", "calls", *ANSWERS, *AS, "--json").data
    assert brief["version"] == 2 and brief["target"] == "y" and brief["hill"] == {"who": "agents"}
    assert brief["value"]["act_positive"]["mode"] == 100 and brief["value"]["act_negative"]["high"] == -6
    assert "kpi.target" in brief["defaulted"] and "value.act_positive" not in brief["defaulted"]
    assert "people.validator" in brief["defaulted"] and brief["people"]["validator"]
    shown = calls.ok("work", "scope", "calls", *AS).out
    assert "All 4 fields that tier low asks for are written by people" in shown


def test_a_question_without_an_answer_is_named_where_nobody_can_be_asked(calls: Any) -> None:
    said = calls.run("work", "start", "calls", *ANSWERS[:-2], *AS, code=2)
    assert "know" in said.err and "--know" in said.err
    said = calls.run("work", "start", "calls", *ANSWERS[:4], "--worth", "much", *ANSWERS[6:], *AS, code=2)
    assert "worth" in said.err and "80 to 120 EUR" in said.err


def test_a_file_is_saved_over_its_version_once_and_the_same_file_again_saves_nothing(
    calls: Any, tmp_path: Path
) -> None:
    file, fields = written(calls, tmp_path)
    assert (fields["use_case"], fields["version"]) == ("calls", 1)
    assert calls.ok("work", "scope", str(file), *AS, "--json").data["version"] == 1
    fields["kpi"]["target"] = 700
    file.write_text(yaml.safe_dump(fields))
    saved = calls.ok("work", "scope", str(file), *AS, "--json").data
    assert saved["version"] == 2 and "kpi.target" not in saved["defaulted"] and "kpi.name" in saved["defaulted"]
    fields["kpi"]["target"] = 800
    file.write_text(yaml.safe_dump(fields))
    late = calls.run("work", "scope", str(file), *AS, code=1)
    assert "at version 2, you edited version 1" in late.err


def test_a_path_taken_out_of_the_marks_is_confirmed(calls: Any, tmp_path: Path) -> None:
    file, fields = written(calls, tmp_path)
    fields["defaulted"] = [path for path in fields["defaulted"] if not path.startswith("value")]
    file.write_text(yaml.safe_dump(fields))
    saved = calls.ok("work", "scope", str(file), *AS, "--json").data
    assert not [path for path in saved["defaulted"] if path.startswith("value")] and "plan" in saved["defaulted"]


def test_a_file_is_checked_without_an_installation_and_says_by_its_exit_code_what_failed(
    terminal: Any, tmp_path: Path
) -> None:
    text = EXAMPLE.read_text() + "people:\n" + "".join(
        f"  {role}: {role}\n" for role in ("business_owner", "domain_expert", "data_scientist", "validator", "operator")
    )  # fmt: skip
    file = tmp_path / "brief.yaml"
    file.write_text(text)
    said = terminal.ok("work", "scope", str(file), "--check")
    assert "[pass] Risk tier" in said.out and not terminal.home.exists()
    file.write_text(text.replace("formula: calls * precision", "formula: calls * precison"))
    bad = terminal.run("work", "scope", str(file), "--check", code=1)
    assert "is precision meant?" in bad.out and "next:" in bad.out
    file.write_text(text.replace("  validator: validator", "  validator: data_scientist"))
    assert "data scientist and validator" in terminal.run("work", "scope", str(file), "--check", code=1).out


def test_checking_a_file_of_a_case_saves_nothing(calls: Any, tmp_path: Path) -> None:
    file, fields = written(calls, tmp_path)
    file.write_text(yaml.safe_dump({**fields, "open_questions": ["Who pays?"]}))
    assert "Who pays?" in calls.run("work", "scope", str(file), "--check", *AS, code=1).out
    assert calls.ok("work", "scope", "calls", *AS, "--json").data["version"] == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text + "colour: red\n", "colour"),
        (lambda text: text.replace("title:", "titel:"), "is `title` meant?"),
        (lambda text: text.replace("title:", "\ttitle:"), "a tab"),
        (lambda text: text + "\ntitle: again\n", "stands twice"),
        (lambda text: text + "a: &a [x]\nb: *a\n", "anchors and aliases"),
        (lambda text: text.replace("use_case: calls", "use_case: [calls]"), "use_case"),
        (lambda text: text.replace("use_case: calls\n", ""), "names no use case"),
        (lambda text: text + "# " + "x" * 10_000_000, "kilobytes"),
        (lambda text: text.replace("due: '2", "due: '2026-13-01' # '", 1), "plan.0.due"),
        (lambda text: "- a\n", "names no fields"),
        (lambda text: text.replace("version: 1\n", "version: 1.5\n", 1), "version"),
    ],
    ids=["unknown", "near", "tab", "twice", "bomb", "case", "no case", "10 MB", "date", "list", "version"],
)
def test_a_bad_file_is_refused_with_a_reason_and_a_next_step(
    calls: Any, tmp_path: Path, change: Any, words: str
) -> None:
    file, _ = written(calls, tmp_path)
    before = file.read_text()
    file.write_text(change(before))
    assert file.read_text() != before
    said = calls.run("work", "scope", str(file), *AS, code=2)
    assert words in said.err and len(said.err.strip().splitlines()) >= 2, said.err
    assert calls.ok("work", "scope", "calls", *AS, "--json").data["version"] == 1


def test_the_schema_is_printed_and_a_missing_name_is_asked_for(terminal: Any) -> None:
    assert json.loads(terminal.ok("work", "scope", "--schema").out)["properties"]["kpi"]
    assert "Name a YAML file or a use case" in terminal.run("work", "scope", code=2).err
    assert "--as" in terminal.run("work", "scope", "calls", code=2).err


def test_changes_say_what_differs_from_the_signed_contract_and_who_signs_again(calls: Any, tmp_path: Path) -> None:
    unsigned = calls.ok("work", "changes", "calls", *AS)
    assert "No contract is signed yet" in unsigned.out and "business owner" in unsigned.out
    file, fields = written(calls, tmp_path)
    fields |= {"acknowledged": ["uplift"], "defaulted": []}
    file.write_text(yaml.safe_dump(fields))
    brief = calls.ok("work", "scope", str(file), *AS, "--json").data["id"]
    calls.sign("calls", brief, "data_scientist", "submit")
    calls.sign("calls", brief, "domain_expert")
    assert calls.sign("calls", brief, "business_owner").data["open"]
    assert "says what the signed contract says" in calls.ok("work", "changes", "calls", *AS).out
    fields["version"], fields["kpi"]["target"] = 2, fields["kpi"]["target"] + 1
    file.write_text(yaml.safe_dump(fields))
    calls.ok("work", "scope", str(file), *AS)
    told = calls.ok("work", "changes", "calls", *AS)
    assert "kpi.target" in told.out and "(business owner)" in told.out
    found = calls.ok("work", "changes", "calls", *AS, "--json").data
    assert "business_owner" in found["sign_again"] and "domain_expert" not in found["sign_again"]
    assert found["signed"] == brief


def test_whom_somebody_reports_to_is_known_and_a_validator_under_the_developer_is_named(calls: Any) -> None:
    calls.ok("admin", "invite", "--name", "Vera New", "--login", "vera", "--line", "retail", "--role", "validator",
             "--reports-to", "data_scientist", "--as", "carla")  # fmt: skip
    said = calls.run("admin", "invite", "--name", "Nora New", "--login", "nora", "--role", "validator",
                     "--reports-to", "nobody", "--as", "carla", code=2)  # fmt: skip
    assert "Nobody signs in as 'nobody'" in said.err
