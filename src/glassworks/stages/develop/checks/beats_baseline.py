"""Is it worth a look at the sealed rows?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.performance import headline
from glassworks.measures.scored import Scored
from glassworks.measures.value import kpi_gain


@check(
    "beats_baseline",
    stage=Stage.DEVELOP,
    title="Better than today",
    question="Do its decisions gain more than the baseline's, on open rows it had not seen?",
    order=10,
)
def beats_baseline(brief: Brief, scored: Scored) -> Answer:
    """Pass when the whole 95 % interval of the KPI gain lies above zero, fail when none of it does."""
    gain = kpi_gain(scored, brief.value, target=brief.kpi.target, unit=brief.kpi.unit, seed=1)
    words = f"On open rows: {gain.says()} more than {brief.kpi.baseline}"
    figures = (gain, headline(scored))
    if gain.low > 0:
        return Answer(verdict=Verdict.PASS, sentence=f"{words}.", estimates=figures)
    if gain.high <= 0:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{words}: nothing is gained.",
            estimates=figures,
            next_step="Do not spend a look at the sealed rows on it.",
        )
    return Answer(
        verdict=Verdict.INCONCLUSIVE,
        sentence=f"{words}: it may be luck.",
        estimates=figures,
        next_step="Bring more open rows or a stronger model.",
    )
