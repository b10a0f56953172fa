"""What a row is worth, and what it would be answered without a model, on the way from open rows to the office."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from glassworks.core.contract import Assumption, Kpi, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.measures.value import kpi_gain
from glassworks.stages import rows as read
from glassworks.stages.operate import monitor
from glassworks.stages.validate import scorer

OWN = ValueMatrix(act_positive=Assumption(low=1, mode=2, high=3, column="duration"), act_negative=exactly(-40))
BIKES = ValueMatrix(over=exactly(1), under=exactly(4))


def timed(campaign: Any, n: int) -> pl.DataFrame:
    return campaign.rows(n).with_columns(pl.col("duration").clip(lower_bound=1.0))


def bikes(campaign: Any, by: tuple[str, ...]) -> Any:
    kpi = Kpi(name="cost", unit="EUR", baseline="by hour", target=1, baseline_by=by)
    return campaign.brief(task=Task.REGRESSION, target="count", value=BIKES, kpi=kpi)


def test_the_office_values_rows_by_a_column_that_the_model_never_sees(campaign: Any) -> None:
    brief, rows = campaign.brief(value=OWN), timed(campaign, 300)
    _, y = read.outcome(rows, brief, ("no", "yes"))
    scored, shown = scorer.score(campaign.Honest(), rows, brief, y, periods=1, labels=("no", "yes"))
    assert "duration" not in shown.columns
    assert scored.amounts["duration"].tolist() == rows["duration"].to_list()
    live = monitor.matured(rows, campaign.chance(rows), brief, periods=1, labels=("no", "yes"))
    assert kpi_gain(live, OWN, repeats=20).value == pytest.approx(kpi_gain(scored, OWN, repeats=20).value)
    with pytest.raises(FixTheInput) as refused:
        scorer.score(campaign.Honest(), rows.drop("duration"), brief, y, periods=1, labels=("no", "yes"))
    assert refused.value.field == "duration"


def test_half_of_the_cases_keep_their_amounts(campaign: Any) -> None:
    brief, rows = campaign.brief(value=OWN), timed(campaign, 100)
    _, y = read.outcome(rows, brief, ("no", "yes"))
    scored, _ = scorer.score(campaign.Honest(), rows, brief, y, periods=2, labels=("no", "yes"))
    half = scored.part(np.arange(50, 100), 1.0)
    assert half.n == 50 and half.amounts["duration"].tolist() == rows["duration"][50:].to_list()
    assert half.expected is not None and half.periods == 1.0


def test_without_a_model_a_row_gets_the_best_number_of_its_group_among_open_rows(campaign: Any) -> None:
    known = pl.DataFrame({"hour": [8, 8, 8, 3], "count": [10.0, 20.0, 90.0, 5.0]})
    asked = pl.DataFrame({"hour": [3, 8, 23], "count": [0.0, 0.0, 0.0]})
    found = read.without_model(asked, bikes(campaign, ("hour",)), known)
    assert found is not None and found.tolist() == [5.0, 90.0, 90.0]
    assert read.without_model(asked, bikes(campaign, ()), known) is None
    with pytest.raises(FixTheInput) as refused:
        read.without_model(asked.drop("hour"), bikes(campaign, ("hour",)), known)
    assert refused.value.field == "kpi.baseline_by"


def test_a_model_that_only_knows_the_groups_gains_nothing_over_the_baseline_by_groups(campaign: Any) -> None:
    rng = np.random.default_rng(2)
    hour = rng.integers(0, 24, 2000)
    rows = pl.DataFrame({"hour": hour, "count": 10.0 * hour + rng.exponential(20, 2000)})
    brief = bikes(campaign, ("hour",))
    simple = read.without_model(rows, brief, rows)
    assert simple is not None

    class Table:
        def predict(self, frame: pl.DataFrame) -> np.ndarray:
            return simple

        def close(self) -> None: ...

    facts = {"periods": 1.0, "baseline": simple}
    scored, _ = scorer.score(Table(), rows, brief, rows["count"].to_numpy(), **facts)
    assert kpi_gain(scored, BIKES, repeats=20).value == 0
    against_one_number, _ = scorer.score(Table(), rows, brief, rows["count"].to_numpy(), periods=1.0)
    assert kpi_gain(against_one_number, BIKES, repeats=20).value > 0
