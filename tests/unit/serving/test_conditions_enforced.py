"""What an approval was given under, the server keeps: volume, share for people, rows in scope."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from glassworks.core.conditions import REVIEW


@pytest.fixture
def conditions() -> tuple[str, ...]:
    return ()


@pytest.fixture
def yard(tmp_path: Path, fakes: ModuleType, conditions: tuple[str, ...]) -> Any:
    made = fakes.Yard(tmp_path)
    made.release(made.permit(conditions=conditions))
    yield made
    made.close()


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["predictions"]
    return found


@pytest.mark.parametrize("conditions", [("at most 3 cases a day", "watch the complaints")])
def test_beyond_the_volume_that_was_approved_the_contract_decides(predict: Any, yard: Any, fakes: ModuleType) -> None:
    first = rows(predict(body={"rows": [fakes.ROW | {"age": 30 + k} for k in range(2)]}))
    second = rows(predict(body={"rows": [fakes.ROW | {"age": 40 + k} for k in range(2)]}))
    assert [row["abstained"] for row in (*first, *second)] == [False, False, False, True]
    assert second[1]["decision"] == "call in list order" and "at most 3 cases a day" in second[1]["reasons"][0]
    yard.clock.forward(hours=13)
    assert not rows(predict(age=50))[0]["abstained"], "a new day"


@pytest.mark.parametrize("conditions", [("at most 3 cases a month",)])
def test_a_server_that_starts_again_counts_what_it_answered_before(
    predict: Any, yard: Any, fakes: ModuleType, tmp_path: Path
) -> None:
    rows(predict(body={"rows": [fakes.ROW | {"age": 30 + k} for k in range(3)]}))
    yard.close()
    again = fakes.Yard(tmp_path, clock=yard.clock)
    yard.app, yard.log = again.app, again.log
    assert rows(predict(age=60))[0]["abstained"]


@pytest.mark.parametrize("conditions", [("only where contact is telephone", "only where age is from 18 to 60")])
def test_a_row_outside_the_scope_that_was_approved_is_not_scored(predict: Any, yard: Any) -> None:
    assert not rows(predict(contact="telephone"))[0]["abstained"]
    asked = len(yard.host.calls)
    outside = rows(predict(contact="cellular"))[0]
    assert outside["abstained"] and outside["reasons"] == ["it was approved only where contact is telephone"]
    assert rows(predict(contact="telephone", age=70))[0]["abstained"]
    assert len(yard.host.calls) == asked


@pytest.mark.parametrize("conditions", [("50 of 100 cases go to a person",)])
def test_a_share_of_the_cases_is_decided_by_people_and_asking_again_changes_nothing(
    predict: Any, fakes: ModuleType
) -> None:
    body = {"rows": [fakes.ROW | {"age": 20 + k} for k in range(60)]}
    first = rows(predict(body=body))
    sent = [row["decision"] == REVIEW for row in first]
    assert 15 <= sum(sent) <= 45
    assert all(row["probability"] is not None for row in first)
    assert [row["decision"] == REVIEW for row in rows(predict(body=body))] == sent


@pytest.mark.parametrize("conditions", [("50 of 100 cases go to a person",)])
def test_no_name_that_a_caller_gives_a_case_changes_who_decides_it(predict: Any, fakes: ModuleType) -> None:
    for age in range(20, 30):
        body = {"rows": [fakes.ROW | {"age": age}] * 12, "reference": [f"client-{k}" for k in range(12)]}
        assert len({row["decision"] == REVIEW for row in rows(predict(body=body))}) == 1
