"""Does the brief say what is promised, against what, by when, and for which decision?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.estimate import plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage

ASSUMED = "Assumed by the draft"


@check(
    "kpi_complete",
    stage=Stage.SCOPE,
    title="The promise",
    question="Does the brief say what is promised, against what, by when, and for which decision?",
    order=10,
)
def kpi_complete(brief: Brief) -> Answer:
    """KPI, decision and problem have no blank cell; what a draft assumed is counted and shown.

    Source: AI Canvas (Agrawal, Gans, Goldfarb): a cell that cannot be filled is an open question.
    """
    cells = {
        "the problem": brief.problem,
        "the target column": brief.target,
        "the KPI's name": brief.kpi.name,
        "the KPI's unit": brief.kpi.unit,
        "the KPI's baseline": brief.kpi.baseline,
        "the KPI's period": brief.kpi.period,
        "the KPI's horizon": brief.kpi.horizon,
        "the unit of decision": brief.decision.unit,
        "the action": brief.decision.action,
        "what happens otherwise": brief.decision.otherwise,
        "what happens when the model is down": brief.decision.if_model_down,
        "when the outcome is known": brief.label_delay,
        "the purpose": brief.purpose,
    }
    if brief.task == "binary":
        cells["the positive value"] = brief.positive
    blank = [name for name, text in cells.items() if not text.strip()]
    if blank:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{len(blank)} of {len(cells)} cells of the brief are blank; the first is {blank[0]}.",
            examples=tuple(blank),
            next_step="Fill them in.",
        )
    assumed = [name for name, text in cells.items() if text.startswith(ASSUMED)]
    promise = f"{plain(brief.kpi.target)} {brief.kpi.unit} a {brief.kpi.period} above {brief.kpi.baseline}"
    if assumed:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"Promised: {promise}; {len(assumed)} cells hold what the draft assumed.",
            examples=tuple(assumed),
            next_step="The business owner replaces or confirms each assumption before signing.",
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Promised: {promise}, with probability {brief.kpi.min_probability:.0%}, {brief.kpi.horizon}.",
    )
