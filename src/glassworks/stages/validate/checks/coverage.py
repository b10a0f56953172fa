"""Does a range that should hold in 90 of 100 cases do so, overall and in each group?"""

import numpy as np

from glassworks.core.check import check
from glassworks.core.contract import Task
from glassworks.core.estimate import plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures import conformal
from glassworks.measures.fairness import MIN_CASES
from glassworks.measures.profile import half
from glassworks.measures.scored import Scored

MISSES, LEAST = 0.1, 100


@check(
    "coverage",
    stage=Stage.VALIDATE,
    title="How often a range holds",
    question="Does a range that should hold in 90 of 100 cases do so, overall and in each group?",
    order=66,
)
def coverage(scored: Scored) -> Answer:
    """Split conformal: one half of the sealed rows sets the range, the other counts. Reported; a low group warns.

    The range is a band around a number, or the set of answers that stay possible. Overall it holds by construction;
    the question is whether it holds for each group.
    """
    if scored.n < 2 * LEAST:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE,
            sentence=f"{scored.n:,} rows are too few to set a range on one half and count on the other.",
        )
    is_number = scored.task is Task.REGRESSION
    errors = np.abs(scored.y - scored.scores) if is_number else conformal.set_errors(scored.y, scored.scores)
    first = half(scored.n)
    within = conformal.radius(errors[first], MISSES)
    held = errors[~first] <= within
    whole, groups = conformal.coverage(held), []
    if scored.group is not None:
        group = scored.group[~first]
        for name in np.unique(group):
            if (group == name).sum() >= MIN_CASES:
                groups.append(conformal.coverage(held[group == name]).model_copy(update={"group": str(name)}))
    low = min(groups, key=lambda one: one.value, default=whole)
    told = f"; lowest for {low.group} with {low.value:.0%}" if groups else ""
    width = f"the number give or take {plain(within)}" if is_number else "the set of possible answers"
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {width} holds the truth in {whole.value:.0%} of {whole.n:,} cases (95 % "
        f"interval {whole.low:.0%} to {whole.high:.0%}){told}; {1 - MISSES:.0%} is meant.",
        estimates=(whole, *groups),
        warning=any(one.high < 1 - MISSES for one in groups),
    )
