"""Decisions where rows, or answers, are worth different amounts: package, server and list agree with the measures."""

import importlib.util
import itertools
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from glassworks.core.canvas import Constraints
from glassworks.core.contract import Assumption, ClassValue, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.core.package import GainTerm
from glassworks.core.usecase import Column, DataContract
from glassworks.line.operate import _in_order
from glassworks.measures.scored import decided
from glassworks.serving.answering import decide
from glassworks.stages.validate.package import pack

OWN = ValueMatrix(
    act_positive=Assumption(low=1, mode=2, high=3, column="age"), act_negative=exactly(-4), skip_positive=exactly(-1)
)
HELD = (GainTerm(when="positive", factor=1.0, column="age"), GainTerm(when="negative", factor=-8.0))


@pytest.fixture(scope="module")
def campaign() -> ModuleType:
    spec = importlib.util.spec_from_file_location("campaign", Path(__file__).parents[2] / "fakes" / "campaign.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def agreed(campaign: Any, capacity: float | None, **changes: Any) -> Any:
    decision = campaign.brief().decision.model_copy(update={"capacity_share": capacity})
    return campaign.brief(decision=decision, **changes)


def packed(campaign: Any, brief: Any, inputs: tuple[str, ...] = ("balance", "age")) -> Any:
    contract = DataContract(columns=tuple(Column(name=n, dtype="number") for n in inputs))
    return pack(campaign.candidate(inputs=inputs), contract, brief)


def test_the_server_acts_on_the_rows_that_the_office_acted_on(campaign: Any) -> None:
    brief, rng = agreed(campaign, None, value=OWN), np.random.default_rng(1)
    chances, ages = rng.random(200), rng.integers(0, 9, 200)
    scored = decided(brief, chances > 0.5, chances, periods=1.0, columns={"age": ages})
    package = packed(campaign, brief)
    assert package.threshold is None
    acts = [decide(package, float(p), {"age": int(age)})[0] for p, age in zip(chances, ages, strict=True)]
    assert scored.acted is not None and acts == scored.acted.tolist()
    found = [package.expected_gain(float(p), {"age": int(age)}) for p, age in zip(chances, ages, strict=True)]
    assert found == pytest.approx(scored.expected)


def test_a_package_without_values_by_row_has_the_digest_it_had(campaign: Any) -> None:
    package = packed(campaign, agreed(campaign, None))
    assert package.gains == () and "gains" not in package.facts() and "answer_values" not in package.facts()


def test_a_model_that_does_not_take_the_column_cannot_be_packed(campaign: Any) -> None:
    with pytest.raises(FixTheInput) as refused:
        packed(campaign, agreed(campaign, None, value=OWN), inputs=("balance",))
    assert refused.value.field == "age"


@pytest.mark.parametrize("amount", [None, -3, "many"])
def test_a_row_without_an_amount_is_decided_as_the_contract_says(yard: Any, fakes: Any, amount: Any) -> None:
    package = yard.make_package(yard.files, gains=HELD, threshold=None)
    assert decide(package, 0.5, fakes.ROW | {"age": amount}) == (None, "call in list order")


def test_the_answer_of_the_server_follows_the_row_s_own_gain(yard: Any, fakes: Any) -> None:
    """0.3 x 41 > 0.7 x 8 but 0.3 x 18 < 0.7 x 8; with a capacity the list is ranked by it."""
    package = yard.make_package(yard.files, gains=HELD, threshold=None)
    assert decide(package, 0.3, fakes.ROW) == (True, "call")
    assert decide(package, 0.3, fakes.ROW | {"age": 18}) == (False, "do not call")
    limited = yard.make_package(yard.files, gains=HELD, threshold=None, capacity_share=0.2)
    act, words = decide(limited, 0.3, fakes.ROW)
    assert act is None and words == "rank by expected gain (6.70), then for the top 20 %: call"


def test_of_several_classes_the_answer_worth_most_is_given(campaign: Any) -> None:
    pairs = (
        ClassValue(truth="no", answer="yes", value=exactly(-1)),
        ClassValue(truth="yes", answer="no", value=exactly(-5)),
    )
    brief = campaign.brief(task=Task.MULTICLASS, value=ValueMatrix(classes=pairs))
    package = packed(campaign, brief)
    package = package.model_copy(update={"card": package.card.model_copy(update={"task": Task.MULTICLASS})})
    chances = np.array([[1 - p, p] for p in (0.1, 0.2, 0.6)])
    scored = decided(brief, [0, 1, 1], chances, periods=1.0, labels=("no", "yes"))
    said = [decide(package, row.tolist(), {})[1] for row in chances]
    assert scored.answered is not None
    assert said == [("no", "yes")[one] for one in scored.answered] == ["no", "yes", "yes"]


def test_of_several_classes_each_row_gets_the_answer_that_its_own_amount_makes_worth_most(campaign: Any) -> None:
    missed = ClassValue(truth="yes", answer="no", value=Assumption(low=-2, mode=-1, high=-1, column="age"))
    brief = campaign.brief(task=Task.MULTICLASS, value=ValueMatrix(right=exactly(1), classes=(missed,)))
    package = packed(campaign, brief)
    package = package.model_copy(update={"card": package.card.model_copy(update={"task": Task.MULTICLASS})})
    rng = np.random.default_rng(2)
    chances, ages = np.column_stack([p := rng.random(200), 1 - p]), rng.integers(0, 9, 200)
    scored = decided(brief, chances[:, 1] > 0.5, chances, periods=1.0, labels=("no", "yes"), columns={"age": ages})
    said = [decide(package, p.tolist(), {"age": int(age)})[1] for p, age in zip(chances, ages, strict=True)]
    assert scored.answered is not None
    assert said == [("no", "yes")[one] for one in scored.answered]
    assert said != [("no", "yes")[one] for one in chances.argmax(axis=1)]
    assert decide(package, [0.5, 0.5], {"age": None}) == (None, package.if_model_down)
    with pytest.raises(FixTheInput):
        packed(campaign, brief, inputs=("balance",))


def test_the_package_holds_how_many_reasons_the_contract_asks_for(campaign: Any) -> None:
    assert packed(campaign, agreed(campaign, None, constraints=Constraints(reason_codes=2))).reasons == 2
    assert "reasons" not in packed(campaign, agreed(campaign, None)).facts()


def answered() -> pl.DataFrame:
    facts = {"score": [0.9, 0.5, None, 0.2], "age": [1, 9, 5, 5], "decision": ["call", "wait", "down", "call"]}
    return pl.DataFrame(facts)


def test_a_list_is_ranked_by_expected_gain_and_a_person_gets_the_rest(campaign: Any) -> None:
    ranked = _in_order(answered(), agreed(campaign, 0.5, value=OWN))
    assert ranked["age"].to_list() == [9, 1, 5, 5]
    assert ranked["decision"].to_list() == ["call", "call", "wait", "ask a person"]
    free = _in_order(answered(), agreed(campaign, None, value=OWN))
    assert free["decision"].to_list() == ["wait", "call", "call", "ask a person"]


def test_a_list_without_a_capacity_keeps_what_the_server_decided_of_each_row(campaign: Any) -> None:
    ranked = _in_order(answered(), agreed(campaign, None))
    assert ranked["score"].to_list() == [0.9, 0.5, 0.2, None]
    assert ranked["decision"].to_list() == ["call", "wait", "call", "ask a person"]
    shares = itertools.pairwise(
        _in_order(answered(), agreed(campaign, share))["decision"].to_list().count("call") for share in (0.2, 0.5, 1.0)
    )
    assert all(fewer <= more for fewer, more in shares)
