"""The guided canvas in a real browser: two people, a lost connection, a keyboard only, no script, a phone."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from glassworks import factory
from glassworks.core.commands import Invite
from glassworks.core.contract import Brief
from glassworks.core.people import Role
from glassworks.line import office, people
from glassworks.settings import Settings
from glassworks.stages.scope.steps import STEPS

pytestmark = [pytest.mark.timeout(600)]
PASSWORD, PASSPHRASE = "the door opens for {}", "and {} signs with this"
TEAM = {
    "olga": ("Olga Owner", Role.BUSINESS_OWNER),
    "emil": ("Emil Expert", Role.DOMAIN_EXPERT),
    "dana": ("Dana Scientist", Role.DATA_SCIENTIST),
    "viktor": ("Viktor Validator", Role.VALIDATOR),
    "oona": ("Oona Operator", Role.OPERATOR),
}
ANSWERS = {
    "The business question": "Whom should we call?",
    "1. What decision changes?": "Phone the customer and offer a term deposit.",
    "2. For whom?": "An agent of the call centre",
    "3. What is a right decision worth?": "120 to 300 EUR",
    "4. What does a mistake cost?": "4 to 9 EUR",
    "5. How will we know?": "Net value of the quarter's calls above list order.",
}
KEPT = re.compile("Kept just now")


@pytest.fixture(scope="module")
def site(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chosen = Settings(home=tmp_path_factory.mktemp("canvas") / "home", lease_seconds=10.0)
    factory.create_office(chosen)
    with serve(chosen) as one:
        carla = Invite(name="Carla Champion", login="carla", roles=(Role.CHAMPION,))
        _, line = office.found(one.parts, carla, "Customer care", password=PASSWORD, passphrase=PASSPHRASE)
        for login, (name, role) in TEAM.items():
            invited = Invite(name=name, login=login, roles=(role,), line=line.id)
            password, passphrase = PASSWORD.format(login), PASSPHRASE.format(login)
            people.add_person(one.parts, invited, password=password, passphrase=passphrase, by="office")
        yield one


def key(login: str) -> tuple[str, str, str]:
    """What a person of the team signs in with, and their name."""
    return login, PASSWORD.format(login), TEAM[login][0]


@pytest.fixture
def dana(enter: Any, site: Any) -> Iterator[Page]:
    with enter(site, *key("dana")) as page:
        yield page


@pytest.fixture
def emil(enter: Any, site: Any) -> Iterator[Page]:
    with enter(site, *key("emil")) as page:
        yield page


@pytest.fixture
def begun(site: Any, request: pytest.FixtureRequest) -> Callable[[Page], str]:
    """Starts a use case of this test's own from five questions; gives the address of its brief."""

    def start(page: Page) -> str:
        page.goto(f"{site.url}/start")
        page.get_by_label("Title").fill(f"{request.node.name.replace('_', ' ')[-60:]}")
        for label, answer in ANSWERS.items():
            page.get_by_label(label).fill(answer)
        page.get_by_role("button", name="Start the brief").click()
        expect(page).to_have_url(re.compile("/scope/canvas/problem"))
        return page.url.split("/canvas")[0]

    return start


def newest(site: Any, base: str) -> Brief:
    found: list[Brief] = site.parts.ledger.find(Brief, use_case=base.split("/")[-2])
    return max(found, key=lambda b: b.version)


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text(KEPT)


def test_five_questions_lead_through_eight_steps_to_a_saved_brief_and_what_its_checks_say(
    site: Any, dana: Page, begun: Any
) -> None:
    base = begun(dana)
    expect(dana.get_by_role("status").first).to_contain_text("filled in for you")
    for step, after in zip(STEPS, [*STEPS[1:], None], strict=True):
        expect(dana.locator(".lead")).to_have_text(step.question)
        if step.slug == "decision":
            dana.get_by_label("Share of yes you expect").fill("0.1")
            dana.get_by_label("Warnings that the team has read").fill("uplift")
            expect(dana.locator("#decision-unit-mark")).to_have_text("filled in for you")
            dana.get_by_role("button", name="All of it is right: confirm and go on").click()
        else:
            name = f"Save and go on: {after.title}" if after else "Save and read together"
            dana.get_by_role("button", name=name).click()
    expect(dana.locator(".lead")).to_contain_text("This becomes version 2")
    expect(dana.locator("main")).to_contain_text("a perfect model would earn at most", ignore_case=True)
    expect(dana.locator("main")).to_contain_text("no input is left for a model")
    dana.get_by_role("button", name="Save as version 2").click()
    expect(dana.get_by_role("status").first).to_contain_text("saved and checked")
    brief = newest(site, base)
    assert brief.version == 2 and brief.decision.expected_positive_share == 0.1
    assert not [path for path in brief.defaulted if path.startswith("decision.")]
    dana.get_by_role("link", name="what changed").click()
    expect(dana.locator("main")).to_contain_text("Share of yes you expect")


