"""A draft brief from a table: the task is guessed from the target, and everything assumed says that it is assumed."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import polars as pl

from glassworks.core.contract import (
    Assumption,
    Brief,
    Decision,
    Fairness,
    Feature,
    KillCriterion,
    Kpi,
    PlanItem,
    Task,
    Tier,
    ValueMatrix,
    Windows,
)
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Role
from glassworks.core.record import Moment
from glassworks.core.sensitive import is_sensitive, words
from glassworks.core.usecase import UseCase
from glassworks.measures.scored import encode
from glassworks.measures.value import ceiling
from glassworks.stages.scope.feasibility import reach

ASSUMED = "Assumed by the draft: "
SOURCE = "assumption of the draft; the business owner replaces it"
POSITIVE_WORDS = ("yes", "true", "1", "y", "t", "positive", "bad", "default", "churn")
MOST_CLASSES, FEW_NUMBERS = 30, 10
TARGET_SHARE = 0.2
CAPACITY = 0.3


def draft_brief(use_case: UseCase, frame: pl.DataFrame, target: str, people: Mapping[Role, str], now: Moment) -> Brief:
    """Version 1 of a brief for a table that somebody brought.

    Parameters
    ----------
    frame : open rows; only names, kinds of columns and the target's values are used.
    target : the column that holds the outcome.
    people : who holds which role so far; nobody is invented.

    Raises
    ------
    FixTheInput : the target is absent, has missing values, one class only, or is text with too many classes.
    """
    task, positive = guess_task(frame, target)
    windows = Windows(declared="rows are drawn at random: no time order was named")
    volume = max(1.0, round(frame.height * windows.sealed_share / (1 - windows.sealed_share)))
    sensitive = tuple(name for name in frame.columns if name != target and is_sensitive(name))
    identifier = _identifier(frame, target)
    brief = Brief(
        id=f"{use_case.id}-brief-v1",
        use_case=use_case.id,
        line=use_case.line,
        title=use_case.title,
        problem=use_case.question,
        today=f"{ASSUMED}the decision is made without a model.",
        purpose=f"{ASSUMED}foretell {target}{f' = {positive}' if positive else ''} for the decision named here.",
        task=task,
        target=target,
        positive=positive,
        decision=_decision(task, volume),
        kpi=_kpi(task),
        value=_value(task),
        features=_features(frame, target, identifier),
        forbidden=sensitive,
        identifier=identifier,
        label_delay=f"{ASSUMED}the outcome is known one period later.",
        fairness=_fairness(frame, task, sensitive),
        windows=windows,
        tier=Tier.LOW,
        kill_criteria=(_kill(),),
        plan=_plan(now),
        people=dict(people),
        saved_at=now,
    )
    reachable = float(f"{max(0.0, _best(brief, frame[target])) * TARGET_SHARE:.2g}")
    return brief.model_copy(update={"kpi": brief.kpi.model_copy(update={"target": reachable})})


def guess_task(frame: pl.DataFrame, target: str) -> tuple[Task, str]:
    """The kind of model that fits a target, and for two classes the one that counts as positive (the rarer one)."""
    if target not in frame.columns:
        raise FixTheInput(
            f"The table has no column {target!r}.",
            f"Its columns are: {', '.join(frame.columns[:20])}.",
            "Name the column that holds the outcome.",
            field="target",
        )
    values = frame[target]
    missing = values.null_count()
    if missing:
        some = "every row" if missing == values.len() else f"{missing:,} of {values.len():,} rows"
        raise FixTheInput(
            f"The target {target} is missing in {some}.",
            "A row without an outcome can neither teach nor test.",
            "Choose another target, or leave those rows out.",
            field="target",
        )
    counts = values.cast(pl.String).value_counts(sort=True)
    classes = counts.height
    if classes < 2:
        raise FixTheInput(
            f"The target {target} has one value only.",
            "There is nothing to tell apart.",
            "Bring rows with both outcomes, or choose another target.",
            field="target",
        )
    if classes == 2:
        return Task.BINARY, _positive([str(v) for v in counts[target]])
    if values.dtype.is_numeric() and (values.dtype.is_float() or classes > FEW_NUMBERS):
        return Task.REGRESSION, ""
    if classes > MOST_CLASSES:
        raise FixTheInput(
            f"The target {target} is text with {classes:,} different values.",
            f"A model for classes needs some cases of each; at most {MOST_CLASSES} classes are taken.",
            "Join classes, or choose another target.",
            field="target",
        )
    return Task.MULTICLASS, ""


def _positive(commonest_first: list[str]) -> str:
    named = [value for value in commonest_first if value.casefold() in POSITIVE_WORDS]
    return named[0] if len(named) == 1 else commonest_first[-1]


def _best(brief: Brief, values: pl.Series) -> float:
    """What a perfect model would gain a period on these rows."""
    _, y = encode(values.to_list(), brief.task, brief.positive)
    if brief.task is Task.BINARY:
        return reach(brief, float(np.mean(y))).ceiling
    return ceiling(y, brief.value, None, len(y) / brief.decision.volume_per_period, brief.task)


def _decision(task: Task, volume: float) -> Decision:
    return Decision(
        unit=f"{ASSUMED}one row of the table",
        action=f"{ASSUMED}act on the case" if task is Task.BINARY else f"{ASSUMED}use the prediction",
        otherwise=f"{ASSUMED}leave it as it is",
        volume_per_period=volume,
        capacity_share=CAPACITY if task is Task.BINARY else None,
        if_model_down=f"{ASSUMED}decide as today, in list order.",
    )


def _kpi(task: Task) -> Kpi:
    baseline = {
        Task.BINARY: "as many actions in list order",
        Task.MULTICLASS: "the commonest answer for every case",
        Task.REGRESSION: "the median for every case",
    }
    return Kpi(
        name=f"{ASSUMED}net value above the baseline",
        unit="EUR",
        baseline=baseline[task],
        target=0.0,
        period="period",
        horizon=f"{ASSUMED}two periods after go-live",
        counted_as=f"{ASSUMED}a fifth of what a perfect model would gain is asked for.",
    )


def _assumed(low: float, mode: float, high: float) -> Assumption:
    return Assumption(low=low, mode=mode, high=high, unit="EUR", owner="business owner", source=SOURCE)


def _value(task: Task) -> ValueMatrix:
    if task is Task.BINARY:
        return ValueMatrix(act_positive=_assumed(5, 9, 15), act_negative=_assumed(-2, -1, -0.5))
    if task is Task.MULTICLASS:
        return ValueMatrix(right=_assumed(0.5, 1, 2))
    return ValueMatrix(over=_assumed(0.5, 1, 2), under=_assumed(0.5, 1, 2))


def _identifier(frame: pl.DataFrame, target: str) -> str:
    for values in frame.iter_columns():
        called = values.name.casefold().endswith("id") or not {"id", "key", "uuid"}.isdisjoint(words(values.name))
        if called and values.name != target and not values.dtype.is_float() and values.n_unique() == frame.height:
            return values.name
    return ""


def _features(frame: pl.DataFrame, target: str, identifier: str) -> tuple[Feature, ...]:
    return tuple(
        Feature(name=values.name, available=not why, why_not=why)
        for values in frame.iter_columns()
        if values.name not in (target, identifier)
        for why in [_useless(values)]
    )


def _useless(values: pl.Series) -> str:
    filled = values.drop_nulls()
    if filled.is_empty():
        return f"{ASSUMED}no value at all"
    distinct = filled.n_unique()
    if distinct == 1 and filled.len() == values.len():
        return f"{ASSUMED}the same value in every row"
    if values.dtype == pl.String and distinct > 20 and distinct > 0.9 * filled.len():
        return f"{ASSUMED}almost every row has its own text"
    return ""


def _fairness(frame: pl.DataFrame, task: Task, sensitive: tuple[str, ...]) -> Fairness:
    if task is not Task.BINARY or not sensitive:
        return Fairness(why=f"{ASSUMED}no protected trait was recognised by its name, or no action is taken.")
    attribute = sensitive[0]
    values = frame[attribute]
    wide = values.dtype.is_numeric() and values.n_unique() > 10
    bands = sorted({float(round(q)) for q in (values.quantile(0.25), values.quantile(0.75)) if q}) if wide else ()
    return Fairness(
        definition="equal_opportunity",
        attribute=attribute,
        bands=tuple(bands),
        why=f"{ASSUMED}positive cases should have the same chance of the action, whatever their {attribute}.",
    )


def _kill() -> KillCriterion:
    return KillCriterion(
        signal=f"{ASSUMED}realised net value above the baseline",
        op="<",
        value=0.0,
        window="two periods in a row",
        action="Stop using the model and decide as before.",
        owner="business owner",
    )


def _plan(now: Moment) -> tuple[PlanItem, ...]:
    steps = (
        ("Sign the KPI contract", "business owner", 7, "gate 1 open"),
        ("Decide on doubtful columns", "domain expert", 14, "data contract signed"),
        ("Build and submit a candidate", "data scientist", 28, "a candidate submitted"),
        ("Validate on sealed rows", "validator", 42, "validation report signed"),
        ("Compare promised with realised value", "operator", 120, "monitoring round signed"),
    )
    return tuple(
        PlanItem(task=task, owner=owner, due=(now + timedelta(days=days)).date(), evidence=evidence)
        for task, owner, days, evidence in steps
    )
