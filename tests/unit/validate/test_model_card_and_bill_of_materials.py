"""Model card and bill of materials tell what the dossier holds, in forms that other tools read."""

import json
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from glassworks.core.canvas import Harm, Risk
from glassworks.core.check import results
from glassworks.core.contract import Task
from glassworks.core.document import Document, Table, VerdictLine
from glassworks.core.dossier import Body
from glassworks.core.estimate import plain
from glassworks.core.people import Role
from glassworks.core.registry import checks
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.documents import html, markdown
from glassworks.hub.policies import OFFICE_PACK
from glassworks.measures.scored import Scored
from glassworks.stages.validate import bill_of_materials, model_card, scorer
from glassworks.stages.validate.validated import Validated

DOSSIER = "sha256:" + "d" * 64
FILES = {"model.txt": "sha256:" + "a" * 64, "columns.json": "sha256:" + "b" * 64}
LOCK = "numpy==2.3.1\nscikit-learn==1.7.2 ; python_version > '3'\n-r more.txt\nown @ https://secret.example/own.whl\n"
NASTY = "Whom: to call | # --- <script>alert(1)</script> [x](javascript:1) *a* `b`"
VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


def judged(campaign: ModuleType, task: Task, claimed: float = 0.987654) -> Validated:
    """A candidate of each kind of answer, asked every question of the office."""
    rows, rng = campaign.rows(1200), np.random.default_rng(1)
    brief, labels = campaign.brief(), ("no", "yes")
    if task is Task.BINARY:
        y = (rows["y"] == "yes").to_numpy().astype(int)
        group = np.where(rows["age"].to_numpy() < 30, "under 30", "30 and over")
        scored, rows = scorer.score(campaign.Honest(), rows, brief, y, periods=1, group=group, labels=labels)
    elif task is Task.MULTICLASS:
        brief, labels = campaign.brief(task=task, positive="", target="kind"), ("a", "b", "c")
        y = rng.integers(0, 3, rows.height)
        near = np.eye(3)[y] + rng.random((rows.height, 3))
        scored = Scored(task, y, near / near.sum(axis=1, keepdims=True), None, None, 1.0, labels=labels)
    else:
        brief, labels = campaign.brief(task=task, positive="", target="cnt"), ()
        y = rng.normal(50, 9, rows.height)
        scored = Scored(task, y, y + rng.normal(size=rows.height), None, None, 1.0)
    made = campaign.candidate(campaign.claim("AUC", claimed))
    card = made.card.model_copy(update={"task": task, "labels": labels, "framework": "scikit-learn"})
    made = made.model_copy(update={"card": card, "files": FILES})
    evidence = {
        "brief": brief, "policy": OFFICE_PACK, "scored": scored, "rows": rows, "model": campaign.Honest(),
        "candidate": made, "open_rows": rows, "look": 1, "level": 0.975, "times": None,
    }  # fmt: skip
    found = results(
        checks(Stage.VALIDATE), evidence, task=task, subject=made.id, subject_digest=made.digest, evidence_digests=(),
        policy="p", use_case="u", line="l", now=campaign.NOW,
    )  # fmt: skip
    body = Body(
        use_case="u", title=brief.title, stage=Stage.VALIDATE, tier="low", environment="demo", demonstration=True,
        seal="same machine", subject_kind="candidate", subject_id=made.id, subject=made.facts(), brief=brief,
        results=tuple(found), policy=OFFICE_PACK, made_at=campaign.NOW,
    )  # fmt: skip
    blobs = {"fingerprint": "sha256:" + "1" * 64, "open_blob": "sha256:" + "2" * 64}
    return Validated(body, DOSSIER, campaign.dataset(**blobs, sealed_blob="sha256:" + "3" * 64), LOCK)


@pytest.fixture(scope="module", params=list(Task))
def told(campaign: ModuleType, request: pytest.FixtureRequest) -> Validated:
    return judged(campaign, request.param)


@pytest.fixture(scope="module")
def binary(campaign: ModuleType) -> Validated:
    return judged(campaign, Task.BINARY)


def renamed(told: Validated, text: str) -> Validated:
    """The same candidate where everything that people wrote says `text`."""
    risk = Risk(harms=(Harm(who=text, what=text, mitigation=text),), pre_mortem=(text,))
    brief = told.brief.model_copy(update={"title": text, "problem": text, "purpose": text, "risk": risk})
    subject = told.body.subject | {"name": text}
    body = told.body.model_copy(update={"title": text, "subject": subject, "brief": brief})
    return told._replace(body=body, dataset=told.dataset.model_copy(update={"name": text, "source": text}))


def front(text: str) -> tuple[dict[str, Any], str]:
    """The head and the rest of a card, cut as Hugging Face's library cuts it."""
    found = re.search(r"^(\s*---[\r\n]+)([\S\s]*?)([\r\n]+---(\r\n|\r|\n|$))", text)
    assert found
    return yaml.safe_load(found[2]), text[found.end() :]


