"""Contract, report, model card and bill of materials leave the house as files, for those who may see them."""

import io
import json
import warnings
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version
from types import ModuleType
from typing import Any

import pytest
from pypdf import PdfReader

from glassworks.core.commands import SubmitModel
from glassworks.core.contract import Task
from glassworks.core.document import Signature
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.stage import Stage
from glassworks.core.usecase import ModelCard
from glassworks.line import develop, documents, people, view
from glassworks.sdk.client import Client
from glassworks.web.access import SESSION
from glassworks.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

CASE, URL = "whom-to-call", "http://127.0.0.1:8420"
At = Callable[[str], Any]


def client(bench: Any, login: str) -> TestClient:
    _, secret = people.make_token(bench.parts, bench.who[login], purpose="api", release="", days=1)
    headers = {"authorization": f"Bearer {secret}"}
    session = bench.parts.sessions.create(bench.who[login].person, timedelta(hours=1))
    return TestClient(create_app(bench.parts), base_url=URL, headers=headers, cookies={SESSION: session})


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_the_signed_contract_names_who_signed_what_lay_ready(at: At) -> None:
    bench = at("scoped")
    made = documents.contract(bench.parts, bench.who["auditor"], CASE)
    given = [block for block in made.blocks if isinstance(block, Signature)]
    assert made.label == "KPI contract"
    assert {one.role for one in given} >= {"business owner", "domain expert", "data scientist"}
    assert all(one.signed == made.about and one.at for one in given)
    assert made.made_at is not None
    assert documents.written(made, "pdf") == documents.written(made, "pdf")


def test_a_new_version_is_a_draft_until_it_is_signed_and_the_old_one_stays_in_force(at: At) -> None:
    bench = at("scoped")
    signed = bench.brief()
    newest = bench.save(signed.model_copy(update={"problem": "Another question?"}))
    parts, who = bench.parts, bench.who["auditor"]
    assert documents.contract(parts, who, CASE).label == "KPI contract"
    draft = documents.contract(parts, who, CASE, newest.version)
    assert draft.label == "KPI contract, draft"
    assert "not signed yet" in {block.meaning for block in draft.blocks if isinstance(block, Signature)}
    with pytest.raises(NotFound):
        documents.contract(parts, who, CASE, 99)


def test_other_lines_see_no_document(at: At) -> None:
    bench = at("validated")
    with pytest.raises(NotFound):
        documents.contract(bench.parts, bench.who["other_validator"], CASE)
    with pytest.raises(NotFound):
        documents.validation_report(bench.parts, bench.who["other_validator"], CASE, bench.candidate().id)
    with pytest.raises(NotFound):
        documents.card(bench.parts, bench.who["other_validator"], CASE, bench.candidate().id)
    with pytest.raises(NotFound):
        documents.bill(bench.parts, bench.who["other_validator"], CASE, bench.candidate().id)
    stranger = client(bench, "other_validator")
    for name in ("card", "bill-of-materials"):
        assert stranger.get(f"/cases/{CASE}/validate/{bench.candidate().id}/{name}").status_code == 404
        assert stranger.get(f"/api/v1/cases/{CASE}/candidates/{bench.candidate().id}/{name}").status_code == 404


def test_a_validator_who_has_not_spoken_reads_no_comparison_with_the_authors_figures(at: At) -> None:
    bench = at("validated")
    candidate = bench.candidate().id
    blind = documents.validation_report(bench.parts, bench.who["validator"], CASE, candidate)
    seeing = documents.validation_report(bench.parts, bench.who["auditor"], CASE, candidate)
    assert set(blind.evidence()) < set(seeing.evidence())


def test_a_validator_who_has_not_spoken_learns_no_claim_from_card_or_bill(at: At) -> None:
    bench = at("validated")
    candidate = bench.candidate()
    assert candidate.claims

    def told(login: str) -> str:
        card = documents.card(bench.parts, bench.who[login], CASE, candidate.id)
        bill = documents.bill(bench.parts, bench.who[login], CASE, candidate.id)
        return documents.written(card, "markdown").decode() + bill.decode()

    assert "claims" in told("auditor")
    assert "claim" not in told("validator")
    bench.sign("validator", candidate.id)
    assert told("validator") == told("auditor")


