"""One monitoring round: matured outcomes joined to what was decided, in the same form as the sealed scoring."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput
from glassworks.core.record import Moment, new_id
from glassworks.core.result import Result
from glassworks.core.usecase import MonitoringRound, Release
from glassworks.measures.scored import Scored, decided
from glassworks.stages import rows as read
from glassworks.stages.operate.ladder import action


def matured(
    rows: pl.DataFrame,
    scores: ArrayLike,
    brief: Brief,
    *,
    periods: float,
    labels: Sequence[str] = (),
    baseline: ArrayLike | None = None,
) -> Scored:
    """Live traffic whose outcomes have arrived, in list order, as scored cases under the brief's decision.

    Parameters
    ----------
    rows : target and group of each case; the inputs may be there too.
    scores : (n,) or (n, k) what the release answered to them at the time.
    periods : how many KPI periods they span.
    baseline : (n,) regression, the answer without a model (`rows.without_model`).

    Raises
    ------
    FixTheInput : no outcome has arrived yet, or an outcome is missing.
    """
    if rows.height == 0:
        raise FixTheInput("No outcome has arrived yet.", "Realised performance needs outcomes.", "Report outcomes.")
    known, y = read.outcome(rows, brief, labels)
    group, amounts = read.groups(rows, brief), read.amounts(rows, brief)
    return decided(
        brief, y, np.asarray(scores), periods=periods, group=group, labels=known, columns=amounts, baseline=baseline
    )


def round_of(
    release: Release,
    results: Sequence[Result],
    brief: Brief,
    *,
    number: int,
    window: str,
    rows: int,
    outcomes: int,
    now: Moment,
) -> MonitoringRound:
    """The record of one turn of the monitors: promised against realised, and the rung of the ladder it asks for."""
    step = action(results, brief.tier)
    audit = next((r.answer for r in results if r.check == "promised_realised"), None)
    realised = next((e for e in audit.estimates if e.name.startswith("realised")), None) if audit else None
    return MonitoringRound(
        id=new_id("round"),
        use_case=release.use_case,
        line=release.line,
        release=release.id,
        number=number,
        window=window,
        rows=rows,
        outcomes=outcomes,
        action=step.action,
        promised=release.promised[0] if release.promised else None,
        realised=realised,
        sentence=f"{audit.sentence} {step.sentence}" if audit else step.sentence,
        made_at=now,
    )
