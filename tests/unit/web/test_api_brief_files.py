"""The brief over the API: five answers, YAML in and out, its schema, what changed; bad files named by their field."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from glassworks.core.contract import Brief
from glassworks.sdk.case import Case
from glassworks.sdk.client import Client

CASE = "brief-files"
ANSWERS = {"decision": "call the customer", "whom": "agents", "worth": "80 to 120 EUR", "mistake": "6 EUR",
           "know": "customers who stay"}  # fmt: skip
YAML = {"content-type": "application/yaml"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("house", Path(__file__).parents[2] / "fakes" / "house.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.opened(tmp_path_factory.mktemp("briefs") / "home") as one:
        yield one


@pytest.fixture(scope="module")
def opened(house: Any) -> Any:
    opening = {"id": CASE, "title": "Whom to call", "question": "Whom should we call?", "line": "retail"}
    house.act("business_owner", "POST", "/cases", 201, json=opening)
    house.act("business_owner", "POST", f"/cases/{CASE}/start", 201, json=ANSWERS)
    return house


def text(house: Any) -> str:
    return str(house.act("auditor", "GET", f"/cases/{CASE}/brief.yaml").text)


def sent(house: Any, content: str | bytes, status: int, check: str = "", who: str = "data_scientist") -> Any:
    return house.act(who, "POST", f"/cases/{CASE}/brief.yaml{check}", status, content=content, headers=YAML)


def test_five_answers_give_a_brief_and_a_second_start_needs_the_version_it_is_over(opened: Any) -> None:
    brief = Brief.model_validate(opened.act("auditor", "GET", f"/cases/{CASE}/briefs")[0])
    assert brief.decision.action == "call the customer" and "kpi.target" in brief.defaulted
    late = opened.act("business_owner", "POST", f"/cases/{CASE}/start", 409, json=ANSWERS)
    assert "at version 1, you edited version 0" in late["what"]
    bad = opened.act(
        "business_owner",
        "POST",
        f"/cases/{CASE}/start",
        422,
        json={**ANSWERS, "mistake": "much", "expected_version": 1},
    )
    assert bad["field"] == "mistake" and bad["next"]


def test_the_schema_is_published(opened: Any) -> None:
    assert "kpi" in opened.act("auditor", "GET", "/schemas/brief")["properties"]


def test_yaml_is_saved_over_its_version_and_checked_without_saving(opened: Any) -> None:
    fields = yaml.safe_load(text(opened))
    fields["label_delay"] = "After a quarter."
    found = sent(opened, yaml.safe_dump(fields), 200, "/check")
    assert {one["check"] for one in found} >= {"risk_tier", "asked_by_tier", "kpi_tree"}
    saved = sent(opened, yaml.safe_dump(fields), 201)
    assert saved["version"] == fields["version"] + 1 and "label_delay" not in saved["defaulted"]
    fields["label_delay"] = "After a year."
    assert sent(opened, yaml.safe_dump(fields), 409)["error"] == "Conflict"
    assert sent(opened, yaml.safe_dump(fields), 403, who="validator")["rule"] == "act-by-role"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        (lambda t: t + "colour: red\n", 422, "colour"),
        (lambda t: t.replace("title:", "\ttitle:"), 422, "line"),
        (lambda t: t + "\ntitle: again\n", 422, "line"),
        (lambda t: t + "a: &a [x]\nb: *a\n", 422, "line"),
        (lambda t: t.replace("target: 4500.0", "target: many"), 422, "kpi.target"),
        (lambda t: t.replace("due: '2", "due: '2026-13-01' # '", 1), 422, "plan.0.due"),
        (lambda t: t.replace(f"use_case: {CASE}", "use_case: other"), 422, "use_case"),
        (lambda t: t.replace("operator:", "operater:"), 422, "people.operater"),
        (lambda t: "[]", 422, ""),
        (lambda t: t + "# " + "x" * 1_000_000, 413, ""),
        (lambda t: t + "# " + "x" * 10_000_000, 413, ""),
    ],
    ids=["unknown", "tab", "twice", "bomb", "type", "date", "case", "role", "list", "1 MB", "10 MB"],
)
def test_a_bad_file_is_refused_by_its_field(opened: Any, change: Any, status: int, field: str) -> None:
    before = text(opened)
    content = change(before)
    assert content != before
    refused = sent(opened, content, status)
    assert refused.get("field", "").startswith(field) and refused["what"] and refused["next"]
    assert text(opened) == before


def test_the_sdk_starts_saves_and_compares_a_brief(opened: Any) -> None:
    client = Client(opened.client("data_scientist"))
    case: Case = client.case(CASE)
    first = case.start(**ANSWERS)
    saved = case.save_brief(first.model_copy(update={"today": "Called in list order."}))
    assert saved.version == first.version + 1 and "today" not in saved.defaulted
    again = case.save_brief(case.brief_yaml().replace("Called in list order.", "Called by hand."))
    assert (again.version, again.today) == (saved.version + 1, "Called by hand.")
    found = case.changes()
    assert (found.signed, found.newest, found.changes) == ("", again.id, ()) and len(found.sign_again) == 3
