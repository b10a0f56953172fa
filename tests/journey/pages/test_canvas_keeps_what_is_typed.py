"""Nothing typed is lost: a server that is gone, a session that ends, another person at the same window."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from glassworks import factory
from glassworks.core.commands import Invite
from glassworks.core.people import Role
from glassworks.line import office, people
from glassworks.settings import Settings

pytestmark = [pytest.mark.timeout(600)]
SECRET = "nothing that is typed is lost"
TEAM = {"dana": ("Dana Scientist", Role.DATA_SCIENTIST), "emil": ("Emil Expert", Role.DOMAIN_EXPERT)}
ANSWERS = {
    "The business question": "Whom should we call?",
    "1. What decision changes?": "Phone the customer and offer a term deposit.",
    "2. For whom?": "An agent of the call centre",
    "3. What is a right decision worth?": "120 to 300 EUR",
    "4. What does a mistake cost?": "4 to 9 EUR",
    "5. How will we know?": "Net value of the quarter's calls above list order.",
}


@pytest.fixture(scope="module")
def site(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chosen = Settings(home=tmp_path_factory.mktemp("kept") / "home", lease_seconds=10.0)
    factory.create_office(chosen)
    with serve(chosen) as one:
        carla = Invite(name="Carla Champion", login="carla", roles=(Role.CHAMPION,))
        _, line = office.found(one.parts, carla, "Customer care", password=SECRET, passphrase=SECRET)
        for login, (name, role) in TEAM.items():
            invited = Invite(name=name, login=login, roles=(role,), line=line.id)
            people.add_person(one.parts, invited, password=SECRET, passphrase=SECRET, by="office")
        yield one


def key(login: str) -> tuple[str, str, str]:
    """What a person of the team signs in with, and their name."""
    return login, SECRET, TEAM[login][0]


@pytest.fixture
def dana(enter: Any, site: Any) -> Iterator[Page]:
    with enter(site, *key("dana")) as page:
        yield page


@pytest.fixture
def emil(enter: Any, site: Any) -> Iterator[Page]:
    with enter(site, *key("emil")) as page:
        yield page


def answer(page: Page, site: Any, title: str) -> None:
    page.goto(f"{site.url}/start")
    page.get_by_label("Title").fill(title)
    for label, said in ANSWERS.items():
        page.get_by_label(label).fill(said)


def begun(page: Page, site: Any, title: str) -> str:
    """A use case of this test's own; gives the address of its brief."""
    answer(page, site, title)
    page.get_by_role("button", name="Start the brief").click()
    expect(page).to_have_url(re.compile("/scope/canvas/problem"))
    return page.url.split("/canvas")[0]


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Kept just now"))


def test_five_answers_outlive_a_lost_session_and_a_lost_connection_and_leave_with_the_person(
    site: Any, dana: Page, signing_in: Any
) -> None:
    def answered(page: Page) -> list[str]:
        return [page.get_by_label(label).input_value() for label in ANSWERS]

    answer(dana, site, "Outlives")
    dana.context.clear_cookies()
    dana.get_by_role("button", name="Start the brief").click()
    expect(dana).to_have_url(f"{site.url}/sign-in?back=/start")
    signing_in(dana, site, *key("emil"))
    dana.goto(f"{site.url}/start")
    assert answered(dana) == [""] * len(ANSWERS)
    dana.context.clear_cookies()
    signing_in(dana, site, *key("dana"))
    dana.goto(f"{site.url}/start")
    assert answered(dana) == list(ANSWERS.values())
    dana.route("**/start", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    dana.get_by_role("button", name="Start the brief").click()
    expect(dana).to_have_url(re.compile("chrome-error"))
    dana.unroute("**/start")
    dana.goto(f"{site.url}/start")
    assert answered(dana) == list(ANSWERS.values())
    dana.get_by_role("button", name="Start the brief").click()
    expect(dana).to_have_url(re.compile("/scope/canvas/problem"))
    dana.goto(f"{site.url}/start")
    assert answered(dana) == [""] * len(ANSWERS)


def test_the_text_is_still_there_when_the_server_is_gone_just_as_both_are_to_be_shown(
    site: Any, dana: Page, emil: Page
) -> None:
    base = begun(dana, site, "Both")
    for page in (dana, emil):
        page.goto(f"{base}/canvas/hill")
    emil.get_by_label("Can do what").fill("sees whom to call first")
    saved(emil)
    dana.get_by_label("With what wow").fill("typed before the server went")
    expect(dana.locator("[data-saved]")).to_contain_text("Emil Expert saved this step")
    dana.route("**/canvas/hill", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    dana.get_by_role("button", name="Show both").click()
    expect(dana).to_have_url(re.compile("chrome-error"))
    dana.unroute("**/canvas/hill")
    dana.goto(f"{base}/canvas/hill")
    expect(dana.locator("[data-saved]")).to_contain_text("Emil Expert saved this step")
    dana.get_by_role("button", name="Show both").click()
    expect(dana.get_by_role("alert")).to_contain_text("Nothing was overwritten")
    dana.goto(f"{base}/canvas/problem")
    dana.goto(f"{base}/canvas/hill")
    expect(dana.get_by_label("With what wow")).to_have_value("typed before the server went")
    saved(dana)
    dana.reload()
    expect(dana.get_by_label("With what wow")).to_have_value("typed before the server went")
    expect(dana.get_by_label("Can do what")).to_have_value("sees whom to call first")


def test_what_one_could_not_save_waits_for_that_person_and_is_never_saved_by_the_next_at_the_same_window(
    site: Any, dana: Page, signing_in: Any
) -> None:
    base = begun(dana, site, "One window")
    dana.goto(f"{base}/canvas/hill")
    dana.context.clear_cookies()
    dana.get_by_label("With what wow").fill("typed by dana")
    expect(dana.locator("[data-saved]")).to_contain_text("you are no longer signed in")
    signing_in(dana, site, *key("emil"))
    dana.goto(f"{base}/canvas/hill")
    expect(dana.get_by_label("With what wow")).not_to_have_value("typed by dana")
    dana.context.clear_cookies()
    signing_in(dana, site, *key("dana"))
    dana.goto(f"{base}/canvas/hill")
    expect(dana.get_by_label("With what wow")).to_have_value("typed by dana")
    saved(dana)
    dana.reload()
    expect(dana.locator("[data-saved]")).to_contain_text("by Dana Scientist")


def test_more_text_than_the_server_takes_is_refused_in_words_and_stays(site: Any, dana: Page) -> None:
    base = begun(dana, site, "Too much")
    dana.goto(f"{base}/canvas/problem")
    problem = dana.get_by_label("The problem")
    problem.fill("x" * 3_000_000)
    expect(dana.locator("[data-saved]")).to_contain_text("it may be too long")
    assert len(problem.input_value()) == 3_000_000
    problem.fill("Half of the calls reach nobody.")
    saved(dana)
