"""Will the sealed rows be enough to tell a good model from luck?"""

from collections.abc import Mapping

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import plain
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.stages.scope.feasibility import averaged, detectable_gain

FEWEST = 200


@check(
    "hold_out_power",
    stage=Stage.SCOPE,
    title="Power of the sealed rows",
    question="Will the sealed rows be enough to tell a model that meets the target from luck?",
    order=40,
)
def hold_out_power(
    brief: Brief, policy: PolicyPack, rows_expected: int, positive_rate: float | None, means: Mapping[str, float]
) -> Answer:
    """The target must be a gain that the sealed rows would find four times in five (one-sided, 5 %).

    For regression there is no variance to plan with: `hold_out_rows` of the policy (default 200) rows are asked for.
    """
    if brief.task is Task.REGRESSION:
        fewest = int(policy.limits.get("hold_out_rows", FEWEST))
        enough = rows_expected >= fewest
        return Answer(
            verdict=Verdict.PASS if enough else Verdict.INCONCLUSIVE,
            sentence=f"{rows_expected:,} sealed rows are expected; at least {fewest:,} are asked for.",
            next_step="" if enough else "Seal more rows.",
        )
    brief = averaged(brief, means)
    rate = brief.decision.expected_positive_share if positive_rate is None else positive_rate
    least = detectable_gain(brief, rate, rows_expected)
    unit, target = brief.kpi.unit, brief.kpi.target
    sentence = (
        f"{rows_expected:,} sealed rows find a true gain of {plain(least)} {unit} a {brief.kpi.period} four times in "
        f"five; the target is {plain(target)}"
    )
    if least <= target:
        return Answer(verdict=Verdict.PASS, sentence=f"{sentence}.")
    if target <= 0:
        return Answer(verdict=Verdict.INCONCLUSIVE, sentence=f"{sentence}.", next_step="Name a target above zero.")
    needed = int(rows_expected * (least / target) ** 2) + 1
    return Answer(
        verdict=Verdict.INCONCLUSIVE,
        sentence=f"{sentence}, so a model that just meets it may be taken for luck.",
        next_step=f"Seal about {needed:,} rows, or ask for more.",
    )
