"""What changed in a contract decides who signs again."""

from glassworks.core.contract import Assumption, Brief, exactly
from glassworks.core.difference import difference, sign_again
from glassworks.core.people import Role

SIGNERS = (Role.DATA_SCIENTIST, Role.BUSINESS_OWNER, Role.DOMAIN_EXPERT)


def _brief(**changes: object) -> Brief:
    facts: dict[str, object] = {
        "id": "b-v1",
        "title": "Calls",
        "problem": "Whom to call?",
        "target": "y",
        "positive": "yes",
        "decision": {
            "unit": "customer",
            "action": "call",
            "otherwise": "do not",
            "volume_per_period": 100,
            "if_model_down": "list order",
        },
        "kpi": {"name": "value", "unit": "EUR", "baseline": "list order", "target": 10},
        "value": {},
        "features": [{"name": "age"}, {"name": "job", "expected": "up"}],
    }
    return Brief.model_validate(facts | changes)


def _roles(after: Brief) -> tuple[Role, ...]:
    return sign_again(difference(_brief(), after, SIGNERS), SIGNERS)


def test_a_changed_value_needs_the_business_owner_alone() -> None:
    value = _brief().value.model_copy(update={"act_positive": exactly(5)})
    assert _roles(_brief().model_copy(update={"value": value})) == (Role.BUSINESS_OWNER,)


def test_a_changed_direction_needs_the_domain_expert_alone() -> None:
    after = _brief(features=[{"name": "age"}, {"name": "job", "expected": "down"}])
    (change,) = difference(_brief(), after, SIGNERS)
    assert (change.path, change.before, change.after) == ("features.job.expected", "up", "down")
    assert _roles(after) == (Role.DOMAIN_EXPERT,)


def test_an_order_of_features_is_no_change() -> None:
    assert difference(_brief(), _brief(features=[{"name": "job", "expected": "up"}, {"name": "age"}]), SIGNERS) == ()


def test_what_nobody_answers_for_alone_is_signed_by_everybody() -> None:
    assert _roles(_brief(forbidden=["age"])) == SIGNERS
    assert _roles(_brief(people={"validator": "p-1"})) == SIGNERS


def test_an_answer_for_a_role_that_does_not_sign_falls_to_everybody_who_does() -> None:
    changes = difference(_brief(), _brief(features=[{"name": "age"}]), (Role.BUSINESS_OWNER,))
    assert sign_again(changes, (Role.BUSINESS_OWNER,)) == (Role.BUSINESS_OWNER,)


def test_saving_again_without_a_change_differs_in_nothing() -> None:
    again = _brief().model_copy(update={"id": "b-v2", "version": 2, "saved_by": "p-9", "defaulted": ("kpi.name",)})
    assert difference(_brief(), again, SIGNERS) == ()


def test_an_entry_left_empty_in_a_new_part_is_nothing_to_read() -> None:
    effect = Assumption(low=0.2, mode=0.5, high=0.9, source="")
    changes = difference(_brief(), _brief(value={"treatment_effect": effect.facts()}), SIGNERS)
    read = {change.path.rpartition(".")[2]: change.after for change in changes if change.readable}
    assert read == {"low": 0.2, "mode": 0.5, "high": 0.9}
