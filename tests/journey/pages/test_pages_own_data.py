"""Own data on the first day: a CSV from upload through the line, by invited people, in a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from glassworks import factory
from glassworks.core.commands import Invite
from glassworks.core.people import Role
from glassworks.line import office
from glassworks.settings import Settings

pytestmark = [pytest.mark.timeout(600)]
DATA = files("glassworks.examples") / "telco_churn" / "customers.csv"
TEAM = {
    "olga": ("Olga Owner", "Business owner"),
    "emil": ("Emil Expert", "Domain expert"),
    "dana": ("Dana Scientist", "Data scientist"),
    "viktor": ("Viktor Validator", "Validator"),
    "oona": ("Oona Operator", "Operator"),
}
PASSWORD, PASSPHRASE = "the door opens for {}", "and {} signs with this"


@contextmanager
def at_work(site: Any) -> Iterator[None]:
    """A worker in this process, as the worker process is."""
    stop = threading.Event()
    thread = threading.Thread(target=lambda: factory.worker(site.parts, "journey").run_forever(stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


@pytest.fixture(scope="module")
def site(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An installation with nobody but its factory champion and one line of business."""
    chosen = Settings(home=tmp_path_factory.mktemp("own") / "home", lease_seconds=10.0)
    factory.create_office(chosen)
    with serve(chosen) as one:
        carla = Invite(name="Carla Champion", login="carla", roles=(Role.CHAMPION,))
        office.found(
            one.parts,
            carla,
            "Customer care",
            password=PASSWORD.format("carla"),
            passphrase=PASSPHRASE.format("carla"),
        )
        with at_work(one):
            yield one


@pytest.fixture(scope="module")
def people(browser: Browser, site: Any) -> Iterator[dict[str, Page]]:
    """A browser of their own for everyone."""
    contexts = {login: browser.new_context() for login in ("carla", *TEAM)}
    for context in contexts.values():
        context.set_default_timeout(60_000)
    yield {login: context.new_page() for login, context in contexts.items()}
    for context in contexts.values():
        context.close()


def sign(page: Page, login: str, role: str, *, accept: bool = False) -> None:
    """Sign what the inbox shows first."""
    page.get_by_label(role).check()
    if accept:
        for box in page.get_by_role("group", name="Accept as inconclusive").get_by_role("checkbox").all():
            box.check()
        page.get_by_label("On this condition").fill("Decide again with live outcomes.")
        page.get_by_label("Until").fill("2099-01-31")
    page.get_by_label("Passphrase of your key").fill(PASSPHRASE.format(login))
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("journal")


def from_inbox(page: Page, site: Any, login: str, role: str) -> None:
    page.goto(f"{site.url}/inbox")
    page.get_by_role("link", name="Read and sign").first.click()
    accepts = page.get_by_role("group", name="Accept as inconclusive").count() > 0
    sign(page, login, role, accept=accepts)


def finished(page: Page) -> None:
    """The work under way ends, and the page shows it by itself."""
    expect(page.locator("[data-job]")).to_have_count(0, timeout=120_000)


def case_url(site: Any, page: Page) -> str:
    page.goto(site.url)
    return f"{site.url}/cases/who-leaves-us"