def test_what_is_typed_is_kept_without_pressing_save(dana: Page, begun: Any) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/hill")
    dana.get_by_label("With what wow").fill("the list is right before lunch")
    saved(dana)
    expect(dana.locator("[data-live=progress]")).to_have_text("2 of 3")
    dana.reload()
    expect(dana.get_by_label("With what wow")).to_have_value("the list is right before lunch")
    expect(dana.locator("[data-saved]")).to_contain_text("by Dana Scientist")


def test_of_two_people_in_one_step_the_second_sees_the_first_and_loses_nothing(
    dana: Page, emil: Page, begun: Any
) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/problem")
    emil.goto(f"{base}/canvas/problem")
    dana.get_by_label("The problem").fill("Half of the calls reach nobody who wants one.")
    dana.get_by_role("textbox", name="How it is done today").fill("In list order.")
    saved(dana)
    emil.get_by_label("The problem").fill("Agents call the wrong people.")
    emil.get_by_label("Who else is affected").fill("customers who are called in vain")
    expect(emil.locator("[data-saved]")).to_contain_text("Dana Scientist saved this step while you typed")
    dana.reload()
    expect(dana.get_by_label("The problem")).to_have_value("Half of the calls reach nobody who wants one.")
    emil.get_by_role("button", name="Show both").click()
    expect(emil.get_by_role("alert")).to_contain_text("Nothing was overwritten")
    row = emil.get_by_role("region", name="What both of you changed").locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Half of the calls reach nobody who wants one.")
    expect(row).to_contain_text("Agents call the wrong people.")
    expect(emil.get_by_role("textbox", name="How it is done today")).to_have_value("In list order.")
    expect(emil.get_by_label("Who else is affected")).to_have_value("customers who are called in vain")
    emil.get_by_label("The problem").fill("Half of the calls reach the wrong people.")
    emil.get_by_role("button", name="Save", exact=True).click()
    expect(emil.locator("[data-saved]")).to_contain_text("by Emil Expert")
    dana.reload()
    expect(dana.get_by_label("The problem")).to_have_value("Half of the calls reach the wrong people.")
    expect(dana.get_by_label("Who else is affected")).to_have_value("customers who are called in vain")


def test_edits_in_different_steps_do_not_meet(site: Any, dana: Page, emil: Page, begun: Any) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/hill")
    emil.goto(f"{base}/canvas/data")
    dana.get_by_label("Can do what").fill("sees whom to call first")
    emil.get_by_label("Column that names a case").fill("customer")
    saved(dana)
    saved(emil)
    dana.goto(f"{base}/review")
    dana.get_by_role("button", name="Save as version 2").click()
    expect(dana.get_by_role("status").first).to_contain_text("saved and checked")
    brief = newest(site, base)
    assert (brief.hill.what, brief.identifier) == ("sees whom to call first", "customer")


def test_a_version_saved_meanwhile_is_joined_with_what_the_other_still_types(
    site: Any, dana: Page, emil: Page, begun: Any
) -> None:
    base = begun(dana)
    emil.goto(f"{base}/canvas/hill")
    dana.goto(f"{base}/canvas/hill")
    dana.get_by_label("Can do what").fill("sees whom to call first")
    saved(dana)
    dana.goto(f"{base}/review")
    dana.get_by_role("button", name="Save as version 2").click()
    expect(dana.get_by_role("status").first).to_contain_text("saved and checked")
    emil.get_by_label("With what wow").fill("before lunch")
    expect(emil.locator("[data-saved]")).to_contain_text("saved version 2 of the brief while you typed")
    emil.get_by_role("button", name="Show both").click()
    expect(emil.get_by_label("Can do what")).to_have_value("sees whom to call first")
    expect(emil.get_by_label("With what wow")).to_have_value("before lunch")
    with emil.expect_navigation():
        emil.get_by_role("button", name="Save", exact=True).click()
    emil.goto(f"{base}/review")
    emil.get_by_role("button", name="Save as version 3").click()
    expect(emil.get_by_role("status").first).to_contain_text("saved and checked")
    assert (newest(site, base).hill.what, newest(site, base).hill.wow) == ("sees whom to call first", "before lunch")


