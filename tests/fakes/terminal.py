"""The command line as a person meets it: what was printed, the exit code, and never a trace of our code."""

import json
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from glassworks.cli.main import main

PASSWORD, PASSPHRASE = "a password for tests", "a passphrase for tests"
ROLES = ("business_owner", "domain_expert", "data_scientist", "validator", "operator")


@dataclass(frozen=True)
class Said:
    """What one command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@dataclass
class Terminal:
    """A shell whose GLASSWORKS_HOME is `home`; secrets come from the environment."""

    home: Path

    def run(self, *arguments: str, code: int | None = None, **more: str) -> Said:
        """One command in this process; `code` is how it must end."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GLASSWORKS_")},
            "GLASSWORKS_HOME": str(self.home),
            "GLASSWORKS_PASSWORD": PASSWORD,
            "GLASSWORKS_PASSPHRASE": PASSPHRASE,
            **more,
        }
        out, err, ended = StringIO(), StringIO(), 0
        with mock.patch.dict(os.environ, environment, clear=True), redirect_stdout(out), redirect_stderr(err):
            try:
                main(list(arguments))
            except SystemExit as end:
                ended = int(end.code or 0)
        said = Said(ended, out.getvalue(), err.getvalue())
        assert "Traceback" not in said.out + said.err, said.err
        assert code is None or said.code == code, (arguments, said)
        return said

    def ok(self, *arguments: str) -> Said:
        return self.run(*arguments, code=0)

    def found(self) -> str:
        """Set the installation up with a person a role, each invited and joined; the answer is the fingerprint."""
        made = self.ok("admin", "init", "--name", "Carla Champion", "--login", "carla", "--line", "Retail", "--json")
        for role in ROLES:
            self.invite(role, role)
        return str(made.data["fingerprint"])

    def invite(self, login: str, *roles: str) -> Said:
        chosen = [word for role in roles for word in ("--role", role)]
        asked = ("admin", "invite", "--name", login.replace("_", " ").title(), "--login", login, "--line", "retail")
        link = self.ok(*asked, *chosen, "--as", "carla", "--json").data["path"]
        return self.ok("admin", "join", link)

    def sign(self, case: str, subject: str, role: str, meaning: str = "approve", *more: str, code: int = 0) -> Said:
        words = ("--role", role, "--meaning", meaning, "--as", role, *more)
        return self.run("work", "sign", case, subject, *words, "--json", code=code)

    # --- the whole line

    def agree(self, case: str, file: Path, target: str, place: Path, **changes: Any) -> str:
        """Bring data, complete the draft brief, have it signed; then the data; the answer is the dataset's id."""
        self.ok("work", "new", "--data", str(file), "--target", target, "--title", case, "--as", "data_scientist")
        text = place / f"{case}.yaml"
        self.ok("work", "scope", case, "--out", str(text), "--as", "data_scientist")
        fields = yaml.safe_load(text.read_text())
        fields |= {"acknowledged": ["uplift"], "people": {role: role for role in ROLES}, "defaulted": []}
        for name, value in changes.items():
            fields[name] = {**fields[name], **value} if isinstance(value, dict) else value
        text.write_text(yaml.safe_dump(fields, sort_keys=False))
        brief = self.ok("work", "scope", case, "--file", str(text), "--as", "data_scientist", "--json").data["id"]
        self.sign(case, brief, "data_scientist", "submit")
        self.sign(case, brief, "domain_expert")
        opened = self.sign(case, brief, "business_owner").data
        assert opened["open"], opened
        subject = self.ok("work", "explore", case, "--as", "data_scientist", "--json").data[0]["subject"]
        self.sign(case, subject, "data_scientist", "submit")
        opened = self.sign(case, subject, "domain_expert").data
        assert opened["open"], opened
        return str(subject)

    def release(self, case: str, model: Path) -> str:
        """Bring a model, submit it, validate it, approve it with what is inconclusive accepted; its id."""
        made = self.ok("work", "bring", case, str(model), "--name", "By hand", "--as", "data_scientist", "--json").data
        opened = self.sign(case, made["id"], "data_scientist", "submit").data
        assert opened["open"], opened
        found = self.ok("work", "validate", case, made["id"], "--as", "validator", "--json").data
        self.sign(case, made["id"], "validator")
        hidden = self.ok("work", "status", case, "--as", "validator")
        assert "validate" in hidden.out
        unsure = [one["check"] for one in found if one["answer"]["verdict"] == "inconclusive"]
        more = [word for name in unsure for word in ("--accept", name)]
        more += ["--condition", "Look again.", "--until", "2099-01-01"] if unsure else []
        opened = self.sign(case, made["id"], "business_owner", "approve", *more).data
        assert opened["open"], opened
        return str(made["id"])
