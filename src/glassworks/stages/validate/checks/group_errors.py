"""Does it err more for one group of people than for the others?"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.calibration import mean_error
from glassworks.measures.fairness import MIN_CASES
from glassworks.measures.intervals import Array, newcombe, rate, welch
from glassworks.measures.performance import answered, mae
from glassworks.measures.scored import Scored
from glassworks.stages.validate.groups import groupings

MOST_LEVELS = 12
GAP = 0.05
"""Five right answers of 100 fewer are a customary limit of difference between groups."""


class _Compared(NamedTuple):
    """A trait's figures of each group, the differences between groups, and those that a reader should look at."""

    figures: list[Estimate]
    differences: list[Estimate]
    worth_a_look: list[Estimate]


@check(
    "group_errors",
    stage=Stage.VALIDATE,
    title="Errors by group",
    question="Does it err more for one group of people than for the others?",
    order=64,
    tasks=(Task.MULTICLASS, Task.REGRESSION),
)
def group_errors(brief: Brief, scored: Scored, traits: Mapping[str, Array], level: float) -> Answer:
    """Reported, never gated on, for the fairness attribute and each further protected trait.

    Of numbers: mean error and mean absolute error of each group against all others. Of several classes: how often each
    group is answered right, against the group that fares best. Differences share the level among a trait's groups. A
    warning where a difference is clear and large: beyond the ratio that the brief allows, or 5 right answers of 100.
    """
    found = []
    for name, group in groupings(brief, scored, traits).items():
        masks = _masks(group.astype(str), name)
        if len(masks) > 1:
            numbers = scored.task is Task.REGRESSION
            found.append(_errors(scored, masks, level, brief) if numbers else _right(scored, masks, level))
    if not found:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE, sentence=f"No two groups of people have {MIN_CASES} cases each to compare."
        )
    differences = sorted((one for each in found for one in each.differences), key=lambda one: -abs(one.value))
    looked = [one for each in found for one in each.worth_a_look]
    farthest = max(looked, key=lambda one: abs(one.value)) if looked else differences[0]
    said = (
        f"{farthest.group}, {farthest.name} {plain(farthest.value)} ({plain(farthest.low)} to {plain(farthest.high)})"
    )
    told = (
        f"one group fares clearly and much otherwise: {said}"
        if looked
        else f"no group fares clearly and much otherwise; the farthest is {said}"
    )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {told}.",
        estimates=(*looked, *(one for one in differences if one not in looked))[: 2 * MOST_LEVELS],
        warning=bool(looked),
        next_step="Teach it more cases of these groups, or hand them to a person." if looked else "",
        table=tuple(
            {"group": e.group, "figure": e.name, "value": e.value, "low": e.low, "high": e.high, "n": e.n}
            for each in found
            for e in each.figures
        ),
    )


def _masks(group: Array, trait: str) -> dict[str, Array]:
    """The commonest groups of enough cases: which cases are inside."""
    names, cases = np.unique(group, return_counts=True)
    order = np.argsort(-cases, kind="stable")[:MOST_LEVELS]
    return {f"{trait} {names[k]}": group == names[k] for k in order if cases[k] >= MIN_CASES}


def _errors(scored: Scored, masks: Mapping[str, Array], level: float, brief: Brief) -> _Compared:
    """Of numbers; two differences a group."""
    error, at_least, shared = scored.scores - scored.y, brief.fairness.at_least, 1 - (1 - level) / (2 * len(masks))
    found = _Compared([], [], [])
    for name, inside in masks.items():
        if inside.sum() > scored.n - 2:
            continue
        for measure, values in ((mean_error, error), (mae, np.abs(error))):
            figure = measure(scored.y[inside], scored.scores[inside], level).model_copy(update={"group": name})
            difference, low, high = welch(values[inside], values[~inside], shared)
            one = figure.model_copy(
                update={
                    "name": f"{figure.name} against all others",
                    "value": difference,
                    "low": low,
                    "high": high,
                    "level": shared,
                    "method": "Welch, shared among groups",
                }
            )
            found.figures.append(figure)
            found.differences.append(one)
            usual = float(np.abs(error[~inside]).mean())
            if measure is mean_error:
                large = abs(difference) > (1 - at_least) * usual and not low <= 0 <= high
            else:
                large = usual < at_least * figure.value and low > 0
            if large:
                found.worth_a_look.append(one)
    return found


def _right(scored: Scored, masks: Mapping[str, Array], level: float) -> _Compared:
    """Of several classes; the best group is chosen by the cases, so the level is shared among all pairs."""
    right = answered(scored) == scored.y
    counts = {name: (int(right[inside].sum()), int(inside.sum())) for name, inside in masks.items()}
    best = max(counts, key=lambda name: counts[name][0] / counts[name][1])
    shared = 1 - (1 - level) / (len(counts) * (len(counts) - 1) / 2)
    figures = [rate("accuracy", s, n, level, name) for name, (s, n) in counts.items()]
    differences = []
    for name, (s, n) in counts.items():
        if name != best:
            difference, low, high = newcombe(s, n, *counts[best], shared)
            differences.append(
                Estimate(
                    name=f"accuracy against {best}",
                    value=difference,
                    low=low,
                    high=high,
                    level=shared,
                    n=n,
                    method="Newcombe, shared among pairs",
                    group=name,
                )
            )
    return _Compared(figures, differences, [one for one in differences if one.high < 0 and one.value <= -GAP])
