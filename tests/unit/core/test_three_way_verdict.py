"""The three-way verdict, and checks that cannot answer: never a pass by accident."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from glassworks.core.check import check, results, run
from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.core.result import Answer, Verdict, safe_side
from glassworks.core.stage import Stage

FLOATS = st.floats(-10, 10)


def estimate(low: float, high: float) -> Estimate:
    return Estimate(name="x", value=(low + high) / 2, low=low, high=high, n=100, method="test")


@given(st.tuples(FLOATS, FLOATS).map(sorted), FLOATS)
def test_pass_needs_the_whole_interval_on_the_safe_side_and_fail_the_whole_on_the_other(
    ends: list[float], threshold: float
) -> None:
    low, high = ends
    at_least = safe_side(estimate(low, high), at_least=threshold)
    at_most = safe_side(estimate(low, high), at_most=threshold)
    assert at_least is (
        Verdict.PASS if low >= threshold else Verdict.FAIL if high < threshold else Verdict.INCONCLUSIVE
    )
    assert at_most is (Verdict.PASS if high <= threshold else Verdict.FAIL if low > threshold else Verdict.INCONCLUSIVE)
    assert {at_least, at_most} != {Verdict.FAIL}


def test_a_verdict_without_a_threshold_is_refused() -> None:
    with pytest.raises(ValueError, match="name the threshold"):
        safe_side(estimate(0, 1))


@pytest.mark.parametrize("changes", [{"low": 2.0}, {"level": 0.0}, {"level": 1.0}, {"value": float("nan")}])
def test_an_estimate_without_a_proper_interval_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Estimate(**({"name": "x", "value": 0.5, "low": 0.0, "high": 1.0, "n": 1, "method": "m"} | changes))


@check("sees_y", stage=Stage.VALIDATE, title="Sees y", question="Is y seen?", tasks=(Task.BINARY,))
def sees_y(y: object) -> Answer:
    if isinstance(y, Exception):
        raise y
    return Answer(verdict=Verdict.PASS, sentence="y is seen.")


def test_a_check_answers_from_the_evidence_its_parameters_name() -> None:
    assert run(sees_y, {"y": 1, "other": 2}, Task.BINARY).verdict is Verdict.PASS


def test_a_check_that_misses_its_evidence_or_breaks_is_inconclusive_and_never_shows_a_row() -> None:
    assert run(sees_y, {}, Task.BINARY).sentence == "The check could not see y, so it has no answer."
    broken = run(sees_y, {"y": KeyError("Mrs Smith, 4 High Street")}, Task.BINARY)
    assert broken.verdict is Verdict.INCONCLUSIVE
    assert broken.sentence == "The check could not run: KeyError inside sees_y."
    refused = run(sees_y, {"y": FixTheInput("The column is empty.")}, Task.BINARY)
    assert (refused.verdict, refused.sentence) == (
        Verdict.INCONCLUSIVE,
        "The check could not run: The column is empty.",
    )


def test_a_check_for_another_kind_of_model_does_not_apply() -> None:
    assert run(sees_y, {"y": 1}, Task.REGRESSION).verdict is Verdict.NOT_APPLICABLE


def test_a_result_is_bound_to_its_subject_its_evidence_and_its_policy() -> None:
    made = results(
        [sees_y],
        {"y": 1},
        task=Task.BINARY,
        subject="cand-1",
        subject_digest="sha256:s",
        evidence_digests=("sha256:e",),
        policy="1",
        use_case="case-1",
        line="retail",
        now=datetime(2026, 11, 20, tzinfo=UTC),
    )
    assert [(r.check, r.subject, r.subject_digest, r.evidence, r.policy, r.stage) for r in made] == [
        ("sees_y", "cand-1", "sha256:s", ("sha256:e",), "1", Stage.VALIDATE)
    ]
