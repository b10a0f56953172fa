"""Can the groups that fairness compares be formed, and are they large enough to say anything?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.scored import bands as cut


@check(
    "fairness_groups",
    stage=Stage.SCOPE,
    title="Groups of the fairness question",
    question="Can the groups be formed, and will they be large enough to say anything?",
    order=54,
)
def fairness_groups(brief: Brief, policy: PolicyPack, rows_expected: int) -> Answer:
    """Cut points rise; the smallest group asked for is not below the policy's, nor more than half of the sealed rows.

    `rows_expected` : sealed cases that will judge the model. The policy's least number of positives in a group is the
    limit `group_positives`; a smaller `min_group` would judge on chance, and is a warning.
    """
    fairness = brief.fairness
    if fairness.definition == "none":
        return Answer(verdict=Verdict.PASS, sentence="No group is compared at a gate.")
    cuts = fairness.bands
    if list(cuts) != sorted(set(cuts)):
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The cut points of {fairness.attribute} do not rise.",
            next_step="Write `fairness.bands` in rising order, each once.",
        )
    named = list(dict.fromkeys(cut([cuts[0] - 1, *cuts], cuts).tolist())) if cuts else []
    if cuts and fairness.reference and fairness.reference not in named:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The reference group {fairness.reference} is none of the bands: {', '.join(named)}.",
            next_step="Name one of them in `fairness.reference`, or leave it empty to compare with the best group.",
        )
    least = fairness.min_group
    if least is not None and 2 * least > rows_expected:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"A group must have {least:,} cases, but {rows_expected:,} sealed rows are expected: no two fit.",
            next_step="Lower `fairness.min_group`, or seal more rows.",
        )
    asked = int(policy.limits.get("group_positives", 0))
    if least is not None and least < asked:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"Groups from {least} cases on are asked for; below {asked} a gap may be chance.",
            next_step=f"Set `fairness.min_group` to {asked} or more.",
        )
    compared = f"with {fairness.reference}" if fairness.reference else "with the best of them"
    return Answer(verdict=Verdict.PASS, sentence=f"The groups of {fairness.attribute} are compared {compared}.")
