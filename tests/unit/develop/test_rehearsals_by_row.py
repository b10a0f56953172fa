"""Rehearsals value rows by their own amounts, and answer without a model only from rows before each block."""

from collections.abc import Iterator
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from glassworks.core.contract import Assumption, Kpi, Task, ValueMatrix, exactly
from glassworks.engines.host import ModelHost
from glassworks.stages.develop import builder

HAND = (
    b"import numpy as np\ndef predict(frame):\n    return 1 / (1 + np.exp(1.2 - 1.2 * frame['balance'].to_numpy()))\n"
)
NUMBERS = b"def predict(frame):\n    return frame['balance'].to_numpy() * 0.0\n"


@pytest.fixture(scope="module")
def host() -> Iterator[ModelHost]:
    with ModelHost(deadline=120) as one:
        yield one


def test_in_each_block_the_rows_that_gain_most_are_acted_on(campaign: ModuleType, host: ModelHost) -> None:
    own = ValueMatrix(act_positive=Assumption(low=1, mode=2, high=3, column="amount"), act_negative=exactly(-5))
    rows = campaign.rows(900).with_columns(amount=pl.Series(np.random.default_rng(5).lognormal(2, 1, 900)))
    brief = campaign.brief(value=own)
    found = builder.measure("hand", campaign.candidate().card, {"model.py": HAND}, rows, brief, host, seed=1).scored
    assert found.acted is not None and found.expected is not None and found.capacity_share is None
    for block in np.array_split(np.arange(found.n), 3):
        acted, expected = found.acted[block], found.expected[block]
        assert acted.sum() == len(block) // 2
        assert expected[acted].min() >= expected[~acted].max()


def test_the_answer_without_a_model_is_read_off_the_rows_before_its_block(
    campaign: ModuleType, host: ModelHost
) -> None:
    rows = campaign.rows(900).with_columns(y=pl.Series(np.arange(900.0)))
    kpi = Kpi(name="cost", unit="EUR", baseline="by job", target=1, baseline_by=("job",))
    costs = ValueMatrix(over=exactly(1), under=exactly(4))
    brief = campaign.brief(task=Task.REGRESSION, value=costs, kpi=kpi, positive="")
    card = campaign.candidate().card.model_copy(update={"task": Task.REGRESSION, "labels": ()})
    found = builder.measure("hand", card, {"model.py": NUMBERS}, rows, brief, host, seed=1).scored
    assert found.baseline is not None
    first = found.y < found.y.min() + found.n / 3
    assert found.baseline[first].max() < found.y.min()
    assert len(np.unique(found.baseline)) == 9