def test_what_somebody_types_after_the_review_was_opened_is_not_laid_unread(dana: Page, emil: Page, begun: Any) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/hill")
    dana.get_by_label("Can do what").fill("sees whom to call first")
    saved(dana)
    dana.goto(f"{base}/review")
    emil.goto(f"{base}/canvas/plan")
    emil.get_by_label("Open questions").fill("Who calls on Fridays?")
    saved(emil)
    dana.get_by_role("button", name="Save as version 2").click()
    expect(dana.get_by_role("alert")).to_contain_text("Somebody typed in the canvas since you opened this page")
    dana.get_by_role("button", name="Save as version 2").click()
    expect(dana.get_by_role("status").first).to_contain_text("saved and checked")


def test_a_lost_connection_keeps_the_text_and_saves_it_when_it_is_back(dana: Page, begun: Any) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/hill")
    dana.context.set_offline(True)
    dana.get_by_label("Can do what").fill("typed in a tunnel")
    expect(dana.locator("[data-saved]")).to_contain_text("the connection is lost")
    dana.get_by_role("button", name="Save", exact=True).click()
    expect(dana.get_by_label("Can do what")).to_have_value("typed in a tunnel")
    dana.context.set_offline(False)
    saved(dana)
    dana.reload()
    expect(dana.get_by_label("Can do what")).to_have_value("typed in a tunnel")


