"""Do its probabilities mean what they say?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer
from glassworks.core.stage import Stage
from glassworks.measures.calibration import observed_over_expected, reliability, slope_and_intercept
from glassworks.measures.scored import Scored
from glassworks.stages.validate.verdicts import together, within


@check(
    "calibration",
    stage=Stage.VALIDATE,
    title="Calibration",
    question="Does it happen as often as the model says?",
    order=30,
    tasks=(Task.BINARY,),
)
def calibration(brief: Brief, policy: PolicyPack, scored: Scored) -> Answer:
    """The calibration slope against the policy's limits; also the level, where the decision uses a threshold.

    With a capacity the order decides who is acted on: a level that is off then warns and does not gate.
    """
    low, high = policy.limit("calibration_slope_low"), policy.limit("calibration_slope_high")
    slope, _ = slope_and_intercept(scored.y, scored.scores)
    ratio = observed_over_expected(scored.y, scored.scores)
    level = within(ratio, low, high)
    gated = [within(slope, low, high)] + ([] if brief.decision.capacity_share else [level])
    verdict = together(gated)
    return Answer(
        verdict=verdict,
        sentence=f"{slope.says()}; {ratio.says()}; 1 is perfect, {low:g} to {high:g} is asked.",
        estimates=(slope, ratio),
        warning=not ratio.low <= 1 <= ratio.high,
        next_step="" if verdict == "pass" else "Recalibrate on recent open rows, or bring more sealed rows.",
        table=tuple(reliability(scored.y, scored.scores)),
    )
