"""Acts of now and then, each walked in a real browser: own key, tokens, people, outcomes, retirement."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from playwright.sync_api import Page, expect

from glassworks.core.usecase import Candidate, MonitoringRound, Release, UseCase
from glassworks.line import explore

pytestmark = [pytest.mark.timeout(600)]


def enter(page: Page, site: Any, login: str, back: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{site.url}/sign-in?back={back}")
    page.get_by_label("Name to sign in").fill(login)
    page.get_by_label("Password").fill(site.secrets(login)[0])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def running(site: Any) -> UseCase:
    return next(case for case in site.parts.ledger.find(UseCase) if case.release)


def told(page: Page, words: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(words)


def glassworks(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "glassworks.cli", *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def rows(demo: Any) -> pl.DataFrame:
    """Open rows as a list that somebody brings, and what came of each."""
    case = running(demo)
    card = demo.parts.ledger.get(Candidate, demo.parts.ledger.get(Release, case.release).candidate).card
    opened = explore.open_rows(demo.parts, explore.cases.dataset(demo.parts, case)).head(60)
    return opened.select(*card.inputs, pl.col("y").alias("outcome"))


def test_a_key_kept_at_home_opens_a_gate_without_leaving_its_machine(
    page: Page, demo: Any, faults: Any, tmp_path: Path
) -> None:
    enter(page, demo, "olga", "/people")
    page.get_by_text("A key that stays with you").click()
    page.get_by_label("Public key").fill("not a key")
    page.get_by_role("button", name="Put it on the key list").click()
    expect(page.get_by_label("Public key")).to_be_focused()
    expect(page.locator("#public_key-fault")).to_contain_text("not a public key")
    assert faults(page) == []
    public, key = tmp_path / "public.json", tmp_path / "my.key"
    glassworks("sign", str(public), "--key", str(key), "--new")
    page.get_by_label("Public key").fill(public.read_text())
    page.get_by_role("button", name="Put it on the key list").click()
    told(page, "You have a new key")
    expect(page.get_by_role("row", name="Olga Brandt")).to_contain_text("kept by the person")

    case = running(demo)
    last = demo.parts.ledger.find(MonitoringRound, use_case=case.id)[-1]
    page.goto(f"{demo.url}/cases/{case.id}/sign/operate/{last.id}")
    page.get_by_label("Business owner: approve").check()
    for box in page.get_by_role("group", name="Accept as inconclusive").get_by_role("checkbox").all():
        box.check()
    if page.get_by_label("On this condition").count():
        page.get_by_label("On this condition").fill("Decide again with the next quarter's outcomes.")
        page.get_by_label("Until").fill("2099-01-31")
    draft = tmp_path / "draft.json"
    with page.expect_download() as download:
        page.get_by_role("button", name="Fetch the file to sign").click()
    download.value.save_as(draft)
    expect(page.get_by_role("button", name="Fetch the file to sign")).to_be_enabled()
    page.get_by_label("The signed file").set_input_files(draft)
    page.get_by_role("button", name="Bring the signature").click()
    expect(page.get_by_role("alert")).to_contain_text("Sign it with")
    glassworks("sign", str(draft), "--key", str(key))
    page.get_by_label("The signed file").set_input_files(tmp_path / "draft.signed.json")
    page.get_by_role("button", name="Bring the signature").click()
    told(page, "the gate is open")


def test_outcomes_meet_their_predictions_in_a_round_that_somebody_asks_for(
    page: Page, demo: Any, faults: Any, rows: pl.DataFrame, tmp_path: Path
) -> None:
    case, mine, late = running(demo), tmp_path / "mine.csv", tmp_path / "late.csv"
    enter(page, demo, "oona", f"/cases/{case.id}/operate")
    rows.drop("outcome").write_csv(mine)
    page.get_by_label("CSV file").set_input_files(mine)
    page.get_by_role("button", name="Rank these rows").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    ranked = pl.read_csv(download.value.path()).select("row", "prediction")
    known = ranked.sort("row").with_columns(rows["outcome"]).select("prediction", "outcome")
    wrong = {
        "lacks the column": known.rename({"outcome": "result"}),
        "60 of 60 rows name no prediction": known.with_columns(prediction=pl.lit("elsewhere")),
        "1 of 60 outcomes": known.with_columns(outcome=pl.Series(["perhaps", *known["outcome"].to_list()[1:]])),
    }
    for said, frame in wrong.items():
        frame.write_csv(late)
        page.get_by_label("File of late outcomes").set_input_files(late)
        page.get_by_role("button", name="Report these outcomes").click()
        expect(page.locator("#outcomes-fault")).to_contain_text(said)
        expect(page.get_by_label("File of late outcomes")).to_be_focused()
    assert faults(page) == []
    known.write_csv(late)
    page.get_by_label("File of late outcomes").set_input_files(late)
    page.get_by_role("button", name="Report these outcomes").click()
    told(page, "The outcomes are taken")
    page.get_by_role("button", name="Turn the monitors now").click()
    expect(page.locator("[data-job]")).to_be_visible()
    worker = threading.Thread(target=demo.drain)
    worker.start()
    expect(page.locator("[data-job]")).to_have_count(0)
    worker.join()
    expect(page.get_by_role("region", name="Rounds, newest first").locator("tbody")).to_have_count(2)
    expect(page.get_by_text("this page shows how far it is")).to_have_count(0)
    assert faults(page) == []


def test_a_token_opens_the_api_until_it_is_revoked(page: Page, demo: Any, faults: Any) -> None:
    enter(page, demo, "dana", "/people")
    page.get_by_text("A token for notebooks and scripts").click()
    page.get_by_label("For how many days").fill("999")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#days-fault")).to_contain_text("1 to 365 days")
    expect(page.get_by_label("For how many days")).to_have_value("999")
    page.get_by_label("For how many days").fill("7")
    page.get_by_role("button", name="Make a token").click()
    shown = {"Authorization": f"Bearer {page.get_by_label('Token', exact=True).input_value()}"}
    assert faults(page) == []
    mine = f"{demo.url}/api/v1/me"
    assert httpx.get(mine, headers=shown).json()["name"] == "Dana Fischer"
    page.get_by_role("button", name="Revoke token").click()
    told(page, "The token is revoked")
    assert httpx.get(mine, headers=shown).status_code == 401


def test_a_missing_signer_is_invited_and_takes_a_leavers_work_over(page: Page, demo: Any, faults: Any) -> None:
    enter(page, demo, "carla", "/people")
    page.get_by_label("Name", exact=True).fill("Otto Weber")
    page.get_by_label("Name to sign in").fill("oona")
    page.get_by_label("Operator", exact=True).check()
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.locator("#login-fault")).to_contain_text("is taken")
    page.get_by_label("Name to sign in").fill("Otto Weber!")
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.locator("#login-fault")).to_contain_text("lower case letters")
    assert faults(page) == []
    page.get_by_label("Name to sign in").fill("otto")
    page.get_by_role("button", name="Make the invitation").click()
    link = page.get_by_label("Invitation link").input_value()

    page.context.clear_cookies()
    page.goto(link)
    page.get_by_label("Choose a password").fill("the door opens for otto")
    page.get_by_label("Choose a passphrase").fill("short")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("#passphrase-fault")).to_contain_text("longer")
    assert faults(page) == []
    page.get_by_label("Choose a password").fill("the door opens for otto")
    page.get_by_label("Choose a passphrase").fill("and otto signs with this")
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".me")).to_have_text("Otto Weber")

    enter(page, demo, "carla", "/people")
    page.get_by_text("Oona Reyes leaves").click()
    leaving = page.locator("details[open]")
    leaving.get_by_label("Who takes the work over").evaluate("one => { one.required = false; }")
    leaving.get_by_role("button", name="Close the account").click()
    expect(leaving.get_by_text("Choose who takes the work over.")).to_be_visible()
    assert faults(page) == []
    leaving.get_by_label("Who takes the work over").select_option(label="Otto Weber")
    leaving.get_by_role("button", name="Close the account").click()
    told(page, "The account is closed")
    expect(page.get_by_role("row", name="Oona Reyes")).to_contain_text("left")


def test_a_retired_use_case_says_so_and_offers_nothing_that_it_would_refuse(page: Page, demo: Any, faults: Any) -> None:
    case = running(demo)
    enter(page, demo, "olga", f"/cases/{case.id}/operate")
    page.get_by_text("Retire the use case", exact=True).click()
    expect(page.locator("details[open]")).to_contain_text("It cannot be undone")
    page.get_by_label("Why it ends").fill("The campaign is over.")
    page.get_by_role("button", name="Retire it for good").click()
    told(page, "retired")
    expect(page.locator(".lead")).to_contain_text("It is retired")
    page.goto(f"{demo.url}/cases/{case.id}/operate")
    expect(page.locator(".lead")).to_contain_text("answers no more")
    for act in ("Rank these rows", "Retire it for good", "Stop this release now"):
        expect(page.get_by_role("button", name=act)).to_have_count(0)
    assert faults(page) == []
