"""Does the model work the way the domain expert says the world works?"""

import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.ports import Model
from glassworks.core.result import Answer
from glassworks.core.stage import Stage
from glassworks.stages import effects


@check(
    "effects_expected",
    stage=Stage.DEVELOP,
    title="Expected effects",
    question="Does each main effect run the way the domain expert expects?",
    order=50,
    tasks=(Task.BINARY, Task.REGRESSION),
)
def effects_expected(brief: Brief, rows: pl.DataFrame, model: Model) -> Answer:
    """Fail when a fitted effect clearly contradicts an expectation that the domain expert signed."""
    return effects.answer(effects.measure(model, rows, brief))
