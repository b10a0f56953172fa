"""The shipped policy packs only tighten the office's, and the linter names what is wrong with a pack."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassworks.core.contract import Tier
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.policy import Fault, PolicyPack, loosened
from glassworks.core.stage import Stage
from glassworks.core.tightening import Tightening
from glassworks.hub import shipped_packs
from glassworks.hub.policies import OFFICE_PACK, VALIDATE_CHECKS
from glassworks.line.packs import check_alone, find_pack, pack_of

TODAY = date(2026, 11, 24)


def linted(pack: PolicyPack) -> list[Fault]:
    return check_alone(pack, OFFICE_PACK, TODAY)


def told(**more: object) -> PolicyPack:
    """A pack of a line that says little beyond the office's."""
    facts = {"extends": "office", "id": "p", "title": "Ours", "version": "1", "effective_from": "2026-11-01"}
    return pack_of({**facts, "line": "retail", **more}, OFFICE_PACK)


@pytest.mark.parametrize("name", shipped_packs.names())
def test_a_shipped_pack_tightens_is_clean_and_says_that_no_lawyer_read_it(name: str) -> None:
    pack = shipped_packs.shipped(name, OFFICE_PACK, "retail")
    assert loosened(OFFICE_PACK, pack) == [] and linted(pack) == []
    assert pack.legal_note == "not legally reviewed" and not any(one.legally_reviewed for one in pack.sources)
    assert pack.digest != OFFICE_PACK.digest and pack.sources and pack.documents


def test_two_packs_are_shipped_and_another_name_is_not_found() -> None:
    assert shipped_packs.names() == ("eu-ai-act", "us-bank")
    with pytest.raises(NotFound, match="eu-ai-act"):
        find_pack("mars", OFFICE_PACK)


def test_the_office_s_pack_keeps_its_digest_and_is_clean() -> None:
    assert "sources" not in OFFICE_PACK.facts() and "documents" not in OFFICE_PACK.facts()
    assert linted(OFFICE_PACK) == []


names = st.sampled_from([*VALIDATE_CHECKS, "stability", "robustness", "reasons"])


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(list(Tier)), st.lists(names, max_size=4).map(tuple)),
    st.integers(1, 9),
    st.floats(0.001, 0.5),
    st.dictionaries(st.sampled_from([*OFFICE_PACK.limits, "new_limit"]), st.floats(0, 100)),
    st.dictionaries(st.sampled_from(list(Tier)), st.integers(0, 500)),
)
def test_whatever_a_pack_asks_beyond_the_office_s_never_loosens_it(checks, looks, alpha, limits, days) -> None:
    more = Tightening(
        extends="office", id="p", title="t", version="1", effective_from=TODAY, line="retail",
        checks={Stage.VALIDATE: checks}, max_looks=looks, alpha=alpha, limits=limits, exception_days=days,
    )  # fmt: skip
    assert loosened(OFFICE_PACK, more.upon(OFFICE_PACK)) == []


def rules(pack: PolicyPack) -> list[tuple[str, str]]:
    return [(one.rule, one.field) for one in linted(pack)]


def test_a_looser_pack_is_named_by_its_field() -> None:
    pack = told().model_copy(update={"max_looks": 9, "limits": {**OFFICE_PACK.limits, "leak_strength": 0.95}})
    assert rules(pack) == [("looser", "max_looks"), ("looser", "limits.leak_strength")]
    assert all(one.reason and one.next_step for one in linted(pack))


def test_a_check_that_nobody_answers_is_named_with_the_gate_where_it_is_answered() -> None:
    (unknown,) = linted(told(checks={"validate": {"low": ["wisdom"]}}))
    assert (unknown.rule, unknown.field) == ("unknown check", "gates.validate.checks.low")
    (elsewhere,) = linted(told(checks={"validate": {"low": ["drift"]}}))
    assert "gate operate" in elsewhere.next_step


def test_a_field_that_no_brief_has_is_named() -> None:
    assert rules(told(asked={"low": ["kpi.colour"]})) == [("unknown field", "asked.low")]


def source(**changes: object) -> dict[str, object]:
    facts = {
        "id": "a.law",
        "title": "A law",
        "jurisdiction": "EU",
        "binding": "statute",
        "effective_from": "2020-01-01",
    }
    return {**facts, **changes}


def test_a_source_that_holds_no_longer_or_is_superseded_is_named() -> None:
    over = told(sources=[source(effective_to="2026-11-23")])
    assert rules(over) == [("lapsed source", "sources.0")]
    newer = source(id="b.law", title="Its successor", supersedes=["a.law"], effective_from="2026-01-01")
    assert rules(told(sources=[source(), newer])) == [("lapsed source", "sources.0")]
    later = {**newer, "effective_from": "2027-01-01"}
    assert rules(told(sources=[source(effective_to="2026-11-24"), later])) == []


def test_a_document_that_follows_no_listed_source_or_names_no_place_is_named() -> None:
    point = {"id": "x", "title": "A point", "source": "a.law", "held_in": ["check:validate/wisdom", "brief:colour"]}
    assert [one.rule for one in linted(told(documents=[point]))] == ["lapsed source", "unknown check", "unknown field"]


def test_a_pack_that_is_none_is_refused_by_its_field() -> None:
    with pytest.raises(FixTheInput) as refused:
        told(max_looks=0)
    assert refused.value.field == "max_looks"
