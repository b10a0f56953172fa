"""A document is data: blocks whose figures carry the hash of their evidence. Renderers live in `documents/`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from glassworks.core.estimate import Estimate
from glassworks.core.record import Moment, Part
from glassworks.core.result import Verdict

JOINERS = "\u00ad\u200c\u200d"
"""Marks within a word that some scripts need: where it may break, and which letters join."""


class Paragraph(Part):
    """A paragraph, or a heading when `level` is 1 to 3.

    The section under a heading that `may_wait` moves to an annex when the document has more than its pages.
    """

    block: Literal["paragraph"] = "paragraph"
    text: str
    level: int = 0
    may_wait: bool = False


class Fact(Part):
    """A short answer under its label."""

    label: str
    value: str


class Facts(Part):
    """A few facts side by side, to be seen first; all from one piece of evidence."""

    block: Literal["facts"] = "facts"
    lines: tuple[Fact, ...]
    evidence: str


class PageBreak(Part):
    """What follows begins a new page, where there are pages."""

    block: Literal["page_break"] = "page_break"


class Figure(Part):
    """One number that matters, with its interval and the digest of the result it comes from."""

    block: Literal["figure"] = "figure"
    label: str
    estimate: Estimate
    evidence: str
    caption: str = ""


class Table(Part):
    """A table: column heads, rows of text, a caption that says what to see."""

    block: Literal["table"] = "table"
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    evidence: str = ""


class Chart(Part):
    """A Vega-Lite specification with a plain caption and the digest of its evidence."""

    block: Literal["chart"] = "chart"
    spec: dict[str, Any]
    caption: str
    evidence: str


class VerdictLine(Part):
    """One result: its verdict, its title, its sentence."""

    block: Literal["verdict"] = "verdict"
    verdict: Verdict
    title: str
    sentence: str
    evidence: str


class Signature(Part):
    """One signature as a person reads it; without `at`, the place where one is still missing.

    `signed` is the digest that it covers.
    """

    block: Literal["signature"] = "signature"
    name: str
    role: str
    meaning: str
    at: str = ""
    method: str = ""
    persona: bool = False
    signed: str = ""


Block = Annotated[
    Paragraph | Facts | Figure | Table | Chart | VerdictLine | Signature | PageBreak, Field(discriminator="block")
]


class Document(Part):
    """A titled list of blocks, bound to the digest of the dossier or record it tells about: that is what is signed.

    `label` : what kind of document it is, in a word or two. `subject` : use case and version, for the head of a page.
    `made_at` : when its newest part was made; the same document is the same file whenever it is written.
    `most_pages` : how many pages it should have in print; 0 for any number.
    `metadata` : what machines read of it, as plain data; it stands as YAML before the Markdown.
    """

    title: str
    sentence: str
    about: str
    label: str = ""
    subject: str = ""
    language: str = Field(default="en", pattern="^[a-z]{2,3}$")
    made_at: Moment | None = None
    most_pages: int = Field(default=0, ge=0)
    demonstration: bool = False
    metadata: dict[str, Any] = Field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    def shown(self) -> "Document":
        """The same, with `?` for every character that hides or turns round other text, as the verifier shows it."""
        return Document.model_validate(_shown(self.model_dump()))

    def evidence(self) -> tuple[str, ...]:
        """The digests that stand behind its figures, each once, in the order in which they are first needed."""
        found = (getattr(block, "evidence", "") for block in self.blocks)
        return tuple(dict.fromkeys(digest for digest in found if digest))


def _shown(value: Any) -> Any:
    """Plain data in which every text is what it looks like."""
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_shown(one) for one in value)
    if type(value) is not str or value.isprintable():
        return value
    return "".join(c if c.isprintable() or c.isspace() or c in JOINERS else "?" for c in value)
