"""How far are its probabilities, or its numbers, from what happened, beyond what chance makes of it?"""

import numpy as np

from glassworks.core.check import check
from glassworks.core.contract import Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.calibration import mean_error, outcome_slope
from glassworks.measures.grades import ece_beyond_chance, hosmer_lemeshow, jeffreys_grades, murphy
from glassworks.measures.intervals import Array
from glassworks.measures.performance import brier_skill
from glassworks.measures.scored import Scored
from glassworks.stages.validate.groups import in_each
from glassworks.stages.validate.verdicts import within

CUSTOM = 0.02
"""Below this a calibration error is customarily called small; of numbers, this share of the spread of outcomes."""

ANSWERED = "of the class answered"


@check(
    "calibration_reported",
    stage=Stage.VALIDATE,
    title="Calibration in depth",
    question="How far is what it foretells from what happened, beyond what chance makes of it?",
    order=32,
)
def calibration_reported(policy: PolicyPack, scored: Scored, level: float) -> Answer:
    """Reported, never gated on: Brier skill and its parts, the calibration error beside chance, and ten grades.

    Of several classes the parts, the error and the grades are those of the class answered. Of numbers: the mean error,
    the slope of outcomes on predictions, and the mean error within each group. Hosmer and Lemeshow's test is told with
    the number of cases, as with many it refuses any model. A warning where the error is clearly beyond chance and above
    the customary 0.02, where a grade that stands out lies outside the policy's limits, or where a mean error is clear
    and not small.
    """
    limits = policy.limit("calibration_slope_low"), policy.limit("calibration_slope_high")
    if np.unique(scored.y).size < 2 or scored.n < 3:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE, sentence="All outcomes are the same, or hardly any rows are here."
        )
    if scored.task is Task.REGRESSION:
        return _of_numbers(scored, level, limits, int(policy.limit("group_positives")))
    better = brier_skill(scored.y, scored.scores, level)
    if scored.task is Task.BINARY:
        return _of_chances(better, scored.y, scored.scores, level, limits)
    right = (scored.scores.argmax(axis=1) == scored.y).astype(np.int64)
    return _of_chances(better, right, scored.scores.max(axis=1), level, limits, ANSWERED)


def _of_chances(
    better: Estimate, y: Array, scores: Array, level: float, limits: tuple[float, float], of: str = ""
) -> Answer:
    error, grades = ece_beyond_chance(y, scores, level=level), jeffreys_grades(y, scores, level=level)
    _, p = hosmer_lemeshow(y, scores)
    out = [row for row in grades if row["stands_out"]]
    far = [
        row["grade"] for row in out if not limits[0] * row["foretold"] <= row["happened"] <= limits[1] * row["foretold"]
    ]
    beyond = error.beyond.low > 0 and error.beyond.value >= CUSTOM
    where = f", outside the policy's limits in {_listed(far)}" if far else ""
    parts = (*error, *murphy(y, scores, level=level))
    figures = [one.model_copy(update={"name": f"{one.name} {of}".strip()}) for one in parts]
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {better.says()}; over ten grades, foretold and happened lie "
        f"{plain(100 * error.seen.value)} of 100 apart on average where chance alone makes "
        f"{plain(100 * error.chance.value)} at {len(y):,} cases; {len(out)} of {len(grades)} grades stand out{where}; "
        f"Hosmer and Lemeshow's p is {plain(p)}, which with many cases is small for any model.",
        estimates=(better, *figures),
        warning=beyond or bool(far) or better.low <= 0,
        next_step="Recalibrate on recent open rows." if beyond or far else "",
        table=tuple(grades),
    )


def _of_numbers(scored: Scored, level: float, limits: tuple[float, float], least: int) -> Answer:
    mean = mean_error(scored.y, scored.scores, level)
    figures, told, warning = [mean], "all predictions are the same number", True
    if np.ptp(scored.scores) > 0:
        slope = outcome_slope(scored.y, scored.scores, level)
        figures.append(slope)
        told, warning = f"{slope.says()}, where 1 is perfect", within(slope, *limits) is Verdict.FAIL
    parts = _by_group(scored, least, level)
    small = CUSTOM * float(np.std(scored.y))
    off, all_off = [one for one in parts if _off(one, small)], _off(mean, small)
    where = f"; clearly off in {', '.join(f'{one.group} ({plain(one.value)})' for one in off)}" if off else ""
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {mean.says()}, above 0 it foretells too much; {told}{where}.",
        estimates=(*figures, *parts),
        warning=warning or bool(off) or all_off,
        next_step="Recalibrate on recent open rows." if off or all_off else "",
    )


def _by_group(scored: Scored, least: int, level: float) -> list[Estimate]:
    """The mean error within each group of enough cases, which share the chance of a false word."""
    if scored.group is None:
        return []
    y, scores, all_cases = scored.y, scored.scores, np.ones(scored.n, dtype=bool)
    return in_each(
        scored.group, all_cases, least, lambda at, shared: mean_error(y[at], scores[at], shared), shared=1 - level
    )


def _off(mean: Estimate, small: float) -> bool:
    """Whether a mean error is clearly not 0, and not small either."""
    return not mean.low <= 0 <= mean.high and abs(mean.value) > small


def _listed(grades: list[int]) -> str:
    return f"{'grade' if len(grades) == 1 else 'grades'} {', '.join(str(one) for one in grades)}"
