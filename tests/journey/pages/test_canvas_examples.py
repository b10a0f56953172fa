"""The three further briefs typed into the canvas, entry by entry: what is saved is what their YAML files say."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from glassworks import factory
from glassworks.core.commands import Invite
from glassworks.core.contract import Brief
from glassworks.core.people import Role
from glassworks.core.usecase import UseCase
from glassworks.line import office, people
from glassworks.settings import Settings
from glassworks.stages.scope.brief_file import brief_from_yaml
from glassworks.stages.scope.steps import STEPS, step_of
from glassworks.web.pages.brief_form import shown

pytestmark = [pytest.mark.timeout(600)]
SECRET = "eight people sit at one table"
ROLES = (
    Role.BUSINESS_OWNER,
    Role.DOMAIN_EXPERT,
    Role.DATA_SCIENTIST,
    Role.VALIDATOR,
    Role.APPROVER,
    Role.OPERATOR,
)
ANSWERS = {"decision": "Decide.", "whom": "The team", "worth": "10 EUR", "mistake": "1 EUR", "know": "We count it."}
TASKS = {"german_credit": "binary", "telco_churn": "binary", "bike_demand": "regression"}
DECISION_FIRST = (STEPS[2], *(step for step in STEPS if step is not STEPS[2]))
"""The task decides which outcomes and windows there are to fill in."""


@pytest.fixture(scope="module")
def site(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chosen = Settings(home=tmp_path_factory.mktemp("examples") / "home", lease_seconds=10.0)
    factory.create_office(chosen)
    with serve(chosen) as one:
        carla = Invite(name="Carla Champion", login="carla", roles=(Role.CHAMPION,))
        _, line = office.found(one.parts, carla, "Examples", password=SECRET, passphrase=SECRET)
        one.team = {}
        for role in ROLES:
            invited = Invite(name=f"The {role}", login=role.value.replace("_", "-"), roles=(role,), line=line.id)
            person = people.add_person(one.parts, invited, password=SECRET, passphrase=SECRET, by="office")
            one.team[role] = person.id
        yield one


CONFIRM = "All of it is right: confirm and go on"


def kept(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def entry(page: Page, name: str) -> Locator | None:
    """The field of an entry; a list grows by the button that a person would press."""
    found = page.locator(f'[name="{name}"]:not([type=hidden])')
    row = re.fullmatch(r"(.+)\.(\d+)\.\w+", name)
    box = page.locator(f'[data-listed="{row[1]}"]') if row else None
    if row and box is not None and box.count():
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        while box.locator("[data-row]").count() <= int(row[2]):
            box.get_by_role("button", name="Add a row").click()
    return found if found.count() else None


def typed(page: Page, name: str, value: str) -> bool:
    """Whether the page has a place for an entry; its field holds the value now."""
    found = entry(page, name)
    if found is None:
        return page.locator(f'input[type=hidden][name="{name}"]').count() > 0
    kind = found.evaluate("(one) => one.type")
    if kind == "checkbox":
        found.set_checked(bool(value))
    elif kind == "select-one":
        found.select_option(value)
    else:
        found.fill(value)
    return True


def fill(page: Page, entries: dict[str, str]) -> None:
    """Type all entries of a step, empty the rows of lists that are not asked for, and keep it.

    The table of columns has three empty rows at a time: it is kept and filled again until each column has a row.
    """
    left = {name for name, value in entries.items() if not typed(page, name, value)}
    for field in page.locator("[data-row] :is(input, textarea)").all():
        if field.get_attribute("name") not in entries:
            field.fill("")
    kept(page, "Save")
    if any(name.startswith("features.") and name.endswith(".name") for name in left):
        fill(page, entries)
        return
    if page.get_by_role("button", name=CONFIRM).is_visible():
        kept(page, CONFIRM)


def said(brief: Brief) -> dict[str, Any]:
    """What a brief says; on the canvas an amount has no unit of its own, it is in the brief's currency."""
    own = ("id", "version", "saved_by", "saved_at")
    facts = {name: value for name, value in brief.facts().items() if name not in own}
    facts["forbidden"] = sorted(facts["forbidden"])
    cells = {name: cell for name, cell in facts["value"].items() if isinstance(cell, dict)}
    for cell in cells.values():
        assert cell.pop("unit") in ("", brief.value.currency)
    return facts


@pytest.mark.parametrize("example", TASKS)
def test_a_brief_typed_into_the_canvas_is_the_brief_of_its_file(example: str, site: Any, page: Page) -> None:
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Name to sign in").fill("data-scientist")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.locator(".me")).to_have_text("The data_scientist")
    text = (files("glassworks.examples") / example / "brief.yaml").read_text()
    page.goto(f"{site.url}/start")
    page.get_by_label("Title").fill(example)
    for name, value in ANSWERS.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.locator("[name=task]").select_option(TASKS[example])
    page.get_by_label("The business question").fill("What does the file ask?")
    page.get_by_role("button", name="Start the brief").click()
    expect(page).to_have_url(re.compile("/scope/canvas/problem"))
    base = page.url.split("/canvas")[0]
    case = site.parts.ledger.get(UseCase, base.split("/")[-2])
    wanted = brief_from_yaml(text, case, site.team, site.parts.now())
    for step in DECISION_FIRST:
        page.goto(f"{base}/canvas/{step.slug}")
        entries = {name: value for name, value in shown(wanted.facts()).items() if step_of(name) is step}
        fill(page, entries)
    page.goto(f"{base}/review")
    kept(page, "Save as version 2")
    saved = max(site.parts.ledger.find(Brief, use_case=case.id), key=lambda one: one.version)
    assert said(saved) == said(wanted)
