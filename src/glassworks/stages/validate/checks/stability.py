"""Is it as good in one part of the sealed window as in another?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassworks.core.check import check
from glassworks.core.result import Answer
from glassworks.core.stage import Stage
from glassworks.measures.performance import better_than_chance, headline
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read
from glassworks.stages.few import MIN_CASES, too_few
from glassworks.stages.validate.verdicts import above, together

PARTS = ("first half", "second half")


@check(
    "stability",
    stage=Stage.VALIDATE,
    title="Stability",
    question="Does it stay better than chance in both halves of the sealed window?",
    order=80,
)
def stability(scored: Scored, level: float, times: NDArray[Any] | None) -> Answer:
    """Pass when both halves pass, in time order where times are known; rows without a time are left out then.

    Each half needs 30 cases (`stages/few.py`).
    """
    known = np.empty(0) if times is None else read.in_time(times)[1]
    order = known if known.size else np.arange(scored.n)
    if few := too_few(order.size, "sealed rows", 2 * MIN_CASES):
        return few
    halves = [scored.part(rows, scored.periods / 2) for rows in np.array_split(order, 2)]
    leads, figures = [], []
    for half, name in zip(halves, PARTS, strict=True):
        lead = better_than_chance(half, level)
        lead = lead.asked(at_least=lead.threshold or 0.0).model_copy(update={"group": f"the {name}"})
        main = headline(half, level).model_copy(update={"group": f"the {name}"})
        leads.append(lead)
        figures += [lead] if main.name == lead.name else [main, lead]
    return Answer(
        verdict=together(above(lead, lead.at_least or 0.0) for lead in leads),
        sentence="; ".join(one.says() for one in figures) + ".",
        estimates=tuple(figures),
    )
