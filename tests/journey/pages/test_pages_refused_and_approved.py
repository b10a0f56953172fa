"""Two people take a refused and an approved model through gate 4 in the browser; an outsider verifies both files."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from glassworks.core import signoff
from glassworks.settings import Settings

pytestmark = [pytest.mark.timeout(600)]
FAKES = Path(__file__).parents[2] / "fakes"
NAMES = {"validator": "Validator", "business_owner": "Business Owner"}


def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", FAKES / "bench.py")
    assert spec and spec.loader
    module = sys.modules.setdefault("bench", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An installation with two submitted models: one that tells, and one that leans on what is known after the call."""
    kit = bench()
    home = kit.Shelf(tmp_path_factory.mktemp("shelf")).copy("submitted", tmp_path_factory.mktemp("own") / "home")
    with kit.opened(home) as one:
        one.submit(one.model(name="Too late", source=kit.LEAKY))
    with serve(Settings(home=home, environment="test")) as site:
        site.kit = kit
        yield site


@pytest.fixture(scope="module")
def people(site: Any, enter: Any) -> Iterator[dict[str, Page]]:
    """The validator and the business owner, each at a browser of their own."""
    with (
        enter(site, "validator", site.kit.PASSWORD, NAMES["validator"]) as validator,
        enter(site, "business_owner", site.kit.PASSWORD, NAMES["business_owner"]) as owner,
    ):
        yield {"validator": validator, "business_owner": owner}


def opened(page: Page, site: Any, name: str) -> None:
    """The report of the candidate with this name, from the queue."""
    page.goto(f"{site.url}/queue")
    page.get_by_role("link", name=name, exact=True).click()


def signs(page: Page, site: Any, choice: str, **words: str) -> None:
    """Read and sign, with what is typed into the fields so labelled."""
    page.get_by_role("link", name="Read and sign").click()
    page.get_by_label(choice).check()
    for box in page.get_by_role("group", name="Accept as inconclusive").get_by_role("checkbox").all():
        if choice.startswith("Business owner: approve"):
            box.check()
    for label, text in words.items():
        page.get_by_label(label.replace("_", " ")).fill(text)
    page.get_by_label("Passphrase of your key").fill(site.kit.PASSPHRASE)
    page.get_by_role("button", name="Sign", exact=True).click()


def verified(site: Any, page: Page, where: Path, *, flip: int | None = None) -> tuple[int, str]:
    """What a process that knows no server says of the dossier behind the page's link."""
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the dossier").click()
    content = bytearray(Path(coming.value.path()).read_bytes())
    if flip is not None:
        content[flip % len(content)] ^= 2
    where.write_bytes(content)
    pinned = signoff.fingerprint(site.parts.office.public_key)
    command = [sys.executable, "-m", "glassworks.verify", str(where), "--fingerprint", pinned]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=where.parent)
    return done.returncode, done.stdout


class TestTwoModels:
    """One story in order; each step builds on the one before."""

    def test_the_validator_has_both_recomputed_from_the_queue(self, site: Any, people: Any) -> None:
        page = people["validator"]
        page.goto(f"{site.url}/queue")
        expect(page.locator("main")).to_contain_text("2 submitted models wait; you may have 2 of them recomputed.")
        page.get_by_role("button", name="Have all 2 recomputed").click()
        site.drain()
        page.goto(f"{site.url}/queue")
        expect(page.get_by_text("recomputed, waits for signatures")).to_have_count(2)

    def test_the_model_that_fails_is_refused_by_the_validator_with_a_reason(
        self, site: Any, people: Any, faults: Any
    ) -> None:
        page = people["validator"]
        opened(page, site, "Too late")
        expect(page.locator("main")).to_contain_text("Too late does not pass")
        assert faults(page) == []
        signs(page, site, "Validator: refuse", Your_statement="It knows the length of a call that has not been made.")
        expect(page.locator("main")).to_contain_text("It knows the length of a call that has not been made.")
        owner = people["business_owner"]
        owner.goto(f"{site.url}/cases/whom-to-call")
        owner.goto(page.url)
        expect(owner.locator("main")).to_contain_text("refused")
        expect(owner.get_by_role("link", name="Read and sign")).to_have_count(0)

    def test_the_other_is_approved_by_both_on_a_condition_and_released(
        self, site: Any, people: Any, faults: Any
    ) -> None:
        page, owner = people["validator"], people["business_owner"]
        opened(page, site, "By hand")
        signs(
            page, site, "Validator: approve",
            On_this_condition="At most 500 cases a day", Limitations="Nobody saw a winter.",
        )  # fmt: skip
        expect(page.get_by_role("status").first).to_contain_text("journal")
        owner.goto(f"{site.url}/inbox")
        signs(owner, site, "Business owner: approve", On_this_condition="Look again.", Until="2099-01-31")
        expect(owner.get_by_role("status").first).to_contain_text("the gate is open")
        owner.goto(f"{site.url}/cases/whom-to-call/operate")
        expect(owner.locator("main")).to_contain_text("500 cases a day")
        assert faults(owner) == []

    @pytest.mark.parametrize("name", ["Too late", "By hand"])
    def test_an_outsider_verifies_either_file_and_finds_a_flipped_byte(
        self, site: Any, people: Any, tmp_path: Path, name: str
    ) -> None:
        page = people["validator"]
        page.goto(f"{site.url}/cases/whom-to-call/develop")
        page.get_by_role("link", name=name, exact=True).first.click()
        page.goto(page.url.replace("/develop/", "/validate/"))
        code, said = verified(site, page, tmp_path / "whole.dossier")
        assert (code, said.splitlines()[-1][:5]) == (0, "PASS:")
        assert ("refused: It knows" in said) is (name == "Too late")
        for place in (0, 1_000, 7_777, -2):
            code, said = verified(site, page, tmp_path / "flipped.dossier", flip=place)
            assert code in (1, 2), said

    def test_a_dossier_is_read_on_a_page_and_any_file_is_verified_there(
        self, site: Any, people: Any, faults: Any, tmp_path: Path
    ) -> None:
        page = people["business_owner"]
        page.goto(f"{site.url}/cases/whom-to-call")
        page.get_by_role("link", name="Dossier", exact=True).last.click()
        expect(page.locator(".lead")).to_contain_text("The gate opened. The file is whole")
        expect(page.locator("main")).to_contain_text("At most 500 cases a day")
        assert faults(page) == []
        with page.expect_download() as coming:
            page.get_by_role("link", name="Download the dossier").click()
        content = Path(coming.value.path()).read_bytes()
        (tmp_path / "whole.dossier").write_bytes(content)
        (tmp_path / "altered.dossier").write_bytes(content.replace(b"At most 500 cases", b"At most 900 cases"))
        for name, said in (("whole", "The file is whole"), ("altered", "The file is not what was signed")):
            page.goto(f"{site.url}/verify")
            page.get_by_label("The dossier").set_input_files(tmp_path / f"{name}.dossier")
            page.get_by_role("button", name="Verify it").click()
            expect(page.locator(".lead")).to_contain_text(said)
        expect(page.locator("main")).to_contain_text("does not fit what was signed")
        assert faults(page) == []


