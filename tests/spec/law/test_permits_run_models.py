"""The law of the permit: these bytes, here, now, signed by the office this server trusts."""

from datetime import timedelta
from typing import Any

import pytest

from glassworks.core.errors import PermitRefused
from glassworks.core.permit import Permit, revoked_releases, why_not_run
from glassworks.hub.keys import Office


def asked(papers: Any, permit: Permit | None = None, **changes: Any) -> str:
    facts: dict[str, Any] = {
        "pinned": papers.OFFICE.fingerprint,
        "package": "sha256:model",
        "environment": "production",
        "now": papers.NOW,
    }
    return why_not_run(permit or papers.permit(), **(facts | changes))


def test_a_permit_lets_exactly_its_bytes_run_in_its_environment_now(papers: Any) -> None:
    assert asked(papers) == ""


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("permit-signer", {"pinned": "0" * 64}),
        ("permit-signer", {"pinned": ""}),
        ("permit-revoked", {"revoked": frozenset({"rel-1"})}),
        ("permit-bytes", {"package": "sha256:swapped"}),
        ("permit-environment", {"environment": "test"}),
    ],
)
def test_every_refusal_names_its_rule(papers: Any, rule: str, changes: dict[str, Any]) -> None:
    assert asked(papers, **changes).startswith(f"Rule {rule}: ")


@pytest.mark.parametrize(("hours", "runs"), [(-2, False), (-1, True), (0, True), (22.99, True), (23, False)])
def test_a_permit_holds_from_its_first_moment_until_just_before_its_last(papers: Any, hours: float, runs: bool) -> None:
    why = asked(papers, now=papers.NOW + timedelta(hours=hours))
    assert (why == "") is runs
    assert runs or why.startswith("Rule permit-expired: ")


@pytest.mark.parametrize("field", sorted(set(Permit.model_fields) - {"format", "signature", "office_public_key"}))
def test_no_field_of_a_permit_can_be_changed_after_it_is_signed(papers: Any, field: str) -> None:
    permit = papers.permit()
    value = getattr(permit, field)
    changed = {bool: True, int: 2, tuple: ("new",), str: "other"}.get(type(value), papers.NOW + timedelta(days=999))
    assert asked(papers, permit.model_copy(update={field: changed})).startswith("Rule permit-signature: ")


@pytest.mark.parametrize("text", ["", "no key", "A" * 44])
def test_a_permit_with_a_spoilt_key_or_signature_is_refused(papers: Any, text: str) -> None:
    for field in ("office_public_key", "signature"):
        assert asked(papers, papers.permit().model_copy(update={field: text})).startswith("Rule permit-signature: ")


def test_another_offices_true_permit_is_refused(papers: Any) -> None:
    forged = Office(papers.private_key("another office")).sign_permit(papers.permit())
    assert asked(papers, forged).startswith("Rule permit-signer: ")


def test_a_demonstrations_permit_runs_in_the_demonstration_only(papers: Any) -> None:
    permit = papers.permit(demonstration=True)
    assert asked(papers, permit).startswith("Rule permit-demonstration: ")
    assert asked(papers, papers.permit(demonstration=True, environment="demo"), environment="demo") == ""


def test_a_list_of_revocations_counts_when_the_pinned_office_signed_it(papers: Any) -> None:
    signed = papers.OFFICE.sign_revocations(["rel-2", "rel-1", "rel-1"], papers.NOW)
    assert revoked_releases(signed, pinned=papers.OFFICE.fingerprint) == {"rel-1", "rel-2"}


def test_a_shortened_or_foreign_list_of_revocations_is_refused(papers: Any) -> None:
    signed = papers.OFFICE.sign_revocations(["rel-1"], papers.NOW)
    with pytest.raises(PermitRefused) as altered:
        revoked_releases(signed.model_copy(update={"releases": ()}), pinned=papers.OFFICE.fingerprint)
    foreign = Office(papers.private_key("another office")).sign_revocations([], papers.NOW)
    with pytest.raises(PermitRefused) as unknown:
        revoked_releases(foreign, pinned=papers.OFFICE.fingerprint)
    assert (altered.value.rule, unknown.value.rule) == ("revocations-signature", "revocations-signer")
