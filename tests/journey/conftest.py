"""A small installation for journeys over the API."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FAKES = Path(__file__).parents[1] / "fakes"


def fake(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FAKES / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with fake("house").opened(tmp_path_factory.mktemp("house") / "home") as one:
        yield one


@pytest.fixture(scope="session")
def campaign() -> ModuleType:
    return fake("campaign")
