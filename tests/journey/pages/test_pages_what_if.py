"""The what-if in a real browser: a slider moves, the money moves; a link holds it; the canvas takes it."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from glassworks.core.commands import OpenUseCase
from glassworks.core.people import LineOfBusiness, Person
from glassworks.core.usecase import UseCase
from glassworks.line import brief_files, cases, people

pytestmark = [pytest.mark.timeout(600)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def deposits(demo: Any) -> str:
    """The address of the demonstration's own what-if."""
    case = next(case for case in demo.parts.ledger.find(UseCase) if case.release)
    return f"/cases/{case.id}/scope/what-if"


@pytest.fixture(scope="module")
def bikes(demo: Any) -> str:
    """The address of a what-if about a forecast."""
    parts = demo.parts
    owner = people.actor(parts.ledger.find(Person, login="olga")[0])
    line = parts.ledger.find(LineOfBusiness)[0].id
    cases.open_use_case(parts, owner, OpenUseCase(id="bikes", title="Bikes", question="How many bikes?", line=line))
    content = files("glassworks.examples").joinpath("bike_demand").joinpath("brief.yaml").read_bytes()
    brief_files.save_file(parts, owner, content, "bikes")
    return "/cases/bikes/scope/what-if"


@pytest.fixture(params=["light", "dark"])
def owner(request: Any, browser: Browser, demo: Any) -> Iterator[Page]:
    """The business owner, signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=request.param)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{demo.url}/sign-in")
    page.get_by_label("Name to sign in").fill("olga")
    page.get_by_label("Password").fill(demo.secrets("olga")[0])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/$"))
    yield page
    context.close()


def money(page: Page) -> float:
    return float(page.locator("[data-money]").inner_text().replace(",", "").replace("\u2212", "-"))


def press(page: Page, name: str, key: str, times: int = 1) -> None:
    slider = page.get_by_role("slider", name=re.compile(name))
    slider.focus()
    for _ in range(times):
        slider.press(key)


def test_the_money_moves_as_a_slider_of_people_moves(owner: Page, demo: Any, deposits: str) -> None:
    owner.goto(demo.url + deposits)
    before = money(owner)
    press(owner, "how often is it right", "ArrowLeft", 6)
    expect(owner.locator("[data-money]")).not_to_have_text(f"{before:,.0f}")
    expect(owner).to_have_url(re.compile(r"precision=\d+"))
    assert money(owner) < before
    shown, address = owner.locator("[data-money]").inner_text(), owner.url
    expect(owner.get_by_role("status").filter(has_text=shown)).to_have_count(1)
    owner.goto(address)
    expect(owner.locator("[data-money]")).to_have_text(shown)


def test_reaching_more_means_being_right_more_often_at_the_same_capacity(owner: Page, demo: Any, deposits: str) -> None:
    owner.goto(demo.url + deposits)
    press(owner, "how many do we reach", "End")
    expect(owner.locator("#precision")).to_have_value("80")
    expect(owner.locator("[data-fragment]")).to_contain_text("missed: acting would be right")


def test_a_target_out_of_reach_says_stop_and_a_word_is_named_where_it_stands(
    owner: Page, demo: Any, deposits: str
) -> None:
    owner.goto(demo.url + deposits)
    owner.locator("#kpi-target").fill("50000")
    expect(owner.locator("[data-fragment]")).to_contain_text("Stop here, or change the plan")
    owner.locator("#kpi-target").fill("much")
    expect(owner.locator("#kpi-target-fault")).to_have_text("This must be a number, such as 40 or 12.5.")
    expect(owner.locator("#kpi-target")).to_have_value("much")
    owner.locator("#kpi-target").fill("6000")
    expect(owner.locator("#kpi-target-fault")).to_be_hidden()
    expect(owner.locator("[data-money]")).to_be_visible()


def test_a_forecast_that_is_less_wrong_earns_more(owner: Page, demo: Any, bikes: str) -> None:
    owner.goto(demo.url + bikes)
    before = money(owner)
    press(owner, "forecast of the model wrong", "ArrowLeft", 10)
    expect(owner).to_have_url(re.compile(r"error=40"))
    expect(owner.locator("[data-money]")).not_to_have_text(f"{before:,.0f}")
    assert money(owner) > before


def test_what_was_tried_goes_into_the_canvas(owner: Page, demo: Any, bikes: str) -> None:
    owner.goto(demo.url + bikes)
    press(owner, "What is the target", "ArrowRight")
    target = owner.locator("#kpi-target").input_value()
    expect(owner).to_have_url(re.compile("kpi.target="))
    owner.get_by_role("button", name="Put them into the canvas").click()
    expect(owner.get_by_role("status").first).to_contain_text("The numbers you tried are in the canvas now")
    expect(owner.locator("[name='kpi.target']")).to_have_value(target)


def test_it_is_accessible_and_fits_a_phone_also_with_the_statistics_open(
    owner: Page, demo: Any, deposits: str, bikes: str, faults: Any
) -> None:
    found = []
    for path in (deposits, f"{deposits}?kpi.target=50000&share.low=30", bikes, f"{bikes}?error=abc"):
        owner.goto(demo.url + path)
        owner.evaluate("document.querySelectorAll('.what-if details').forEach((one) => { one.open = true; })")
        found += faults(owner)
        owner.set_viewport_size(PHONE)  # type: ignore[arg-type]
        found += faults(owner)
    assert found == []


def test_without_script_a_button_works_it_out(browser: Browser, demo: Any, deposits: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo.url + deposits)
    page.locator("#precision").fill("49")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("[data-money]")).to_have_text("6,420")
    context.close()
