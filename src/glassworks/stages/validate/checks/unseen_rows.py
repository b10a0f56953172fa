"""Were the sealed rows still unseen when they were opened?"""

import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.policy import PolicyPack
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Dataset, Elsewhere
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read
from glassworks.stages import twins

OUTCOME = "outcome:"


@check(
    "unseen_rows",
    stage=Stage.VALIDATE,
    title="Unseen rows",
    question="Do the sealed rows stand open nowhere, in these data or others, where a builder could have read them?",
    order=15,
)
def unseen_rows(
    brief: Brief,
    dataset: Dataset,
    elsewhere: tuple[Elsewhere, ...],
    policy: PolicyPack,
    rows: pl.DataFrame,
    scored: Scored,
    open_rows: pl.DataFrame,
) -> Answer:
    """Fail when more than `shared_rows` of the sealed rows stand open, in other data or beside them in the same.

    In the same data a sealed row is compared with the open ones by the model's inputs and the outcome, also without
    inputs that hardly repeat a value, and with numbers rounded to a thousandth of their spread: a look-up table needs
    no more. In a coarse table cases of their own agree, too: the share that chance explains (`measures/repeats.py`) is
    taken off, and all-categorical tables pass.
    """
    seen = [one for one in elsewhere if one.rows.seen_there > policy.shared_rows * dataset.rows_sealed]
    told = tuple(
        f"{one.rows.seen_there:,} of the {dataset.rows_sealed:,} sealed rows are open in {one.where}" for one in seen
    )
    share, likely = _twins(brief, rows, scored, open_rows)
    if share - likely > policy.shared_rows:
        told += (
            f"{share:.0%} of the {rows.height:,} sealed rows have a twin among the open rows, equal in inputs and "
            f"outcome, where chance explains {likely:.0%}",
        )
    if told:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{told[0]}: a model may have learned them by heart.",
            examples=told[:MAX_EXAMPLES],
            next_step="Seal rows that nobody has brought before, each case once, or ask for an exception.",
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence="The sealed rows stand open in no other data that were brought here, and repeat no open row of these "
        "beyond chance.",
    )


def _twins(brief: Brief, rows: pl.DataFrame, scored: Scored, open_rows: pl.DataFrame) -> tuple[float, float]:
    """The greatest share of sealed rows that have an open twin, beside the share that chance explains of it."""
    names = [name for name in rows.columns if name in open_rows.columns]
    _, known = read.outcome(open_rows, brief, scored.labels)
    hidden = rows.select(names).with_columns(pl.Series(OUTCOME, scored.y))
    opened = open_rows.select(names).with_columns(pl.Series(OUTCOME, known))
    both = pl.concat([rows.select(names), open_rows.select(names)], how="vertical_relaxed")
    tried = [names, twins.nameless(both).columns]
    found = [twins.copied_from(hidden.select(*some, OUTCOME), opened.select(*some, OUTCOME)) for some in tried if some]
    if names:
        near = twins.coarse(both)
        found.append(
            twins.copied_from(
                near[: rows.height].with_columns(hidden[OUTCOME]), near[rows.height :].with_columns(opened[OUTCOME])
            )
        )
    return max(found, key=lambda one: one[0] - one[1], default=(0.0, 0.0))
