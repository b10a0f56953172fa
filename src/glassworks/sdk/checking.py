"""The questions of gate 4 about a live object, in this process: rows in any shape, answers in KPI units."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.check import ask
from glassworks.core.contract import (
    Assumption,
    Brief,
    Decision,
    Direction,
    Fairness,
    Feature,
    Kpi,
    Task,
    ValueMatrix,
    exactly,
)
from glassworks.core.errors import FixTheInput
from glassworks.core.loading import part
from glassworks.core.registry import checks
from glassworks.core.result import Answer
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, ModelCard
from glassworks.sdk.model_files import Stored
from glassworks.sdk.report import Line, Report
from glassworks.sdk.shapes import Live, Shape

ABOUT = "{name} on {rows:,} rows, by the questions of gate 4. Nothing is kept and nobody has signed: no approval."
NOT_HERE = ("challenger", "claims_hold", "fresher_rows", "inputs_declared", "refit", "unseen_rows")
"""They ask about a submission, its contract or its open rows; here there are none."""
LEVEL = 0.95
NO_ASSUMPTIONS = ("classes", "fixed_cost", "run_cost", "currency")
"""Fields of a value matrix that are no (low, mode, high)."""
Value = ValueMatrix | Mapping[str, float | Sequence[float] | Mapping[str, Any] | Assumption]
Array = NDArray[Any]


def run(
    model: object,
    X: Any,
    y: Any,
    *,
    value: Value,
    positive: object,
    task: str | None,
    group: Any,
    periods: float,
    amounts: Mapping[str, Any] | None,
    **terms: Any,
) -> Report:
    """See `glassworks.check`; `terms` are what `_brief` takes."""
    model = Stored(Path(model)) if isinstance(model, str | Path) else model
    shape, outcome = Shape(X), np.asarray(y).reshape(-1)
    rows = shape.frame
    if len(outcome) != rows.height or not len(outcome):
        raise FixTheInput(f"X has {rows.height:,} rows, y has {len(outcome):,}.", "", "Give one outcome a row.")
    gone = sum(one is None or one != one for one in outcome.tolist())
    if gone:
        some = "every row" if gone == len(outcome) else f"{gone:,} of {len(outcome):,} rows"
        raise FixTheInput(
            f"The outcome y is missing in {some}.",
            "A row without an outcome can neither teach nor test.",
            "Give the outcome of each row, or leave those rows out.",
            field="y",
        )
    kind = _task(task, model, outcome)
    classes = np.empty(0) if kind is Task.REGRESSION else _classes(model, outcome)
    chosen = _positive(classes, positive) if kind is Task.BINARY else None
    labels, encoded = tuple(str(c) for c in classes), _index(classes, outcome)
    if kind is Task.BINARY:
        labels = (str(classes[classes != chosen][0]), str(chosen))
        encoded = (outcome == chosen).astype(np.int64)
    brief = _brief(rows, kind, labels, _matrix(value), group=group, **terms)
    live = Live(model, shape, kind, classes, chosen)
    groups = None if group is None else np.asarray(group)
    decide = part("glassworks.measures.scored:decided")
    columns = _columns(brief, rows, {} if amounts is None else amounts)
    scored = decide(brief, encoded, live.predict(rows), periods=periods, group=groups, labels=labels, columns=columns)
    return _report(model, rows, brief, labels, scored, live)


def _task(named: str | None, model: object, outcome: Array) -> Task:
    if named is not None:
        if named not in list(Task):
            raise FixTheInput(f"There is no task {named!r}.", f"The tasks are {', '.join(Task)}.", field="task")
        return Task(named)
    distinct = len(np.unique(outcome.astype(str)))
    tells_classes = hasattr(model, "predict_proba") or outcome.dtype.kind not in "iuf"
    if distinct == 2:
        return Task.BINARY
    return Task.MULTICLASS if tells_classes else Task.REGRESSION


def _classes(model: object, outcome: Array) -> Array:
    """The classes in the order in which the model's probabilities stand."""
    own = getattr(model, "classes_", None)
    found = np.asarray(own) if own is not None else np.unique(outcome)
    if len(found) < 2:
        raise FixTheInput("There is one class only.", "There is nothing to tell apart.", "Bring rows of each class.")
    if not np.isin(outcome, found).all():
        raise FixTheInput("y has a class that the model does not know.", "", "Check how the outcome is written.")
    return found


def _positive(classes: Array, wanted: object) -> object:
    if len(classes) != 2:
        raise FixTheInput(f"There are {len(classes)} classes, not two.", "", "Name the task: multiclass.", field="task")
    if wanted is None:
        return max(classes.tolist())
    if wanted not in classes.tolist():
        raise FixTheInput("The positive value is not among the classes.", "", "Name one of them.", field="positive")
    return wanted


