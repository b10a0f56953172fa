"""The first commands of a newcomer: set up, invite, a wrong word, a wrong setting."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from glassworks.core.errors import GlassworksError

INIT = ("admin", "init", "--name", "Carla Champion", "--login", "carla", "--line", "Retail banking")


def test_the_fingerprint_is_told_and_a_second_set_up_is_refused(terminal) -> None:
    said = terminal.ok(*INIT)
    assert "Its fingerprint, to pass on by hand" in said.out
    assert stat.S_IMODE((terminal.home / "keys" / "office.key").stat().st_mode) == 0o600
    again = terminal.run(*INIT, code=1)
    assert "is set up already" in again.err and "Next: Use it" in again.err


def test_a_short_password_is_told_and_the_set_up_can_be_tried_again(terminal) -> None:
    said = terminal.run(*INIT, code=2, GLASSWORKS_PASSWORD="short")
    assert "This password has 5 characters." in said.err
    terminal.ok(*INIT)
    assert terminal.ok("admin", "verify", "--json").data["faults"] == []


def test_a_sign_in_name_that_cannot_be_one_is_told_by_field(terminal) -> None:
    said = terminal.run(*(word if word != "carla" else "Carla C" for word in INIT), code=2)
    assert said.err.startswith("The field login cannot be used.") and "Carla C" not in said.err


@pytest.mark.parametrize(
    ("setting", "value"),
    [("PORT", "eighty"), ("PORT", "99999"), ("ENVIRONMENT", "Bad Name"), ("SESSION_HOURS", "long")],
)
def test_a_bad_setting_is_told_by_its_name(terminal, setting: str, value: str) -> None:
    said = terminal.run("admin", "verify", code=2, **{f"GLASSWORKS_{setting}": value})
    assert said.err.startswith(f"The setting GLASSWORKS_{setting} cannot be used.")


def test_another_offices_pinned_fingerprint_is_refused(staffed) -> None:
    said = staffed.run("admin", "verify", code=1, GLASSWORKS_OFFICE_FINGERPRINT="ab" * 32)
    assert "not the pinned one" in said.err


@pytest.mark.parametrize(
    "command",
    [
        ("admin", "verify"), ("work", "status", "x", "--as", "carla"), ("serve",), ("admin", "backup", "b.tar.gz"),
        ("admin", "upgrade"), ("admin", "erase", "x", "--as", "carla"),
    ],
)  # fmt: skip
def test_without_an_installation_every_command_says_what_to_do(terminal, command: tuple[str, ...]) -> None:
    said = terminal.run(*command, code=2)
    assert said.err.startswith("There is no installation in") and not (terminal.home / "glassworks.db").exists()


def test_a_home_that_cannot_be_written_is_a_sentence(terminal) -> None:
    terminal.home.parent.mkdir(exist_ok=True)
    terminal.home.write_text("a file stands where the home should be")
    said = terminal.run(*INIT, code=1)
    assert said.err.startswith("The machine refused:")


def test_a_wrong_command_or_option_is_a_usage_line(terminal) -> None:
    assert "No such command" in terminal.run("wrok", code=2).err
    assert "No such option" in terminal.run("work", "new", "--dat", "x", code=2).err
    assert "Missing option" in terminal.run("work", "new", code=2).err


def test_a_wrong_password_is_refused_and_so_is_a_wrong_role(staffed) -> None:
    said = staffed.run("work", "status", "x", "--as", "validator", code=1, GLASSWORKS_PASSWORD="not the password")
    assert "Name or password is not right." in said.err
    said = staffed.run(
        "admin", "invite", "--name", "No One", "--login", "noone", "--role", "validator", "--as", "validator", code=1
    )
    assert "You may not invite." in said.err and "act-by-role" in said.err


def test_an_invitation_link_works_once(staffed) -> None:
    asked = (
        "admin",
        "invite",
        "--name",
        "Nora New",
        "--login",
        "nora",
        "--role",
        "validator",
        "--as",
        "carla",
        "--json",
    )
    link = staffed.ok(*asked).data["path"]
    assert "not open" in staffed.run("admin", "join", link[:-2], code=1).err
    assert staffed.ok("admin", "join", f"http://127.0.0.1:8420{link}", "--json").data["login"] == "nora"
    assert "not open" in staffed.run("admin", "join", link, code=1).err
    assert "There is no" in staffed.run("admin", "join", "/join?token=nothing.x").err


def test_an_unexpected_fault_is_one_sentence_with_its_place_and_no_text_of_it(staffed, monkeypatch) -> None:
    def fault(*_: object) -> list[str]:
        raise RuntimeError("a customer's row: 4711")

    monkeypatch.setattr("glassworks.cli.admin.audit.faults", fault)
    said = staffed.run("admin", "verify", code=1)
    assert said.err.startswith("A part of Glassworks failed: RuntimeError at test_") and "4711" not in said.err
    assert not issubclass(RuntimeError, GlassworksError)


def test_as_its_own_process_it_ends_with_the_same_codes(tmp_path: Path) -> None:
    environment = {**os.environ, "GLASSWORKS_HOME": str(tmp_path / "none")}
    done = subprocess.run(
        [sys.executable, "-m", "glassworks.cli", "admin", "verify"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2 and done.stderr.startswith("There is no installation")
