"""The recipes of the automatic builder: different in kind, from a rule anyone can read to boosted trees."""

from collections.abc import Mapping

import numpy as np

from glassworks.core.contract import Brief, Task
from glassworks.core.ports import Recipe
from glassworks.core.usecase import ModelCard
from glassworks.measures.intervals import Array
from glassworks.measures.worth import each

CONSTANT = Recipe(name="constant", framework="rule", kind="constant")
RULE = Recipe(name="one-column rule", framework="rule", kind="rule")
LOGISTIC = Recipe(name="logistic regression", framework="scikit-learn", kind="logistic")
LINEAR = Recipe(name="linear regression", framework="scikit-learn", kind="linear")
GLASS_BOX = Recipe(name="glass box", framework="lightgbm", kind="glass_box", parameters={"rounds": 300})
BOOSTING = Recipe(
    name="gradient boosting", framework="lightgbm", kind="boosting", parameters={"rounds": 200, "num_leaves": 15}
)


def for_brief(brief: Brief, amounts: Mapping[str, Array]) -> tuple[Recipe, ...]:
    """The recipes to try, the simplest first; `amounts` are the columns that values of the brief are multiplied by."""
    if brief.task is Task.REGRESSION:
        least = least_costly(brief, amounts)
        return (RULE, LINEAR, GLASS_BOX, BOOSTING, *([] if least is None else [least]))
    return (RULE, LOGISTIC, GLASS_BOX, BOOSTING)


def beside(task: Task, card: ModelCard) -> Recipe:
    """The plain recipe that a model is set beside: linear, or a glass box where the model is linear itself."""
    plain = LINEAR if task is Task.REGRESSION else LOGISTIC
    return GLASS_BOX if (card.framework, card.recipe) == (plain.framework, plain.name) else plain


def least_costly(brief: Brief, amounts: Mapping[str, Array]) -> Recipe | None:
    """Boosting that foretells the least costly number instead of the mean; None unless both mistakes cost something.

    With `under` the cost of one unit too little and `over` of one too much, that number is the quantile of the outcome
    at under / (under + over). Where costs differ by row, their averages are taken.

    Notes
    -----
    The newsvendor's critical ratio (Arrow, Harris & Marschak 1951); Koenker & Bassett (1978) for the loss.
    """
    under, over = (float(np.mean(each(one, amounts))) for one in (brief.value.under, brief.value.over))
    if under <= 0 or over <= 0:
        return None
    parameters = BOOSTING.parameters | {"quantile": round(under / (under + over), 4)}
    return BOOSTING.model_copy(update={"name": "least costly number", "parameters": parameters})