def test_card_and_bill_name_the_dossier_that_is_signed_and_verified(at: At) -> None:
    bench = at("released")
    candidate = bench.candidate().id
    gate = view.gate_of(bench.parts, bench.case, candidate, Stage.VALIDATE)
    _, file = view.dossier(bench.parts, bench.who["auditor"], CASE, gate.id)
    card = documents.card(bench.parts, bench.who["auditor"], CASE, candidate)
    bill = json.loads(documents.bill(bench.parts, bench.who["auditor"], CASE, candidate))
    assert card.about == card.metadata["glassworks"]["dossier"] == json.loads(file)["body_digest"]
    assert {"name": "glassworks:dossier", "value": card.about} in bill["metadata"]["properties"]
    assert {one.role for one in card.blocks if isinstance(one, Signature)} == {"validator", "business owner"}


def test_the_bill_names_the_packages_that_were_there_not_those_that_were_stated(at: At, bench_kit: ModuleType) -> None:
    bench = at("explored")
    source = {"model.py": bench_kit.HONEST.encode(), "requirements.txt": b"numpy==2.3.1\n"}
    kept = {name: bench.parts.vault.put(content) for name, content in source.items()}
    card = ModelCard(
        framework="python", recipe="by hand", task=Task.BINARY, inputs=bench_kit.INPUTS, labels=("no", "yes")
    )  # fmt: skip
    command = SubmitModel(use_case=CASE, name="With a list", card=card, files=kept)
    made, _ = develop.submit_model(bench.parts, bench.who["data_scientist"], command)
    bench.drain()
    bench.submit(made)
    bench.validate(made)
    bill = json.loads(documents.bill(bench.parts, bench.who["auditor"], CASE, made.id))
    named = [one["purl"] for one in bill["components"] if "purl" in one]
    assert f"pkg:pypi/numpy@{version('numpy')}" in named and "pkg:pypi/numpy@2.3.1" not in named
    assert {one["name"] for one in bill["metadata"]["component"]["components"]} == set(source)


def test_a_candidate_that_nobody_recomputed_has_neither_card_nor_bill(at: At) -> None:
    bench = at("submitted")
    for made in (documents.card, documents.bill):
        with pytest.raises(NotFound):
            made(bench.parts, bench.who["auditor"], CASE, bench.candidate().id)


def test_pages_and_api_and_sdk_give_the_same_file(at: At) -> None:
    bench = at("validated")
    candidate = bench.candidate().id
    asked = client(bench, "auditor")
    for page, api in (
        (f"/cases/{CASE}/scope/contract?format=pdf", f"/api/v1/cases/{CASE}/contract"),
        (
            f"/cases/{CASE}/validate/{candidate}/document?format=pdf",
            f"/api/v1/cases/{CASE}/candidates/{candidate}/report",
        ),
    ):
        told, taken = asked.get(page), asked.get(api)
        assert told.status_code == taken.status_code == 200, told.text[:300]
        assert told.headers["content-type"] == "application/pdf"
        assert told.content == taken.content
        assert words(told.content)
    held = Client(asked).case(CASE)
    assert held.contract() == asked.get(f"/api/v1/cases/{CASE}/contract").content
    assert held.contract("markdown").decode().startswith("# ")
    assert b"<!doctype html>" in held.validation_report(candidate, "html")
    with pytest.raises(FixTheInput):
        held.contract("docx")


def test_card_and_bill_are_the_same_from_page_api_and_sdk_and_the_page_links_them(at: At) -> None:
    bench = at("validated")
    candidate = bench.candidate().id
    asked, base = client(bench, "auditor"), f"/cases/{CASE}/validate/{candidate}"
    held, api = Client(asked).case(CASE), f"/api/v1/cases/{CASE}/candidates/{candidate}"
    card, bill = asked.get(f"{base}/card?format=markdown"), asked.get(f"{base}/bill-of-materials")
    assert card.content == asked.get(f"{api}/card").content == held.model_card(candidate)
    assert card.content.startswith(b"---\npipeline_tag: tabular-classification\n")
    assert bill.content == asked.get(f"{api}/bill-of-materials").content == held.bill_of_materials(candidate)
    assert bill.headers["content-type"].startswith("application/vnd.cyclonedx+json")
    assert bill.headers["content-disposition"].endswith('.cdx.json"')
    assert bill.json()["metadata"]["component"]["name"] == "By hand"
    assert words(held.model_card(candidate, "pdf"))
    page = asked.get(f"{base}/card")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    links = asked.get(base).text
    assert f"{base}/card" in links and f"{base}/bill-of-materials" in links


def test_the_page_is_read_in_the_browser_and_runs_nothing(at: At) -> None:
    asked = client(at("scoped"), "business_owner")
    answer = asked.get(f"/cases/{CASE}/scope/contract")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "attachment" not in answer.headers.get("content-disposition", "")
    scope = asked.get(f"/cases/{CASE}/scope").text
    assert "scope/contract?version=" in scope
    assert "format=pdf" in scope
