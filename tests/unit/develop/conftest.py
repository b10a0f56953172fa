"""The invented campaign, for every test here."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

CAMPAIGN = Path(__file__).parents[2] / "fakes" / "campaign.py"


@pytest.fixture(scope="session")
def campaign() -> ModuleType:
    """The module `tests/fakes/campaign.py`."""
    spec = importlib.util.spec_from_file_location("campaign", CAMPAIGN)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
