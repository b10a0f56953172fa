"""How often does it decline to answer?"""

import polars as pl

from glassworks.core.check import check
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict, safe_side
from glassworks.core.stage import Stage
from glassworks.measures.intervals import rate

ALLOWED = 0.1


@check(
    "abstention",
    stage=Stage.OPERATE,
    title="Abstentions",
    question="How often did the server abstain because a row lay outside the validated domain?",
    order=50,
)
def abstention(policy: PolicyPack, live_rows: pl.DataFrame, abstained: int) -> Answer:
    """The share of rows that were not answered, against the policy's `abstention_share` (default one in ten)."""
    asked = live_rows.height + abstained
    if not asked:
        return Answer(verdict=Verdict.INCONCLUSIVE, sentence="No row has been asked for yet.")
    share = rate("abstained", abstained, asked)
    allowed = policy.limits.get("abstention_share", ALLOWED)
    return Answer(
        verdict=safe_side(share, at_most=allowed),
        sentence=f"{abstained:,} of {asked:,} rows were handed to a person; at most {allowed:.0%} is planned for.",
        estimates=(share,),
    )