class TestOwnEvidence:
    """A validator brings what the suite lacks and asks the developer; one story in order."""

    @pytest.fixture(scope="class")
    def asked(self, serve: Any, enter: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
        kit = bench()
        home = kit.Shelf(tmp_path_factory.mktemp("shelf")).copy("validated", tmp_path_factory.mktemp("own") / "home")
        with (
            serve(Settings(home=home, environment="test")) as site,
            enter(site, "validator", kit.PASSWORD, "Validator") as validator,
            enter(site, "data_scientist", kit.PASSWORD, "Data Scientist") as developer,
        ):
            yield site, validator, developer

    def test_the_validator_asks_and_the_developer_answers_in_place(self, asked: Any, faults: Any) -> None:
        site, validator, developer = asked
        opened(validator, site, "By hand")
        validator.get_by_text("Ask a question", exact=True).click()
        validator.get_by_label("About").select_option(label="KPI")
        validator.get_by_label("Your question").fill("Which calls were counted?")
        validator.get_by_role("button", name="Ask it").click()
        expect(validator.locator("#questions")).to_contain_text("Not answered yet")
        developer.goto(f"{site.url}/inbox")
        developer.get_by_role("link", name="Answer it").click()
        developer.get_by_label("Your answer").fill("All of 2025.")
        developer.get_by_role("button", name="Answer", exact=True).click()
        expect(developer.locator("#questions")).to_contain_text("All of 2025.")
        assert faults(developer) == []
        validator.reload()
        expect(validator.locator("#questions")).to_contain_text("All of 2025.")

    def test_an_own_check_that_fails_keeps_the_gate_closed(self, asked: Any, faults: Any, tmp_path: Path) -> None:
        site, validator, _ = asked
        source = (
            "def check(rows, outcome, score, group):\n    return {'verdict': 'fail', 'sentence': 'Nobody is rich.'}"
        )
        (tmp_path / "rich.py").write_text(source)
        (tmp_path / "broken.py").write_text("def check(:")
        opened(validator, site, "By hand")
        validator.get_by_text("Bring a check of your own", exact=True).click()
        validator.locator("#check-name").fill("Rich people")
        validator.locator("#check-file").set_input_files(tmp_path / "broken.py")
        validator.get_by_role("button", name="Bring this check").click()
        expect(validator.locator("main")).to_contain_text("This is not Python.")
        opened(validator, site, "By hand")
        validator.get_by_text("Bring a check of your own", exact=True).click()
        validator.locator("#check-name").fill("Rich people")
        validator.locator("#check-file").set_input_files(tmp_path / "rich.py")
        validator.get_by_role("button", name="Bring this check").click()
        expect(validator.locator("#own")).to_contain_text("no further look is counted")
        assert faults(validator) == []
        validator.get_by_role("button", name="Have it recomputed again").click()
        site.drain()
        opened(validator, site, "By hand")
        expect(validator.locator("main")).to_contain_text("Nobody is rich.")
        expect(validator.get_by_label("Gate of Validate & deploy")).to_contain_text("Rich people failed")
        expect(validator.locator("#own")).to_contain_text("it stays")
        expect(validator.get_by_role("button", name="Take Rich people back")).to_have_count(0)
        assert faults(validator) == []
