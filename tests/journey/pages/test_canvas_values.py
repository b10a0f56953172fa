"""What pairs of answers are worth, and what the act itself makes, on the canvas: two people, no script, faults."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from glassworks import factory
from glassworks.core.commands import Invite
from glassworks.core.contract import Brief
from glassworks.core.people import Role
from glassworks.line import office, people
from glassworks.settings import Settings

pytestmark = [pytest.mark.timeout(600)]
SECRET = "eight people sit at one table"
TEAM = {"dana": ("Dana Scientist", Role.DATA_SCIENTIST), "emil": ("Emil Expert", Role.DOMAIN_EXPERT)}
ANSWERS = {"decision": "Decide.", "whom": "The team", "worth": "10 EUR", "mistake": "1 EUR", "know": "We count it."}
PAIR = {"truth": "fraud", "answer": "ordinary", "value.low": "-900", "value.mode": "-500", "value.high": "-200"}
EFFECT = {"low": "0.2", "mode": "0.5", "high": "0.9", "owner": "Olga", "source": "the pilot of May"}


@pytest.fixture(scope="module")
def site(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chosen = Settings(home=tmp_path_factory.mktemp("values") / "home", lease_seconds=10.0)
    factory.create_office(chosen)
    with serve(chosen) as one:
        carla = Invite(name="Carla Champion", login="carla", roles=(Role.CHAMPION,))
        _, line = office.found(one.parts, carla, "Values", password=SECRET, passphrase=SECRET)
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


def begun(site: Any, page: Page, title: str, task: str) -> str:
    """Starts a use case from five questions and opens the step of values; gives the address of its brief."""
    page.goto(f"{site.url}/start")
    page.get_by_label("Title").fill(title)
    page.get_by_label("The business question").fill("What is it worth?")
    for name, value in ANSWERS.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.locator("[name=task]").select_option(task)
    page.get_by_role("button", name="Start the brief").click()
    expect(page).to_have_url(re.compile("/scope/canvas/problem"))
    base = page.url.split("/canvas")[0]
    page.goto(f"{base}/canvas/value")
    return base


def fill(page: Page, start: str, entries: dict[str, str]) -> None:
    for name, value in entries.items():
        page.locator(f'[name="{start}.{name}"]').fill(value)


def kept(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Kept just now"))


def version_2(site: Any, page: Page, base: str) -> Brief:
    """The brief as it is saved at the end of the canvas."""
    page.goto(f"{base}/review")
    with page.expect_navigation():
        page.get_by_role("button", name="Save as version 2").click()
    found: list[Brief] = site.parts.ledger.find(Brief, use_case=base.split("/")[-2])
    return max(found, key=lambda one: one.version)


def test_pairs_of_answers_are_typed_kept_saved_and_read_again(site: Any, dana: Page, faults: Any) -> None:
    base = begun(site, dana, "Which queue is right?", "multiclass")
    fill(dana, "value.classes.0", PAIR | {"value.owner": "Olga", "value.source": "last year's losses"})
    dana.get_by_role("button", name="Add a row: Answers that are worth something else").click()
    fill(dana, "value.classes.1", PAIR | {"truth": "urgent", "value.column": "amount"})
    kept(dana)
    dana.reload()
    expect(dana.locator('[name="value.classes.1.truth"]')).to_have_value("urgent")
    expect(dana.locator('[name="value.classes.2.truth"]')).to_have_value("")
    assert faults(dana) == []
    pairs = version_2(site, dana, base).value.classes
    assert [(one.truth, one.answer, one.value.mode) for one in pairs] == [
        ("fraud", "ordinary", -500),
        ("urgent", "ordinary", -500),
    ]
    assert (pairs[0].value.owner, pairs[0].value.source, pairs[1].value.column) == (
        "Olga",
        "last year's losses",
        "amount",
    )
    expect(dana.get_by_role("row", name="ordinary answered, fraud true")).to_contain_text("last year's losses")
    told = dana.get_by_role("row", name="ordinary answered, urgent true").get_by_role("cell").last
    expect(told).to_have_text("times amount")
    assert faults(dana) == []
    dana.get_by_role("link", name="what changed").click()
    expect(dana.locator("main")).to_contain_text("Answers worth something else: row 1, what is true")
    assert dana.get_by_role("row", name=re.compile("– –")).count() == 0
    assert faults(dana) == []


def test_a_pair_that_lacks_an_entry_or_stands_twice_is_told_beside_it(site: Any, dana: Page, faults: Any) -> None:
    begun(site, dana, "Which queue is not right?", "multiclass")
    fill(dana, "value.classes.0", {"truth": "fraud", "value.low": "-9", "value.mode": "-8", "value.high": "-20"})
    expect(dana.locator("#value-classes-0-answer-fault")).to_have_text("This is needed.")
    expect(dana.locator("#value-classes-0-value-low-fault")).to_contain_text("rising order")
    fill(dana, "value.classes.0", PAIR)
    dana.get_by_role("button", name="Add a row: Answers that are worth something else").click()
    fill(dana, "value.classes.1", PAIR)
    expect(dana.locator("#value-classes-fault")).to_contain_text("stand here twice")
    with dana.expect_navigation():
        dana.get_by_role("button", name="Save", exact=True).click()
    expect(dana.get_by_role("alert")).to_contain_text("Answers worth something else: The same true and given answer")
    expect(dana.locator("#value-classes-fault")).to_contain_text("stand here twice")
    assert faults(dana) == []


def test_two_people_who_type_pairs_and_shares_lose_neither(site: Any, dana: Page, emil: Page) -> None:
    base = begun(site, dana, "Who pays back?", "binary")
    emil.goto(f"{base}/canvas/value")
    dana.get_by_label("Whose figure it is").fill("Olga")
    kept(dana)
    emil.get_by_text("Does the action itself make the difference?").click()
    fill(emil, "value.treatment_effect", EFFECT)
    emil.get_by_role("button", name="Show both").click()
    expect(emil.get_by_role("alert")).to_have_count(1)
    expect(emil.get_by_role("alert")).to_contain_text("Nothing was overwritten")
    expect(emil.get_by_label("Whose figure it is")).to_have_value("Olga")
    expect(emil.locator('[name="value.treatment_effect.mode"]')).to_have_value("0.5")
    with emil.expect_navigation():
        emil.get_by_role("button", name="Save", exact=True).click()
    saved = version_2(site, emil, base)
    assert saved.kpi.owner == "Olga" and saved.value.treatment_effect is not None
    told = saved.value.treatment_effect
    assert {name: str(getattr(told, name)) for name in EFFECT} == EFFECT
    expect(emil.locator("main")).to_contain_text("The action itself makes the difference in 20")


def test_two_people_who_add_a_pair_each_see_both(site: Any, dana: Page, emil: Page) -> None:
    base = begun(site, dana, "Who waits longest?", "multiclass")
    emil.goto(f"{base}/canvas/value")
    fill(dana, "value.classes.0", PAIR)
    kept(dana)
    fill(emil, "value.classes.0", PAIR | {"truth": "urgent"})
    emil.get_by_role("button", name="Show both").click()
    clash = emil.get_by_role("region", name="What both of you changed").locator("tbody tr")
    expect(clash).to_have_count(1)
    expect(clash).to_contain_text("fraud")
    expect(clash).to_contain_text("urgent")
    expect(emil.locator('[name="value.classes.0.value.low"]')).to_have_value("-900")


def test_without_script_an_empty_row_takes_a_pair_and_a_share_beyond_all_is_refused(
    site: Any, enter: Any, faults: Any
) -> None:
    with enter(site, *key("dana"), java_script_enabled=False) as page:
        begun(site, page, "Which queue, plainly?", "multiclass")
        fill(page, "value.classes.0", PAIR)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator('[name="value.classes.0.value.high"]')).to_have_value("-200")
        expect(page.locator('[name="value.classes.1.truth"]')).to_have_value("")
        base = begun(site, page, "Who stays, plainly?", "binary")
        page.get_by_text("Does the action itself make the difference?").click()
        fill(page, "value.treatment_effect", EFFECT | {"high": "2"})
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#value-treatment_effect-fault")).to_contain_text("between 0 and 1")
        expect(page.locator('[name="value.treatment_effect.high"]')).to_have_value("2")
    with enter(site, *key("dana")) as page:
        page.goto(f"{base}/canvas/value")
        assert faults(page) == []
        fill(page, "value.treatment_effect", dict.fromkeys(EFFECT, ""))
        kept(page)
        assert version_2(site, page, base).value.treatment_effect is None


def test_saving_while_the_last_words_are_still_under_way_waits_for_them_and_goes_on(site: Any, enter: Any) -> None:
    with enter(site, *key("dana"), reduced_motion="reduce") as page:
        base = begun(site, page, "Who is in a hurry?", "binary")
        held: list[Route] = []
        page.route("**/canvas/value", lambda route: route.fallback() if held else held.append(route))
        with page.expect_request("**/canvas/value"):
            page.get_by_label("Whose figure it is").fill("Olga")
        expect(page.locator("[data-saved]")).to_have_text("Saving…")
        page.get_by_role("button", name="Save and go on: Data").click(no_wait_after=True)
        held[0].continue_()
        expect(page).to_have_url(f"{base}/canvas/data")
        expect(page.locator(".lead")).to_have_text("What is known at the moment of the decision, and whose is it?")
    assert site.parts.drafts.of(base.split("/")[-2])["value"].typed["kpi.owner"] == "Olga"
