"""A prediction under permit: decision, probability, reasons, abstention, both protocols, the log behind it."""

import json
import os
from typing import Any

import pytest


def test_an_answer_holds_decision_probability_reasons_and_release(predict: Any) -> None:
    answer = predict().json()
    row = answer["predictions"][0]
    assert answer["release"] == "rel-1" and answer["demonstration"] is False
    assert row["decision"] == "call" and row["act"] is True and 0.2 < row["probability"] < 0.4
    assert row["reasons"][0] == "contact cellular (instead of telephone) raised the probability from 0.17 to 0.31"
    assert row["abstained"] is False


def test_no_more_reasons_are_given_than_the_contract_asks_for(send: Any, predict: Any, yard: Any, fakes: Any) -> None:
    row = fakes.ROW | {"age": 60, "pdays": 3}
    assert len(predict(age=60, pdays=3).json()["predictions"][0]["reasons"]) > 1
    yard.package = yard.make_package(yard.files, reasons=1)
    yard.release(yard.permit(release="rel-2"))
    answer = send("POST", "/predict/rel-2", json={"rows": [row]}).json()
    assert len(answer["predictions"][0]["reasons"]) == 1


def test_below_the_threshold_the_decision_is_the_other_one(predict: Any) -> None:
    row = predict(contact="telephone").json()["predictions"][0]
    assert row["decision"] == "do not call" and row["act"] is False


def test_the_answer_is_in_the_log_as_it_was_given(predict: Any, yard: Any, fakes: Any) -> None:
    answer = predict(body={"rows": [fakes.ROW], "request_id": "r-1", "reference": "customer-7"}).json()
    (row,) = yard.log.read("rel-1")
    assert (row.id, row.reference, row.inputs) == ("r-1", "customer-7", fakes.ROW)
    assert row.score == answer["predictions"][0]["probability"]
    assert row.reasons == answer["predictions"][0]["reasons"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"age": 130}, "age lies above the validated range 18.0 to 95.0"),
        ({"age": 3}, "age lies below the validated range 18.0 to 95.0"),
        ({"contact": "carrier pigeon"}, "contact holds a category that the model was not validated on"),
        ({"contact": ""}, "contact holds a category that the model was not validated on"),
        ({"age": None}, "age is missing, and the model was validated on rows where it never was"),
        ({"pdays": -2}, "pdays lies below the validated range 0 to 800"),
    ],
)
def test_outside_the_validated_domain_it_abstains_and_says_why(
    predict: Any, yard: Any, changes: dict[str, Any], reason: str
) -> None:
    row = predict(**changes).json()["predictions"][0]
    assert row["abstained"] and row["probability"] is None and row["act"] is None
    assert row["reasons"] == [reason] and row["decision"] == "call in list order"
    assert yard.host.calls == [] and next(yard.log.read()).abstained


def test_in_one_request_some_rows_are_scored_and_others_abstained(predict: Any, fakes: Any) -> None:
    rows = [fakes.ROW, fakes.ROW | {"age": 130}, fakes.ROW | {"contact": "telephone"}]
    found = predict(body={"rows": rows, "request_id": "list"}).json()["predictions"]
    assert [row["id"] for row in found] == ["list/0", "list/1", "list/2"]
    assert [row["decision"] for row in found] == ["call", "call in list order", "do not call"]


def test_whole_and_broken_numbers_reach_the_model_as_one_kind(predict: Any, yard: Any, fakes: Any) -> None:
    predict(body={"rows": [fakes.ROW | {"age": 41}, fakes.ROW | {"age": 41.5}]})
    assert {type(age) for age in yard.host.ages} == {float}


def test_many_rows_are_answered_without_reasons_in_one_model_call(predict: Any, yard: Any, fakes: Any) -> None:
    found = predict(body={"rows": [fakes.ROW] * 200}).json()["predictions"]
    assert len(found) == 200 and found[0]["reasons"] == [] and yard.host.calls == [200]


def test_a_failing_model_gives_the_agreed_fallback_and_the_log_says_so(predict: Any, yard: Any) -> None:
    yard.host.broken = RuntimeError("segmentation fault with customer 4711")
    answer = predict()
    row = answer.json()["predictions"][0]
    assert answer.status_code == 200 and row["abstained"] and row["decision"] == "call in list order"
    assert "4711" not in answer.text and next(yard.log.read()).reasons == ["the model did not give a usable answer"]


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), 1.7, -0.2, "0.5", True, [0.5, 0.5]])
def test_a_score_that_is_no_probability_is_never_given(predict: Any, yard: Any, nonsense: Any) -> None:
    yard.host.answers = nonsense
    row = predict().json()["predictions"][0]
    assert row["abstained"] and row["probability"] is None


