"""Pages: every template compiles, nothing in it needs an unsafe content policy, and small charts tell the truth."""

import re
from datetime import UTC, datetime, timedelta

import jinja2
import pytest

from glassworks.core.estimate import Estimate
from glassworks.core.ports import Job
from glassworks.web.pages import glossary, rendering

NOW = datetime(2026, 12, 1, tzinfo=UTC)
NAMES = sorted(str(path.relative_to(rendering.TEMPLATES)) for path in rendering.TEMPLATES.rglob("*.html"))
SOURCES = {name: (rendering.TEMPLATES / name).read_text("utf-8") for name in NAMES}


def estimate(value: float, low: float, high: float, **more: object) -> Estimate:
    return Estimate.model_validate(
        {"name": "gain", "value": value, "low": low, "high": high, "n": 9, "method": "m"} | more
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_says_which_variables_it_expects(name: str) -> None:
    rendering.environment().get_template(name)
    assert SOURCES[name].startswith("{#")


@pytest.mark.parametrize("name", NAMES)
def test_a_template_holds_no_inline_style_script_or_handler_and_loads_nothing_from_outside(name: str) -> None:
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script>|javascript:", SOURCES[name])
    assert not re.search(r"(src|href)=\"(https?:)?//", SOURCES[name])


@pytest.mark.parametrize("name", NAMES)
def test_every_posting_form_carries_the_csrf_field(name: str) -> None:
    posts = re.findall(r"<form[^>]*method=\"post\".*?</form>", SOURCES[name], re.S)
    assert all("csrf_field()" in form for form in posts)


def test_every_glossary_link_has_its_word() -> None:
    asked = {slug for text in SOURCES.values() for slug in re.findall(r"term\(\"([a-z-]+)\"", text)}
    assert asked <= {term.slug for term in glossary.TERMS}


def test_a_name_that_a_route_forgot_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(jinja2.UndefinedError):
        rendering.render(rendering.environment(), "error.html")


def test_text_of_people_is_escaped() -> None:
    blank = {"status": 404, "why": "", "next_step": "", "rule": "", "field": "", "back": ""}
    page = rendering.render(rendering.environment(), "error.html", what="<script>alert(1)</script>", **blank)
    assert "<script>alert" not in page


def test_links_and_static_files_stay_below_the_root_path() -> None:
    page = rendering.render(rendering.environment("/glass"), "glossary.html", terms=glossary.TERMS)
    assert re.search(r'href="/glass/static/app\.css\?v=[0-9a-f]{10}"', page)
    assert not re.search(r'(href|action)="/(?!glass)', page)


def test_a_bar_shows_the_threshold_left_of_an_interval_that_clears_it() -> None:
    bar = rendering.interval_bar(estimate(40.0, 20.0, 60.0, unit="EUR", threshold=15.0))
    assert bar["threshold"] < bar["low"] < bar["value"] < bar["high"]


def test_a_bar_without_a_threshold_reaches_to_zero() -> None:
    assert rendering.shared_span([estimate(98.0, 75.0, 120.0, unit="a quarter")]) == (0.0, 120.0)


def test_a_share_without_a_threshold_stands_between_zero_and_one() -> None:
    assert rendering.shared_span([estimate(0.68, 0.65, 0.71)]) == (0.0, 1.0)


def test_bars_that_are_compared_share_one_scale() -> None:
    low, high = rendering.shared_span([estimate(1.0, -2.0, 3.0), None, estimate(9.0, 8.0, 10.0)], 4.0)
    assert (low, high) == (-2.0, 10.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "\u2013"),
        (41200.0, "41,200"),
        (-6.0, "\u22126"),
        (0.678, "0.68"),
        (True, "yes"),
        (float("nan"), "\u2013"),
    ],
)
def test_numbers_are_written_as_a_person_writes_them(value: object, text: str) -> None:
    assert rendering.number(value) == text


def test_a_level_keeps_the_digits_that_a_second_look_needs() -> None:
    assert rendering.level(0.9875) == "98.75\u00a0%"


def test_waiting_time_is_said_in_one_unit() -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    assert [
        rendering.span(now, now - wait) for wait in (timedelta(days=3), timedelta(hours=1), timedelta(seconds=9))
    ] == [
        "3 days",
        "1 hour",
        "a moment",
    ]


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_work_that_failed_says_so_and_does_not_wait_to_be_followed(state: str) -> None:
    job = Job(id="job-1", name="validate", state=state, error="the disk is full" * (state == "failed"), asked_at=NOW)
    env = rendering.environment()
    shown = env.from_string('{% import "parts.html" as p with context %}{{ p.job(job) }}').render(
        rendering.ALWAYS | {"job": job}
    )
    assert ("data-job" in shown) == (state == "waiting")
    assert ("failed:</strong> the disk is full" in shown) == (state == "failed")