def _index(classes: Array, outcome: Array) -> Array:
    if not len(classes):
        return np.asarray(outcome, dtype=np.float64)
    place: Array = np.argmax(outcome[:, None] == classes[None, :], axis=1)
    return place.astype(np.int64)


def _matrix(value: Value) -> ValueMatrix:
    if isinstance(value, ValueMatrix):
        return value
    unknown = [name for name in value if name not in ValueMatrix.model_fields]
    if unknown:
        known = ", ".join(ValueMatrix.model_fields)
        raise FixTheInput(f"A value matrix has no {unknown[0]!r}.", f"It has {known}.", field="value")
    return ValueMatrix(**{name: _field(name, one) for name, one in value.items()})


def _field(name: str, given: Any) -> Any:
    """One field of a value matrix, or a sentence about what is wrong with it."""
    try:
        told = given if name in NO_ASSUMPTIONS else _assumption(given)
        return getattr(ValueMatrix.model_validate({name: told}), name)
    except (TypeError, ValueError) as error:
        raise FixTheInput(
            f"The value {name} cannot be used as it is given.",
            "Low, most likely and high are numbers in rising order, a column is a name, pairs of classes differ.",
            "Correct it, or give one number.",
            field="value",
        ) from error


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


def _assumption(given: float | str | Sequence[float] | Mapping[str, Any] | Assumption) -> object:
    if isinstance(given, Assumption):
        return given
    if isinstance(given, Mapping):
        unknown = [name for name in given if name not in Assumption.model_fields]
        if unknown or "mode" not in given:
            wrong = f"has no {unknown[0]!r}" if unknown else "needs its `mode`, the most likely amount"
            raise FixTheInput(f"A value {wrong}.", f"It has {', '.join(Assumption.model_fields)}.", field="value")
        return Assumption(**{"low": given["mode"], "high": given["mode"], **given})
    if isinstance(given, Sequence) and not isinstance(given, str):
        if len(given) != 3 or not given[0] <= given[1] <= given[2]:
            raise FixTheInput("A value is one number, or (low, most likely, high) in rising order.", field="value")
        return Assumption(low=given[0], mode=given[1], high=given[2])
    return exactly(float(given)) if not isinstance(given, str) else given


def _brief(
    rows: pl.DataFrame,
    task: Task,
    labels: Sequence[str],
    value: ValueMatrix,
    *,
    group: Any,
    capacity_share: float | None,
    target: float,
    unit: str,
    bands: Sequence[float],
    expected: Mapping[str, str],
) -> Brief:
    """The terms of a check as a brief, which is what the questions are asked against."""
    strange = [name for name in expected if name not in rows.columns]
    if strange:
        raise FixTheInput(f"There is no column {strange[0]!r} to expect a direction of.", field="expected")
    fair = group is not None and task is Task.BINARY
    return Brief(
        id="check",
        title="A check at one's own desk",
        problem="none stated",
        task=task,
        target="the outcome",
        positive=labels[1] if task is Task.BINARY else "",
        decision=Decision(
            unit="case",
            action="act",
            otherwise="leave",
            volume_per_period=rows.height,
            capacity_share=capacity_share if task is Task.BINARY else None,
            if_model_down="not stated",
        ),
        kpi=Kpi(name="net value above the baseline", unit=unit, baseline="list order", target=target, period="period"),
        value=value,
        features=tuple(Feature(name=n, expected=Direction(expected.get(n, "any"))) for n in rows.columns),
        fairness=Fairness(definition="equal_opportunity" if fair else "none", attribute="group", bands=tuple(bands)),
    )


def _report(
    model: object, rows: pl.DataFrame, brief: Brief, labels: tuple[str, ...], scored: Any, live: Live
) -> Report:
    now, name = datetime.now(UTC), type(model).__name__
    card = ModelCard(framework="live", recipe=name, task=brief.task, inputs=tuple(rows.columns), labels=labels)
    candidate = Candidate(
        id="cand-check",
        name=name,
        dataset="",
        brief_digest=brief.digest,
        author="you",
        made_by="hand",
        card=card,
        files={},
        made_at=now,
    )
    evidence = {
        "brief": brief,
        "policy": part("glassworks.hub.policies:OFFICE_PACK"),
        "scored": scored,
        "rows": rows,
        "model": live,
        "candidate": candidate,
        "open_rows": rows,
        "look": 1,
        "level": LEVEL,
        "traits": {},
        "kept": (),
        "times": None,
    }
    asked = [one for one in checks(Stage.VALIDATE) if one.id not in NOT_HERE]
    answers = ask(asked, evidence, brief.task)
    lines = tuple(Line(one.id, one.title, _here(answer)) for one, answer in zip(asked, answers, strict=True))
    return Report(ABOUT.format(name=name, rows=rows.height), lines)


def _here(answer: Answer) -> Answer:
    """The answer in words that fit rows which nobody has sealed."""
    return answer.model_copy(update={"sentence": answer.sentence.replace("sealed rows", "rows")})
