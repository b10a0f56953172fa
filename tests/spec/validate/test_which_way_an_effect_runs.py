"""A main effect is judged by its interval, and a model that moves with nothing is no pass."""

from types import ModuleType

import numpy as np
import polars as pl

from glassworks.core.contract import Brief, Decision, Direction, Feature, Kpi, Task, ValueMatrix, exactly
from glassworks.core.result import Answer, Verdict
from glassworks.stages.validate.checks.effects import effects
from glassworks.stages.validate.checks.reasons import reasons


def test_an_effect_whose_direction_hangs_on_the_rows_drawn_is_left_open() -> None:
    """For half of the rows it rises and for the others it falls as much: the mean curve goes either way by chance."""
    rng = np.random.default_rng(5)
    frame = pl.DataFrame({"a": rng.normal(size=400), "side": np.repeat([-1.0, 1.0], 200)})
    features = (Feature(name="a", expected=Direction.UP), Feature(name="side"))
    brief = Brief(
        id="b", title="t", problem="p", task=Task.REGRESSION, target="y", features=features,
        decision=Decision(unit="case", action="plan", otherwise="ask", volume_per_period=10, if_model_down="ask"),
        kpi=Kpi(name="gain", unit="EUR", baseline="today", target=1.0),
        value=ValueMatrix(over=exactly(1), under=exactly(1)),
    )  # fmt: skip

    def told(steady: float) -> Answer:
        class Both:
            def predict(self, rows: pl.DataFrame) -> np.ndarray:
                a, side = (rows[name].cast(pl.Float64).to_numpy() for name in ("a", "side"))
                return side * np.sin(4 * a) + steady * a

        return effects.function(brief=brief, rows=frame, model=Both(), level=0.95)

    assert told(1.0).verdict is Verdict.PASS and told(-1.0).verdict is Verdict.FAIL
    found = told(0.0)
    assert found.verdict is Verdict.INCONCLUSIVE and "may push the other way" in found.sentence
    (figure,) = found.estimates
    assert figure.at_least == -0.5 and figure.low <= -0.5 < figure.high


def test_scores_that_differ_and_move_with_nothing_are_no_pass(campaign: ModuleType) -> None:
    """A model that remembers the rows asked last can hide what it hangs on from questions that set one input."""

    class Remembers:
        last: np.ndarray | None = None

        def predict(self, rows: pl.DataFrame) -> np.ndarray:
            if rows["balance"].n_unique() == 1 and self.last is not None and len(self.last) == rows.height:
                return self.last
            self.last = 1 / (1 + np.exp(rows["balance"].to_numpy()))
            return self.last

    frame = pl.DataFrame({"balance": np.random.default_rng(3).normal(size=300)})
    features = (Feature(name="balance", expected=Direction.UP),)
    answer = effects.function(brief=campaign.brief(features=features), rows=frame, model=Remembers(), level=0.95)
    assert answer.verdict is Verdict.INCONCLUSIVE and "move with no input" in answer.sentence
    told = reasons.function(
        brief=campaign.brief(features=features), rows=frame, open_rows=frame, model=Remembers(), level=0.95
    )
    assert told.verdict is not Verdict.NOT_APPLICABLE
