"""A condition that a signer writes reaches the permit; one that no server could keep is refused before it is signed."""

import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from glassworks.core.errors import FixTheInput
from glassworks.core.usecase import Release
from glassworks.line import people
from glassworks.web.access import SESSION
from glassworks.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

CASE, URL = "whom-to-call", "http://127.0.0.1:8420"


def test_a_condition_on_a_column_that_the_model_is_not_told_is_refused(at: Callable[[str], Any]) -> None:
    bench = at("validated")
    subject = bench.candidate().id
    with pytest.raises(FixTheInput) as refused:
        bench.sign("validator", subject, conditions=("only where shoe size is from 36 to 44",))
    assert refused.value.field == "conditions" and "shoe size" in refused.value.what


def test_conditions_of_all_signers_stand_in_the_permit(at: Callable[[str], Any]) -> None:
    bench = at("validated")
    candidate = bench.candidate()
    bench.sign("validator", candidate.id, conditions=("at most 500 cases a day",))
    accepting = bench.accepting(candidate)
    said = {**accepting, "conditions": (*accepting.get("conditions", ()), "10 of 100 cases go to a person")}
    bench.sign("business_owner", candidate.id, **said)
    release = bench.parts.ledger.find(Release, use_case=bench.case.id)[-1]
    assert {"at most 500 cases a day", "10 of 100 cases go to a person"} <= set(release.conditions)


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ((" ",), "A condition is blank"),
        (("x" * 501,), "longer than 500 letters"),
        (("watch",) * 21, "At most 20 conditions"),
        (("at most 1.000 cases a day",), "may be read in two ways"),
    ],
)
def test_a_condition_that_nobody_could_keep_is_refused_in_words(
    at: Any, conditions: tuple[str, ...], says: str
) -> None:
    bench = at("validated")
    candidate = bench.candidate()
    with pytest.raises(FixTheInput, match=says) as refused:
        bench.sign("validator", candidate.id, conditions=conditions)
    assert refused.value.field == "conditions"
    bench.sign("validator", candidate.id)
    accepting = bench.accepting(candidate)
    with pytest.raises(FixTheInput, match=says):
        bench.sign("business_owner", candidate.id, **(accepting | {"conditions": conditions}))


def test_after_signing_each_door_says_which_conditions_the_server_keeps(
    at: Any, bench_kit: Any, terminal_kit: Any
) -> None:
    bench = at("validated")
    candidate, terminal = bench.candidate(), terminal_kit.Terminal(bench.parts.settings.home)
    said = ("--condition", " at most 500 cases per day; ", "--condition", "watch the complaints")
    told = terminal.ok("work", "sign", CASE, candidate.id, "--role", "validator", *said, "--as", "validator").out
    assert "The prediction server keeps: at most 500 cases per day" in told
    assert "People keep, and the server does not: watch the complaints" in told
    client = TestClient(create_app(bench.parts), base_url=URL, headers={"origin": URL})
    _, secret = people.make_token(bench.parts, bench.who["business_owner"])
    body = {
        "use_case": CASE, "subject": candidate.id, "role": "business_owner", "meaning": "approve",
        "passphrase": bench_kit.PASSPHRASE, "accepts": bench.accepting(candidate).get("accepts", ()),
        "conditions": ["5 % of cases go to a person", "look again"],
        "expires_at": (bench.parts.now() + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    bearer = {"authorization": f"Bearer {secret}"}
    answer = client.post("/api/v1/signatures", json=body, headers=bearer).json()
    assert answer["open"] and answer["conditions"] == [
        {"condition": "5 % of cases go to a person", "by": "server"},
        {"condition": "look again", "by": "people"},
    ]
    session = bench.parts.sessions.create(bench.who["validator"].person, timedelta(hours=1))
    page = client.get(f"/cases/{CASE}/validate/{candidate.id}", cookies={SESSION: session}).text
    assert "at most 500 cases per day; (the server keeps it)" in page.replace("day (", "day; (")
    assert "watch the complaints (people keep it)" in page
