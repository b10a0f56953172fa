"""The law of the gate: what keeps it closed, and what opens it."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from glassworks.core.contract import Tier
from glassworks.core.finding import Finding, Severity
from glassworks.core.gate import Decision, decide
from glassworks.core.people import Role
from glassworks.core.result import Verdict
from glassworks.core.signoff import Meaning
from glassworks.core.stage import Stage
from glassworks.core.usecase import LineStop
from glassworks.hub.policies import OFFICE_PACK

V = Verdict


def ask(papers: Any, **changes: Any) -> Decision:
    return decide(papers.evidence(**changes))


def with_kpi(papers: Any, verdict: Verdict) -> tuple[Any, ...]:
    return (papers.result("performance"), papers.result("kpi", verdict))


def test_a_gate_opens_when_every_check_passes_and_every_asked_role_has_signed(papers: Any) -> None:
    assert ask(papers) == Decision(open=True)


@pytest.mark.parametrize(("stage", "tier"), itertools.product(Stage, Tier))
def test_every_gate_waits_for_each_of_its_signers_and_for_nobody_else(papers: Any, stage: Stage, tier: Tier) -> None:
    rules = papers.PACK.gates[stage]
    submits, approves = rules.submit, rules.approve.get(tier, ())
    given = [papers.sign_off("max", role, meaning=Meaning.SUBMIT, stage=stage) for role in submits]
    given += [
        papers.sign_off(person, role, stage=stage)
        for role in approves
        for person in [next(name for name, roles in papers.PEOPLE.items() if role in roles)]
    ]
    seen = {"stage": stage, "tier": tier, "results": papers.RESULTS, "authors": ()}
    assert ask(papers, signoffs=tuple(given), **seen).open
    for missing in range(len(given)):
        subset = tuple(given[:missing] + given[missing + 1 :])
        decision = ask(papers, signoffs=subset, **seen)
        assert not decision.open
        assert decision.waits_for == (given[missing].role,)


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("tier", list(Tier))
def test_a_verdict_of_a_required_check_closes_unless_it_passes_or_does_not_apply(
    papers: Any, tier: Tier, verdict: Verdict
) -> None:
    signoffs = (*papers.APPROVALS, papers.sign_off("axel", Role.APPROVER))
    decision = ask(papers, tier=tier, results=with_kpi(papers, verdict), signoffs=signoffs)
    assert decision.open is (verdict in (V.PASS, V.NOT_APPLICABLE))


def test_a_check_that_calls_itself_excepted_has_failed(papers: Any) -> None:
    assert ask(papers, results=with_kpi(papers, V.EXCEPTED)).reasons == ("Kpi failed: The answer is excepted.",)


def test_a_failed_check_closes_even_when_the_policy_does_not_require_it(papers: Any) -> None:
    assert not ask(papers, results=(*papers.RESULTS, papers.result("extra", V.FAIL))).open


def test_where_every_doubt_counts_an_inconclusive_answer_closes_whether_it_was_required_or_not(papers: Any) -> None:
    rules = papers.PACK.gates[Stage.VALIDATE]
    every = papers.PACK.model_copy(
        update={"gates": {**papers.PACK.gates, Stage.VALIDATE: rules.model_copy(update={"every_doubt": True})}}
    )
    more = (*papers.evidence().results, papers.result("reasons", Verdict.INCONCLUSIVE))
    assert decide(papers.evidence(results=more)).open
    closed = decide(papers.evidence(results=more, policy=every))
    assert not closed.open and "inconclusive" in closed.reasons[0]
    given = (*papers.evidence().signoffs, papers.accepting("reasons"))
    accepted = papers.evidence(results=more, policy=every, signoffs=given)
    assert decide(accepted).open
    assert OFFICE_PACK.gates[Stage.VALIDATE].every_doubt


@pytest.mark.parametrize("missing", ["performance", "kpi"])
def test_a_required_check_without_an_answer_closes(papers: Any, missing: str) -> None:
    results = tuple(r for r in papers.RESULTS if r.check != missing)
    assert ask(papers, results=results).reasons == (f"The check {missing} has no answer; run it.",)


@pytest.mark.parametrize("change", [{"subject": "cand-2"}, {"stage": Stage.DEVELOP}])
def test_an_answer_about_another_subject_or_stage_answers_nothing(papers: Any, change: dict[str, Any]) -> None:
    assert not ask(papers, results=(papers.result("performance"), papers.result("kpi", **change))).open


def test_the_business_owner_accepts_what_is_inconclusive_below_high_tier(papers: Any) -> None:
    inconclusive = with_kpi(papers, V.INCONCLUSIVE)
    signoffs = (*papers.APPROVALS, papers.accepting("kpi"))
    assert not ask(papers, results=inconclusive).open
    assert ask(papers, results=inconclusive, signoffs=signoffs).open
    high = (*signoffs, papers.sign_off("axel", Role.APPROVER))
    assert not ask(papers, results=inconclusive, signoffs=high, tier=Tier.HIGH).open


@pytest.mark.parametrize(
    "change",
    [
        {"conditions": ()},
        {"expires_at": None},
        {"accepts": ("performance",)},
        {"role": Role.VALIDATOR},
        {"dossier": "sha256:other"},
        {"stage": Stage.DEVELOP},
    ],
)
def test_an_acceptance_names_the_check_a_condition_and_a_date_and_is_the_owners(
    papers: Any, change: dict[str, Any]
) -> None:
    signoffs = (*papers.APPROVALS, papers.accepting("kpi").model_copy(update=change))
    assert not ask(papers, results=with_kpi(papers, V.INCONCLUSIVE), signoffs=signoffs).open


def test_an_acceptance_that_has_run_out_counts_for_nothing(papers: Any) -> None:
    late = (*papers.APPROVALS, papers.accepting("kpi", expires_at=papers.NOW))
    assert not ask(papers, results=with_kpi(papers, V.INCONCLUSIVE), signoffs=late).open


def test_an_author_accepts_nothing_about_their_own_work_not_even_in_a_submission(papers: Any) -> None:
    approvals = (papers.sign_off("vera", Role.VALIDATOR), papers.sign_off("max", Role.BUSINESS_OWNER))
    submission = papers.accepting("kpi").model_copy(update={"meaning": Meaning.SUBMIT})
    seen = {"results": with_kpi(papers, V.INCONCLUSIVE), "signoffs": (*approvals, submission)}
    assert ask(papers, **seen).open
    assert not ask(papers, **seen, authors=("ada", "bo")).open


def test_a_live_exception_covers_a_failed_check_of_its_subject(papers: Any) -> None:
    assert ask(papers, results=with_kpi(papers, V.FAIL), exceptions=(papers.waiver(),)).open


@pytest.mark.parametrize(
    "change",
    [
        {"check": "performance"},
        {"subject": "cand-2"},
        {"granted_by": ""},
        {"granted_by": "ada"},
        {"expires_at": timedelta(0)},
    ],
)
def test_an_exception_covers_nothing_else_needs_a_second_person_and_expires(
    papers: Any, change: dict[str, Any]
) -> None:
    if "expires_at" in change:
        change = {"expires_at": papers.NOW}
    assert not ask(papers, results=with_kpi(papers, V.FAIL), exceptions=(papers.waiver(**change),)).open


def test_an_exception_does_not_stand_in_for_an_answer(papers: Any) -> None:
    assert not ask(papers, results=(papers.result("performance"),), exceptions=(papers.waiver(),)).open


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("closed_by", ["", "vera"])
def test_an_open_high_finding_closes_and_a_closed_one_does_not(papers: Any, severity: Severity, closed_by: str) -> None:
    finding = Finding(
        id="find-1",
        subject="cand-1",
        severity=severity,
        text="the sample is old",
        owner="ada",
        due=papers.NOW,
        raised_by="vera",
        raised_at=papers.NOW,
        closed_by=closed_by,
    )
    assert ask(papers, findings=(finding,)).open is (bool(closed_by) or severity is not Severity.HIGH)


def test_a_stop_closes_until_it_is_released(papers: Any) -> None:
    stop = LineStop(
        id="stop-1", target_kind="line", target="retail", reason="odd scores", pulled_by="otto", pulled_at=papers.NOW
    )
    assert ask(papers, stops=(stop,)).reasons == ("The line is stopped: odd scores",)
    assert ask(papers, stops=(stop.model_copy(update={"released_by": "vera"}),)).open


@pytest.mark.parametrize(
    "change",
    [
        {"dossier": "sha256:other"},
        {"stage": Stage.DEVELOP},
        {"meaning": Meaning.SUBMIT},
        {"meaning": Meaning.RELEASE_STOP},
        {"role": Role.AUDITOR},
    ],
)
def test_a_signature_for_another_dossier_gate_or_meaning_is_missing(papers: Any, change: dict[str, Any]) -> None:
    other = papers.APPROVALS[0].model_copy(update=change)
    decision = ask(papers, signoffs=(other, papers.APPROVALS[1]))
    assert not decision.open
    assert Role.VALIDATOR in decision.waits_for


def test_an_approval_that_ran_out_or_is_not_made_yet_is_missing(papers: Any) -> None:
    for change in ({"expires_at": papers.NOW}, {"signed_at": papers.NOW + timedelta(seconds=1)}):
        old = papers.APPROVALS[0].model_copy(update=change)
        assert ask(papers, signoffs=(old, papers.APPROVALS[1])).waits_for == (Role.VALIDATOR,)


def test_a_refusal_closes_though_all_others_approve(papers: Any) -> None:
    refusal = papers.sign_off("vera", Role.VALIDATOR, meaning=Meaning.REFUSE, statement="It reads the future.")
    assert ask(papers, signoffs=(*papers.APPROVALS, refusal)).reasons == ("validator refused: It reads the future.",)


@pytest.mark.parametrize("author", ["vera", "bo"])
def test_an_approver_who_is_an_author_closes_the_independent_gate(papers: Any, author: str) -> None:
    reasons = ask(papers, authors=(author,)).reasons
    assert reasons == ("Nobody approves their own work: an approver is an author of a parent artefact.",)


def test_one_person_in_two_conflicting_roles_closes_even_with_valid_signatures(papers: Any) -> None:
    both = (papers.sign_off("max", Role.VALIDATOR), papers.sign_off("max", Role.BUSINESS_OWNER))
    assert ask(papers, signoffs=both).reasons == ("One person signed as business owner and as validator.",)


@pytest.mark.parametrize("gates", ["none", "empty", "other tier"])
def test_a_policy_that_names_no_signer_opens_nothing(papers: Any, gates: str) -> None:
    rules = papers.PACK.gates[Stage.VALIDATE]
    empty = rules.model_copy(update={"approve": {Tier.HIGH: (Role.VALIDATOR,)} if gates == "other tier" else {}})
    pack = papers.PACK.model_copy(update={"gates": {} if gates == "none" else {Stage.VALIDATE: empty}})
    assert ask(papers, policy=pack).reasons == ("The policy names no signer for gate validate at low tier.",)


def test_the_gate_is_a_pure_function_of_what_it_sees(papers: Any) -> None:
    seen = papers.evidence(results=with_kpi(papers, V.FAIL))
    before = seen.digest
    assert decide(seen) == decide(seen)
    assert seen.digest == before
