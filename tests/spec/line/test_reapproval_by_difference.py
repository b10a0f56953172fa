"""What changed since the release in operation decides who signs gate 4 again; a re-validation opens by itself."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from glassworks.core import canonical
from glassworks.core.commands import Raise
from glassworks.core.conditions import terms
from glassworks.core.errors import Conflict, FixTheInput, NotAllowed
from glassworks.core.finding import Finding, Severity
from glassworks.core.journal import Act
from glassworks.core.people import Role
from glassworks.core.reapproval import Kind
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, GateRecord, MonitoringRound, Release
from glassworks.line import office, outcome, queue, reapproval, revalidation, signing, stops
from glassworks.verify.dossier import verify_dossier

CASE = "whom-to-call"
LIMIT = "at most 500 cases a day"
ROWS = 8000


@pytest.fixture(scope="module")
def kept(bench_kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a release that passed every check, on which the owner set a condition."""
    home = tmp_path_factory.mktemp("released") / "home"
    with bench_kit.opened(home) as one:
        one.open()
        one.bring(bench_kit.rows(ROWS))
        one.save(one.agreed())
        bench_kit.must_open(one.sign_scope())
        one.decide()
        bench_kit.must_open(one.sign_data())
        first = one.model()
        bench_kit.must_open(one.submit(first))
        one.validate(first)
        one.sign("validator", first.id)
        bench_kit.must_open(one.sign("business_owner", first.id, conditions=(LIMIT,)))
    return home


@pytest.fixture
def one(kept: Path, bench_kit: ModuleType, tmp_path: Path) -> Iterator[Any]:
    with ExitStack() as stack:
        yield stack.enter_context(bench_kit.opened(shutil.copytree(kept, tmp_path / "home")))


def release(one: Any) -> Release:
    return one.parts.ledger.get(Release, one.case.release)


def at_gate_4(one: Any, candidate: Candidate) -> Any:
    """The candidate submitted and recomputed: what is told about re-approval."""
    one.submit(candidate)
    one.validate(candidate)
    return reapproval.of(one.parts, one.who["validator"], CASE, candidate.id)


def again(one: Any, login: str = "validator") -> Candidate:
    made, _ = revalidation.ask(one.parts, one.who[login], CASE)
    one.drain()
    return one.parts.ledger.get(Candidate, made.id)


def finding(one: Any) -> Finding:
    asked = Raise(
        use_case=CASE, subject=release(one).id, severity=Severity.LOW, text="Calls at night.",
        owner="data_scientist", due=one.clock.now() + timedelta(days=9),
    )  # fmt: skip
    return stops.raise_finding(one.parts, one.who["validator"], asked)


def newer_data(one: Any, bench_kit: ModuleType, seed: int = 8) -> None:
    one.bring(bench_kit.rows(ROWS, seed=seed), name="newer.csv")
    one.decide()
    bench_kit.must_open(one.sign_data())


def kinds(told: Any) -> set[Kind]:
    return {change.kind for change in told.changes}


def file_of(one: Any, subject: str) -> bytes:
    gate = [g for g in one.parts.ledger.find(GateRecord, use_case=CASE, subject=subject) if g.stage is Stage.VALIDATE]
    return bytes(one.parts.vault.get(gate[-1].file))


def test_where_nothing_changed_the_validator_alone_signs_and_the_conditions_bind_the_new_release(one: Any) -> None:
    first = release(one)
    same = one.model("The same file")
    told = at_gate_4(one, same)
    assert (told.changes, told.worse, told.sign_again) == ((), (), (Role.VALIDATOR,))
    (owner,) = told.carried
    assert (owner.role, owner.release, owner.conditions) == (Role.BUSINESS_OWNER, first.id, (LIMIT,))
    assert one.sign("validator", same.id).open
    second = release(one)
    assert second.id != first.id and second.conditions == (LIMIT,)
    assert outcome.permit_of(one.parts, second).conditions == (LIMIT,)
    seen = verify_dossier(file_of(one, same.id), one.parts.office.fingerprint)
    assert seen.outcome == "PASS", seen.lines
    assert any("as business owner" in line and "still holds" in line and LIMIT in line for line in seen.lines)


