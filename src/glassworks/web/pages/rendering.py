"""How records become pages: the Jinja environment, its filters, and the geometry of the small charts."""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup

from glassworks.core.conditions import FORMS, is_enforced
from glassworks.core.contract import Direction, Task, Tier
from glassworks.core.estimate import Estimate, plain
from glassworks.core.finding import Severity
from glassworks.core.people import Role
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import Meaning
from glassworks.core.stage import STAGES, Stage, Status
from glassworks.documents import charts
from glassworks.stages.validate import figures
from glassworks.web.pages.field_names import named

HOME = Path(__file__).resolve().parent.parent
TEMPLATES = HOME / "templates"
STATIC = HOME / "static"

VERDICT_WORDS = {
    Verdict.PASS: "Pass",
    Verdict.FAIL: "Fail",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.EXCEPTED: "Excepted",
    Verdict.NOT_APPLICABLE: "Not applicable",
}
MEANING_WORDS = {
    Meaning.SUBMIT: "submitted",
    Meaning.APPROVE: "approved",
    Meaning.REFUSE: "refused",
    Meaning.ACCEPT_INCONCLUSIVE: "accepted as inconclusive",
    Meaning.RELEASE_STOP: "released the stop",
    Meaning.GRANT_EXCEPTION: "granted the exception",
}
STATUS_WORDS = {
    Status.ON_THE_LINE: "On the line",
    Status.STOPPED: "Stopped",
    Status.REFUSED: "Refused",
    Status.RETIRED: "Retired",
}
NOTHING, MINUS, CLOSE = "\u2013", "\u2212", "\u00a0"
BAR_WIDTH = 240.0
INCONCLUSIVE = " is inconclusive"


def words(value: object) -> str:
    """An enum member or a code name as plain words."""
    if isinstance(value, Role):
        return value.words
    if isinstance(value, Verdict):
        return VERDICT_WORDS[value]
    if isinstance(value, Meaning):
        return MEANING_WORDS[value]
    if isinstance(value, Status):
        return STATUS_WORDS[value]
    text = str(value.value) if isinstance(value, Enum) else str(value)
    return text.replace("_", " ")


def number(value: object) -> str:
    """A number as a person writes it; anything else as text; nothing as a dash."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}".replace("-", MINUS)
    if isinstance(value, float) and not math.isfinite(value):
        return NOTHING
    if isinstance(value, float):
        return (f"{value:,.0f}" if value.is_integer() else plain(value)).replace("-", MINUS)
    return str(value)


def typed(value: object) -> str:
    """A value as a form field holds it: no thousands mark, no needless decimals, nothing as an empty text."""
    if value is None:
        return ""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def percent(share: float | None, digits: int = 0) -> str:
    """A share as a percentage."""
    return NOTHING if share is None else f"{share * 100:.{digits}f}{CLOSE}%"


def level(share: float) -> str:
    """A confidence level, with as many of four digits as it has: 95 %, 97.5 %, 99.38 %."""
    return f"{share * 100:.4g}{CLOSE}%"


def close(text: str) -> str:
    """A sentence whose percent signs never begin a line."""
    return text.replace(" %", CLOSE + "%")


def day(moment: date | datetime | None) -> str:
    """A date as 4 May 2026."""
    return NOTHING if moment is None else f"{moment.day} {moment:%B %Y}"


def minute(moment: datetime | None) -> str:
    """A moment as 4 May 2026, 09:30 UTC."""
    return NOTHING if moment is None else f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def span(later: datetime, earlier: datetime) -> str:
    """The time between two moments in one unit: `3 days`, `5 hours`, `12 minutes`."""
    seconds = max(0.0, (later - earlier).total_seconds())
    for name, size in (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "a moment"


def short(digest: str) -> str:
    """The first twelve characters of a digest, enough to compare by eye."""
    return digest.removeprefix("sha256:")[:12]


def fingerprint_groups(text: str) -> str:
    """A hex fingerprint in groups of four, to read aloud."""
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Plain values as the options of a choice, with an empty one first."""
    return [("", "choose"), *((value, value) for value in values)]


