"""The SDK's client against the real application: records come back as core's, refusals as the errors they were."""

import importlib.util
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import polars as pl
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import glassworks as gw
from glassworks.core.commands import AddData, DecideColumns, OpenUseCase, SaveBrief, Sign
from glassworks.core.errors import Broken, FixTheInput, GateClosed, NotAllowed, NotFound, NotSignedIn
from glassworks.core.usecase import ColumnDecision
from glassworks.line import cases, explore, scope, signing
from glassworks.sdk import server
from glassworks.sdk.client import Client

FAKES = Path(__file__).parents[2] / "fakes"
CASE, PASSPHRASE = "calls", "a passphrase for tests"


def fake(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FAKES / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with fake("house").opened(tmp_path_factory.mktemp("sdk") / "home") as one:
        prepare(one, fake("campaign").rows(2000, seed=8).drop("day"))
        yield one


def prepare(house: Any, frame: pl.DataFrame) -> None:
    """A case whose contract and data are signed, by the acts themselves."""
    parts, who = house.parts, house.actors
    cases.open_use_case(
        parts, who["data_scientist"], OpenUseCase(id=CASE, title="Calls", question="Whom?", line="retail")
    )
    asked = AddData(use_case=CASE, name="calls.csv")
    data = explore.add_data(parts, who["data_scientist"], asked, frame.write_csv().encode(), target="y")
    draft = scope.draft(parts, who["business_owner"], CASE, explore.open_rows(parts, data), "y")
    late = {"available": False, "why_not": "known only after the call"}
    features = tuple(f.model_copy(update=late if f.name == "duration" else {}) for f in draft.features)
    here = [actor for actor in who.values() if actor.lines in ((), ("retail",))]
    named = {role: actor.person for actor in here for role in actor.roles}
    agreed = {"people": named, "acknowledged": ("uplift",), "defaulted": ()}
    brief = draft.model_copy(update={"features": features, **agreed})
    brief = scope.save_brief(parts, who["business_owner"], SaveBrief(use_case=CASE, expected_version=1, brief=brief))
    explore.explore(parts, who["data_scientist"], CASE)
    choice = ColumnDecision(column="duration", decision="exclude", reason="Known only after the call.")
    explore.decide_columns(parts, who["domain_expert"], DecideColumns(use_case=CASE, decisions=(choice,)))
    for subject, signers in ((brief.id, ("data_scientist", "domain_expert", "business_owner")),
                             (data.id, ("data_scientist", "domain_expert"))):  # fmt: skip
        for login in signers:
            meaning = "submit" if login == "data_scientist" else "approve"
            command = Sign.model_validate({"use_case": CASE, "subject": subject, "role": login, "meaning": meaning})
            decision = signing.sign(parts, who[login], command, PASSPHRASE)
        assert decision.open, decision.reasons


@pytest.fixture
def client(house: Any) -> Client:
    return Client(house.client("data_scientist"))


class TestCase:
    def test_training_rows_brief_and_inputs_come_as_records(self, client: Client) -> None:
        assert [case.id for case in client.cases()] == [CASE]
        case = client.case(CASE)
        rows = case.training_data()
        assert isinstance(rows, pl.DataFrame) and {"y", "balance"} <= set(rows.columns)
        assert rows.height < 2000, "the sealed rows stay with the office"
        assert case.brief.target == "y" and "duration" not in case.inputs and "balance" in case.inputs

    def test_a_fitted_pipeline_is_recognised_checked_and_reported(self, client: Client, house: Any) -> None:
        case = client.case(CASE)
        rows = case.training_data()
        model = make_pipeline(SimpleImputer(), LogisticRegression())
        model.fit(frame_of(rows), rows["y"].to_list())
        candidate = case.submit(model, name="From a notebook")
        assert candidate.card.framework == "scikit-learn" and candidate.card.inputs == ("balance", "previous")
        assert candidate.card.labels == ("no", "yes")
        house.drain()
        case.wait(seconds=5)
        report = case.results()
        assert report.lines and "From a notebook" in report.about
        assert case.results("From a notebook").verdicts == report.verdicts

    def test_a_source_file_is_submitted_by_its_path(self, client: Client, house: Any, tmp_path: Path) -> None:
        path = tmp_path / "scorecard.py"
        path.write_text(
            "def predict(frame):\n    return frame['balance'].fill_null(0).is_between(0, 9).cast(float) * 0.5\n"
        )
        case = client.case(CASE)
        assert case.submit(path, name="Scorecard").card.framework == "python"
        house.drain()
        case.wait(seconds=5)

    def test_a_leak_and_an_unknown_object_are_refused_as_what_they_are(self, client: Client) -> None:
        case = client.case(CASE)
        rows = case.training_data()
        model = LogisticRegression().fit(frame_of(rows, "duration", "balance"), rows["y"].to_list())
        with pytest.raises(NotAllowed, match="duration") as told:
            case.submit(model, name="Leak")
        assert told.value.rule == "declared-inputs"
        with pytest.raises(FixTheInput, match="recognises"):
            case.submit(object(), name="Nothing")
        with pytest.raises(FixTheInput, match="MLflow"):
            case.submit("nowhere.txt", name="Nothing")

    def test_a_failed_job_is_told(self, client: Client, house: Any, tmp_path: Path) -> None:
        path = tmp_path / "broken.py"
        path.write_text("def predict(frame):\n    return 1 / 0\n")
        case = client.case(CASE)
        case.submit(path, name="Broken")
        house.drain()
        with pytest.raises(Broken, match="failed"):
            case.wait(seconds=5)


def frame_of(rows: pl.DataFrame, *names: str) -> Any:
    return pd.DataFrame({name: rows[name].to_numpy() for name in names or ("balance", "previous")})


class TestRefusals:
    def test_refusals_come_back_as_the_errors_they_were(self, house: Any, client: Client) -> None:
        with pytest.raises(NotFound):
            client.case("absent")
        with pytest.raises(NotSignedIn):
            Client(house.client()).cases()
        with pytest.raises(GateClosed) as told:
            client.ask("GET", f"/cases/{CASE}/release")
        assert told.value.reasons
        with pytest.raises(NotAllowed) as refused:
            Client(house.client("validator")).case(CASE).training_data()
        assert refused.value.rule == "act-by-role"

    def test_a_server_that_is_not_there_is_told(self) -> None:
        with pytest.raises(Broken, match="cannot be reached"):
            gw.connect("http://127.0.0.1:9", token="gw_x")


class TestOwnServer:
    def test_without_an_installation_there_is_nothing_to_start(self, monkeypatch: Any, tmp_path: Path) -> None:
        monkeypatch.setenv("GLASSWORKS_HOME", str(tmp_path))
        with pytest.raises(NotFound, match="no installation"):
            gw.connect()

    def test_a_server_is_started_signed_in_to_found_again_and_ended(self, monkeypatch: Any, house: Any) -> None:
        monkeypatch.setenv("GLASSWORKS_HOME", str(house.parts.settings.home))
        monkeypatch.setenv("GLASSWORKS_PORT", "0")
        monkeypatch.setenv("GLASSWORKS_LOGIN", "data_scientist")
        monkeypatch.setenv("GLASSWORKS_PASSWORD", "a password for tests")
        monkeypatch.delenv("GLASSWORKS_URL", raising=False)
        with gw.connect() as client:
            assert client.me().name == "Data Scientist" and [case.id for case in client.cases()] == [CASE]
            with gw.connect(token=house.tokens["auditor"]) as second:
                assert second.url == client.url and second.me().name == "Auditor"
            assert server.running(server.home()) == client.url, "the second client did not end it"
        assert server.running(server.home()) == ""


def test_a_validator_raises_a_finding_and_closes_it_with_evidence(house: Any) -> None:
    held, built = Client(house.client("validator")).case(CASE), Client(house.client("data_scientist")).case(CASE)
    subject = built.candidates()[0].id
    due = datetime(2099, 1, 31, tzinfo=UTC)
    with pytest.raises(FixTheInput):
        held.raise_finding("cand-none", "No such model.", severity="low", owner="data_scientist", due=due)
    with pytest.raises(NotAllowed):
        built.raise_finding(subject, "Not mine to raise.", severity="low", owner="data_scientist", due=due)
    raised = held.raise_finding(
        subject, "The cost is assumed.", severity="medium", owner="data_scientist", due=due, remediation="Measure it."
    )
    assert raised.is_open and raised.remediation == "Measure it."
    closed = held.close_finding(raised.id, "Measured on 300 calls.")
    assert [one for one in built.findings() if one.id == raised.id] == [closed] and not closed.is_open


def test_a_validator_brings_own_evidence_and_asks_the_developer(house: Any, tmp_path: Path) -> None:
    held, built = Client(house.client("validator")).case(CASE), Client(house.client("data_scientist")).case(CASE)
    made = built.candidates()[0]
    signing.sign(
        house.parts,
        house.actors["data_scientist"],
        Sign(use_case=CASE, subject=made.id, role="data_scientist", meaning="submit"),
        PASSPHRASE,
    )
    source = tmp_path / "check.py"
    source.write_text(
        "def check(rows, outcome, score, group):\n    return {'verdict': 'pass', 'sentence': 'So be it.'}"
    )
    rows = fake("campaign").rows(300, seed=77).drop("day")
    rows.write_csv(tmp_path / "own.csv")
    with pytest.raises(NotAllowed):
        built.own_check(made.id, source, name="mine")
    check = held.own_check(made.id, source, name="all well")
    data = held.own_data(made.id, tmp_path / "own.csv")
    with pytest.raises(FixTheInput):
        held.own_data(made.id, source)
    twin = held.own_challenger(made.id, {"model.py": b"def predict(frame): return [0.4]"}, made.card, name="flat")
    assert held.take_back(twin.id).withdrawn
    assert held.own_evidence(made.id) == [check, data]
    held.validate(made.id)
    house.drain()
    verdicts = held.results(made.id).verdicts
    assert verdicts[f"own:check:{check.id}"] == "pass" and f"own:performance:{data.id}" in verdicts
    with pytest.raises(NotAllowed):
        held.take_back(check.id)
    asked = held.ask(made.id, "Which calls were counted?", check="kpi")
    assert built.answer(asked.id, "All of them.").answer == "All of them."
    assert [one.answer for one in held.questions(made.id)] == ["All of them."]
