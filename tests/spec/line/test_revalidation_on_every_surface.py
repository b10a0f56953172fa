"""Page, API, SDK and terminal tell the same about a re-validation and about who signs again, and lay bytes again."""

import re
import warnings
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version
from types import ModuleType
from typing import Any

import pytest

from glassworks.core import canonical
from glassworks.core.commands import Raise
from glassworks.core.errors import Conflict, NotAllowed
from glassworks.core.finding import Severity
from glassworks.core.people import Role
from glassworks.core.usecase import Release
from glassworks.line import outcome, people, stops
from glassworks.sdk.client import Client
from glassworks.store import releases
from glassworks.web.access import SESSION
from glassworks.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

CASE, URL = "whom-to-call", "http://127.0.0.1:8420"


@pytest.fixture
def bench(at: Callable[[str], Any]) -> Any:
    """A release with an open finding about it."""
    one = at("released")
    asked = Raise(
        use_case=CASE, subject=one.case.release, severity=Severity.LOW, text="Calls at night.",
        owner="data_scientist", due=one.clock.now() + timedelta(days=9),
    )  # fmt: skip
    stops.raise_finding(one.parts, one.who["validator"], asked)
    return one


def http(bench: Any, login: str, *, page: bool = False) -> TestClient:
    app = create_app(bench.parts)
    if page:
        session = bench.parts.sessions.create(bench.who[login].person, timedelta(hours=1))
        return TestClient(app, base_url=URL, cookies={SESSION: session}, headers={"origin": URL})
    _, token = people.make_token(bench.parts, bench.who[login])
    return TestClient(app, base_url=URL, headers={"authorization": f"Bearer {token}"})


def post(client: TestClient, path: str, back: str) -> Any:
    found = re.search(r'name="csrf" value="([^"]+)"|name="([^"]*csrf[^"]*)" value="([^"]+)"', client.get(back).text)
    assert found, "the page has no form"
    name, value = ("csrf", found[1]) if found[1] else (found[2], found[3])
    return client.post(path, data={name: value}, follow_redirects=False)


def test_the_queue_and_the_release_say_what_changed_and_lay_the_bytes_again(bench: Any) -> None:
    client = http(bench, "validator", page=True)
    for path in ("/queue", f"/cases/{CASE}/operate"):
        told = client.get(path).text
        assert "An open finding of low severity: Calls at night." in told and "Lay it again" in told
    assert "1 release is to be validated again" in client.get("/queue").text
    assert "Lay it again" not in http(bench, "auditor", page=True).get("/queue").text
    answer = post(client, f"/cases/{CASE}/revalidation", "/queue")
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"/cases/{CASE}/develop")
    assert "Its bytes are laid again" in client.get(f"/cases/{CASE}/operate").text


def test_api_and_sdk_tell_and_ask_the_same(bench: Any) -> None:
    client = Client(http(bench, "data_scientist"))
    case = client.case(CASE)
    found = case.revalidation()
    assert found and found.reasons[0].kind == "finding" and found.laid == ""
    assert client.queue()[0].kind == "re-validation"
    made = case.validate_again()
    with pytest.raises(Conflict):
        case.validate_again()
    bench.drain()
    bench.submit(made)
    bench.validate(made)
    changes = case.changes_since_release(made.id)
    assert changes and changes.changes == () and set(changes.sign_again) == {Role.VALIDATOR, Role.BUSINESS_OWNER}
    with pytest.raises(NotAllowed, match="act-by-role"):
        Client(http(bench, "business_owner")).case(CASE).validate_again()


def test_another_lines_people_see_nothing_of_it(bench: Any) -> None:
    client = http(bench, "other_validator")
    assert client.get(f"/api/v1/cases/{CASE}/revalidation").status_code == 404
    assert client.post(f"/api/v1/cases/{CASE}/revalidation").status_code == 404
    assert client.get("/api/v1/queue").json() == []


def test_the_terminal_tells_and_asks_the_same(bench: Any, terminal_kit: ModuleType) -> None:
    shell = terminal_kit.Terminal(bench.parts.settings.home)
    told = shell.ok("work", "revalidate", CASE, "--as", "validator").out
    assert "Calls at night." in told and "Nobody has asked for it yet." in told
    assert "to be validated again" in shell.ok("work", "queue", "--as", "validator").out
    assert shell.run("work", "revalidate", CASE, "--ask", "--as", "auditor").code == 1
    made = shell.ok("work", "revalidate", CASE, "--ask", "--as", "validator", "--json").data
    candidate = bench.candidate(made["name"])
    bench.submit(candidate)
    bench.validate(candidate)
    told = shell.ok("work", "compare", CASE, candidate.id, "--as", "auditor").out
    assert "- Nothing changed." in told and "Signs again: validator, business owner." in told


def test_the_lock_binds_the_permit_and_lies_in_the_release_and_the_page_tells_what_differs(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = bench.parts.ledger.get(Release, bench.case.release)
    found = releases.read_release(bench.parts.serving, release.id)
    lock = found.package.lock
    assert lock and lock.packages["numpy"] == version("numpy")
    assert (bench.parts.serving / release.id / releases.LOCK).read_bytes() == lock.content()
    assert found.package.lock_file == canonical.digest_bytes(lock.content())
    assert outcome.permit_of(bench.parts, release).package == found.digest
    page = http(bench, "operator", page=True)
    assert "Other packages are installed here" not in page.get(f"/cases/{CASE}/operate").text
    here = lock.model_copy(update={"packages": lock.packages | {"numpy": "9.9"}})
    monkeypatch.setattr("glassworks.line.environment.installed", lambda names: here)
    told = page.get(f"/cases/{CASE}/operate").text
    assert "Other packages are installed here" in told and "numpy is 9.9 here" in told
