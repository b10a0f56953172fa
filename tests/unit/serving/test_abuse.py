"""The abuse list of the prediction endpoint: every bad body gets a clear refusal, never a 5xx, and is not logged."""

import gzip
import json
from typing import Any

import pytest

ROW = {"age": 41, "pdays": -1, "contact": "cellular", "since": "2019-04-01", "note": None}


def body(field: str, raw: str) -> bytes:
    others = ", ".join(f'"{name}": {json.dumps(value)}' for name, value in ROW.items() if name != field)
    return f'{{"rows": [{{{others}, "{field}": {raw}}}]}}'.encode()


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("age", "NaN"),
        ("age", "Infinity"),
        ("age", "-Infinity"),
        ("age", "1e999"),
        ("age", "9" * 400),
        ("age", str(2**53 + 1)),
        ("age", "true"),
        ("age", '"1"'),
        ("age", '"４１"'),
        ("age", "[41]"),
        ("age", '{"a": 1}'),
        ("age", "[" * 900 + "]" * 900),
        ("contact", "1"),
        ("contact", "false"),
        ("contact", '["cellular"]'),
        ("contact", '"' + "x" * 10_001 + '"'),
        ("since", '"yesterday"'),
        ("since", "20190401"),
        ("note", "3.5"),
    ],
)
def test_a_wrong_value_is_refused_and_its_field_named(predict: Any, yard: Any, field: str, raw: str) -> None:
    answer = predict(raw=body(field, raw))
    assert answer.status_code == 422 and answer.json()["field"] == f"rows[0].{field}"
    assert list(yard.log.read()) == []


@pytest.mark.parametrize("raw", ["-0", "1e-400", "41.0", "4.1E1"])
def test_unusual_numbers_that_are_numbers_are_judged_as_numbers(predict: Any, raw: str) -> None:
    assert predict(raw=body("age", raw)).status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"rows"',
        b"{",
        b"{} {}",
        b"{'rows': []}",
        b"\xef\xbb\xbf" + body("age", "41"),
        body("note", '"caf\u00e9"').decode().encode("latin-1"),
        body("note", '"\\ud800"'),
        body("\\ud800", "1"),
        body("age", "9" * 5_000),
        body("age", "４１"),
        body("age", "[" * 100_000 + "]" * 100_000),
        body("age", "[" * 100_000),
        body("age", '41, "age": 42'),
        b'{"rows": [], "rows": [{}]}',
        b"\x00\x01\x02",
    ],
)
def test_a_body_that_is_not_strict_json_is_refused_as_a_whole(predict: Any, yard: Any, raw: bytes) -> None:
    answer = predict(raw=raw)
    assert answer.status_code == 400 and answer.json()["what"]
    assert list(yard.log.read()) == []


@pytest.mark.parametrize(
    "value",
    [
        {"rows": []},
        {},
        {"rows": {}},
        {"rows": [1]},
        {"rows": [{}]},
        {"rows": [ROW], "extra": 1},
        {"rows": [ROW], "request_id": 5},
        {"rows": [ROW], "request_id": "a b"},
        {"rows": [ROW], "request_id": "a\n"},
        {"rows": [ROW], "request_id": "x" * 129},
        {"rows": [ROW], "reference": 5},
        {"rows": [ROW], "reference": ["a", "b"]},
        {"rows": [ROW], "reference": "x" * 257},
        {"rows": [ROW], "reasons": "yes"},
        {"rows": [ROW] * 1001},
    ],
)
def test_a_body_of_another_shape_is_refused(predict: Any, yard: Any, value: dict[str, Any]) -> None:
    assert predict(body=value).status_code == 422
    assert list(yard.log.read()) == []


def test_missing_unknown_and_misspelt_columns_are_all_named(predict: Any) -> None:
    row = {name: value for name, value in ROW.items() if name != "age"} | {"Age": 41, "job": "clerk"}
    faults = {fault["field"]: fault["what"] for fault in predict(body={"rows": [ROW, row]}).json()["faults"]}
    assert set(faults) == {"rows[1].age", "rows[1].Age", "rows[1].job"}


def test_the_order_of_columns_does_not_matter(predict: Any) -> None:
    turned = dict(reversed(ROW.items()))
    first, second = (predict(body={"rows": [row]}).json()["predictions"][0] for row in (ROW, turned))
    assert first["probability"] == second["probability"]


def test_a_refusal_never_repeats_a_value(predict: Any) -> None:
    assert "4711" not in predict(age="secret-4711", contact=4711, since="4711").text


def test_an_all_missing_row_is_abstained_on(predict: Any) -> None:
    assert predict(body={"rows": [dict.fromkeys(ROW)]}).json()["predictions"][0]["abstained"]


