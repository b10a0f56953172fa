"""The papers of one small use case, signed with real keys."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

PAPERS = Path(__file__).parents[2] / "fakes" / "papers.py"


@pytest.fixture(scope="session")
def papers() -> Any:
    """The module `tests/fakes/papers.py`."""
    spec = importlib.util.spec_from_file_location("papers", PAPERS)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