def test_an_approval_is_carried_from_the_release_it_was_given_for_over_two_steps(one: Any) -> None:
    first = release(one)
    for name in ("Second", "Third"):
        made = one.model(name)
        told = at_gate_4(one, made)
        assert told.carried[0].release == first.id
        assert one.sign("validator", made.id).open
    assert verify_dossier(file_of(one, made.id), one.parts.office.fingerprint).outcome == "PASS"


def test_the_carried_condition_is_enforced_from_the_permit(one: Any) -> None:
    same = one.model("The same file")
    at_gate_4(one, same)
    one.sign("validator", same.id)
    permit = outcome.permit_of(one.parts, release(one))
    assert terms(permit.conditions) == terms((LIMIT,)) != terms(())


def test_other_code_by_hand_is_another_recipe_and_everybody_signs(one: Any, bench_kit: ModuleType) -> None:
    told = at_gate_4(one, one.model("Other code", source=bench_kit.HONEST.replace("1.2", "1.25")))
    assert kinds(told) == {Kind.RECIPE, Kind.BYTES}
    assert set(told.sign_again) == {Role.VALIDATOR, Role.BUSINESS_OWNER} and not told.carried


def test_other_data_open_a_revalidation_and_are_signed_by_validator_and_owner(one: Any, bench_kit: ModuleType) -> None:
    newer_data(one, bench_kit)
    due = revalidation.of(one.parts, one.who["auditor"], CASE)
    assert due and [reason.kind for reason in due.reasons] == ["data"] and "newer.csv" in due.reasons[0].sentence
    told = at_gate_4(one, again(one))
    assert kinds(told) == {Kind.DATA}
    assert set(told.sign_again) == {Role.VALIDATOR, Role.BUSINESS_OWNER}


def test_another_contract_opens_a_revalidation_that_names_the_fields_and_everybody_signs(
    one: Any, bench_kit: ModuleType
) -> None:
    kpi = one.brief().kpi.model_copy(update={"target": 900.0})
    brief = one.save(one.brief().model_copy(update={"kpi": kpi}))
    one.sign("data_scientist", brief.id, "submit")
    bench_kit.must_open(one.sign("business_owner", brief.id))
    (reason,) = revalidation.of(one.parts, one.who["auditor"], CASE).reasons
    then, now = brief.version - 1, brief.version
    assert reason.sentence == f"The KPI contract changed from version {then} to version {now}: kpi.target."
    with pytest.raises(NotAllowed, match="data-first"):
        revalidation.ask(one.parts, one.who["validator"], CASE)
    newer_data(one, bench_kit)
    told = at_gate_4(one, again(one))
    assert Kind.CONTRACT in kinds(told) and not told.carried


def test_another_pack_opens_a_revalidation_and_everybody_signs(one: Any) -> None:
    pack = one.parts.policy("")
    update = {"id": "policy-newer", "version": "2026.12.0", "effective_from": one.parts.now().date(), "alpha": 0.04}
    office.adopt(one.parts, one.who["champion"], pack.model_copy(update=update))
    due = revalidation.of(one.parts, one.who["auditor"], CASE)
    assert [reason.kind for reason in due.reasons] == ["policy"] and "2026.12.0" in due.reasons[0].sentence
    told = at_gate_4(one, again(one, "data_scientist"))
    assert not told.carried and set(told.sign_again) == {Role.VALIDATOR, Role.BUSINESS_OWNER}


def test_a_release_with_an_open_finding_lends_no_approval_until_the_finding_is_closed(one: Any) -> None:
    found = finding(one)
    due = revalidation.of(one.parts, one.who["auditor"], CASE)
    assert [reason.kind for reason in due.reasons] == ["finding"]
    made = again(one)
    assert made.follows == release(one).candidate and made.author == one.who["data_scientist"].person
    assert not at_gate_4(one, made).carried
    stops.close_finding(one.parts, one.who["validator"], CASE, found.id, "Nobody is called at night.")
    told = reapproval.of(one.parts, one.who["validator"], CASE, made.id)
    assert told.sign_again == (Role.VALIDATOR,)
    assert one.sign("validator", made.id).open
    assert revalidation.of(one.parts, one.who["auditor"], CASE) is None


