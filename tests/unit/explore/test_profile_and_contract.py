"""The profile tells what open rows hold; the data contract keeps what the brief and the expert let stand."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from glassworks.core import canonical
from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput
from glassworks.core.usecase import Column, ColumnDecision, UseCase
from glassworks.stages.explore.contract import data_contract
from glassworks.stages.explore.profile import profile
from glassworks.stages.scope.brief_file import brief_from_yaml

EXAMPLE = Path(__file__).parents[3] / "src" / "glassworks" / "examples" / "term_deposit"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def brief() -> Brief:
    case = UseCase(id="case", title="A title", question="A question?", opened_by="p", opened_at=NOW, moved_at=NOW)
    return brief_from_yaml((EXAMPLE / "brief.yaml").read_text(), case, {}, NOW)


@pytest.fixture(scope="module")
def columns(brief: Brief) -> tuple[Column, ...]:
    rows = pl.read_parquet(EXAMPLE / "calls.parquet").filter(pl.col("call_month") < "2010-01")
    return profile(rows, brief)


def decided(column: str, decision: str, **more: float) -> ColumnDecision:
    return ColumnDecision.model_validate({"column": column, "decision": decision, "reason": "because", **more})


def test_each_column_has_its_kind_range_levels_and_strength(columns: tuple[Column, ...]) -> None:
    found = {column.name: column for column in columns}
    assert (found["age"].dtype, found["age"].low, found["age"].high) == ("number", 18, 95)
    assert found["housing"].levels == ("no", "yes") and found["call_month"].dtype == "date"
    assert found["duration"].details["strength"] == pytest.approx(0.826, abs=0.01)
    assert found["y"].details["role"] == "target" and found["call_month"].details["role"] == "time"


def test_dates_have_the_days_and_texts_the_length_that_were_seen(brief: Brief, columns: tuple[Column, ...]) -> None:
    found = {column.name: column for column in columns}
    assert (found["call_month"].first, found["call_month"].last) == (date(2008, 5, 1), date(2009, 12, 1))
    days = ["2026-03-31", "2025-01-02T10:00:00", "2025-02-30", "2026-04-01 23:59", None, "2025-01"]
    notes = [f"note {place} {'x' * place}" for place in range(60)]
    rows = pl.DataFrame({"y": ["no", "yes"] * 30, "since": days * 10, "note": notes})
    since, note = [column for column in profile(rows, brief) if column.name in ("since", "note")]
    assert (since.dtype, since.first, since.last) == ("date", date(2025, 1, 1), date(2026, 4, 1))
    assert (note.dtype, note.longest) == ("text", len(notes[-1]))


def test_the_profile_can_be_hashed(columns: tuple[Column, ...]) -> None:
    assert canonical.digest([column.facts() for column in columns]).startswith("sha256:")


def test_an_empty_and_a_gapped_column_are_told(brief: Brief) -> None:
    rows = pl.DataFrame({"y": ["no", "yes"] * 30, "job": [None] * 60, "balance": [1.5, None] * 30})
    found = {column.name: column for column in profile(rows.with_columns(pl.col("job").cast(pl.String)), brief)}
    assert found["job"].missing_share == 1.0 and found["balance"].missing_share == 0.5


def test_a_value_that_makes_the_rare_outcome_certain_is_counted(brief: Brief) -> None:
    rows = pl.DataFrame({"y": ["yes"] * 20 + ["no"] * 980, "job": ["gone"] * 12 + ["here"] * 988})
    found = {column.name: column for column in profile(rows, brief)}
    assert found["job"].details["certain_rows"] == 12


def test_the_contract_holds_declared_inputs_and_nothing_else(brief: Brief, columns: tuple[Column, ...]) -> None:
    names = [column.name for column in data_contract(columns, (), brief).columns]
    assert names == list(brief.inputs())
    assert not {"duration", "campaign", "age", "marital", "y", "call_month"} & set(names)


def test_decisions_exclude_columns_and_mark_sentinels(brief: Brief, columns: tuple[Column, ...]) -> None:
    decisions = (decided("contact", "exclude"), decided("pdays", "sentinel", sentinel=-1))
    contract = data_contract(columns, decisions, brief)
    found = {column.name: column for column in contract.columns}
    assert "contact" not in found and found["pdays"].details["sentinel"] == -1
    assert contract.decisions == decisions


def test_decisions_that_say_nothing_are_refused(brief: Brief, columns: tuple[Column, ...]) -> None:
    with pytest.raises(FixTheInput, match="no column 'shoe_size'"):
        data_contract(columns, (decided("shoe_size", "use"),), brief)
    with pytest.raises(FixTheInput, match="names no sentinel value"):
        data_contract(columns, (decided("pdays", "sentinel"),), brief)
    with pytest.raises(FixTheInput, match="No input remains"):
        data_contract(columns, tuple(decided(name, "exclude") for name in brief.inputs()), brief)
