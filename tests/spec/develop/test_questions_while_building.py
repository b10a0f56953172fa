"""What is asked of a candidate as it is built, and what the answers mean."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from glassworks.core.check import run
from glassworks.core.contract import Direction, Feature, Task
from glassworks.core.registry import checks
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.hub.policies import OFFICE_PACK
from glassworks.measures.performance import headline
from glassworks.measures.scored import decided


def ask(name: str, **evidence: Any) -> Answer:
    one = next(check for check in checks(Stage.DEVELOP) if check.id == name)
    return run(one, evidence, Task.BINARY)


@pytest.fixture
def evidence(campaign: ModuleType) -> dict[str, Any]:
    brief, rows, model = campaign.brief(), campaign.rows(), campaign.Honest()
    y = (rows["y"] == "yes").to_numpy().astype(int)
    scored = decided(brief, y, model.predict(rows), periods=3, group=rows["age"].to_numpy())
    return {
        "brief": brief, "policy": OFFICE_PACK, "rows": rows, "model": model, "scored": scored,
        "candidate": campaign.candidate(), "train_headline": headline(scored),
    }  # fmt: skip


def test_an_honest_candidate_passes_every_question_or_lacks_data(evidence: dict[str, Any]) -> None:
    answers = {one.id: run(one, evidence, Task.BINARY) for one in checks(Stage.DEVELOP)}
    assert set(answers) == {"beats_baseline", "calibration_open", "group_gaps", "effects_expected", "overfit"}
    assert answers["beats_baseline"].verdict is Verdict.PASS
    assert "EUR" in answers["beats_baseline"].sentence
    assert answers["calibration_open"].verdict is Verdict.PASS
    assert not any(answer.verdict is Verdict.FAIL for answer in answers.values())


def test_a_candidate_that_ranks_the_wrong_way_round_fails_against_the_baseline(
    evidence: dict[str, Any], campaign: ModuleType
) -> None:
    scored = evidence["scored"]
    upside_down = decided(campaign.brief(), scored.y, 1 - scored.scores, periods=3)
    assert ask("beats_baseline", **{**evidence, "scored": upside_down}).verdict is Verdict.FAIL


def test_an_effect_against_the_experts_signature_fails(evidence: dict[str, Any], campaign: ModuleType) -> None:
    features = (Feature(name="balance", expected=Direction.DOWN), Feature(name="previous"), Feature(name="job"))
    answer = ask("effects_expected", **{**evidence, "brief": campaign.brief(features=features)})
    assert answer.verdict is Verdict.FAIL
    assert "balance was expected to push down" in answer.sentence


def test_bad_probabilities_warn_and_leave_the_decision_to_the_sealed_rows(
    evidence: dict[str, Any], campaign: ModuleType
) -> None:
    scored = evidence["scored"]
    extreme = decided(campaign.brief(), scored.y, np.clip(scored.scores**4, 0.001, 0.999), periods=3)
    answer = ask("calibration_open", **{**evidence, "scored": extreme})
    assert (answer.verdict, answer.warning) == (Verdict.INCONCLUSIVE, True)


def test_a_gap_between_learned_and_unseen_rows_warns(evidence: dict[str, Any]) -> None:
    perfect = evidence["train_headline"].model_copy(update={"value": 1.0, "high": 1.0})
    assert ask("overfit", **{**evidence, "train_headline": perfect}).warning
    assert not ask("overfit", **evidence).warning
