"""A brief starts with five answers; the rest is filled in, marked, and confirmed by changing or saying so."""

from datetime import UTC, datetime

import polars as pl
import pytest

from glassworks.core.commands import StartBrief
from glassworks.core.contract import Brief, Task, Tier
from glassworks.core.defaulted import at, is_defaulted, settled
from glassworks.core.errors import FixTheInput
from glassworks.core.usecase import UseCase
from glassworks.stages.scope.draft import draft_brief
from glassworks.stages.scope.start import money, start_brief

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CASE = UseCase(id="case", title="Calls", question="Whom to call?", opened_by="p", opened_at=NOW, moved_at=NOW)
ANSWERS = StartBrief(
    decision="call the customer",
    whom="agents of the call centre",
    worth="80 to 120 EUR for each customer who stays",
    mistake="6 EUR for a call in vain",
    know="customers who stay a quarter later",
)


def started(answers: StartBrief = ANSWERS, base: Brief | None = None) -> Brief:
    return start_brief(CASE, answers, base, None, NOW)


def test_five_answers_give_a_brief_of_low_tier_with_everything_else_marked_as_filled_in() -> None:
    brief = started()
    assert brief.tier is Tier.LOW and brief.problem == "Whom to call?" and brief.title == "Calls"
    assert brief.decision.action == "call the customer" and brief.hill.who == "agents of the call centre"
    assert (brief.value.act_positive.low, brief.value.act_positive.mode, brief.value.act_positive.high) == (
        80,
        100,
        120,
    )
    assert brief.value.act_negative.mode == -6 and brief.kpi.counted_as == "customers who stay a quarter later"
    for path in ("decision.action", "value", "kpi.counted_as", "hill.who"):
        assert not is_defaulted(brief, path)
    for path in ("kpi.target", "decision.volume_per_period", "label_delay", "plan", "kill_criteria", "tier"):
        assert is_defaulted(brief, path)
    assert all(at(brief.facts(), path) not in ("", None) for path in brief.defaulted)


@pytest.mark.parametrize(
    ("task", "cells"), [(Task.MULTICLASS, ("right", "wrong")), (Task.REGRESSION, ("over", "under"))]
)
def test_other_tasks_start_with_their_own_values(task: Task, cells: tuple[str, str]) -> None:
    brief = started(ANSWERS.model_copy(update={"task": task}))
    assert brief.task is task and not is_defaulted(brief, "value")
    assert [getattr(brief.value, cell).mode for cell in cells] == ([100, -6] if cells[0] == "right" else [6, 6])
    assert brief.kpi.target > 0 and is_defaulted(brief, "kpi.target") == (task is Task.MULTICLASS)


def test_answers_over_an_earlier_brief_leave_what_people_wrote() -> None:
    base = started()
    written = settled(base, base.model_copy(update={"label_delay": "After a quarter.", "today": "By list."}))
    again = started(ANSWERS.model_copy(update={"decision": "write a letter"}), written)
    assert again.decision.action == "write a letter" and again.label_delay == "After a quarter."
    assert not is_defaulted(again, "label_delay") and not is_defaulted(again, "today")


def test_answers_over_a_draft_from_a_table_leave_what_was_read_there_and_its_marks() -> None:
    frame = pl.DataFrame({"churn": ["Yes", "No", "No"] * 40, "gender": ["a", "b", "b"] * 40, "use": list(range(120))})
    draft = draft_brief(CASE, frame, "churn", {}, NOW)
    brief = started(base=draft)
    for path in ("positive", "fairness", "features", "purpose", "decision.volume_per_period"):
        assert at(brief.facts(), path) == at(draft.facts(), path)
    assert is_defaulted(brief, "fairness") and is_defaulted(brief, "features") and not is_defaulted(brief, "target")
    assert len(set(brief.defaulted)) == len(brief.defaulted) and not is_defaulted(brief, "value")


def test_answers_for_another_task_replace_what_was_filled_in_for_the_old_one() -> None:
    brief = started(ANSWERS.model_copy(update={"task": Task.REGRESSION}), started())
    assert brief.task is Task.REGRESSION and brief.decision.capacity_share is None
    assert brief.kpi.baseline != started().kpi.baseline and brief.positive == ""
    assert not is_defaulted(brief, "task") and not is_defaulted(brief, "positive")


def test_a_changed_field_and_a_confirmed_one_are_no_longer_marked() -> None:
    brief = started()
    kpi = brief.kpi.model_copy(update={"target": 900.0})
    changed = settled(brief, brief.model_copy(update={"kpi": kpi}))
    assert not is_defaulted(changed, "kpi.target") and is_defaulted(changed, "kpi.name")
    confirmed = settled(brief, brief, ["kpi", "plan"])
    assert not is_defaulted(confirmed, "kpi.name") and not is_defaulted(confirmed, "plan")
    assert is_defaulted(confirmed, "decision.unit") and settled(brief, brief) is brief
    assert settled(None, brief) is brief


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("100", (100, 100, 100, "EUR")),
        ("about 5 to 9 GBP a call", (5, 7, 9, "GBP")),
        ("80, 110, 120", (80, 110, 120, "EUR")),
        ("$1,000", (1000, 1000, 1000, "USD")),
        ("€ 2.5 a call", (2.5, 2.5, 2.5, "EUR")),
    ],
)
def test_an_amount_is_read_from_words(text: str, told: tuple[float, float, float, str]) -> None:
    read = money("worth", text)
    assert (read.low, read.mode, read.high, read.unit) == told and text in read.source


@pytest.mark.parametrize(
    "text", ["much", "-5", "0", "1.000", "80,100,120", "1,5", "5 within 30 days", "5 to 6 to 7 to 8"]
)
def test_an_amount_that_is_none_or_could_be_two_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(FixTheInput) as refused:
        money("worth", text)
    assert refused.value.field == "worth" and "worth" in refused.value.what


def test_two_currencies_in_one_brief_are_refused() -> None:
    with pytest.raises(FixTheInput, match="in USD, not in EUR"):
        started(ANSWERS.model_copy(update={"mistake": "6 USD"}))
