"""The risk tier that follows from a brief's answers by the policy's rules, and the answers that are open."""

from dataclasses import dataclass

from glassworks.core.contract import Brief, Tier
from glassworks.core.defaulted import NOTHING, at
from glassworks.core.policy import PolicyPack

QUESTIONS = ("exposure", "purpose", "complexity", "autonomy", "consequential_decision", "eu_annex_iii")


@dataclass(frozen=True)
class Derived:
    """The highest tier that some rule gives, with the reasons for it; `open` names the answers nobody gave."""

    tier: Tier
    because: tuple[str, ...]
    open: tuple[str, ...]


def derive(brief: Brief, policy: PolicyPack) -> Derived:
    """Apply the pack's rules; no rule that holds means low. An open answer fits no rule."""
    facts, tiers = brief.facts(), list(Tier)
    holding = [
        rule
        for rule in policy.tier_rules
        if all(_text(at(facts, path)) in values for path, values in rule.when.items())
    ]
    tier = max((rule.tier for rule in holding), key=tiers.index, default=Tier.LOW)
    because = tuple(rule.because for rule in holding if rule.tier is tier)
    left = tuple(f"risk.{name}" for name in QUESTIONS if getattr(brief.risk, name) is None)
    return Derived(tier, because, left)


def _text(value: object) -> str:
    if value is NOTHING or value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