class TestOwnData:
    """One story in order; each step builds on the one before."""

    def test_the_champion_invites_the_team_and_each_joins_with_an_own_key(self, site: Any, people: Any) -> None:
        carla = people["carla"]
        carla.goto(site.url)
        carla.get_by_label("Name to sign in").fill("carla")
        carla.get_by_label("Password").fill(PASSWORD.format("carla"))
        carla.get_by_role("main").get_by_role("button", name="Sign in").click()
        for login, (name, role) in TEAM.items():
            carla.goto(f"{site.url}/people")
            carla.get_by_label("Name", exact=True).fill(name)
            carla.get_by_label("Name to sign in").fill(login)
            carla.get_by_label(role, exact=True).check()
            carla.get_by_label("Line of business", exact=True).select_option(label="Customer care")
            carla.get_by_role("button", name="Make the invitation").click()
            people[login].goto(carla.get_by_label("Invitation link").input_value())
            people[login].get_by_label("Choose a password").fill(PASSWORD.format(login))
            people[login].get_by_label("Choose a passphrase").fill(PASSPHRASE.format(login))
            people[login].get_by_role("button", name="Join").click()
            expect(people[login].locator(".me")).to_have_text(name)
        carla.goto(f"{site.url}/people")
        expect(carla.locator("main")).to_contain_text("6 people work here")

    def test_a_wrong_entry_is_said_beside_its_field_and_nothing_typed_is_lost(
        self, site: Any, people: Any, faults: Any
    ) -> None:
        dana = people["dana"]
        dana.goto(f"{site.url}/new")
        dana.get_by_label("CSV file").set_input_files(Path(str(DATA)))
        dana.get_by_label("Column to predict").fill("Leaves")
        dana.get_by_label("Title").fill("Who leaves us?")
        dana.get_by_label("The business question").fill("Whom should we offer to stay?")
        dana.get_by_role("button", name="Open the use case").click()
        expect(dana.locator("#target-fault")).to_contain_text("Leaves")
        expect(dana.get_by_label("Title")).to_have_value("Who leaves us?")
        expect(dana.locator("main")).to_contain_text("customers.csv is read: 21 columns")
        assert faults(dana) == []

    def test_the_file_becomes_a_result_list_and_a_draft_brief(self, site: Any, people: Any, faults: Any) -> None:
        dana = people["dana"]
        dana.get_by_label("Column to predict").select_option("Churn")
        dana.get_by_role("button", name="Open the use case").click()
        expect(dana.get_by_role("status").first).to_contain_text("sealed")
        expect(dana.locator("main")).to_contain_text("What the open rows say")
        assert faults(dana) == []
        dana.goto(f"{case_url(site, dana)}/scope")
        expect(dana.locator("main")).to_contain_text("what the factory filled in")
        assert faults(dana) == []

    def test_a_slip_in_the_canvas_is_named_and_then_the_brief_is_confirmed_and_saved_as_version_2(
        self, site: Any, people: Any, faults: Any
    ) -> None:
        dana, scope = people["dana"], f"{case_url(site, people['dana'])}/scope"
        dana.goto(f"{scope}/canvas/problem")
        for name, role in TEAM.values():
            dana.get_by_label(role, exact=True).select_option(label=name)
        dana.get_by_role("button", name="Save and go on").click()
        expect(dana).to_have_url(f"{scope}/canvas/hill")
        dana.goto(f"{scope}/canvas/decision")
        dana.get_by_label("Warnings that the team has read").fill("uplift")
        dana.get_by_role("button", name="Save and go on").click()
        expect(dana).to_have_url(f"{scope}/canvas/value")
        dana.get_by_role("spinbutton", name="At least, more than the baseline").fill("900")
        dana.get_by_label("Acted, and it was right, Low").fill("99")
        dana.get_by_role("button", name="Save and go on").click()
        expect(dana.get_by_role("alert")).to_contain_text("One entry needs another look")
        expect(dana.get_by_role("spinbutton", name="At least, more than the baseline")).to_have_value("900")
        assert faults(dana) == []
        dana.get_by_label("Acted, and it was right, Low").fill("5")
        dana.get_by_role("button", name="Save and go on").click()
        expect(dana).to_have_url(f"{scope}/canvas/data")
        dana.goto(f"{scope}/review")
        for wanted in dana.get_by_role("checkbox").all():
            wanted.check()
        assert faults(dana) == []
        dana.get_by_role("button", name="Save as version 2").click()
        expect(dana.get_by_role("status").first).to_contain_text("new version is saved")
        expect(dana.locator("main")).to_contain_text("version 2")

    def test_the_team_signs_the_contract_and_the_data(self, site: Any, people: Any) -> None:
        from_inbox(people["dana"], site, "dana", "Data scientist: submit my work")
        from_inbox(people["emil"], site, "emil", "Domain expert: approve")
        from_inbox(people["olga"], site, "olga", "Business owner: approve")
        expect(people["olga"].get_by_role("status").first).to_contain_text("the gate is open")
        dana, emil = people["dana"], people["emil"]
        dana.goto(f"{case_url(site, dana)}/explore")
        dana.get_by_role("button", name="Explore again under the signed contract").click()
        expect(dana.get_by_role("status").first).to_contain_text("explored again")
        emil.goto(f"{case_url(site, emil)}/explore")
        emil.get_by_label("Decision about TotalCharges").select_option("exclude")
        emil.get_by_role("button", name="Keep these decisions").click()
        expect(emil.get_by_role("alert")).to_contain_text("Say why, for the column TotalCharges")
        emil.get_by_label("Reason for TotalCharges").fill("It is tenure times monthly charges, in other words.")
        emil.get_by_role("button", name="Keep these decisions").click()
        expect(emil.get_by_role("status").first).to_contain_text("data contract")
        from_inbox(people["dana"], site, "dana", "Data scientist: submit my work")
        from_inbox(emil, site, "emil", "Domain expert: approve")

    def test_the_builder_makes_candidates_while_the_page_tells_how_far_it_is(
        self, site: Any, people: Any, faults: Any
    ) -> None:
        dana = people["dana"]
        dana.goto(f"{case_url(site, dana)}/develop")
        dana.get_by_role("button", name="Build candidates").click()
        expect(dana.locator("[data-job]")).to_be_visible()
        finished(dana)
        expect(dana.get_by_role("region", name="Candidates").locator("tbody tr")).not_to_have_count(0)
        assert dana.get_by_role("region", name="Candidates").locator("tbody tr").count() >= 3
        assert faults(dana) == []

    def test_a_model_that_asks_for_a_forbidden_input_is_refused_with_the_rule(
        self, site: Any, people: Any, tmp_path: Path
    ) -> None:
        dana = people["dana"]
        (tmp_path / "model.py").write_text("def predict(frame):\n    return [0.5] * len(frame)\n")
        dana.goto(f"{case_url(site, dana)}/develop")
        dana.get_by_label("Name", exact=True).fill("my own")
        dana.get_by_label("The model's files").set_input_files(tmp_path / "model.py")
        dana.get_by_label("Inputs it asks for").fill("tenure\ngender")
        dana.get_by_role("button", name="Bring this model").click()
        expect(dana.locator("main")).to_contain_text("declared-inputs")

    def test_a_submitted_candidate_is_validated_approved_and_released(self, site: Any, people: Any) -> None:
        dana, viktor = people["dana"], people["viktor"]
        dana.goto(f"{case_url(site, dana)}/develop")
        dana.get_by_role("link", name="logistic regression").click()
        dana.get_by_role("link", name="Submit it for validation").click()
        sign(dana, "dana", "Data scientist: submit my work")
        viktor.goto(f"{case_url(site, viktor)}/validate")
        viktor.get_by_role("button", name="Open the sealed rows for it").click()
        finished(viktor)
        expect(viktor.locator("main")).to_contain_text("hidden until the validator has spoken")
        viktor.get_by_text("Raise a finding", exact=True).click()
        viktor.get_by_label("The deficiency").fill("The offer's cost is only assumed.")
        viktor.get_by_label("Who answers for it").select_option(label="Olga Owner")
        viktor.get_by_label("By", exact=True).fill("2099-01-31")
        viktor.get_by_role("button", name="Raise it").click()
        expect(viktor.get_by_role("status").first).to_contain_text("on record")
        from_inbox(viktor, site, "viktor", "Validator: approve")
        from_inbox(people["olga"], site, "olga", "Business owner: approve")
        expect(people["olga"].get_by_role("status").first).to_contain_text("the gate is open")

    def test_the_release_ranks_a_list_until_anyone_stops_it(self, site: Any, people: Any, tmp_path: Path) -> None:
        oona = people["oona"]
        lines = Path(str(DATA)).read_text().splitlines()[:31]
        (tmp_path / "list.csv").write_text("\n".join(lines))
        oona.goto(f"{case_url(site, oona)}/operate")
        oona.get_by_label("CSV file").set_input_files(tmp_path / "list.csv")
        oona.get_by_role("button", name="Rank these rows").click()
        expect(oona.locator("#score tbody tr")).to_have_count(30)
        dana = people["dana"]
        dana.goto(f"{case_url(site, dana)}/operate")
        dana.get_by_text("Stop this release", exact=True).click()
        dana.get_by_label("Why it must stop").fill("The offers changed.")
        dana.get_by_role("button", name="Stop this release now").click()
        expect(dana.get_by_role("status").first).to_contain_text("stopped")
        oona.goto(f"{case_url(site, oona)}/operate")
        oona.get_by_label("CSV file").set_input_files(tmp_path / "list.csv")
        oona.get_by_role("button", name="Rank these rows").click()
        expect(oona.locator("main")).to_contain_text("The offers changed.")
        olga = people["olga"]
        olga.goto(f"{case_url(site, olga)}/operate")
        olga.get_by_text("Release this stop", exact=True).click()
        olga.get_by_label("What has changed").fill("The new offers are in the brief.")
        olga.get_by_label("Passphrase of your key").fill(PASSPHRASE.format("olga"))
        olga.get_by_role("button", name="Sign the release of this stop").click()
        expect(olga.get_by_role("status").first).to_contain_text("released")

    def test_a_lost_passphrase_is_replaced_and_a_leaver_hands_over(self, site: Any, people: Any) -> None:
        viktor, carla = people["viktor"], people["carla"]
        viktor.goto(f"{site.url}/people")
        viktor.get_by_text("A new key, when the passphrase is lost").click()
        viktor.get_by_label("New passphrase").fill("another passphrase for viktor")
        viktor.get_by_role("button", name="Make a new key").click()
        expect(viktor.get_by_role("status").first).to_contain_text("still verifies")
        carla.goto(f"{site.url}/people")
        carla.get_by_text("Oona Operator leaves").click()
        carla.locator("details[open]").get_by_label("Who takes the work over").select_option(label="Olga Owner")
        carla.locator("details[open]").get_by_role("button", name="Close the account").click()
        expect(carla.get_by_role("status").first).to_contain_text("handed over")
        people["oona"].goto(f"{site.url}/inbox")
        expect(people["oona"]).to_have_url(f"{site.url}/sign-in?back=/inbox")
