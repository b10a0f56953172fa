"""Exceptions and releases of stops on the line: signed by key, here or at home, and never by who made the work."""

from datetime import timedelta

import pytest

from glassworks.core import canonical, counter, signoff
from glassworks.core.commands import AskException, Stop
from glassworks.core.dossier import Dossier
from glassworks.core.errors import Conflict, GateClosed, NotAllowed
from glassworks.core.journal import Act
from glassworks.core.people import Role
from glassworks.core.permit import Permit
from glassworks.core.signoff import Meaning
from glassworks.core.stage import Stage
from glassworks.core.usecase import GateRecord, LineStop, Waiver
from glassworks.hub.keys import sign_off
from glassworks.line import exceptions, outcome, people, signing, stops
from glassworks.verify.dossier import verify_dossier

PASSPHRASE = "a passphrase for tests"
CASE = "whom-to-call"
OVERCLAIMED = """
import numpy as np
def predict(frame):
    b = frame["balance"].fill_null(0).to_numpy()
    more = frame["duration"].to_numpy() / 100 - 4.5 if "duration" in frame.columns else 0
    return 1 / (1 + np.exp(0.6 - 1.2 * b - more))
"""


def failing(one, login: str = "data_scientist"):
    """A validated candidate of this person that fails the check `claims_hold`, and that all others have signed."""
    made = one.model(name="Overclaimed", source=OVERCLAIMED, login=login)
    one.submit(made, login) if login == "data_scientist" else one.sign(login, made.id, "submit", role="data_scientist")
    one.validate(made)
    assert not one.approve(made).open
    return made


def asked(one, subject: str, check: str = "claims_hold", days: int = 20, login: str = "data_scientist") -> Waiver:
    words = {"reason": "The rows are few, more come in May.", "compensation": "A person looks at each list."}
    command = AskException(use_case=CASE, subject=subject, check=check, days=days, **words)
    return exceptions.ask_exception(one.parts, one.who[login], command)


def grant(one, waiver: Waiver, login: str = "approver") -> Waiver:
    return exceptions.grant_exception(one.parts, one.who[login], CASE, waiver.id, PASSPHRASE)


def refused(one, rule: str, act) -> None:
    with pytest.raises(NotAllowed) as error:
        act()
    assert error.value.rule == rule and one.refusals()[-1].detail["rule"] == rule


def keeps_own_key(one, login: str):
    """This person puts a key of their own on the key list; the private half."""
    private = signoff.new_private_key()
    people.enrol_key(one.parts, one.who[login], signoff.public_text(private))
    return private


def dossier_of(one, subject: str, stage: Stage = Stage.VALIDATE) -> Dossier:
    gate = [g for g in one.parts.ledger.find(GateRecord, use_case=CASE, subject=subject) if g.stage is stage][-1]
    return Dossier.model_validate(canonical.parse_strict(one.parts.vault.get(gate.file)))


def test_a_granted_exception_is_signed_and_an_outsider_verifies_it_in_the_dossier(at) -> None:
    one = at("explored")
    made = failing(one)
    granted = grant(one, asked(one, made.id))
    assert counter.grant_faults(granted, one.parts.keys(), ["data_scientist"]) == []
    file = dossier_of(one, made.id)
    assert file.exceptions == (granted,) and file.decision.open
    said = verify_dossier(file.content(), one.parts.office.fingerprint)
    assert said.outcome == "PASS"
    assert any("Granted by Approver as approver, with a key that the office keeps" in line for line in said.lines)


def test_who_keeps_an_own_key_grants_an_exception_at_home(at) -> None:
    one = at("explored")
    made = failing(one)
    waiver = asked(one, made.id)
    refused(one, "key-custody", lambda: exceptions.grant_at_home(one.parts, one.who["approver"], CASE, waiver.id))
    private = keeps_own_key(one, "approver")
    refused(one, "key-custody", lambda: grant(one, waiver))
    draft = exceptions.grant_at_home(one.parts, one.who["approver"], CASE, waiver.id)
    bring = lambda signed: exceptions.add_grant(one.parts, one.who["approver"], signed)  # noqa: E731
    longer = draft.model_copy(update={"expires_at": waiver.expires_at + timedelta(days=300)})
    refused(one, "same-dossier", lambda: bring(sign_off(longer, private)))
    refused(one, "signature", lambda: bring(sign_off(draft, signoff.new_private_key())))
    assert bring(sign_off(draft, private)).grant.method == "local key"
    assert one.case.release, "the gate was asked again"
    with pytest.raises(Conflict, match="granted already"):
        bring(sign_off(draft, private))


