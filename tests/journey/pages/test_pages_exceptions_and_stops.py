"""An exception asked for, granted by another person's key and run out; a stop released with a key kept at home."""

import importlib.util
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from glassworks.core import canonical, signoff
from glassworks.core.permit import Permit
from glassworks.core.signoff import SignOff
from glassworks.core.usecase import LineStop, Waiver
from glassworks.hub.keys import sign_off
from glassworks.line import people
from glassworks.settings import Settings

pytestmark = [pytest.mark.timeout(600)]
INSTEAD = "A person looks at each list before it is used."
FAKES = Path(__file__).parents[2] / "fakes"
OVERCLAIMED = """
import numpy as np
def predict(frame):
    b = frame["balance"].fill_null(0).to_numpy()
    more = frame["duration"].to_numpy() / 100 - 4.5 if "duration" in frame.columns else 0
    return 1 / (1 + np.exp(0.6 - 1.2 * b - more))
"""


def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", FAKES / "bench.py")
    assert spec and spec.loader
    module = sys.modules.setdefault("bench", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An installation where a candidate fails one check of gate 4, and everybody has signed it; its clock can move."""
    kit = bench()
    home = kit.Shelf(tmp_path_factory.mktemp("shelf")).copy("explored", tmp_path_factory.mktemp("own") / "home")
    with kit.opened(home) as one:
        made = one.model(name="Overclaimed", source=OVERCLAIMED)
        one.submit(made)
        one.validate(made)
        assert not one.approve(made).open
    clock = kit.MovableClock()
    with serve(Settings(home=home, environment="test"), clock) as site:
        site.clock, site.kit, site.candidate = clock, kit, made.id
        yield site


@pytest.fixture(scope="module")
def as_(site: Any, browser: Browser) -> Iterator[Any]:
    """`as_("approver")`: a page where this person is signed in; anew after the clock has moved."""
    contexts = []

    def signed_in(login: str) -> Page:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.goto(f"{site.url}/sign-in")
        page.get_by_label("Name to sign in").fill(login)
        page.get_by_label("Password").fill(site.kit.PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        return page

    yield signed_in
    for context in contexts:
        context.close()


def report(site: Any) -> str:
    return f"{site.url}/cases/{site.kit.CASE}/validate/{site.candidate}"


class TestAnExceptionAndAStop:
    def test_the_data_scientist_asks_for_an_exception(self, site: Any, as_: Any, faults: Any) -> None:
        dana = as_("data_scientist")
        dana.goto(report(site))
        expect(dana.get_by_label("Gate of Validate & deploy")).to_contain_text("failed")
        dana.get_by_role("link", name="Ask for an exception").click()
        expect(dana.locator(".lead")).to_have_text("No exception is in force.")
        assert faults(dana) == []
        dana.get_by_label("From which check").select_option(f"{site.candidate} claims_hold")
        dana.get_by_label("Why the rule should not hold here").fill("too short")
        dana.get_by_label("What is done instead").fill(INSTEAD)
        dana.get_by_label("For how many days").fill("20")
        dana.get_by_role("button", name="Ask for it").click()
        expect(dana.get_by_role("alert")).to_be_visible()
        expect(dana.get_by_label("What is done instead")).to_have_value(INSTEAD)
        dana.get_by_label("Why the rule should not hold here").fill("The claim was made before the call list changed.")
        dana.get_by_role("button", name="Ask for it").click()
        expect(dana.locator(".lead")).to_have_text("No exception is in force. 1 waits for another person's signature.")
        expect(dana.get_by_role("button", name="Sign the grant of this exception")).to_have_count(0)
        assert faults(dana) == []

    def test_an_approver_grants_it_with_their_key_and_the_gate_opens(self, site: Any, as_: Any, faults: Any) -> None:
        axel = as_("approver")
        axel.goto(f"{site.url}/inbox")
        axel.get_by_role("link", name="Read and grant").click()
        axel.get_by_label("Passphrase of your key").fill("not the passphrase")
        axel.get_by_role("button", name="Sign the grant of this exception").click()
        expect(axel.get_by_role("alert")).to_contain_text("does not open your key")
        assert faults(axel) == []
        axel.get_by_label("Passphrase of your key").fill(site.kit.PASSPHRASE)
        axel.get_by_role("button", name="Sign the grant of this exception").click()
        expect(axel.locator(".lead")).to_contain_text("One exception is in force; it ends on")
        expect(axel.locator("article.finding")).to_contain_text("Granted by Approver as approver")
        assert faults(axel) == []
        axel.goto(report(site))
        expect(axel.get_by_label("Gate of Validate & deploy")).to_contain_text("is open")
        expect(axel.locator("article.finding")).to_contain_text("In force")
        expect(axel.locator(".lead")).to_contain_text("An exception is in force from: Claims recomputed.")
        expect(axel.get_by_label("Verdicts in all")).to_contain_text("1 excepted")
        assert faults(axel) == []
        (waiver,) = site.parts.ledger.find(Waiver)
        assert waiver.grant.method == "passphrase"
        assert all(permit.expires_at <= waiver.expires_at for permit in site.parts.ledger.find(Permit))

    def test_a_stop_is_pulled_by_one_person_and_released_by_another_who_keeps_their_key(
        self, site: Any, as_: Any, faults: Any, tmp_path: Path
    ) -> None:
        ada = as_("auditor")
        ada.goto(f"{site.url}/cases/{site.kit.CASE}")
        ada.get_by_text("Stop this use case", exact=True).click()
        ada.get_by_label("Why it must stop").fill("The call list changed overnight.")
        ada.get_by_role("button", name="Stop this use case now").click()
        expect(ada.get_by_role("status").first).to_contain_text("stopped")
        ada.get_by_role("link", name="Release this stop").click()
        expect(ada.locator("main")).to_contain_text("someone else releases it")
        private = signoff.new_private_key()
        person = next(p for p in site.parts.ledger.find(people.Person) if p.login == "business_owner")
        people.enrol_key(site.parts, people.actor(person), signoff.public_text(private))
        bo = as_("business_owner")
        bo.goto(ada.url)
        bo.get_by_label("What has changed").fill("The new list is checked; it has the same columns.")
        assert faults(bo) == []
        with bo.expect_download() as fetched:
            bo.get_by_role("button", name="Fetch the file to sign").click()
        draft = SignOff.model_validate(canonical.parse_strict(Path(fetched.value.path()).read_bytes()))
        signed = tmp_path / "release.signed.json"
        signed.write_bytes(canonical.to_bytes(sign_off(draft, private).facts()))
        bo.get_by_label("The signed file").set_input_files(signed)
        bo.get_by_role("button", name="Bring the signature").click()
        expect(bo.locator(".lead")).to_contain_text("released by signature")
        expect(bo.get_by_label("Its release")).to_contain_text("The new list is checked")
        expect(bo.get_by_label("Its release")).to_contain_text("by local key")
        assert faults(bo) == []
        (stop,) = site.parts.ledger.find(LineStop)
        assert not stop.holds and stop.release.key_id != ""

    def test_when_its_days_are_over_the_exception_is_shown_as_run_out(self, site: Any, as_: Any, faults: Any) -> None:
        site.clock.moved = timedelta(days=21)
        dana = as_("data_scientist")
        dana.goto(f"{site.url}/cases/{site.kit.CASE}/exceptions")
        expect(dana.locator(".lead")).to_have_text("No exception is in force.")
        expect(dana.locator("article.finding")).to_contain_text("Run out")
        expect(dana.locator("article.finding")).to_contain_text("ran out on")
        assert faults(dana) == []
        dana.goto(report(site))
        expect(dana.locator(".lead")).to_contain_text("was approved with an exception that has run out")
        expect(dana.get_by_label("Verdicts in all")).to_contain_text("1 fail")
        assert faults(dana) == []
