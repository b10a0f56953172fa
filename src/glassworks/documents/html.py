"""A document as one HTML page that stands alone: no script, nothing loaded from outside, prints well."""

import math
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from glassworks.core.document import Chart, Document
from glassworks.core.estimate import plain
from glassworks.documents import charts


def _drawing(chart: Chart) -> Markup:
    return Markup(charts.svg(chart.spec, chart.evidence))  # noqa: S704 - drawn here from data, not taken from a person


def _percent(level: float) -> str:
    return f"{math.floor(1000 * level + 0.5) / 10:g} %"


_PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_PAGE.filters.update(plain=plain, drawing=_drawing, percent=_percent)


def render(document: Document) -> str:
    """The whole page."""
    return _PAGE.get_template("page.html").render(document=document.shown())


def fragment(document: Document) -> str:
    """Only the blocks, for a page that has its own head."""
    return _PAGE.get_template("blocks.html").render(document=document.shown())


def warm() -> None:
    """Compile the templates and start the drawing engine, so that the first document is not slower than the next."""
    for name in _PAGE.list_templates(extensions=["html"]):
        _PAGE.get_template(name)
    charts.warm()
