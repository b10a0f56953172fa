"""What a pack asks beyond the office's, written down alone: laid upon any pack of the office, it only tightens."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, TypeVar

from pydantic import Field

from glassworks.core.contract import Tier
from glassworks.core.people import Role
from glassworks.core.policy import Alpha, Days, DocumentField, GateRules, Hours, Looks, PolicyPack, Source, TierRule
from glassworks.core.record import Part
from glassworks.core.stage import Stage

T = TypeVar("T")


class Tightening(Part):
    """More signers, more checks, more fields, harder limits; what it does not name is as the office says.

    Where it and the office both name a number, the stricter one holds. A limit of which the office does not say which
    way is stricter stays as the office set it. `asked` : dotted paths of the brief, asked from a tier on.
    """

    extends: Literal["office"]
    id: str
    title: str
    version: str
    effective_from: date
    line: str = ""
    legal_note: str = "not legally reviewed"
    note: str = ""
    conflicts: tuple[tuple[Role, Role], ...] = ()
    approve: dict[Stage, dict[Tier, tuple[Role, ...]]] = Field(default_factory=dict)
    checks: dict[Stage, dict[Tier, tuple[str, ...]]] = Field(default_factory=dict)
    inconclusive_closes: tuple[Tier, ...] = ()
    alpha: Alpha | None = None
    max_looks: Looks | None = None
    permit_hours: Hours | None = None
    exception_days: dict[Tier, Days] = Field(default_factory=dict)
    limits: dict[str, float] = Field(default_factory=dict)
    tier_rules: tuple[TierRule, ...] = Field(default=(), max_length=300)
    asked: dict[Tier, tuple[str, ...]] = Field(default_factory=dict)
    sources: tuple[Source, ...] = Field(default=(), max_length=300)
    documents: tuple[DocumentField, ...] = Field(default=(), max_length=300)

    def upon(self, office: PolicyPack) -> PolicyPack:
        """The whole pack: the office's rules with these on top, never looser than the office's anywhere."""
        days = {tier: min(self.exception_days.get(tier, most), most) for tier, most in office.exception_days.items()}
        return office.model_copy(
            update={
                "id": self.id,
                "line": self.line,
                "title": self.title,
                "version": self.version,
                "effective_from": self.effective_from,
                "legal_note": self.legal_note,
                "note": self.note,
                "conflicts": joined(office.conflicts, self.conflicts),
                "gates": {stage: self._gate(stage, office.gates.get(stage, GateRules())) for stage in Stage},
                "inconclusive_closes": joined(office.inconclusive_closes, self.inconclusive_closes),
                "alpha": _least(office.alpha, self.alpha),
                "max_looks": int(_least(office.max_looks, self.max_looks)),
                "permit_hours": _least(office.permit_hours, self.permit_hours),
                "exception_days": days,
                "limits": self._limits(office),
                "tier_rules": joined(office.tier_rules, self.tier_rules),
                "asked": _by_tier(office.asked or {}, self.asked) or None,
                "sources": joined(office.sources, self.sources),
                "documents": joined(office.documents, self.documents),
            }
        )

    def _gate(self, stage: Stage, rules: GateRules) -> GateRules:
        more = {
            "approve": _by_tier(rules.approve, self.approve.get(stage, {})),
            "checks": _by_tier(rules.checks, self.checks.get(stage, {})),
        }
        return rules.model_copy(update=more)

    def _limits(self, office: PolicyPack) -> dict[str, float]:
        stricter = {"higher": max, "lower": min}
        found = {**self.limits, **office.limits}
        for name, own in self.limits.items():
            way = office.stricter.get(name)
            if name in office.limits and way:
                found[name] = stricter[way](own, office.limits[name])
        return found


def joined(first: Iterable[T], then: Iterable[T]) -> tuple[T, ...]:
    """Both in order, each once."""
    found: list[T] = []
    for one in (*first, *then):
        if one not in found:
            found.append(one)
    return tuple(found)


def _by_tier(first: Mapping[Tier, tuple[T, ...]], then: Mapping[Tier, tuple[T, ...]]) -> dict[Tier, tuple[T, ...]]:
    tiers = [tier for tier in Tier if tier in first or tier in then]
    return {tier: joined(first.get(tier, ()), then.get(tier, ())) for tier in tiers}


def _least(office: float, own: float | None) -> float:
    return office if own is None else min(office, own)
