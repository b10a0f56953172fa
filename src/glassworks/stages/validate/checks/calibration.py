"""Do its probabilities mean what they say?"""

from contextlib import suppress

import numpy as np

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.calibration import observed_over_expected, reliability, slope_and_intercept
from glassworks.measures.scored import Scored
from glassworks.stages.validate.verdicts import together, within


@check(
    "calibration",
    stage=Stage.VALIDATE,
    title="Calibration",
    question="Does it happen as often as the model says?",
    order=30,
    tasks=(Task.BINARY, Task.MULTICLASS),
)
def calibration(brief: Brief, policy: PolicyPack, scored: Scored, level: float) -> Answer:
    """The calibration slope against the policy's limits; also the level, where the decision uses a threshold.

    With a capacity the order decides who is acted on: a level that is off then warns and does not gate. The level
    within each group is reported, with a warning where it lies outside the limits. Of several classes the probability
    of the class answered is compared with how often that answer is right (top-label calibration; Guo et al., 2017) and
    reported, as no limit was agreed.
    """
    low, high = policy.limit("calibration_slope_low"), policy.limit("calibration_slope_high")
    if brief.task is Task.MULTICLASS:
        return _of_the_answer(scored, level)
    slope = slope_and_intercept(scored.y, scored.scores, level)[0].asked(at_least=low, at_most=high)
    ratio = observed_over_expected(scored.y, scored.scores, level)
    if not brief.decision.capacity_share:
        ratio = ratio.asked(at_least=low, at_most=high)
    verdict = together(within(one, low, high) for one in (slope, ratio) if one.is_gated)
    parts = _by_group(scored, int(policy.limit("group_positives")), level)
    off = [one for one in parts if within(one, low, high) is Verdict.FAIL]
    told = f" Outside that within: {', '.join(f'{one.group} ({one.value:.2f})' for one in off)}." if off else ""
    return Answer(
        verdict=verdict,
        sentence=f"{slope.says()}; {ratio.says()}; 1 is perfect, {low:g} to {high:g} is asked.{told}",
        estimates=(slope, ratio, *parts),
        warning=bool(off) or not ratio.low <= 1 <= ratio.high,
        next_step="" if verdict == "pass" else "Recalibrate on recent open rows, or bring more sealed rows.",
        table=tuple(reliability(scored.y, scored.scores)),
    )


def _by_group(scored: Scored, least: int, level: float) -> list[Estimate]:
    """How often it happened over how often it was foretold, in groups with enough positives; they share `level`."""
    if scored.group is None:
        return []
    group = scored.group.astype(str)
    names = [name for name in np.unique(group) if scored.y[group == name].sum() >= least]
    shared = 1 - (1 - level) / max(1, len(names))
    found = []
    for name in names:
        inside = group == name
        one = observed_over_expected(scored.y[inside], scored.scores[inside], shared)
        found.append(one.model_copy(update={"group": name}))
    return found


def _of_the_answer(scored: Scored, level: float) -> Answer:
    right = (scored.scores.argmax(axis=1) == scored.y).astype(np.float64)
    sure = scored.scores.max(axis=1)
    ratio = observed_over_expected(right, sure, level).model_copy(update={"name": "right answers over foretold"})
    figures = [ratio]
    with suppress(FixTheInput):  # where it is always right, or always as sure, there is no slope
        figures.insert(0, slope_and_intercept(right, sure, level)[0])
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: of the class that it answers, {'; '.join(one.says() for one in figures)}; "
        "1 is perfect.",
        estimates=tuple(figures),
        warning=not ratio.low <= 1 <= ratio.high,
        table=tuple(reliability(right, sure)),
    )
