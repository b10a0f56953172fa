"""Who is refused, by which rule; and each refusal stands in the journal."""

from datetime import timedelta

import pytest

from glassworks.core import signoff
from glassworks.core.commands import Sign
from glassworks.core.contract import Tier
from glassworks.core.errors import FixTheInput, NotAllowed
from glassworks.core.judgment import HEADS, composed
from glassworks.core.people import Role
from glassworks.core.result import Verdict
from glassworks.core.signoff import Meaning
from glassworks.core.stage import Stage
from glassworks.core.usecase import GateRecord
from glassworks.hub.keys import sign_off
from glassworks.line import develop, people, signing


def refused(one, rule: str, act) -> None:
    """The act is refused by this rule, and the journal holds the refusal with its rule."""
    before = len(one.refusals())
    with pytest.raises(NotAllowed) as error:
        act()
    assert error.value.rule == rule
    fresh = one.refusals()[before:]
    assert [note.detail["rule"] for note in fresh] == [rule]
    assert fresh[0].use_case == "whom-to-call" and fresh[0].line == "retail"


def test_a_role_that_one_does_not_hold(at) -> None:
    one = at("validated")
    refused(one, "role-held", lambda: one.sign("operator", one.candidate().id, role="validator"))
    refused(one, "act-by-role", lambda: develop.ask_build(one.parts, one.who["validator"], "whom-to-call"))


def test_own_work_at_gate_four(at) -> None:
    one = at("validated")
    refused(one, "own-work", lambda: one.sign("data_scientist", one.candidate().id, role="validator"))


def test_a_role_that_the_gate_does_not_ask(at) -> None:
    one = at("validated")
    refused(one, "signer-asked", lambda: one.sign("approver", one.candidate().id))


def test_two_conflicting_roles_on_one_subject(at) -> None:
    one = at("validated")
    one.join("both", Role.VALIDATOR, Role.BUSINESS_OWNER)
    one.sign("both", one.candidate().id, role="validator")
    refused(one, "separate-duties", lambda: one.sign("both", one.candidate().id, role="business_owner"))


def test_the_same_role_twice(at) -> None:
    one = at("validated")
    one.sign("validator", one.candidate().id)
    one.join("second_validator", Role.VALIDATOR)
    refused(one, "once", lambda: one.sign("second_validator", one.candidate().id))


def test_a_wrong_passphrase(at) -> None:
    one = at("validated")
    command = Sign(use_case="whom-to-call", subject=one.candidate().id, role=Role.VALIDATOR, meaning=Meaning.APPROVE)
    act = lambda: signing.sign(one.parts, one.who["validator"], command, "not the passphrase")  # noqa: E731
    refused(one, "key-passphrase", act)


def at_home(one) -> tuple:
    """The validator keeps an own key; the sign-off they would sign at home."""
    private = signoff.new_private_key()
    people.enrol_key(one.parts, one.who["validator"], signoff.public_text(private))
    command = Sign(use_case="whom-to-call", subject=one.candidate().id, role=Role.VALIDATOR, meaning=Meaning.APPROVE)
    return private, signing.to_sign_elsewhere(one.parts, one.who["validator"], command)


def test_a_signature_made_at_home_is_taken_once_and_not_replayed(at) -> None:
    one = at("validated")
    private, draft = at_home(one)
    signed = sign_off(draft, private)
    bring = lambda: signing.add_signed(one.parts, one.who["validator"], signed)  # noqa: E731
    assert bring().waits_for == (Role.BUSINESS_OWNER,)
    refused(one, "once", bring)


def test_a_signature_over_evidence_that_changed_meanwhile(at) -> None:
    one = at("explored")
    one.decide()
    private = signoff.new_private_key()
    people.enrol_key(one.parts, one.who["domain_expert"], signoff.public_text(private))
    command = Sign(use_case="whom-to-call", subject=one.dataset().id, role=Role.DOMAIN_EXPERT, meaning=Meaning.APPROVE)
    draft = signing.to_sign_elsewhere(one.parts, one.who["domain_expert"], command)
    one.decide(previous="exclude")
    signed = sign_off(draft, private)
    refused(one, "same-dossier", lambda: signing.add_signed(one.parts, one.who["domain_expert"], signed))


