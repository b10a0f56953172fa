"""The KPI contract as a document: two pages in plain words, each figure from the brief that is signed."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

import glassworks
from glassworks.core.contract import Brief
from glassworks.core.document import Document, Facts, Signature, Table
from glassworks.core.people import Role
from glassworks.core.result import Answer, Result, Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.documents import html, pdf
from glassworks.stages.scope.brief_file import brief_from_yaml
from glassworks.stages.scope.contract_document import contract_document

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EXAMPLES = sorted((Path(glassworks.__file__).parent / "examples").glob("*/brief.yaml"))
PEOPLE = {Role.BUSINESS_OWNER: "p-1", Role.DOMAIN_EXPERT: "p-2", Role.DATA_SCIENTIST: "p-3"}
NAMES = {"p-1": "Maria Keller", "p-2": "Jonas Weber", "p-3": "Dana Ito"}


def brief(name: str = "term_deposit") -> Brief:
    file = next(one for one in EXAMPLES if one.parent.name == name)
    case = UseCase.model_construct(id=name, line="retail")
    return brief_from_yaml(file.read_text(), case, PEOPLE, NOW)


def document(found: Brief, **more: object) -> Document:
    return contract_document(found, asked=tuple(PEOPLE), names=NAMES, **more)  # type: ignore[arg-type]


def pages(made: Document) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf.render(made))).pages]


@pytest.mark.parametrize("name", [one.parent.name for one in EXAMPLES])
def test_every_shipped_contract_is_two_pages(name: str) -> None:
    found = brief(name)
    first, second = pages(document(found))
    told = " ".join(first.split())
    assert found.kpi.unit in first
    for heading in ("The question", "The decision", "The promise", "What each outcome is worth", "When the work ends"):
        assert heading in told
    assert "Signatures" in second
    for person in NAMES.values():
        assert person in second


def test_the_first_page_says_in_plain_sentences_what_the_target_asks() -> None:
    told = " ".join(pages(document(brief()))[0].split())
    assert "at least 6,000 EUR a quarter more than as many calls in list order" in told
    assert "Of every 100 cases acted on, at least 48 must turn out" in told
    assert "An AUC of roughly 0.62 is needed" in told
    assert "a perfect model would gain 29,050 EUR a quarter" in told
    assert "It binds nobody until everyone named at its end has signed it" in told


def test_a_regression_says_by_how_much_the_error_must_fall() -> None:
    told = " ".join(pages(document(brief("bike_demand")))[0].split())
    assert "Today's way is wrong by 100 on average" in told
    assert "AUC" not in told


def test_every_figure_is_bound_to_the_brief_or_to_the_result_it_comes_from() -> None:
    found = brief()
    doubt = Result(
        id="r", check="hold_out_power", title="Hold-out", stage=Stage.SCOPE, subject=found.id,
        subject_digest=found.digest, answer=Answer(verdict=Verdict.INCONCLUSIVE, sentence="Too few rows."), made_at=NOW,
    )  # fmt: skip
    made = document(found, results=[doubt])
    assert made.evidence() == (found.digest, doubt.digest)
    for block in made.blocks:
        if isinstance(block, Table | Facts):
            assert block.evidence == found.digest
    assert doubt.digest in "".join(pages(made)[1].split())


def test_a_signature_says_how_it_was_given_and_what_it_covers() -> None:
    digest = "sha256:" + "d" * 64
    given = SignOff(
        id="s", stage=Stage.SCOPE, dossier=digest, subject="b", role=Role.BUSINESS_OWNER, person="p-1", key_id="k",
        meaning=Meaning.APPROVE, method="local key", signed_at=NOW,
    )  # fmt: skip
    made = document(brief(), about=digest, signoffs=[given], in_force=True)
    lines = [block for block in made.blocks if isinstance(block, Signature)]
    assert [(one.name, one.meaning) for one in lines] == [
        ("Maria Keller", "agreed"), ("Jonas Weber", "not signed yet"), ("Dana Ito", "not signed yet"),
    ]  # fmt: skip
    assert "on their own machine" in lines[0].method
    assert lines[0].signed == made.about == digest
    assert made.label == "KPI contract"
    assert made.made_at == NOW


def test_a_brief_with_two_hundred_columns_keeps_its_signatures_on_page_two() -> None:
    found = brief()
    many = tuple(
        found.features[0].model_copy(update={"name": f"column_{n}", "meaning": "a measured thing " * 4})
        for n in range(200)
    )
    told = pages(document(found.model_copy(update={"features": many, "forbidden": ()})))
    assert "Maria Keller" in told[1]
    assert "Annex" in told[2]
    assert "column_199" in "".join(told[2:])


def test_the_page_in_the_browser_tells_the_same() -> None:
    page = html.render(document(brief()))
    assert "Of every 100 cases acted on, at least 48" in page
    assert "<script" not in page
