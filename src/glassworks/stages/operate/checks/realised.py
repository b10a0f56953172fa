"""Does it still foretell, now that outcomes are known?"""

from glassworks.core.check import check
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.performance import better_than_chance, headline
from glassworks.measures.scored import Scored
from glassworks.stages.few import too_few


@check(
    "realised",
    stage=Stage.OPERATE,
    title="Realised performance",
    question="With late outcomes known, does it foretell as it did when it was approved?",
    order=20,
)
def realised(reference: Scored, live: Scored) -> Answer:
    """Fail when it is no better than chance, or its whole interval is worse than the approved one's.

    Below 30 cases (`stages/few.py`) it is undecided: the interval may then have no width.
    """
    if few := too_few(live.n, "live rows with an outcome"):
        return few
    now, then, lead = headline(live), headline(reference), better_than_chance(live)
    worse = now.low > then.high if now.name == "RMSE" else now.high < then.low
    chance = lead.threshold or 0.0
    verdict = Verdict.PASS if lead.low > chance else Verdict.INCONCLUSIVE
    if worse or lead.high <= chance:
        verdict = Verdict.FAIL
    return Answer(
        verdict=verdict,
        sentence=f"{now.says()} on {live.n:,} live rows; {then.says()} when it was approved.",
        estimates=(now, then.model_copy(update={"group": "the approval"})),
        next_step="" if verdict is Verdict.PASS else "Fall back, and propose to build again on newer rows.",
    )
