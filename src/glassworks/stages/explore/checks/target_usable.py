"""Are there enough outcomes of each kind to learn from?"""

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.intervals import rate
from glassworks.measures.scored import encode

FEWEST = 30.0
MORE_ROWS = "Bring more rows, above all of the rarer outcome."


@check(
    "target_usable",
    stage=Stage.EXPLORE,
    title="Outcomes to learn from",
    question="Are there enough outcomes of each kind on the open rows?",
    order=40,
)
def target_usable(brief: Brief, policy: PolicyPack, open_rows: pl.DataFrame) -> Answer:
    """At least `group_positives` (policy, default 30) rows of each outcome; fewer is inconclusive, one kind fails."""
    fewest = int(policy.limits.get("group_positives", FEWEST))
    try:
        labels, y = encode(open_rows[brief.target].to_list(), brief.task, brief.positive)
    except FixTheInput as error:
        return Answer(verdict=Verdict.FAIL, sentence=error.what, next_step=error.next_step)
    if np.unique(y).size < 2:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{brief.target} has the same value in all {y.size:,} open rows: there is nothing to tell apart.",
            next_step="Bring rows with both outcomes, or choose another target.",
        )
    if brief.task is Task.REGRESSION:
        return _numbers(brief, y, 10 * fewest)
    counts = np.bincount(y, minlength=len(labels))
    rarest = int(np.argmin(counts))
    estimates: tuple[Estimate, ...] = ()
    if brief.task is Task.BINARY:
        estimates = (rate(f"share of {brief.target} = {labels[1]}", int(counts[1]), int(y.size)),)
    sentence = (
        f"The rarest of {len(labels)} outcomes, {labels[rarest]}, stands in {counts[rarest]:,} of {y.size:,} open rows "
        f"({counts[rarest] / y.size:.1%})"
    )
    table = tuple({"outcome": label, "rows": int(n)} for label, n in zip(labels, counts, strict=True))
    if counts[rarest] < fewest:
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence=f"{sentence}; with fewer than {fewest}, nothing can be learned or judged about it.",
            estimates=estimates,
            next_step=MORE_ROWS,
            table=table,
        )
    return Answer(verdict=Verdict.PASS, sentence=f"{sentence}.", estimates=estimates, table=table)


def _numbers(brief: Brief, y: np.ndarray, fewest: int) -> Answer:
    low, middle, high = np.quantile(y, [0.1, 0.5, 0.9])
    sentence = f"{y.size:,} open rows; {brief.target} is {middle:g} in the middle, {low:g} to {high:g} in four of five."
    if y.size < fewest:
        return Answer(verdict=Verdict.INCONCLUSIVE, sentence=f"Only {sentence}", next_step=MORE_ROWS)
    return Answer(verdict=Verdict.PASS, sentence=sentence)
