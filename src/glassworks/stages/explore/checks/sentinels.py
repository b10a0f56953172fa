"""Does a number stand for something else, such as -1 for never?"""

import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.estimate import plain
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Column, ColumnDecision
from glassworks.measures.profile import sentinel_candidates
from glassworks.stages.explore.settled import candidates, listed, settled


@check(
    "sentinels",
    stage=Stage.EXPLORE,
    title="Numbers that are not numbers",
    question="Does a number in an input stand for something else, such as -1 for never?",
    order=20,
)
def sentinels(
    brief: Brief, open_rows: pl.DataFrame, columns: tuple[Column, ...], decisions: tuple[ColumnDecision, ...]
) -> Answer:
    """Values at the edge of a column that repeat and stand apart, ranked by their share of the rows.

    A model that reads -1 as a small number of days learns nonsense; the domain expert says what it means.
    """
    found = []
    for column in candidates(columns):
        if column.dtype != "number" or column.distinct <= 3:
            continue
        values = open_rows[column.name].drop_nulls()
        for value in sentinel_candidates(values.to_numpy()):
            found.append((float((values == value).sum()) / open_rows.height, column.name, value))
    found.sort(reverse=True)
    texts = {(n, v): f"{n} = {plain(v) if v % 1 else int(v)} in {share:.0%} of the rows" for share, n, v in found}
    table = tuple(
        {"column": n, "value": v, "share": share, "settled": settled(n, brief, decisions) or "open"}
        for share, n, v in found
    )[:MAX_EXAMPLES]
    open_ones = [(n, v) for _, n, v in found if not settled(n, brief, decisions)]
    if open_ones:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{texts[open_ones[0]]} looks like a code, not a quantity"
            + (f"; so do values of {listed(sorted({n for n, _ in open_ones[1:]}))}." if open_ones[1:] else "."),
            examples=tuple(texts.values())[:MAX_EXAMPLES],
            next_step="The domain expert decides about each: a sentinel and what it means, or a true value to use.",
            table=table,
        )
    if found:
        _, name, value = found[0]
        return Answer(
            verdict=Verdict.PASS,
            sentence=f"Every number that looks like a code is decided: {texts[name, value]}, and "
            f"{settled(name, brief, decisions)}.",
            examples=tuple(texts.values())[:MAX_EXAMPLES],
            table=table,
        )
    return Answer(verdict=Verdict.PASS, sentence="No number looks like a code for something else.")
