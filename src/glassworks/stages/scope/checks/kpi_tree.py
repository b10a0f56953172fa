"""Does the KPI follow from what the model moves, with units that match?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.stages.scope.kpi_tree import faults_of

EITHER = (Task.BINARY, Task.MULTICLASS)
MEASURED = {
    "auc": (Task.BINARY,),
    "accuracy": EITHER,
    "precision": (Task.BINARY,),
    "recall": (Task.BINARY,),
    "brier": EITHER,
    "rmse": (Task.REGRESSION,),
    "mae": (Task.REGRESSION,),
}
"""The tasks for which each statistic exists."""


@check(
    "kpi_tree",
    stage=Stage.SCOPE,
    title="The KPI tree",
    question="Does the KPI follow from what the model moves, with units that match?",
    order=12,
)
def kpi_tree(brief: Brief) -> Answer:
    """Units agree along every formula, every name is known, nothing depends on itself, and one figure is the KPI.

    A target for a statistic that the task does not have fails too; one that follows from no figure is a warning: nobody
    can say what it is good for. Whether a tree must be drawn at all is the risk tier's question.

    Source: Goal-Question-Metric (Basili); a KPI is a function of drivers, each with a unit and a hypothesis.
    """
    unfit = [one.metric for one in brief.metric_targets if brief.task not in MEASURED[one.metric]]
    if unfit:
        there = [name for name, tasks in MEASURED.items() if brief.task in tasks]
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The statistic {unfit[0]} cannot be measured for a {brief.task} model.",
            examples=tuple(unfit),
            next_step=f"Ask for {' or '.join(there)} instead.",
        )
    if not brief.kpi.tree:
        orphans = [one for one in brief.metric_targets if one.derived_from]
        if orphans:
            return Answer(
                verdict=Verdict.FAIL,
                sentence=f"The target for {orphans[0].metric} is derived from {orphans[0].derived_from}, "
                "but no KPI tree is drawn.",
                next_step="Draw the KPI tree in `kpi.tree`, or clear `metric_targets.derived_from`.",
            )
        return Answer(verdict=Verdict.PASS, sentence="No KPI tree is drawn; the risk tier says whether one is asked.")
    faults = faults_of(brief)
    if faults:
        first = faults[0][0].upper() + faults[0][1:]
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{first}.",
            examples=tuple(faults)[:20],
            next_step="Correct units, names and formulas in `kpi.tree` and `metric_targets`.",
        )
    orphans = [one for one in brief.metric_targets if not one.derived_from]
    leaves = [node.name for node in brief.kpi.tree if not node.formula]
    sentence = f"The KPI follows from {len(brief.kpi.tree) - 1} figures, {len(leaves)} of them measured or assumed"
    if orphans:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"{sentence}; the target for {orphans[0].metric} follows from none of them.",
            examples=tuple(one.metric for one in orphans),
            next_step="Name in `metric_targets.derived_from` the figure that the target serves.",
        )
    return Answer(verdict=Verdict.PASS, sentence=f"{sentence}; the units match.")
