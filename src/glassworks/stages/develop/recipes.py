"""The recipes of the automatic builder: different in kind, from a rule anyone can read to boosted trees."""

from glassworks.core.contract import Task
from glassworks.core.ports import Recipe

CONSTANT = Recipe(name="constant", framework="rule", kind="constant")
RULE = Recipe(name="one-column rule", framework="rule", kind="rule")
LOGISTIC = Recipe(name="logistic regression", framework="scikit-learn", kind="logistic")
LINEAR = Recipe(name="linear regression", framework="scikit-learn", kind="linear")
GLASS_BOX = Recipe(name="glass box", framework="lightgbm", kind="glass_box", parameters={"rounds": 300})
BOOSTING = Recipe(
    name="gradient boosting", framework="lightgbm", kind="boosting", parameters={"rounds": 200, "num_leaves": 15}
)


def for_task(task: Task) -> tuple[Recipe, ...]:
    """The recipes to try, the simplest first."""
    if task is Task.REGRESSION:
        return (RULE, LINEAR, GLASS_BOX, BOOSTING)
    return (RULE, LOGISTIC, GLASS_BOX, BOOSTING)
