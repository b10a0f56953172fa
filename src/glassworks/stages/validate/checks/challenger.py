"""Would a plain model, fitted by the office itself, earn more?"""

from dataclasses import replace

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.ports import Fitter, Recipe
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, ModelCard
from glassworks.measures.intervals import mean_interval
from glassworks.measures.performance import answers
from glassworks.measures.scored import Scored, decided
from glassworks.measures.value import kpi_gain
from glassworks.stages import rows as read

SEED, LARGEST = 20_260_802, 100_000
LINEAR = Recipe(name="linear regression", framework="scikit-learn", kind="linear")
LOGISTIC = Recipe(name="logistic regression", framework="scikit-learn", kind="logistic")
GLASS_BOX = Recipe(name="glass box", framework="lightgbm", kind="glass_box", parameters={"rounds": 300})


@check(
    "challenger",
    stage=Stage.VALIDATE,
    title="The office's own challenger",
    question="Would a plain model, fitted by the office itself on the same open rows, earn more?",
    order=45,
)
def challenger(
    brief: Brief,
    scored: Scored,
    rows: pl.DataFrame,
    open_rows: pl.DataFrame,
    candidate: Candidate,
    fitter: Fitter,
    level: float,
) -> Answer:
    """A linear model, or a glass box where the candidate is linear itself, on the contract's inputs.

    Both take the same decision on the same sealed rows; the difference is paired. Reported, as no limit was agreed: a
    warning when the candidate does not clearly earn more, so that its complexity is not yet justified.
    """
    recipe = _recipe(brief.task, candidate.card)
    y = _scores(recipe, brief, rows, open_rows, candidate.card, fitter)
    other = decided(
        brief,
        scored.y,
        y,
        periods=scored.periods,
        labels=scored.labels,
        columns=scored.amounts,
        baseline=scored.baseline,
    )
    lead = _lead(brief, scored, other, level)
    ahead = f"{plain(lead.value)} {lead.unit} more" if lead.value >= 0 else f"{plain(-lead.value)} {lead.unit} less"
    period = "" if brief.task is Task.MULTICLASS else f" a {brief.kpi.period}"
    clearly = lead.low > 0 or lead.high < 0
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: against a {recipe.name} that the office fitted itself, the model earns "
        f"{ahead}{period} on the sealed rows ({plain(lead.low)} to {plain(lead.high)})"
        f"{'' if clearly else ': no clear difference'}.",
        estimates=(lead,),
        warning=lead.low <= 0,
        next_step="Put the plain model forward, or find out what holds this one back." if lead.high < 0 else "",
    )


def _recipe(task: Task, card: ModelCard) -> Recipe:
    if card.framework == "scikit-learn" and card.recipe in (LINEAR.name, LOGISTIC.name):
        return GLASS_BOX
    return LINEAR if task is Task.REGRESSION else LOGISTIC


def _scores(
    recipe: Recipe, brief: Brief, rows: pl.DataFrame, open_rows: pl.DataFrame, card: ModelCard, fitter: Fitter
) -> read.Array:
    """Fit on the open rows, at most 100,000 of them, in shuffled order; score the sealed ones."""
    inputs = tuple(name for name in rows.columns if name in open_rows.columns)
    some = read.sample(open_rows, LARGEST).sample(fraction=1.0, shuffle=True, seed=SEED)
    labels, y = read.outcome(some, brief, card.labels)
    target = y if brief.task is Task.REGRESSION else np.array(labels)[y]
    learn = some.with_columns(pl.Series(brief.target, target))
    files = fitter.fit(recipe, learn, target=brief.target, task=brief.task, inputs=inputs, labels=labels, seed=SEED)
    made = ModelCard(framework=recipe.framework, recipe=recipe.name, task=brief.task, inputs=inputs, labels=labels)
    model = fitter.load(made, files)
    try:
        return np.asarray(model.predict(rows.select(inputs)), dtype=np.float64)
    finally:
        model.close()


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
