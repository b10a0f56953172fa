"""Scored cases with chosen counts, for tests of the measures."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from glassworks.core.contract import Task
from glassworks.measures.scored import Scored


@pytest.fixture
def acted_by_group() -> Callable[[Mapping[str, tuple[int, int]]], Scored]:
    """Cases of each group, so many acted on of so many; half of everyone is positive, first come first."""

    def make(groups: Mapping[str, tuple[int, int]]) -> Scored:
        acted = np.concatenate([np.arange(n) < k for k, n in groups.values()])
        return Scored(
            task=Task.BINARY,
            y=np.arange(acted.size) % 2,
            scores=acted.astype(np.float64),
            acted=acted,
            baseline_acted=np.zeros(acted.size, dtype=bool),
            periods=1.0,
            group=np.repeat(list(groups), [n for _, n in groups.values()]),
        )

    return make
