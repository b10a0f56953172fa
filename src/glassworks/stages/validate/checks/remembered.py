"""Did it learn, or learn by heart: overall, in a part of the cases, or so that its losses give its rows away?"""

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.estimate import Estimate, plain
from glassworks.core.policy import PolicyPack
from glassworks.core.ports import Model
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate
from glassworks.measures.overfit import gap, gap_in_parts, losses, membership
from glassworks.measures.scored import Scored
from glassworks.stages.validate.open_scores import columns, on_open_rows, thinned

LEAST, TOLD = 50, 0.55


@check(
    "remembered",
    stage=Stage.VALIDATE,
    title="Learned by heart",
    question="Is it much better on rows it learned from, and do its losses give away which rows these were?",
    order=86,
)
def remembered(
    brief: Brief,
    policy: PolicyPack,
    scored: Scored,
    rows: pl.DataFrame,
    open_rows: pl.DataFrame,
    learned_rows: pl.DataFrame | None,
    model: Model,
    candidate: Candidate,
    level: float,
) -> Answer:
    """Reported: the gap between learned and sealed rows, overall and in parts, and an attack that knows losses alone.

    A gap warns when its interval lies beyond the policy's `overfit_gap`; parts are found on one half and confirmed on
    the other. The attack warns when it tells learned from sealed rows with an AUC above 0.55, interval and all. A
    change over time looks the same, and a warning says so. At most 5,000 learned and 20,000 sealed rows are compared.

    Parameters
    ----------
    learned_rows : the rows that the builder fitted it on; None for a model that was brought: then the open rows are
        taken, from which it may not have learned.

    Notes
    -----
    Membership inference by loss: Yeom et al. (2018); the share told at few false alarms: Carlini et al. (2022).
    """
    known = open_rows if learned_rows is None else learned_rows
    if min(scored.n, known.height) < LEAST:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE, sentence=f"Fewer than {LEAST} open or sealed rows are too few to compare."
        )
    learned, seen = on_open_rows(brief, candidate, model, known)
    fresh, others = thinned(scored, rows)
    limit = policy.limit("overfit_gap")
    whole = gap(learned, scored, level).model_copy(update={"threshold": limit})
    parts = gap_in_parts(columns(seen), columns(others), learned, fresh, limit, level)
    told, rare = membership(losses(learned), losses(fresh), level)
    told = told.model_copy(update={"threshold": TOLD})
    warns = whole.low > limit or bool(parts) or told.low > TOLD
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {_words(whole, limit, parts, told, rare)}{_whose(learned_rows)}"
        f"{' A change over time looks the same.' if warns else ''}",
        estimates=(whole, told, rare, *parts[:MAX_EXAMPLES]),
        examples=tuple(f"{one.group}: gap {plain(one.value)}" for one in parts)[:MAX_EXAMPLES],
        warning=warns,
        next_step="Fit a simpler model, or one that stops earlier." if warns else "",
    )


def _words(whole: Estimate, limit: float, parts: list[Estimate], told: Estimate, rare: Estimate) -> str:
    where = f" Widest where {parts[0].group} ({plain(parts[0].value)})." if parts else ""
    wide = f", beyond {limit:g}" if whole.low > limit else ""
    hint = ", which gives them away" if told.low > TOLD else "; 0.5 tells nothing"
    share = int(np.round(1000 * rare.value)) / 10
    return (
        f"{whole.says()}{wide}.{where} By its losses alone, rows it learned from are told from others with an AUC "
        f"of {plain(told.value)}{hint}; at one false alarm in 100, {share:g} of 100 are told."
    )


def _whose(learned_rows: pl.DataFrame | None) -> str:
    if learned_rows is not None:
        return ""
    return " It was brought by hand: it may not have learned from the open rows, which are taken for what it learned."
