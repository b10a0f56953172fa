"""A validator at the terminal: an own check is brought, asked and answered; a question goes to the developer."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

FAKES = Path(__file__).parents[2] / "fakes"
CASE = "whom-to-call"


def fake(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, FAKES / f"{name}.py")
    assert spec and spec.loader
    module = sys.modules.setdefault(name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str]:
    """A terminal on a home with a submitted candidate, and its id."""
    bench, home = fake("bench"), tmp_path_factory.mktemp("own") / "home"
    with bench.opened(home) as one:
        for step in ("empty", "scoped", "explored", "submitted"):
            one.go(step)
        return fake("terminal").Terminal(home), one.candidate().id


def test_what_is_brought_is_asked_with_the_suite_and_what_is_asked_is_answered(
    submitted: tuple[Any, str], tmp_path: Path
) -> None:
    terminal, candidate = submitted
    bench = fake("bench")
    (tmp_path / "check.py").write_text(
        "def check(rows, outcome, score, group):\n    return {'verdict': 'fail', 'sentence': 'Nobody is rich.'}\n"
    )
    (tmp_path / "model.py").write_text(bench.HONEST)
    bench.rows(300, seed=3).write_csv(tmp_path / "own.csv")
    validator, about = ("--as", "validator"), (CASE, candidate)

    def work(*asked: str, code: int | None = None) -> Any:
        return terminal.run("work", *asked, code=code)

    assert work("own-check", *about, str(tmp_path / "check.py"), "--name", "x", "--as", "data_scientist").code == 1
    assert work("own-check", *about, str(tmp_path / "none.py"), "--name", "x", *validator).code == 2
    work("own-check", *about, str(tmp_path / "check.py"), "--name", "rich people", *validator, code=0)
    brought = work("own-data", *about, str(tmp_path / "own.csv"), *validator, "--json", code=0).data
    work("own-challenger", *about, str(tmp_path / "model.py"), "--name", "twin", *validator, code=0)
    assert "not asked yet" in work("own", *about, "--take-back", brought["id"], *validator, code=0).out
    said = work("validate", *about, *validator)
    assert "rich people" in said.out and "Nobody is rich." in said.out and "twin" in said.out
    listed = work("own", *about, *validator, "--json", code=0).data
    assert {(one["name"], one["asked"]) for one in listed} == {("rich people", True), ("twin", True)}
    asked = work("ask", *about, "Who is rich?", "--check", "kpi", *validator, "--json", code=0).data
    work("answer", CASE, asked["id"], "Above one.", "--as", "data_scientist", code=0)
    assert "Above one." in work("questions", CASE, *validator, code=0).out
    assert work("answer", CASE, asked["id"], "Above two.", "--as", "data_scientist").code == 1
