"""The office's policy pack as data, and the pack in force for a line of business on a day."""

import re
from datetime import date
from typing import TypeVar

from glassworks.core.contract import Tier
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Role
from glassworks.core.policy import SHARED_ROWS, GateRules, PolicyPack, TierRule, loosened
from glassworks.core.ports import Ledger
from glassworks.core.stage import Stage

SCOPE_CHECKS = (
    "kpi_complete",
    "kpi_tree",
    "value_matrix_reasonable",
    "target_reachable",
    "inputs_allowed",
    "protected_traits",
    "fairness_groups",
    "uplift_warning",
    "guardrails_owned",
    "kill_criterion",
    "oversight_band",
    "plan_owned",
    "dates_ahead",
    "people_named",
    "validator_independent",
    "open_questions",
    "risk_tier",
    "asked_by_tier",
)
TIER_RULES = (
    TierRule(
        tier=Tier.HIGH,
        when={"risk.eu_annex_iii": ("true",)},
        because="the use is on the list of high-risk uses of the EU AI Act, Annex III",
    ),
    TierRule(
        tier=Tier.HIGH,
        when={"risk.consequential_decision": ("true",), "acts_on_people": ("true",)},
        because="it decides on somebody's credit, work, home, health or rights",
    ),
    TierRule(tier=Tier.HIGH, when={"risk.exposure": ("high",)}, because="much money or many people are exposed to it"),
    TierRule(
        tier=Tier.HIGH,
        when={"risk.autonomy": ("high",), "decision.reversibility": ("irreversible",)},
        because="it acts by itself, and what it does cannot be undone",
    ),
    TierRule(
        tier=Tier.MEDIUM, when={"risk.exposure": ("medium",)}, because="it touches a fair amount of money or people"
    ),
    TierRule(
        tier=Tier.MEDIUM,
        when={"risk.purpose": ("medium", "high")},
        because="what it is used for matters to the business or its customers",
    ),
    TierRule(tier=Tier.MEDIUM, when={"risk.complexity": ("high",)}, because="few people can follow how it works"),
    TierRule(tier=Tier.MEDIUM, when={"risk.autonomy": ("high",)}, because="it acts without a person in between"),
    TierRule(
        tier=Tier.MEDIUM,
        when={"risk.autonomy": ("medium",), "acts_on_people": ("true",)},
        because="it acts on people mostly by itself",
    ),
)
ASKED = {
    Tier.LOW: ("problem", "decision.action", "value", "kpi.counted_as"),
    Tier.MEDIUM: (
        "risk.exposure",
        "risk.purpose",
        "risk.complexity",
        "risk.autonomy",
        "risk.consequential_decision",
        "risk.eu_annex_iii",
        "risk.harms",
        "hill",
        "sponsor_users",
        "affected_groups",
        "kpi.target",
        "kpi.owner",
        "kpi.attribution",
        "kpi.tree",
        "population.included",
        "population.label_definition",
        "data_sources",
        "fairness.why",
        "oversight.mode",
        "oversight.reviewers",
        "oversight.override_rules",
        "oversight.stop_control",
        "monitoring_plan",
        "rollback_target",
        "kill_criteria",
        "plan",
    ),
    Tier.HIGH: (
        "kpi.baseline_value",
        "kpi.least_worthwhile",
        "kpi.data_feed",
        "metric_targets",
        "population.selection_bias",
        "constraints.legal_regimes",
        "constraints.reason_codes",
        "constraints.proxies_to_test",
        "risk.pre_mortem",
        "oversight.training",
        "oversight.override_band",
        "oversight.appeal_route",
        "beliefs",
        "playbacks",
        "retirement_rule",
    ),
}
"""What a brief must say from a risk tier on; what the factory filled in counts only once somebody confirmed it."""
EXPLORE_CHECKS = ("known_after_decision", "sentinels", "unusable_columns")
DEVELOP_CHECKS = ("beats_baseline",)
VALIDATE_CHECKS = (
    "inputs_declared",
    "performance",
    "calibration",
    "kpi",
    "metric_targets",
    "fairness",
    "effects",
    "claims_hold",
)
OPERATE_CHECKS = ("drift", "realised", "promised_realised")

OWNER_AND_VALIDATOR = (Role.VALIDATOR, Role.BUSINESS_OWNER)


T = TypeVar("T")


