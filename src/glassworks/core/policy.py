"""A policy pack: dated, versioned rules as data. A line's pack may only tighten the office's."""

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field

from glassworks.core.contract import Tier
from glassworks.core.people import Role
from glassworks.core.record import Part, Record, added
from glassworks.core.stage import Stage

SHARED_ROWS = 0.1
"""Two draws of a fifth of the same rows share a fifth of them: a tenth tells them from tables that share none."""


class GateRules(Part):
    """What one gate asks: who signs what by tier, and which checks must have an answer.

    `submit` signatures are submissions (an author may give them); `approve` signatures must come from others
    than the authors of any parent artefact when `independent` is true.
    """

    submit: tuple[Role, ...] = ()
    approve: dict[Tier, tuple[Role, ...]] = Field(default_factory=dict)
    checks: dict[Tier, tuple[str, ...]] = Field(default_factory=dict)
    independent: bool = False

    def signers(self, tier: Tier) -> tuple[Role, ...]:
        """Every role that must sign at this tier, submissions first."""
        return self.submit + self.approve.get(tier, ())


class TierRule(Part):
    """Answers from which a risk tier follows: every field of `when` has one of the values given for it.

    A field is a dotted path of the brief; values are written as text (`high`, `true`).
    """

    tier: Tier
    when: dict[str, tuple[str, ...]]
    because: str


class PolicyPack(Record):
    """The rules in force: data that a line's own pack may only make stricter.

    `stricter` says for a limit which way is stricter; a limit it does not name is not a line's to change.
    `tier_rules` : from which answers which risk tier follows; `asked` : the brief's fields that a person must have
    written or confirmed from a tier on, by dotted path.
    """

    kind: ClassVar[str] = "policy"
    title: str
    version: str
    effective_from: date
    legal_note: str = "not legally reviewed"
    conflicts: tuple[tuple[Role, Role], ...]
    gates: dict[Stage, GateRules]
    inconclusive_closes: tuple[Tier, ...] = (Tier.HIGH,)
    alpha: float = 0.05
    max_looks: int = 3
    permit_hours: float = 24.0
    exception_days: dict[Tier, int] = Field(default_factory=lambda: {Tier.LOW: 90, Tier.MEDIUM: 90, Tier.HIGH: 30})
    limits: dict[str, float] = Field(default_factory=dict)
    stricter: dict[str, Literal["higher", "lower"]] = Field(default_factory=dict)
    tier_rules: tuple[TierRule, ...] = added(())
    asked: dict[Tier, tuple[str, ...]] | None = added(None)
    note: str = ""

    def asked_at(self, tier: Tier) -> tuple[str, ...]:
        """The brief's fields that are asked for at a tier: its own and those of the tiers below it."""
        tiers, asked = list(Tier), self.asked or {}
        return tuple(path for one in tiers[: tiers.index(tier) + 1] for path in asked.get(one, ()))

    def limit(self, name: str) -> float:
        """A numeric threshold by name; a missing name is a fault in the pack."""
        return self.limits[name]

    @property
    def shared_rows(self) -> float:
        """Of the rows of a sealed hold-out, the share that may stand elsewhere; above it looks there count here too."""
        return self.limits.get("shared_rows", SHARED_ROWS)

    def look_level(self, number: int) -> float:
        """Two-sided confidence level for look `number`: alpha times 2 to the minus number is spent on it."""
        return 1.0 - self.alpha * 2.0 ** (-number)


def loosened(office: PolicyPack, line: PolicyPack) -> list[str]:
    """Every way in which a line's pack is looser than the office's; an empty list means it only tightens."""
    found: list[str] = []
    missing = [pair for pair in office.conflicts if pair not in line.conflicts and pair[::-1] not in line.conflicts]
    found += [f"the roles {a.words} and {b.words} no longer conflict" for a, b in missing]
    for stage, rules in office.gates.items():
        own = line.gates.get(stage, GateRules())
        found += [f"gate {stage}: signer {role.words} is gone" for role in rules.submit if role not in own.submit]
        for tier in Tier:
            gone: list[Any] = [r for r in rules.approve.get(tier, ()) if r not in own.approve.get(tier, ())]
            found += [f"gate {stage}, tier {tier}: approver {role.words} is gone" for role in gone]
            lost = [c for c in rules.checks.get(tier, ()) if c not in own.checks.get(tier, ())]
            found += [f"gate {stage}, tier {tier}: check {check} is gone" for check in lost]
        if rules.independent and not own.independent:
            found.append(f"gate {stage} no longer asks for independence")
    found += [
        f"inconclusive no longer closes at tier {t}"
        for t in office.inconclusive_closes
        if t not in line.inconclusive_closes
    ]
    for name in ("alpha", "max_looks", "permit_hours"):
        if getattr(line, name) > getattr(office, name):
            found.append(f"{name} rose from {getattr(office, name)} to {getattr(line, name)}")
    for tier in Tier:
        if line.exception_days.get(tier, 0) > office.exception_days.get(tier, 0):
            found.append(f"exceptions may last longer at tier {tier}")
    return found + _looser_limits(office, line) + _looser_scoping(office, line)


def _looser_limits(office: PolicyPack, line: PolicyPack) -> list[str]:
    """Every limit of the office that the line dropped, or moved another way than the stricter one."""
    found = []
    for name, limit in office.limits.items():
        own, way = line.limits.get(name), office.stricter.get(name)
        if own is None:
            found.append(f"the limit {name} is gone")
        elif own != limit and way is None:
            found.append(f"the limit {name} changed, and the office does not say which way is stricter")
        elif own != limit and (own > limit) != (way == "higher"):
            found.append(f"the limit {name} changed from {limit:g} to {own:g}, which is looser")
    return found


def _looser_scoping(office: PolicyPack, line: PolicyPack) -> list[str]:
    """Every rule of the risk tier that the line dropped, and every field that it no longer asks for at a tier."""
    tiers = list(Tier)
    kept = [(rule.when, tiers.index(rule.tier)) for rule in line.tier_rules]
    found = [
        f"the rule for tier {rule.tier} is gone: {rule.because}"
        for rule in office.tier_rules
        if not any(when == rule.when and place >= tiers.index(rule.tier) for when, place in kept)
    ]
    for tier in tiers:
        gone = [path for path in office.asked_at(tier) if path not in line.asked_at(tier)]
        found += [f"tier {tier} no longer asks for {path} in the brief" for path in gone]
    return found
