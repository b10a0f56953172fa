"""Who may ask which route: walked over the live route table, not over a list somebody has to keep."""

import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from glassworks.core.people import Role
from glassworks.hub.access import ACTS
from glassworks.web import access
from glassworks.web.app import create_app, routers

HOUSE = Path(__file__).parents[2] / "fakes" / "house.py"
PUBLIC = {
    ("GET", "/health"),
    ("POST", "/api/v1/sign-in"),
    ("POST", "/api/v1/join/{invitation}"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/join"),
    ("GET", "/join/{invitation}"),
    ("POST", "/join/{invitation}"),
    ("POST", "/join"),
    ("POST", "/theme"),
    ("GET", "/glossary"),
}
"""Every route that answers without anyone signed in, as reviewed; a new one fails here until somebody adds it."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("house", HOUSE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.opened(tmp_path_factory.mktemp("house") / "home") as one:
        opening = {"title": "A case elsewhere", "question": "What is it?", "line": "insurance"}
        one.act("other_scientist", "POST", "/cases", 201, json=opening | {"id": "elsewhere"})
        one.act(
            "data_scientist", "POST", "/cases", 201, json=opening | {"id": "here", "title": "Mine", "line": "retail"}
        )
        yield one


def walked() -> list[tuple[str, str, APIRoute]]:
    """Every route as method, path and route."""
    return [
        (method, prefix + route.path, route)
        for prefix, found in routers().items()
        for router in found
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    ]


def api() -> list[tuple[str, str, str]]:
    """Every API route that takes a person, as method, path and act."""
    found = [(m, p, access.decision_of(r.endpoint) or "") for m, p, r in walked() if p.startswith(access.API)]
    return [one for one in found if one[2]]


def filled(path: str, value: str = "nothing") -> str:
    return re.sub(r"{stage}", "scope", path).replace("{case}", value) if "{case}" in path else named(path, value)


def named(path: str, value: str) -> str:
    return re.sub(r"{\w+(:path)?}", value, path)


def test_every_route_has_a_decision() -> None:
    undecided = [(m, p) for m, p, route in walked() if access.decision_of(route.endpoint) is None]
    assert not undecided


def test_no_route_is_public_but_the_reviewed_ones() -> None:
    open_to_all = {(m, p) for m, p, route in walked() if access.decision_of(route.endpoint) == ""}
    assert open_to_all <= PUBLIC
    assert all(access.is_public(named(p, "x")) for _, p in open_to_all)
    assert all(any(access.is_public(named(p, "x")) for _, p in PUBLIC) for _ in access.PUBLIC)


def test_without_a_credential_only_public_routes_answer(house: Any) -> None:
    anyone = house.client()
    for method, path, route in walked():
        if access.decision_of(route.endpoint):
            answer = anyone.request(method, named(path, "nothing"))
            page = not path.startswith(access.API)
            assert answer.status_code == (303 if page else 401), (method, path)
            assert not page or answer.headers["location"].startswith("/sign-in?back=/"), path


def test_a_route_without_a_decision_is_refused(house: Any) -> None:
    app = create_app(house.parts)

    @app.get("/api/v1/forgotten")
    def forgotten() -> str:
        return "a secret"

    answer = replace(house, app=app).client("champion").get("/api/v1/forgotten")
    assert answer.status_code == 403 and answer.json()["rule"] == "deny-by-default" and "secret" not in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_exactly_the_acts_that_the_table_gives_it(house: Any, role: Role) -> None:
    client = house.client(role.value)
    for method, path, act in api():
        answer = client.request(method, named(path, "nothing"), json=None if method == "GET" else {"nonsense": 1})
        allowed = role in ACTS[act]
        assert (answer.status_code != 403) == allowed, (method, path, act, answer.text)
        assert allowed or answer.json()["rule"] == "act-by-role"
        assert answer.status_code in (200, 202, 403, 404, 409, 422), (method, path, answer.text)


def test_another_lines_case_looks_exactly_like_one_that_does_not_exist(house: Any) -> None:
    for login in ("data_scientist", "business_owner", "domain_expert", "validator", "operator", "auditor"):
        client = house.client(login)
        for method, path, act in api():
            if "{case}" in path and Role(login) in ACTS[act]:
                path = path.replace("{stage}", "scope")
                bodies = json_bodies(path)
                there = client.request(method, named(path.replace("{case}", "elsewhere"), "x"), json=bodies)
                absent = client.request(method, named(path.replace("{case}", "absent"), "x"), json=bodies)
                assert there.status_code == absent.status_code == 404, (method, path, there.text)
                assert there.json() == absent.json(), path


def json_bodies(path: str) -> dict[str, str] | str | None:
    answers = {"decision": "call", "whom": "agents", "worth": "9 EUR", "mistake": "1 EUR", "know": "sales"}
    kinds: dict[str, dict[str, str] | str] = {
        "start": answers, "brief.yaml": "title: x", "check": "title: x",
        "draft": {"target": "y"}, "closure": {"closure": "done now"}, "grant": {"passphrase": "x"},
        "retirement": {"reason": "done now"}, "what-if": {}, "answer": {"answer": "so"},
    }  # fmt: skip
    return kinds.get(path.rsplit("/", 1)[-1])


def test_another_lines_case_is_not_reached_through_a_command(house: Any) -> None:
    when = "2030-01-01T00:00:00Z"
    commands = {
        "/columns": ("domain_expert", {"decisions": []}),
        "/signatures": ("validator", {"subject": "x", "role": "validator", "meaning": "approve", "passphrase": "x"}),
        "/signatures/drafts": ("validator", {"subject": "x", "role": "validator", "meaning": "approve"}),
        "/findings": ("validator", {"subject": "x", "severity": "low", "text": "text", "owner": "x", "due": when}),
        "/exceptions": (
            "data_scientist",
            {"subject": "x", "check": "kpi", "reason": "a long enough reason", "compensation": "none", "days": 3},
        ),
        "/outcomes": ("operator", {"outcomes": {}}),
        "/questions": ("validator", {"subject": "x", "text": "Why so?"}),
    }
    for path, (login, body) in commands.items():
        there = house.act(login, "POST", path, 404, json=body | {"use_case": "elsewhere"})
        absent = house.act(login, "POST", path, 404, json=body | {"use_case": "absent"})
        assert there == absent, path
    signed = {"id": "x", "subject": "x", "dossier": "x", "stage": "scope", "role": "champion", "person": "x"}
    signed |= {"key_id": "x", "meaning": "grant_exception", "method": "local key", "signed_at": when}
    for path, login in (("/exceptions/signed", "approver"), ("/stops/signed", "validator")):
        there = house.act(login, "POST", path, 404, json=signed | {"use_case": "elsewhere"})
        assert there == house.act(login, "POST", path, 404, json=signed | {"use_case": "absent"}), path
    for kind, target in (("use_case", "elsewhere"), ("line", "insurance")):
        pull = {"target_kind": kind, "target": target, "reason": "because"}
        house.act("auditor", "POST", "/stops", 404, json=pull)
    opening = {"title": "Not mine", "question": "What is it?", "line": "insurance"}
    house.act("data_scientist", "POST", "/cases", 404, json=opening)


def test_lists_hold_nothing_of_another_line(house: Any) -> None:
    for path in ("/cases", "/people", "/lines", "/journal", "/looks", "/floor", "/stops"):
        told = json.dumps(house.act("auditor", "GET", path))
        assert "elsewhere" not in told and "insurance" not in told and "Other" not in told, path
    house.act("auditor", "GET", "/policy?line=insurance", 404)
    house.act("auditor", "GET", "/journal?use_case=elsewhere", 404)


def test_no_answer_holds_a_hash_of_a_secret(house: Any) -> None:
    for path in ("/people", "/tokens", "/keys"):
        told = json.dumps(house.act("champion", "GET", path))
        assert "hash" not in told and "argon2" not in told and "sealed_private" not in told, path


def test_unknown_fields_are_refused_by_name(house: Any) -> None:
    body = {"title": "Mass assignment", "question": "What is it?", "line": "retail", "stage": "operate"}
    refused = house.act("data_scientist", "POST", "/cases", 422, json=body)
    assert refused["field"] == "stage" and "operate" not in json.dumps(refused)
    token = {"purpose": "api", "person": "someone"}
    assert house.act("auditor", "POST", "/tokens", 422, json=token)["field"] == "person"


def test_a_prediction_token_is_for_a_release_that_its_owner_sees(house: Any) -> None:
    house.act("operator", "POST", "/tokens", 404, json={"purpose": "predict"})
    house.act("operator", "POST", "/tokens", 404, json={"purpose": "predict", "release": "rel-of-nobody"})


def test_a_revoked_a_bent_and_a_foreign_token_are_refused(house: Any) -> None:
    made = house.act("auditor", "POST", "/tokens", 201, json={})
    mine = house.client()
    headers = {"authorization": f"Bearer {made['secret']}"}
    assert mine.get("/api/v1/me", headers=headers).status_code == 200
    house.act("validator", "DELETE", f"/tokens/{made['token']['id']}", 404)
    house.act("auditor", "DELETE", f"/tokens/{made['token']['id']}")
    bent = made["secret"][:-1] + ("A" if made["secret"][-1] != "A" else "B")
    for secret in (made["secret"], bent, made["secret"][:10], "", "gw_", "null"):
        answer = mine.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
    assert mine.get(f"/api/v1/me?token={house.tokens['auditor']}").status_code == 401
    assert mine.get("/api/v1/me", headers={"x-user": "champion", "x-forwarded-user": "champion"}).status_code == 401


def test_undeclared_methods_have_no_effect(house: Any) -> None:
    client = house.client("champion")
    declared: dict[str, set[str]] = {}
    for method, path, _ in api():
        declared.setdefault(path, set()).add(method)
    for path, methods in declared.items():
        for method in {"PATCH", "PUT", "DELETE", "TRACE"} - methods:
            answer = client.request(method, named(path, "scope"), headers={"x-http-method-override": "GET"})
            assert answer.status_code == 405, (method, path)
