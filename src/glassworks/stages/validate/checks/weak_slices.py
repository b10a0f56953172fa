"""Is there a part of the cases in which the model is worse than a plain average?"""

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.calibration import at_level
from glassworks.measures.scored import Scored
from glassworks.measures.slices import LEAST, Slice
from glassworks.measures.slices import weak_slices as found_in
from glassworks.stages import rows as read

LEAST_TOLD = 1e-6


@check(
    "weak_slices",
    stage=Stage.VALIDATE,
    title="Weak parts",
    question="Is there a part of the cases in which a plain average foretells better than the model?",
    order=85,
)
def weak_slices(brief: Brief, scored: Scored, rows: pl.DataFrame) -> Answer:
    """Parts of one or two columns, found on one half of the sealed rows and confirmed on the other.

    With a capacity only the order decides, so the scores are first brought to the level of the outcomes; whether the
    level itself is right is the calibration's question. Of several classes the whole answer counts: the probabilities
    against the share of each class.
    """
    if scored.n < 4 * LEAST:
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence=f"{scored.n:,} rows are too few to look for weak parts; {4 * LEAST} are needed.",
            next_step="Bring more sealed rows.",
        )
    columns = {name: read.array(rows[name]) for name in rows.columns}
    if scored.group is not None:
        columns[brief.fairness.attribute or "group"] = scored.group
    scores = at_level(scored.y, scored.scores) if brief.decision.capacity_share else scored.scores
    outcome = np.eye(len(scored.labels))[scored.y.astype(int)] if brief.task is Task.MULTICLASS else scored.y
    weak = found_in(columns, outcome, scores)
    if weak:
        worst = weak[0]
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"Where {worst.name}, {_told(worst)} ({worst.n:,} rows); {len(weak)} such parts are confirmed.",
            estimates=tuple(_figure(one) for one in weak)[:MAX_EXAMPLES],
            examples=tuple(f"{one.name}: {_told(one)}, {one.n:,} rows" for one in weak)[:MAX_EXAMPLES],
            next_step="Teach it more of these cases, hand them to a person, or leave them out of the model's domain.",
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"In no part by one or two of {len(columns)} columns is a plain average clearly better than it.",
    )


def _figure(part: Slice) -> Estimate:
    """The ratio of errors; a one-sided 95 % bound is the lower end of a two-sided interval at 90 %."""
    low, high = min(part.low, part.ratio), max(part.ratio, 2 * part.ratio - part.low)
    name, method = "error over a plain average's", "normal, ratio of means"
    return Estimate(
        name=name, value=part.ratio, low=low, high=high, level=0.9, n=part.n, method=method, group=part.name
    )


def _told(part: Slice) -> str:
    if part.chance is None:
        return f"its error is {part.ratio:.2f} times that of a plain average"
    chance = f"of {part.chance:.1g}" if part.chance >= LEAST_TOLD else f"below {LEAST_TOLD:g}"
    return f"the outcome is always the same, to which it gives a chance {chance}"