def test_the_same_request_id_gets_the_same_answer_and_one_row(predict: Any, yard: Any, fakes: Any) -> None:
    body = {"rows": [fakes.ROW, fakes.ROW], "request_id": "again"}
    first = predict(body=body).json()
    yard.clock.forward(minutes=3)
    assert predict(body=body).json()["predictions"] == first["predictions"]
    assert len(list(yard.log.read())) == 2


def test_the_same_request_id_with_other_rows_is_refused(predict: Any, fakes: Any) -> None:
    predict(body={"rows": [fakes.ROW], "request_id": "again"})
    answer = predict(body={"rows": [fakes.ROW | {"age": 42}], "request_id": "again"})
    assert answer.status_code == 409 and answer.json()["rule"] == "request-id"


def test_what_cannot_be_logged_is_not_answered(predict: Any, yard: Any, send: Any, monkeypatch: Any) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = predict()
    assert answer.status_code == 503 and "predictions" not in answer.json()
    assert send("GET", "/v2/health/ready").status_code == 503
    monkeypatch.undo()
    assert predict().status_code == 200 and send("GET", "/v2/health/ready").status_code == 200


def tensors(fakes: Any, **changes: Any) -> list[dict[str, Any]]:
    kinds = {"age": "FP64", "pdays": "INT64", "contact": "BYTES", "since": "BYTES", "note": "BYTES"}
    row = fakes.ROW | changes
    return [{"name": n, "shape": [2], "datatype": kinds[n], "data": [row[n], row[n]]} for n in kinds]


def test_the_open_inference_protocol_gives_the_same_decisions(send: Any, fakes: Any, predict: Any) -> None:
    answer = send("POST", "/v2/models/rel-1/infer", json={"id": "oip", "inputs": tensors(fakes)}).json()
    found = {tensor["name"]: tensor for tensor in answer["outputs"]}
    assert answer["model_name"] == "rel-1" and answer["id"] == "oip"
    assert found["probability"]["shape"] == [2] and found["probability"]["datatype"] == "FP64"
    assert found["probability"]["data"][0] == predict().json()["predictions"][0]["probability"]
    assert found["decision"]["data"] == ["call", "call"] and found["abstained"]["data"] == [False, False]


def test_the_open_inference_protocol_takes_columns_of_width_one_and_gives_the_outputs_asked_for(
    send: Any, fakes: Any
) -> None:
    inputs = [t | {"shape": [2, 1], "data": [[v] for v in t["data"]]} for t in tensors(fakes)]
    body = {"inputs": inputs, "outputs": [{"name": "decision"}]}
    answer = send("POST", "/v2/models/rel-1/infer", json=body).json()
    assert [tensor["name"] for tensor in answer["outputs"]] == ["decision"]


@pytest.mark.parametrize(
    "change",
    [
        {"outputs": [{"name": "secret"}]},
        {"inputs": []},
        {"inputs": [{"name": "age"}]},
        {"inputs": "age"},
        {"id": 7},
        {"parameters": []},
        {"unknown": 1},
    ],
)
def test_a_bad_open_inference_request_is_refused_with_a_sentence(
    send: Any, fakes: Any, yard: Any, change: dict[str, Any]
) -> None:
    answer = send("POST", "/v2/models/rel-1/infer", json={"inputs": tensors(fakes)} | change)
    assert answer.status_code == 422 and isinstance(answer.json()["error"], str)
    assert list(yard.log.read()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"shape": [3]},
        {"shape": [2, 2]},
        {"shape": [True, 2]},
        {"shape": "2"},
        {"datatype": "BOOL"},
        {"datatype": ["FP64"]},
        {"data": {"a": 1}},
        {"datatype": "INT64", "data": [1.5, 2.5]},
        {"data": [[1, 2], [3, 4]]},
        {"data": [1], "shape": [1]},
        {"name": "contact"},
        {"name": None},
    ],
)
def test_a_bad_tensor_is_refused_with_its_field(send: Any, fakes: Any, change: dict[str, Any]) -> None:
    inputs = tensors(fakes)
    inputs[0] |= change
    answer = send("POST", "/v2/models/rel-1/infer", json={"inputs": inputs})
    assert answer.status_code == 422 and answer.json()["field"]


def test_the_protocol_describes_server_and_model(send: Any) -> None:
    assert send("GET", "/v2").json()["name"] == "glassworks"
    assert send("GET", "/v2/health/live").json() == {"live": True}
    assert send("GET", "/v2/health/ready").json() == {"ready": True}
    assert send("GET", "/v2/models/rel-1/ready").json() == {"name": "rel-1", "ready": True}
    model = send("GET", "/v2/models/rel-1").json()
    assert {"name": "contact", "datatype": "BYTES", "shape": [-1]} in model["inputs"]
    assert json.dumps(model["outputs"]).count("probability") == 1
