"""The profile: what each column holds on open rows, and how strongly it alone goes with the outcome."""

import numpy as np
import polars as pl

from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.usecase import Column
from glassworks.measures.profile import single_column_strength
from glassworks.measures.scored import encode

MAX_LEVELS = 200
STRENGTH_ROWS = 20_000
CERTAIN_LEVELS = 50
ISO_DATE = r"^\d{4}-\d{2}(-\d{2}([T ].*)?)?$"


def profile(open_rows: pl.DataFrame, brief: Brief) -> tuple[Column, ...]:
    """One `Column` for each column of the open rows, in the table's order.

    `details` holds, where they exist: `role` (target, identifier or time, else absent), `strength` (how well the column
    alone separates or orders the outcome: AUC from 0.5 to 1 for binary, else 0 to 1), `commonest_share`, `whole`
    (only whole numbers), `mean`, `median`.
    """
    roles = {brief.target: "target", brief.identifier: "identifier", brief.windows.time_column: "time"}
    strengths = _strengths(open_rows, brief, roles)
    return tuple(
        _column(values, {"role": roles[values.name]} if values.name in roles else strengths.get(values.name, {}))
        for values in open_rows.iter_columns()
    )


def _strengths(rows: pl.DataFrame, brief: Brief, roles: dict[str, str]) -> dict[str, dict[str, float]]:
    if brief.target not in rows.columns:
        raise FixTheInput(f"The rows have no target column {brief.target!r}.", field="target")
    known = rows.filter(pl.col(brief.target).is_not_null())
    if known.height > STRENGTH_ROWS:
        known = known.gather_every(-(-known.height // STRENGTH_ROWS))
    try:
        _, y = encode(known[brief.target].to_list(), brief.task, brief.positive)
    except FixTheInput:
        return {}  # no usable target: the check on the target says so
    if np.unique(y).size < 2:
        return {}
    found = {}
    for values in known.iter_columns():
        if values.name not in roles and values.n_unique() > 1:
            strength = float(single_column_strength(_array(values), y, brief.task))
            certain = _certain_rows(values, y) if brief.task is Task.BINARY else 0
            if np.isfinite(strength):
                found[values.name] = {"strength": round(strength, 6)} | ({"certain_rows": certain} if certain else {})
    return found


def _certain_rows(values: pl.Series, y: np.ndarray) -> int:
    """How many rows have a value that (almost) always comes with the rarer outcome, beyond any chance."""
    if values.n_unique() > CERTAIN_LEVELS:
        return 0
    share = float(np.mean(y))
    rarer, base = (y, share) if share <= 0.5 else (1 - y, 1 - share)
    by_level = pl.DataFrame({"level": values, "rarer": rarer}).group_by("level").agg(pl.len(), pl.col("rarer").mean())
    n, rate = by_level["len"].to_numpy(), by_level["rarer"].to_numpy()
    certain = (n >= 10) & (rate >= 0.98) & (n * np.log(base) < np.log(1e-9))
    return int(n[certain].sum())


def _array(values: pl.Series) -> np.ndarray:
    if values.dtype.is_numeric():
        return values.cast(pl.Float64).to_numpy()
    return values.fill_null("").to_numpy().astype(str)


def _column(values: pl.Series, details: dict[str, str] | dict[str, float]) -> Column:
    filled = values.drop_nulls()
    facts = {
        "name": values.name,
        "missing_share": values.null_count() / max(1, values.len()),
        "distinct": filled.n_unique(),
    }
    extra: dict[str, object] = dict(details)
    if filled.len():
        counts = filled.value_counts(sort=True)
        extra["commonest_share"] = round(int(counts["count"][0]) / filled.len(), 6)
    if not values.dtype.is_numeric():
        return Column(**facts, **_words(filled), details=extra)
    if filled.len():
        extra |= {"mean": _plain(filled.mean()), "median": _plain(filled.median())}
        extra["whole"] = bool((filled == filled.round()).all()) if values.dtype.is_float() else True
    low, high = (_plain(filled.min()), _plain(filled.max())) if filled.len() else (None, None)
    return Column(**facts, dtype="number", low=low, high=high, details=extra)


def _words(filled: pl.Series) -> dict[str, object]:
    if filled.len() and bool(filled.str.contains(ISO_DATE).all()):
        whole = pl.concat([filled.filter(filled.str.len_chars() != 7).str.slice(0, 10), _first_days(filled)])
        days = whole.str.to_date("%Y-%m-%d", strict=False).drop_nulls()
        return {"dtype": "date", "first": days.min(), "last": days.max()}
    distinct = filled.n_unique()
    if distinct <= MAX_LEVELS and (distinct <= 20 or distinct <= filled.len() / 4):
        return {"dtype": "category", "levels": tuple(sorted(filled.unique().to_list()))}
    return {"dtype": "text", "longest": filled.str.len_chars().max()}


def _first_days(filled: pl.Series) -> pl.Series:
    """For dates that are a month, its first day."""
    return filled.filter(filled.str.len_chars() == 7) + "-01"


def _plain(value: object) -> float:
    return float(value)  # type: ignore[arg-type]
