"""Homes at each step of the journey, made once a session and copied for each test."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
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


@pytest.fixture(scope="session")
def bench_kit() -> ModuleType:
    return fake("bench")


@pytest.fixture(scope="session")
def shelf(bench_kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return bench_kit.Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def at(shelf: Any, bench_kit: ModuleType, tmp_path: Path) -> Iterator[Callable[[str], Any]]:
    """`at("validated")`: an own installation that stands at a step of the journey."""
    with ExitStack() as stack:
        yield lambda step: stack.enter_context(bench_kit.opened(shelf.copy(step, tmp_path / "home")))


@pytest.fixture(scope="session")
def terminal_kit() -> ModuleType:
    return fake("terminal")