def test_what_was_typed_without_a_connection_outlives_a_reload_with_its_added_rows(
    site: Any, dana: Page, begun: Any
) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/plan")
    dana.context.set_offline(True)
    button = dana.get_by_role("button", name="Add a row: What the plan takes for true")
    for count in (1, 2):
        button.click()
        dana.get_by_label(f"We believe, row {count + 1}").fill(f"belief {count + 1}")
    expect(dana.locator("[data-saved]")).to_contain_text("the connection is lost")
    dana.route("**/canvas/plan", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    dana.context.set_offline(False)
    dana.reload()
    expect(dana.get_by_label("We believe, row 3")).to_have_value("belief 3")
    dana.unroute("**/canvas/plan")
    saved(dana)
    dana.goto(f"{base}/review")
    dana.get_by_role("button", name="Save as version 2").click()
    expect(dana.get_by_role("status").first).to_contain_text("saved and checked")
    assert [one.text for one in newest(site, base).beliefs] == ["belief 2", "belief 3"]


def test_what_was_typed_without_a_connection_does_not_overwrite_what_another_saved(
    dana: Page, emil: Page, begun: Any
) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/hill")
    dana.context.set_offline(True)
    dana.get_by_label("With what wow").fill("typed in a tunnel")
    expect(dana.locator("[data-saved]")).to_contain_text("the connection is lost")
    emil.goto(f"{base}/canvas/hill")
    emil.get_by_label("Can do what").fill("sees whom to call first")
    saved(emil)
    dana.route("**/canvas/hill", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    dana.context.set_offline(False)
    dana.reload()
    dana.unroute("**/canvas/hill")
    expect(dana.locator("[data-saved]")).to_contain_text("Emil Expert saved this step")
    dana.get_by_role("button", name="Show both").click()
    expect(dana.get_by_label("Can do what")).to_have_value("sees whom to call first")
    expect(dana.get_by_label("With what wow")).to_have_value("typed in a tunnel")


def test_an_entry_that_cannot_be_used_is_named_with_a_link_and_nothing_is_lost(dana: Page, begun: Any) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/value")
    dana.get_by_label("Acted, and it was right, Low").fill("999")
    expect(dana.locator("#value-act_positive-low-fault")).to_contain_text("rising order")
    dana.get_by_label("Name, one word, row 1").evaluate("one => { one.closest('details').open = true; }")
    dana.get_by_label("Name, one word, row 1").fill("not one word")
    dana.get_by_role("button", name="Save and go on").click()
    expect(dana).to_have_url(f"{base}/canvas/value")
    expect(dana.get_by_role("alert")).to_contain_text("2 entries need another look")
    expect(dana.locator("#kpi-tree-0-name-fault")).to_be_visible()
    expect(dana.get_by_label("Acted, and it was right, Low")).to_have_value("999")
    dana.goto(f"{base}/review")
    expect(dana.get_by_role("button", name="Save as version 2")).to_be_disabled()
    dana.get_by_role("alert").get_by_role("link", name="Value: Acted, and it was right").click()
    expect(dana).to_have_url(f"{base}/canvas/value#value-act_positive-low")


def test_a_past_date_and_one_person_in_two_roles_are_named_before_saving_with_the_way_there(
    dana: Page, begun: Any
) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/value")
    dana.get_by_label("Reached by").fill("2020-01-31")
    saved(dana)
    dana.goto(f"{base}/canvas/problem")
    dana.get_by_label("Validator", exact=True).select_option(label="Dana Scientist")
    saved(dana)
    dana.goto(f"{base}/review")
    expect(dana.locator("main")).to_contain_text("the KPI was promised by 2020-01-31, which is past", ignore_case=True)
    expect(dana.locator("main")).to_contain_text("one person is data scientist and validator")
    dana.get_by_role("link", name="Value: Reached by").click()
    expect(dana.get_by_label("Reached by")).to_have_value("2020-01-31")


def test_the_tier_follows_the_answers_while_they_are_given_and_asks_for_more(dana: Page, begun: Any) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/harms")
    expect(dana.locator("[data-live=tier]")).to_contain_text("By the answers the tier is low")
    dana.get_by_label("How much is at stake").select_option("high")
    expect(dana.locator("[data-live=tier]")).to_contain_text("the tier is high, because much money or many people")
    expect(dana.locator("[data-live=tier]")).to_contain_text("Chosen is a lower one")
    dana.get_by_label("Risk tier of this use case").select_option("high")
    expect(dana.locator("[data-live=tier]")).not_to_contain_text("Chosen is a lower one")
    dana.goto(f"{base}/canvas/oversight")
    expect(dana.locator("#oversight-mode-mark")).to_have_text("asked for at this tier")
    dana.goto(f"{base}/review")
    expect(dana.get_by_role("heading", name="What high tier asks for")).to_be_visible()
    dana.get_by_role("link", name="Oversight: How people watch").click()
    expect(dana).to_have_url(re.compile("/canvas/oversight#oversight-mode"))


def test_the_canvas_works_without_script_also_for_two_people(enter: Any, site: Any, begun: Any) -> None:
    with (
        enter(site, *key("dana"), java_script_enabled=False) as dana,
        enter(site, *key("emil"), java_script_enabled=False) as emil,
    ):
        base = begun(dana)
        dana.goto(f"{base}/canvas/hill")
        emil.goto(f"{base}/canvas/hill")
        dana.get_by_label("Can do what").fill("sees whom to call first")
        dana.get_by_role("button", name="Save", exact=True).click()
        emil.get_by_label("With what wow").fill("before lunch")
        emil.get_by_role("button", name="Save and go on").click()
        expect(emil.get_by_role("alert")).to_contain_text("Dana Scientist saved this step")
        expect(emil.get_by_label("Can do what")).to_have_value("sees whom to call first")
        emil.get_by_role("button", name="Save and go on").click()
        expect(emil).to_have_url(f"{base}/canvas/decision")
        emil.get_by_role("spinbutton", name="Cases a period").fill("-5")
        emil.get_by_role("button", name="Save and go on").click()
        expect(emil.locator("#decision-volume_per_period-fault")).to_have_text("This must be more than 0.")
        emil.get_by_role("spinbutton", name="Cases a period").fill("2000")
        emil.get_by_role("button", name="All of it is right: confirm and go on").click()
        emil.goto(f"{base}/review")
        emil.get_by_role("button", name="Save as version 2").click()
        expect(emil.get_by_role("status").first).to_contain_text("saved and checked")
    brief = newest(site, base)
    assert (brief.hill.what, brief.hill.wow) == ("sees whom to call first", "before lunch")
    assert brief.decision.volume_per_period == 2000
    assert not [path for path in brief.defaulted if path.startswith("decision.")]


def test_a_step_is_filled_and_left_with_the_keyboard_alone(dana: Page, begun: Any) -> None:
    base = begun(dana)
    dana.goto(f"{base}/canvas/hill")
    dana.get_by_label("Who", exact=False).first.focus()
    dana.keyboard.press("Tab")
    dana.keyboard.type("sees whom to call first")
    dana.keyboard.press("Tab")
    dana.keyboard.type("before lunch")
    for _ in range(30):
        if dana.evaluate("document.activeElement.textContent") == "Save and go on: Decision":
            break
        dana.keyboard.press("Tab")
    dana.keyboard.press("Enter")
    expect(dana).to_have_url(f"{base}/canvas/decision")
    dana.goto(f"{base}/canvas/hill")
    expect(dana.get_by_label("With what wow")).to_have_value("before lunch")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_the_canvas_has_an_accessibility_fault_or_is_wider_than_a_phone(
    site: Any, dana: Page, begun: Any, faults: Any, theme: str
) -> None:
    base = begun(dana)
    dana.context.add_cookies([{"name": "theme", "value": theme, "url": site.url}])
    paths = [f"{base}/canvas/{step.slug}" for step in STEPS]
    found = []
    for path in [f"{site.url}/start", *paths, f"{base}/review", base]:
        dana.goto(path)
        for box in dana.locator("main details").all():
            box.evaluate("one => { one.open = true; }")
        found += faults(dana)
        dana.set_viewport_size({"width": 390, "height": 844})
        found += faults(dana)
    assert found == []
