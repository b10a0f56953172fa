"""The questions of gate 4 about a live object, in this process: rows in any shape, answers in KPI units."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from glassworks.core.check import ask
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.loading import part
from glassworks.core.registry import checks
from glassworks.core.result import Answer
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, ModelCard
from glassworks.sdk.fitting import beside
from glassworks.sdk.model_files import Stored
from glassworks.sdk.outcomes import Array, Outcomes
from glassworks.sdk.report import Line, Report
from glassworks.sdk.shapes import Live, Shape
from glassworks.sdk.shown import Shown
from glassworks.sdk.terms import Terms

ABOUT = "{name} on {rows:,} rows, by the questions of gate 4. Nothing is kept and nobody has signed: no approval."
ON_THE_LINE = ("inputs_declared", "refit", "unseen_rows")
"""They ask about the submission, the builder's recipe, and the other data of an installation; here there are none."""
NEEDED = {"challenger": "known", "out_of_time": "known", "remembered": "known", "claims_hold": "claims"}
NEEDED |= {"fresher_rows": "learned_until"}
"""What a question needs that a caller may leave away."""
LEVEL = 0.95


def run(model: object, X: Any, y: Any, terms: Terms, shown: Shown, *, positive: object, task: str | None) -> Report:
    """See `glassworks.check`, which says what each part means."""
    model = Stored(Path(model)) if isinstance(model, str | Path) else model
    shape = Shape(X)
    outcomes = Outcomes.read(model, terms, y, shape.frame.height, shown.outcomes, positive=positive, task=task)
    brief = terms.brief(shape.frame, outcomes.task, outcomes.labels, shown.traits)
    live = Live(model, shape, outcomes.task, outcomes.classes, outcomes.positive)
    known = shown.known_rows(outcomes, brief)
    traits = shown.values(brief, shape.frame, terms.group)
    scored, rows = _scored(live, shape.frame, brief, outcomes, traits, terms, known)
    candidate = _candidate(model, brief, rows, outcomes.labels, shown, scored)
    policy = part("glassworks.hub.policies:OFFICE_PACK")
    evidence = {
        "brief": brief,
        "policy": policy,
        "scored": scored,
        "rows": rows,
        "model": live,
        "candidate": candidate,
        "open_rows": rows if known is None else known,
        "learned_rows": known,
        "look": shown.look or 1,
        "level": policy.look_level(shown.look) if shown.look else LEVEL,
        "traits": traits,
        "kept": (),
        "times": shown.when(shape.frame, brief),
    }
    return _report(evidence, brief, candidate, known, shown.given)


def _scored(
    live: Live,
    frame: pl.DataFrame,
    brief: Brief,
    outcomes: Outcomes,
    traits: Mapping[str, Array],
    terms: Terms,
    known: pl.DataFrame | None,
) -> tuple[Any, pl.DataFrame]:
    """The cases as the office scores them: the model sees what the terms declare, and nothing else."""
    rows = part("glassworks.stages.validate.scorer:contract_rows")(frame, brief)
    if brief.kpi.baseline_by and brief.task is Task.REGRESSION and known is None:
        raise FixTheInput(
            "The contract's baseline is a table that is read off known rows.", "", "Give known=(X, y).", field="known"
        )
    simple = None if known is None else part("glassworks.stages.rows:without_model")(frame, brief, known)
    scored = part("glassworks.measures.scored:decided")(
        brief,
        outcomes.y,
        live.predict(rows),
        periods=terms.spanned(brief),
        group=traits.get(brief.fairness.attribute),
        labels=outcomes.labels,
        columns=_columns(brief, frame, {} if terms.amounts is None else terms.amounts),
        baseline=simple,
    )
    return scored, rows


def _columns(brief: Brief, rows: pl.DataFrame, amounts: Any) -> dict[str, Any]:
    """The numbers that values are multiplied by: those that were given, else the rows' own."""
    if not isinstance(amounts, Mapping):
        raise FixTheInput(
            "The amounts do not say which column they are.", "", 'Give {"the column": numbers}.', field="amounts"
        )
    wanted = part("glassworks.measures.worth:columns")(brief.value, brief.task)
    strange = [name for name in amounts if name not in wanted]
    if strange:
        raise FixTheInput(
            f"No value names the column {strange[0]!r}.",
            "Amounts are given only for columns that a value is multiplied by.",
            'Name it in the value, such as {"mode": 1.0, "column": "amount"}.',
            field="amounts",
        )
    return {**part("glassworks.stages.rows:amounts")(rows, brief), **amounts}


def _candidate(
    model: object, brief: Brief, rows: pl.DataFrame, labels: tuple[str, ...], shown: Shown, scored: Any
) -> Candidate:
    name = type(model).__name__
    card = ModelCard(
        framework="live",
        recipe=name,
        task=brief.task,
        inputs=tuple(rows.columns),
        labels=labels,
        learned_until=shown.learned_until,
    )
    return Candidate(
        id="cand-check",
        name=name,
        dataset="",
        brief_digest=brief.digest,
        author="you",
        made_by="hand",
        card=card,
        files={},
        claims=shown.claimed(brief.task, scored.n),
        made_at=datetime.now(UTC),
    )


def _report(
    evidence: dict[str, Any], brief: Brief, candidate: Candidate, known: pl.DataFrame | None, given: frozenset[str]
) -> Report:
    if known is not None:
        evidence["beside"] = beside(brief, candidate.card, known)
    every = [one for one in checks(Stage.VALIDATE) if one.id not in ON_THE_LINE]
    asked = [one for one in every if NEEDED.get(one.id) in (None, *given)]
    answers = ask(asked, evidence, brief.task)
    lines = tuple(Line(one.id, one.title, _here(answer)) for one, answer in zip(asked, answers, strict=True))
    absent = {one.title: NEEDED[one.id] for one in every if one not in asked}
    about = ABOUT.format(name=candidate.name, rows=evidence["rows"].height)
    return Report(about, lines, _not_asked(absent))


def _not_asked(absent: Mapping[str, str]) -> str:
    """Which questions were not asked, and why, in one line."""
    titles = ", ".join(one.title for one in checks(Stage.VALIDATE) if one.id in ON_THE_LINE)
    told = f"Asked on the line alone: {titles}; they look at the submission, its recipe and the installation's data."
    if not absent:
        return told
    wanted = "; ".join(
        f"{', '.join(title for title, part in absent.items() if part == what)} (give `{what}`)"
        for what in dict.fromkeys(absent.values())
    )
    return f"Not asked: {wanted}. {told}"


def _here(answer: Answer) -> Answer:
    """The answer in words that fit rows which nobody has sealed."""
    told = answer.sentence.replace("sealed rows", "rows").replace("open rows", "known rows")
    return answer.model_copy(update={"sentence": told})
