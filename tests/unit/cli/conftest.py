"""A terminal on a fresh home, and one on a home that was set up once for the session and copied."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FAKES = Path(__file__).parents[2] / "fakes"


def fake(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FAKES / f"{name}.py")
    assert spec and spec.loader
    module = sys.modules.setdefault(name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def terminal(tmp_path: Path) -> Any:
    return fake("terminal").Terminal(tmp_path / "home")


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("set-up") / "home"
    fake("terminal").Terminal(home).found()
    return home


@pytest.fixture
def staffed(set_up: Path, tmp_path: Path) -> Any:
    """A terminal on an installation with one person a role."""
    shutil.copytree(set_up, tmp_path / "home")
    return fake("terminal").Terminal(tmp_path / "home")


@pytest.fixture(scope="session")
def bench_rows() -> Any:
    return fake("bench").rows