def test_who_keeps_an_own_key_releases_a_stop_at_home(at) -> None:
    one = at("released")
    pull = Stop(target_kind="line", target="retail", reason="It looks odd.")
    pulled = stops.stop(one.parts, one.who["auditor"], pull)
    private = keeps_own_key(one, "validator")
    validator = one.who["validator"]
    refused(one, "key-custody", lambda: stops.release_stop(one.parts, validator, pulled.id, "It is mended.", "x"))
    draft = stops.release_at_home(one.parts, validator, pulled.id, "It is mended.")
    assert (draft.meaning, draft.dossier) == (Meaning.RELEASE_STOP, pulled.pulled)
    kinder = draft.model_copy(update={"dossier": "sha256:other"})
    refused(one, "same-dossier", lambda: stops.add_release(one.parts, validator, sign_off(kinder, private)))
    released = stops.add_release(one.parts, validator, sign_off(draft, private))
    assert released.release_reason == "It is mended." and not released.holds
    assert counter.release_faults(one.parts.ledger.get(LineStop, pulled.id), one.parts.keys()) == []


def test_the_signature_on_an_exception_is_none_for_a_gate_and_the_other_way_round(at) -> None:
    one = at("explored")
    made = failing(one)
    waiver = asked(one, made.id)
    private = keeps_own_key(one, "approver")
    draft = sign_off(exceptions.grant_at_home(one.parts, one.who["approver"], CASE, waiver.id), private)
    with pytest.raises(Exception, match="nothing to sign"):
        signing.add_signed(one.parts, one.who["approver"], draft)
    other = sign_off(draft.model_copy(update={"meaning": Meaning.APPROVE}), private)
    refused(one, "same-dossier", lambda: exceptions.add_grant(one.parts, one.who["approver"], other))


def test_an_author_grants_nothing_on_their_own_work_though_a_champion_and_though_another_asked(at) -> None:
    one = at("explored")
    one.join("builds_and_leads", Role.DATA_SCIENTIST, Role.CHAMPION)
    made = failing(one, "builds_and_leads")
    waiver = asked(one, made.id)
    refused(one, "own-work", lambda: grant(one, waiver, "builds_and_leads"))
    assert not one.case.release
    grant(one, waiver, "champion")
    assert one.case.release


def test_who_took_over_the_work_of_the_author_or_the_asker_grants_nothing_on_it(at) -> None:
    one = at("explored")
    made = failing(one)
    by_owner = asked(one, made.id, login="business_owner")
    people.leave(one.parts, one.who["champion"], one.who["data_scientist"].person, one.who["approver"].person)
    one.who["approver"] = people.actor_of(one.parts, one.who["approver"].person)
    refused(one, "own-work", lambda: grant(one, by_owner))
    people.leave(one.parts, one.who["champion"], one.who["business_owner"].person, one.who["champion"].person)
    one.who["champion"] = people.actor_of(one.parts, one.who["champion"].person)
    refused(one, "other-person", lambda: grant(one, by_owner, "champion"))


def written(one, record) -> None:
    """Written behind the acts, as an older version or an intruder would."""
    act = Act(act="grant exception", who="nobody", what=record.id, use_case=CASE, line="retail", sentence="Behind.")
    one.parts.ledger.replace(record, one.parts.ledger.version(type(record), record.id), act)


