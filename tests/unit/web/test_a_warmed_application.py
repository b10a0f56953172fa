"""What the web process does before it answers: afterwards no page's first request compiles or starts anything."""

from pathlib import Path

import jinja2
import pytest
from starlette.applications import Starlette

from glassworks.documents import charts, html
from glassworks.web.app import warm
from glassworks.web.pages import rendering


def test_a_warmed_application_has_read_every_template(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Starlette()
    app.state.env = rendering.environment()
    warm(app)  # type: ignore[arg-type]
    names = [str(path.relative_to(rendering.TEMPLATES)) for path in Path(rendering.TEMPLATES).rglob("*.html")]
    assert len(names) > 20
    compiled: list[str] = []
    monkeypatch.setattr(jinja2.Environment, "compile", lambda *_, **given: compiled.append(str(given)))
    for name in names:
        app.state.env.get_template(name)
    for name in ("page.html", "blocks.html"):
        html._PAGE.get_template(name)
    assert compiled == []


def test_warming_draws_once_and_leaves_the_drawing_engine_ready() -> None:
    charts.warm()
    kept = charts._drawn.cache_info().currsize
    charts.warm()
    assert charts._drawn.cache_info().currsize == kept >= 1
