"""A policy pack: dated, versioned rules as data. A line's pack may only tighten the office's."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from glassworks.core.contract import Tier
from glassworks.core.people import Role
from glassworks.core.record import Part, Record, added
from glassworks.core.stage import Stage

SHARED_ROWS = 0.1
"""Two draws of a fifth of the same rows share a fifth of them: a tenth tells them from tables that share none."""


Alpha = Annotated[float, Field(ge=0.01, le=0.2)]
Looks = Annotated[int, Field(ge=1, le=20)]
Hours = Annotated[float, Field(gt=0, le=8760)]
Days = Annotated[int, Field(ge=0, le=366)]
"""Within which bounds a pack may set its numbers: beyond them no test could fail, or no permit would ever hold."""


class GateRules(Part):
    """What one gate asks: who signs what by tier, and which checks must have an answer.

    `submit` signatures are submissions (an author may give them); `approve` signatures must come from others
    than the authors of any parent artefact when `independent` is true. `every_doubt` : an inconclusive answer counts
    whatever was asked, not only that of a check in `checks`.
    """

    submit: tuple[Role, ...] = ()
    approve: dict[Tier, tuple[Role, ...]] = Field(default_factory=dict)
    checks: dict[Tier, tuple[str, ...]] = Field(default_factory=dict)
    independent: bool = False
    every_doubt: bool | None = added(None)

    def minds(self, tier: Tier, check: str) -> bool:
        """Whether an inconclusive answer of a check keeps the gate closed until it is accepted or excused."""
        return bool(self.every_doubt) or check in self.checks.get(tier, ())

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


Place = Annotated[
    str,
    Field(
        pattern=r"^(brief:[a-z_.]+|check:[a-z]+/[a-z0-9_]+|signed:(scope|explore|develop|validate|operate)"
        r"|record:(use_case|dataset|data_contract|look|candidate|release|permit|round))$"
    ),
]
"""Where a fact is kept: in the brief, in a check's answer, in a gate's sign-offs, or in a record of the use case."""


class Source(Part):
    """A law, rule or guidance that a pack follows: data with dates, because it changes.

    `supersedes` names the sources that it takes the place of; they need not stand in the pack. `legally_reviewed` says
    whether a lawyer has read what the pack makes of it.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,60}$")
    title: str
    jurisdiction: str
    binding: Literal["statute", "regulation", "guidance", "standard"]
    effective_from: date
    effective_to: date | None = None
    supersedes: tuple[str, ...] = ()
    note: str = ""
    legally_reviewed: bool = False

    def lapsed(self, day: date) -> bool:
        """Whether it holds no longer on a day; `effective_to` is the last day on which it holds."""
        return self.effective_to is not None and self.effective_to < day


class DocumentField(Part):
    """A point that a source asks to have in writing, and where this factory keeps it.

    `held_in` : `brief:<dotted path>`, `check:<stage>/<id>`, `signed:<stage>` (an open gate) or `record:<kind>`; empty
    where nothing here keeps it. `lacks` : what the point asks beyond that, which people write elsewhere.
    """

    id: str
    title: str
    source: str
    held_in: tuple[Place, ...] = ()
    lacks: str = ""


class Fault(Part):
    """Something wrong with a pack: which rule found it, in which field, why, and what to do next."""

    rule: Literal["looser", "unknown check", "unknown field", "lapsed source", "no verdict"]
    field: str
    reason: str
    next_step: str


class PolicyPack(Record):
    """The rules in force: data that a line's own pack may only make stricter.

    `stricter` says for a limit which way is stricter; a limit it does not name is not a line's to change.
    `tier_rules` : from which answers which risk tier follows; `asked` : the brief's fields that a person must have
    written or confirmed from a tier on, by dotted path. `sources` : the laws that it follows, with their dates;
    `documents` : what they ask to have in writing.
    """

    kind: ClassVar[str] = "policy"
    title: str
    version: str
    effective_from: date
    legal_note: str = "not legally reviewed"
    conflicts: tuple[tuple[Role, Role], ...]
    gates: dict[Stage, GateRules]
    inconclusive_closes: tuple[Tier, ...] = (Tier.HIGH,)
    alpha: Alpha = 0.05
    max_looks: Looks = 3
    permit_hours: Hours = 24.0
    exception_days: dict[Tier, Days] = Field(default_factory=lambda: {Tier.LOW: 90, Tier.MEDIUM: 90, Tier.HIGH: 30})
    limits: dict[str, float] = Field(default_factory=dict)
    stricter: dict[str, Literal["higher", "lower"]] = Field(default_factory=dict)
    tier_rules: tuple[TierRule, ...] = added((), max_length=300)
    asked: dict[Tier, tuple[str, ...]] | None = added(None)
    note: str = ""
    sources: tuple[Source, ...] = added((), max_length=300)
    documents: tuple[DocumentField, ...] = added((), max_length=300)

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
    return [says for _, says in looser(office, line)]


