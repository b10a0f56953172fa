"""A document as PDF: set by Typst from data, so that nothing a person wrote is read as markup; nothing is fetched."""

import json
import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import typst

from glassworks.core.document import (
    Block,
    Chart,
    Document,
    Facts,
    Figure,
    PageBreak,
    Paragraph,
    Signature,
    Table,
    VerdictLine,
)
from glassworks.core.estimate import plain
from glassworks.documents import charts

TEMPLATE = Path(__file__).with_name("document.typ")
STANDARDS: list[Any] = ["a-2a", "ua-1"]
"""Archival and accessible; a text with a letter that no font here can draw is written without either."""
SIZES = (10.0, 9.5, 9.0, 8.5, 8.0)
"""Sizes of type in points; a smaller one is taken only to keep a document within its pages."""
SERIF = "Libertinus Serif"
UNDRAWN = re.compile("[^\u0000-\u052f\u1e00-\u1fff\u2000-\u2bff]")
"""Letters that the fonts inside Typst cannot draw; only for them are the machine's own fonts looked at."""
BREAK_HERE = "\u200b"
NUMBER = re.compile(r"[-+]?[\d.,]+( ?%| [A-Z]{3})?|-?")
SHORT, LONGEST = 19, 60
LONGEST_WORD, WIDTH = 24, 96
"""Letters of a word before it may be broken, and of a table's line before its columns share them."""


def render(document: Document) -> bytes:
    """The document as PDF bytes; the same document gives the same bytes.

    The type shrinks to keep within `most_pages`; at its smallest, sections that may wait move to an annex.
    """
    document = document.shown()
    sizes = SIZES if document.most_pages else SIZES[:1]
    for size in sizes:
        content, pages = _set(document, document.blocks, size)
        if not document.most_pages or pages <= document.most_pages:
            return content
    return _set(document, _annexed(document.blocks), sizes[-1])[0]


def _set(document: Document, blocks: Sequence[Block], size: float) -> tuple[bytes, int]:
    """The PDF in one size of type, and its number of pages."""
    told = json.dumps(_told(document, blocks, size), ensure_ascii=False)
    embedded = UNDRAWN.search(told) is None
    compiler = typst.Compiler(
        TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=embedded, sys_inputs={"document": told}
    )
    stamp = int(document.made_at.timestamp()) if document.made_at else 0
    try:
        content = compiler.compile(format="pdf", timestamp=stamp, pdf_standards=STANDARDS)
    except typst.TypstError:
        content = compiler.compile(format="pdf", timestamp=stamp)
    if not isinstance(content, bytes):
        raise TypeError("Typst gave no PDF")
    return content, int(compiler.query("<pages>", field="value", one=True))


def _annexed(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with every section that may wait moved behind all others, under the heading Annex."""
    kept: list[Block] = []
    moved: list[Block] = []
    waits = False
    for block in blocks:
        if isinstance(block, PageBreak):
            waits = False
        elif isinstance(block, Paragraph) and block.level:
            waits = block.may_wait
            if waits:
                kept += [block, Paragraph(text="See the annex.")]
        (moved if waits else kept).append(block)
    return [*kept, PageBreak(), Paragraph(text="Annex", level=1), *moved] if moved else kept


def _text(value: str, longest: int = LONGEST_WORD) -> str:
    """Text of people on one line, without control characters; a long word may be broken."""
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cs", "Cn") else " " for c in value)
    return " ".join(word if len(word) <= longest else _breakable(word, longest) for word in kept.split())


def _breakable(word: str, longest: int) -> str:
    step = longest // 2
    return BREAK_HERE.join(word[place : place + step] for place in range(0, len(word), step))


def _told(document: Document, blocks: Sequence[Block], size: float) -> dict[str, Any]:
    """Plain data for the template: every text is a string there, never markup."""
    marks = {digest: place for place, digest in enumerate(document.evidence(), start=1)}
    grouped = groupby(blocks, key=lambda block: block.block)
    return {
        "title": _text(document.title) or "Document",
        "label": _text(document.label),
        "subject": _text(document.subject),
        "sentence": _text(document.sentence),
        "about": _text(document.about).replace(BREAK_HERE, ""),
        "language": document.language,
        "demonstration": document.demonstration,
        "size": size,
        "evidence": [digest.replace(BREAK_HERE, "") for digest in map(_text, marks)],
        "groups": [{"kind": kind, "items": [_item(block, marks) for block in group]} for kind, group in grouped],
    }


def _item(block: Block, marks: dict[str, int]) -> dict[str, Any]:
    """One block as the template draws it; `mark` numbers its evidence in the list at the end."""
    mark = {"mark": marks.get(getattr(block, "evidence", ""), 0)}
    match block:
        case Paragraph():
            return {"text": _text(block.text), "level": block.level}
        case Facts():
            return {"facts": [{"label": _text(f.label), "value": _text(f.value)} for f in block.lines]} | mark
        case Figure():
            one = block.estimate
            interval = f"{100 * one.level:.4g} % interval {plain(one.low)} to {plain(one.high)}"
            value = f"{plain(one.value)} {_text(one.unit)}".strip()
            told = {"label": _text(block.label), "value": value, "caption": _text(block.caption)}
            return told | {"interval": interval} | mark
        case Table():
            return _table(block) | mark
        case Chart():
            drawing = charts.svg(block.spec, block.evidence).replace(
                'font-family="sans-serif"', f'font-family="{SERIF}"'
            )
            return {"svg": drawing, "caption": _text(block.caption) or "Chart"} | mark
        case VerdictLine():
            told = {"title": _text(block.title), "sentence": _text(block.sentence)}
            return told | {"verdict": block.verdict.value, "words": block.verdict.value.replace("_", " ")} | mark
        case Signature():
            fields = ("name", "role", "meaning", "at", "method")
            told = {name: _text(getattr(block, name)) for name in fields}
            return told | {"persona": block.persona, "signed": _text(block.signed)}
        case PageBreak():
            return {}


def _table(block: Table) -> dict[str, Any]:
    """A table with its columns' widths: short ones as wide as they are, the others by what they hold."""
    wide = len(block.heads)
    word = max(6, WIDTH // max(4, wide))
    rows = [[_text(cell, word) for cell in (*row, *[""] * wide)[:wide]] for row in block.rows]
    columns = []
    for place, head in enumerate(block.heads):
        cells = [row[place] for row in rows]
        longest = max((len(cell.replace(BREAK_HERE, "")) for cell in cells), default=0)
        number = any(cells) and all(NUMBER.fullmatch(cell) for cell in cells)
        columns.append(
            {"number": number, "share": 0 if longest <= SHORT else min(longest, LONGEST), "head": _text(head, word)}
        )
    if columns and not any(column["share"] for column in columns):
        columns[0]["share"] = 1
    return {"caption": _text(block.caption), "columns": columns, "rows": rows}
