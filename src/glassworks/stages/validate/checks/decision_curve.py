"""What if a mistake costs more, or less, than the contract says?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.curves import benefit_by_threshold
from glassworks.measures.decision import threshold
from glassworks.measures.scored import Scored

THRESHOLDS = (0.01, 0.02, 0.05, *(round(0.1 * step, 1) for step in range(1, 10)), 0.95)


@check(
    "decision_curve",
    stage=Stage.VALIDATE,
    title="Decision curve",
    question="Does it still help if a mistake costs more, or less, than the contract says?",
    order=42,
    tasks=(Task.BINARY,),
)
def decision_curve(brief: Brief, scored: Scored, level: float) -> Answer:
    """Net benefit against acting on everybody and on nobody, over thresholds; reported, never gated on.

    The contract's own threshold is among them where all rows are worth the same and acting can be wrong.
    """
    own = _own(brief)
    points = sorted({*THRESHOLDS, own} if own else THRESHOLDS)
    table = benefit_by_threshold(scored.y, scored.scores, points, level=level, seed=4)
    ahead = [row["threshold"] for row in table if row["low"] > max(row["all"], row["none"])]
    told = f"clearly so from {plain(min(ahead))} to {plain(max(ahead))}" if ahead else "at none of them clearly so"
    here = f"; the contract's values put it at {plain(own)}" if own else ""
    return Answer(
        verdict=Verdict.PASS,
        sentence=(
            "Reported, not gated: acting from some probability on is worth more than acting on everybody and more than "
            f"on nobody, {told}{here}."
        ),
        warning=not ahead,
        table=tuple(table),
    )


def _own(brief: Brief) -> float | None:
    try:
        found = threshold(brief.value)
    except FixTheInput:
        return None
    return found if 0 < found < 1 else None
