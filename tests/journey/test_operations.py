"""Looking after an installation: backups of a living home, restores that verify, own keys, changed bytes."""

import importlib.util
import json
import shutil
import sqlite3
import stat
import sys
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest


def fake(name: str) -> Any:
    path = Path(__file__).parents[1] / "fakes" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    kit = sys.modules.setdefault(name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(kit)
    return kit


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a release, set up from the command line."""
    place = tmp_path_factory.mktemp("released")
    shell, bench = fake("terminal").Terminal(place / "home"), fake("bench")
    shell.found()
    bench.rows(600).write_csv(place / "calls.csv")
    (place / "model.py").write_text(bench.HONEST)
    value = {
        "act_positive": {"low": 80, "mode": 100, "high": 120, "owner": "owner"},
        "act_negative": {"low": -12, "mode": -10, "high": -8, "owner": "owner"},
    }
    shell.agree("calls", place / "calls.csv", "y", place, value=value, kpi={"target": 1000.0}, forbidden=["duration"])
    shell.release("calls", place / "model.py")
    return place / "home"


@pytest.fixture
def terminal(released: Path, tmp_path: Path) -> Any:
    shutil.copytree(released, tmp_path / "home")
    return fake("terminal").Terminal(tmp_path / "home")


def elsewhere(place: Path) -> Any:
    return fake("terminal").Terminal(place)


def test_a_backup_is_restored_elsewhere_and_verifies_and_answers(terminal: Any, tmp_path: Path) -> None:
    archive = tmp_path / "home.tar.gz"
    assert "holds" in terminal.ok("admin", "backup", str(archive)).out
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert "exists" in terminal.run("admin", "backup", str(archive), code=1).err
    other = elsewhere(tmp_path / "other")
    assert "is restored and verifies" in other.ok("admin", "restore", str(archive)).out
    assert "not empty" in other.run("admin", "restore", str(archive), code=1).err
    assert stat.S_IMODE((other.home / "keys" / "office.key").stat().st_mode) == 0o600
    here, there = (shell.ok("admin", "verify", "--json").data for shell in (terminal, other))
    assert here == there
    fake("bench").rows(30, seed=3).write_csv(tmp_path / "list.csv")
    ranked = tmp_path / "ranked.csv"
    other.ok("work", "score", "calls", str(tmp_path / "list.csv"), "--out", str(ranked), "--as", "operator")
    assert len(ranked.read_text().splitlines()) == 31


def test_a_backup_of_a_home_at_work_verifies(terminal: Any, tmp_path: Path) -> None:
    stop, drafts = threading.Event(), terminal.home / "vault"
    bench = fake("bench")

    def busy() -> None:
        with bench.factory.opened(bench.Settings(home=terminal.home), None) as parts:
            number = 0
            while not stop.is_set():
                number += 1
                parts.vault.put(f"content {number}".encode())
                parts.ledger.note(bench.Act(act="busy", who="office", sentence=f"Note {number}."))

    worker = threading.Thread(target=busy)
    worker.start()
    try:
        for number in range(3):
            terminal.ok("admin", "backup", str(tmp_path / f"{number}.tar.gz"))
    finally:
        stop.set()
        worker.join()
    assert drafts.is_dir()
    for number in range(3):
        other = elsewhere(tmp_path / f"other{number}")
        assert "verifies" in other.ok("admin", "restore", str(tmp_path / f"{number}.tar.gz")).out


def test_a_backup_goes_to_a_place_that_is_there_and_outside_the_home(terminal: Any, tmp_path: Path) -> None:
    assert "no folder" in terminal.run("admin", "backup", str(tmp_path / "no" / "b.tar.gz"), code=2).err
    assert "in the home itself" in terminal.run("admin", "backup", str(terminal.home / "b.tar.gz"), code=2).err


def test_what_is_not_a_whole_backup_is_refused_and_leaves_no_home(terminal: Any, tmp_path: Path) -> None:
    whole, cut, other_tar = tmp_path / "whole.tar.gz", tmp_path / "cut.tar.gz", tmp_path / "other.tar.gz"
    terminal.ok("admin", "backup", str(whole))
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (tmp_path / "a.txt").write_text("something else")
    with tarfile.open(other_tar, "w:gz") as out:
        out.add(tmp_path / "a.txt", arcname="a.txt")
    target = elsewhere(tmp_path / "new")
    for file in (cut, other_tar, tmp_path / "a.txt"):
        said = target.run("admin", "restore", str(file), code=2)
        assert "is not a whole backup" in said.err and not target.home.exists()
    assert "no file" in target.run("admin", "restore", str(tmp_path / "nothing"), code=2).err


def test_one_changed_byte_is_found_in_place_and_in_a_restored_backup(terminal: Any, tmp_path: Path) -> None:
    with sqlite3.connect(terminal.home / "glassworks.db") as database:
        database.execute("UPDATE records SET body = replace(body, 'What does', 'What did!') WHERE kind = 'use_case'")
    said = terminal.run("admin", "verify", code=1)
    assert "use_case:calls" in said.out
    archive = tmp_path / "b.tar.gz"
    terminal.ok("admin", "backup", str(archive))
    assert "use_case:calls" in elsewhere(tmp_path / "other").run("admin", "restore", str(archive), code=1).out


def test_a_key_of_ones_own_signs_at_home_and_its_file_is_taken_once(terminal: Any, tmp_path: Path) -> None:
    terminal.invite("second_owner", "business_owner")
    key, public, draft = tmp_path / "my.key", tmp_path / "public.json", tmp_path / "signoff.json"
    assert "The private key lies in" in terminal.ok("sign", str(public), "--key", str(key), "--new").out
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and "exists" in terminal.run(
        "sign", str(public), "--key", str(key), "--new", code=1
    ).err  # fmt: skip
    held = terminal.ok("admin", "enrol-key", str(public), "--as", "validator", "--json").data
    assert held["custody"] == "person"
    assert "own-key" in terminal.run("admin", "enrol-key", str(public), "--as", "second_owner", code=1).err
    model = tmp_path / "model.py"
    model.write_text(fake("bench").HONEST)
    made = terminal.ok("work", "bring", "calls", str(model), "--name", "Two", "--as", "data_scientist", "--json").data
    terminal.sign("calls", made["id"], "data_scientist", "submit")
    terminal.ok("work", "validate", "calls", made["id"], "--as", "validator")
    assert "stays with its owner" in terminal.sign("calls", made["id"], "validator", code=1).err
    terminal.sign("calls", made["id"], "validator", "approve", "--elsewhere", str(draft))
    said = terminal.ok("sign", str(draft), "--key", str(key))
    assert "You sign as validator: approve" in said.out
    signed = draft.with_suffix(".signed.json")
    for wrong in (draft, public):
        assert terminal.run("work", "take", str(wrong), "--as", "validator").code in (1, 2)
    altered = tmp_path / "altered.json"
    altered.write_text(signed.read_text().replace('"approve"', '"refuse"'))
    assert terminal.run("work", "take", str(altered), "--as", "validator").code in (1, 2)
    assert terminal.ok("work", "take", str(signed), "--as", "validator", "--json").data["waits_for"] == [
        "business_owner"
    ]
    assert "Rule once" in terminal.run("work", "take", str(signed), "--as", "validator", code=1).err


def test_a_key_of_ones_own_grants_an_exception_and_releases_a_stop(terminal: Any, tmp_path: Path) -> None:
    terminal.invite("chief", "champion")
    key, public = tmp_path / "chief.key", tmp_path / "chief.json"
    terminal.ok("sign", str(public), "--key", str(key), "--new")
    terminal.ok("admin", "enrol-key", str(public), "--as", "chief")
    subject = json.loads(terminal.ok("work", "explore", "calls", "--as", "data_scientist", "--json").out)[0]["subject"]
    words = ("sentinels", "We wait for the owner.", "--compensation", "None.", "--days", "9")
    waiver = terminal.ok("work", "ask-exception", "calls", subject, *words, "--as", "data_scientist", "--json").data
    stop = terminal.ok("work", "stop", "line", "retail", "It looks odd.", "--as", "operator", "--json").data
    acts = (
        (("release-stop", stop["id"], "It is mended."), 'release a stop, saying "It is mended."', "goes on"),
        (("grant-exception", "calls", waiver["id"]), "grant an exception, for sentinels of", "is excepted until"),
    )
    for number, (act, told, done) in enumerate(acts):
        draft = tmp_path / f"act-{number}.json"
        assert "stays with its owner" in terminal.run("work", *act, "--as", "chief", code=1).err
        terminal.ok("work", *act, "--elsewhere", str(draft), "--as", "chief")
        assert told in terminal.ok("sign", str(draft), "--key", str(key)).out
        signed = draft.with_suffix(".signed.json")
        assert terminal.run("work", "take", str(draft), "--as", "chief").code == 1, "it is not signed"
        assert done in terminal.ok("work", "take", str(signed), "--as", "chief").out
        assert terminal.run("work", "take", str(signed), "--as", "chief").code == 1, "it is taken once"


def test_a_lost_passphrase_a_leaver_and_an_upgrade(terminal: Any) -> None:
    terminal.run("admin", "new-key", "--as", "validator", code=0, GLASSWORKS_PASSPHRASE="another passphrase here")
    terminal.invite("heir", "operator")
    assert "takes over" in terminal.ok("admin", "leave", "data_scientist", "heir", "--as", "carla").out
    refused = terminal.run("work", "status", "calls", "--as", "data_scientist", code=1)
    assert "Name or password is not right." in refused.err
    assert terminal.ok("admin", "upgrade").out.startswith("The database is at this version")
    for dossier in sorted((terminal.home / "dossiers").glob("*.dossier")):
        said = terminal.run("verify", "dossier", str(dossier))
        assert said.code == 3 and said.out.startswith("consistent, signer unknown")
    assert terminal.ok("admin", "verify", "--json").data["faults"] == []


def test_a_stop_a_finding_an_exception_and_the_end_from_the_command_line(terminal: Any) -> None:
    stop = terminal.ok("work", "stop", "use_case", "calls", "It looks odd.", "--as", "operator", "--json").data
    assert "is stopped" in terminal.run("work", "build", "calls", "--as", "data_scientist", code=1).err
    own = terminal.run("work", "release-stop", stop["id"], "It is mended.", "--as", "operator", code=1)
    assert "act-by-role" in own.err
    assert "goes on" in terminal.ok("work", "release-stop", stop["id"], "It is mended.", "--as", "validator").out
    subject = json.loads(terminal.ok("work", "explore", "calls", "--as", "data_scientist", "--json").out)[0]["subject"]
    found = (
        "work",
        "find",
        "calls",
        subject,
        "low",
        "A small thing.",
        "--owner",
        "data_scientist",
        "--due",
        "2099-01-01",
    )
    finding = terminal.ok(*found, "--as", "validator", "--json").data["id"]
    terminal.ok("work", "close-finding", "calls", finding, "It is mended.", "--as", "validator")
    asked = (
        "work",
        "ask-exception",
        "calls",
        subject,
        "sentinels",
        "We wait for the owner.",
        "--compensation",
        "None.",
    )
    waiver = terminal.ok(*asked, "--days", "9", "--as", "data_scientist", "--json").data["id"]
    terminal.ok("work", "grant-exception", "calls", waiver, "--as", "carla")
    assert "is retired" in terminal.ok("work", "retire", "calls", "The campaign is over.", "--as", "operator").out
    assert "retired already" in terminal.run("work", "retire", "calls", "Again.", "--as", "operator", code=1).err