def test_a_round_on_which_the_ladder_acted_opens_a_revalidation_and_the_next_quiet_one_closes_it(one: Any) -> None:
    for number, action in ((1, "alert"), (2, "none")):
        made = MonitoringRound(
            id=f"round-{number}", use_case=CASE, line=one.case.line, release=release(one).id, number=number,
            window="w", rows=1, outcomes=1, action=action, made_at=one.clock.now(),
        )  # fmt: skip
        one.parts.ledger.add(made, Act(act="test", who="office", sentence="A round."))
        due = revalidation.of(one.parts, one.who["auditor"], CASE)
        assert (due is None) is (action == "none")
        if due:
            assert "alert" in due.reasons[0].sentence


def test_who_refused_a_later_candidate_is_asked_for_the_next_one(one: Any) -> None:
    second = one.model("Second")
    at_gate_4(one, second)
    one.sign("business_owner", second.id, "refuse", statement="Not before the fair.")
    told = at_gate_4(one, one.model("Third"))
    assert not told.carried and Role.BUSINESS_OWNER in told.sign_again


def test_a_refused_revalidation_stays_in_the_queue_and_nothing_stops_by_itself(one: Any) -> None:
    finding(one)
    (row,) = queue.queue(one.parts, one.who["validator"])
    assert (row.state, row.kind, row.why_not) == ("due", "re-validation", "")
    assert queue.queue(one.parts, one.who["auditor"])[0].why_not == "A data scientist or a validator asks for it."
    made = again(one)
    with pytest.raises(Conflict, match="laid again already"):
        again(one)
    one.submit(made)
    (row,) = queue.queue(one.parts, one.who["validator"])
    assert (row.candidate, row.state, row.kind) == (made.id, "waits", "re-validation") and row.changes
    one.validate(made)
    before = release(one).id
    one.sign("validator", made.id, "refuse", statement="It calls at night.")
    (row,) = queue.queue(one.parts, one.who["validator"])
    assert row.state == "due" and "refused" in row.progress and "anyone may stop it" in row.progress
    assert release(one).id == before and outcome.revoked(one.parts) == []


def test_nobody_validates_again_what_did_not_change_or_without_the_role(one: Any) -> None:
    with pytest.raises(FixTheInput, match="nothing to validate again"):
        revalidation.ask(one.parts, one.who["validator"], CASE)
    finding(one)
    with pytest.raises(NotAllowed, match="act-by-role"):
        revalidation.ask(one.parts, one.who["business_owner"], CASE)
    assert one.refusals()[-1].act == "validate again"


def test_the_author_of_the_bytes_stays_their_author_and_may_not_approve_them(one: Any) -> None:
    finding(one)
    made = again(one)
    at_gate_4(one, made)
    author = one.who["data_scientist"].model_copy(update={"roles": (Role.BUSINESS_OWNER,)})
    assert signing.sheet(one.parts, author, CASE, made.id).refusals[Role.BUSINESS_OWNER].startswith("Rule own-work")


@pytest.mark.parametrize("what", ["verdict", "condition", "lock", "role"])
def test_an_altered_earlier_candidate_is_found(one: Any, what: str) -> None:
    same = one.model("The same file")
    at_gate_4(one, same)
    one.sign("validator", same.id)
    file: dict[str, Any] = json.loads(file_of(one, same.id))
    earlier = file["earlier"][0]
    changes: dict[str, Callable[[], Any]] = {
        "verdict": lambda: earlier["body"]["results"][0]["answer"].update(verdict="fail"),
        "condition": lambda: earlier["signoffs"][0].update(conditions=[]),
        "lock": lambda: earlier["body"]["lock"]["packages"].update(numpy="0.1"),
        "role": lambda: earlier["signoffs"][0].update(role="approver"),
    }
    changes[what]()
    assert verify_dossier(canonical.to_bytes(file), one.parts.office.fingerprint).outcome == "FAIL"