@pytest.mark.parametrize("spoil", ["from before", "altered", "lent"])
def test_a_grant_from_before_or_one_that_does_not_fit_is_not_honoured_and_the_gate_says_why(at, spoil: str) -> None:
    one = at("explored")
    made = one.model(name="Overclaimed", source=OVERCLAIMED)
    one.submit(made)
    one.validate(made)
    granted = grant(one, asked(one, made.id))
    spoiled, why = {
        "from before": ({"grant": None}, "it is not signed by key"),
        "altered": ({"expires_at": granted.expires_at + timedelta(days=300)}, "it was altered after it was signed"),
        "lent": ({"id": granted.id, "requested_by": one.who["approver"].person}, "the one who asked for it granted it"),
    }[spoil]
    written(one, granted.model_copy(update=spoiled))
    said = one.approve(made)
    assert not said.open
    (reason,) = [one for one in said.reasons if "not honoured" in one]
    assert why in reason
    seen = exceptions.seen(one.parts, one.who["auditor"], one.case, one.parts.ledger.get(Waiver, granted.id))
    assert seen.state == "not honoured" and why in seen.why_void


def test_an_unsigned_exception_of_an_older_version_still_carries_the_dossier_that_it_opened_until_it_ends(at) -> None:
    one = at("explored")
    made = failing(one)
    waiver = asked(one, made.id, days=2)
    written(one, waiver.model_copy(update={"granted_by": one.who["approver"].person}))
    prepared = one.parts.ledger.find(GateRecord, subject=made.id)
    assert all(g.stage is Stage.DEVELOP for g in prepared), "no new gate honours it"
    grant_again = asked(one, made.id, days=2)
    grant(one, grant_again)
    file = dossier_of(one, made.id)
    assert {w.id for w in file.exceptions} == {waiver.id, grant_again.id}
    assert file.evidence().void == {waiver.id: "it is not signed by key"}
    assert one.parts.ledger.find(Permit)[0].expires_at <= grant_again.expires_at


def through_gate_one(at, days: int = 3):
    """A bench whose gate 1 opened with an exception of so many days, and the exception."""
    one = at("empty")
    one.save(one.agreed(acknowledged=()))
    brief = one.brief()
    assert not one.sign_scope().open
    waiver = grant(one, asked(one, brief.id, "uplift_warning", days), "champion")
    assert one.case.brief == brief.id, "the exception opened gate 1"
    return one, waiver


def carried_on(one) -> None:
    one.go("explored")
    one.go("submitted")
    one.go("validated")


def test_an_exception_at_gate_one_that_runs_out_ends_the_permit(at) -> None:
    one, waiver = through_gate_one(at)
    carried_on(one)
    assert one.approve(one.candidate()).open
    for hours in (13, 26, 39, 52, 65, 70):
        one.clock.moved = timedelta(hours=hours)
        outcome.renew(one.parts)
    assert max(p.expires_at for p in one.parts.ledger.find(Permit)) == waiver.expires_at
    one.clock.moved = timedelta(days=4)
    assert outcome.renew(one.parts) == 0, "its ground has run out"


def test_what_rests_on_an_exception_that_ran_out_is_not_released(at) -> None:
    one, waiver = through_gate_one(at)
    carried_on(one)
    one.clock.moved = timedelta(days=4)
    refused(one, "earlier-gate", lambda: one.sign("validator", one.candidate().id))
    assert not one.case.release and waiver.expires_at < one.clock.now()


def test_the_last_signature_comes_too_late_when_an_exception_below_ran_out(at) -> None:
    one, _ = through_gate_one(at)
    one.go("explored")
    made = failing(one)
    waiver = asked(one, made.id)
    one.clock.moved = timedelta(days=4)
    with pytest.raises(GateClosed, match="earlier gate rests on has run out"):
        grant(one, waiver)
    assert not one.case.release and not one.parts.ledger.get(Waiver, waiver.id).granted_by


def test_an_acceptance_at_gate_one_that_runs_out_ends_the_permit(at) -> None:
    one = at("empty")
    brief = one.save(one.agreed())
    one.sign("data_scientist", brief.id, "submit")
    one.sign("domain_expert", brief.id)
    until = one.clock.now() + timedelta(days=2)
    words = {"accepts": ("hold_out_power",), "conditions": ("More rows in May.",), "expires_at": until}
    assert one.sign("business_owner", brief.id, **words).open
    carried_on(one)
    assert one.approve(one.candidate()).open
    for hours in (13, 26, 39, 46):
        one.clock.moved = timedelta(hours=hours)
        outcome.renew(one.parts)
    assert max(p.expires_at for p in one.parts.ledger.find(Permit)) == until
    one.clock.moved = timedelta(days=3)
    assert outcome.renew(one.parts) == 0
