"""What waits for the validation team: in which order, for whom, over page, API, SDK and terminal."""

import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from click.testing import CliRunner

from glassworks.cli.main import root
from glassworks.core.contract import Tier
from glassworks.core.journal import Act
from glassworks.core.waiting import Waiting
from glassworks.line import people, queue
from glassworks.sdk.client import Client
from glassworks.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def waits(name: str, tier: Tier, target: float, hours: float) -> Waiting:
    return Waiting(
        use_case="u", title="t", line="l", candidate=name, name=name, tier=tier, target=target, unit="EUR",
        period="quarter", since=NOON - timedelta(hours=hours), state="waits",
    )  # fmt: skip


def test_the_riskiest_stands_first_then_the_most_at_stake_then_the_longest_waiting() -> None:
    high = waits("a", Tier.HIGH, 1, 1)
    rich, long, short = waits("b", Tier.LOW, 9, 1), waits("c", Tier.LOW, 5, 9), waits("d", Tier.LOW, 5, 1)
    assert sorted([short, long, rich, high], key=queue.order) == [high, rich, long, short]


def test_a_submitted_model_waits_is_recomputed_and_leaves_when_its_gate_has_answered(at: Callable[[str], Any]) -> None:
    bench = at("submitted")
    validator, scientist = bench.who["validator"], bench.who["data_scientist"]
    (first,) = queue.queue(bench.parts, validator)
    assert (first.state, first.why_not, first.candidate) == ("waits", "", bench.candidate().id)
    assert queue.queue(bench.parts, scientist)[0].why_not == "A validator asks for it."
    assert queue.validate_all(bench.parts, validator)[0].state == "work"
    bench.drain()
    assert queue.validate_all(bench.parts, validator)[0].state == "recomputed"
    bench.approve(bench.candidate())
    assert queue.queue(bench.parts, validator) == []


def test_who_made_a_part_of_it_is_told_before_asking(at: Callable[[str], Any]) -> None:
    bench = at("submitted")
    candidate = bench.candidate()
    mine = candidate.model_copy(update={"author": bench.who["validator"].person, "version": candidate.version + 1})
    bench.parts.ledger.replace(mine, candidate.version, Act(act="test", who="office", sentence="Another author."))
    assert queue.queue(bench.parts, bench.who["validator"])[0].why_not == queue.OWN
    assert queue.validate_all(bench.parts, bench.who["validator"])[0].state == "waits"


def test_page_api_sdk_and_terminal_show_and_run_the_same_queue(at: Callable[[str], Any]) -> None:
    bench = at("submitted")
    _, token = people.make_token(bench.parts, bench.who["validator"])
    http = TestClient(
        create_app(bench.parts), base_url="http://127.0.0.1:8420", headers={"authorization": f"Bearer {token}"}
    )
    client = Client(http)
    (told,) = client.queue()
    assert told.name == bench.candidate().name
    assert client.validate_all()[0].state == "work"
    bench.drain()
    assert client.queue()[0].state == "recomputed"
    said = CliRunner().invoke(root, ["work", "queue", "--help"])
    assert said.exit_code == 0 and "riskiest" in said.output
