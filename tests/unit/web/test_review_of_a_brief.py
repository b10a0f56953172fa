"""The review of what was typed, when the data at hand do not bear it out: the entry is named and nothing is lost."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

FAKES = Path(__file__).parents[2] / "fakes"


def fake(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, FAKES / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with fake("house").opened(tmp_path_factory.mktemp("review") / "home") as one:
        frame: pl.DataFrame = fake("campaign").rows(300, seed=2).drop("day")
        opening = {"id": "calls", "title": "Calls", "question": "Whom to call?", "line": "retail"}
        one.act("data_scientist", "POST", "/cases", 201, json=opening)
        sent = {"data": {"use_case": "calls", "target": "y"}, "files": {"file": ("c.csv", frame.write_csv().encode())}}
        one.act("data_scientist", "POST", "/data", 201, **sent)
        one.act("data_scientist", "POST", "/cases/calls/draft", 201, json={"target": "y"})
        yield one


def token(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_a_positive_value_that_the_data_do_not_hold_is_named_with_its_step_and_not_saved(house: Any) -> None:
    with house.client() as person:
        sent = {"login": "data_scientist", "password": fake("house").PASSWORD}
        person.post("/sign-in", data=sent | {"csrf_token": token(person.get("/sign-in").text)})
        page = person.get("/cases/calls/scope/canvas/decision").text
        typed = {"positive": "perhaps", "go": "stay"}
        typed |= {name: hidden(page, name) for name in ("csrf_token", "expected_version", "brief_version")}
        assert person.post("/cases/calls/scope/canvas/decision", data=typed).status_code == 303
        review = person.get("/cases/calls/scope/review")
        assert review.status_code == 200
        assert "does not occur in the target" in review.text and "/canvas/decision#positive" in review.text
        saving = {name: hidden(review.text, name) for name in ("csrf_token", "expected_version", "read")}
        refused = person.post("/cases/calls/scope/review", data=saving | {"go": "save"})
        assert "does not occur in the target" in refused.text
        assert 'value="perhaps"' in person.get("/cases/calls/scope/canvas/decision").text
    assert len(house.act("data_scientist", "GET", "/cases/calls/briefs")) == 1
