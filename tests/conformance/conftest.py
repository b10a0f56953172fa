"""One model host for all conformance tests: its libraries take seconds to import."""

from collections.abc import Iterator

import pytest

from glassworks.engines.host import ModelHost


@pytest.fixture(scope="session")
def host() -> Iterator[ModelHost]:
    with ModelHost(deadline=120) as one:
        yield one
