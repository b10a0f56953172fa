"""What people write stands in a document as they wrote it: it begins nothing of its own, and hides nothing."""

import io

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from glassworks.core.document import Document, Fact, Facts, Paragraph, Signature, Table
from glassworks.documents import html, markdown, pdf

MARKS = (
    "~~~", "~~~ python", "- a", "+ a", "* a", "---", "===", "# a", "> a", "1. a", "12) a", "-", "&#x202e;a", "&lt;b",
    "|a|b|",
)  # fmt: skip


def written(text: str) -> Document:
    return Document(
        title="A card",
        sentence=text,
        about="sha256:0",
        blocks=(
            Paragraph(text=text),
            Facts(lines=(Fact(label=text, value=text),), evidence="sha256:1"),
            Table(heads=("what",), rows=((text,),), caption=text),
            Signature(name=text, role="validator", meaning="approved"),
            Paragraph(text="The last words."),
        ),
    )


def kinds(text: str) -> list[str]:
    return [one.type for one in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown.render(written(text)))]


@pytest.mark.parametrize("text", MARKS)
def test_no_mark_at_the_beginning_of_a_text_begins_something_in_markdown(text: str) -> None:
    assert kinds(text) == kinds("plain words")
    read = MarkdownIt("gfm-like", {"linkify": False}).render(markdown.render(written(text)))
    assert f"<p>{text.replace('&', '&amp;').replace('>', '&gt;')}</p>" in read


def test_characters_that_hide_or_turn_text_round_are_shown_in_every_form() -> None:
    document = written("approved\u202e desufer\u2066\x1b[2K\ud800 \u0646\u200c\u0647")
    shown = "approved? desufer??[2K? \u0646\u200c\u0647"
    assert shown in html.render(document)
    assert shown.replace("[", "\\[") in markdown.render(document)
    page = PdfReader(io.BytesIO(pdf.render(document))).pages[0].extract_text()
    assert "approved? desufer??[2K?" in page and "\u202e" not in page


def test_lines_and_tabs_stay_white_space() -> None:
    assert written("one\n\ttwo\u00a0three").shown() == written("one\n\ttwo\u00a0three")
