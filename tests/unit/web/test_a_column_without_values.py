"""A file with a column that has no value at all: what is said about it on the page, over the API and in the SDK."""

import importlib.util
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import glassworks as gw
from glassworks.core.errors import FixTheInput
from glassworks.core.usecase import Dataset
from glassworks.sdk.client import Client
from glassworks.stages.explore.read import read

FAKES = Path(__file__).parents[2] / "fakes"
WORDS = "fax: no value in any row, so no model can use it; leave it out of the brief's inputs"


def fake(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, FAKES / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table(empty: str) -> bytes:
    frame = fake("campaign").rows(300, seed=2).drop("day")
    return frame.with_columns(pl.lit(None, dtype=pl.String).alias(empty)).write_csv().encode()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with fake("house").opened(tmp_path_factory.mktemp("empty") / "home") as one:
        yield one


def opened(house: Any, id: str) -> None:
    told = {"id": id, "title": f"Calls {id}", "question": "Whom to call?", "line": "retail"}
    house.act("data_scientist", "POST", "/cases", 201, json=told)


def brought(house: Any, id: str, content: bytes, status: int) -> Any:
    sent = {"data": {"use_case": id, "target": "y"}, "files": {"file": ("calls.csv", content)}}
    return house.act("data_scientist", "POST", "/data", status, **sent)


def test_an_input_without_values_is_told_with_what_to_do_and_reaches_no_model(house: Any) -> None:
    opened(house, "calls")
    told = brought(house, "calls", table("fax"), 201)
    assert any(WORDS in note for note in told["notes"]), told["notes"]
    house.act("data_scientist", "POST", "/cases/calls/draft", 201, json={"target": "y"})
    explored = Dataset.model_validate(house.act("data_scientist", "POST", "/cases/calls/exploration"))
    assert explored.contract and "fax" not in {column.name for column in explored.contract.columns}
    with house.client() as person:
        token = person.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
        told = {"login": "data_scientist", "password": fake("house").PASSWORD, "csrf_token": token}
        assert person.post("/sign-in", data=told).status_code == 303
        page = person.get("/cases/calls/explore")
        assert page.status_code == 200 and WORDS.replace("'", "&#39;") in page.text
        assert "0 looks; at most 3" in person.get("/sealed").text
    assert any(WORDS in note for note in Client(house.client("data_scientist")).case("calls").notes)


def test_an_outcome_without_values_is_refused_over_the_api_and_leaves_nothing(house: Any) -> None:
    opened(house, "none")
    refused = brought(house, "none", table("y"), 422)
    assert "missing in every row" in str(refused) and "Choose another target" in str(refused)
    assert house.parts.ledger.find(Dataset, use_case="none") == []


def test_an_outcome_without_values_is_refused_at_the_desk() -> None:
    rows = fake("campaign").rows(100)
    with pytest.raises(FixTheInput, match="missing in every row"):
        gw.check(fake("campaign").Honest(), rows.drop("y"), [None] * 100, value={"act_positive": 1.0})


def test_a_parquet_column_without_values_is_told_too() -> None:
    out = io.BytesIO()
    pl.DataFrame({"fax": pl.Series([None] * 60, dtype=pl.Float64), "y": [0, 1] * 30}).write_parquet(out)
    assert any(WORDS in note for note in read(out.getvalue(), "calls.parquet").notes)
