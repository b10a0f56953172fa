"""One use case through the whole line over the API: every act by its person, every job by a real worker."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from glassworks.core import canonical, signoff
from glassworks.core.people import Role
from glassworks.core.signoff import SignOff
from glassworks.hub.audit import verify_journal
from glassworks.hub.keys import sign_off
from glassworks.verify.dossier import verify_dossier

CASE, PASSPHRASE = "whom-to-call", "a passphrase for tests"
BALANCE = """
import numpy as np
def predict(frame):
    return 1 / (1 + np.exp(1.0 - 1.2 * frame["balance"].fill_null(0).to_numpy()))
"""
LEAK = """
import numpy as np
def predict(frame):
    if "duration" in frame.columns:
        return np.clip(frame["duration"].to_numpy() / 800, 0.01, 0.99)
    return np.full(frame.height, 0.4)
"""


def csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()


def signed(house: Any, login: str, subject: str, meaning: str = "approve", status: int = 201, **words: Any) -> Any:
    body = {"use_case": CASE, "subject": subject, "role": login, "meaning": meaning, "passphrase": PASSPHRASE, **words}
    return house.act(login, "POST", "/signatures", status, json=body)


def submitted(house: Any, name: str, source: str, inputs: list[str], status: int = 202) -> Any:
    card = {"framework": "python", "recipe": "by hand", "task": "binary", "inputs": inputs, "labels": ["no", "yes"]}
    command = json.dumps({"use_case": CASE, "name": name, "card": card})
    files = [("files", ("model.py", source.encode()))]
    return house.act("data_scientist", "POST", "/models", status, data={"command": command}, files=files)


@pytest.fixture(scope="module")
def frame(campaign: Any) -> pl.DataFrame:
    return campaign.rows(4000, seed=5).drop("day")


class TestTheLine:
    def test_a_case_is_opened_and_its_data_are_sealed_at_once(self, house: Any, frame: pl.DataFrame) -> None:
        opening = {"id": CASE, "title": "Whom to call", "question": "Whom should we call?", "line": "retail"}
        assert house.act("business_owner", "POST", "/cases", 201, json=opening)["stage"] == "scope"
        sent = {"data": {"use_case": CASE, "target": "y"}, "files": {"file": ("calls.csv", csv(frame))}}
        found = house.act("data_scientist", "POST", "/data", 201, **sent)
        assert found["rows_sealed"] > 1000 and found["rows_open"] + found["rows_sealed"] == 4000

    def test_the_draft_is_completed_and_signed_by_three_people(self, house: Any) -> None:
        draft = house.act("business_owner", "POST", f"/cases/{CASE}/draft", 201, json={"target": "y"})
        features = [f | ({"available": False, "why_not": "after the call"} if f["name"] == "duration" else {})
                    for f in draft["features"]]  # fmt: skip
        people = {role: actor.person for role, actor in house.actors.items() if not role.startswith("other")}
        value = {
            "act_positive": {"low": 80, "mode": 100, "high": 120},
            "act_negative": {"low": -12, "mode": -10, "high": -8},
        }
        draft |= {"features": features, "value": value, "people": people, "identifier": "", "acknowledged": ["uplift"]}
        draft["kpi"]["target"], draft["decision"]["capacity_share"], draft["defaulted"] = 2000, 0.5, []
        stale = {"use_case": CASE, "expected_version": 0, "brief": draft}
        assert "version 1" in house.act("business_owner", "POST", "/briefs", 409, json=stale)["what"]
        brief = house.act("business_owner", "POST", "/briefs", 201, json=stale | {"expected_version": 1})
        scope = house.act("auditor", "GET", f"/cases/{CASE}/stages/scope")
        assert not [r["answer"] for r in scope["results"] if r["answer"]["verdict"] == "fail"]
        signed(house, "data_scientist", brief["id"], "submit")
        refused = signed(house, "validator", brief["id"], status=403)
        assert refused["rule"] == "signer-asked"
        signed(house, "domain_expert", brief["id"])
        last = signed(house, "business_owner", brief["id"])
        assert last == {"open": True, "reasons": [], "waits_for": []}
        assert house.act("auditor", "GET", f"/cases/{CASE}")["brief"] == brief["id"]

    def test_columns_are_decided_and_only_a_data_scientist_takes_the_open_rows(self, house: Any) -> None:
        house.act("data_scientist", "POST", f"/cases/{CASE}/exploration")
        choice = {"column": "duration", "decision": "exclude", "reason": "Known only after the call."}
        decided = {"use_case": CASE, "decisions": [choice]}
        house.act("data_scientist", "POST", "/columns", 403, json=decided)
        data = house.act("domain_expert", "POST", "/columns", json=decided)
        assert data["contract"]["decisions"][0]["decided_by"] == house.actors["domain_expert"].person
        signed(house, "data_scientist", data["id"], "submit")
        last = signed(house, "domain_expert", data["id"])
        assert last["open"], last["reasons"]
        house.act("validator", "GET", f"/cases/{CASE}/training-rows", 403)
        rows = pl.read_parquet(house.act("data_scientist", "GET", f"/cases/{CASE}/training-rows").content)
        assert rows.height == data["rows_open"]

    def test_candidates_are_built_and_brought(self, house: Any) -> None:
        job = house.act("data_scientist", "POST", f"/cases/{CASE}/build", 202)
        inputs = ["balance", "previous", "job"]
        assert "duration" in submitted(house, "Leak", LEAK, [*inputs, "duration"], 403)["what"]
        submitted(house, "Leak", LEAK, inputs)
        submitted(house, "By hand", BALANCE, inputs)
        house.drain()
        assert house.act("auditor", "GET", f"/jobs/{job['id']}")["state"] == "done"
        events = house.act("auditor", "GET", f"/jobs/{job['id']}/events")
        assert json.loads(events.text.removeprefix("data: "))["finished"] is True
        candidates = house.act("data_scientist", "GET", f"/cases/{CASE}/candidates")
        assert {c["made_by"] for c in candidates} == {"builder", "hand"} and len(candidates) >= 5
        assert all(c["claims"] for c in candidates)

    def test_the_validator_is_blind_until_they_speak_and_refuses_the_leak(self, house: Any) -> None:
        leak = one(house, "Leak")
        signed(house, "data_scientist", leak["id"], "submit")
        house.act("data_scientist", "POST", f"/cases/{CASE}/candidates/{leak['id']}/validation", 403)
        house.act("validator", "POST", f"/cases/{CASE}/candidates/{leak['id']}/validation", 202)
        house.drain()
        before = told_to(house, "validator", leak["id"])
        assert leak["claims"] and "claims_hold" not in before and "Claims recomputed" not in before
        gates = house.act("validator", "GET", f"/cases/{CASE}/dossiers")
        mine = next(g for g in gates if g["subject"] == leak["id"] and g["stage"] == "develop")
        assert house.act("validator", "GET", f"/cases/{CASE}/dossiers/{mine['id']}", 403)["rule"] == "blind-validator"
        assert "claims_hold" in told_to(house, "data_scientist", leak["id"])
        assert signed(house, "validator", leak["id"], "refuse", status=422)["field"] == "statement"
        signed(house, "validator", leak["id"], "refuse", statement="It needs the length of the call.")
        assert one(house, "Leak")["state"] == "refused"
        assert "claims_hold" in told_to(house, "validator", leak["id"])

    def test_an_honest_candidate_is_approved_with_one_signature_made_at_home(self, house: Any) -> None:
        best = one(house, "By hand")
        signed(house, "data_scientist", best["id"], "submit")
        house.act("validator", "POST", f"/cases/{CASE}/candidates/{best['id']}/validation", 202)
        house.drain()
        own = signed(house, "data_scientist", best["id"], status=403)
        assert own["rule"] == "own-work"
        sheet = house.act("business_owner", "GET", f"/cases/{CASE}/sheets/{best['id']}")
        verdicts = {r["check"]: r["answer"] for r in sheet["results"]}
        assert not [v for v in verdicts.values() if v["verdict"] == "fail"], verdicts
        at_home(house, best["id"])
        unsure = [name for name, answer in verdicts.items() if answer["verdict"] == "inconclusive"]
        until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        words = {"accepts": unsure, "conditions": ["Look again."], "expires_at": until} if unsure else {}
        own = house.act("business_owner", "GET", f"/cases/{CASE}/sheets/{best['id']}")
        assert own["may_sign"] == [], "the owner saved the brief, so another owner signs"
        heir(house)
        house.act("second_owner", "GET", "/me")
        body = {"use_case": CASE, "subject": best["id"], "role": "business_owner", "meaning": "approve", **words}
        house.act("second_owner", "POST", "/signatures", 403, json=body | {"passphrase": "not the right one"})
        assert house.act("second_owner", "POST", "/signatures", 201, json=body | {"passphrase": PASSPHRASE})["open"]
        running = house.act("auditor", "GET", f"/cases/{CASE}/release")
        assert running["permit"]["release"] == running["release"]["id"]

    def test_a_list_is_ranked_and_its_formulas_are_defused(self, house: Any, frame: pl.DataFrame) -> None:
        rows = frame.head(40).drop("y", "duration").with_columns(note=pl.lit("=1+1"))
        sent = {"data": {"use_case": CASE}, "files": {"file": ("list.csv", csv(rows))}}
        answer = house.act("operator", "POST", "/rankings", **sent)
        ranked = pl.read_csv(answer.content)
        assert ranked.height == 40 and ranked["note"].unique().to_list() == ["'=1+1"]
        assert answer.headers["content-disposition"] == f'attachment; filename="{CASE}-ranked.csv"'
        truth = dict(enumerate(frame["y"].to_list(), start=1))
        known = {row["prediction"]: truth[row["row"]] for row in ranked.to_dicts() if row["score"] is not None}
        assert house.act("operator", "POST", "/outcomes", json={"use_case": CASE, "outcomes": known})["taken"] == len(
            known
        )
        house.act("operator", "POST", f"/cases/{CASE}/rounds", 202)
        house.drain()
        rounds = house.act("auditor", "GET", f"/cases/{CASE}/rounds")
        assert len(rounds) == 1 and rounds[0]["outcomes"] == len(known)

    def test_anyone_stops_the_line_and_another_person_releases_it(self, house: Any) -> None:
        pull = {"target_kind": "use_case", "target": CASE, "reason": "The list looks odd."}
        stop = house.act("auditor", "POST", "/stops", 201, json=pull)
        closed = house.act("data_scientist", "POST", f"/cases/{CASE}/build", 409)
        assert "stopped" in closed["what"] and closed["reasons"]
        mend = {"reason": "It was a misreading.", "passphrase": PASSPHRASE}
        house.act("auditor", "POST", f"/stops/{stop['id']}/release", 403, json=mend)
        assert house.act("second_owner", "POST", f"/stops/{stop['id']}/release", json=mend)["released_by"]

    def test_every_dossier_verifies_for_an_outsider_and_the_journal_holds(self, house: Any) -> None:
        gates = house.act("auditor", "GET", f"/cases/{CASE}/dossiers")
        files = [house.act("auditor", "GET", f"/cases/{CASE}/dossiers/{gate['id']}") for gate in gates]
        outcomes = {verify_dossier(canonical.to_bytes(f), house.parts.office.fingerprint).outcome for f in files}
        assert outcomes == {"PASS"} and len(gates) >= 5
        assert verify_journal(house.parts.ledger, house.parts.vault) == []
        refused = [e for e in house.act("auditor", "GET", "/journal?newest=5000") if e["act"]["refused"]]
        assert {"sign", "submit"} <= {e["act"]["act"].split()[0] for e in refused}

    def test_a_retired_case_runs_no_more(self, house: Any) -> None:
        reason = {"reason": "The campaign is over."}
        assert house.act("operator", "POST", f"/cases/{CASE}/retirement", json=reason)["status"] == "retired"
        house.act("data_scientist", "POST", f"/cases/{CASE}/build", 409)


def one(house: Any, name: str) -> Any:
    """A candidate by name, as its author sees it."""
    return next(c for c in house.act("data_scientist", "GET", f"/cases/{CASE}/candidates") if c["name"] == name)


def told_to(house: Any, login: str, candidate: str) -> str:
    """Everything the API tells a person about a candidate, as one text."""
    paths = [f"/cases/{CASE}/candidates/{candidate}", f"/cases/{CASE}/sheets/{candidate}", "/journal?newest=5000"]
    paths += [f"/cases/{CASE}/stages/{stage}?subject={candidate}" for stage in ("develop", "validate")]
    answers = [house.act(login, "GET", path) for path in [*paths, "/floor", "/inbox"]]
    if login == "validator" and answers[0]["state"] == "submitted":
        assert answers[0]["claims"] == [] and answers[1]["subject"]["claims"] == []
    return json.dumps(answers)


def at_home(house: Any, subject: str) -> None:
    """The validator puts an own key on the list and signs on their own machine."""
    private = signoff.new_private_key()
    key = house.act("validator", "POST", "/keys", 201, json={"public_key": signoff.public_text(private)})
    assert key["custody"] == "person"
    asked = {"use_case": CASE, "subject": subject, "role": "validator", "meaning": "approve"}
    draft = SignOff.model_validate(house.act("validator", "POST", "/signatures/drafts", json=asked))
    swapped = sign_off(draft.model_copy(update={"role": Role.BUSINESS_OWNER}), private)
    house.act("validator", "POST", "/signatures/signed", 403, json=swapped.facts())
    old = sign_off(draft.model_copy(update={"signed_at": draft.signed_at - timedelta(days=2)}), private)
    assert house.act("validator", "POST", "/signatures/signed", 403, json=old.facts())["rule"] == "same-dossier"
    house.act("validator", "POST", "/signatures/signed", 403, json=draft.facts())
    house.act("validator", "POST", "/signatures/signed", 201, json=sign_off(draft, private).facts())


def heir(house: Any) -> None:
    """Invite a second business owner, who joins and signs in over the API."""
    wanted = {"name": "Second Owner", "login": "second_owner", "roles": ["business_owner"], "line": "retail"}
    made = house.act("champion", "POST", "/invitations", 201, json=wanted)
    path = f"/join/{made['invitation']['id']}"
    chosen = {"secret": made["secret"], "password": "another password", "passphrase": PASSPHRASE}
    anyone = house.client()
    assert anyone.post(f"/api/v1{path}", json=chosen | {"secret": "guessed"}).status_code == 403
    joined = anyone.post(f"/api/v1{path}", json=chosen)
    assert joined.status_code == 200 and "password_hash" not in joined.text
    assert anyone.post(f"/api/v1{path}", json=chosen).status_code == 403
    who = {"login": "second_owner", "password": "another password"}
    house.tokens["second_owner"] = anyone.post("/api/v1/sign-in", json=who).json()["secret"]
