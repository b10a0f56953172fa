"""Would a plain model, fitted by the office itself, earn more?"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.ports import Model
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.intervals import mean_interval
from glassworks.measures.performance import answers
from glassworks.measures.scored import Scored
from glassworks.measures.value import kpi_gain
from glassworks.stages.validate.scorer import decided_anew, scores_of


@check(
    "challenger",
    stage=Stage.VALIDATE,
    title="The office's own challenger",
    question="Would a plain model, fitted by the office itself on the same open rows, earn more?",
    order=45,
)
def challenger(
    brief: Brief, scored: Scored, rows: pl.DataFrame, beside: Callable[[], tuple[str, Model]], level: float
) -> Answer:
    """A linear model, or a glass box where the candidate is linear itself, on the contract's inputs.

    Both take the same decision on the same sealed rows; the difference is paired. Reported, as no limit was agreed: a
    warning when the candidate does not clearly earn more, so that its complexity is not yet justified.

    `beside` : fits or loads the other model, and gives it with its name in words.
    """
    name, model = beside()
    other = decided_anew(brief, scored, scores_of(model, rows))
    lead = _lead(brief, scored, other, level)
    ahead = f"{plain(lead.value)} {lead.unit} more" if lead.value >= 0 else f"{plain(-lead.value)} {lead.unit} less"
    period = "" if brief.task is Task.MULTICLASS else f" a {brief.kpi.period}"
    clearly = lead.low > 0 or lead.high < 0
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: against {name}, the model earns "
        f"{ahead}{period} on the sealed rows ({plain(lead.low)} to {plain(lead.high)})"
        f"{'' if clearly else ': no clear difference'}.",
        estimates=(lead,),
        warning=lead.low <= 0,
        next_step="Put the plain model forward, or find out what holds this one back." if lead.high < 0 else "",
    )


def _lead(brief: Brief, scored: Scored, other: Scored, level: float) -> Estimate:
    """How much more the model earns than the challenger; several classes: by how much it answers right more often."""
    if brief.task is Task.MULTICLASS:
        change = (answers(scored.scores) == scored.y).astype(np.float64) - (answers(other.scores) == scored.y)
        value, low, high = mean_interval(100 * change, level)
        return Estimate(
            name="more right answers than the challenger's",
            value=value,
            low=low,
            high=high,
            level=level,
            n=scored.n,
            method="normal, paired",
            unit="right answers in 100",
        )
    against = replace(scored, capacity_share=None, baseline_acted=other.acted)
    if brief.task is Task.REGRESSION:
        against = replace(scored, baseline=other.scores)
    free = brief.value.model_copy(update={"fixed_cost": 0.0, "run_cost": None})
    found = kpi_gain(against, free, level=level, unit=brief.kpi.unit)
    return found.model_copy(update={"name": "more than the challenger's KPI gain a period"})
