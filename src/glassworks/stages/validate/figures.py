"""Vega-Lite specifications of the report's charts, made from the tables of results."""

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 420, 280
MODEL, PLAIN = "#0f766e", "#8a9a9a"
Rows = Sequence[dict[str, Any]]
PERCENT = {"format": "%"}


def _spec(*layers: dict[str, Any]) -> dict[str, Any]:
    return {"width": WIDTH, "height": HEIGHT, "layer": list(layers)}


def _line(
    rows: Rows, x: str, y: str, colour: str, dash: Sequence[int] = (), *, names: tuple[str, str]
) -> dict[str, Any]:
    return {
        "data": {"values": [{x: row[x], y: row[y]} for row in rows]},
        "mark": {"type": "line", "color": colour, "strokeDash": list(dash)},
        "encoding": {
            "x": {"field": x, "type": "quantitative", "axis": {"title": names[0], **PERCENT}},
            "y": {"field": y, "type": "quantitative", "axis": {"title": names[1], **PERCENT}},
        },
    }


def gains(rows: Rows, capacity: float | None) -> dict[str, Any]:
    """Of all positives, the share reached by depth of the list; the rule stands at the capacity."""
    names = ("share of the list acted on", "share of all positives reached")
    layers = [
        _line(rows, "share", "model", MODEL, names=names),
        _line(rows, "share", "list", PLAIN, (5, 4), names=names),
    ]
    if capacity:
        layers.append(
            {
                "data": {"values": [{"share": capacity}]},
                "mark": {"type": "rule", "color": PLAIN},
                "encoding": {"x": {"field": "share", "type": "quantitative"}},
            }
        )
    return _spec(*layers)


def reliability(rows: Rows) -> dict[str, Any]:
    """What was foretold against what happened, with intervals; the dashed line is perfect."""
    names = ("foretold", "happened")
    values = [{key: row[key] for key in ("predicted", "observed", "observed_low", "observed_high")} for row in rows]
    x = {"field": "predicted", "type": "quantitative"}
    top = max([row["predicted"] for row in rows] + [row["observed"] for row in rows], default=1.0)
    perfect = [{"predicted": 0.0, "observed": 0.0}, {"predicted": top, "observed": top}]
    return _spec(
        _line(perfect, "predicted", "observed", PLAIN, (5, 4), names=names),
        {
            "data": {"values": values},
            "mark": {"type": "rule", "color": MODEL},
            "encoding": {
                "x": x,
                "y": {"field": "observed_low", "type": "quantitative"},
                "y2": {"field": "observed_high"},
            },
        },
        {
            "data": {"values": values},
            "mark": {"type": "point", "filled": True, "color": MODEL},
            "encoding": {"x": x, "y": {"field": "observed", "type": "quantitative"}},
        },
    )
