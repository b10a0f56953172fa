"""Does it reach the statistics that the KPI contract asks for?"""

import numpy as np

from glassworks.core.canvas import MetricTarget
from glassworks.core.check import Topic, check
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate, plain
from glassworks.core.result import Answer, Verdict, safe_side
from glassworks.core.stage import Stage
from glassworks.measures import performance
from glassworks.measures.intervals import rate
from glassworks.measures.scored import Scored
from glassworks.stages.validate.verdicts import together

FROM_SCORES = {
    "auc": (performance.auc, (Task.BINARY,)),
    "brier": (performance.brier, (Task.BINARY, Task.MULTICLASS)),
    "rmse": (performance.rmse, (Task.REGRESSION,)),
    "mae": (performance.mae, (Task.REGRESSION,)),
}
OF_THE_DECISION = {"precision": performance.precision, "recall": performance.recall}


@check(
    "metric_targets",
    stage=Stage.VALIDATE,
    title="Statistics asked for",
    question="Does it reach every statistic that the KPI contract asks for?",
    order=45,
    about=Topic.FORETELLS,
)
def metric_targets(brief: Brief, scored: Scored, level: float) -> Answer:
    """Each `metric_targets` of the brief against its estimate on the sealed rows; all must be reached.

    With `bound` "interval" the interval decides, at the level of this look; with "point" it is enough that the value
    reaches the target, and it fails only when the whole interval misses it. A target that cannot be measured on these
    rows (a group that is not there, a statistic of another task) leaves it undecided.
    """
    if not brief.metric_targets:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="The KPI contract asks for no statistic beside the KPI.")
    judged = [_judged(one, scored, level) for one in brief.metric_targets]
    verdict = together(one for one, _, _ in judged)
    return Answer(
        verdict=verdict,
        sentence="; ".join(words for _, words, _ in judged) + ".",
        estimates=tuple(one for _, _, one in judged if one is not None),
        next_step="" if verdict is Verdict.PASS else "A better model, more sealed rows, or a contract signed anew.",
    )


def _judged(target: MetricTarget, scored: Scored, level: float) -> tuple[Verdict, str, Estimate | None]:
    try:
        found = estimate(target, scored, level)
    except FixTheInput as error:
        return Verdict.INCONCLUSIVE, f"{target.metric} cannot be measured: {str(error).rstrip('.')}", None
    least = target.op == ">="
    limit = {"at_least" if least else "at_most": target.value}
    reached = found.value >= target.value if least else found.value <= target.value
    verdict = Verdict.PASS if target.bound == "point" and reached else safe_side(found, **limit)
    asked = f"{'at least' if least else 'at most'} {plain(target.value)} is asked"
    by = " of the value itself" if target.bound == "point" else ""
    doubt = ", with these numbers it cannot be told" if verdict is Verdict.INCONCLUSIVE else ""
    named = found.asked(**limit).model_copy(update={"threshold": target.value})
    return verdict, f"{found.says()}, {asked}{by}{doubt}", named


def estimate(target: MetricTarget, scored: Scored, level: float) -> Estimate:
    """The statistic on the sealed rows, for one fairness group where the target names one.

    `precision`, `recall` and, for a binary model, `accuracy` are those of the decision that the contract draws from the
    scores; for several classes `accuracy` is that of the answers given.

    Raises
    ------
    FixTheInput : no such group, no cases that the statistic counts among, or a statistic of another task.
    """
    cases = _of_group(scored, target.group) if target.group else scored
    function, tasks = FROM_SCORES.get(target.metric, (None, ()))
    if function is not None and scored.task in tasks:
        found = function(cases.y, cases.scores, level)
    elif target.metric == "accuracy" and scored.task is not Task.REGRESSION:
        given = cases.acted if scored.task is Task.BINARY else performance.answered(cases)
        found = rate("accuracy", int(np.sum(given == cases.y)), cases.n, level)
    elif target.metric in OF_THE_DECISION:
        found = OF_THE_DECISION[target.metric](cases, level)
    else:
        raise FixTheInput(f"a {scored.task} model has none")
    return found.model_copy(update={"group": target.group})


def _of_group(scored: Scored, group: str) -> Scored:
    rows = np.flatnonzero(scored.group == group) if scored.group is not None else np.empty(0, dtype=np.int64)
    if not rows.size:
        raise FixTheInput(f"no sealed row is in the group {group}")
    return scored.part(rows, scored.periods)