def _place(low: float, high: float, width: float, edge: float) -> Any:
    size = (high - low) or 1.0
    return lambda value: round(edge + (value - low) / size * (width - 2 * edge), 1)


def shared_span(estimates: Iterable[Estimate | None], threshold: float | None = None) -> tuple[float, float]:
    """One scale for several estimates, so that their bars can be compared by eye.

    Every interval and threshold lies on it. Pure numbers between 0 and 1 without a threshold stand on 0 to 1;
    anything else without a threshold reaches to zero, so that a bar is never a bar of itself alone.
    """
    known = [e for e in estimates if e is not None]
    lines = [line for e in known if (line := e.threshold if threshold is None else threshold) is not None]
    points = [x for e in known for x in (e.low, e.high, e.value)] + lines
    if not points:
        return 0.0, 1.0
    low, high = min(points), max(points)
    if lines:
        return (0.0 if 0 < low < 0.6 * (high - low) else low), high
    if low >= 0 and high <= 1 and not any(e.unit for e in known):
        return 0.0, 1.0
    return min(low, 0.0), max(high, 0.0)


def interval_bar(
    estimate: Estimate, threshold: float | None = None, span: tuple[float, float] | None = None
) -> dict[str, float | None]:
    """Where the interval, the value, the threshold and zero stand on a bar of `BAR_WIDTH` units.

    `threshold` overrides the estimate's own; `span` is a scale shared with other bars.
    """
    line = estimate.threshold if threshold is None else threshold
    low, high = span or shared_span([estimate], threshold)
    place = _place(low, high, BAR_WIDTH, 10.0)
    return {
        "low": place(estimate.low),
        "high": place(estimate.high),
        "value": place(estimate.value),
        "threshold": None if line is None else place(line),
        "zero": place(0.0) if low <= 0 <= high else None,
    }


def reliability_points(rows: Sequence[Mapping[str, Any]], size: float = 260.0) -> dict[str, Any]:
    """Promised against observed shares as plot points; the axis ends at the largest share seen."""
    rows = [r for r in rows if r.get("n")]
    top = max([0.05] + [float(max(r["predicted"], r["observed_high"])) for r in rows])
    top = min(1.0, top * 1.05)
    x = _place(0.0, top, size, 30.0)
    points = [
        {
            "x": x(r["predicted"]),
            "y": size - x(r["observed"]),
            "low": size - x(r["observed_low"]),
            "high": size - x(min(r["observed_high"], top)),
            "n": r["n"],
        }
        for r in rows
    ]
    ticks = [{"at": x(top * k / 4), "y": size - x(top * k / 4), "text": percent(top * k / 4)} for k in range(5)]
    return {"points": points, "ticks": ticks, "size": size, "first": 30.0, "last": size - 30.0}


def is_reliability(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a result's table is a reliability table."""
    return bool(rows) and {"predicted", "observed", "observed_low", "observed_high", "n"} <= set(rows[0])


def drawn(result: Result, capacity: float | None = None) -> Markup:
    """The chart of a result's table with its caption; nothing where it has none."""
    found = figures.drawing(result, capacity)
    if found is None:
        return Markup("")
    svg = Markup(charts.svg(found.spec, result.digest))  # noqa: S704 - drawn here from data, not taken from a person
    return Markup(
        '<figure class="chart" role="group" aria-label="{0}">{1}<figcaption>{0}</figcaption></figure>'
    ).format(found.caption, svg)


def verdict_counts(results: Iterable[Result]) -> list[tuple[Verdict, int]]:
    """How many results have each verdict, worst first, absent verdicts left out."""
    found = [r.verdict for r in results]
    order = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.EXCEPTED, Verdict.PASS, Verdict.NOT_APPLICABLE)
    return [(verdict, found.count(verdict)) for verdict in order if verdict in found]