def properties(of: dict[str, Any]) -> dict[str, str]:
    named = [(one["name"], one["value"]) for one in of["properties"]]
    assert len(dict(named)) == len(named)
    return dict(named)


def test_the_bill_is_valid_cyclonedx(told: Validated) -> None:
    bill = bill_of_materials.bill_of_materials(told)
    assert VALIDATOR.validate_str(bill_of_materials.content(bill).decode()) is None
    assert VALIDATOR.validate_str(json.dumps(bill | {"serialNumber": "one"})) is not None


def test_every_figure_of_the_bill_is_that_of_the_dossier_and_names_its_evidence(told: Validated) -> None:
    model = bill_of_materials.bill_of_materials(told)["metadata"]["component"]["modelCard"]
    metrics, bound = model["quantitativeAnalysis"]["performanceMetrics"], properties(model)
    figures = [(result, one) for result in told.body.results for one in result.answer.estimates]
    assert len(metrics) == len(figures) > 2
    for place, ((result, one), metric) in enumerate(zip(figures, metrics, strict=True)):
        interval = metric["confidenceInterval"]
        assert (metric["type"], metric.get("slice", "")) == (one.name, one.group)
        assert float(metric["value"]) == one.value
        assert (float(interval["lowerBound"]), float(interval["upperBound"])) == (one.low, one.high)
        assert bound[f"glassworks:evidence:performanceMetrics[{place}]"] == f"{result.check} {result.digest}"
        assert float(bound[f"glassworks:level:performanceMetrics[{place}]"]) == one.level
    for result in told.body.results:
        assert bound[f"glassworks:verdict:{result.check}"] == result.verdict.value
        assert bound[f"glassworks:evidence:{result.check}"] == f"{result.check} {result.digest}"


def test_every_figure_of_the_card_is_that_of_the_dossier_and_names_its_evidence(told: Validated) -> None:
    made = model_card.card(told)
    table = next(one for one in made.blocks if isinstance(one, Table) and one.heads[-1] == "evidence")
    figures = [(result, one) for result in told.body.results for one in result.answer.estimates]
    assert len(table.rows) == len(figures)
    for (result, one), row in zip(figures, table.rows, strict=True):
        assert row[0] == one.name
        assert row[2] == f"{plain(one.value)} {one.unit}".strip()
        assert row[3].startswith(f"{plain(one.low)} to {plain(one.high)} (")
        check, digits = row[-1].split()
        assert check == result.check
        assert digits == result.digest.removeprefix("sha256:")[:12]
    lines = {one.evidence: one for one in made.blocks if isinstance(one, VerdictLine)}
    assert {one.digest: one.verdict for one in told.body.results} == {key: one.verdict for key, one in lines.items()}
    assert made.about == DOSSIER


def test_the_head_of_the_card_names_the_figures_that_model_hubs_know(told: Validated) -> None:
    head, rest = front(markdown.render(model_card.card(told)))
    task = told.candidate().card.task
    assert rest.lstrip().startswith("# Model card: by hand")
    assert head["pipeline_tag"] == f"tabular-{'regression' if task is Task.REGRESSION else 'classification'}"
    assert head["library_name"] == "sklearn"
    assert head["glassworks"]["dossier"] == DOSSIER
    assert "license" not in head and "verified" not in str(head)
    (model,) = head["model-index"]
    (result,) = model["results"]
    known = {one.digest: one for one in told.body.results}
    for metric in result["metrics"]:
        behind = known[metric["args"]["evidence"]]
        assert behind.check == metric["args"]["check"]
        assert (metric["name"], metric["value"]) in [(one.name, one.value) for one in behind.answer.estimates]
    asked = {Task.BINARY: "roc_auc", Task.MULTICLASS: "accuracy", Task.REGRESSION: "rmse"}
    assert asked[task] in head["metrics"] == [one["type"] for one in result["metrics"]]


def test_the_same_dossier_gives_the_same_bytes_and_another_one_another_number(told: Validated) -> None:
    def written(one: Validated) -> tuple[bytes, str, str]:
        bill = bill_of_materials.bill_of_materials(one)
        return bill_of_materials.content(bill), bill["serialNumber"], markdown.render(model_card.card(one))

    again = told._replace(body=Body.model_validate(told.body.facts()))
    assert written(told) == written(again)
    other = written(told._replace(dossier="sha256:" + "e" * 64))
    assert all(one != two for one, two in zip(written(told), other, strict=True))


