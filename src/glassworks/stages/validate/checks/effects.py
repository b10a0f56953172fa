"""Does the model work the way the domain expert says the world works?"""

import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.ports import Model
from glassworks.core.result import Answer
from glassworks.core.stage import Stage
from glassworks.stages import effects as main_effects


@check(
    "effects",
    stage=Stage.VALIDATE,
    title="Main effects",
    question="Does each main effect run the way the domain expert signed?",
    order=70,
    tasks=(Task.BINARY, Task.REGRESSION),
)
def effects(brief: Brief, rows: pl.DataFrame, model: Model, level: float) -> Answer:
    """Fail when a fitted effect clearly contradicts a signed expectation."""
    return main_effects.answer(main_effects.measure(model, rows, brief, level))
