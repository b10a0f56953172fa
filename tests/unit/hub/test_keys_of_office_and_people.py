"""The office's key, people's keys and passwords."""

import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from glassworks.core import signoff
from glassworks.core.errors import Broken, Conflict, FixTheInput, NotAllowed, NotFound
from glassworks.core.people import HeldKey, Person, Role
from glassworks.core.permit import why_not_run
from glassworks.hub.keys import (
    Office,
    check_password,
    enrol_public_key,
    hash_password,
    new_personal_key,
    read_key_file,
    retire_key,
    sign_off,
    unlock,
)

PASSPHRASE = "four unrelated plain words"


@pytest.fixture(scope="module")
def vera(papers: Any) -> Person:
    return Person(id="vera", name="Vera", login="vera", roles=(Role.VALIDATOR,), created_at=papers.NOW)


@pytest.fixture(scope="module")
def held(papers: Any, vera: Person) -> HeldKey:
    return new_personal_key(vera, PASSPHRASE, now=papers.NOW - timedelta(days=1))


def test_the_offices_key_is_kept_for_its_owner_alone_and_opens_as_the_same_office(tmp_path: Path) -> None:
    path = tmp_path / "new" / "office.key"
    made = Office.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["office.key"]
    opened = Office.open(path)
    assert (opened.public_key, opened.fingerprint, opened.seal_key()) == (
        made.public_key,
        made.fingerprint,
        made.seal_key(),
    )


def test_a_key_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    Office.create(path)
    before = path.read_bytes()
    with pytest.raises(Conflict):
        Office.create(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["office.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o700 | 0o001])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "office.key"
    Office.create(path)
    path.chmod(mode)
    with pytest.raises(NotAllowed) as refused:
        Office.open(path)
    assert refused.value.rule == "key-file-mode"


def test_an_absent_or_spoilt_key_file_is_said_so_without_its_content(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    with pytest.raises(NotFound):
        read_key_file(path)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    for content in ("", "no base64 at all!", "c2hvcnQ="):
        path.write_text(content)
        with pytest.raises(Broken) as broken:
            read_key_file(path)
        assert not content or content not in str(broken.value)


def test_each_office_has_its_own_seal_key_and_it_is_not_its_signing_key(papers: Any) -> None:
    other = Office(papers.private_key("another office"))
    assert len(papers.OFFICE.seal_key()) == 32
    assert papers.OFFICE.seal_key() != other.seal_key()
    assert papers.OFFICE.seal_key() != signoff.private_bytes(papers.private_key("the office"))


def test_what_the_office_signs_verifies_with_its_public_key(papers: Any) -> None:
    office = papers.OFFICE
    assert signoff.is_signed(office.public_key, b"some bytes", office.sign(b"some bytes"))
    assert signoff.keylist_faults(office.sign_keylist([], papers.NOW)) == []
    assert [k.person for k in office.sign_keylist([papers.key("vera"), papers.key("ada")], papers.NOW).keys] == [
        "ada",
        "vera",
    ]
    permit = office.sign_permit(papers.permit().model_copy(update={"office_public_key": "", "signature": "old"}))
    why = why_not_run(
        permit, pinned=office.fingerprint, package="sha256:model", environment="production", now=papers.NOW
    )
    assert why == ""


def test_a_person_signs_with_their_passphrase_and_the_signature_holds(papers: Any, held: HeldKey) -> None:
    draft = papers.sign_off("vera", Role.VALIDATOR, key_id=held.id)
    signed = sign_off(draft, unlock(held, PASSPHRASE))
    assert signoff.faults(signed, papers.OFFICE.sign_keylist([held.key], papers.NOW)) == []


@pytest.mark.parametrize("passphrase", ["", "four unrelated plain word", PASSPHRASE + " ", "x" * 5000, "\ud800"])
def test_a_wrong_passphrase_opens_nothing_and_is_not_repeated_back(held: HeldKey, passphrase: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        unlock(held, passphrase)
    assert refused.value.rule == "key-passphrase"
    assert not passphrase or passphrase not in str(refused.value)


def test_the_same_words_typed_on_another_keyboard_are_the_same_passphrase(papers: Any, vera: Person) -> None:
    held = new_personal_key(vera, "Caf\u00e9 au lait, bitte", now=papers.NOW)
    assert signoff.public_text(unlock(held, "Cafe\u0301 au lait, bitte")) == held.key.public_key


def test_what_is_kept_holds_neither_the_key_nor_the_passphrase_and_is_never_the_same_twice(
    papers: Any, vera: Person, held: HeldKey
) -> None:
    again = new_personal_key(vera, PASSPHRASE, now=papers.NOW)
    assert again.sealed_private != held.sealed_private
    assert PASSPHRASE not in held.sealed_private
    assert "PRIVATE" not in held.model_dump_json()


def test_a_sealed_key_moved_into_another_persons_record_opens_nothing(held: HeldKey) -> None:
    stolen = held.model_copy(update={"key": held.key.model_copy(update={"person": "eve"})})
    with pytest.raises(NotAllowed) as refused:
        unlock(stolen, PASSPHRASE)
    assert isinstance(refused.value.__cause__, InvalidTag)


@pytest.mark.parametrize("secret", ["", "short", "x" * 9, "x" * 1025])
def test_a_short_or_endless_secret_is_refused(papers: Any, vera: Person, secret: str) -> None:
    with pytest.raises(FixTheInput) as refused:
        new_personal_key(vera, secret, now=papers.NOW)
    assert refused.value.field == "passphrase"
    with pytest.raises(FixTheInput) as refused:
        hash_password(secret)
    assert refused.value.field == "password"


def test_a_retired_key_signs_no_more_but_its_old_signatures_hold(papers: Any, held: HeldKey) -> None:
    signed = sign_off(papers.sign_off("vera", Role.VALIDATOR, key_id=held.id), unlock(held, PASSPHRASE))
    retired = retire_key(held, papers.NOW)
    keys = papers.OFFICE.sign_keylist([retired.key], papers.NOW)
    assert signoff.faults(signed, keys) == []
    late = signed.model_copy(update={"signed_at": papers.NOW})
    assert "the key of Vera was not valid when it signed" in signoff.faults(late, keys)
    with pytest.raises(NotAllowed) as refused:
        unlock(retired, PASSPHRASE)
    assert refused.value.rule == "key-retired"
    assert retire_key(retired, papers.NOW + timedelta(days=9)).key.valid_until == papers.NOW


def test_a_key_that_stays_with_its_owner_is_enrolled_by_its_public_half(papers: Any, vera: Person) -> None:
    mine = papers.private_key("vera")
    held = enrol_public_key(vera, signoff.public_text(mine), now=papers.NOW - timedelta(days=1))
    assert (held.key.custody, held.sealed_private) == ("person", "")
    signed = papers.sign_off("vera", Role.VALIDATOR, key_id=held.id, method="local key")
    assert signoff.faults(signed, papers.OFFICE.sign_keylist([held.key], papers.NOW)) == []
    with pytest.raises(NotAllowed) as refused:
        unlock(held, PASSPHRASE)
    assert refused.value.rule == "key-custody"
    with pytest.raises(FixTheInput):
        enrol_public_key(vera, "not a key", now=papers.NOW)


def test_a_password_is_known_again_and_no_other(papers: Any) -> None:
    kept = hash_password("correct horse battery")
    assert "correct" not in kept
    assert check_password(kept, "correct horse battery")
    assert not check_password(kept, "correct horse batterz")
    assert not check_password(kept, "")
    assert not check_password("", "correct horse battery")
    assert not check_password("rubbish", "correct horse battery")
