"""A document is data: blocks whose figures carry the hash of their evidence. Renderers live in `documents/`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from glassworks.core.estimate import Estimate
from glassworks.core.record import Part
from glassworks.core.result import Verdict


class Paragraph(Part):
    """A paragraph, or a heading when `level` is 1 to 3."""

    block: Literal["paragraph"] = "paragraph"
    text: str
    level: int = 0


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
    """One signature as a person reads it."""

    block: Literal["signature"] = "signature"
    name: str
    role: str
    meaning: str
    at: str
    method: str
    persona: bool = False


Block = Annotated[Paragraph | Figure | Table | Chart | VerdictLine | Signature, Field(discriminator="block")]


class Document(Part):
    """A titled list of blocks, bound to the digest of the dossier or record it tells about."""

    title: str
    sentence: str
    about: str
    demonstration: bool = False
    blocks: tuple[Block, ...] = ()
