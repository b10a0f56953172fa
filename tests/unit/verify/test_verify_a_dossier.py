"""The outsider's verifier: what it says of a true file, of a false one, and of rubbish."""

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glassworks.core import canonical
from glassworks.core.gate import Decision
from glassworks.core.people import Role
from glassworks.core.result import Verdict
from glassworks.hub.keys import Office
from glassworks.verify.__main__ import main
from glassworks.verify.dossier import verify_dossier

GOLDEN = Path(__file__).parents[2] / "golden"
PINNED = (GOLDEN / "office-1.fingerprint").read_text().strip()


def test_the_golden_dossier_passes_with_the_pinned_fingerprint() -> None:
    found = verify_dossier((GOLDEN / "approved-1.dossier").read_bytes(), PINNED)
    assert (found.outcome, found.exit_code) == ("PASS", 0)
    said = "\n".join(found.lines)
    assert 'gate 4, Validate & deploy, of the use case "Whom should we call?"' in said
    assert "Vera signed as validator: approve, with a key that the office keeps, opened by a passphrase" in said
    assert "Bo signed as business owner: approve" in said
    assert "Checks: 2 pass." in said
    assert "seal: same machine." in said
    assert "Looks at the sealed rows: 1; the policy allows 3." in said
    assert "The gate's decision on 2026-11-20 12:00 UTC: open." in said
    assert "invented people" not in said
    assert "WRONG" not in said


def test_without_a_fingerprint_a_dossier_is_consistent_and_its_signer_unknown() -> None:
    found = verify_dossier((GOLDEN / "approved-1.dossier").read_bytes())
    assert (found.outcome, found.exit_code) == ("consistent, signer unknown", 3)


def test_a_dossier_of_invented_people_says_so() -> None:
    found = verify_dossier((GOLDEN / "demonstration-1.dossier").read_bytes(), PINNED)
    assert found.outcome == "PASS"
    assert "Signed by a script for invented people: no real person answers for these signatures." in found.lines


@pytest.mark.parametrize(
    ("name", "granted"),
    [
        ("excepted-1", "Granted by Axel, not signed by key: the office's seal alone vouches for it."),
        ("excepted-2", "Granted by Axel as approver, with a key that the office keeps, opened by a passphrase"),
    ],
)
def test_an_exception_is_told_with_who_granted_it_and_how(name: str, granted: str) -> None:
    content = (GOLDEN / f"{name}.dossier").read_bytes()
    found = verify_dossier(content, PINNED)
    assert found.outcome == "PASS" and any(granted in line for line in found.lines)
    assert "Kpi: excepted. The answer is fail." in found.lines
    for old, new in ((b"2026-11-30T12", b"2027-11-30T12"), (b"a person looks", b"nobody  looks")):
        assert verify_dossier(content.replace(old, new, 1), PINNED).outcome == "FAIL"


def test_the_golden_files_of_every_format_still_pass() -> None:
    files = sorted(GOLDEN.glob("*.dossier"))
    assert len(files) == 6
    assert {verify_dossier(file.read_bytes(), PINNED).outcome for file in files} == {"PASS"}


def test_a_fingerprint_may_be_written_as_it_is_read_out_on_the_telephone() -> None:
    spoken = " ".join(PINNED[i : i + 4] for i in range(0, 64, 4)).upper()
    assert verify_dossier((GOLDEN / "approved-1.dossier").read_bytes(), spoken).outcome == "PASS"
    with_colons = ":".join(PINNED[i : i + 2] for i in range(0, 64, 2))
    assert verify_dossier((GOLDEN / "approved-1.dossier").read_bytes(), with_colons).outcome == "PASS"


def test_a_forger_with_a_key_of_their_own_is_found_by_the_fingerprint(papers: Any) -> None:
    forged = papers.dossier(office=Office(papers.private_key("a forger"))).content()
    assert verify_dossier(forged).outcome == "consistent, signer unknown"
    found = verify_dossier(forged, PINNED)
    assert (found.outcome, found.exit_code) == ("FAIL", 1)
    assert any("another signer made this file" in line for line in found.lines)


def test_one_changed_byte_anywhere_is_never_a_pass() -> None:
    content = (GOLDEN / "approved-1.dossier").read_bytes()
    chance = random.Random(7)
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << chance.randrange(8)
        found = verify_dossier(bytes(changed), PINNED)
        assert found.outcome in ("FAIL", "unreadable"), place


def test_every_other_last_letter_of_every_signature_is_found() -> None:
    content = (GOLDEN / "approved-1.dossier").read_bytes()
    ends = [place for place in range(len(content)) if content[place : place + 3] == b'=="']
    assert len(ends) == 4
    for place in ends:
        for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
            changed = content[: place - 1] + bytes([letter]) + content[place:]
            assert changed == content or verify_dossier(changed, PINNED).outcome == "FAIL"


@pytest.mark.parametrize("spoil", [b"", b"{}", b"null", b"[]", b'{"body":1}', b"\x00", b"[" * 3000 + b"]" * 3000])
def test_rubbish_is_unreadable(spoil: bytes) -> None:
    found = verify_dossier(spoil, PINNED)
    assert (found.outcome, found.exit_code) == ("unreadable", 2)


