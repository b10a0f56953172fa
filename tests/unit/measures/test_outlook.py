"""The whole answer to "what if", for each kind of model."""

import doctest
import json

import pytest

from glassworks.core.contract import Assumption, Brief, Decision, Kpi, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.measures import outlook as outlooks
from glassworks.measures import whatif
from glassworks.measures.outlook import Outlook, Quality, outlook

CALLS = ValueMatrix(
    act_positive=Assumption(low=80, mode=100, high=120),
    act_negative=Assumption(low=-15, mode=-10, high=-8),
    fixed_cost=100,
)
TENTH = Assumption(low=0.08, mode=0.1, high=0.13)


def brief(value: ValueMatrix, task: Task = Task.BINARY, target: float = 1500, **decision) -> Brief:
    known = {"unit": "customer", "action": "call", "otherwise": "do not call", "if_model_down": "list order"}
    return Brief(
        id="brief-1",
        title="Calls",
        problem="Most calls reach people who do not buy.",
        task=task,
        target="bought",
        positive="yes",
        decision=Decision(**known, **{"volume_per_period": 1000, **decision}),
        kpi=Kpi(name="profit", unit="EUR", baseline="list order", target=target),
        value=value,
    )


@pytest.mark.parametrize("module", [outlooks])
def test_the_examples_of_the_outlook_run(module) -> None:
    assert doctest.testmod(module).failed == 0


def asked(found: Outlook) -> dict[str, float | None]:
    return {ask.name: ask.needed for ask in found.asks}


def test_the_outlook_of_calls_in_words_of_people() -> None:
    """Of 200 called, 50 buy: 50 x 100 - 150 x 10, less what 200 blind calls earn (20 x 100 - 180 x 10), less 100."""
    agreed = brief(CALLS, capacity_share=0.2)
    found = outlook(agreed, Quality(precision=0.25), prevalence=TENTH)
    assert found.gain.value == pytest.approx(3200)
    assert found.people is not None
    assert (found.people.acted, found.people.right, found.people.missed) == pytest.approx((200, 50, 50))
    assert found.quality.recall == pytest.approx(0.5)
    assert found.ceiling == pytest.approx(100 * 100 - 200 - 100)
    assert found.gain.low < 3200 < found.gain.high and found.gain.probability is not None
    assert {bar.field for bar in found.tornado} == {"act_positive", "act_negative", "prevalence"}
    assert found.says().startswith("Expected 3,200 EUR a quarter, likely between ")


def test_what_is_asked_of_a_model_is_what_makes_the_gain_the_target() -> None:
    for capacity in (0.2, None):
        agreed = brief(CALLS, capacity_share=capacity)
        now = Quality(precision=0.3, recall=0.5)
        found = outlook(agreed, now, prevalence=exactly(0.1))
        recall = asked(found)["recall"]
        assert recall is not None
        assert outlook(agreed, Quality(precision=0.3, recall=recall), prevalence=exactly(0.1)).gain.value == (
            pytest.approx(1500)
        )
        precision = asked(found)["precision"]
        assert precision is not None
        changed = Quality(precision=precision, recall=None if capacity else 0.5)
        assert outlook(agreed, changed, prevalence=exactly(0.1)).gain.value == pytest.approx(1500)
        auc = asked(found)["AUC"]
        assert outlook(agreed, Quality(auc=auc), prevalence=exactly(0.1)).gain.value == pytest.approx(1500, rel=1e-3)


def test_a_target_above_the_ceiling_is_out_of_reach_and_said_to_be() -> None:
    found = outlook(brief(CALLS, target=50_000), Quality(precision=0.3, recall=0.5), prevalence=TENTH)
    assert not found.reachable
    assert found.rows is None and asked(found)["AUC"] is None
    assert "out of reach" in found.says()


def test_an_outlook_without_a_quality_takes_a_middling_model_and_the_owner_s_share() -> None:
    found = outlook(brief(CALLS, expected_positive_share=0.1))
    assert found.quality.auc == outlooks.TYPICAL_AUC
    with pytest.raises(FixTheInput) as refused:
        outlook(brief(CALLS))
    assert refused.value.field == "decision.expected_positive_share"


def test_a_matrix_without_a_threshold_still_has_an_outlook() -> None:
    never = ValueMatrix(act_positive=exactly(-5), act_negative=exactly(-5))
    found = outlook(brief(never), Quality(precision=0.3, recall=0.5), prevalence=TENTH)
    assert found.threshold is None and found.rows is None and found.gain.value < 0


def test_an_outlook_is_plain_data_and_comes_back_the_same() -> None:
    found = outlook(brief(CALLS), Quality(precision=0.3, recall=0.5), prevalence=TENTH)
    assert Outlook.model_validate(json.loads(json.dumps(found.facts()))) == found
    acted = whatif.WhatIf(CALLS, 1000, TENTH, *whatif.rates(0.1, 0.5, 0.3))
    assert found.gain.value == whatif.gain(acted)
