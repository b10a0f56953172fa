"""The answers of gate 4 as a person reads them: under plain headings, failures first, then what decides the gate."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from glassworks.core import registry
from glassworks.core.check import Topic
from glassworks.core.result import Verdict
from glassworks.core.stage import Stage
from glassworks.web.pages.workbench import ELSE, OWN, workbench

PAPERS = Path(__file__).parents[2] / "fakes" / "papers.py"


@pytest.fixture(scope="module")
def papers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("papers", PAPERS)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_question_of_gate_4_has_a_plain_heading_and_every_heading_has_questions() -> None:
    topics = {one.id: one.topic for one in registry.checks(Stage.VALIDATE)}
    assert set(topics.values()) == set(Topic)
    expected = {
        "kpi": Topic.WORTH,
        "metric_targets": Topic.FORETELLS,
        "fairness": Topic.PEOPLE,
        "effects": Topic.REASONS,
        "stability": Topic.HOLDS_UP,
        "claims_hold": Topic.CLAIMED,
    }
    assert {id: topics[id] for id in expected} == expected


def test_failures_come_first_then_what_decides_the_gate(papers: ModuleType) -> None:
    results = [
        papers.result("coverage"),
        papers.result("performance"),
        papers.result("calibration", Verdict.INCONCLUSIVE),
        papers.result("metric_targets", Verdict.FAIL),
    ]
    bench = workbench(results, ("performance", "calibration"))
    (shelf,) = bench.shelves
    assert shelf.heading == "Can it foretell?" and shelf.opens
    assert [one.check for one in shelf.results] == ["metric_targets", "calibration", "performance", "coverage"]
    assert [one.check for one in bench.against] == ["metric_targets", "calibration"]


def test_the_summary_counts_what_decides_the_gate_apart_from_what_is_reported(papers: ModuleType) -> None:
    results = [papers.result("kpi"), papers.result("fairness", Verdict.INCONCLUSIVE), papers.result("noise")]
    told = workbench(results, ("kpi", "fairness")).sentence
    assert told == ("3 questions were asked. 2 decide the gate: 1 inconclusive, 1 pass. 1 is reported beside: 1 pass.")
    failed = [papers.result("kpi"), papers.result("noise", Verdict.FAIL)]
    assert workbench(failed, ("kpi",)).sentence.endswith(
        "One that fails closes the gate too, and one that is inconclusive is a doubt as any other."
    )


def test_what_a_validator_brought_and_what_nobody_knows_any_more_stand_last(papers: ModuleType) -> None:
    results = [papers.result("own:check:own-1"), papers.result("of_a_package_long_gone"), papers.result("kpi")]
    assert [shelf.heading for shelf in workbench(results, ()).shelves] == [Topic.WORTH, ELSE, OWN]
    assert workbench([], ()).shelves == []
