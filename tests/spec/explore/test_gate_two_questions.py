"""What gate 2 asks of the open rows, told on the term-deposit calls and on small invented tables."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from glassworks.core import registry
from glassworks.core.check import run
from glassworks.core.contract import Brief, Feature, Windows
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import ColumnDecision, UseCase
from glassworks.hub.policies import OFFICE_PACK
from glassworks.stages.explore.divide import divide
from glassworks.stages.explore.profile import profile
from glassworks.stages.explore.read import read_table
from glassworks.stages.scope.brief_file import brief_from_yaml
from glassworks.stages.scope.draft import draft_brief

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "src" / "glassworks" / "examples" / "term_deposit"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CASE = UseCase(id="case", title="A title", question="A question?", opened_by="p", opened_at=NOW, moved_at=NOW)


@pytest.fixture(scope="module")
def brief() -> Brief:
    return brief_from_yaml((EXAMPLE / "brief.yaml").read_text(), CASE, {}, NOW)


@pytest.fixture(scope="module")
def calls(brief: Brief) -> pl.DataFrame:
    return divide(pl.read_parquet(EXAMPLE / "calls.parquet"), brief.windows, 1).open


def ask(check: str, brief: Brief, rows: pl.DataFrame, decisions: Sequence[ColumnDecision] = ()) -> Answer:
    evidence = {
        "brief": brief,
        "policy": OFFICE_PACK,
        "open_rows": rows,
        "columns": profile(rows, brief),
        "decisions": tuple(decisions),
    }
    one = next(c for c in registry.checks(Stage.EXPLORE) if c.id == check)
    return run(one, evidence, brief.task)


def drafted(rows: pl.DataFrame, target: str = "y") -> Brief:
    return draft_brief(CASE, rows, target, {}, NOW)


def naive(brief: Brief) -> Brief:
    """The brief of somebody who declares every column known and allowed."""
    features = tuple(Feature(name=f.name) for f in brief.features)
    return brief.model_copy(update={"features": features, "forbidden": ()})


def decision(column: str, what: str, **more: float) -> ColumnDecision:
    return ColumnDecision.model_validate({"column": column, "decision": what, "reason": "the expert knows", **more})


def test_every_check_the_office_requires_exists() -> None:
    required = set(OFFICE_PACK.gates[Stage.EXPLORE].checks["low"])
    assert required <= {one.id for one in registry.checks(Stage.EXPLORE)}


def test_duration_comes_out_on_top_and_the_final_count_of_calls_is_questioned(
    brief: Brief, calls: pl.DataFrame
) -> None:
    answer = ask("known_after_decision", naive(brief), calls)
    assert answer.verdict is Verdict.FAIL
    assert [row["column"] for row in answer.table] == ["duration", "campaign"]
    assert "AUC 0.83" in answer.sentence and "domain expert" in answer.next_step


def test_a_suspect_that_the_brief_withholds_is_settled_and_still_shown(brief: Brief, calls: pl.DataFrame) -> None:
    answer = ask("known_after_decision", brief, calls)
    assert answer.verdict is Verdict.PASS
    assert "duration" in answer.sentence and "known only after the call" in answer.sentence


def test_a_suspect_is_settled_by_the_domain_experts_decision(brief: Brief, calls: pl.DataFrame) -> None:
    half_way = ask("known_after_decision", naive(brief), calls, [decision("duration", "forbid")])
    assert half_way.verdict is Verdict.FAIL and half_way.sentence.startswith("campaign")
    both = [decision("duration", "forbid"), decision("campaign", "exclude")]
    assert ask("known_after_decision", naive(brief), calls, both).verdict is Verdict.PASS


def test_a_copy_of_the_target_under_other_values_is_found() -> None:
    name = "29_constant_and_id.csv"
    rows = read_table((ROOT / "tests" / "material" / "ugly" / name).read_bytes(), name)
    answer = ask("known_after_decision", drafted(rows), rows)
    assert answer.verdict is Verdict.FAIL and answer.sentence.startswith("dup_of_y")


def test_minus_one_in_most_rows_is_a_code_until_the_expert_says_what_it_means(
    brief: Brief, calls: pl.DataFrame
) -> None:
    answer = ask("sentinels", brief, calls)
    assert answer.verdict is Verdict.FAIL
    assert answer.sentence.startswith("pdays = -1 in 85% of the rows")
    decided = ask("sentinels", brief, calls, [decision("pdays", "sentinel", sentinel=-1)])
    assert decided.verdict is Verdict.PASS and "the expert knows" in decided.sentence


def test_the_rate_of_subscriptions_moves_far_beyond_chance(brief: Brief, calls: pl.DataFrame) -> None:
    answer = ask("change_over_time", brief, calls)
    assert answer.verdict is Verdict.PASS and answer.warning
    assert "3.2% (2008-05)" in answer.sentence and "49.3% (2009-12)" in answer.sentence
    assert len(answer.table) == 19 and all(row["low"] <= row["value"] <= row["high"] for row in answer.table)


def test_a_steady_rate_is_not_called_moving(brief: Brief) -> None:
    months = [f"2009-{1 + k // 100:02d}" for k in range(1200)]
    rows = pl.DataFrame({"call_month": months, "y": ["yes", "no", "no", "no"] * 300, "job": ["a", "b"] * 600})
    answer = ask("change_over_time", brief, rows)
    assert answer.verdict is Verdict.PASS and not answer.warning


def test_many_moments_are_joined_into_a_dozen_slices(brief: Brief) -> None:
    days = [f"2009-{1 + k // 28 % 12:02d}-{1 + k % 28:02d}" for k in range(336 * 4)]
    rows = pl.DataFrame({"call_month": sorted(days), "y": ["no"] * 700 + ["yes", "no"] * 322})
    answer = ask("change_over_time", brief, rows)
    assert len(answer.table) == 12 and sum(row["rows"] for row in answer.table) == 1344 and answer.warning


def test_rows_without_a_time_order_raise_no_question_of_time(brief: Brief, calls: pl.DataFrame) -> None:
    answer = ask("change_over_time", brief.model_copy(update={"windows": Windows()}), calls)
    assert answer.verdict is Verdict.NOT_APPLICABLE


def test_an_input_that_is_absent_empty_constant_or_names_rows_fails_until_excluded(brief: Brief) -> None:
    n = 200
    rows = pl.DataFrame(
        {
            "y": ["yes", "no"] * (n // 2),
            "job": ["same"] * n,
            "balance": list(range(n)),
            "contact": [f"note {k}" for k in range(n)],
            "day": [None] * n,
        },
        schema_overrides={"day": pl.Int64},
    )
    names = ("job", "balance", "contact", "day", "month")
    own = brief.model_copy(update={"features": tuple(Feature(name=name) for name in names), "windows": Windows()})
    answer = ask("unusable_columns", own, rows)
    assert answer.verdict is Verdict.FAIL and answer.sentence.startswith("5 of 5 inputs")
    assert "month is not in the table" in answer.examples
    settled = ask("unusable_columns", own, rows, [decision(name, "exclude") for name in names])
    assert settled.verdict is Verdict.PASS


def test_too_few_of_the_rarer_outcome_is_an_answer_of_its_own() -> None:
    rows = pl.DataFrame({"y": ["yes"] * 5 + ["no"] * 495, "x": range(500)})
    answer = ask("target_usable", drafted(rows), rows)
    assert answer.verdict is Verdict.INCONCLUSIVE and "5 of 500" in answer.sentence


def test_one_outcome_alone_on_open_rows_fails() -> None:
    rows = pl.DataFrame({"y": ["yes", "no"] * 50, "x": range(100)})
    assert ask("target_usable", drafted(rows), rows.filter(pl.col("y") == "yes")).verdict is Verdict.FAIL
    assert ask("target_usable", drafted(rows), rows.filter(pl.col("y") == "no")).verdict is Verdict.FAIL


def test_rows_that_repeat_are_told_and_fail_when_they_are_the_rule() -> None:
    rows = pl.DataFrame({"y": ["yes", "no"] * 50, "x": range(100)})
    brief = drafted(rows)
    assert not ask("duplicate_rows", brief, rows).warning
    some = ask("duplicate_rows", brief, pl.concat([rows, rows.head(10)]))
    assert some.verdict is Verdict.PASS and some.warning and "10 of 110" in some.sentence
    assert ask("duplicate_rows", brief, pl.concat([rows] * 4)).verdict is Verdict.FAIL


def test_a_protected_trait_among_the_inputs_fails_until_decided(brief: Brief, calls: pl.DataFrame) -> None:
    answer = ask("sensitive_columns", naive(brief), calls)
    assert answer.verdict is Verdict.FAIL and answer.sentence.startswith("age and marital")
    assert ask("sensitive_columns", brief, calls).verdict is Verdict.PASS


def test_a_stand_in_for_the_protected_trait_is_named(brief: Brief) -> None:
    ages = [20 + k % 60 for k in range(600)]
    rows = pl.DataFrame({"y": ["yes", "no", "no"] * 200, "age": ages, "balance": [a * 10 for a in ages], "job": "x"})
    answer = ask("sensitive_columns", brief, rows)
    assert answer.warning and "balance can stand in for age" in answer.sentence
