"""Are groups of people treated alike, on open rows?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.result import Answer, Verdict, safe_side
from glassworks.core.stage import Stage
from glassworks.measures.fairness import group_rates, worst_ratio
from glassworks.measures.scored import Scored


@check(
    "group_gaps",
    stage=Stage.DEVELOP,
    title="Group gaps on open rows",
    question="Does every group fare nearly as well as the best?",
    order=40,
    tasks=(Task.BINARY,),
)
def group_gaps(brief: Brief, scored: Scored) -> Answer:
    """Shown while building, by the brief's definition; it never closes the gate, because the sealed rows decide."""
    definition = brief.fairness.definition
    if definition == "none" or scored.group is None:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="The brief names no fairness definition.")
    worst = worst_ratio(scored, definition, reference=brief.fairness.reference)
    seen = safe_side(worst, at_least=brief.fairness.at_least)
    rates = group_rates(scored, definition)
    return Answer(
        verdict=Verdict.INCONCLUSIVE if seen is Verdict.FAIL else seen,
        sentence=f"{worst.says()}; the brief asks for at least {brief.fairness.at_least:g}. The sealed rows decide.",
        estimates=(worst, *rates),
        warning=seen is Verdict.FAIL,
    )
