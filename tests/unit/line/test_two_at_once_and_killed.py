"""Two people at the same instant, and a process killed while it signs: one wins, and nothing is half-done."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from glassworks.core.commands import Sign
from glassworks.core.errors import NotAllowed
from glassworks.core.journal import Act
from glassworks.core.people import Role
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import GateRecord, Release
from glassworks.hub.audit import verify_journal
from glassworks.line import own_key, signing

SIGNER = """
import sys, time
from pathlib import Path
sys.path.insert(0, {fakes!r})
import bench
from glassworks.core.errors import GlassworksError
home, login, subject, role, start = Path(sys.argv[1]), *sys.argv[2:6]
with bench.opened(home) as one:
    words = one.accepting(one.candidate()) if role == "business_owner" else {{}}
    print("ready", flush=True)
    while time.time() < float(start):
        pass
    try:
        print("open" if one.sign(login, subject, role=role, **words).open else "signed", flush=True)
    except GlassworksError as error:
        print(type(error).__name__, error.what, flush=True)
"""


def signer(fakes: Path, home: Path, login: str, subject: str, role: str, start: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SIGNER.format(fakes=str(fakes)), str(home), login, subject, role, str(start)],
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def test_two_people_who_sign_the_same_role_at_the_same_instant_are_one_signature(at, bench_kit, tmp_path: Path) -> None:
    one = at("validated")
    one.join("second_validator", Role.VALIDATOR)
    subject, start = one.candidate().id, time.time() + 4
    fakes = Path(bench_kit.__file__).parent
    racing = [
        signer(fakes, tmp_path / "home", login, subject, "validator", start)
        for login in ("validator", "second_validator")
    ]
    said = [process.communicate(timeout=60)[0].splitlines()[-1] for process in racing]
    assert sorted(word.split()[0] for word in said)[-1] == "signed", said
    assert sorted(said)[0].split()[0] == "NotAllowed", said
    given = [s for s in one.parts.ledger.find(SignOff, subject=subject) if s.stage is Stage.VALIDATE]
    assert len(given) == 1
    assert verify_journal(one.parts.ledger, one.parts.vault) == []


def test_of_two_who_drafted_at_once_the_second_is_told_the_rule_and_not_a_name_in_a_table(at, bench_kit) -> None:
    one = at("validated")
    one.join("second_validator", Role.VALIDATOR)
    asked = Sign(use_case="whom-to-call", subject=one.candidate().id, role=Role.VALIDATOR, meaning=Meaning.APPROVE)
    first, second = (
        own_key.sign_here(one.parts, who, partial(signing.draft, one.parts, who, asked), bench_kit.PASSPHRASE)
        for who in (one.who["validator"], one.who["second_validator"])
    )
    act = Act(act="sign", who=first.person, what=first.subject, use_case=first.use_case, line=first.line)
    own_key.keep(one.parts, first, act)
    with pytest.raises(NotAllowed, match="a validator has already signed this dossier") as refused:
        own_key.keep(one.parts, second, act)
    assert refused.value.rule == "once"


def test_killed_while_signing_the_signature_is_whole_or_absent(shelf, bench_kit, tmp_path: Path) -> None:
    fakes, seen = Path(bench_kit.__file__).parent, set()
    ready = shelf.copy("validated", tmp_path / "ready")
    with bench_kit.opened(ready) as one:
        subject = one.candidate().id
        one.sign("validator", subject)
    for place, wait in enumerate((0.05, 0.12, 0.2, 1.0)):
        home = tmp_path / f"home{place}"
        subprocess.run(["cp", "-r", str(ready), str(home)], check=True)
        process = signer(fakes, home, "business_owner", subject, "business_owner", 0)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with bench_kit.opened(home) as one:
            ledger = one.parts.ledger
            owner = [s for s in ledger.find(SignOff, subject=subject) if s.role == "business_owner"]
            opened = [g for g in ledger.find(GateRecord, subject=subject) if g.stage is Stage.VALIDATE]
            assert len(owner) == len(opened) == len(ledger.find(Release)) == bool(one.case.release)
            assert verify_journal(ledger, one.parts.vault) == []
            seen.add(bool(owner))
            if not owner:
                assert one.sign("business_owner", subject, **one.accepting(one.candidate())).open
    assert True in seen
