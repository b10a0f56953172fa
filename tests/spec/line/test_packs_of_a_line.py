"""The shipped packs put in force for a line: its gates then ask for more, and the linter is asked at every door."""

import importlib.util
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from glassworks.core.contract import Tier
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.stage import Stage
from glassworks.hub import shipped_packs
from glassworks.hub.policies import OFFICE_PACK
from glassworks.line import cases, office, packs, people
from glassworks.sdk.client import Client
from glassworks.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

CASE, LINE = "whom-to-call", "retail"


def put_in_force(bench: Any, name: str) -> Any:
    return office.adopt(bench.parts, bench.who["champion"], packs.find_pack(name, OFFICE_PACK, LINE))


@pytest.mark.parametrize("name", shipped_packs.names())
def test_a_shipped_pack_holds_for_its_line_alone_once_adopted(at: Any, name: str) -> None:
    bench = at("empty")
    pack = put_in_force(bench, name)
    assert bench.parts.policy(LINE) == pack
    assert bench.parts.policy("insurance").id == OFFICE_PACK.id


def test_the_gate_asks_for_the_reasons_that_the_bank_pack_asks_for(at: Any) -> None:
    bench = at("empty")
    brief = bench.agreed()
    before = bench.save(brief)
    put_in_force(bench, "us-bank")
    after = bench.save(brief)

    def asked(saved: Any) -> Any:
        results = cases.results_of(bench.parts, bench.case, saved.id, Stage.SCOPE)
        return next(r for r in results if r.check == "asked_by_tier")

    assert "constraints.reason_codes" not in asked(before).answer.examples
    assert "constraints.reason_codes" in asked(after).answer.examples
    assert asked(after).verdict == "fail" and not bench.sign_scope().open


def test_the_linter_answers_the_same_over_line_api_and_sdk(at: Any) -> None:
    bench = at("empty")
    bench.save(bench.agreed())
    who = bench.who["auditor"]
    few = bench.agreed()
    bench.save(few.model_copy(update={"kpi": few.kpi.model_copy(update={"target": 0.5})}))
    pack = OFFICE_PACK.model_copy(update={"id": "own", "line": LINE, "max_looks": 9})
    told = packs.check_pack(bench.parts, who, pack, CASE)
    assert [fault.rule for fault in told] == ["looser", "no verdict"]
    _, secret = people.make_token(bench.parts, who, purpose="api", release="", days=1)
    asked = TestClient(
        create_app(bench.parts), base_url="http://127.0.0.1:8420", headers={"authorization": f"Bearer {secret}"}
    )
    held = Client(asked)
    assert held.check_policy(pack, CASE) == told
    assert held.check_policy(held.policy(LINE)) == []
    with pytest.raises(NotFound):
        packs.check_pack(bench.parts, bench.who["other_validator"], OFFICE_PACK, CASE)


def test_the_terminal_says_what_is_wrong_and_its_exit_code_does_too(at: Any, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("terminal", Path(__file__).parents[2] / "fakes" / "terminal.py")
    assert spec and spec.loader
    kit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(kit)
    bench = at("empty")
    terminal = kit.Terminal(bench.parts.settings.home)
    assert "not legally reviewed" in terminal.ok("admin", "packs").out
    assert terminal.ok("admin", "check-pack", "us-bank").out.endswith("Nothing is wrong with it.\n")
    wrong = tmp_path / "own.json"
    own = OFFICE_PACK.model_copy(update={"id": "own", "line": LINE, "max_looks": 9})
    wrong.write_text(json.dumps(own.facts()), encoding="utf-8")
    assert "[looser] max_looks" in terminal.run("admin", "check-pack", str(wrong), code=1).out
    assert terminal.run("admin", "adopt", str(wrong), "--as", "champion").code
    more = tmp_path / "more.yaml"
    more.write_text(
        "extends: office\nid: more\ntitle: More\nversion: '1'\neffective_from: 2026-11-01\nmax_looks: 1\n",
        encoding="utf-8",
    )
    terminal.ok("admin", "adopt", str(more), "--line", LINE, "--as", "champion")
    assert bench.parts.policy(LINE).max_looks == 1


def test_a_file_with_a_wrong_field_is_refused_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("extends: office\nid: more\nmax_look: 1\n", encoding="utf-8")
    with pytest.raises(FixTheInput, match="is not right"):
        packs.find_pack(str(file), OFFICE_PACK)


def test_a_pack_with_a_check_that_nobody_answers_is_not_adopted(at: Any) -> None:
    bench = at("empty")
    pack = packs.find_pack("us-bank", OFFICE_PACK, LINE)
    rules = pack.gates[Stage.VALIDATE]
    asked = rules.model_copy(update={"checks": {**rules.checks, Tier.LOW: (*rules.checks[Tier.LOW], "wisdom")}})
    wrong = pack.model_copy(update={"gates": {**pack.gates, Stage.VALIDATE: asked}})
    with pytest.raises(FixTheInput, match="wisdom"):
        office.adopt(bench.parts, bench.who["champion"], wrong)
    assert bench.parts.policy(LINE).id == OFFICE_PACK.id


def test_the_pack_of_a_line_that_one_does_not_see_is_not_told(at: Any) -> None:
    bench = at("empty")
    pack = packs.find_pack("us-bank", OFFICE_PACK, "elsewhere")
    with pytest.raises(NotFound):
        packs.check_pack(bench.parts, bench.who["validator"], pack)


BOMB = "a: &a {x: 1}\nb: &b {<<: [*a, *a, *a]}\nextends: office\n"


@pytest.mark.parametrize("told", [BOMB, "[" * 5000, "- 1", "", "a: 2026-13-45", "a: [", "extends: office\nid: 1\n"])
def test_a_text_that_is_no_pack_is_refused_in_words_and_never_grows(told: str) -> None:
    with pytest.raises(FixTheInput) as refused:
        packs.pack_in(told, OFFICE_PACK)
    assert refused.value.what


def test_the_pages_say_when_a_lines_pack_is_set_aside_by_a_stricter_office(at: Any) -> None:
    bench = at("empty")
    champion = bench.who["champion"]
    own = OFFICE_PACK.model_copy(update={"id": "own", "line": LINE, "max_looks": 2})
    office.adopt(bench.parts, champion, own)
    before = next(one for one in packs.standing(bench.parts, champion) if one.line == LINE)
    assert before.holds == own and not before.set_aside
    stricter = OFFICE_PACK.model_copy(update={"id": "stricter", "version": "x", "max_looks": 1})
    office.adopt(bench.parts, champion, stricter)
    after = next(one for one in packs.standing(bench.parts, champion) if one.line == LINE)
    assert after.holds.id == "stricter" and after.others == (own,)
    assert after.set_aside == ("max_looks rose from 1 to 2",)
    assert {one.line for one in packs.standing(bench.parts, bench.who["other_validator"])} == {"", "insurance"}
    with pytest.raises(NotFound):
        packs.of_id(bench.parts, bench.who["other_validator"], "own")
