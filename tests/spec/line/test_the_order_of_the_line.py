"""The order of the line: what must be signed before what, and what happens when the ground moves."""

import pytest

from glassworks.core.errors import Conflict, GateClosed, NotAllowed, NotFound
from glassworks.core.stage import Stage
from glassworks.core.usecase import Look
from glassworks.line import develop, validate


def test_a_stale_save_of_the_brief_is_a_conflict_and_nothing_is_lost(at) -> None:
    one = at("empty")
    first = one.save(one.agreed(problem="The first words."))
    with pytest.raises(Conflict, match="you edited version"):
        one.save(
            first.model_copy(update={"problem": "Words of somebody who did not read."}), expected=first.version - 1
        )
    assert one.brief().problem == "The first words."
    second = one.save(first.model_copy(update={"problem": "Words of somebody who read."}))
    assert second.version == first.version + 1
    assert one.parts.ledger.get(type(first), first.id).problem == "The first words."


def test_nothing_is_built_before_the_brief_and_the_data_are_signed(at) -> None:
    one = at("empty")
    with pytest.raises(GateClosed, match="no signed KPI contract"):
        develop.ask_build(one.parts, one.who["data_scientist"], "whom-to-call")
    one.go("scoped")
    with pytest.raises(NotAllowed, match="not signed yet") as refused:
        develop.ask_build(one.parts, one.who["data_scientist"], "whom-to-call")
    assert refused.value.rule == "data-first"
    assert one.refusals()[-1].detail == {"rule": "data-first"}
    with pytest.raises(NotAllowed, match="not signed yet"):
        one.model()


def test_data_are_not_signed_before_the_brief(at) -> None:
    one = at("empty")
    one.save(one.agreed())
    one.decide()
    with pytest.raises(NotAllowed) as refused:
        one.sign("data_scientist", one.dataset().id, "submit")
    assert refused.value.rule == "gate-order"


def test_nothing_is_validated_before_it_is_submitted(at) -> None:
    one = at("explored")
    made = one.model()
    with pytest.raises(GateClosed, match="submits it by signature first"):
        validate.ask_validation(one.parts, one.who["validator"], "whom-to-call", made.id)
    assert one.parts.ledger.find(Look) == []


@pytest.mark.parametrize("meaning", ["approve", "refuse"])
def test_what_a_gate_has_answered_is_not_validated_again_and_the_refusal_says_so(at, meaning: str) -> None:
    one = at("validated")
    made = one.candidate()
    one.sign("validator", made.id, meaning, statement="It is as I say.")
    if meaning == "approve":
        one.sign("business_owner", made.id, **one.accepting(made))
    with pytest.raises(GateClosed, match="Its gate has answered") as refused:
        validate.ask_validation(one.parts, one.who["validator"], "whom-to-call", made.id)
    assert refused.value.what == f"{made.name} is {'approved' if meaning == 'approve' else 'refused'}."


def test_columns_decided_anew_are_signed_anew_before_anything_is_made_from_them(at) -> None:
    one = at("explored")
    one.decide(previous="exclude")
    with pytest.raises(NotAllowed, match="not signed since") as refused:
        one.model()
    assert refused.value.rule == "data-first"
    one.sign_data()
    assert one.model(inputs=("balance",)).state == "proposed"


def test_a_brief_changed_after_a_look_goes_back_to_scope_and_its_look_stays_counted(at) -> None:
    one = at("validated")
    known = one.candidate()
    one.save(one.brief().model_copy(update={"problem": "Now we want something else."}))
    assert one.case.stage is Stage.SCOPE
    saved = [e.act.sentence for e in one.parts.ledger.entries() if e.act.act == "save brief"]
    assert "after 1 look" in saved[-1]
    with pytest.raises(NotAllowed) as refused:
        one.sign("validator", known.id)
    assert refused.value.rule == "gate-order", "nothing passes gate 4 while the brief waits"
    with pytest.raises(GateClosed, match="changed after it was signed"):
        develop.ask_build(one.parts, one.who["data_scientist"], "whom-to-call")
    assert one.sign_scope().open
    with pytest.raises(NotAllowed, match="earlier version of the brief"):
        one.model(name="Too early")
    one.decide()
    assert one.sign_data().open
    assert one.case.stage is Stage.DEVELOP
    again = one.model(name="Made anew")
    one.submit(again)
    with pytest.raises(NotAllowed) as refused:
        one.sign("validator", known.id)
    assert refused.value.rule == "same-contract"
    one.validate(again)
    looks = one.parts.ledger.find(Look)
    assert [look.number for look in looks] == [1, 2], "the same rows: the second look pays for the first"


def test_an_older_version_of_the_brief_is_not_signed_any_more(at) -> None:
    one = at("empty")
    first = one.save(one.agreed())
    one.save(one.brief().model_copy(update={"problem": "Better words."}))
    with pytest.raises(NotAllowed) as refused:
        one.sign("domain_expert", first.id)
    assert refused.value.rule == "newest-brief"


def test_another_line_of_business_sees_nothing_and_learns_nothing(at) -> None:
    one = at("validated")
    stranger = one.who["other_validator"]
    for act in (
        lambda: validate.ask_validation(one.parts, stranger, "whom-to-call", one.candidate().id),
        lambda: one.sign("other_validator", one.candidate().id),
    ):
        with pytest.raises(NotFound) as refused:
            act()
        assert "whom" not in str(refused.value).lower() and "Whom to call" not in str(refused.value)
