"""Sign-offs and key lists: every way in which a signature does not hold is said."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from glassworks.core import signoff
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Key, KeyList, Role
from glassworks.core.permit import Permit, Revocations
from glassworks.core.signoff import Meaning, SignOff

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def test_a_signed_format_has_exactly_these_fields_and_a_new_field_is_a_new_format() -> None:
    assert {one: set(one.model_fields) for one in (KeyList, Key, Permit, Revocations)} == {
        KeyList: {"format", "issued_at", "office_public_key", "keys", "signature"},
        Key: {
            *("key_id", "person", "person_name", "roles", "public_key", "valid_from", "valid_until"),
            *("custody", "persona"),
        },
        Permit: {
            *("id", "use_case", "line", "format", "release", "package", "environment", "purpose", "conditions"),
            *("demonstration", "dossier", "office_public_key", "serial", "issued_at", "expires_at", "signature"),
        },
        Revocations: {"format", "issued_at", "releases", "office_public_key", "signature"},
    }


@pytest.mark.parametrize("raw", sorted(signoff.SMALL_ORDER))
@pytest.mark.parametrize("sign", [0x00, 0x80])
def test_a_key_to_which_one_signature_fits_any_text_signs_nothing(raw: bytes, sign: int) -> None:
    key = base64.b64encode(raw[:-1] + bytes([raw[-1] | sign])).decode()
    anything = base64.b64encode(b"\x01" + bytes(63)).decode()
    assert not any(signoff.is_signed(key, bytes([n]), anything) for n in range(64))
    with pytest.raises(FixTheInput, match="binds nobody"):
        signoff.fingerprint(key)


def test_a_true_sign_off_has_no_faults(papers: Any) -> None:
    assert signoff.faults(papers.sign_off("vera", Role.VALIDATOR), papers.key_list()) == []


CHANGES = {
    "meaning": Meaning.REFUSE,
    "statement": "more",
    "accepts": ("kpi",),
    "conditions": ("none",),
    "dossier": "sha256:other",
    "subject": "cand-2",
    "use_case": "case-2",
    "line": "retail",
    "method": "demonstration",
    "id": "sign-2",
    "signature": "",
}


@pytest.mark.parametrize("field", CHANGES)
def test_no_field_of_a_sign_off_can_be_changed_afterwards(papers: Any, field: str) -> None:
    changed = papers.sign_off("vera", Role.VALIDATOR).model_copy(update={field: CHANGES[field]})
    assert signoff.faults(changed, papers.key_list()) == ["the signature of Vera does not fit what was signed"]


def test_every_field_of_a_sign_off_but_the_signature_is_signed() -> None:
    tested = set(CHANGES) | {"role", "person", "key_id", "stage", "signed_at", "expires_at", "format"}
    assert tested == set(SignOff.model_fields)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"key_id": "key-nobody"}, "the key key-nobody is not on the office's key list"),
        ({"person": "bo"}, "the key key-vera belongs to another person"),
        ({"role": Role.APPROVER}, "Vera does not hold the role approver"),
        ({"method": "local key"}, "the key of Vera is kept by the office, not by the person as the method says"),
    ],
)
def test_a_true_signature_with_a_false_claim_has_that_fault(papers: Any, changes: dict[str, Any], fault: str) -> None:
    facts: dict[str, Any] = {"role": Role.VALIDATOR, **changes}
    draft = papers.sign_off("vera", facts.pop("role")).model_copy(update=facts)
    signed = draft.model_copy(update={"signature": signoff.sign(papers.private_key("vera"), draft.payload())})
    assert signoff.faults(signed, papers.key_list()) == [fault]


@pytest.mark.parametrize(("days", "holds"), [(-31, False), (-30, True), (-2, True), (-1, False), (0, False)])
def test_a_key_signs_only_while_it_is_valid(papers: Any, days: int, holds: bool) -> None:
    keys = papers.key_list(papers.key("vera", valid_until=papers.NOW - timedelta(days=1)))
    signed = papers.sign_off("vera", Role.VALIDATOR, signed_at=papers.NOW + timedelta(days=days))
    assert signoff.faults(signed, keys) == ([] if holds else ["the key of Vera was not valid when it signed"])


def test_a_signature_has_one_spelling_only(papers: Any) -> None:
    key = papers.private_key("vera")
    public, signature = signoff.public_text(key), signoff.sign(key, b"what is signed")
    assert signoff.is_signed(public, b"what is signed", signature)
    place = len(signature) - 3
    twin = signature[:place] + ALPHABET[ALPHABET.index(signature[place]) ^ 1] + "=="
    assert base64.b64decode(twin) == base64.b64decode(signature)
    assert not signoff.is_signed(public, b"what is signed", twin)
    assert not signoff.is_signed(public, b"what is signed", signature + "\n")


@pytest.mark.parametrize("text", ["", "AAAA", "no key!", "A" * 43, "\N{SNOWMAN}"])
def test_what_is_not_a_key_signs_nothing_and_has_no_fingerprint(text: str) -> None:
    assert not signoff.is_signed(text, b"", text)
    with pytest.raises(FixTheInput):
        signoff.fingerprint(text)


def test_a_key_list_signed_by_the_office_has_no_faults(papers: Any) -> None:
    assert signoff.keylist_faults(papers.key_list()) == []


def test_no_key_can_be_added_changed_or_taken_from_a_key_list(papers: Any) -> None:
    keys = papers.key_list()
    wider = papers.key("ada", roles=tuple(Role))
    for changed in (keys.keys[1:], (*keys.keys[1:], wider), (*keys.keys, papers.key("ada", key_id="key-new"))):
        faults = signoff.keylist_faults(keys.model_copy(update={"keys": changed}))
        assert "the key list is not signed by the office's key: it was altered" in faults


def test_one_key_for_two_persons_or_one_id_for_two_keys_is_a_fault(papers: Any) -> None:
    shared = papers.key("bo", public_key=papers.key("vera").public_key)
    assert signoff.keylist_faults(papers.key_list(papers.key("vera"), shared)) == [
        "one key stands on the key list for two persons"
    ]
    twice = papers.key("bo", key_id="key-vera")
    assert signoff.keylist_faults(papers.key_list(papers.key("vera"), twice)) == [
        "two keys on the key list have the same id"
    ]
    office = papers.key("bo", public_key=papers.OFFICE.public_key)
    assert signoff.keylist_faults(papers.key_list(office)) == ["one key stands on the key list for two persons"]
