"""The law of counter-signatures: which grants of exceptions and releases of stops hold, and what a gate then says."""

from datetime import timedelta
from typing import Any

import pytest

from glassworks.core import canonical, counter
from glassworks.core.dossier import faults
from glassworks.core.gate import Decision, closes_at, decide
from glassworks.core.people import Role
from glassworks.core.result import Verdict
from glassworks.core.signoff import Meaning
from glassworks.core.usecase import LineStop, Waiver
from glassworks.verify.dossier import verify_dossier

ALTERED = "it was altered after it was signed"


def failing(papers: Any, **changes: Any) -> Any:
    """The body of a candidate whose KPI failed."""
    return papers.body(results=(papers.result("performance"), papers.result("kpi", Verdict.FAIL)), **changes)


def why(papers: Any, waiver: Waiver, *keys: Any, authors: tuple[str, ...] = ("ada",)) -> list[str]:
    return counter.grant_faults(waiver, papers.key_list(*keys), authors)


def test_a_grant_signed_by_an_approver_who_neither_asked_nor_made_it_holds(papers: Any) -> None:
    assert why(papers, papers.waiver()) == []
    assert why(papers, papers.waiver(granted_by="max", grant={"role": Role.CHAMPION})) == []


@pytest.mark.parametrize(
    "change",
    [
        {"check": "performance"},
        {"subject": "cand-2"},
        {"reason": "there was no time"},
        {"compensation": "nothing"},
        {"requested_by": "dora"},
        {"use_case": "case-2"},
        {"line": "insurance"},
        {"expires_at": timedelta(days=400)},
        {"requested_at": timedelta(0)},
    ],
)
def test_an_exception_altered_after_it_was_granted_is_not_honoured(papers: Any, change: dict[str, Any]) -> None:
    moved = {name: papers.NOW + value if isinstance(value, timedelta) else value for name, value in change.items()}
    assert why(papers, papers.waiver().model_copy(update=moved)) == [ALTERED]


def test_every_field_of_an_exception_is_signed_or_part_of_the_grant(papers: Any) -> None:
    facts = set(papers.waiver().facts())
    signed = {
        *[
            "id",
            "use_case",
            "line",
            "subject",
            "check",
            "reason",
            "compensation",
            "requested_by",
            "requested_at",
            "expires_at",
        ]
    }
    assert facts == signed | {"granted_by", "grant"}


def test_an_unsigned_grant_another_key_and_another_signer_are_not_honoured(papers: Any) -> None:
    made = papers.waiver()
    bare = made.model_copy(update={"grant": None})
    other = made.model_copy(
        update={"grant": made.grant.model_copy(update={"signature": papers.APPROVALS[0].signature})}
    )
    assert why(papers, bare) == [counter.UNSIGNED]
    assert why(papers, other) == ["the signature of Axel does not fit what was signed"]
    assert why(papers, made.model_copy(update={"granted_by": "max"})) == [
        "it names another granter than the one who signed"
    ]
    assert why(papers, papers.waiver(grant={"key_id": "key-vera"}))[0] == "the key key-vera belongs to another person"
    assert why(papers, made, papers.key("ada")) == ["the key key-axel is not on the office's key list"]


def test_a_key_that_was_revoked_before_it_signed_grants_nothing_and_an_earlier_grant_holds(papers: Any) -> None:
    before = papers.key("axel", valid_until=papers.NOW - timedelta(hours=2))
    after = papers.key("axel", valid_until=papers.NOW)
    assert why(papers, papers.waiver(), before) == ["the key of Axel was not valid when it signed"]
    assert why(papers, papers.waiver(), after) == []


def test_the_asker_an_author_and_a_role_that_does_not_grant_are_not_honoured(papers: Any) -> None:
    own = papers.waiver(requested_by="axel")
    assert why(papers, own) == ["the one who asked for it granted it"]
    assert why(papers, papers.waiver(), authors=("ada", "axel")) == ["an author of the work granted it"]
    said = why(papers, papers.waiver(granted_by="vera", grant={"role": Role.VALIDATOR}))
    assert said == ["the role validator may not grant an exception"]


def test_a_signature_for_another_meaning_or_exception_grants_nothing(papers: Any) -> None:
    for change in ({"meaning": Meaning.APPROVE}, {"subject": "exc-2"}):
        assert why(papers, papers.waiver(grant=change)) == ["the signature is for something else"]
    assert why(papers, papers.waiver(grant={"dossier": "sha256:d"})) == [ALTERED]


def test_the_gate_says_why_it_does_not_honour_an_exception_and_the_verifier_says_it_again(papers: Any) -> None:
    altered = papers.waiver().model_copy(update={"expires_at": papers.NOW + timedelta(days=300)})
    dossier = papers.dossier(failing(papers), exceptions=(altered,))
    assert dossier.decision.reasons == (
        f"Kpi failed: The answer is fail. The exception from it is not honoured: {ALTERED}.",
    )
    said = verify_dossier(dossier.content(), papers.OFFICE.fingerprint)
    assert said.outcome == "PASS", "the file is what was signed, and the gate stayed closed"
    assert any(line.endswith(f"NOT HONOURED: {ALTERED}.") for line in said.lines)
    opened = papers.dossier(failing(papers), exceptions=(altered,), decision=Decision(open=True))
    assert verify_dossier(opened.content(), papers.OFFICE.fingerprint).outcome == "FAIL"


