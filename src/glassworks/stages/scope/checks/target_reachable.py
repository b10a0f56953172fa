"""Could even a perfect model meet the target?"""

from collections.abc import Mapping

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.needed import needed_auc
from glassworks.measures.outlook import outlook
from glassworks.measures.value import needed_precision
from glassworks.stages.scope.feasibility import averaged, compared, feasibility

LUCK = 0.5


@check(
    "target_reachable",
    stage=Stage.SCOPE,
    title="Target within reach",
    question="Could even a perfect model meet the target?",
    order=30,
)
def target_reachable(
    brief: Brief, rows_expected: int, positive_rate: float | None, means: Mapping[str, float]
) -> Answer:
    """A target above the ceiling of a perfect model fails; below it, what the target asks of a model is named.

    `positive_rate` is the rate on open rows; before data exist, what the owner expects (`expected_positive_share`).
    `means` : of the columns that values are multiplied by, on open rows.
    """
    brief = averaged(brief, means)
    if brief.task is Task.REGRESSION:
        return _forecast(brief)
    rate = brief.decision.expected_positive_share if positive_rate is None else positive_rate
    answer = feasibility(brief, rate, rows_expected)
    if answer.verdict is not Verdict.PASS or rate is None:
        return answer
    needed = needed_precision(brief, rate)
    if needed is None:
        return answer
    at_best = ", if every positive is reached; else more" if brief.decision.capacity_share is None else ""
    words = f" Of 100 cases acted on, {100 * needed:.0f} must be positive{at_best}; without a model it is"
    words += f" {100 * rate:.0f}."
    auc = needed_auc(brief, rate)
    words += f" That is roughly an AUC of {auc:.2f} (an approximation)." if auc is not None and auc > LUCK else ""
    return answer.model_copy(update={"sentence": answer.sentence + words})


def _forecast(brief: Brief) -> Answer:
    """For a number: the ceiling is what today's error costs, by a normal approximation."""
    if brief.decision.expected_error is None:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE,
            sentence="What a perfect forecast would gain is not known: the brief does not say how wrong today is.",
            next_step="Say by how much today's way is wrong on average, in the step Decision of the canvas.",
        )
    seen = outlook(brief, repeats=100)
    answer = compared(seen.ceiling, seen.target, seen.unit, seen.period, "by a normal approximation, ")
    asked = next((ask for ask in seen.asks if ask.at_most and ask.needed is not None), None)
    if answer.verdict is not Verdict.PASS or asked is None:
        return answer
    today = plain(brief.decision.expected_error)
    words = f" A forecast may be wrong by {plain(asked.needed or 0.0)} on average; today it is {today}."
    return answer.model_copy(update={"sentence": answer.sentence + words})
