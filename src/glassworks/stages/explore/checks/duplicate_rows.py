"""Do rows repeat, and do equal cases have different outcomes?"""

import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage

MOST = 0.5
WORTH_SAYING = 0.01


@check(
    "duplicate_rows",
    stage=Stage.EXPLORE,
    title="Repeated rows",
    question="Does each row stand for a case of its own?",
    order=60,
)
def duplicate_rows(brief: Brief, policy: PolicyPack, open_rows: pl.DataFrame) -> Answer:
    """Copies beyond the first of each row (identifier aside), and cases that differ in the outcome alone.

    More copies than `duplicate_share` of the policy (default 0.5) fail: the number of cases is then a fiction.
    """
    limit = policy.limits.get("duplicate_share", MOST)
    rows = open_rows.drop([brief.identifier]) if brief.identifier in open_rows.columns else open_rows
    distinct = rows.n_unique()
    copies = rows.height - distinct
    share = copies / max(1, rows.height)
    cases = rows.drop(brief.target).n_unique() if rows.width > 1 else distinct
    conflicts = distinct - cases
    sentence = f"{copies:,} of {rows.height:,} open rows ({share:.1%}) repeat another row"
    if conflicts:
        sentence += f", and {conflicts:,} differ from another one in the outcome alone"
    if share > limit:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{sentence}: there are only {distinct:,} distinct rows.",
            next_step="Find out what a row is, and bring each case once (or name the column that tells them apart).",
        )
    noticeable = share > WORTH_SAYING or conflicts > WORTH_SAYING * rows.height
    return Answer(
        verdict=Verdict.PASS,
        warning=noticeable,
        sentence=f"{sentence}.",
        next_step="Ask whether they are different cases that look alike, or the same case twice." if noticeable else "",
    )
