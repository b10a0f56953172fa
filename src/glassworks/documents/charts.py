"""Vega-Lite specifications drawn as SVG, once for each piece of evidence; nothing is fetched from anywhere."""

import json
from functools import lru_cache
from typing import Any

import vl_convert

INK = "#66787a"
CONFIG: dict[str, Any] = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": "#8a9a9a44",
        "tickCount": 4,  # measuring the text of each label takes two milliseconds
    },
    "legend": {"labelColor": INK, "titleColor": INK},
}
KEPT = 256


def svg(spec: dict[str, Any], evidence: str) -> str:
    """The drawing of a specification whose data stand inside it; drawn once for the same evidence."""
    return _drawn(json.dumps(spec, sort_keys=True), evidence)


def warm() -> None:
    """Start the drawing engine, which takes a third of a second, before anyone waits for a drawing."""
    axes = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "x", "type": "quantitative"}}
    svg({"data": {"values": [{"x": 0.5}]}, "mark": "line", "encoding": axes}, "")


@lru_cache(maxsize=KEPT)
def _drawn(spec: str, evidence: str) -> str:
    drawing: str = vl_convert.vegalite_to_svg(spec, vl_version="6.4", config=CONFIG, allowed_base_urls=[])
    return drawing
