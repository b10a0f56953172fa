"""What every request passes before a route sees it: host, origin, form token, size, tries, and no fault that shows."""

import importlib.util
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from glassworks.line import health
from glassworks.web import access
from glassworks.web.app import create_app, routers
from glassworks.web.throttle import WINDOW

HOUSE = Path(__file__).parents[2] / "fakes" / "house.py"
OPENING = {"title": "A case for tests", "question": "What is it?", "line": "retail"}


@pytest.fixture(scope="module")
def houses() -> Any:
    spec = importlib.util.spec_from_file_location("house", HOUSE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def house(houses: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("house") / "home"
    with houses.opened(home, allowed_hosts="glass.example.org", upload_megabytes=1) as one:
        yield one


@pytest.fixture
def browser(house: Any) -> Any:
    """A client with a session cookie and a form token, as a browser has after signing in."""
    client = house.client()
    held = house.parts
    client.cookies.set(access.SESSION, held.sessions.create(house.actors["data_scientist"].person, WINDOW))
    client.cookies.set(access.CSRF, "the token of this page")
    return client


class TestForms:
    def test_a_change_by_session_needs_the_token_of_its_page(self, browser: Any) -> None:
        body = OPENING | {"id": "by-form"}
        for token in ({}, {access.CSRF_HEADER: ""}, {access.CSRF_HEADER: "another"}):
            answer = browser.post("/api/v1/cases", json=body, headers=token)
            assert answer.status_code == 403 and answer.json()["rule"] == "csrf"
        right = {access.CSRF_HEADER: "the token of this page"}
        assert browser.post("/api/v1/cases", json=body, headers=right).status_code == 201

    def test_a_sign_in_form_needs_the_token_too(self, house: Any) -> None:
        client = house.client()
        page = client.get("/sign-in")
        cookie = page.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie
        wrong = {"login": "auditor", "password": "a password for tests"}
        assert client.post("/sign-in", data=wrong).status_code == 403
        right = wrong | {access.CSRF_FIELD: client.cookies[access.CSRF]}
        signed_in = client.post("/sign-in", data=right)
        assert signed_in.status_code == 303 and client.cookies[access.SESSION]
        assert client.get("/api/v1/me").json()["name"] == "Auditor"
        assert client.cookies[access.CSRF] != right[access.CSRF_FIELD], "the token changes with the session"

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://127.0.0.1:8420.evil.example"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ],
    )
    def test_a_change_from_another_site_is_refused_even_with_the_token(self, browser: Any, headers: Any) -> None:
        token = {access.CSRF_HEADER: "the token of this page"}
        answer = browser.post("/api/v1/cases", json=OPENING, headers=token | headers)
        assert answer.status_code == 403 and answer.json()["rule"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers

    def test_going_back_stays_on_this_server(self) -> None:
        for path in ("//evil", "/\\evil", "https://evil", "evil", "/a\r\nb", "/" + "a" * 600, "", "javascript:x"):
            assert access.local_path(path) == "/"
        assert access.local_path("/cases/one?x=1") == "/cases/one?x=1"


class TestSessions:
    def test_an_ended_session_and_a_leavers_account_know_nobody(self, house: Any, houses: Any, browser: Any) -> None:
        assert browser.get("/api/v1/me").status_code == 200
        house.parts.sessions.end(browser.cookies[access.SESSION])
        assert browser.get("/api/v1/me").status_code == 401
        leaver, heir = house.actors["approver"].person, house.actors["auditor"].person
        house.act("champion", "POST", f"/people/{leaver}/leave", json={"heir": heir})
        assert house.client("approver").get("/api/v1/me").status_code == 401

    def test_guessing_is_slowed_down_and_ends_by_itself(self, house: Any) -> None:
        app = create_app(replace(house.parts, clock=Clock(house.parts.now())))
        client = replace(house, app=app).client()
        right, wrong = {"login": "operator", "password": "a password for tests"}, {"login": "operator", "password": "x"}
        unknown = client.post("/api/v1/sign-in", json={"login": "nobody", "password": "x"})
        seen = [client.post("/api/v1/sign-in", json=wrong) for _ in range(11)]
        assert [a.status_code for a in seen] == [401] * 10 + [429]
        assert (unknown.status_code, unknown.json()) == (seen[0].status_code, seen[0].json())
        assert client.post("/api/v1/sign-in", json=right).status_code == 429
        assert client.post("/api/v1/sign-in", json=right | {"login": "validator"}).status_code == 200
        app.state.parts.clock.moment += WINDOW * 2
        assert client.post("/api/v1/sign-in", json=right).status_code == 200


class Clock:
    """A clock that the test turns."""

    def __init__(self, moment: Any) -> None:
        self.moment = moment

    def now(self) -> Any:
        return self.moment


class TestDoor:
    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "evil@x", "glass.example.org.evil"])
    def test_a_foreign_host_name_is_refused(self, house: Any, host: str) -> None:
        answer = house.client("auditor").get("/api/v1/me", headers={"host": host})
        assert answer.status_code == 400 and "Auditor" not in answer.text

    @pytest.mark.parametrize(
        "host", ["localhost", "127.0.0.1:9", "[::1]:8420", "glass.example.org", "GLASS.example.org"]
    )
    def test_its_own_names_answer(self, house: Any, host: str) -> None:
        assert house.client("auditor").get("/api/v1/me", headers={"host": host}).status_code == 200

    def test_every_answer_has_its_guards(self, house: Any) -> None:
        for path, status in (("/health", 200), ("/sign-in", 200), ("/nothing", 303), ("/api/v1/me", 401)):
            answer = house.client().get(path)
            policy = answer.headers["content-security-policy"]
            assert answer.status_code == status
            assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store, private"
        assert "immutable" in house.client().get("/static/app.css").headers["cache-control"]

    def test_no_file_but_the_static_ones_is_served(self, house: Any) -> None:
        for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"):
            answer = house.client().get(path)
            assert answer.status_code in (303, 404) and "import" not in answer.text

    @pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/api/v1/docs"])
    def test_there_is_no_interface_for_debugging(self, house: Any, path: str) -> None:
        assert house.client("champion").get(path).status_code in (303, 404)

    def test_too_large_a_body_is_refused_whatever_it_claims(self, house: Any) -> None:
        client = house.client("data_scientist")
        big = client.post("/api/v1/data", data={"use_case": "x"}, files={"file": ("a.csv", b"a" * 1_100_000)})
        assert big.status_code == 413

        def dripping() -> Iterator[bytes]:
            for _ in range(9):
                yield b" " * 2**20

        kind = {"content-type": "application/json"}
        assert client.post("/api/v1/cases", content=dripping(), headers=kind).status_code == 413
        claimed = kind | {"content-length": "9" * 30}
        assert client.post("/api/v1/cases", content=b"{}", headers=claimed).status_code == 413

    def test_a_fault_of_ours_shows_an_opaque_id_and_logs_no_text(self, house: Any, caplog: Any) -> None:
        broken = replace(house, app=create_app(replace(house.parts, jobs=Secretive())))
        with caplog.at_level(logging.ERROR):
            api = broken.client("auditor").get("/api/v1/jobs/x")
        assert api.status_code == 500 and set(api.json()) == {"error", "what", "why", "next"}
        mark = api.json()["why"].split()[-1].rstrip(".")
        assert mark in caplog.text and "RuntimeError" in caplog.text
        assert "a customer's row" not in caplog.text + api.text and "Traceback" not in caplog.text + api.text

    def test_health_says_what_is_well(self, house: Any) -> None:
        assert house.client().get("/health").json()["worker"] == "not seen"
        health.beat(house.parts)
        well = house.client().get("/health")
        assert well.status_code == 200 and well.json().items() >= {"database": "ok", "worker": "ok"}.items()
        lost = create_app(replace(house.parts, ledger=Secretive()))
        assert replace(house, app=lost).client().get("/health").status_code == 503


