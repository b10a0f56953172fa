"""A changed contract: what changed decides who signs again, and an outsider can tell that the rest still holds."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from glassworks.core import canonical
from glassworks.core.canvas import MetricTarget
from glassworks.core.people import Role
from glassworks.core.stage import Stage
from glassworks.core.usecase import GateRecord
from glassworks.line import office, scope, signing
from glassworks.verify.dossier import verify_dossier

CASE = "whom-to-call"
At = Callable[[str], Any]


def changed(one: Any, **update: Any) -> Any:
    """The signed contract with a change, saved as its next version."""
    return one.save(one.brief().model_copy(update=update))


def valued(one: Any, amount: float) -> Any:
    value = one.brief().value.model_copy(update={"fixed_cost": amount})
    return changed(one, value=value)


def waits_for(one: Any, brief: Any) -> set[Role]:
    return set(signing.sheet(one.parts, one.who["validator"], CASE, brief.id).decision.waits_for)


def file_of(one: Any) -> bytes:
    gate = [g for g in one.parts.ledger.find(GateRecord, use_case=CASE) if g.stage is Stage.SCOPE and g.open][-1]
    return bytes(one.parts.vault.get(gate.file))


def test_a_changed_value_is_signed_by_its_owner_and_laid_ready_anew_the_expert_need_not(at: At) -> None:
    one = at("scoped")
    brief = valued(one, 7.0)
    assert waits_for(one, brief) == {Role.DATA_SCIENTIST, Role.BUSINESS_OWNER}
    told = scope.changes(one.parts, one.who["validator"], CASE)
    assert [c.path for c in told.changes] == ["value.fixed_cost"]
    assert set(told.sign_again) == waits_for(one, brief)
    one.sign("data_scientist", brief.id, "submit")
    assert one.sign("business_owner", brief.id).open
    assert one.case.brief == brief.id


def test_a_changed_feature_is_signed_by_the_expert_and_the_owner_need_not(at: At) -> None:
    one = at("scoped")
    features = tuple(f.model_copy(update={"meaning": f"{f.meaning}, precisely"}) for f in one.brief().features)
    brief = changed(one, features=features)
    assert waits_for(one, brief) == {Role.DATA_SCIENTIST, Role.DOMAIN_EXPERT}


def test_what_concerns_everybody_is_signed_by_everybody(at: At) -> None:
    one = at("scoped")
    assert len(waits_for(one, changed(one, forbidden=("segment",)))) == 3


def test_two_small_changes_add_up_so_nobody_is_led_away_step_by_step(at: At) -> None:
    one = at("scoped")
    valued(one, 7.0)
    features = tuple(f.model_copy(update={"meaning": "other"}) for f in one.brief().features)
    value = one.brief().value.model_copy(update={"fixed_cost": 7.0})
    both = one.save(one.brief().model_copy(update={"features": features, "value": value}))
    assert len(waits_for(one, both)) == 3, "each answers for what changed since they signed, not since the last draft"


def test_going_back_to_terms_that_were_signed_once_is_signed_again(at: At) -> None:
    one = at("scoped")
    first = one.brief().value.fixed_cost
    brief = valued(one, 7.0)
    one.sign("data_scientist", brief.id, "submit")
    assert one.sign("business_owner", brief.id).open
    back = valued(one, first)
    assert waits_for(one, back) == {Role.DATA_SCIENTIST, Role.BUSINESS_OWNER}, "the owner has left those terms"
    assert set(scope.changes(one.parts, one.who["validator"], CASE).sign_again) == waits_for(one, back)


def test_who_refused_a_version_is_asked_for_the_next_one(at: At) -> None:
    one = at("scoped")
    for words in ("precisely", "more precisely"):
        features = tuple(f.model_copy(update={"meaning": f"{f.name}, {words}"}) for f in one.brief().features)
        brief = changed(one, features=features)
        if words == "precisely":
            assert Role.BUSINESS_OWNER not in waits_for(one, brief)
            one.sign("business_owner", brief.id, "refuse", statement="These features are not ours to use.")
    assert Role.BUSINESS_OWNER in waits_for(one, brief), "a refusal is not left behind by saving again"


@pytest.mark.parametrize("field", ["metric_targets", "windows"])
def test_whoever_builds_cannot_lower_the_own_bar_alone(at: At, field: str) -> None:
    one = at("scoped")
    windows = one.brief().windows.model_copy(update={"sealed_share": 0.06})
    target = MetricTarget(metric="auc", op=">=", value=0.51)
    brief = changed(one, **{field: (target,) if field == "metric_targets" else windows})
    assert Role.BUSINESS_OWNER in waits_for(one, brief)


def test_the_carried_signature_stands_in_the_file_with_what_it_was_given_for(at: At) -> None:
    one = at("scoped")
    brief = valued(one, 7.0)
    one.sign("data_scientist", brief.id, "submit")
    one.sign("business_owner", brief.id)
    content = file_of(one)
    seen = verify_dossier(content, one.parts.office.fingerprint)
    assert seen.outcome == "PASS", seen.lines
    assert any("as domain expert" in line and "still holds" in line for line in seen.lines)


@pytest.mark.parametrize("field", ["meaning", "fixed_cost"])
def test_an_altered_earlier_version_is_found(at: At, field: str) -> None:
    one = at("scoped")
    brief = valued(one, 7.0)
    one.sign("data_scientist", brief.id, "submit")
    one.sign("business_owner", brief.id)
    file = json.loads(file_of(one))
    earlier = file["earlier"][0]["body"]["brief"]
    if field == "meaning":
        earlier["features"][0]["meaning"] = "something else"
    else:
        earlier["value"]["fixed_cost"] = 9
    assert verify_dossier(canonical.to_bytes(file), one.parts.office.fingerprint).outcome == "FAIL"


def test_a_person_who_signed_before_in_a_conflicting_role_cannot_sign_now(at: At) -> None:
    one = at("scoped")
    features = tuple(f.model_copy(update={"meaning": "other"}) for f in one.brief().features)
    brief = changed(one, features=features)
    owner = one.who["business_owner"]
    both = owner.model_copy(update={"roles": (*owner.roles, Role.DATA_SCIENTIST)})
    sheet = signing.sheet(one.parts, both, CASE, brief.id)
    assert sheet.refusals[Role.DATA_SCIENTIST].startswith("Rule separate-duties")


def test_under_another_policy_pack_everybody_signs_again(at: At) -> None:
    one = at("scoped")
    update = {"id": "policy-newer", "version": "2026.12.0", "effective_from": one.parts.now().date()}
    office.adopt(one.parts, one.who["champion"], one.parts.policy("").model_copy(update=update | {"alpha": 0.02}))
    assert len(waits_for(one, valued(one, 7.0))) == 3
