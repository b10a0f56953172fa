"""Is the risk tier the one that follows from the answers, or is it lowered with a reason that is signed?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Tier
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.stages.scope.tiering import derive


@check(
    "risk_tier",
    stage=Stage.SCOPE,
    title="Risk tier",
    question="Is the risk tier the one that follows from the answers, or lowered with a reason that is signed?",
    order=5,
)
def risk_tier(brief: Brief, policy: PolicyPack) -> Answer:
    """A tier above the derived one is free; one below it needs `risk.lowered_because`, and is a warning.

    The rules are data of the policy (`tier_rules`). A low tier with open answers is a warning: nobody has said yet
    that the use is of low risk.
    """
    derived, tiers = derive(brief, policy), list(Tier)
    reasons = f", for {derived.because[0]}" if derived.because else ""
    if tiers.index(brief.tier) < tiers.index(derived.tier):
        below = f"The answers give tier {derived.tier}{reasons}; the brief says {brief.tier}"
        if not brief.risk.lowered_because.strip():
            return Answer(
                verdict=Verdict.FAIL,
                sentence=f"{below}, without a reason.",
                examples=derived.because,
                next_step=f"Set `tier` to {derived.tier}, or say in `risk.lowered_because` why less is enough.",
            )
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"{below}, because: {brief.risk.lowered_because.strip()}",
            examples=derived.because,
            next_step="Whoever signs the contract signs this reason too.",
        )
    if brief.tier is not derived.tier:
        return Answer(
            verdict=Verdict.PASS, sentence=f"The brief chooses tier {brief.tier}; the answers ask for {derived.tier}."
        )
    if derived.open and brief.tier is Tier.LOW:
        count = len(derived.open)
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"The tier is low, but {count} of the 6 questions on risk {'is' if count == 1 else 'are'} open.",
            examples=derived.open,
            next_step="Answer them in `risk`: the tier follows from the answers.",
        )
    return Answer(verdict=Verdict.PASS, sentence=f"The answers give tier {derived.tier}{reasons}.")
