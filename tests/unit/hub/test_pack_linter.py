"""The pack linter: each rule with a pack that breaks it, and one that does not."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassworks.core import registry
from glassworks.core.contract import Tier
from glassworks.core.errors import NotFound
from glassworks.core.people import Role
from glassworks.core.policy import DocumentField, Fault, PolicyPack, Source, TierRule, loosened
from glassworks.core.stage import Stage
from glassworks.core.tightening import Tightening
from glassworks.hub import pack_linter, shipped_packs
from glassworks.hub.policies import ASKED, OFFICE_PACK

TODAY = date(2026, 12, 1)
KNOWN = {stage: {one.id for one in registry.checks(stage)} for stage in Stage}
OFFICE_DIGEST = "sha256:57c7138ac774c62949dd9f51a1b890c44ee147efea7116863c45e66b6a5fa5a2"
LAW = Source(
    id="x.law", title="A law", jurisdiction="X", binding="statute", effective_from=date(2020, 1, 1)
)  # fmt: skip


def pack(**changes: Any) -> PolicyPack:
    return OFFICE_PACK.model_copy(update={"id": "own", "line": "retail", **changes})


def found(one: PolicyPack, today: date = TODAY) -> list[Fault]:
    return pack_linter.faults(one, OFFICE_PACK, KNOWN, today)


def asking(stage: Stage, *names: str) -> PolicyPack:
    return Tightening(**BASE, checks={stage: {Tier.HIGH: names}}).upon(OFFICE_PACK)


BASE: dict[str, Any] = {
    "extends": "office", "id": "own", "title": "Own", "version": "1", "effective_from": TODAY, "line": "retail",
}  # fmt: skip


def test_the_office_pack_keeps_the_digest_under_which_it_was_adopted() -> None:
    assert OFFICE_PACK.digest == OFFICE_DIGEST
    assert not {"sources", "documents"} & set(OFFICE_PACK.facts())


def test_the_office_pack_and_one_that_only_tightens_have_no_fault() -> None:
    assert found(pack()) == []
    assert found(pack(max_looks=1, alpha=0.01)) == []


def test_a_looser_pack_is_named_with_its_field_and_the_way_out() -> None:
    (fault,) = found(pack(max_looks=5))
    assert (fault.rule, fault.field) == ("looser", "max_looks")
    assert "from 3 to 5" in fault.reason and "exception" in fault.next_step


def test_a_pack_without_a_line_is_told_that_it_would_be_the_offices_own() -> None:
    (fault,) = found(pack(max_looks=5, line=""))
    assert "names no line" in fault.next_step


def test_a_check_that_does_not_exist_is_named() -> None:
    (fault,) = found(asking(Stage.VALIDATE, "performence"))
    assert (fault.rule, fault.field) == ("unknown check", "gates.validate.checks.high")
    assert found(asking(Stage.VALIDATE, "robustness")) == []


def test_a_check_asked_for_at_the_wrong_gate_is_told_where_it_answers() -> None:
    (fault,) = found(asking(Stage.EXPLORE, "robustness"))
    assert "gate validate" in fault.next_step


def test_a_field_that_no_brief_has_is_named() -> None:
    (fault,) = found(pack(asked={**ASKED, Tier.LOW: (*ASKED[Tier.LOW], "risk.exposed")}))
    assert (fault.rule, fault.field) == ("unknown field", "asked.low")
    assert found(pack(asked={**ASKED, Tier.LOW: (*ASKED[Tier.LOW], "risk.exposure")})) == []


@pytest.mark.parametrize("last", [date(2026, 11, 30), date(2021, 1, 1)])
def test_a_source_that_has_ended_is_named(last: date) -> None:
    (fault,) = found(pack(sources=(LAW.model_copy(update={"effective_to": last}),)))
    assert (fault.rule, fault.field) == ("lapsed source", "sources.0")


@pytest.mark.parametrize("last", [None, TODAY, date(2030, 1, 1)])
def test_a_source_that_still_holds_is_no_fault(last: date | None) -> None:
    assert found(pack(sources=(LAW.model_copy(update={"effective_to": last}),))) == []


def test_a_source_is_superseded_from_the_day_on_which_the_newer_one_holds() -> None:
    newer = LAW.model_copy(
        update={"id": "x.newer", "title": "Newer", "effective_from": date(2027, 1, 1), "supersedes": ("x.law",)}
    )
    both = pack(sources=(LAW, newer))
    assert found(both) == []
    (fault,) = found(both, date(2027, 1, 1))
    assert fault.rule == "lapsed source" and "superseded by Newer" in fault.reason
    assert found(pack(sources=(newer,)), date(2027, 1, 1)) == []


def test_a_pack_of_a_later_day_is_judged_on_its_first_day() -> None:
    ending = LAW.model_copy(update={"effective_to": date(2026, 12, 31)})
    assert found(pack(sources=(ending,))) == []
    assert [f.rule for f in found(pack(sources=(ending,), effective_from=date(2027, 1, 1)))] == ["lapsed source"]


def test_a_point_in_writing_names_a_listed_source_a_known_check_and_a_known_field() -> None:
    point = DocumentField(id="p", title="P", source="x.law", held_in=("brief:purpose", "check:validate/fairness"))
    assert found(pack(sources=(LAW,), documents=(point,))) == []
    wrong = point.model_copy(update={"held_in": ("brief:purposes", "check:validate/fairnes"), "source": "x.lost"})
    rules = [f.rule for f in found(pack(sources=(LAW,), documents=(wrong,)))]
    assert rules == ["lapsed source", "unknown field", "unknown check"]


@pytest.mark.parametrize("name", shipped_packs.names())
@pytest.mark.parametrize("day", [TODAY, date(2028, 1, 1)])
def test_the_shipped_packs_lint_clean_and_say_that_no_lawyer_read_them(name: str, day: date) -> None:
    one = shipped_packs.shipped(name, OFFICE_PACK, "retail")
    assert found(one, day) == []
    assert one.legal_note == "not legally reviewed" and "not legally reviewed" in one.note
    assert one.sources and not any(source.legally_reviewed for source in one.sources)
    assert PolicyPack.model_validate(one.facts()) == one


def test_two_packs_are_shipped_and_another_name_is_not_found() -> None:
    assert shipped_packs.names() == ("eu-ai-act", "us-bank")
    with pytest.raises(NotFound, match="eu-ai-act"):
        shipped_packs.shipped("mars", OFFICE_PACK)


def test_annex_iv_has_a_field_for_each_of_its_points() -> None:
    points = [one.id for one in shipped_packs.shipped("eu-ai-act", OFFICE_PACK).documents]
    first = [f"annex-iv.1{letter}" for letter in "abcdefgh"] + [f"annex-iv.2{letter}" for letter in "abcdefgh"]
    assert points == first + [f"annex-iv.{number}" for number in range(3, 10)]


def test_the_bank_pack_asks_for_reasons_at_every_tier() -> None:
    bank = shipped_packs.shipped("us-bank", OFFICE_PACK)
    assert all("constraints.reason_codes" in bank.asked_at(tier) for tier in Tier)


TIERS, ROLES = st.sampled_from(list(Tier)), st.sampled_from(list(Role))
CHECKS = st.lists(st.sampled_from(sorted(KNOWN[Stage.VALIDATE])), max_size=4).map(tuple)
NUMBERS = st.floats(0.01, 0.2)
TIGHTENINGS = st.builds(
    lambda **told: Tightening(**BASE, **told),
    conflicts=st.lists(st.tuples(ROLES, ROLES), max_size=3).map(tuple),
    approve=st.dictionaries(
        st.sampled_from(list(Stage)), st.dictionaries(TIERS, st.lists(ROLES, max_size=3).map(tuple))
    ),
    checks=st.dictionaries(st.just(Stage.VALIDATE), st.dictionaries(TIERS, CHECKS)),
    inconclusive_closes=st.lists(TIERS, max_size=3).map(tuple),
    alpha=st.none() | NUMBERS,
    max_looks=st.none() | st.integers(1, 9),
    permit_hours=st.none() | st.floats(0.5, 99),
    exception_days=st.dictionaries(TIERS, st.integers(0, 366)),
    limits=st.dictionaries(st.sampled_from([*OFFICE_PACK.limits, "own"]), st.floats(-10, 100)),
    tier_rules=st.lists(
        st.builds(TierRule, tier=TIERS, when=st.just({"risk.purpose": ("low",)}), because=st.just("so")), max_size=2
    ).map(tuple),
    asked=st.dictionaries(TIERS, st.lists(st.sampled_from(["purpose", "kpi.by", "risk.harms"]), max_size=3).map(tuple)),
)


@given(TIGHTENINGS)
def test_what_is_laid_upon_the_offices_pack_never_makes_it_looser(told: Tightening) -> None:
    whole = told.upon(OFFICE_PACK)
    assert loosened(OFFICE_PACK, whole) == []
    assert not [fault for fault in found(whole) if fault.rule == "looser"]
    assert loosened(whole, told.upon(whole)) == []
