"""Own data from a file to a release, by the command line alone, with invited people; any kind of target."""

import csv
import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from glassworks.hub.keys import Office

TELCO = Path(__file__).parents[2] / "src" / "glassworks" / "examples" / "telco_churn" / "customers.csv"
CHURN = """
import numpy as np
def predict(frame):
    steady = frame["Contract"].fill_null("").to_numpy() != "Month-to-month"
    new = frame["tenure"].fill_null(30).to_numpy()
    return 1 / (1 + np.exp(0.1 + 2.0 * steady + 0.03 * new))
"""
HOUSES = """
def predict(frame):
    return (50 + 8 * frame["rooms"].fill_null(0) - 4 * frame["distance"].fill_null(0)).to_numpy()
"""
WINES = """
import numpy as np
def predict(frame):
    acid, sugar = (frame[name].fill_null(0).to_numpy() for name in ("acid", "sugar"))
    several = np.stack([-acid, 1.6 * sugar, 1.6 * acid], axis=1)  # blue, green, red
    several = np.exp(several - several.max(axis=1, keepdims=True))
    return several / several.sum(axis=1, keepdims=True)
"""


def telco(place: Path) -> Path:
    return TELCO


def houses(place: Path) -> Path:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(700, 2)).round(3)
    price = (50 + 8 * x[:, 0] - 4 * x[:, 1] + rng.normal(0, 3, 700)).round(2)
    pl.DataFrame({"rooms": x[:, 0], "distance": x[:, 1], "price": price}).write_csv(place / "houses.csv")
    return place / "houses.csv"


def wines(place: Path) -> Path:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(700, 2)).round(3)
    several = np.stack([-x[:, 0], 1.6 * x[:, 1], 1.6 * x[:, 0]], 1) + rng.gumbel(size=(700, 3))
    kind = np.array(["blue", "green", "red"])[several.argmax(1)]
    pl.DataFrame({"acid": x[:, 0], "sugar": x[:, 1], "kind": kind}).write_csv(place / "wines.csv")
    return place / "wines.csv"


WORTH = {
    "act_positive": {"low": 80, "mode": 100, "high": 120, "owner": "owner"},
    "act_negative": {"low": -12, "mode": -10, "high": -8, "owner": "owner"},
}


@pytest.fixture
def terminal(tmp_path: Path) -> Any:
    path = Path(__file__).parents[1] / "fakes" / "terminal.py"
    spec = importlib.util.spec_from_file_location("terminal", path)
    assert spec and spec.loader
    kit = sys.modules.setdefault("terminal", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(kit)
    shell = kit.Terminal(tmp_path / "home")
    shell.found()
    return shell


@pytest.mark.parametrize(
    ("case", "make", "target", "source", "changes"),
    [
        ("churn", telco, "Churn", CHURN, {"value": WORTH, "kpi": {"target": 1000.0}}),
        ("houses", houses, "price", HOUSES, {}),
        ("wines", wines, "kind", WINES, {}),
    ],
    ids=["binary", "regression", "multiclass"],
)
def test_a_csv_goes_the_whole_way_from_a_question_to_live_answers(
    terminal: Any, tmp_path: Path, case: str, make: Any, target: str, source: str, changes: dict[str, Any]
) -> None:
    file, model = make(tmp_path), tmp_path / "model.py"
    model.write_text(source)
    terminal.agree(case, file, target, tmp_path, **changes)
    candidate = terminal.release(case, model)
    asked = tmp_path / "list.csv"
    rows = pl.read_csv(file, infer_schema_length=None).tail(120)
    rows.write_csv(asked)
    ranked = tmp_path / "ranked.csv"
    terminal.ok("work", "score", case, str(asked), "--out", str(ranked), "--as", "operator")
    with ranked.open() as opened:
        answers = list(csv.DictReader(opened))
    scored = [float(row["score"]) for row in answers if row["score"]]
    assert len(answers) == 120 and len(scored) > 100
    if case == "houses":  # a foretold number is for its own row: the list stays as it came
        assert [int(row["row"]) for row in answers] == sorted(int(row["row"]) for row in answers)
    else:
        assert scored == sorted(scored, reverse=True)
    assert all(row["decision"] for row in answers)
    if case == "wines":
        assert {row["decision"] for row in answers} >= {"blue", "green", "red"}
    late = tmp_path / "outcomes.csv"
    with late.open("w") as opened:
        writer = csv.writer(opened)
        writer.writerow(["prediction", "outcome"])
        writer.writerows([row["prediction"], row[target]] for row in answers)
    assert terminal.ok("work", "outcomes", case, str(late), "--as", "operator", "--json").data == {"outcomes": 120}
    found = terminal.ok("work", "monitor", case, "--as", "operator", "--json").data
    verdicts = {one["check"]: one["answer"]["verdict"] for one in found}
    assert verdicts["realised"] in ("pass", "inconclusive") and verdicts["promised_realised"] != "fail", verdicts
    fingerprint = terminal_fingerprint(terminal)
    for dossier in sorted((terminal.home / "dossiers").glob("*.dossier")):
        said = terminal.ok("verify", "dossier", str(dossier), "--fingerprint", fingerprint)
        assert said.out.startswith("PASS")
    assert candidate in terminal.ok("work", "status", case, "--as", "business_owner").out
    assert terminal.ok("admin", "verify", "--json").data["faults"] == []


def terminal_fingerprint(terminal: Any) -> str:
    return Office.open(terminal.home / "keys" / "office.key").fingerprint


def test_the_builder_makes_candidates_and_a_stranger_to_the_case_cannot_submit_them(
    terminal: Any, tmp_path: Path
) -> None:
    terminal.agree("houses", houses(tmp_path), "price", tmp_path)
    made = terminal.ok("work", "build", "houses", "--as", "data_scientist", "--json").data
    assert len(made) >= 3 and all(one["claims"] for one in made)
    refused = terminal.sign("houses", made[0]["id"], "validator", "submit", code=1)
    assert "signer-asked" in refused.err
