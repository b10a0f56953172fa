"""The geometry of a what-if's drawings: money against target and ceiling, people, tornado, and lines of money."""

from collections.abc import Sequence
from typing import Any

from glassworks.core.contract import Brief
from glassworks.core.estimate import plain
from glassworks.measures.outlook import Outlook
from glassworks.web.pages.sliders import SHORT

WIDTH, EDGE = 480.0, 8.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 340.0, 12.0, 196.0
MOST_BARS = 8


def _scale(low: float, high: float, first: float, last: float) -> Any:
    size = (high - low) or 1.0
    return lambda value: round(first + (value - low) / size * (last - first), 1)


def money(found: Outlook) -> dict[str, float]:
    """Where the gain, its interval, the target, nothing and a perfect model stand on one bar."""
    gain = found.gain
    low = min(0.0, gain.low, found.target)
    high = max(0.0, gain.high, found.target, found.ceiling)
    place = _scale(low, high, EDGE, WIDTH - EDGE)
    return {
        "low": place(gain.low),
        "high": place(gain.high),
        "value": place(gain.value),
        "target": place(found.target),
        "zero": place(0.0),
        "ceiling": place(found.ceiling),
    }


def people(found: Outlook) -> list[dict[str, Any]]:
    """One period counted in cases, as parts of one bar: acted on rightly and in vain, missed, left rightly."""
    if found.people is None:
        return []
    all_, acted, right, missed = (getattr(found.people, name) for name in ("cases", "acted", "right", "missed"))
    parts = [
        ("right", "acted on, and it is right", right),
        ("vain", "acted on in vain", acted - right),
        ("missed", "missed: acting would be right", missed),
        ("left", "left, and that is right", all_ - acted - missed),
    ]
    at, made = 0.0, []
    for kind, text, many in parts:
        width = round(max(0.0, many) / all_ * WIDTH, 1)
        made.append({"kind": kind, "text": text, "many": round(many), "x": at, "width": width})
        at = round(at + width, 1)
    return made


def tornado(found: Outlook) -> list[dict[str, Any]]:
    """The widest bars on one scale: the gain with one assumption at its low and its high end, others as they are."""
    bars = found.tornado[:MOST_BARS]
    if not bars:
        return []
    ends = [x for one in bars for x in (one.at_low, one.at_high, one.base)] + [found.target]
    place = _scale(min(ends), max(ends), 4.0, 300.0)
    return [
        {
            "name": SHORT.get(one.field, one.name),
            "at_low": one.at_low,
            "at_high": one.at_high,
            "x": min(place(one.at_low), place(one.at_high)),
            "width": max(1.5, abs(place(one.at_high) - place(one.at_low))),
            "base": place(one.base),
            "target": place(found.target),
        }
        for one in bars
    ]


def by_figure(brief: Brief, found: Outlook) -> dict[str, Any] | None:
    """The gain against the one figure of the model that decides it, where it runs straight: its line and the target's.

    With a capacity that is filled: how often it is right; for several answers: how many are right; for numbers: the
    error. None where two figures count; `equal_kpi` then shows both.
    """
    points, now, name = _straight(brief, found)
    if not points:
        return None
    (x0, _), (x1, _) = points
    gains = [gain for _, gain in points] + [found.target, 0.0, found.gain.value]
    across, up = _scale(x0, x1, LEFT, RIGHT), _scale(min(gains), max(gains), BOTTOM, TOP)
    ticks = [x0 + (x1 - x0) * k / 4 for k in range(5)]
    levels = [min(gains), found.target, max(gains)]
    return {
        "name": name,
        "line": [(across(x), up(gain)) for x, gain in points],
        "now": (across(now), up(found.gain.value)),
        "target": up(found.target),
        "zero": up(0.0),
        "ticks": [(across(x), f"{x:.4g}") for x in ticks],
        "levels": [(up(level), plain(level)) for level in levels],
        "rows": [{"figure": x, "gain": gain} for x, gain in _between(points)],
    }


Points = list[tuple[float, float]]


def _straight(brief: Brief, found: Outlook) -> tuple[Points, float, str]:
    """Two ends of a straight line of gain over a figure, where the figure stands now, and what it is called."""
    slopes = {one.name: one.value for one in found.one_point}
    gain, quality = found.gain.value, found.quality
    if quality.error is not None:
        today = brief.decision.expected_error or quality.error
        slope = next(value for name, value in slopes.items() if name.startswith("one unit"))
        top = max(today, quality.error)
        points = [(x, gain + (quality.error - x) * slope) for x in (0.0, top)]
        return points, quality.error, "wrong by, on average"
    if quality.accuracy is not None:
        points = [(x, gain + (x - 100 * quality.accuracy) * slopes["accuracy"]) for x in (0.0, 100.0)]
        return points, 100 * quality.accuracy, "of 100 answers, right"
    if brief.decision.capacity_share is None or quality.precision is None or found.people is None:
        return [], 0.0, ""
    now, room = 100 * quality.precision, found.people.cases * brief.decision.capacity_share
    if found.people.acted < 0.999 * room:
        return [], 0.0, ""
    positives = found.people.right + found.people.missed
    least = max(0.0, 100 * (1 - (found.people.cases - positives) / room))
    most = 100 * min(1.0, positives / room)
    points = [(x, gain + (x - now) * slopes["precision"]) for x in (least, most)]
    return points, now, "of 100 acted on, right"


def _between(points: Points) -> Points:
    (x0, y0), (x1, y1) = points
    return [(x0 + (x1 - x0) * k / 4, y0 + (y1 - y0) * k / 4) for k in range(5)]


def equal_kpi(found: Outlook) -> dict[str, Any] | None:
    """The line on which the gain is the target: how many are reached across, how often it is right upwards."""
    line: Sequence[Any] = found.line
    quality = found.quality
    if len(line) < 2 or quality.precision is None or quality.recall is None:
        return None
    across, up = _scale(0, 100, LEFT, RIGHT), _scale(0, 100, BOTTOM, TOP)
    ticks = (0, 25, 50, 75, 100)
    rows = [{"recall": 100 * one.recall, "precision": 100 * one.precision} for one in line[:: max(1, len(line) // 8)]]
    return {
        "line": [(across(100 * one.recall), up(100 * one.precision)) for one in line],
        "now": (across(100 * quality.recall), up(100 * quality.precision)),
        "ticks": [(across(x), str(x)) for x in ticks],
        "levels": [(up(x), str(x)) for x in ticks],
        "rows": rows,
    }
