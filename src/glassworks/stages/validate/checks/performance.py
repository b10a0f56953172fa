"""Does it foretell better than chance, on rows nobody had seen?"""

import numpy as np

from glassworks.core.check import check
from glassworks.core.contract import Task
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.decision import best_first
from glassworks.measures.performance import better_than_chance, headline
from glassworks.measures.scored import Scored
from glassworks.stages.few import too_few
from glassworks.stages.validate.verdicts import above

WORDS = {Verdict.PASS: "better than", Verdict.FAIL: "not better than", Verdict.INCONCLUSIVE: "not clearly better than"}


@check(
    "performance",
    stage=Stage.VALIDATE,
    title="Performance",
    question="Does it foretell better than chance on the sealed rows?",
    order=20,
)
def performance(scored: Scored, level: float) -> Answer:
    """Pass when the whole interval, at the level of this look, lies above chance. The table is the gains curve.

    Below 30 cases (`stages/few.py`) it is undecided: the interval may then have no width.
    """
    if few := too_few(scored.n, "sealed rows"):
        return few
    lead = better_than_chance(scored, level)
    chance = lead.threshold or 0.0
    main, lead, verdict = headline(scored, level), lead.asked(at_least=chance), above(lead, chance)
    figures = (lead,) if main.name == lead.name else (main, lead)
    return Answer(
        verdict=verdict,
        sentence=f"{'; '.join(one.says() for one in figures)}: {WORDS[verdict]} chance on {scored.n:,} sealed rows.",
        estimates=figures,
        table=gains(scored) if scored.task is Task.BINARY else (),
    )


def gains(scored: Scored) -> tuple[dict[str, float], ...]:
    """Of all positives, the share reached when the best scored share is acted on, and in list order."""
    share = np.linspace(0, 1, 21)
    depth = np.round(share * scored.n).astype(int)
    total = max(1, int(scored.y.sum()))
    reached = np.concatenate([[0], np.cumsum(scored.y[best_first(scored.scores)])])[depth] / total
    listed = np.concatenate([[0], np.cumsum(scored.y)])[depth] / total
    return tuple(
        {"share": float(s), "model": float(m), "list": float(b)} for s, m, b in zip(share, reached, listed, strict=True)
    )
