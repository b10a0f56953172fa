"""The candidate's answers on open rows, to be set beside those on the sealed ones; and fewer rows, evenly spread."""

import numpy as np
import polars as pl

from glassworks.core.contract import Brief
from glassworks.core.ports import Model
from glassworks.core.usecase import Candidate
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read
from glassworks.stages.validate.scorer import contract_rows

OPEN, SEALED = 5_000, 20_000
"""At most so many rows are set beside each other."""


def on_open_rows(brief: Brief, candidate: Candidate, model: Model, known: pl.DataFrame) -> tuple[Scored, pl.DataFrame]:
    """At most 5,000 of the open rows as scored cases, without a decision, and these rows as the model saw them."""
    some = read.sample(known, OPEN)
    labels, y = read.outcome(some, brief, candidate.card.labels)
    shown = contract_rows(some, brief)
    scores = np.asarray(model.predict(shown), dtype=np.float64)
    return Scored(brief.task, y, scores, None, None, periods=1.0, labels=labels), shown


def thinned(scored: Scored, rows: pl.DataFrame, most: int = SEALED) -> tuple[Scored, pl.DataFrame]:
    """At most so many cases with their rows, evenly spread over the order; totals are still those of all periods."""
    if scored.n <= most:
        return scored, rows
    place = np.linspace(0, scored.n - 1, most).astype(int)
    return scored.part(place, scored.periods), rows[place]


def columns(rows: pl.DataFrame) -> dict[str, read.Array]:
    """Each input for the measures."""
    return {name: read.array(rows[name]) for name in rows.columns}
