"""Is the promise kept?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.estimate import Estimate, plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Release
from glassworks.measures.scored import Scored
from glassworks.measures.value import kpi_gain
from glassworks.stages.few import too_few


@check(
    "promised_realised",
    stage=Stage.OPERATE,
    title="Promised and realised",
    question="Does it earn what was promised, against the target of the KPI contract?",
    order=30,
)
def promised_realised(brief: Brief, release: Release, live: Scored) -> Answer:
    """Realised KPI gain from late outcomes, with the signed values: kept, broken, or not yet known.

    Kept when the target is reached with the brief's probability; broken when missing it is as probable. Below 30 cases
    (`stages/few.py`) it is undecided.
    """
    if few := too_few(live.n, "live rows with an outcome"):
        return few
    made = kpi_gain(live, brief.value, target=brief.kpi.target, unit=brief.kpi.unit, seed=5)
    made = made.model_copy(update={"name": "realised KPI gain a period"})
    wanted, probability = brief.kpi.min_probability, made.probability or 0.0
    verdict = Verdict.PASS if probability >= wanted else Verdict.INCONCLUSIVE
    if probability <= 1 - wanted:
        verdict = Verdict.FAIL
    promised = release.promised[0] if release.promised else None
    return Answer(
        verdict=verdict,
        sentence=f"{_promise(promised, brief)}realised {_amount(made, brief)}; target {plain(brief.kpi.target)}: "
        f"probability {probability:.2f}.",
        estimates=(made,) if promised is None else (made, promised),
        warning=promised is not None and not promised.low <= made.value <= promised.high,
        next_step="" if verdict is Verdict.PASS else "Look at the kill criteria, and decide whether to go on.",
    )


def _promise(promised: Estimate | None, brief: Brief) -> str:
    return f"promised {_amount(promised, brief)}; " if promised else ""


def _amount(gain: Estimate, brief: Brief) -> str:
    return (
        f"{'+' if gain.value >= 0 else ''}{plain(gain.value)} {brief.kpi.unit} a {brief.kpi.period} "
        f"({100 * gain.level:.4g} % interval {plain(gain.low)} to {plain(gain.high)})"
    )
