"""Charts are drawn from data that stand inside the specification, and from nowhere else."""

import pytest

from glassworks.documents import charts

SPEC = {
    "data": {"values": [{"a": 1, "b": 2}]},
    "mark": "point",
    "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b", "type": "quantitative"}},
}


def test_a_specification_becomes_a_drawing_and_is_drawn_once() -> None:
    first = charts.svg(SPEC, "sha256:1")
    assert first.startswith("<svg")
    assert charts.svg(dict(SPEC), "sha256:1") is first


def test_data_from_outside_are_not_fetched() -> None:
    with pytest.raises(ValueError, match=r"(?i)not allowed|denied|base"):
        charts.svg({**SPEC, "data": {"url": "http://127.0.0.1:9/x.csv"}}, "sha256:2")
