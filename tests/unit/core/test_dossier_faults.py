"""A dossier: everything in it that does not hold together is said, even under a true seal of the office."""

from datetime import timedelta
from typing import Any

from glassworks.core import canonical
from glassworks.core.dossier import Dossier, faults
from glassworks.core.gate import Decision
from glassworks.core.people import Role
from glassworks.core.result import Verdict
from glassworks.core.stage import Stage

SEAL = "the office's seal does not fit the file: something in it was altered"
DECISION = "the gate, asked again, does not give the decision that is written in the file"


def test_a_dossier_in_order_has_no_faults_and_reads_back_as_itself(papers: Any) -> None:
    dossier = papers.dossier()
    assert faults(dossier) == []
    assert Dossier.model_validate(canonical.parse_strict(dossier.content())) == dossier


def test_whatever_is_changed_under_the_seal_breaks_it(papers: Any) -> None:
    before = papers.dossier(exceptions=(papers.waiver("performance"),))
    changes: dict[str, Any] = {
        "body": papers.body(title="Whom should we not call?"),
        "body_digest": "sha256:other",
        "signoffs": before.signoffs[:1],
        "exceptions": (),
        "keys": papers.key_list(papers.key("vera"), papers.key("bo")),
        "decided_at": papers.NOW + timedelta(seconds=1),
        "decision": Decision(open=False),
        "office_signature": papers.dossier().office_signature,
    }
    for field, value in changes.items():
        assert SEAL in faults(before.model_copy(update={field: value})), field


def test_a_body_changed_by_the_office_itself_no_longer_has_the_digest_that_was_signed(papers: Any) -> None:
    dossier = papers.dossier()
    kinder = papers.body(results=(papers.result("performance"), papers.result("kpi", made_at=papers.NOW)))
    resealed = papers.OFFICE.seal_dossier(dossier.model_copy(update={"body": kinder}))
    assert faults(resealed) == ["the body does not have the digest that was signed: it was altered"]


def test_a_decision_the_gate_does_not_give_is_a_fault_under_the_offices_seal(papers: Any) -> None:
    failed = papers.body(results=(papers.result("performance"), papers.result("kpi", Verdict.FAIL)))
    assert faults(papers.dossier(failed)) == []
    assert faults(papers.dossier(failed, decision=Decision(open=True))) == [DECISION]


def test_one_person_in_two_conflicting_roles_cannot_be_sealed_as_open(papers: Any) -> None:
    signers = (("max", Role.VALIDATOR), ("max", Role.BUSINESS_OWNER))
    assert faults(papers.dossier(signers=signers, decision=Decision(open=True))) == [DECISION]


def test_an_author_left_out_to_let_them_approve_is_found(papers: Any) -> None:
    signers = (("vera", Role.VALIDATOR), ("bo", Role.BUSINESS_OWNER))
    by_vera = papers.body(subject={"id": "cand-1", "author": "vera"}, authors=())
    assert faults(papers.dossier(by_vera, signers)) == [
        "the author of the subject is missing from the authors, who may not approve it"
    ]


def test_a_sign_off_for_another_dossier_gate_or_subject_is_found(papers: Any) -> None:
    dossier = papers.dossier()
    digest = dossier.body_digest
    for changes in ({"dossier": "sha256:d"}, {"stage": Stage.DEVELOP}, {"subject": "cand-2"}):
        other = papers.sign_off("axel", Role.APPROVER, **{"dossier": digest, **changes})
        found = faults(papers.dossier(signoffs=(*dossier.signoffs, other)))
        assert len(found) == 1 and "it is for another" in found[0]


def test_a_replayed_sign_off_is_found(papers: Any) -> None:
    signoffs = papers.dossier().signoffs
    assert faults(papers.dossier(signoffs=(*signoffs, signoffs[0]))) == ["one sign-off stands in the file twice"]


def test_invented_people_sign_only_in_a_dossier_that_says_demonstration(papers: Any) -> None:
    keys = papers.key_list(*(papers.key(name, persona=True) for name in papers.PEOPLE))
    signing = {"method": "demonstration"}
    assert faults(papers.dossier(papers.body(demonstration=True), keys=keys, signing=signing)) == []
    assert len(faults(papers.dossier(keys=keys, signing=signing))) == 2
    assert len(faults(papers.dossier(keys=keys))) == 2
    assert len(faults(papers.dossier(signing=signing))) == 2