class Secretive:
    """A part that fails with a text that nobody may see."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("a customer's row")


class TestVisitor:
    def test_only_a_demonstration_on_this_machine_is_read_without_signing_in(self, house: Any, houses: Any) -> None:
        parts = replace(house.parts, settings=house.parts.settings.model_copy(update={"environment": "demo"}))
        demo = replace(house, app=create_app(parts))
        near = demo.client(near="127.0.0.1")
        assert near.get("/api/v1/me").json()["person"] == "visitor"
        assert near.get("/api/v1/cases/none/training-rows").status_code == 403
        assert near.post("/api/v1/stops", json={}).status_code == 401
        assert demo.client().get("/api/v1/me").status_code == 401
        assert demo.client(near="127.0.0.1", **{"x-forwarded-for": "1.2.3.4"}).get("/api/v1/me").status_code == 401
        assert house.client(near="127.0.0.1").get("/api/v1/me").status_code == 401


HOSTILE = [
    b"", b"null", b"[]", b"{}", b'"text"', b"0", b"NaN", b'{"a": NaN}', b"[" * 50_000, b'{"a":' * 900,
    b'{"title": "\\ud800", "id": "\\u0000", "use_case": "\\u0000"}', b"\xff\xfe", b"1" * 6000, b"{'a': 1}",
    b'{"use_case": {"$ne": 1}, "line": ["x"], "subject": -1, "days": 1e999, "rows": 1}',
    b'{"use_case": "\' OR 1=1 --", "title": "{{7*7}}", "question": "<script>", "line": "../../x", "subject": "x"}',
]  # fmt: skip
PATHS = ["'%20OR%201=1--", "..%2f..%2fetc", "%00", "%ff%fe", "a" * 3000, "{{7*7}}", "%0d%0aset-cookie:x=1", "%E2%80%AE"]


def every_route() -> list[tuple[str, str]]:
    return [
        (method, prefix + route.path)
        for prefix, found in routers().items()
        for router in found
        for route in router.routes
        if isinstance(route, APIRoute) and prefix
        for method in route.methods
    ]


@pytest.mark.parametrize("login", ["data_scientist", "champion"])
def test_hostile_input_is_the_callers_fault_and_never_ours(house: Any, login: str) -> None:
    client = house.client(login, **{"content-type": "application/json"})
    for method, path in every_route():
        plain = path.replace("{stage}", "scope")
        asked = [(re.sub(r"{\w+}", place, plain), b"{}") for place in PATHS if "{" in plain]
        asked += [(re.sub(r"{\w+}", "x", plain), body) for body in HOSTILE if method == "POST"]
        for address, body in asked:
            answer = client.request(method, address, content=body)
            assert answer.status_code < 500, (method, address, body[:80], answer.text)
            assert "x=1" not in answer.headers.get("set-cookie", "")


HALF = "a\ud800"
ASKING: dict[str, dict[str, Any]] = {
    "/questions": {"use_case": HALF, "subject": "x", "text": "What is it?"},
    "/findings": {"use_case": HALF, "subject": "x", "severity": "low", "text": "An odd thing.", "owner": "x",
                  "due": "2099-01-01T00:00:00Z"},
    "/exceptions": {"use_case": HALF, "subject": "x", "check": "kpi", "reason": "A good reason for it.",
                    "compensation": "Somebody looks at it.", "days": 3},
    "/tokens": {"purpose": "predict", "release": HALF},
}  # fmt: skip


@pytest.mark.parametrize("path", ASKING)
def test_half_a_character_is_told_in_words_wherever_it_stands(house: Any, path: str) -> None:
    login = "data_scientist" if path == "/exceptions" else "validator"
    client = house.client(login, **{"content-type": "application/json"})
    answer = client.post(f"/api/v1{path}", content=json.dumps(ASKING[path]))
    assert answer.status_code == 422 and "half a character" in answer.json()["what"], answer.text


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_cannot_be_written_in_utc_is_told_in_words(house: Any, day: str) -> None:
    asked = ASKING["/findings"] | {"use_case": "x", "due": day}
    answer = house.client("validator").post("/api/v1/findings", json=asked)
    assert answer.status_code == 422 and "outside the years" in answer.json()["why"], answer.text


@pytest.mark.parametrize("name", ["../model.py", "/etc/passwd", "a\\b", "a/../b", "", ".hidden", "x" * 300, "con\x00"])
def test_a_models_file_never_leads_out_of_its_folder(house: Any, name: str) -> None:
    house.act("data_scientist", "POST", "/cases", 201, json=OPENING | {"id": f"model-{abs(hash(name)) % 10**9}"})
    case = f"model-{abs(hash(name)) % 10**9}"
    card = '{"framework": "python", "recipe": "x", "task": "binary", "inputs": ["a"]}'
    command = f'{{"use_case": "{case}", "name": "x", "card": {card}}}'
    files = [("files", (name, b"def predict(f): ..."))]
    answer = house.client("data_scientist").post("/api/v1/models", data={"command": command}, files=files)
    assert answer.status_code in (400, 422), answer.text
