"""The demonstration as a newcomer meets it: one command, killed at any moment, refused and approved as told."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from glassworks import factory, settings
from glassworks.cli.scoring import Endpoint
from glassworks.cli.scripts import TERM_DEPOSIT, Script
from glassworks.cli.story import Story
from glassworks.core.usecase import UseCase

COMMAND = [sys.executable, "-m", "glassworks.cli"]
pytestmark = [pytest.mark.timeout(600)]


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GLASSWORKS_HOME": str(home), **more}
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=300)


def killed_after(home: Path, lines: int) -> bool:
    """Start the demonstration and kill -9 it, with all its children, after it has said so many lines."""
    environment = {**os.environ, "GLASSWORKS_HOME": str(home)}
    process = subprocess.Popen(
        [*COMMAND, "demo", "--no-serve", "--json"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    for said, _ in enumerate(process.stdout, start=1):
        if said >= lines:
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.stdout.close()
    return process.wait() == -signal.SIGKILL


def counts(home: Path) -> dict[str, int]:
    with sqlite3.connect(home / "glassworks.db") as database:
        return dict(database.execute("SELECT kind, count(*) FROM records GROUP BY kind"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, object]]]:
    home = tmp_path_factory.mktemp("demo") / "home"
    done = run(home, "demo", "--no-serve", "--json")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert said[-1]["step"] == "ending" and said[-1]["ending"] == "approved" and said[-1]["held"]
    return home, said


class TestToldOnce:
    def test_every_step_holds_and_the_leak_is_refused_before_and_after_scoring(self, told) -> None:
        _, said = told
        held = {one["step"]: one["held"] for one in said if "held" in one}
        assert all(held.values()), held
        assert {"scope", "explore", "declared leak", "develop", "refusal", "own work", "approval", "operate"} <= set(
            held
        )
        declared = next(one for one in said if one["step"] == "declared leak")
        assert declared["rule"] == "declared-inputs"

    def test_three_kinds_of_candidates_and_one_by_hand_are_compared_in_kpi_units(self, told) -> None:
        candidates = [one for one in told[1] if one["step"] == "candidate"]
        assert len(candidates) >= 4
        assert all("KPI gain" in str(one["sentence"]) and "interval" in str(one["sentence"]) for one in candidates)
        assert sum(bool(one["planted"]) for one in candidates) == 1

    def test_the_dossiers_verify_offline_and_say_who_really_signed(self, told) -> None:
        home, said = told
        fingerprint = json.loads(run(home, "admin", "verify", "--json").stdout)
        assert fingerprint["faults"] == []
        file = str(next(one for one in said if one["step"] == "verify")["dossiers"][-1])
        unknown = run(home, "verify", "dossier", file)
        assert unknown.returncode == 3 and unknown.stdout.startswith("consistent, signer unknown")
        assert "signed by a script for invented people" in unknown.stdout.lower()

    def test_one_changed_byte_in_a_record_is_found(self, told, tmp_path: Path) -> None:
        home, _ = told
        copy = tmp_path / "home"
        subprocess.run(["cp", "-r", str(home), str(copy)], check=True)
        with sqlite3.connect(copy / "glassworks.db") as database:
            row = database.execute("SELECT id, body FROM records WHERE kind = 'use_case'").fetchone()
            body = row[1] if isinstance(row[1], str) else json.dumps(row[1])
            database.execute(
                "UPDATE records SET body = ? WHERE kind = 'use_case' AND id = ?", (body.replace("Whom", "Who!"), row[0])
            )
        found = run(copy, "admin", "verify")
        assert found.returncode == 1
        assert "use_case:term-deposit" in found.stdout

    def test_run_again_it_does_nothing_twice(self, told) -> None:
        home, _ = told
        before = counts(home)
        again = run(home, "demo", "--no-serve", "--json")
        assert again.returncode == 0
        assert counts(home) == before

    def test_a_list_is_ranked_up_to_the_capacity(self, told, tmp_path: Path) -> None:
        home, _ = told
        list_file = tmp_path / "customers.csv"
        head = "job,education,default,balance,housing,loan,contact,day,month,pdays,previous,poutcome"
        rows = [f"management,tertiary,no,{1000 + n},no,no,cellular,{1 + n % 28},mar,-1,0,unknown" for n in range(9)]
        rows += ["technician,secondary,no,500,yes,no,cellular,5,mar,90,2,success"]
        list_file.write_text("\n".join([head, *rows]) + "\n")
        done = run(home, "work", "score", "term-deposit", str(list_file), "--as", "olga", "--json")
        assert done.returncode == 0, done.stderr
        lines = Path(json.loads(done.stdout)["file"]).read_text().splitlines()
        chosen = [line for line in lines[1:] if "phone the customer and offer" in line]
        assert len(lines) == 11 and len(chosen) == 5
        assert "success" in lines[1], "the customer who said yes before is called first"


def test_killed_at_five_moments_it_resumes_and_does_nothing_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    moments = random.Random(20_261_123)
    reached = 0
    for least, most in ((2, 8), (12, 24), (30, 40), (44, 60), (64, 80)):
        reached += killed_after(home, moments.randint(least, most))
    assert reached >= 3, "the demonstration must have been alive when it was killed"
    done = run(home, "demo", "--no-serve", "--json")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    found = counts(home)
    assert (found["use_case"], found["dataset"], found["candidate"], found["look"]) == (1, 1, 5, 2)
    assert (found["release"], found["round"]) == (1, 1)
    assert json.loads(run(home, "admin", "verify", "--json").stdout)["faults"] == []


class Ambitious(Script):
    """The first case with a target that no honest candidate of it reaches."""

    def file(self, name: str) -> bytes:
        return super().file(name).replace(b"target: 6000", b"target: 14000")


def test_when_no_honest_candidate_clears_the_case_ends_refused_and_a_second_one_carries_the_approval(tmp_path) -> None:
    chosen = settings.read({}, home=tmp_path / "home", environment="demo")
    factory.create_office(chosen)
    endpoint, said = Endpoint(chosen), []
    first = Ambitious(**{**vars(TERM_DEPOSIT), "case": "too-much"})
    with factory.opened(chosen, endpoint) as parts:
        story = Story(parts, lambda step, sentence, facts: said.append((step, sentence)), first)
        ending = story.tell()
        released = {case.id: bool(case.release) for case in parts.ledger.find(UseCase)}
    endpoint.close()
    assert "approval" not in story.held and story.held["no approval"], "the higher target changes the verdict"
    assert ending == "second case", "every step held, the expected refusal included"
    assert released == {"too-much": False, "telco-retention": True}
    assert any(step == "second case" for step, _ in said)