@cache
def static_version(name: str) -> str:
    """A short hash of a static file, so that browsers keep it until it changes."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


@jinja2.pass_context
def csrf_field(context: Context) -> Markup:
    """The hidden field that every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(context.get("csrf_token", ""))


@jinja2.pass_context
def who(context: Context, person: str) -> str:
    """A person's name from their id, by the page's `people`; the office is named in words."""
    if person == "office":
        return "the governance office"
    known = context.get("people") or {}
    return known[person].name if person in known else person


@jinja2.pass_context
def is_persona(context: Context, person: str) -> bool:
    """Whether a person is invented and played by a script."""
    known = context.get("people") or {}
    return person in known and known[person].persona


def pair(value: str) -> tuple[str, str]:
    """A plain value as one option of a choice."""
    return value, value


def sentence(text: str, stop: bool = True) -> str:
    """The text with a capital first letter and a full stop."""
    return text[:1].upper() + text[1:] + ("" if not stop or text.endswith((".", "!", "?")) else ".")


def together(reasons: Sequence[str]) -> list[str]:
    """A gate's reasons, with those joined that differ in their subject alone: several inconclusive answers."""
    subjects: dict[str, list[str]] = {}
    for reason in reasons:
        subject, mark, rest = reason.partition(INCONCLUSIVE)
        subjects.setdefault(mark + rest if mark else reason, []).append(subject)
    return [_joined(rest, found) for rest, found in subjects.items()]


def _joined(rest: str, subjects: list[str]) -> str:
    if not rest.startswith(INCONCLUSIVE):
        return rest
    if len(subjects) == 1:
        return subjects[0] + rest
    told = rest.removeprefix(INCONCLUSIVE).replace("may accept it", "may accept each")
    return f"{', '.join(subjects[:-1])} and {subjects[-1]} are inconclusive{told}"


FILTERS = {
    "sentence": sentence,
    "together": together,
    "named": named,
    "pair": pair,
    "words": words,
    "number": number,
    "typed": typed,
    "percent": percent,
    "level": level,
    "close": close,
    "day": day,
    "minute": minute,
    "span": span,
    "short": short,
    "fingerprint_groups": fingerprint_groups,
    "pairs": pairs,
}
GLOBALS = {
    "condition_forms": FORMS,
    "STAGES": STAGES,
    "Stage": Stage,
    "Status": Status,
    "Verdict": Verdict,
    "Role": Role,
    "Task": Task,
    "Tier": Tier,
    "Direction": Direction,
    "Meaning": Meaning,
    "Severity": Severity,
    "VERDICT_WORDS": VERDICT_WORDS,
    "csrf_field": csrf_field,
    "who": who,
    "is_persona": is_persona,
    "interval_bar": interval_bar,
    "shared_span": shared_span,
    "reliability_points": reliability_points,
    "is_reliability": is_reliability,
    "drawn": drawn,
    "verdict_counts": verdict_counts,
}
ALWAYS: dict[str, object] = {
    "actor": None,
    "people": {},
    "csrf_token": "",
    "theme": "",
    "path": "/",
    "inbox_count": 0,
    "demonstration": False,
    "visitor": False,
    "rehearsed": False,
    "jobs": (),
    "notice": "",
}
"""What every page may use, with the value it has when a route does not set it."""


def environment(root_path: str = "") -> jinja2.Environment:
    """The one Jinja environment: escaping on, an undefined name is an error."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(FILTERS)
    env.globals.update(GLOBALS)
    env.tests["enforced"] = is_enforced
    env.globals["url"] = lambda path: root_path + path
    env.globals["static"] = lambda name: f"{root_path}/static/{name}?v={static_version(name)}"
    return env


def render(env: jinja2.Environment, template: str, **context: object) -> str:
    """One page as HTML."""
    return env.get_template(template).render(ALWAYS | context)
