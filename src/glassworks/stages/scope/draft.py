"""A draft brief from a table: the task is guessed from the target; what nobody said is named in `defaulted`."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from glassworks.core.contract import Brief, Fairness, Feature, Task, Windows
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Role
from glassworks.core.record import Moment
from glassworks.core.sensitive import is_sensitive, words
from glassworks.core.usecase import UseCase
from glassworks.measures.scored import encode
from glassworks.measures.value import ceiling
from glassworks.stages.scope.defaults import default_brief
from glassworks.stages.scope.feasibility import reach

POSITIVE_WORDS = ("yes", "true", "1", "y", "t", "positive", "bad", "default", "churn")
MOST_CLASSES, FEW_NUMBERS = 30, 10
TARGET_SHARE = 0.2
READ = ("features", "forbidden", "identifier")
"""What a draft takes from the table, and somebody who knows the columns confirms."""


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
    sealed = Windows().sealed_share
    sensitive = tuple(name for name in frame.columns if name != target and is_sensitive(name))
    identifier = _identifier(frame, target)
    blank = default_brief(use_case, task, now, max(1.0, round(frame.height * sealed / (1 - sealed))))
    brief = blank.model_copy(
        update={
            "purpose": f"Foretell {target}{f' = {positive}' if positive else ''} for the decision named here.",
            "target": target,
            "positive": positive,
            "features": _features(frame, target, identifier),
            "forbidden": sensitive,
            "identifier": identifier,
            "fairness": _fairness(frame, task, sensitive),
            "people": dict(people),
            "defaulted": (*(name for name in blank.defaulted if name not in ("task", "target")), *READ),
        }
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
        return "no value at all"
    distinct = filled.n_unique()
    if distinct == 1 and filled.len() == values.len():
        return "the same value in every row"
    if values.dtype == pl.String and distinct > 20 and distinct > 0.9 * filled.len():
        return "almost every row has its own text"
    return ""


def _fairness(frame: pl.DataFrame, task: Task, sensitive: tuple[str, ...]) -> Fairness:
    if task is not Task.BINARY or not sensitive:
        return Fairness(why="No protected trait was recognised by its name, or no action is taken.")
    attribute = sensitive[0]
    values = frame[attribute]
    wide = values.dtype.is_numeric() and values.n_unique() > 10
    bands = sorted({float(round(q)) for q in (values.quantile(0.25), values.quantile(0.75)) if q}) if wide else ()
    return Fairness(
        definition="equal_opportunity",
        attribute=attribute,
        bands=tuple(bands),
        why=f"Positive cases should have the same chance of the action, whatever their {attribute}.",
    )
