"""What a candidate's page at gate 4 says before the office was asked, while it works, after a failure, at the end."""

import warnings
from datetime import timedelta
from typing import Any

from glassworks.line import validate
from glassworks.web.access import SESSION
from glassworks.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

CASE, URL = "whom-to-call", "http://127.0.0.1:8420"
ASK = "Open the sealed rows for it"


def page(bench: Any, path: str, login: str = "validator") -> str:
    session = bench.parts.sessions.create(bench.who[login].person, timedelta(hours=1))
    client = TestClient(create_app(bench.parts), base_url=URL, cookies={SESSION: session}, headers={"origin": URL})
    return str(client.get(path).text)


def test_the_page_says_in_which_state_the_office_s_work_is(at: Any) -> None:
    bench = at("submitted")
    made = bench.candidate()
    here = f"/cases/{CASE}/validate/{made.id}"
    assert ASK in page(bench, here) and "No answer yet" in page(bench, here)
    assert "1 submitted model waits; you may have it recomputed." in page(bench, "/queue")

    validate.ask_validation(bench.parts, bench.who["validator"], CASE, made.id)
    told = page(bench, here)
    assert "The office is recomputing this candidate now" in told and ASK not in told and "data-job" in told
    assert "No submitted model waits. The office is recomputing 1." in page(bench, "/queue")

    taken = bench.parts.jobs.claim("a worker")
    bench.parts.jobs.fail(taken, "the disk is full", again=False)
    told = page(bench, here)
    assert "failed:</strong> the disk is full" in told and ASK in told and "data-job" not in told

    bench.validate(made)
    told = page(bench, here)
    assert "decide the gate" in told and "What is it worth?" in told and "has spoken" in told
    assert "1 recomputed model waits for signatures." in page(bench, "/queue")
