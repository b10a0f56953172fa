"""`glassworks work contract`, `report`, `card` and `bom` write files; the name of a document's file says its format."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

FAKES = Path(__file__).parents[2] / "fakes"


@pytest.fixture(scope="module")
def scoped(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A terminal on a home whose contract is signed."""

    def fake(name: str) -> Any:
        spec = importlib.util.spec_from_file_location(name, FAKES / f"{name}.py")
        assert spec and spec.loader
        module = sys.modules.setdefault(name, importlib.util.module_from_spec(spec))
        spec.loader.exec_module(module)
        return module

    bench, home = fake("bench"), tmp_path_factory.mktemp("contract") / "home"
    with bench.opened(home) as one:
        one.go("empty")
        one.go("scoped")
    return fake("terminal").Terminal(home)


def asked(*arguments: str) -> tuple[str, ...]:
    return ("work", *arguments, "--as", "business_owner")


@pytest.mark.parametrize(
    ("name", "head"), [("contract.pdf", b"%PDF-"), ("contract.html", b"<!doctype html>"), ("contract.md", b"# ")]
)
def test_the_contract_is_written_in_the_format_that_the_name_says(
    scoped: Any, tmp_path: Path, name: str, head: bytes
) -> None:
    said = scoped.ok(*asked("contract", "whom-to-call", "--out", str(tmp_path / name)))
    assert (tmp_path / name).read_bytes().startswith(head)
    assert name in said.out


def test_a_name_without_a_known_format_gets_a_sentence(scoped: Any, tmp_path: Path) -> None:
    said = scoped.run(*asked("contract", "whom-to-call", "--out", str(tmp_path / "contract.docx")))
    assert said.code
    assert ".html, .pdf, .md" in said.err
    assert not (tmp_path / "contract.docx").exists()


def test_a_report_before_the_office_has_recomputed_gets_a_sentence(scoped: Any, tmp_path: Path) -> None:
    said = scoped.run(*asked("report", "whom-to-call", "cand-none", "--out", str(tmp_path / "report.pdf")))
    assert said.code
    assert not (tmp_path / "report.pdf").exists()


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory, scoped: Any) -> Any:
    """A terminal on a home where a candidate is validated, and the candidate."""
    bench, home = sys.modules["bench"], tmp_path_factory.mktemp("validated") / "home"
    with bench.opened(home) as one:
        for step in bench.STEPS[: bench.STEPS.index("validated") + 1]:
            one.go(step)
        candidate = one.candidate().id
    return sys.modules["terminal"].Terminal(home), candidate


def test_card_and_bill_of_materials_are_written_as_files(validated: Any, tmp_path: Path) -> None:
    terminal, candidate = validated
    for name, head in (("card.md", b"---\n"), ("card.html", b"<!doctype html>"), ("card.pdf", b"%PDF-")):
        terminal.ok(*asked("card", "whom-to-call", candidate, "--out", str(tmp_path / name)))
        assert (tmp_path / name).read_bytes().startswith(head)
    said = terminal.ok(*asked("bom", "whom-to-call", candidate, "--out", str(tmp_path / "bom.json")))
    assert "bom.json" in said.out
    assert json.loads((tmp_path / "bom.json").read_bytes())["bomFormat"] == "CycloneDX"


def test_card_and_bill_before_the_office_has_recomputed_get_a_sentence(scoped: Any, tmp_path: Path) -> None:
    for command, name in (("card", "card.md"), ("bom", "bom.json")):
        said = scoped.run(*asked(command, "whom-to-call", "cand-none", "--out", str(tmp_path / name)))
        assert said.code
        assert not (tmp_path / name).exists()