@pytest.mark.parametrize("spoil", ["unsigned", "asker", "author", "another key"])
def test_even_the_offices_seal_does_not_make_an_exception_of_what_nobody_may_grant(papers: Any, spoil: str) -> None:
    true = papers.waiver()
    false = {
        "unsigned": true.model_copy(update={"grant": None}),
        "asker": papers.waiver(requested_by="axel"),
        "author": papers.waiver(granted_by="max"),
        "another key": true.model_copy(update={"grant": papers.waiver(id="exc-2").grant}),
    }[spoil]
    body = failing(papers, authors=("ada", "max"))
    assert papers.dossier(body, exceptions=(true,)).decision.open
    forged = papers.dossier(body, exceptions=(false,), decision=Decision(open=True))
    assert verify_dossier(forged.content(), papers.OFFICE.fingerprint).outcome == "FAIL"


def test_a_dossier_of_the_first_format_keeps_its_unsigned_exception_and_cannot_be_made_of_a_later_one(
    papers: Any,
) -> None:
    unsigned = papers.waiver().model_copy(update={"grant": None})
    old = papers.dossier(failing(papers, format="glassworks-dossier/1"), exceptions=(unsigned,))
    assert old.decision.open and faults(old) == []
    new = papers.dossier(failing(papers), exceptions=(papers.waiver(),))
    older = new.body.model_copy(update={"format": "glassworks-dossier/1"})
    downgraded = new.model_copy(update={"body": older, "body_digest": canonical.digest(older.facts())})
    found = faults(papers.OFFICE.seal_dossier(downgraded.model_copy(update={"exceptions": (unsigned,)})))
    assert any("it is for another dossier" in fault for fault in found), "the signers signed the format too"


def test_an_invented_granter_needs_a_dossier_that_says_demonstration(papers: Any) -> None:
    keys = papers.key_list(*(papers.key(name, persona=name == "axel") for name in papers.PEOPLE))
    dossier = papers.dossier(failing(papers), exceptions=(papers.waiver(),), keys=keys)
    assert faults(dossier) == [
        "exception exc-1: it is by an invented person, but the dossier does not say that it is a demonstration"
    ]


def test_a_grant_counts_from_when_it_was_signed_until_it_ends(papers: Any) -> None:
    results = (papers.result("performance"), papers.result("kpi", Verdict.FAIL))
    seen = papers.evidence(results=results, exceptions=(papers.waiver(),))
    signed = seen.exceptions[0].grant.signed_at
    for now, is_open in (
        (signed - timedelta(seconds=1), False),
        (papers.NOW, True),
        (papers.NOW + timedelta(days=10), False),
    ):
        assert decide(seen.model_copy(update={"now": now})).open is is_open


def test_a_gate_closes_when_the_first_thing_that_it_rests_on_runs_out(papers: Any) -> None:
    days = lambda n: papers.NOW + timedelta(days=n)  # noqa: E731
    results = (papers.result("performance", Verdict.INCONCLUSIVE), papers.result("kpi", Verdict.FAIL))
    accepted = papers.accepting("performance", expires_at=days(5))
    facts = {"results": results, "signoffs": (*papers.APPROVALS, accepted)}
    two = (papers.waiver(expires_at=days(2)), papers.waiver(id="exc-2", expires_at=days(9)))
    assert closes_at(papers.evidence(**facts, exceptions=two[:1])) == days(2)
    assert closes_at(papers.evidence(**facts, exceptions=two)) == days(5), "the longer exception covers it on"
    assert closes_at(papers.evidence()) is None
    unneeded = papers.evidence(exceptions=two)
    assert closes_at(unneeded) is None, "nothing rests on an exception from a check that passed"


def stop(papers: Any, release: dict[str, Any] | None = None) -> LineStop:
    """A stop that Otto pulled and Vera released."""
    pulled = LineStop(
        id="stop-1", target_kind="line", target="retail", reason="odd scores", pulled_by="otto", pulled_at=papers.NOW
    )
    signed = {"person": "vera", "role": Role.VALIDATOR, "subject": "stop-1", "dossier": pulled.pulled}
    signed |= {"meaning": Meaning.RELEASE_STOP, "statement": "It is mended."} | (release or {})
    one = papers.sign_off(**signed)
    update = {"released_by": one.person, "released_at": one.signed_at, "release_reason": one.statement, "release": one}
    return pulled.model_copy(update=update)


def test_a_release_of_a_stop_holds_or_says_what_is_wrong_with_it(papers: Any) -> None:
    keys = papers.key_list()
    made = stop(papers)
    assert counter.release_faults(made, keys) == []
    assert counter.release_faults(made.model_copy(update={"release": None}), keys) == [counter.UNSIGNED]
    for change in ({"reason": "it rains"}, {"target": "cards"}, {"release_reason": "nothing"}, {"released_by": "bo"}):
        assert counter.release_faults(made.model_copy(update=change), keys) == [ALTERED], change
    own = stop(papers, {"person": "otto", "role": Role.OPERATOR, "key_id": "key-otto"})
    assert counter.release_faults(own, keys) == [
        "the role operator may not release a stop",
        "the one who pulled it released it",
    ]


def test_a_stop_that_only_says_it_is_released_is_a_fault_of_its_dossier(papers: Any) -> None:
    bare = stop(papers).model_copy(update={"release": None})
    assert faults(papers.dossier(stops=(stop(papers),))) == []
    assert faults(papers.dossier(stops=(bare,))) == [f"release of stop stop-1: {counter.UNSIGNED}"]