def test_a_null_byte_in_a_text_is_only_a_text(predict: Any, yard: Any) -> None:
    assert predict(note="a\x00b").status_code == 200
    assert next(yard.log.read()).inputs["note"] == "a\x00b"


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(send: Any) -> None:
    headers = {"content-type": "application/json", "content-length": str(300 * 2**20)}
    assert send("POST", "/predict/rel-1", content=b"{}", headers=headers).status_code == 413
    headers["content-length"] = "9" * 5000
    assert send("POST", "/predict/rel-1", content=b"{}", headers=headers).status_code == 413


def test_a_body_that_comes_in_pieces_is_cut_off_at_the_limit(send: Any) -> None:
    taken = []

    async def pieces() -> Any:
        for _ in range(300):
            taken.append(1)
            yield b" " * 2**20

    headers = {"content-type": "application/json", "content-length": "10"}
    assert send("POST", "/predict/rel-1", content=pieces(), headers=headers).status_code == 413
    assert len(taken) < 10


def test_a_compressed_body_is_not_opened(send: Any) -> None:
    bomb = gzip.compress(b" " * 2**22)
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert send("POST", "/predict/rel-1", content=bomb, headers=headers).status_code == 415


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_another_content_type_is_refused(send: Any, kind: str) -> None:
    assert send("POST", "/predict/rel-1", content=b"{}", headers={"content-type": kind}).status_code == 415


def test_a_wrong_address_or_method_is_refused(send: Any) -> None:
    for path in ("/", "/predict", "/predict/", "/v2/models", "/v3", "/predict/rel-1/x"):
        assert send("GET", path).status_code == 404
    assert send("GET", "/predict/rel-1").status_code == 405
    assert send("DELETE", "/v2/models/rel-1").status_code == 405


@pytest.mark.parametrize(
    "name", ["%2e%2e", "%2e%2e%2fx", "REL-1", "rel-2", "rel 1", "rel-1%0A", "%00", "%ff", "x" * 300]
)
def test_a_release_that_is_not_there_is_not_found(send: Any, name: str) -> None:
    assert send("GET", f"/v2/models/{name}").status_code == 404


def test_without_a_token_nothing_but_health_is_told(yard: Any, fakes: Any) -> None:
    from glassworks.serving.app import ROUTES

    open_routes = {route.path.pattern for route in ROUTES if not route.authorised}
    assert open_routes == {"/v2/?", "/v2/health/live", "/v2/health/ready"}


@pytest.mark.parametrize("path", ["/v2/models/rel-1", "/v2/models/rel-1/ready", "/v2/models/nothing"])
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic gw-token-of-the-call-centre", "é"])
def test_a_stranger_learns_nothing(send: Any, path: str, header: str) -> None:
    answer = send("GET", path, headers={"authorization": header.encode()})
    assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"


def test_a_token_of_another_release_or_an_ended_one_is_refused(send: Any, yard: Any, fakes: Any) -> None:
    yard.grant(fakes.TOKEN, release="rel-2")
    answer = send("GET", "/v2/models/rel-1")
    assert answer.status_code == 403 and answer.json()["rule"] == "token-release"
    yard.grant(fakes.TOKEN, hours=1)
    yard.clock.forward(hours=1)
    answer = send("GET", "/v2/models/rel-1")
    assert answer.status_code == 401 and answer.json()["rule"] == "token-expired"


def test_an_unreadable_token_file_lets_nobody_in(send: Any, yard: Any) -> None:
    for content in (b"", b"[]", b'{"a": 1}', b'{"a": {"release": "", "expires_at": "2030-01-01"}}'):
        (yard.folder / "tokens.json").write_bytes(content)
        assert send("GET", "/v2/models/rel-1").status_code == 401


def test_a_caller_that_asks_too_much_waits_for_the_next_minute(tmp_path: Any, predict: Any, yard: Any) -> None:
    yard.app._tokens._quota = 3
    assert [predict().status_code for _ in range(4)] == [200, 200, 200, 429]
    yard.clock.forward(minutes=1)
    assert predict().status_code == 200


def test_a_fault_of_ours_tells_only_an_opaque_reference(predict: Any, yard: Any, monkeypatch: Any, caplog: Any) -> None:
    def fault(*_: Any) -> Any:
        raise RuntimeError("row of customer " + str(4710 + 1))

    monkeypatch.setattr(yard.log, "submit", fault)
    answer = predict()
    assert answer.status_code == 500 and "4711" not in answer.text
    assert "4711" not in caplog.text and answer.json()["what"][-13:-1] in caplog.text
