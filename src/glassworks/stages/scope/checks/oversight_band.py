"""Is the share of decisions that people will overrule a band that can be watched?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage


@check(
    "oversight_band",
    stage=Stage.SCOPE,
    title="People over the model",
    question="Is it agreed how often people are expected to overrule the model, as a band that can be watched?",
    order=75,
)
def oversight_band(brief: Brief) -> Answer:
    """The band's ends are shares in rising order, not everything; with a band, somebody reviews."""
    band = brief.oversight.override_band
    if band is None:
        return Answer(verdict=Verdict.PASS, sentence="No band is named; the risk tier says whether one is asked.")
    low, high = band
    if not 0 <= low < high <= 1:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The band of overruled decisions runs from {low:g} to {high:g}: these are no shares in order.",
            next_step="Write `oversight.override_band` as two shares between 0 and 1, the lower one first.",
        )
    if (low, high) == (0, 1):
        return Answer(
            verdict=Verdict.FAIL,
            sentence="The band of overruled decisions holds every share, so nothing would ever be noticed.",
            next_step="Narrow `oversight.override_band` to what you expect.",
        )
    if not brief.oversight.reviewers.strip():
        return Answer(
            verdict=Verdict.FAIL,
            sentence="A band of overruled decisions is named, but nobody who reviews them.",
            next_step="Say in `oversight.reviewers` who looks, and how often.",
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Between {low:.0%} and {high:.0%} of the decisions are expected to be overruled. Who looks: "
        f"{brief.oversight.reviewers.strip()}.",
    )
