"""Vega-Lite specifications of the report's charts, made from the tables of results."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from glassworks.core.result import Result

WIDTH, HEIGHT = 420, 280
MODEL, PLAIN = "#0f766e", "#8a9a9a"
Rows = Sequence[dict[str, Any]]
PERCENT = {"format": "%"}
PROFIT = (
    "What acting on the best so many is worth, over acting on none: the model in its band, the list as it stands "
    "dashed, a perfect model dotted."
)
BENEFIT = (
    "What acting from a probability on is worth, in hits, if a mistake costs as much as that probability says: the "
    "model in its band, acting on everybody dashed, on nobody dotted."
)
RELIABILITY = "Each point is a tenth of the cases; on the dashed line it happens as often as foretold."


class Drawing(NamedTuple):
    """A Vega-Lite specification and the plain sentence under it."""

    spec: dict[str, Any]
    caption: str


def drawing(result: Result, capacity: float | None = None) -> Drawing | None:
    """The chart of a result's table; None where it has none. `capacity` is the share that can be acted on."""
    rows = result.answer.table
    if not rows:
        return None
    match result.check:
        case "kpi" | "beats_baseline":
            return Drawing(profit(rows, f"{result.answer.estimates[0].unit} a period", capacity), PROFIT)
        case "decision_curve":
            return Drawing(benefit(rows), BENEFIT)
        case "calibration":
            return Drawing(reliability(rows), RELIABILITY)
    return None


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


def profit(rows: Rows, money: str, capacity: float | None = None) -> dict[str, Any]:
    """Money by depth of the list: the model with its band, the list as it stands, and dotted a perfect model."""
    x = {"field": "share", "type": "quantitative", "axis": {"title": "share of the list acted on", **PERCENT}}
    y = {"type": "quantitative", "axis": {"title": money, "format": "~s"}}
    return _curves(rows, x, y, {"list": (5, 4), "perfect": (1, 3)}, capacity)


def benefit(rows: Rows) -> dict[str, Any]:
    """Net benefit by threshold: the model with its band, acting on everybody (dashed) and on nobody (dotted).

    What lies far below nothing is not drawn: nobody would act that way.
    """
    top = max([row["high"] for row in rows] + [row["all"] for row in rows], default=1.0)
    x = {"field": "threshold", "type": "quantitative", "axis": {"title": "act from this probability", **PERCENT}}
    y = {
        "type": "quantitative",
        "axis": {"title": "net benefit: hits of each case", "format": ".2~f"},
        "scale": {"domain": [-top / 4, top * 1.05]},
    }
    return _curves(rows, x, y, {"all": (5, 4), "none": (1, 3)}, None)


def _curves(
    rows: Rows, x: dict[str, Any], y: dict[str, Any], others: dict[str, Sequence[int]], upright: float | None
) -> dict[str, Any]:
    """The model's line in its band beside plain lines, and a rule that stands at one place of the x axis."""
    data = {"values": list(rows)}
    band = {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}
    layers = [{"data": data, "mark": {"type": "area", "color": MODEL, "opacity": 0.2, "clip": True}, "encoding": band}]
    for name, colour, dash in [("model", MODEL, ()), *((name, PLAIN, dash) for name, dash in others.items())]:
        mark = {"type": "line", "color": colour, "strokeDash": list(dash), "clip": True}
        layers.append({"data": data, "mark": mark, "encoding": {"x": x, "y": y | {"field": name}}})
    if upright:
        at = {"values": [{x["field"]: upright}]}
        layers.append({"data": at, "mark": {"type": "rule", "color": PLAIN}, "encoding": {"x": x}})
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