def test_cut_lengthened_and_otherwise_spelled_files_are_unreadable() -> None:
    content = (GOLDEN / "approved-1.dossier").read_bytes()
    for changed in (content[:-1], content[: len(content) // 2], content + b"\n", content + content, b" " + content):
        assert verify_dossier(changed, PINNED).outcome == "unreadable"
    assert verify_dossier(content.replace(b'"low"', b'"low","low":1', 1), PINNED).outcome == "unreadable"


def test_unknown_fields_and_other_spellings_of_a_value_are_unreadable(papers: Any) -> None:
    facts = papers.dossier().facts()
    for change in ({"more": 1}, {"decided_at": "2026-11-20T12:00:00Z"}, {"decided_at": 1795176000}):
        assert verify_dossier(canonical.to_bytes(facts | change), PINNED).outcome == "unreadable"
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    facts["body"]["subject"]["deep"] = deep
    assert verify_dossier(canonical.to_bytes(facts), PINNED).outcome in ("unreadable", "FAIL")


def test_what_was_altered_is_named(papers: Any) -> None:
    dossier = papers.dossier()
    kinder = {"body": papers.body(title="Another title")}
    longer = {"keys": dossier.keys.model_copy(update={"keys": (*dossier.keys.keys, papers.key("ada", key_id="k"))})}
    renamed = {"signoffs": (dossier.signoffs[0].model_copy(update={"statement": "gladly"}), dossier.signoffs[1])}
    opened = {"decision": Decision(open=False, reasons=("no",))}
    for change, words in (
        (kinder, "the body does not have the digest that was signed"),
        (longer, "the key list is not signed by the office's key"),
        (renamed, "the signature of Vera does not fit what was signed"),
        (opened, "the gate, asked again, does not give the decision"),
    ):
        found = verify_dossier(dossier.model_copy(update=change).content(), PINNED)
        assert found.outcome == "FAIL"
        assert any(line.startswith("WRONG: ") and words in line for line in found.lines), words


def test_a_file_from_before_a_record_had_a_field_still_passes(papers: Any) -> None:
    file = papers.dossier().facts()
    del file["body"]["brief"]["acknowledged"], file["body"]["attachments"]
    file["body_digest"] = canonical.digest(file["body"])
    file["signoffs"] = [
        papers.sign_off(one["person"], Role(one["role"]), file["body_digest"]).facts() for one in file["signoffs"]
    ]
    unsealed = {name: value for name, value in file.items() if name != "office_signature"}
    sealed = unsealed | {"office_signature": papers.OFFICE.sign(canonical.to_bytes(unsealed))}
    assert verify_dossier(canonical.to_bytes(sealed), PINNED).outcome == "PASS"


def test_separation_of_duties_is_judged_again_even_under_a_true_seal(papers: Any) -> None:
    signers = (("max", Role.VALIDATOR), ("max", Role.BUSINESS_OWNER))
    content = papers.dossier(signers=signers, decision=Decision(open=True)).content()
    assert verify_dossier(content, PINNED).outcome == "FAIL"


def test_a_refused_candidates_dossier_passes_as_a_file_and_says_why_it_was_refused(papers: Any) -> None:
    failed = papers.body(results=(papers.result("performance"), papers.result("kpi", Verdict.FAIL)))
    found = verify_dossier(papers.dossier(failed).content(), PINNED)
    assert found.outcome == "PASS"
    assert "Closed because: Kpi failed: The answer is fail." in found.lines


def test_text_in_a_file_cannot_pass_for_a_line_of_the_verifier(papers: Any) -> None:
    sly = papers.body(title="x\nPASS: all is well\x1b[2J\u202e")
    found = verify_dossier(papers.dossier(sly).content())
    assert not any(line.startswith("PASS") for line in found.lines)
    assert all(line.isprintable() for line in found.lines)


@pytest.mark.parametrize(
    ("content", "fingerprint", "code"),
    [("approved-1", PINNED, 0), ("approved-1", "ab" * 32, 1), ("office-1", PINNED, 2), ("approved-1", None, 3)],
)
def test_the_exit_code_says_the_outcome(
    capsys: pytest.CaptureFixture[str], content: str, fingerprint: str | None, code: int
) -> None:
    path = next(GOLDEN.glob(f"{content}.*"))
    asked = [str(path)] + (["--fingerprint", fingerprint] if fingerprint else [])
    assert main(asked) == code
    assert capsys.readouterr().out.count("\n") >= 1


def test_a_file_that_is_not_there_is_said_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere.dossier"]) == 2
    assert capsys.readouterr().err == "nowhere.dossier cannot be opened: No such file or directory.\n"


def test_the_verifier_runs_as_a_module_and_loads_no_server_and_no_numbers() -> None:
    program = (
        "import runpy, sys; sys.argv = ['verify', *sys.argv[1:]]\n"
        "try: runpy.run_module('glassworks.verify', run_name='__main__')\n"
        "except SystemExit as end: code = end.code\n"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('glassworks.')}\n"
        "assert rooms <= {'core', 'verify', 'sdk'}, rooms\n"
        "assert not {'numpy', 'sqlalchemy', 'fastapi', 'polars'} & set(sys.modules)\n"
        "sys.exit(code)"
    )
    command = [sys.executable, "-c", program, str(GOLDEN / "approved-1.dossier"), "--fingerprint", PINNED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("PASS: ")
