"""`glassworks work contract` and `report` write the documents as files; the name of the file says the format."""

import importlib.util
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
