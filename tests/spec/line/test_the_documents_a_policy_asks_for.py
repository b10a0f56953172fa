"""Which points of a policy's documents are filled for a use case: Annex IV, and a bank's, from what is on record."""

from typing import Any

import pytest

from glassworks.core.documentation import Place, Point
from glassworks.core.errors import NotFound
from glassworks.line import documentation, documents, office, packs

CASE = "whom-to-call"
PACKS = ("eu-ai-act", "us-bank")


def points(one: Any, pack: str, login: str = "auditor") -> dict[str, Point]:
    return {p.id: p for p in documentation.documentation(one.parts, one.who[login], CASE, pack).points}


@pytest.mark.parametrize(
    ("there", "lacks", "state"),
    [
        ([True, True], "", "filled"),
        ([True, False], "", "partly"),
        ([True], "the hardware", "partly"),
        ([False], "", "unfilled"),
        ([], "the hardware", "unfilled"),
    ],
)
def test_a_point_is_filled_when_all_of_it_is_there_and_nothing_is_left_to_people(there, lacks, state) -> None:
    point = Point(id="x", title="x", source="x", places=[Place(words="w", there=t) for t in there], lacks=lacks)
    assert point.state == state
    assert len(point.missing) == there.count(False) + bool(lacks)


@pytest.mark.parametrize("pack", PACKS)
def test_points_fill_as_the_use_case_goes_along_the_line(at, bench_kit, shelf, tmp_path, pack: str) -> None:
    counts = []
    for step in ("empty", "explored", "released"):
        with bench_kit.opened(shelf.copy(step, tmp_path / step)) as one:
            told = documentation.documentation(one.parts, one.who["auditor"], CASE, pack)
            counts.append(told.count("unfilled"))
            assert told.legal_note == "not legally reviewed"
            assert sum(told.count(state) for state in ("filled", "partly", "unfilled")) == len(told.points) > 5
    assert counts[0] > counts[1] > counts[2]


def test_what_the_factory_filled_in_counts_for_nothing_until_a_person_confirms_it(at) -> None:
    one = at("scoped")
    told = points(one, "eu-ai-act")["annex-iv.1a"]
    before = next(p for p in told.places if "purpose" in p.words).there
    brief = one.brief()
    for marked in (("purpose",), ()):
        changed = brief.model_copy(update={"purpose": "to call well", "defaulted": marked})
        place = documentation._in_brief(one.parts, one.case, changed, "purpose")
        assert place.there is not bool(marked)
    assert before is bool(brief.purpose and "purpose" not in brief.defaulted)


def test_it_tells_no_verdict_so_that_a_blind_validator_may_read_it(at) -> None:
    one = at("validated")
    assert points(one, "eu-ai-act", "validator") == points(one, "eu-ai-act", "auditor")
    told = documents.written(documentation.document(one.parts, one.who["validator"], CASE, "eu-ai-act"), "markdown")
    text = told.decode().lower()
    assert not any(f" {word}." in text or f" {word};" in text for word in ("pass", "fail", "inconclusive"))
    assert "annex-iv.2g" in text and "not legally reviewed" in text


def test_the_pack_in_force_is_asked_and_another_line_sees_nothing(at) -> None:
    one = at("released")
    assert points(one, "") == {}
    pack = packs.find_pack("eu-ai-act", one.parts.policy(""), "retail")
    office.adopt(one.parts, one.who["champion"], pack)
    assert set(points(one, "")) == set(points(one, "eu-ai-act"))
    with pytest.raises(NotFound):
        points(one, "eu-ai-act", "other_validator")
    with pytest.raises(NotFound, match="No policy pack mars"):
        points(one, "mars")
