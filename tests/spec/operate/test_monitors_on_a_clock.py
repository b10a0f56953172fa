"""What the monitors ask of live traffic, and which rung of the ladder the answers ask for."""

from types import ModuleType
from typing import Any

import polars as pl
import pytest

from glassworks.core.check import results, run
from glassworks.core.contract import Task, Tier
from glassworks.core.errors import FixTheInput
from glassworks.core.registry import checks
from glassworks.core.result import Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Release
from glassworks.hub.policies import OFFICE_PACK, OPERATE_CHECKS
from glassworks.stages.operate import ladder, monitor


@pytest.fixture
def evidence(campaign: ModuleType) -> dict[str, Any]:
    brief, model = campaign.brief(), campaign.Honest()
    sealed, live = campaign.rows(2000, seed=1), campaign.rows(2000, seed=2)
    reference, now = (
        monitor.matured(rows, model.predict(rows), brief, periods=4, labels=("no", "yes")) for rows in (sealed, live)
    )
    promised = campaign.claim("KPI gain a period", 9000.0).model_copy(update={"low": 5000.0, "high": 14000.0})
    release = Release(
        id="rel-1", use_case="u", candidate="cand-1", dossier="d", package="p", environment="demo", purpose="calls",
        promised=(promised,), released_at=campaign.NOW,
    )  # fmt: skip
    return {
        "brief": brief, "policy": OFFICE_PACK, "release": release, "reference": reference, "live": now,
        "live_rows": live, "reference_rows": sealed, "abstained": 5,
    }  # fmt: skip


def verdicts(evidence: dict[str, Any]) -> dict[str, Verdict]:
    return {one.id: run(one, evidence, Task.BINARY).verdict for one in checks(Stage.OPERATE)}


def rung(evidence: dict[str, Any], campaign: ModuleType, tier: Tier = Tier.LOW) -> str:
    return _round(evidence, campaign, tier).action


def _round(evidence: dict[str, Any], campaign: ModuleType, tier: Tier = Tier.LOW) -> Any:
    found = results(
        checks(Stage.OPERATE), evidence, task=Task.BINARY, subject="rel-1", subject_digest="", evidence_digests=(),
        policy="p", use_case="u", line="l", now=campaign.NOW,
    )  # fmt: skip
    brief = evidence["brief"].model_copy(update={"tier": tier})
    return monitor.round_of(
        evidence["release"], found, brief, number=1, window="July", rows=2005, outcomes=2000, now=campaign.NOW
    )


def test_a_quiet_quarter_keeps_its_promise(evidence: dict[str, Any], campaign: ModuleType) -> None:
    found = verdicts(evidence)
    assert set(OPERATE_CHECKS) <= set(found)
    assert {name for name, verdict in found.items() if verdict is not Verdict.PASS} <= {"fairness_live"}
    done = _round(evidence, campaign)
    assert done.action in ("none", "log")
    assert done.promised.value == 9000
    assert done.realised.name == "realised KPI gain a period"
    assert "promised +9,000 EUR a quarter" in done.sentence


def test_moved_inputs_are_named_and_alert(evidence: dict[str, Any], campaign: ModuleType) -> None:
    moved = evidence["live_rows"].with_columns(balance=pl.col("balance") + 1)
    drift = next(one for one in checks(Stage.OPERATE) if one.id == "drift")
    answer = run(drift, evidence | {"live_rows": moved}, Task.BINARY)
    assert answer.sentence.startswith("1 of 3 inputs moved: balance.")
    assert answer.verdict is Verdict.PASS and answer.warning, "movement alone warns; consequence decides"
    assert rung(evidence | {"live_rows": moved}, campaign) == "alert"


def test_a_broken_promise_falls_back_and_at_high_tier_stops(evidence: dict[str, Any], campaign: ModuleType) -> None:
    live, brief = evidence["live_rows"], evidence["brief"]
    worse = monitor.matured(live, 1 - campaign.chance(live), brief, periods=4, labels=("no", "yes"))
    broken = evidence | {"live": worse}
    assert verdicts(broken)["realised"] is Verdict.FAIL
    assert verdicts(broken)["promised_realised"] is Verdict.FAIL
    assert rung(broken, campaign) == "fall back"
    assert rung(broken, campaign, Tier.HIGH) == "stop"


def test_too_many_abstentions_tighten(evidence: dict[str, Any], campaign: ModuleType) -> None:
    assert rung(evidence | {"abstained": 900}, campaign) == "tighten"


def test_without_outcomes_the_monitors_of_consequence_have_no_answer(evidence: dict[str, Any]) -> None:
    del evidence["live"]
    found = verdicts(evidence)
    assert found["realised"] is found["promised_realised"] is Verdict.INCONCLUSIVE
    assert found["drift"] is Verdict.PASS


def test_no_outcome_yet_is_said_plainly(campaign: ModuleType) -> None:
    with pytest.raises(FixTheInput, match="No outcome has arrived yet"):
        monitor.matured(campaign.rows(5)[:0], [], campaign.brief(), periods=1)


def test_no_monitor_asks_for_nothing() -> None:
    assert ladder.action([], Tier.LOW).action == "none"