def looser(office: PolicyPack, line: PolicyPack) -> list[tuple[str, str]]:
    """The same, each with the dotted path of the field that is looser."""
    found: list[tuple[str, str]] = []
    missing = [pair for pair in office.conflicts if pair not in line.conflicts and pair[::-1] not in line.conflicts]
    found += [("conflicts", f"the roles {a.words} and {b.words} no longer conflict") for a, b in missing]
    for stage, rules in office.gates.items():
        found += _looser_gate(stage, rules, line.gates.get(stage, GateRules()))
    found += [
        ("inconclusive_closes", f"inconclusive no longer closes at tier {t}")
        for t in office.inconclusive_closes
        if t not in line.inconclusive_closes
    ]
    for name in ("alpha", "max_looks", "permit_hours"):
        if getattr(line, name) > getattr(office, name):
            found.append((name, f"{name} rose from {getattr(office, name)} to {getattr(line, name)}"))
    for tier in Tier:
        if line.exception_days.get(tier, 0) > office.exception_days.get(tier, 0):
            found.append((f"exception_days.{tier}", f"exceptions may last longer at tier {tier}"))
    return found + _looser_limits(office, line) + _looser_scoping(office, line)


def _looser_gate(stage: Stage, rules: GateRules, own: GateRules) -> list[tuple[str, str]]:
    """Every signer and check that one gate of the line no longer asks for."""
    at = f"gates.{stage}"
    found = [
        (f"{at}.submit", f"gate {stage}: signer {role.words} is gone")
        for role in rules.submit
        if role not in own.submit
    ]
    for tier in Tier:
        gone = [r for r in rules.approve.get(tier, ()) if r not in own.approve.get(tier, ())]
        found += [
            (f"{at}.approve.{tier}", f"gate {stage}, tier {tier}: approver {role.words} is gone") for role in gone
        ]
        lost = [c for c in rules.checks.get(tier, ()) if c not in own.checks.get(tier, ())]
        found += [(f"{at}.checks.{tier}", f"gate {stage}, tier {tier}: check {check} is gone") for check in lost]
    if rules.independent and not own.independent:
        found.append((f"{at}.independent", f"gate {stage} no longer asks for independence"))
    if rules.every_doubt and not own.every_doubt:
        found.append((f"{at}.every_doubt", f"gate {stage} no longer minds every inconclusive answer"))
    return found


def _looser_limits(office: PolicyPack, line: PolicyPack) -> list[tuple[str, str]]:
    """Every limit of the office that the line dropped, or moved another way than the stricter one."""
    found = []
    for name, limit in office.limits.items():
        own, way, at = line.limits.get(name), office.stricter.get(name), f"limits.{name}"
        if own is None:
            found.append((at, f"the limit {name} is gone"))
        elif own != limit and way is None:
            found.append((at, f"the limit {name} changed, and the office does not say which way is stricter"))
        elif own != limit and (own > limit) != (way == "higher"):
            found.append((at, f"the limit {name} changed from {limit:g} to {own:g}, which is looser"))
    return found


def _looser_scoping(office: PolicyPack, line: PolicyPack) -> list[tuple[str, str]]:
    """Every rule of the risk tier that the line dropped, and every field that it no longer asks for at a tier."""
    tiers = list(Tier)
    kept = [(rule.when, tiers.index(rule.tier)) for rule in line.tier_rules]
    found = [
        ("tier_rules", f"the rule for tier {rule.tier} is gone: {rule.because}")
        for rule in office.tier_rules
        if not any(when == rule.when and place >= tiers.index(rule.tier) for when, place in kept)
    ]
    for tier in tiers:
        gone = [path for path in office.asked_at(tier) if path not in line.asked_at(tier)]
        found += [(f"asked.{tier}", f"tier {tier} no longer asks for {path} in the brief") for path in gone]
    return found
