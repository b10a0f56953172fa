"""Does the brief say what is promised, against what, by when, and for which decision?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.defaulted import at, is_defaulted
from glassworks.core.estimate import plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage

CELLS = {
    "the problem": "problem",
    "the target column": "target",
    "the positive value": "positive",
    "the KPI's name": "kpi.name",
    "the KPI's unit": "kpi.unit",
    "the KPI's baseline": "kpi.baseline",
    "the KPI's period": "kpi.period",
    "the KPI's horizon": "kpi.horizon",
    "the unit of decision": "decision.unit",
    "the action": "decision.action",
    "what happens otherwise": "decision.otherwise",
    "what happens when the model is down": "decision.if_model_down",
    "when the outcome is known": "label_delay",
    "the purpose": "purpose",
}


@check(
    "kpi_complete",
    stage=Stage.SCOPE,
    title="The promise",
    question="Does the brief say what is promised, against what, by when, and for which decision?",
    order=10,
)
def kpi_complete(brief: Brief) -> Answer:
    """KPI, decision and problem have no blank cell; what the factory filled in is counted and shown.

    Source: AI Canvas (Agrawal, Gans, Goldfarb): a cell that cannot be filled is an open question.
    """
    cells = {words: path for words, path in CELLS.items() if path != "positive" or brief.task is Task.BINARY}
    blank = [words for words, path in cells.items() if not str(at(brief.facts(), path)).strip()]
    if blank:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{len(blank)} of {len(cells)} cells of the brief are blank; the first is {blank[0]}.",
            examples=tuple(blank),
            next_step="Fill them in.",
        )
    assumed = [words for words, path in cells.items() if is_defaulted(brief, path)]
    promise = f"{plain(brief.kpi.target)} {brief.kpi.unit} a {brief.kpi.period} above {brief.kpi.baseline}"
    if assumed:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"Promised: {promise}; {len(assumed)} cells hold what the factory filled in.",
            examples=tuple(assumed),
            next_step="The business owner replaces or confirms each of them before signing.",
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Promised: {promise}, with probability {brief.kpi.min_probability:.0%}, {brief.kpi.horizon}.",
    )
