"""The office's policy pack as data, and the pack in force for a line of business on a day."""

from datetime import date
from typing import TypeVar

from glassworks.core.contract import Tier
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Role
from glassworks.core.policy import SHARED_ROWS, GateRules, PolicyPack, loosened
from glassworks.core.ports import Ledger
from glassworks.core.stage import Stage

SCOPE_CHECKS = (
    "kpi_complete",
    "value_matrix_reasonable",
    "target_reachable",
    "inputs_allowed",
    "uplift_warning",
    "kill_criterion",
    "plan_owned",
    "people_named",
)
EXPLORE_CHECKS = ("known_after_decision", "sentinels", "unusable_columns")
DEVELOP_CHECKS = ("beats_baseline",)
VALIDATE_CHECKS = ("inputs_declared", "performance", "calibration", "kpi", "fairness", "effects", "claims_hold")
OPERATE_CHECKS = ("drift", "realised", "promised_realised")

OWNER_AND_VALIDATOR = (Role.VALIDATOR, Role.BUSINESS_OWNER)


T = TypeVar("T")


def _at_every_tier(value: tuple[T, ...]) -> dict[Tier, tuple[T, ...]]:
    return dict.fromkeys(Tier, value)


OFFICE_PACK = PolicyPack(
    id="policy-office-2026.11.0",
    title="The governance office's pack",
    version="2026.11.0",
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
    stricter={
        "leak_strength": "lower",
        "probability_better": "higher",
        "calibration_slope_low": "higher",
        "calibration_slope_high": "lower",
        "psi_effect": "lower",
        "group_positives": "higher",
        "overfit_gap": "lower",
        "shared_rows": "lower",
    },
    note="An example pack, not legally reviewed.",
)


def in_force(ledger: Ledger, line: str, today: date) -> PolicyPack:
    """The pack for a line today: its own newest one, unless the office's newest one asks for more by now."""
    packs = ledger.find(PolicyPack)
    effective = sorted((p for p in packs if p.effective_from <= today), key=lambda p: (p.effective_from, p.version))
    office = [OFFICE_PACK, *(p for p in effective if not p.line)][-1]
    own = [p for p in effective if p.line == line and line]
    return own[-1] if own and not loosened(office, own[-1]) else office


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
