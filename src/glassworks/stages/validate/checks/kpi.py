"""Is it expected to keep the promise, in the units of the promise?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.curves import profit_by_share
from glassworks.measures.scored import Scored
from glassworks.measures.value import kpi_gain, reached_gain
from glassworks.stages.few import too_few
from glassworks.stages.validate.verdicts import above, together

SEED = 4


@check(
    "kpi",
    stage=Stage.VALIDATE,
    title="KPI",
    question="Is it expected to gain over the baseline, and to reach the target, in KPI units?",
    order=40,
)
def kpi(brief: Brief, scored: Scored, level: float) -> Answer:
    """Pass when the gain's whole interval, at this look's level, lies above zero and the target is probable enough.

    Probable enough is the brief's `min_probability`; the target fails when missing it is as probable. The table is the
    profit curve. Below 30 cases (`stages/few.py`) it is undecided: the interval may then have no width.
    """
    if few := too_few(scored.n, "sealed rows"):
        return few
    gain = kpi_gain(scored, brief.value, target=brief.kpi.target, level=level, unit=brief.kpi.unit, seed=SEED)
    gain, reached = gain.asked(at_least=0.0), _target(gain, brief.kpi.min_probability)
    verdict = together([above(gain, 0.0), reached])
    binary = scored.task is Task.BINARY
    return Answer(
        verdict=verdict,
        besides=reached,
        sentence=says(gain, brief) + f" ({brief.kpi.min_probability:g} is asked).",
        estimates=(gain, reached_gain(scored, level, seed=SEED)) if binary else (gain,),
        table=tuple(profit_by_share(scored, brief.value, level=level, seed=SEED)) if binary else (),
        next_step="" if verdict is Verdict.PASS else "A better model, more sealed rows, or a target signed anew.",
    )


def says(gain: Estimate, brief: Brief) -> str:
    """The estimate as the owner reads it."""
    unit, sign = brief.kpi.unit, "+" if gain.value >= 0 else ""
    return (
        f"expected {sign}{plain(gain.value)} {unit} a {brief.kpi.period}, {100 * gain.level:.4g} % interval "
        f"{plain(gain.low)} to {plain(gain.high)}, target {plain(brief.kpi.target)}: "
        f"probability {gain.probability or 0.0:.2f}"
    )


def _target(gain: Estimate, wanted: float) -> Verdict:
    probability = gain.probability or 0.0
    if probability >= wanted:
        return Verdict.PASS
    return Verdict.FAIL if probability <= 1 - wanted else Verdict.INCONCLUSIVE
