"""A shipped pack is asked about, adopted for a line, and then the gate asks for what it tightens."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.stage import Stage
from glassworks.line import office, packs


def test_a_shipped_pack_is_adopted_for_a_line_and_then_its_gate_asks_more(at: Callable[[str], Any]) -> None:
    bench = at("scoped")
    champion = bench.who["champion"]
    pack = packs.find_pack("us-bank", bench.parts.policy(""), "retail")
    assert packs.check_pack(bench.parts, champion, pack) == []
    before = bench.parts.policy("retail").gates[Stage.VALIDATE].checks["low"]
    office.adopt(bench.parts, champion, pack)
    asked = bench.parts.policy("retail").gates[Stage.VALIDATE].checks["low"]
    assert set(asked) > set(before) and "reproducible" in asked
    assert bench.parts.policy("").gates[Stage.VALIDATE].checks["low"] == before


def test_tests_that_the_declared_rows_cannot_decide_are_named(at: Callable[[str], Any]) -> None:
    bench = at("scoped")
    pack = packs.find_pack("us-bank", bench.parts.policy(""), "retail")
    much = pack.model_copy(update={"limits": {**pack.limits, "group_positives": 1e6}})
    faults = packs.check_pack(bench.parts, bench.who["validator"], much, bench.case.id)
    assert {one.rule for one in faults} == {"no verdict"}
    assert all(one.field.startswith("gates.validate.checks") and one.next_step for one in faults)


def test_a_looser_pack_is_told_by_the_linter_and_refused_when_adopted(at: Callable[[str], Any]) -> None:
    bench = at("empty")
    pack = packs.find_pack("eu-ai-act", bench.parts.policy(""), "retail").model_copy(
        update={"max_looks": 30, "effective_from": date(2026, 1, 1)}
    )
    assert [one.rule for one in packs.check_pack(bench.parts, bench.who["champion"], pack)] == ["looser"]
    with pytest.raises(FixTheInput, match="looser"):
        office.adopt(bench.parts, bench.who["champion"], pack)


def test_the_pack_of_a_line_that_one_does_not_see_is_not_told(at: Callable[[str], Any]) -> None:
    bench = at("empty")
    pack = packs.find_pack("us-bank", bench.parts.policy(""), "elsewhere")
    with pytest.raises(NotFound):
        packs.check_pack(bench.parts, bench.who["validator"], pack)
