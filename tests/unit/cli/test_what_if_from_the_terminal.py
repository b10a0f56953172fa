"""A what-if from the terminal: plain sentences, JSON for machines, a wrong number named."""

from pathlib import Path
from typing import Any

import pytest

TELCO = Path(__file__).parents[3] / "src/glassworks/examples/telco_churn/brief.yaml"
AS = ("--as", "business_owner")


@pytest.fixture
def calls(staffed: Any, tmp_path: Any, bench_rows: Any) -> Any:
    """A use case with data and a draft brief, whose positive share only the open rows know."""
    file = tmp_path / "calls.csv"
    bench_rows(300).write_csv(file)
    staffed.ok("work", "new", "--data", str(file), "--target", "y", "--title", "calls", "--as", "data_scientist")
    return staffed


def test_it_answers_in_sentences_and_moves_with_its_options(calls: Any) -> None:
    said = calls.ok("work", "what-if", "calls", *AS).out
    assert said.startswith("Expected ") and "perfect model" in said and "sealed rows" in said
    few, many = (
        calls.ok("work", "what-if", "calls", "--of-100", share, "--capacity", "0.2", "--json", *AS).data["gain"]
        for share in ("30", "60")
    )
    assert many["value"] > few["value"]
    moved = calls.ok("work", "what-if", "calls", "--target", "1e9", "--value", "act_positive=80:120:150", *AS).out
    assert "Stop here" in moved


def test_what_cannot_be_is_named(calls: Any) -> None:
    assert "NAME=LOW:MODE:HIGH" in calls.run("work", "what-if", "calls", "--value", "act_positive=1:2", *AS, code=2).err
    assert "precision" in calls.run("work", "what-if", "calls", "--of-100", "130", *AS, code=2).err
    assert "COLUMN=NUMBER" in calls.run("work", "what-if", "calls", "--mean", "amount", *AS, code=2).err
    assert "no value 'profit'" in calls.run("work", "what-if", "calls", "--value", "profit=3", *AS, code=2).err


def test_a_value_times_a_column_that_no_row_holds_is_worked_out_from_a_mean_that_is_said(
    calls: Any, tmp_path: Path
) -> None:
    file = tmp_path / "brief.yaml"
    file.write_text(f"use_case: calls\nversion: 1\n{TELCO.read_text()}")
    calls.ok("work", "scope", str(file), "--as", "data_scientist")
    asked = ("work", "what-if", "calls", "--of-100", "50", "--json", *AS)
    assert "How large MonthlyCharges is on average is not known." in calls.run(*asked, code=2).err
    found = calls.ok(*asked, "--mean", "MonthlyCharges=65").data["gain"]["value"]
    assert found == pytest.approx(0.25 * 2113 * (0.5 - 0.25) * (1.5 * 65 + 20))
