"""What a release may do, and for how long: leases, stops that anyone may pull, exceptions that run out."""

from datetime import timedelta

import pytest

from glassworks.core import canonical, counter
from glassworks.core.commands import AskException, Raise, Stop
from glassworks.core.errors import Conflict, FixTheInput, NotAllowed, NotFound
from glassworks.core.finding import Severity
from glassworks.core.people import Role
from glassworks.core.permit import Permit, Revocations, revoked_releases
from glassworks.core.result import Verdict
from glassworks.core.usecase import Release, Waiver
from glassworks.line import audit, documents, exceptions, operate, outcome, stops
from glassworks.store import releases as stored_releases

PASSPHRASE = "a passphrase for tests"
WORDS = {"reason": "The rows are few, more come in May.", "compensation": "A person looks at each list."}


def permits(one) -> list[Permit]:
    return one.parts.ledger.find(Permit)


def revoked(one) -> frozenset[str]:
    content = (one.parts.serving / "revocations.json").read_bytes()
    return revoked_releases(
        Revocations.model_validate(canonical.parse_strict(content)), pinned=one.parts.office.fingerprint
    )


def pulled(one, kind: str, target: str, login: str = "auditor"):
    return stops.stop(one.parts, one.who[login], Stop(target_kind=kind, target=target, reason="It looks odd."))


def test_a_lease_is_renewed_at_half_time_and_not_before(at) -> None:
    one = at("released")
    assert outcome.renew(one.parts) == 0
    one.clock.moved = timedelta(hours=11)
    assert outcome.renew(one.parts) == 0
    one.clock.moved = timedelta(hours=13)
    assert outcome.renew(one.parts) == 1
    first, second = permits(one)
    assert second.serial == 2 and second.expires_at > first.expires_at
    assert second.package == first.package and second.conditions == first.conditions
    assert outcome.renew(one.parts) == 0, "a fresh lease is not renewed again"


@pytest.mark.parametrize("kind", ["use_case", "release", "line"])
def test_anyone_stops_and_serving_knows_at_once_and_no_lease_is_renewed(at, kind: str) -> None:
    one = at("released")
    release = one.case.release
    target = {"use_case": "whom-to-call", "release": release, "line": "retail"}[kind]
    assert revoked(one) == frozenset()
    stop = pulled(one, kind, target)
    assert revoked(one) == {release}
    one.clock.moved = timedelta(hours=20)
    assert outcome.renew(one.parts) == 0 and len(permits(one)) == 1
    released = stops.release_stop(one.parts, one.who["business_owner"], stop.id, "It was a misreading.", PASSPHRASE)
    assert counter.release_faults(released, one.parts.keys()) == [] and revoked(one) == frozenset()
    assert outcome.renew(one.parts) == 1


def test_releasing_a_stop_takes_another_person_a_reason_and_their_passphrase(at) -> None:
    one = at("released")
    stop = pulled(one, "use_case", "whom-to-call", login="business_owner")

    def release(login: str, reason: str = "It is mended.", passphrase: str = PASSPHRASE):
        return stops.release_stop(one.parts, one.who[login], stop.id, reason, passphrase)

    for login, rule in (("business_owner", "other-person"), ("auditor", "act-by-role")):
        with pytest.raises(NotAllowed) as refused:
            release(login)
        assert refused.value.rule == rule and one.refusals()[-1].detail == {"rule": rule}
    with pytest.raises(FixTheInput, match="needs a reason"):
        release("validator", reason="  ")
    with pytest.raises(NotAllowed, match="passphrase"):
        release("validator", passphrase="not the passphrase")
    assert release("validator").released_by == one.who["validator"].person
    with pytest.raises(Conflict, match="released before"):
        release("champion")


def test_a_stranger_cannot_stop_another_line(at) -> None:
    one = at("released")
    with pytest.raises(NotFound):
        pulled(one, "use_case", "whom-to-call", login="other_validator")


def failing(one):
    """A candidate whose claim collapses: it fails one check and one only."""
    made = one.model(
        name="Overclaimed",
        source="import numpy as np\ndef predict(frame):\n"
        "    b = frame['balance'].fill_null(0).to_numpy()\n"
        "    more = frame['duration'].to_numpy() / 100 - 4.5 if 'duration' in frame.columns else 0\n"
        "    return 1 / (1 + np.exp(0.6 - 1.2 * b - more))\n",
    )
    one.submit(made)
    verdicts = one.validate(made)
    assert [name for name, verdict in verdicts.items() if verdict is Verdict.FAIL] == ["claims_hold"], verdicts
    return made


def asked(one, made, days: int = 20, check: str = "claims_hold", login: str = "data_scientist") -> Waiver:
    command = AskException(use_case="whom-to-call", subject=made.id, check=check, days=days, **WORDS)
    return exceptions.ask_exception(one.parts, one.who[login], command)


def test_an_exception_is_granted_by_another_person_and_opens_a_gate_where_all_have_signed(at) -> None:
    one = at("explored")
    made = failing(one)
    one.sign("validator", made.id)
    said = one.sign("business_owner", made.id, **one.accepting(made))
    assert not said.open
    waiver = asked(one, made)
    one.join("two_roles", Role.DATA_SCIENTIST, Role.CHAMPION)
    own = asked(one, made, login="two_roles")
    with pytest.raises(NotAllowed) as refused:
        exceptions.grant_exception(one.parts, one.who["two_roles"], "whom-to-call", own.id, PASSPHRASE)
    assert refused.value.rule == "other-person"
    assert not one.case.release
    exceptions.grant_exception(one.parts, one.who["champion"], "whom-to-call", waiver.id, PASSPHRASE)
    assert one.case.release, "the gate was asked again: nobody had to sign twice"
    assert permits(one)[0].expires_at <= waiver.expires_at


