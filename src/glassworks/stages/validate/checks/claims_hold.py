"""Do the submitter's own figures hold when the office recomputes them?"""

import numpy as np

from glassworks.core.check import Topic, check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate
from glassworks.measures.performance import headline
from glassworks.measures.scored import Scored
from glassworks.measures.value import kpi_gain

KEPT = 0.5
"""Of what is claimed beyond knowing nothing, at least this share must be found again."""


@check(
    "claims_hold",
    stage=Stage.VALIDATE,
    title="Claims recomputed",
    question="Are the submitter's own figures found again, with only the declared columns?",
    order=90,
    about=Topic.CLAIMED,
)
def claims_hold(brief: Brief, scored: Scored, candidate: Candidate, level: float) -> Answer:
    """Fail when a claim collapses: less than half of its lead over knowing nothing is left, and not by chance."""
    found = [headline(scored, level)]
    found.append(kpi_gain(scored, brief.value, target=brief.kpi.target, level=level, unit=brief.kpi.unit, seed=4))
    by_name = {claim.name: claim for claim in candidate.claims}
    pairs = [(by_name[one.name], one) for one in found if one.name in by_name]
    if not pairs:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence="The submitter claimed no figure of its own.")
    gone = [pair for pair in pairs if _collapsed(*pair, scored)]
    shown = gone or pairs
    words = "; ".join(f"{mine.name} {plain(claim.value)} claimed, {plain(mine.value)} found" for claim, mine in shown)
    if gone:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The claim collapses when only declared columns are shown: {words}.",
            estimates=tuple(mine for _, mine in pairs),
            next_step="Look for a column that is known only after the decision, or rows that were learned by heart.",
        )
    return Answer(verdict=Verdict.PASS, sentence=f"{words}.", estimates=tuple(mine for _, mine in pairs))


def _collapsed(claim: Estimate, mine: Estimate, scored: Scored) -> bool:
    if mine.name == "RMSE":
        nothing = float(np.std(scored.y))
        return nothing - mine.value < KEPT * (nothing - claim.value) and mine.low > claim.value
    nothing = 0.0
    if mine.name == "AUC":
        nothing = 0.5
    elif scored.task is Task.MULTICLASS and mine.name == "accuracy":
        nothing = float(np.bincount(scored.y).max() / scored.n)
    return mine.value - nothing < KEPT * (claim.value - nothing) and mine.high < claim.value
