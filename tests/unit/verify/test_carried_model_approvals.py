"""Approvals carried between candidates: the file alone says what holds, and any change to what is carried is found."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glassworks.core import canonical
from glassworks.core.people import Role
from glassworks.core.stage import Stage
from glassworks.verify.dossier import verify_dossier

GOLDEN = Path(__file__).parents[2] / "golden"


def seen(dossier: Any, papers: Any) -> Any:
    return verify_dossier(dossier.content(), papers.OFFICE.fingerprint)


def test_the_golden_dossier_passes_and_names_whose_approval_holds_and_what_changed() -> None:
    pinned = (GOLDEN / "office-1.fingerprint").read_text()
    found = verify_dossier((GOLDEN / "carried-2.dossier").read_bytes(), pinned)
    assert found.outcome == "PASS", found.lines
    (owner, approver) = [line for line in found.lines if "still holds" in line]
    assert owner.startswith("Bo approved the earlier candidate glass box (cand-1) as business owner")
    assert "The model's files are other bytes" in owner and "at most 500 cases a day" in owner
    assert approver.startswith("Axel ") and "The gate's decision on 2026-11-20 12:00 UTC: open." in found.lines


def test_what_is_sealed_with_a_carried_approval_of_another_world_does_not_hold(papers: Any) -> None:
    other = papers.carried_dossier()
    for change, word in (
        ({"use_case": "case-2"}, "another use case"),
        ({"stage": Stage.DEVELOP}, "another use case or gate"),
        ({"subject": papers.candidate_body(3).subject}, "another candidate than it holds"),
    ):
        body = papers.candidate_body(1, **({} if "subject" in change else change))
        body = body.model_copy(update=change)
        forged = papers.signed(body, ("bo", Role.BUSINESS_OWNER), ("axel", Role.APPROVER))
        found = seen(papers.carried_dossier(earlier=(forged,)), papers)
        assert found.outcome == "FAIL" and any(word in line for line in found.lines), found.lines
    assert seen(other, papers).outcome == "PASS"


def test_an_open_gate_is_not_believed_where_nothing_may_be_carried(papers: Any) -> None:
    opened = papers.carried_dossier().decision
    other = papers.candidate_body(1, grounds=papers.GROUNDS.model_copy(update={"table": "sha256:other"}))
    early = papers.signed(other, ("bo", Role.BUSINESS_OWNER), ("axel", Role.APPROVER), conditions=(papers.LIMIT,))
    found = seen(papers.carried_dossier(earlier=(early,), decision=opened), papers)
    assert found.outcome == "FAIL" and any("asked again" in line for line in found.lines)


ALTERED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "the earlier data": lambda file: file["earlier"][0]["body"]["grounds"].update(table="sha256:x"),
    "the earlier lock": lambda file: file["earlier"][0]["body"]["lock"]["packages"].update(numpy="0"),
    "an earlier verdict": lambda file: file["earlier"][0]["body"]["results"][0]["answer"].update(verdict="fail"),
    "a carried condition": lambda file: file["earlier"][0]["signoffs"][0].update(conditions=[]),
    "a carried role": lambda file: file["earlier"][0]["signoffs"][0].update(role="validator"),
    "the new data": lambda file: file["body"]["grounds"].update(contract="sha256:x"),
    "a carried approval left out": lambda file: file["earlier"][0]["signoffs"].pop(),
    "the earlier dossier left out": lambda file: file.pop("earlier"),
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_is_found_even_when_the_office_seals_it_again(papers: Any, what: str) -> None:
    file: dict[str, Any] = json.loads((GOLDEN / "carried-2.dossier").read_bytes())
    ALTERED[what](file)
    plain = canonical.to_bytes(file)
    assert verify_dossier(plain, papers.OFFICE.fingerprint).outcome == "FAIL"
    sealed = papers.OFFICE.seal_dossier(papers.Dossier.model_validate(file))
    assert verify_dossier(sealed.content(), papers.OFFICE.fingerprint).outcome == "FAIL"
