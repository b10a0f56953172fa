"""A release is validated again after a finding: the queue shows why, the sign page whose approval holds, one signs."""

import importlib.util
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from glassworks.core.commands import Raise
from glassworks.core.finding import Severity
from glassworks.core.permit import Permit
from glassworks.core.usecase import Candidate
from glassworks.line import stops
from glassworks.settings import Settings

pytestmark = [pytest.mark.timeout(600)]
FAKES = Path(__file__).parents[2] / "fakes"
LIMIT = "at most 500 cases a day"


def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", FAKES / "bench.py")
    assert spec and spec.loader
    module = sys.modules.setdefault("bench", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An installation with a release that passed everything, on the owner's condition, and a finding about it since."""
    kit = bench()
    home = tmp_path_factory.mktemp("own") / "home"
    with kit.opened(home) as one:
        one.open()
        one.bring(kit.rows(3000))
        one.save(one.agreed())
        kit.must_open(one.sign_scope())
        one.decide()
        kit.must_open(one.sign_data())
        made = one.model(name="Glass box")
        one.submit(made)
        one.validate(made)
        one.sign("validator", made.id)
        kit.must_open(one.sign("business_owner", made.id, conditions=(LIMIT,)))
        asked = Raise(
            use_case=kit.CASE,
            subject=one.case.release,
            severity=Severity.LOW,
            text="Calls at night.",
            owner="data_scientist",
            due=one.clock.now() + timedelta(days=9),
        )
        finding = stops.raise_finding(one.parts, one.who["validator"], asked)
    with serve(Settings(home=home, environment="test")) as site:
        site.kit, site.finding = kit, finding.id
        yield site


def signed_in(site: Any, browser: Browser, login: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Name to sign in").fill(login)
    page.get_by_label("Password").fill(site.kit.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    return page


def test_a_validator_lays_it_again_and_signs_alone_and_the_owners_condition_binds(
    site: Any, browser: Browser, faults: Any
) -> None:
    vera = signed_in(site, browser, "validator")
    vera.goto(f"{site.url}/queue")
    expect(vera.get_by_role("table")).to_contain_text("An open finding of low severity: Calls at night.")
    assert faults(vera) == []
    vera.get_by_role("link", name="Glass box").click()
    expect(vera.locator("#again")).to_contain_text("Glass box is to be validated again")
    assert faults(vera) == []
    vera.get_by_role("button", name="Lay it again").click()
    expect(vera.get_by_role("status").first).to_be_visible()
    site.drain()
    (again,) = [one for one in site.parts.ledger.find(Candidate) if one.follows]
    with site.kit.opened(site.home) as one:
        one.submit(again)
        one.validate(again)
        stops.close_finding(one.parts, one.who["validator"], site.kit.CASE, site.finding, "Nobody is called at night.")
    vera.goto(f"{site.url}/cases/{site.kit.CASE}/sign/validate/{again.id}")
    changed = vera.locator("#changed")
    expect(changed).to_contain_text("Nothing changed: contract, data, recipe, bytes and packages are the same.")
    expect(changed).to_contain_text("Business owner: the approval of Business Owner still holds.")
    expect(changed).to_contain_text(LIMIT)
    expect(changed).to_contain_text("Signs again: validator.")
    assert faults(vera) == []
    vera.get_by_label("Passphrase of your key").fill(site.kit.PASSPHRASE)
    vera.get_by_role("radio", name="Validator: approve").check()
    vera.get_by_role("button", name="Sign", exact=True).click()
    vera.goto(f"{site.url}/cases/{site.kit.CASE}/operate")
    expect(vera.get_by_label("Permit and acts")).to_contain_text(LIMIT)
    expect(vera.locator("#again")).to_have_count(0)
    assert site.parts.ledger.find(Permit)[-1].conditions == (LIMIT,)
