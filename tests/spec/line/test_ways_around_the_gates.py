"""Ways around the gates that somebody tried: each is closed, by a rule that is named."""

import pytest

from glassworks.core.commands import Invite, Stop, SubmitModel
from glassworks.core.errors import FixTheInput, NotAllowed
from glassworks.core.people import Person, Role
from glassworks.core.usecase import Look
from glassworks.hub.policies import OFFICE_PACK
from glassworks.line import develop, explore, office, operate, people, stops, validate
from glassworks.store.releases import read_revocations

PASSWORD = "a password for tests"
CASE = "whom-to-call"


def rule_of(act) -> str:
    with pytest.raises(NotAllowed) as error:
        act()
    return error.value.rule


def test_data_decided_anew_after_the_validation_ask_for_a_new_candidate(at) -> None:
    one = at("validated")
    one.decide(duration="exclude", previous="exclude")
    one.sign_data()
    assert rule_of(lambda: one.sign("validator", one.candidate().id)) == "same-data"


def test_data_explored_again_without_a_change_do_not(at) -> None:
    one = at("validated")
    explore.explore(one.parts, one.who["data_scientist"], CASE)
    one.sign_data()
    assert one.approve(one.candidate()).open


def test_reading_rights_alone_do_not_lay_the_data_ready_anew(at) -> None:
    one = at("released")
    assert rule_of(lambda: explore.explore(one.parts, one.who["auditor"], CASE)) == "act-by-role"


def test_a_contract_that_changed_while_a_validation_waited_costs_no_look(at) -> None:
    one = at("submitted")
    made = one.candidate()
    validate.ask_validation(one.parts, one.who["validator"], CASE, made.id)
    one.save(one.agreed(problem="Another question altogether."))
    one.sign_scope()
    one.drain()
    assert one.verdicts(made) == {}
    assert one.parts.ledger.find(Look) == []


def test_a_validation_that_waited_through_a_stop_costs_no_look(at) -> None:
    one = at("submitted")
    made = one.candidate()
    validate.ask_validation(one.parts, one.who["validator"], CASE, made.id)
    stops.stop(one.parts, one.who["auditor"], Stop(target_kind="use_case", target=CASE, reason="odd thing"))
    one.drain()
    assert one.parts.ledger.find(Look) == []


def test_a_champion_of_one_line_has_no_say_in_the_office_or_another_line(at) -> None:
    one = at("empty")
    local = one.join("local_champion", Role.CHAMPION)
    everywhere = Invite(name="Second Champion", login="second", roles=(Role.CHAMPION,))
    assert rule_of(lambda: people.invite(one.parts, local, everywhere)) == "own-line"
    loose = OFFICE_PACK.model_copy(update={"id": "policy-office-loose", "version": "2026.11.9", "max_looks": 99})
    assert rule_of(lambda: office.adopt(one.parts, local, loose)) == "own-line"
    there, here = one.who["other_validator"], one.who["validator"]
    assert rule_of(lambda: people.leave(one.parts, local, there.person, here.person)) == "own-line"
    assert rule_of(lambda: people.leave(one.parts, local, one.who["champion"].person, local.person)) == "own-line"
    assert rule_of(lambda: operate.erase(one.parts, local, "client-0001")) == "own-line"
    assert people.leave(one.parts, local, one.who["operator"].person, one.who["auditor"].person).roles


def test_an_heir_does_not_approve_what_they_inherited(at) -> None:
    one = at("validated")
    heir = one.join("heir", Role.VALIDATOR)
    people.leave(one.parts, one.who["champion"], one.who["data_scientist"].person, heir.person)
    one.who["heir"] = people.actor_of(one.parts, heir.person)
    assert rule_of(lambda: one.sign("heir", one.candidate().id, role="validator")) == "own-work"


def test_who_approved_does_not_become_the_authors_heir_before_the_gate_answered(at) -> None:
    one = at("validated")
    made, champion = one.candidate(), one.who["champion"]
    author, validator = one.who["data_scientist"].person, one.who["validator"].person
    one.sign("validator", made.id)
    assert rule_of(lambda: people.leave(one.parts, champion, author, validator)) == "own-work"
    assert one.parts.ledger.get(Person, author).active
    one.sign("business_owner", made.id, **one.accepting(made))
    assert people.leave(one.parts, champion, author, validator).took_over == (author,)


def test_the_gate_itself_knows_heirs_when_it_answers(at, monkeypatch) -> None:
    one = at("validated")
    made = one.candidate()
    one.sign("validator", made.id)
    monkeypatch.setattr(people, "_check_unbiased", lambda *_: None)
    people.leave(one.parts, one.who["champion"], one.who["data_scientist"].person, one.who["validator"].person)
    said = one.sign("business_owner", made.id, **one.accepting(made))
    assert not said.open and any("own" in reason for reason in said.reasons)


def test_a_stop_holds_although_a_served_file_was_altered(at) -> None:
    one = at("released")
    (one.parts.serving / one.case.release / "package.json").write_bytes(b"{}")
    stops.stop(one.parts, one.who["auditor"], Stop(target_kind="use_case", target=CASE, reason="odd thing"))
    assert read_revocations(one.parts.serving).releases == (one.case.release,)


def test_a_signature_for_releasing_a_stop_is_none_for_a_gate(at) -> None:
    one = at("validated")
    assert rule_of(lambda: one.sign("validator", one.candidate().id, "release_stop")) == "signer-asked"


def test_invented_people_sign_and_sign_in_only_in_the_demonstration(at) -> None:
    one = at("validated")
    invite = Invite(name="Inv Ented", login="invented", roles=(Role.VALIDATOR,), line="retail")
    made = people.add_person(one.parts, invite, password=PASSWORD, passphrase=PASSWORD, by="office", persona=True)
    one.who["invented"] = people.actor(made)
    assert rule_of(lambda: one.sign("invented", one.candidate().id, role="validator")) == "no-default-account"
    assert rule_of(lambda: people.sign_in(one.parts, "invented", PASSWORD)) == "sign-in"
    assert rule_of(lambda: people.actor_of(one.parts, made.id)) == "no-default-account"


@pytest.mark.parametrize("said", ["12/31/2026", " 2099-01-01", "(2099)", "-"])
def test_until_when_a_model_learned_elsewhere_is_a_date_or_refused_in_words(at, said) -> None:
    one = at("explored")
    card = one.model().card.model_copy(update={"learned_until": said})
    files = {"model.py": one.parts.vault.put(b"def predict(frame): ...")}
    command = SubmitModel(use_case=one.case.id, name="Elsewhere", card=card, files=files)
    with pytest.raises(FixTheInput, match="not written as a date") as refused:
        develop.submit_model(one.parts, one.who["data_scientist"], command)
    assert refused.value.field == "card.learned_until"
    dated = card.model_copy(update={"learned_until": "2026-03"})
    develop.submit_model(one.parts, one.who["data_scientist"], command.model_copy(update={"card": dated}))
