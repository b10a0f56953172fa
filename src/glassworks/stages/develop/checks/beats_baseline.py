"""Is it worth a look at the sealed rows?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.curves import profit_by_share
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
    """Pass when the whole 95 % interval of the KPI gain lies above zero, fail when none of it does.

    The table is the profit curve.
    """
    gain = kpi_gain(scored, brief.value, target=brief.kpi.target, unit=brief.kpi.unit, seed=1)
    words = f"On open rows: {gain.says()} more than {brief.kpi.baseline}"
    if gain.low > 0:
        verdict, more, next_step = Verdict.PASS, "", ""
    elif gain.high <= 0:
        verdict, more = Verdict.FAIL, ": nothing is gained"
        next_step = "Do not spend a look at the sealed rows on it."
    else:
        verdict, more, next_step = Verdict.INCONCLUSIVE, ": it may be luck", "Bring more open rows or a stronger model."
    return Answer(
        verdict=verdict,
        sentence=f"{words}{more}.",
        estimates=(gain, headline(scored)),
        next_step=next_step,
        table=tuple(profit_by_share(scored, brief.value, seed=1)) if scored.task is Task.BINARY else (),
    )
