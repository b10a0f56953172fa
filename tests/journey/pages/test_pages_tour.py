"""The README's tour of the demonstration, click by click, in a real browser."""

import csv
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from glassworks.core.usecase import Candidate, GateRecord, MonitoringRound, Release, UseCase
from glassworks.line import explore

pytestmark = [pytest.mark.timeout(600)]


def sign_in(page: Page, site: Any, login: str) -> None:
    password, _ = site.secrets(login)
    page.get_by_label("Name to sign in").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def running(site: Any) -> UseCase:
    return next(case for case in site.parts.ledger.find(UseCase) if case.release)


def test_it_opens_on_what_was_refused_and_what_was_approved(page: Page, demo: Any) -> None:
    page.goto(demo.url)
    expect(page.locator(".lead")).to_have_text(re.compile("(One|Two) models? (was|were) refused, one approved."))
    expect(page.locator(".twin-refused")).to_contain_text("its author claimed")
    expect(page.locator(".twin-refused")).to_contain_text("Viktor Lind")
    expect(page.locator(".twin-approved")).to_contain_text("interval")
    expect(page.locator(".twin-approved")).to_contain_text("Permit")
    expect(page.get_by_label("Demonstration")).to_contain_text("signed by a script for invented people")


def test_the_builder_may_not_sign_and_the_refusal_is_in_the_journal(page: Page, demo: Any) -> None:
    page.goto(demo.url)
    page.get_by_role("button", name="Try to sign as its builder").click()
    expect(page.locator("main")).to_contain_text("own-work")
    expect(page.locator("main")).to_contain_text("Nobody approves their own work")
    page.goto(f"{demo.url}/journal")
    expect(page.locator("tbody tr").first).to_contain_text("refused")


def test_a_visitor_reads_everything_and_changes_nothing(page: Page, demo: Any) -> None:
    case = running(demo)
    page.goto(f"{demo.url}/cases/{case.id}/operate")
    expect(page.get_by_role("button", name="Rank these rows")).to_have_count(0)
    answer = page.request.post(f"{demo.url}/stops", form={"target_kind": "use_case", "target": case.id})
    assert "/sign-in" in answer.url


def test_the_approval_left_open_is_signed_with_the_passphrase_from_the_file(page: Page, demo: Any) -> None:
    page.goto(demo.url)
    page.get_by_role("link", name="read the evidence and sign").click()
    page.get_by_role("main").get_by_role("link", name="sign in").click()
    sign_in(page, demo, "olga")
    page.get_by_label("Business owner: approve").check()
    for box in page.get_by_role("group", name="Accept as inconclusive").get_by_role("checkbox").all():
        box.check()
    if page.get_by_label("On this condition").count():
        page.get_by_label("On this condition").fill("Decide again with the next quarter's outcomes.")
        page.get_by_label("Until").fill("2099-01-31")
    page.get_by_label("Your statement").fill("I read the round.")
    page.get_by_label("Passphrase of your key").fill("not the passphrase at all")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("does not open your key")
    expect(page.get_by_label("Your statement")).to_have_value("I read the round.")
    page.get_by_label("Passphrase of your key").fill(demo.secrets("olga")[1])
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("the gate is open")
    expect(page.get_by_label("Permit and acts")).to_contain_text("Olga Brandt")


def test_an_own_csv_becomes_a_ranked_list_with_reasons_and_a_harmless_download(
    page: Page, demo: Any, tmp_path: Path
) -> None:
    case = running(demo)
    release = demo.parts.ledger.get(Release, case.release)
    card = demo.parts.ledger.get(Candidate, release.candidate).card
    dataset = explore.cases.dataset(demo.parts, case)
    rows = explore.open_rows(demo.parts, dataset).select(card.inputs).head(12)
    rows = rows.with_columns(pl.lit("=cmd()").alias("note"))
    (tmp_path / "mine.csv").write_bytes(rows.write_csv().encode())
    page.goto(f"{demo.url}/sign-in?back=/cases/{case.id}/operate")
    sign_in(page, demo, "oona")
    page.get_by_label("CSV file").set_input_files(tmp_path / "mine.csv")
    page.get_by_role("button", name="Rank these rows").click()
    expect(page.locator("#score table tbody tr")).to_have_count(12)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    kept = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert len(kept) == 12 and {row["note"] for row in kept} == {"'=cmd()"}


