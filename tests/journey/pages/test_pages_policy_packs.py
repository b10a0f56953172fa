"""A policy pack read, judged by the linter and adopted in a real browser; the refusals stand in words."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from glassworks.core.policy import PolicyPack
from glassworks.settings import Settings

pytestmark = [pytest.mark.timeout(600)]
FAKES = Path(__file__).parents[2] / "fakes"
OWN = """\
extends: office
id: policy-retail-1
title: Retail's own
version: "1"
effective_from: 2026-11-02
checks: {validate: {low: [reasons, no_such_check]}}
max_looks: 2
"""
Enter = Callable[..., AbstractContextManager[Page]]


def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", FAKES / "bench.py")
    assert spec and spec.loader
    module = sys.modules.setdefault("bench", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An installation with people, two lines and a brief, and no pack but the office's."""
    kit = bench()
    home = kit.Shelf(tmp_path_factory.mktemp("shelf")).copy("empty", tmp_path_factory.mktemp("own") / "home")
    with kit.opened(home) as one:
        one.save(one.agreed())
    with serve(Settings(home=home, environment="test")) as site:
        site.kit = kit
        yield site


def test_a_champion_reads_a_shipped_pack_and_adopts_it_for_a_line(site: Any, enter: Enter, faults: Any) -> None:
    with enter(site, "champion", site.kit.PASSWORD, "Carla Champion", java_script_enabled=False) as page:
        page.goto(f"{site.url}/people")
        page.get_by_role("main").get_by_role("link", name="Policy packs").click()
        expect(page.locator(".lead")).to_contain_text("none has a pack of its own")
        expect(page.get_by_role("main")).to_contain_text("not legally reviewed")
        page.get_by_role("link", name="US bank").click()
        page.get_by_label("As the pack of").select_option("retail")
        page.get_by_label("Could its tests come to a verdict in").select_option(site.kit.CASE)
        page.get_by_role("button", name="Ask the linter").click()
        expect(page.locator("#asks")).to_contain_text("opened at most 2 times; the office allows 3")
        expect(page.locator("#asks")).to_contain_text("Validate & deploy, at every tier: Unseen rows")
        expect(page.locator("#sources")).to_contain_text("SR 26-2")
        expect(page.locator("#sources")).to_contain_text("takes the place of")
        page.get_by_label("I have read what it asks").check()
        page.get_by_role("button", name="Adopt it for Retail").click()
        expect(page.get_by_role("status").first).to_contain_text("The pack is adopted")
        expect(page.locator(".lead")).to_contain_text("by stricter rules than the office's")
    assert site.parts.policy("retail").title == "US bank"
    assert site.parts.policy("insurance").title != "US bank"


def test_a_second_time_is_refused_in_words_and_nothing_changes(site: Any, enter: Enter, faults: Any) -> None:
    with enter(site, "champion", site.kit.PASSWORD, "Carla Champion") as page:
        page.goto(f"{site.url}/packs")
        assert faults(page) == []
        page.goto(f"{site.url}/packs/shipped/us-bank?line=retail")
        assert faults(page) == []
        page.get_by_label("I have read what it asks").check()
        page.get_by_role("button", name="Adopt it for Retail").click()
        expect(page.get_by_role("alert")).to_contain_text("adopted already")
        assert faults(page) == []
    assert len(site.parts.ledger.find(PolicyPack, line="retail")) == 1


def test_a_pasted_pack_is_judged_mended_and_adopted(site: Any, enter: Enter, faults: Any) -> None:
    with enter(site, "champion", site.kit.PASSWORD, "Carla Champion") as page:
        page.goto(f"{site.url}/packs")
        page.get_by_label("The pack, as YAML or JSON").fill("- no pack")
        page.get_by_role("button", name="Ask the linter").click()
        expect(page.get_by_role("alert")).to_contain_text("This is no pack")
        expect(page.get_by_label("The pack, as YAML or JSON")).to_have_value("- no pack")
        page.get_by_label("The pack, as YAML or JSON").fill(OWN)
        page.get_by_label("For", exact=True).select_option("retail")
        page.get_by_role("button", name="Ask the linter").click()
        expect(page.locator("#linter")).to_contain_text("No check no_such_check answers")
        expect(page.locator("#adopt")).to_contain_text("it will be refused")
        assert faults(page) == []
        page.get_by_label("I have read what it asks").check()
        page.get_by_role("button", name="Adopt it for Retail").click()
        expect(page.get_by_role("alert")).to_contain_text("asks for what nobody can answer")
        page.get_by_label("The pack, as YAML or JSON").last.fill(OWN.replace(", no_such_check", ""))
        page.get_by_role("button", name="Ask the linter").click()
        expect(page.locator("#linter")).to_contain_text("Nothing is wrong with it")
        page.get_by_label("I have read what it asks").check()
        page.get_by_role("button", name="Adopt it for Retail").click()
        expect(page.get_by_role("status").first).to_contain_text("The pack is adopted")
        assert site.parts.policy("retail").title == "Retail's own"
        page.get_by_role("link", name="Retail's own").click()
        expect(page.get_by_role("complementary", name="Facts and adoption")).to_contain_text("in force")
        assert faults(page) == []


def test_who_may_not_adopt_reads_and_asks_and_is_told_who_may(site: Any, enter: Enter, tmp_path: Path) -> None:
    whole = site.parts.policy("").model_copy(update={"id": "policy-own", "line": "retail", "max_looks": 9})
    file = tmp_path / "own.json"
    file.write_text(whole.model_dump_json())
    with enter(site, "auditor", site.kit.PASSWORD, "Auditor") as page:
        page.goto(f"{site.url}/packs")
        page.get_by_label("Or a file").set_input_files(file)
        page.get_by_label("For", exact=True).select_option("retail")
        page.get_by_role("button", name="Ask the linter").click()
        expect(page.locator("#linter")).to_contain_text("Looser than the office")
        expect(page.locator("#linter")).to_contain_text("Max looks rose from 3 to 9")
        expect(page.get_by_role("button", name="Adopt")).to_have_count(0)
        expect(page.get_by_label("Facts and adoption")).to_contain_text("A factory champion adopts packs")
        page.goto(f"{site.url}/cases/{site.kit.CASE}")
        page.get_by_role("link", name="Retail's own").click()
        expect(page.locator(".lead")).to_contain_text("It asks for more than the office")
