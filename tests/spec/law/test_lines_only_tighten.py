"""The law of packs: a line of business may tighten the office's rules and never loosen them."""

from typing import Any

import pytest

from glassworks.core.contract import Tier
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Role
from glassworks.core.policy import GateRules, PolicyPack, loosened
from glassworks.core.stage import Stage
from glassworks.line.packs import pack_of

ALONE = {"extends": "office", "id": "own", "title": "Own", "version": "1", "effective_from": "2026-11-01"}
"""What a line asks beyond the office's pack, without any rule yet."""


def gate(pack: PolicyPack, stage: Stage, **changes: Any) -> dict[Stage, GateRules]:
    return {**pack.gates, stage: pack.gates[stage].model_copy(update=changes)}


def test_the_same_pack_loosens_nothing(papers: Any) -> None:
    assert loosened(papers.PACK, papers.PACK) == []


@pytest.mark.parametrize(
    "change",
    [
        {"alpha": 0.01, "max_looks": 1, "permit_hours": 1.0},
        {"conflicts": ((Role.VALIDATOR, Role.DATA_SCIENTIST), (Role.VALIDATOR, Role.BUSINESS_OWNER))},
        {"inconclusive_closes": tuple(Tier)},
        {"exception_days": {Tier.LOW: 1, Tier.MEDIUM: 1, Tier.HIGH: 1}},
        {"limits": {"calibration_low": 0.9, "psi": 0.05, "undirected": 5.0, "own": 1.0}},
    ],
)
def test_a_stricter_pack_is_allowed(papers: Any, change: dict[str, Any]) -> None:
    assert loosened(papers.PACK, papers.PACK.model_copy(update=change)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"alpha": 1e-18}, {"alpha": 0}, {"alpha": -1}, {"alpha": 0.21}, {"max_looks": 0}, {"max_looks": -3},
        {"max_looks": 21}, {"permit_hours": 0}, {"permit_hours": -1}, {"permit_hours": 8761},
        {"exception_days": {"low": -1}}, {"exception_days": {"high": 367}},
    ],
)  # fmt: skip
def test_a_number_by_which_no_gate_could_fail_or_no_permit_hold_is_no_pack(papers: Any, change: dict[str, Any]) -> None:
    (field,) = change
    for told in ({**papers.PACK.facts(), **change}, {**ALONE, **change}):
        with pytest.raises(FixTheInput, match=f"The pack's field {field}") as refused:
            pack_of(told, papers.PACK)
        assert "should be" in refused.value.why


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"alpha": 0.1}, "alpha rose"),
        ({"max_looks": 4}, "max_looks rose"),
        ({"permit_hours": 48.0}, "permit_hours rose"),
        ({"conflicts": ()}, "no longer conflict"),
        ({"inconclusive_closes": ()}, "inconclusive no longer closes at tier high"),
        ({"exception_days": {Tier.LOW: 91}}, "exceptions may last longer at tier low"),
        (
            {"limits": {"calibration_low": 0.7, "psi": 0.1, "undirected": 5.0}},
            "calibration_low changed from 0.8 to 0.7",
        ),
        ({"limits": {"calibration_low": 0.8, "psi": 0.2, "undirected": 5.0}}, "psi changed from 0.1 to 0.2"),
        ({"limits": {"calibration_low": 0.8, "psi": 0.1, "undirected": 4.0}}, "does not say which way is stricter"),
        ({"limits": {"psi": 0.1, "undirected": 5.0}}, "the limit calibration_low is gone"),
        ({"gates": {}}, "no longer asks for independence"),
    ],
)
def test_every_loosening_is_named(papers: Any, change: dict[str, Any], says: str) -> None:
    assert any(says in fault for fault in loosened(papers.PACK, papers.PACK.model_copy(update=change)))


@pytest.mark.parametrize("tier", list(Tier))
def test_a_signer_or_a_check_that_is_dropped_at_one_tier_is_named(papers: Any, tier: Tier) -> None:
    rules = papers.PACK.gates[Stage.VALIDATE]
    for field, lost in (("approve", (Role.BUSINESS_OWNER,)), ("checks", ("kpi",))):
        loose = gate(papers.PACK, Stage.VALIDATE, **{field: {**getattr(rules, field), tier: lost}})
        faults = loosened(papers.PACK, papers.PACK.model_copy(update={"gates": loose}))
        assert faults and all(f"tier {tier}" in fault for fault in faults)


def test_a_submission_that_is_dropped_is_named(papers: Any) -> None:
    loose = gate(papers.PACK, Stage.DEVELOP, submit=())
    assert loosened(papers.PACK, papers.PACK.model_copy(update={"gates": loose})) == [
        "gate develop: signer data scientist is gone"
    ]


def test_each_look_spends_half_of_what_the_look_before_it_spent(papers: Any) -> None:
    levels = [papers.PACK.look_level(number) for number in (1, 2, 3)]
    assert levels == [1 - 0.025, 1 - 0.0125, 1 - 0.00625]
    assert sum(1 - papers.PACK.look_level(number) for number in range(1, 50)) <= papers.PACK.alpha