def test_a_csv_without_a_needed_column_is_refused_beside_the_field(page: Page, demo: Any, tmp_path: Path) -> None:
    (tmp_path / "short.csv").write_text("one,two\n1,2\n")
    page.goto(f"{demo.url}/sign-in?back=/cases/{running(demo).id}/operate")
    sign_in(page, demo, "oona")
    page.get_by_label("CSV file").set_input_files(tmp_path / "short.csv")
    page.get_by_role("button", name="Rank these rows").click()
    expect(page.locator("#file-fault")).to_contain_text("columns")


def test_a_validator_is_blind_until_they_have_spoken(page: Page, demo: Any) -> None:
    case = running(demo)
    proposed = next(c for c in demo.parts.ledger.find(Candidate, use_case=case.id) if c.state == "proposed")
    page.goto(f"{demo.url}/sign-in?back=/cases/{case.id}/develop/{proposed.id}")
    sign_in(page, demo, "viktor")
    expect(page.locator("main")).to_contain_text("Hidden from you until you have spoken")


def every_page(site: Any) -> list[str]:
    case = running(site)
    found = [
        "/",
        "/floor",
        "/inbox",
        "/journal",
        "/sealed",
        "/people",
        "/new",
        "/glossary",
        "/sign-in",
        "/verify",
        "/queue",
    ]
    for other in site.parts.ledger.find(UseCase):
        base = f"/cases/{other.id}"
        found += [
            base,
            f"{base}/documentation?pack=eu-ai-act",
            f"{base}/scope",
            f"{base}/explore",
            f"{base}/develop",
            f"{base}/operate",
        ]
    for one in site.parts.ledger.find(Candidate, use_case=case.id):
        found.append(f"/cases/{case.id}/develop/{one.id}")
        if one.state in ("approved", "refused"):
            found += [f"/cases/{case.id}/validate/{one.id}", f"/cases/{case.id}/sign/validate/{one.id}"]
    found += [
        f"/cases/{case.id}/dossiers/{one.id}/read" for one in site.parts.ledger.find(GateRecord, use_case=case.id)
    ]
    last = site.parts.ledger.find(MonitoringRound, use_case=case.id)[-1]
    return [*found, f"/cases/{case.id}/sign/operate/{last.id}"]


def test_no_page_of_a_visitor_has_an_accessibility_fault_or_is_wider_than_a_phone(
    page: Page, demo: Any, faults: Any
) -> None:
    found = []
    for path in every_page(demo):
        answer = page.goto(demo.url + path)
        assert answer is not None and answer.status == 200, path
        found += faults(page)
    assert found == []


def test_no_page_of_a_person_at_work_has_an_accessibility_fault_in_the_dark(page: Page, demo: Any, faults: Any) -> None:
    case = running(demo)
    found = []
    for login, paths in {
        "dana": [
            f"/cases/{case.id}/scope/canvas/value",
            f"/cases/{case.id}/scope/review",
            "/start",
            f"/cases/{case.id}/develop",
            "/new",
            "/people",
        ],
        "emil": [f"/cases/{case.id}/explore", "/inbox"],
        "viktor": [p for p in every_page(demo) if "/validate/" in p],
        "oona": [f"/cases/{case.id}/operate"],
        "carla": ["/people"],
    }.items():
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "theme", "value": "dark", "url": demo.url}])
        page.goto(f"{demo.url}/sign-in")
        sign_in(page, demo, login)
        for path in paths:
            answer = page.goto(demo.url + path)
            assert answer is not None and answer.status == 200, path
            for box in page.locator("details").all():
                box.evaluate("one => { one.open = true; }")
            found += faults(page)
    assert found == []
