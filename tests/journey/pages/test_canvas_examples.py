"""Briefs typed into the canvas, entry by entry: what is saved is what was meant, and what their YAML files say."""

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


def begun(site: Any, page: Page, title: str, task: str) -> str:
    """Sign in and start a use case from five questions; the address of its brief."""
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Name to sign in").fill("data-scientist")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.locator(".me")).to_have_text("The data_scientist")
    page.goto(f"{site.url}/start")
    page.get_by_label("Title").fill(title)
    for name, value in ANSWERS.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.locator("[name=task]").select_option(task)
    page.get_by_label("The business question").fill("What does the file ask?")
    page.get_by_role("button", name="Start the brief").click()
    expect(page).to_have_url(re.compile("/scope/canvas/problem"))
    return page.url.split("/canvas")[0]


def version_2(site: Any, page: Page, base: str) -> Brief:
    """The brief as it is saved at the end of the canvas."""
    page.goto(f"{base}/review")
    kept(page, "Save as version 2")
    found: list[Brief] = site.parts.ledger.find(Brief, use_case=base.split("/")[-2])
    return max(found, key=lambda one: one.version)


@pytest.mark.parametrize("example", TASKS)
def test_a_brief_typed_into_the_canvas_is_the_brief_of_its_file(example: str, site: Any, page: Page) -> None:
    base = begun(site, page, example, TASKS[example])
    text = (files("glassworks.examples") / example / "brief.yaml").read_text()
    case = site.parts.ledger.get(UseCase, base.split("/")[-2])
    wanted = brief_from_yaml(text, case, site.team, site.parts.now())
    for step in DECISION_FIRST:
        page.goto(f"{base}/canvas/{step.slug}")
        fill(page, {name: value for name, value in shown(wanted.facts()).items() if step_of(name) is step})
    assert said(version_2(site, page, base)) == said(wanted)


def test_answers_that_are_worth_something_else_are_rows_of_the_canvas(site: Any, page: Page, faults: Any) -> None:
    base = begun(site, page, "Which queue?", "multiclass")
    page.goto(f"{base}/canvas/value")
    rows = {
        "0": {"truth": "fraud", "answer": "ordinary", "value.low": "-900", "value.mode": "-500", "value.high": "-200"},
        "1": {"truth": "urgent", "answer": "ordinary", "value.low": "-60", "value.mode": "-40", "value.high": "-20"},
    }
    for number, row in rows.items():
        for name, value in row.items():
            assert typed(page, f"value.classes.{number}.{name}", value)
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Kept just now"))
    page.reload()
    expect(page.locator('[name="value.classes.1.value.mode"]')).to_have_value("-40")
    assert faults(page) == []
    saved = version_2(site, page, base)
    assert [(one.truth, one.answer, one.value.low, one.value.high) for one in saved.value.classes] == [
        ("fraud", "ordinary", -900, -200),
        ("urgent", "ordinary", -60, -20),
    ]
    page.goto(base)
    expect(page.locator("main")).to_contain_text("ordinary answered, fraud true")


def test_what_the_action_itself_makes_is_a_share_and_is_told_in_the_what_if(site: Any, page: Page, faults: Any) -> None:
    base = begun(site, page, "Who stays?", "binary")
    page.goto(f"{base}/canvas/value")
    page.get_by_text("Does the action itself make the difference?").click()
    ends = {"low": "0.2", "mode": "0.5", "high": "2"}
    for name, value in ends.items():
        assert typed(page, f"value.treatment_effect.{name}", value)
    expect(page.locator("#value-treatment_effect-fault")).to_contain_text("between 0 and 1")
    assert typed(page, "value.treatment_effect.high", "0.9")
    kept(page, "Save")
    assert faults(page) == []
    page.goto(f"{base}/canvas/decision")
    page.get_by_label("Share of yes you expect").fill("0.1")
    kept(page, "Save")
    saved = version_2(site, page, base)
    assert saved.value.treatment_effect is not None and saved.value.treatment_effect.mode == 0.5
    page.goto(f"{base}/what-if")
    expect(page.locator("main")).to_contain_text("perhaps only 50 come true because of it")
