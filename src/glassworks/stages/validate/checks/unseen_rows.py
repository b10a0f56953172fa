"""Were the sealed rows still unseen when they were opened?"""

from glassworks.core.check import check
from glassworks.core.policy import PolicyPack
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Dataset, Elsewhere


@check(
    "unseen_rows",
    stage=Stage.VALIDATE,
    title="Unseen rows",
    question="Are the sealed rows open in no other data, where a builder could have read them?",
    order=15,
)
def unseen_rows(dataset: Dataset, elsewhere: tuple[Elsewhere, ...], policy: PolicyPack) -> Answer:
    """Fail when more than `shared_rows` of the sealed rows stand open in other data of this installation."""
    seen = [one for one in elsewhere if one.rows.seen_there > policy.shared_rows * dataset.rows_sealed]
    told = tuple(
        f"{one.rows.seen_there:,} of the {dataset.rows_sealed:,} sealed rows are open in {one.where}" for one in seen
    )
    if told:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{told[0]}: a model may have learned them by heart.",
            examples=told[:MAX_EXAMPLES],
            next_step="Seal rows that nobody has brought before, or ask for an exception.",
        )
    return Answer(verdict=Verdict.PASS, sentence="The sealed rows stand open in no other data that were brought here.")
