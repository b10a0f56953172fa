"""Flow: lead time, waiting, first-pass yield, rework and the bottleneck, from the journal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from glassworks.core.journal import GENESIS, Act, Entry
from glassworks.core.stage import Stage, Status
from glassworks.core.usecase import GateRecord, UseCase
from glassworks.hub.flow import Flow, duration, first_pass_yield, flow

START = datetime(2026, 11, 20, tzinfo=UTC)
Told = tuple[float, str, str, dict[str, Any]]

STORY: list[Told] = [
    (0, "open use case", "case-1", {}),
    (1, "save brief", "brief-1", {}),
    (3, "result", "res-1", {}),
    (3, "prepare dossier", "brief-1", {}),
    (8, "sign", "brief-1", {}),
    (9, "gate", "brief-1", {"stage": "scope", "open": True}),
    (9, "move", "case-1", {"from": "scope", "to": "explore"}),
    (10, "add data", "data-1", {}),
    (14, "send back", "case-1", {"from": "explore", "to": "scope"}),
    (15, "save brief", "brief-1", {}),
    (16, "prepare dossier", "brief-1", {}),
]


def entries(story: list[Told], case: str = "case-1", **changes: Any) -> list[Entry]:
    return [
        Entry(
            number=number,
            at=START + timedelta(hours=hour),
            act=Act(act=act, who="ada", what=what, use_case=case, detail=detail, **changes),
            previous=GENESIS,
        )
        for number, (hour, act, what, detail) in enumerate(story, start=1)
    ]


def case(name: str = "case-1", stage: Stage = Stage.SCOPE, status: Status = Status.ON_THE_LINE) -> UseCase:
    return UseCase(
        id=name, title=name, question="?", stage=stage, status=status, opened_by="a", opened_at=START, moved_at=START
    )


def gate(subject: str, is_open: bool, hour: float = 0, stage: Stage = Stage.VALIDATE) -> GateRecord:
    return GateRecord(
        id=f"gate-{subject}-{hour}",
        stage=stage,
        subject=subject,
        dossier="",
        open=is_open,
        reasons=(),
        decided_at=START + timedelta(hours=hour),
    )


def told(story: list[Told], hours: float = 20, cases: tuple[UseCase, ...] = (case(),), **changes: Any) -> Flow:
    return flow(entries(story, **changes), [], cases, START + timedelta(hours=hours))


def test_the_time_at_a_stage_is_split_into_work_and_waiting_and_nothing_is_lost() -> None:
    found = told(STORY)
    scope, explore = found.stages[0], found.stages[1]
    assert (scope.work / 3600, scope.waiting / 3600) == (2 + 1, 1 + 6 + 1 + 4)
    assert (explore.work / 3600, explore.waiting / 3600) == (4, 1)
    assert sum(one.work + one.waiting for one in found.stages) == 20 * 3600


def test_the_lead_time_of_a_stage_is_the_median_of_its_finished_visits() -> None:
    found = told(STORY)
    assert [one.visits for one in found.stages] == [2, 1, 0, 0, 0]
    assert [one.lead_median for one in found.stages] == [9 * 3600, 5 * 3600, None, None, None]


def test_rework_is_counted_as_sent_back_and_as_dossiers_made_again() -> None:
    found = told(STORY)
    assert (found.sent_back, found.dossiers_remade) == (1, 1)


def test_the_bottleneck_is_the_stage_that_waits_longest_and_is_named() -> None:
    found = told(STORY)
    assert found.bottleneck is Stage.SCOPE
    assert found.sentence == "Work waits longest at Plan & scope: 12.0 hours of waiting against 3.0 hours of work."


def test_work_in_progress_is_what_is_on_the_line_or_stopped() -> None:
    cases = (
        case(),
        case("case-2", Stage.DEVELOP, Status.STOPPED),
        case("case-3", Stage.OPERATE, Status.RETIRED),
        case("case-4", Stage.VALIDATE, Status.REFUSED),
    )
    found = told([], cases=cases)
    assert found.in_progress == 2
    assert [one.in_progress for one in found.stages] == [1, 0, 1, 0, 0]


def test_a_use_case_that_is_over_waits_no_longer() -> None:
    retired = told(STORY, hours=1000, cases=(case(status=Status.RETIRED),))
    assert sum(one.work + one.waiting for one in retired.stages) == 16 * 3600


@pytest.mark.parametrize("changes", [{"refused": True}, {"case": ""}])
def test_refused_acts_and_acts_of_no_use_case_are_no_flow(changes: dict[str, Any]) -> None:
    found = told(STORY, **changes)
    assert (found.bottleneck, found.sentence) == (None, "Nothing has waited yet.")


def test_a_line_without_any_use_case_has_an_empty_flow() -> None:
    found = told([], cases=())
    assert (found.in_progress, found.sent_back, [one.first_pass for one in found.stages]) == (0, 0, [None] * 5)


def test_the_first_pass_yield_counts_first_answers_only_and_carries_its_interval() -> None:
    gates = [gate("a", True), gate("b", False, 1), gate("b", True, 2), gate("c", True), gate("x", True, 0, Stage.SCOPE)]
    found = first_pass_yield(Stage.VALIDATE, gates[::-1])
    assert found is not None
    assert (found.n, round(found.value, 3)) == (3, 0.667)
    assert 0 < found.low < found.value < found.high < 1
    assert first_pass_yield(Stage.DEVELOP, gates) is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 seconds"), (59.4, "59 seconds"), (90, "1.5 minutes"), (86400 * 3, "3.0 days")]
)
def test_a_length_of_time_is_said_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
