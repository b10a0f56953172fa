"""A document as Markdown: charts become their captions, everything else stays; what machines read stands before it."""

import re
from typing import Any

import yaml

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

SPECIAL = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>|#~"})
ENTITY = re.compile("&(?=[#A-Za-z\\\\])")
"""An and-sign that would spell another character."""
BEGINS = re.compile(r"^([0-9]*)([-+=.)])")
"""What makes a list, a line or a heading of the text that follows it."""


def _text(value: str) -> str:
    """Text of people, made harmless: no markup of its own, one line."""
    return " ".join(ENTITY.sub(r"\\&", value.translate(SPECIAL)).split())


def _begun(value: str) -> str:
    """The same at the beginning of a line, where a dash, a plus, an equals sign or a number would begin something."""
    return BEGINS.sub(r"\1\\\2", _text(value))


def _table(block: Table) -> str:
    lines = [block.heads, tuple("---" for _ in block.heads), *block.rows]
    rows = ["| " + " | ".join(cell if cell == "---" else _text(cell) for cell in line) + " |" for line in lines]
    return "\n".join(([_begun(block.caption), ""] if block.caption else []) + rows)


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return f"{'#' * (block.level + 1)} {_text(block.text)}" if block.level else _begun(block.text)
        case Facts():
            told = [f"**{_text(one.label)}:** {_text(one.value)}" for one in block.lines]
            return "  \n".join(told) + f"  \n`{block.evidence}`"
        case Figure():
            one = block.estimate
            interval = f"({100 * one.level:.4g} % interval {plain(one.low)} to {plain(one.high)})"
            return f"**{_text(block.label)}: {plain(one.value)} {_text(one.unit)}** {interval} `{block.evidence}`"
        case Table():
            return _table(block)
        case Chart():
            return f"*Chart: {_text(block.caption)}* `{block.evidence}`"
        case VerdictLine():
            words = block.verdict.value.replace("_", " ")
            return f"- **{_text(block.title)}: {words}.** {_text(block.sentence)} `{block.evidence}`"
        case Signature():
            return _signature(block)
        case PageBreak():
            return "---"


def _signature(block: Signature) -> str:
    invented = ", an invented person" if block.persona else ""
    when = ", ".join(part for part in (block.meaning, block.at) if part)
    method = f" ({_text(block.method)})" if block.method else ""
    signed = f" `{block.signed}`" if block.signed else ""
    return f"- {_begun(block.name)}, {_text(block.role)}, {when}{method}{invented}{signed}"


def render(document: Document) -> str:
    """The whole document."""
    document = document.shown()
    head = [f"# {_text(document.title)}", _begun(document.sentence)]
    if document.demonstration:
        head.append("> Demonstration: signed by a script for invented people.")
    text = "\n\n".join([*head, *(_block(block) for block in document.blocks), f"about `{document.about}`"]) + "\n"
    return _front(document) + text


def _front(document: Document) -> str:
    """The metadata between two lines of dashes, as static sites and model hubs read it; nothing where there is none."""
    if not document.metadata:
        return ""
    told = yaml.safe_dump(_lines(document.metadata), sort_keys=False, allow_unicode=True, width=10**6)
    return f"---\n{told}---\n\n"


def _lines(value: Any) -> Any:
    """Plain data in which each text is one line: not every reader of YAML breaks lines at the same characters."""
    if isinstance(value, dict):
        return {name: _lines(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_lines(one) for one in value]
    return " ".join(value.split()) if isinstance(value, str) else value