def test_the_key_of_another_person(at) -> None:
    one = at("validated")
    _, draft = at_home(one)
    stranger = sign_off(draft, signoff.new_private_key())
    refused(one, "signature", lambda: signing.add_signed(one.parts, one.who["validator"], stranger))
    with pytest.raises(NotAllowed) as another_key:
        signing.add_signed(one.parts, one.who["validator"], stranger)
    assert "key list" in another_key.value.next_step
    lent = sign_off(draft, signoff.new_private_key())
    act = lambda: signing.add_signed(one.parts, one.who["business_owner"], lent)  # noqa: E731
    refused(one, "key-custody", act)


def test_one_key_is_never_enrolled_for_two_people(at) -> None:
    one = at("validated")
    private, _ = at_home(one)
    with pytest.raises(NotAllowed) as error:
        people.enrol_key(one.parts, one.who["business_owner"], signoff.public_text(private))
    assert error.value.rule == "own-key"
    assert one.refusals()[-1].detail["rule"] == "own-key", "the journal holds the refusal"


def test_a_gate_that_has_answered_is_not_signed_again(at) -> None:
    one = at("released")
    one.join("late_owner", Role.BUSINESS_OWNER)
    act = lambda: one.sign("late_owner", one.candidate().id, "refuse", role="business_owner", statement="Too late.")  # noqa: E731
    refused(one, "settled", act)


def test_a_refusal_needs_its_reason(at) -> None:
    one = at("validated")
    with pytest.raises(FixTheInput, match="needs its reason"):
        one.sign("validator", one.candidate().id, "refuse")
    one.sign("validator", one.candidate().id, "refuse", statement="I do not believe it.")
    assert one.candidate().state == "refused"


def test_an_inconclusive_answer_is_accepted_only_with_a_condition_and_an_expiry_date(at) -> None:
    one = at("validated")
    made = one.candidate()
    words = one.accepting(made)
    assert words["accepts"] == ("calibration", "weak_slices")
    one.sign("validator", made.id)
    for missing in ("conditions", "expires_at"):
        partly = {name: value for name, value in words.items() if name != missing}
        with pytest.raises(FixTheInput, match="condition and an expiry date"):
            one.sign("business_owner", made.id, **partly)
    with pytest.raises(FixTheInput, match="lies in the past"):
        past = words | {"expires_at": one.clock.now() - timedelta(days=1)}
        one.sign("business_owner", made.id, **past)
    plain = one.sign("business_owner", made.id)
    assert not plain.open and "may accept it by signature" in plain.reasons[0]


def test_an_expired_acceptance_no_longer_counts_and_may_be_given_again(at) -> None:
    one = at("validated")
    made = one.candidate()
    one.sign("business_owner", made.id, **one.accepting(made, days=1))
    one.clock.moved = timedelta(days=2)
    waits = one.sign("validator", made.id)
    assert not waits.open and Role.BUSINESS_OWNER in waits.waits_for
    assert one.sign("business_owner", made.id, **one.accepting(made, days=1)).open


def test_an_inconclusive_answer_closes_at_high_tier_whoever_accepts_it(at) -> None:
    one = at("empty")
    for step in ("scoped", "explored", "submitted", "validated"):
        one.go(step, **({"tier": Tier.HIGH} if step == "scoped" else {}))
    made = one.candidate()
    with pytest.raises(FixTheInput, match="Conceptual soundness"):
        one.sign("validator", made.id)
    one.sign("validator", made.id, statement=composed(dict.fromkeys(HEADS, "Looked at.")))
    one.sign("approver", made.id)
    said = one.sign("business_owner", made.id, **one.accepting(made))
    assert not said.open
    unsure = [name for name, verdict in one.verdicts(made).items() if verdict is Verdict.INCONCLUSIVE]
    assert {"calibration", "weak_slices"} <= set(unsure), "also a question that the pack does not name"
    assert len(said.reasons) == len(unsure)
    assert "Calibration is inconclusive, which closes at high tier: get more data." in said.reasons
    assert not one.case.release
    gates = one.parts.ledger.find(GateRecord, subject=made.id)
    assert [g.stage for g in gates if g.open] == [Stage.DEVELOP]
