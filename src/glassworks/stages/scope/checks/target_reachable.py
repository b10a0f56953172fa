"""Could even a perfect model meet the target?"""

from collections.abc import Mapping

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.value import needed_precision
from glassworks.stages.scope.feasibility import averaged, feasibility


@check(
    "target_reachable",
    stage=Stage.SCOPE,
    title="Target within reach",
    question="Could even a perfect model meet the target?",
    order=30,
    tasks=(Task.BINARY, Task.MULTICLASS),
)
def target_reachable(
    brief: Brief, rows_expected: int, positive_rate: float | None, means: Mapping[str, float]
) -> Answer:
    """A target above the ceiling of a perfect model fails; below it, the precision that the target needs is named.

    `positive_rate` is the rate on open rows; before data exist, what the owner expects (`expected_positive_share`).
    `means` : of the columns that values are multiplied by, on open rows.
    """
    brief = averaged(brief, means)
    rate = brief.decision.expected_positive_share if positive_rate is None else positive_rate
    answer = feasibility(brief, rate, rows_expected)
    if answer.verdict is not Verdict.PASS or rate is None:
        return answer
    needed = needed_precision(brief, rate)
    if needed is None:
        return answer
    words = f" Of 100 cases acted on, {100 * needed:.0f} must be positive; without a model it is {100 * rate:.0f}."
    return answer.model_copy(update={"sentence": answer.sentence + words})
