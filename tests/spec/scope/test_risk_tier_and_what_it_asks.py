"""The risk tier follows from answers by the policy's rules, and decides what a person must have written."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from glassworks.core import registry
from glassworks.core.canvas import Risk
from glassworks.core.check import run
from glassworks.core.contract import Brief, Tier
from glassworks.core.people import Role
from glassworks.core.policy import PolicyPack, loosened
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.hub.policies import OFFICE_PACK
from glassworks.stages.scope.brief_file import brief_from_yaml
from glassworks.stages.scope.tiering import derive

EXAMPLES = Path(__file__).parents[3] / "src/glassworks/examples"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CASE = UseCase(id="case", title="A title", question="A question?", opened_by="p", opened_at=NOW, moved_at=NOW)
CALM = Risk(
    exposure="low", purpose="low", complexity="low", autonomy="low", consequential_decision=False, eu_annex_iii=False
)


def example(name: str) -> Brief:
    return brief_from_yaml((EXAMPLES / name / "brief.yaml").read_text(), CASE, {r: f"p-{r}" for r in Role}, NOW)


def ask(check: str, brief: Brief, policy: PolicyPack = OFFICE_PACK) -> Answer:
    evidence = {"brief": brief, "policy": policy}
    return run(next(c for c in registry.checks(Stage.SCOPE) if c.id == check), evidence, brief.task)


def with_risk(brief: Brief, **answers: Any) -> Brief:
    return brief.model_copy(update={"risk": CALM.model_copy(update=answers)})


@pytest.mark.parametrize(
    ("answers", "tier"),
    [
        ({}, Tier.LOW),
        ({"complexity": "medium"}, Tier.LOW),
        ({"purpose": "medium"}, Tier.MEDIUM),
        ({"exposure": "medium"}, Tier.MEDIUM),
        ({"complexity": "high"}, Tier.MEDIUM),
        ({"autonomy": "medium"}, Tier.MEDIUM),
        ({"exposure": "high"}, Tier.HIGH),
        ({"consequential_decision": True}, Tier.HIGH),
        ({"eu_annex_iii": True}, Tier.HIGH),
        ({"exposure": None, "purpose": None}, Tier.LOW),
    ],
)
def test_the_tier_follows_from_the_answers(answers: dict[str, Any], tier: Tier) -> None:
    assert derive(with_risk(example("term_deposit"), **answers), OFFICE_PACK).tier is tier


def test_a_consequential_decision_that_is_not_about_people_is_not_of_high_tier_for_that() -> None:
    bikes = with_risk(example("bike_demand"), consequential_decision=True, autonomy="medium")
    assert derive(bikes, OFFICE_PACK).tier is Tier.LOW


def test_a_higher_tier_is_free_and_a_lower_one_needs_a_reason_that_shows_as_a_warning() -> None:
    brief = with_risk(example("term_deposit"), exposure="medium")
    up = ask("risk_tier", brief.model_copy(update={"tier": Tier.HIGH}))
    assert up.verdict is Verdict.PASS and not up.warning
    down = ask("risk_tier", brief)
    assert down.verdict is Verdict.FAIL and "risk.lowered_because" in down.next_step and "medium" in down.sentence
    reasoned = ask("risk_tier", with_risk(brief, exposure="medium", lowered_because="Only one branch for a month."))
    assert reasoned.verdict is Verdict.PASS and reasoned.warning and "Only one branch" in reasoned.sentence


def test_a_low_tier_that_rests_on_open_answers_is_a_warning_that_names_them() -> None:
    answer = ask("risk_tier", with_risk(example("term_deposit"), purpose=None))
    assert answer.verdict is Verdict.PASS and answer.warning and answer.examples == ("risk.purpose",)


def test_every_shipped_brief_says_what_its_tier_asks_for() -> None:
    for folder in sorted(EXAMPLES.iterdir()):
        if (folder / "brief.yaml").is_file():
            answers = [ask(name, example(folder.name)) for name in ("risk_tier", "asked_by_tier")]
            assert [a.verdict for a in answers] == [Verdict.PASS, Verdict.PASS], folder.name


def test_a_field_that_only_a_higher_tier_asks_for_is_named_there_and_not_below() -> None:
    full = example("telco_churn")
    brief = full.model_copy(update={"kpi": full.kpi.model_copy(update={"tree": ()})})
    assert ask("asked_by_tier", brief).verdict is Verdict.PASS
    higher = ask("asked_by_tier", brief.model_copy(update={"tier": Tier.MEDIUM}))
    assert higher.verdict is Verdict.FAIL and "kpi.tree" in higher.examples and "`defaulted`" in higher.next_step


def test_what_the_factory_filled_in_counts_only_once_somebody_confirmed_it() -> None:
    brief = example("term_deposit")
    filled = ask("asked_by_tier", brief.model_copy(update={"defaulted": ("value.act_positive", "label_delay")}))
    assert filled.verdict is Verdict.FAIL and "value" in filled.sentence and "label_delay" not in filled.sentence
    other = ask("asked_by_tier", brief.model_copy(update={"defaulted": ("label_delay",)}))
    assert other.verdict is Verdict.PASS and "1 other field" in other.sentence


def test_a_line_may_add_rules_and_fields_and_never_take_one_away() -> None:
    rules, asked = OFFICE_PACK.tier_rules, dict(OFFICE_PACK.asked or {})
    stricter = OFFICE_PACK.model_copy(
        update={
            "tier_rules": tuple(rule.model_copy(update={"tier": Tier.HIGH}) for rule in rules),
            "asked": {**asked, Tier.LOW: OFFICE_PACK.asked_at(Tier.MEDIUM)},
        }
    )
    assert loosened(OFFICE_PACK, stricter) == []
    fewer = loosened(OFFICE_PACK, OFFICE_PACK.model_copy(update={"tier_rules": rules[1:]}))
    assert fewer == [f"the rule for tier high is gone: {rules[0].because}"]
    weaker = rules[0].model_copy(update={"tier": Tier.LOW})
    assert loosened(OFFICE_PACK, OFFICE_PACK.model_copy(update={"tier_rules": (weaker, *rules[1:])}))
    less = loosened(OFFICE_PACK, OFFICE_PACK.model_copy(update={"asked": {**asked, Tier.LOW: ("problem",)}}))
    assert "tier low no longer asks for value in the brief" in less


def test_a_pack_from_before_the_rules_existed_has_the_digest_it_had() -> None:
    old = OFFICE_PACK.model_copy(update={"tier_rules": (), "asked": None})
    assert not {"tier_rules", "asked"} & old.facts().keys()
