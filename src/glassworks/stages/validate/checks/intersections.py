"""How do people fare who belong to two of the groups at once?"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.fairness import MIN_CASES, NAMES, group_ratios, shrunken_rates
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read

MOST_LEVELS = 12


@check(
    "intersections",
    stage=Stage.VALIDATE,
    title="Groups within groups",
    question="How do people fare who belong to two of the protected groups at once?",
    order=62,
    tasks=(Task.BINARY,),
)
def intersections(brief: Brief, scored: Scored, traits: Mapping[str, read.Array], level: float) -> Answer:
    """Each pair of protected traits crossed, by the definition that is gated on. Reported: such groups are small.

    The table has the rate of every group, however small, drawn towards that of all the more, the fewer its cases are.
    """
    columns = {name: values.astype(str) for name, values in traits.items() if np.unique(values.astype(str)).size > 1}
    columns = {name: values for name, values in columns.items() if np.unique(values).size <= MOST_LEVELS}
    if scored.group is not None:
        columns[brief.fairness.attribute or "group"] = scored.group.astype(str)
    if len(columns) < 2:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE,
            sentence=f"Fewer than two protected traits of at most {MOST_LEVELS} groups stand in the rows.",
        )
    definition = brief.fairness.definition
    ratios: list[Estimate] = []
    rates: list[Estimate] = []
    for one, other in combinations(sorted(columns), 2):
        crossed = np.array([f"{a} and {b}" for a, b in zip(columns[one], columns[other], strict=True)])
        both = replace(scored, group=crossed)
        ratios += [r for r in group_ratios(both, definition) if r.n >= MIN_CASES]
        rates += shrunken_rates(both, definition, level)
    if not ratios:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE,
            sentence=f"No two groups within groups have {MIN_CASES} cases each to compare.",
        )
    lowest = min(ratios, key=lambda ratio: ratio.value)
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {NAMES[definition]}, the lowest ratio of {len(ratios)} groups within groups "
        f"is {plain(lowest.value)} for {lowest.group} ({lowest.n:,} cases, 95 % interval {plain(lowest.low)} to "
        f"{plain(lowest.high)}).",
        estimates=tuple(sorted(ratios, key=lambda ratio: ratio.value)[:MOST_LEVELS]),
        warning=any(one.high < brief.fairness.at_least for one in ratios),
        table=tuple({"group": r.group, "rate": r.value, "low": r.low, "high": r.high, "n": r.n} for r in rates),
    )