def test_an_exception_that_runs_out_ends_the_permit_too(at) -> None:
    one = at("explored")
    made = failing(one)
    waiver = asked(one, made, days=2)
    exceptions.grant_exception(one.parts, one.who["approver"], "whom-to-call", waiver.id, PASSPHRASE)
    assert one.approve(made).open
    for hours in (13, 26, 39, 46):
        one.clock.moved = timedelta(hours=hours)
        outcome.renew(one.parts)
    assert max(p.expires_at for p in permits(one)) == waiver.expires_at
    one.clock.moved = timedelta(days=3)
    assert outcome.renew(one.parts) == 0, "its ground has run out"


def test_an_exception_is_for_a_known_check_of_a_known_subject_and_not_too_long(at) -> None:
    one = at("validated")
    made = one.candidate()
    with pytest.raises(FixTheInput, match="at most 90 days"):
        asked(one, made, days=91)
    with pytest.raises(FixTheInput, match="no check 'kpy'"):
        asked(one, made, check="kpy")
    with pytest.raises(NotFound, match="Nothing lies ready"):
        asked(one, made.model_copy(update={"id": "cand-nobody"}))


def test_an_exception_granted_too_late_is_refused(at) -> None:
    one = at("validated")
    waiver = asked(one, one.candidate(), days=1)
    one.clock.moved = timedelta(days=2)
    with pytest.raises(NotFound, match="run out before it was granted"):
        exceptions.grant_exception(one.parts, one.who["approver"], "whom-to-call", waiver.id, PASSPHRASE)


def test_an_open_high_finding_closes_gate_four_until_it_is_closed_with_evidence(at) -> None:
    one = at("validated")
    made = one.candidate()
    command = Raise(
        use_case="whom-to-call", subject=made.id, severity=Severity.HIGH, text="The segment has no meaning.",
        remediation="Define it.", owner="data_scientist", due=one.clock.now() + timedelta(days=9),
    )  # fmt: skip
    finding = stops.raise_finding(one.parts, one.who["validator"], command)
    said = one.approve(made)
    assert not said.open and "An open finding of high severity" in said.reasons[0]
    with pytest.raises(FixTheInput, match="its evidence"):
        stops.close_finding(one.parts, one.who["validator"], "whom-to-call", finding.id, "  ")
    stops.close_finding(one.parts, one.who["validator"], "whom-to-call", finding.id, "See the segment's definition.")
    assert one.case.release
    told = documents.written(
        documents.validation_report(one.parts, one.who["auditor"], one.case.id, made.id), "markdown"
    ).decode()
    assert "The segment has no meaning." in told and "Define it." in told and "See the segment's definition." in told


def test_an_accepted_inconclusive_answer_ends_the_permit_when_it_runs_out(at) -> None:
    one = at("validated")
    made = one.candidate()
    words = one.accepting(made, days=0.4)
    one.sign("validator", made.id)
    assert one.sign("business_owner", made.id, **words).open
    assert permits(one)[0].expires_at == words["expires_at"]


def test_a_retired_case_stops_serving_and_is_not_retired_twice(at) -> None:
    one = at("released")
    release = one.case.release
    operate.retire(one.parts, one.who["operator"], "whom-to-call", "The campaign is over.")
    assert revoked(one) == {release} and one.parts.ledger.get(Release, release).state == "retired"
    one.clock.moved = timedelta(hours=20)
    assert outcome.renew(one.parts) == 0
    with pytest.raises(Conflict, match="retired already"):
        operate.retire(one.parts, one.who["operator"], "whom-to-call", "Again.")


def test_a_new_release_ends_the_one_before_it(at) -> None:
    one = at("released")
    first = one.case.release
    second = one.model("Second try")
    one.submit(second)
    one.validate(second)
    assert one.approve(second).open
    states = {release.id: release.state for release in one.parts.ledger.find(Release)}
    assert one.case.release != first
    assert states == {first: "retired", one.case.release: "active"}
    assert revoked(one) == {first}, "serving stops the earlier release at once"


def test_what_the_server_refused_to_run_stands_in_the_journal_once(at) -> None:
    one = at("released")
    folder, release = one.parts.serving, one.case.release
    stored_releases.note_refusal(folder, release, "permit-bytes", "Rule permit-bytes: other bytes.", one.clock.now())
    assert audit.journal_refusals(one.parts) == 1
    assert audit.journal_refusals(one.parts) == 0
    (refused,) = [act for act in one.refusals() if act.act == "load release"]
    assert refused.detail["rule"] == "permit-bytes" and refused.use_case == one.case.id


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"subject": "cand-of-nobody"}, "subject"),
        ({"owner": "nobody"}, "owner"),
        ({"owner": "other_validator"}, "owner"),
    ],
)
def test_a_finding_about_nothing_or_owned_by_nobody_of_the_line_is_refused(at, changed, field) -> None:
    one = at("submitted")
    facts = {
        "use_case": "whom-to-call", "subject": one.candidate().id, "severity": Severity.LOW, "text": "Unclear.",
        "owner": one.who["data_scientist"].person, "due": one.clock.now() + timedelta(days=9),
    }  # fmt: skip
    with pytest.raises(FixTheInput) as refused:
        stops.raise_finding(one.parts, one.who["validator"], Raise(**facts | changed))
    assert refused.value.field == field and refused.value.next_step
    assert stops.raise_finding(one.parts, one.who["validator"], Raise(**facts)).owner == facts["owner"]
