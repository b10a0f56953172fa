"""Do its probabilities mean what they say, on open rows?"""

from glassworks.core.check import check
from glassworks.core.contract import Task
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.calibration import observed_over_expected, reliability, slope_and_intercept
from glassworks.measures.scored import Scored


@check(
    "calibration_open",
    stage=Stage.DEVELOP,
    title="Calibration on open rows",
    question="Does it happen as often as the model says?",
    order=30,
    tasks=(Task.BINARY,),
)
def calibration_open(policy: PolicyPack, scored: Scored) -> Answer:
    """Shown while building; it never closes the gate, because the sealed rows decide."""
    slope, _ = slope_and_intercept(scored.y, scored.scores)
    ratio = observed_over_expected(scored.y, scored.scores)
    low, high = policy.limit("calibration_slope_low"), policy.limit("calibration_slope_high")
    fine = slope.low <= high and slope.high >= low
    return Answer(
        verdict=Verdict.PASS if fine else Verdict.INCONCLUSIVE,
        sentence=f"{slope.says()}; {ratio.says()}; 1 is perfect, and the sealed rows decide.",
        estimates=(slope, ratio),
        warning=not fine,
        table=tuple(reliability(scored.y, scored.scores)),
    )