def test_files_data_and_packages_stand_in_the_bill_with_hash_and_version(binary: Validated) -> None:
    bill = bill_of_materials.bill_of_materials(binary)
    model = bill["metadata"]["component"]
    hashes = {one["name"]: one["hashes"][0]["content"] for one in model["components"]}
    assert hashes == {name: digest.removeprefix("sha256:") for name, digest in FILES.items()}
    data, *packages = bill["components"]
    assert [one["hashes"][0]["content"][0] for one in (data, *data["components"])] == ["1", "2", "3"]
    assert {one["name"]: (one["type"], one["purl"]) for one in packages} == {
        "scikit-learn": ("framework", "pkg:pypi/scikit-learn@1.7.2"),
        "numpy": ("library", "pkg:pypi/numpy@2.3.1"),
        "own": ("library", "pkg:pypi/own"),
    }
    assert "secret" not in json.dumps(bill)
    unlocked = bill_of_materials.bill_of_materials(binary._replace(lock=""))["components"][1:]
    assert [one.get("version", "unknown") for one in unlocked] == ["unknown"]
    known = {one["bom-ref"] for one in bill["components"]}
    assert {ref for one in bill["dependencies"] for ref in one["dependsOn"]} == known


def test_the_authors_own_figures_stand_nowhere_but_where_the_office_compares_them(binary: Validated) -> None:
    kept = tuple(one for one in binary.body.results if one.check != "claims_hold")
    blind = binary._replace(body=binary.body.model_copy(update={"results": kept}))
    for one, shown in ((binary, True), (blind, False)):
        page = html.render(model_card.card(one))
        bill = bill_of_materials.content(bill_of_materials.bill_of_materials(one)).decode()
        assert ("0.99 claimed" in page) is shown
        assert ("claims_hold" in page) is shown
        assert ("claims_hold" in bill) is shown
        assert "0.9876" not in page + bill


def test_no_other_answer_hangs_on_what_the_author_claimed(binary: Validated, campaign: ModuleType) -> None:
    def answers(told: Validated) -> list[Any]:
        return [(one.check, one.answer) for one in told.body.results if one.check != "claims_hold"]

    assert answers(binary) == answers(judged(campaign, Task.BINARY, claimed=0.2))


@pytest.fixture(scope="module")
def saying(binary: Validated) -> Callable[[str], Validated]:
    """The binary candidate with the words of people replaced."""
    return lambda text: renamed(binary, text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
@example(text=NASTY)
@example(text="a\n---\nlicense: mit\n---\n# b")
@example(text="---")
@example(text="yes")
@example(text="0\x850")
@example(text="\u2028\x85\x00\t: ")
def test_no_text_of_people_breaks_the_head_or_the_bill_or_brings_markup(saying: Any, text: str) -> None:
    told = saying(text)
    head, rest = front(markdown.render(model_card.card(told)))
    assert set(head) <= {"library_name", "pipeline_tag", "tags", "metrics", "model-index", "glassworks"}
    shown = Document(title=text, sentence="", about="").shown().title
    assert head["model-index"][0]["name"] == " ".join(shown.split())
    assert rest.lstrip().startswith("# Model card:")
    assert not re.search(r"(?<!\\)<", rest)
    bill = bill_of_materials.content(bill_of_materials.bill_of_materials(told)).decode()
    assert VALIDATOR.validate_str(bill) is None
    assert json.loads(bill)["metadata"]["component"]["name"] == text


def test_names_with_markup_stay_text_on_the_page(binary: Validated) -> None:
    page = html.render(model_card.card(renamed(binary, NASTY)))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page and "href" not in page


def test_harms_and_what_is_not_written_down_are_said(binary: Validated) -> None:
    text = markdown.render(model_card.card(binary))
    assert "Nobody has written down a harm for this use case." in text
    assert "**Licence:** not stated" in text
    assert "Nobody has signed this dossier yet." in text
    risk = Risk(harms=(Harm(who="customers", what="called too often", mitigation="contact rules"),))
    told = binary._replace(
        body=binary.body.model_copy(update={"brief": binary.brief.model_copy(update={"risk": risk})})
    )
    assert "| customers: called too often. | contact rules |" in markdown.render(model_card.card(told))
    considered = bill_of_materials.bill_of_materials(told)["metadata"]["component"]["modelCard"]["considerations"]
    assert considered["ethicalConsiderations"] == [
        {"name": "customers: called too often.", "mitigationStrategy": "contact rules"}
    ]
    groups = {one["groupAtRisk"] for one in considered["fairnessAssessments"]}
    assert groups == {"under 30", "30 and over"}


def test_signatures_and_their_conditions_stand_at_the_end(binary: Validated, campaign: ModuleType) -> None:
    one = SignOff(
        id="s", stage=Stage.VALIDATE, dossier=DOSSIER, subject="cand-1", role=Role.BUSINESS_OWNER, person="Olga",
        key_id="k", meaning=Meaning.APPROVE, method="demonstration", conditions=("Look again.",),
        expires_at=campaign.NOW, signed_at=campaign.NOW,
    )  # fmt: skip
    text = markdown.render(model_card.card(binary, [one]))
    assert "- Olga, business owner, approve" in text
    assert "On the condition, until 2026-11-23: Look again." in text
    assert "Nobody has signed" not in text
