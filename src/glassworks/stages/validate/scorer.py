"""The office's scorer: a model sees only what the KPI contract declares, and its scores become the brief's decision."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.ports import Model
from glassworks.core.usecase import ModelCard
from glassworks.measures.scored import Scored, decided
from glassworks.stages import rows as read


def scores_of(model: Model, rows: pl.DataFrame) -> read.Array:
    """What a model fitted for one question answers; it is ended then."""
    try:
        return np.asarray(model.predict(rows), dtype=np.float64)
    finally:
        model.close()


def undeclared(card: ModelCard, brief: Brief) -> list[str]:
    """Inputs a model asks for that the KPI contract does not declare available, or forbids."""
    allowed = set(brief.inputs())
    return [name for name in card.inputs if name not in allowed]


def contract_rows(rows: pl.DataFrame, brief: Brief) -> pl.DataFrame:
    """The rows as a model may see them: the columns that the KPI contract declares available, in its order."""
    return rows.select([name for name in brief.inputs() if name in rows.columns])


def score(
    model: Model,
    rows: pl.DataFrame,
    brief: Brief,
    y: ArrayLike,
    *,
    periods: float,
    group: ArrayLike | None = None,
    labels: Sequence[str] = (),
    baseline: ArrayLike | None = None,
) -> tuple[Scored, pl.DataFrame]:
    """Score rows and take the brief's decision; the answer is the scored cases and the rows as the model saw them.

    Parameters
    ----------
    rows : any columns; the model is handed `contract_rows` of them and nothing else.
    y, group : outcome and fairness group of each row; they stay with the office.
    baseline : (n,) regression, the answer without a model (`rows.without_model`).
    periods : how many KPI periods the rows span (`brief.windows.sealed_periods` for the sealed rows).

    Raises
    ------
    FixTheInput : the model does not answer one finite score a row.
    """
    shown = contract_rows(rows, brief)
    scores = np.asarray(model.predict(shown), dtype=np.float64)
    wanted = (rows.height, len(labels)) if brief.task is Task.MULTICLASS else (rows.height,)
    if scores.shape != wanted:
        raise FixTheInput(
            f"The model answers scores of shape {scores.shape} where {wanted} is needed.",
            "It must give one answer for each row.",
            "Check the model with the conformance kit.",
        )
    amounts = read.amounts(rows, brief)
    scored = decided(brief, y, scores, periods=periods, group=group, labels=labels, columns=amounts, baseline=baseline)
    return scored, shown


def decided_anew(brief: Brief, scored: Scored, scores: ArrayLike) -> Scored:
    """The same cases, decided by other scores."""
    made = decided(
        brief,
        scored.y,
        scores,
        periods=scored.periods,
        labels=scored.labels,
        columns=scored.amounts,
        baseline=scored.baseline,
    )
    return replace(made, group=scored.group)
