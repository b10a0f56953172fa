"""People come, lose a passphrase, leave; what they signed goes on to verify."""

import pytest

from glassworks.core.commands import Invite
from glassworks.core.errors import Conflict, FixTheInput, NotAllowed, NotFound
from glassworks.core.people import HeldKey, Person, Role
from glassworks.core.usecase import Token
from glassworks.line import people
from glassworks.verify.dossier import verify_dossier

PASSWORD, PASSPHRASE, OTHER = "a password for tests", "a passphrase for tests", "another passphrase for tests"


def dossiers(one) -> set[str]:
    pinned = one.parts.office.fingerprint
    return {verify_dossier(file.read_bytes(), pinned).outcome for file in one.parts.dossiers.glob("*.dossier")}


def test_an_invitation_works_once_and_only_with_its_secret(at) -> None:
    one = at("empty")
    asked = Invite(name="Nora New", login="nora", roles=(Role.VALIDATOR,), line="retail")
    with pytest.raises(NotAllowed):
        people.invite(one.parts, one.who["business_owner"], asked)
    assert one.refusals()[-1].detail == {"rule": "act-by-role"}
    made, secret = people.invite(one.parts, one.who["champion"], asked)
    with pytest.raises(NotAllowed, match="not open"):
        people.accept(one.parts, made.id, secret[:-1], password=PASSWORD, passphrase=PASSPHRASE)
    nora = people.accept(one.parts, made.id, secret, password=PASSWORD, passphrase=PASSPHRASE)
    assert nora.roles == (Role.VALIDATOR,) and nora.lines == ("retail",)
    with pytest.raises(NotAllowed, match="not open"):
        people.accept(one.parts, made.id, secret, password=PASSWORD, passphrase=PASSPHRASE)
    with pytest.raises(Conflict, match="taken"):
        one.join("nora", Role.OPERATOR)


def test_a_lost_passphrase_costs_a_new_key_and_no_old_signature(at) -> None:
    one = at("validated")
    one.sign("validator", one.candidate().id)
    for login in ("data_scientist", "domain_expert", "validator", "business_owner"):
        people.new_key(one.parts, one.who[login], OTHER)
    with pytest.raises(NotAllowed) as refused:
        one.sign("business_owner", one.candidate().id, **one.accepting(one.candidate()))
    assert refused.value.rule == "key-passphrase"
    owner = one.who["business_owner"].person
    old, new = [h for h in one.parts.ledger.find(HeldKey) if h.key.person == owner]
    assert old.key.valid_until and not old.sealed_private and new.key.valid_until is None
    people.new_key(one.parts, one.who["business_owner"], PASSPHRASE)
    assert one.sign("business_owner", one.candidate().id, **one.accepting(one.candidate())).open
    assert dossiers(one) == {"PASS"}


def test_a_leavers_work_goes_to_an_heir_and_their_account_keys_and_tokens_end(at) -> None:
    one = at("submitted")
    heir = one.join("heir", Role.OPERATOR)
    leaver = one.who["data_scientist"]
    _, secret = people.make_token(one.parts, leaver)
    session = people.sign_in(one.parts, "data_scientist", PASSWORD)
    with pytest.raises(NotAllowed):
        people.leave(one.parts, one.who["business_owner"], leaver.person, heir.person)
    taken = people.leave(one.parts, one.who["champion"], leaver.person, heir.person)
    assert taken.roles == (Role.OPERATOR, Role.DATA_SCIENTIST)
    assert not one.parts.ledger.get(Person, leaver.person).active
    assert one.parts.sessions.person_of(session) is None
    for refused in (
        lambda: people.sign_in(one.parts, "data_scientist", PASSWORD),
        lambda: people.actor_of_token(one.parts, secret),
        lambda: people.actor_of(one.parts, leaver.person),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert all(token.revoked for token in one.parts.ledger.find(Token, person=leaver.person))
    with pytest.raises(NotFound, match="no valid key"):
        people.current_key(one.parts, leaver.person)
    one.who["heir"] = people.actor(taken)
    made = one.model(name="By the heir", login="heir")
    assert one.sign("heir", made.id, "submit", role="data_scientist").open
    one.validate(one.candidate())
    assert one.approve(one.candidate()).open
    assert dossiers(one) == {"PASS"}, "what the leaver signed goes on to verify"


def test_an_heir_gets_no_role_in_a_line_where_neither_held_it(at) -> None:
    one = at("validated")
    heir = one.join("second_data_scientist", Role.DATA_SCIENTIST)
    leaver = one.who["other_validator"]
    taken = people.leave(one.parts, one.who["champion"], leaver.person, heir.person)
    assert (taken.roles, taken.lines, taken.took_over) == (heir.roles, heir.lines, (leaver.person,))
    told = "takes over the work of Other Validator, not the roles: they work in other lines"
    assert any(told in entry.act.sentence for entry in one.parts.ledger.entries())
    one.who["second_data_scientist"] = people.actor(taken)
    with pytest.raises(NotAllowed):
        one.sign("second_data_scientist", one.candidate().id, role="validator")


def test_an_heir_gets_no_role_that_conflicts_with_their_own_and_the_account_closes_all_the_same(at) -> None:
    one = at("empty")
    heir, leaver = one.who["business_owner"], one.who["validator"]
    taken = people.leave(one.parts, one.who["champion"], leaver.person, heir.person)
    assert taken.roles == heir.roles and taken.took_over == (leaver.person,)
    assert not one.parts.ledger.get(Person, leaver.person).active
    assert any("nobody is business owner and validator in one" in e.act.sentence for e in one.parts.ledger.entries())


def test_of_two_with_the_same_role_the_heir_works_in_the_lines_of_both(at) -> None:
    one = at("empty")
    leaver, heir = one.who["other_validator"], one.who["validator"]
    taken = people.leave(one.parts, one.who["champion"], leaver.person, heir.person)
    assert taken.roles == (Role.VALIDATOR,) and set(taken.lines) == {"retail", "insurance"}


def test_work_is_not_handed_to_oneself_or_to_somebody_who_left(at) -> None:
    one = at("empty")
    champion, leaver = one.who["champion"], one.who["operator"].person
    with pytest.raises(FixTheInput, match="another person"):
        people.leave(one.parts, champion, leaver, leaver)
    people.leave(one.parts, champion, leaver, one.who["auditor"].person)
    with pytest.raises(FixTheInput, match="who is here"):
        people.leave(one.parts, champion, one.who["approver"].person, leaver)


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(at) -> None:
    one = at("empty")
    said = set()
    for login, password in (("nobody", PASSWORD), ("validator", "not the password")):
        with pytest.raises(NotAllowed) as refused:
            people.sign_in(one.parts, login, password)
        said.add(str(refused.value))
    assert len(said) == 1
    assert [note.act for note in one.refusals()] == ["sign in", "sign in"]
