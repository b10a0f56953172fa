"""A document as PDF: what people wrote appears as they wrote it, is never read as markup, and gives the same bytes."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from glassworks.core.document import (
    Block,
    Chart,
    Document,
    Fact,
    Facts,
    Figure,
    PageBreak,
    Paragraph,
    Signature,
    Table,
    VerdictLine,
)
from glassworks.core.estimate import Estimate
from glassworks.core.result import Verdict
from glassworks.documents import html, markdown, pdf

ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
ABOUT = "sha256:" + "a" * 64
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GAIN = Estimate(name="gain", value=6000, low=4000, high=8000, n=900, method="bootstrap", unit="EUR")
SPEC = {
    "data": {"values": [{"a": 1, "b": 2}]},
    "mark": "point",
    "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b", "type": "quantitative"}},
}
MARKUP = (
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0"',
    "*bold* _italic_ $x^2$",
    "= Heading",
    "\\ ` @ref <label> // comment /* more */",
    '#eval("1+1") ] } ) "',
    "#include sys.inputs.document",
    "</p><script>alert(1)</script>",
)


def document(*blocks: Block, title: str = "A report", **more: object) -> Document:
    return Document.model_validate(
        {"title": title, "sentence": "One sentence.", "about": ABOUT, "made_at": NOW, "blocks": blocks, **more}
    )


def every(text: str) -> tuple[Block, ...]:
    """One block of each kind, with this text in each of its fields."""
    return (
        Paragraph(text=text, level=1),
        Paragraph(text=text),
        Facts(lines=(Fact(label=text, value=text), Fact(label="By", value=text)), evidence=ONE),
        Figure(label=text, estimate=GAIN.model_copy(update={"unit": text}), evidence=ONE, caption=text),
        Table(heads=(text, "b"), rows=((text, "1"), (text,)), caption=text, evidence=TWO),
        VerdictLine(verdict=Verdict.FAIL, title=text, sentence=text, evidence=TWO),
        Signature(name=text, role=text, meaning=text, at=text, method=text, persona=True, signed=ONE),
    )


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def words(content: bytes) -> str:
    """What a reader's machine finds in the file, without the space that only breaks lines."""
    told = "".join(page.extract_text() for page in read(content).pages)
    return "".join(told.replace(pdf.BREAK_HERE, "").replace("\u00ad", "").split())


@pytest.mark.parametrize("text", MARKUP)
def test_markup_that_a_person_wrote_is_printed_and_never_obeyed(text: str) -> None:
    found = words(pdf.render(document(Paragraph(text=text), Table(heads=(text,), rows=((text,),)), title=text)))
    assert found.count("".join(text.split())) == 4
    assert "root:" not in found


LETTERS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=("Cc", "Cf", "Zs")), max_size=60
)


@settings(max_examples=40, deadline=None)
@given(LETTERS)
def test_any_latin_text_in_any_field_is_set_and_appears(text: str) -> None:
    found = words(pdf.render(document(Paragraph(text=f"({text})"), *every(text))))
    assert "".join(f"({text})".split()) in found.replace("-", "") or "".join(f"({text})".split()) in found


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_at_all_in_any_field_is_set(text: str) -> None:
    content = pdf.render(document(*every(text), title=text))
    assert len(read(content).pages) >= 1


def test_the_same_document_is_the_same_file_and_carries_its_own_time() -> None:
    one, two = pdf.render(document(*every("Jürgen Škoda"))), pdf.render(document(*every("Jürgen Škoda")))
    assert one == two
    assert read(one).metadata.creation_date == NOW  # type: ignore[union-attr]
    assert one != pdf.render(document(*every("Jürgen Škoda"), made_at=NOW.replace(hour=13)))


def test_the_file_tells_its_title_its_language_and_its_structure_to_a_screen_reader() -> None:
    found = read(pdf.render(document(*every("text"), title="Whom to call", language="de")))
    root = found.trailer["/Root"]
    assert found.metadata.title == "Whom to call"  # type: ignore[union-attr]
    assert root["/Lang"].startswith("de")
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_each_page_says_what_is_signed_of_which_version_and_its_number() -> None:
    made = document(Paragraph(text="first"), PageBreak(), Paragraph(text="second"), subject="Calls, version 3")
    pages = [page.extract_text() for page in read(pdf.render(made)).pages]
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        assert f"What is signed: {ABOUT}" in page
        assert "Calls, version 3" in page
        assert f"Page {number} of 2" in page


def test_each_figure_carries_the_number_of_its_evidence_and_each_digest_stands_once() -> None:
    made = document(*every("text"), Chart(spec=SPEC, caption="A chart", evidence=TWO))
    found = words(pdf.render(made))
    assert made.evidence() == (ONE, TWO)
    assert found.count("[1]") == 3
    assert found.count("[2]") == 4
    assert found.count(TWO) == 1


def test_letters_that_no_font_here_draws_do_not_stop_a_document() -> None:
    content = pdf.render(document(*every("契約 مرحبا नमस्ते 🎈 \u0000\u0007 \ue000"), title="契約"))
    assert len(read(content).pages) >= 1


def test_a_long_word_is_broken_and_stays_on_the_page() -> None:
    content = pdf.render(document(Table(heads=("a", "b"), rows=(("x" * 400, "y" * 400),))))
    assert words(content).count("x") >= 400


def test_type_shrinks_before_a_document_has_more_than_its_pages() -> None:
    lines = tuple(Paragraph(text="Sentence after sentence after sentence.") for _ in range(52))
    assert len(read(pdf.render(document(*lines))).pages) == 2
    assert len(read(pdf.render(document(*lines, most_pages=1))).pages) == 1


def test_what_may_wait_moves_to_an_annex_when_the_smallest_type_does_not_help() -> None:
    long = tuple(Paragraph(text=f"Column {place} of many.") for place in range(150))
    made = document(
        Paragraph(text="Columns", level=1, may_wait=True),
        *long,
        Paragraph(text="Signatures", level=1),
        Signature(name="Ada", role="owner", meaning="not signed yet"),
        most_pages=1,
    )
    pages = [page.extract_text() for page in read(pdf.render(made)).pages]
    assert "See the annex." in pages[0]
    assert "Ada" in pages[0]
    assert "Annex" in pages[1]
    assert "Column 149 of many." in pages[-1] + pages[-2]


def test_html_and_markdown_tell_the_same_blocks() -> None:
    made = document(*every("A & B"), PageBreak(), label="Paper", subject="Calls, version 3")
    page, text = html.render(made), markdown.render(made)
    for told in (page, text):
        assert ONE in told
        assert ABOUT in told
    assert "A &amp; B" in page
    assert "Calls, version 3" in page
    assert "**A & B:** A & B" in text