def _at_every_tier(value: tuple[T, ...]) -> dict[Tier, tuple[T, ...]]:
    return dict.fromkeys(Tier, value)


OFFICE_PACK = PolicyPack(
    id="policy-office-2026.12.1",
    title="The governance office's pack",
    version="2026.12.1",
    effective_from=date(2026, 11, 1),
    conflicts=(
        (Role.DATA_SCIENTIST, Role.VALIDATOR),
        (Role.BUSINESS_OWNER, Role.VALIDATOR),
        (Role.DATA_SCIENTIST, Role.BUSINESS_OWNER),
        (Role.DATA_SCIENTIST, Role.APPROVER),
        (Role.VALIDATOR, Role.APPROVER),
    ),
    gates={
        Stage.SCOPE: GateRules(
            submit=(Role.DATA_SCIENTIST,),
            approve=_at_every_tier((Role.BUSINESS_OWNER, Role.DOMAIN_EXPERT)),
            checks=_at_every_tier(SCOPE_CHECKS),
        ),
        Stage.EXPLORE: GateRules(
            submit=(Role.DATA_SCIENTIST,),
            approve=_at_every_tier((Role.DOMAIN_EXPERT,)),
            checks=_at_every_tier(EXPLORE_CHECKS),
        ),
        Stage.DEVELOP: GateRules(submit=(Role.DATA_SCIENTIST,), checks=_at_every_tier(DEVELOP_CHECKS)),
        Stage.VALIDATE: GateRules(
            approve={
                Tier.LOW: OWNER_AND_VALIDATOR,
                Tier.MEDIUM: OWNER_AND_VALIDATOR,
                Tier.HIGH: (*OWNER_AND_VALIDATOR, Role.APPROVER),
            },
            checks=_at_every_tier(VALIDATE_CHECKS),
            independent=True,
            every_doubt=True,
        ),
        Stage.OPERATE: GateRules(
            approve=_at_every_tier((Role.OPERATOR, Role.BUSINESS_OWNER)), checks=_at_every_tier(OPERATE_CHECKS)
        ),
    },
    limits={
        "leak_strength": 0.8,
        "probability_better": 0.95,
        "calibration_slope_low": 0.8,
        "calibration_slope_high": 1.25,
        "psi_effect": 0.1,
        "group_positives": 30.0,
        "overfit_gap": 0.1,
        "shared_rows": SHARED_ROWS,
    },
    stricter={  # `group_positives` is nobody's to change: more would take small groups out of the gate
        "leak_strength": "lower",
        "probability_better": "higher",
        "calibration_slope_low": "higher",
        "calibration_slope_high": "lower",
        "psi_effect": "lower",
        "overfit_gap": "lower",
        "shared_rows": "lower",
    },
    tier_rules=TIER_RULES,
    asked=ASKED,
    note="An example pack, not legally reviewed.",
)


def in_force(ledger: Ledger, line: str, today: date) -> PolicyPack:
    """The pack for a line today: its own newest one, unless the office's newest one asks for more by now."""
    packs = ledger.find(PolicyPack)
    effective = sorted((p for p in packs if p.effective_from <= today), key=age)
    office = [OFFICE_PACK, *(p for p in effective if not p.line)][-1]
    own = [p for p in effective if p.line == line and line]
    return own[-1] if own and not loosened(office, own[-1]) else office


def age(pack: PolicyPack) -> tuple[date, list[tuple[bool, int, str]]]:
    """What packs are sorted by, the oldest first: their date, then the numbers in their version (9 before 10).

    Examples
    --------
    >>> made = [OFFICE_PACK.model_copy(update={"version": one}) for one in ("2026.11.10", "2026.11.9")]
    >>> [pack.version for pack in sorted(made, key=age)]
    ['2026.11.9', '2026.11.10']
    """
    steps = [(number.lstrip("0"), word) for number, word in re.findall("([0-9]+)|([^0-9]+)", pack.version)]
    return pack.effective_from, [(bool(word), len(number), number or word) for number, word in steps]


def check_tightens(office: PolicyPack, own: PolicyPack) -> None:
    """Refuse a line's pack that is looser than the office's anywhere."""
    faults = loosened(office, own)
    if faults:
        raise FixTheInput(
            "This pack is looser than the office's.",
            "; ".join(faults) + ".",
            "A line's pack may only tighten: restore these rules, or ask the office for an exception.",
            rule="only-tighten",
        )
