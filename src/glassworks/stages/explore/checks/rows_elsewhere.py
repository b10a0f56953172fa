"""Do the sealed rows stand open in other data, or rows that were sealed elsewhere stand open here?"""

from glassworks.core.check import check
from glassworks.core.policy import PolicyPack
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Dataset, Elsewhere


@check(
    "rows_elsewhere",
    stage=Stage.EXPLORE,
    title="Rows in other data",
    question="Are the sealed rows unseen, and do the open rows leave others' sealed rows unseen?",
    order=25,
)
def rows_elsewhere(dataset: Dataset, elsewhere: tuple[Elsewhere, ...], policy: PolicyPack) -> Answer:
    """Fail when more than `shared_rows` of a sealed hold-out, this one or another, stands open in other data.

    Rows are compared by their keyed fingerprints, wherever in the installation they were brought to.
    """
    most = policy.shared_rows
    seen = [one for one in elsewhere if one.rows.seen_there > most * dataset.rows_sealed]
    shown = [one for one in elsewhere if one.rows.seen_here > most * one.rows_sealed_there]
    told = [f"{one.rows.seen_there:,} of the {dataset.rows_sealed:,} rows sealed here are open in {one.where}"
            for one in seen]  # fmt: skip
    told += [f"{one.rows.seen_here:,} of the {one.rows_sealed_there:,} rows sealed in {one.where} are open here"
             for one in shown]  # fmt: skip
    if told:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{told[0]}: whoever builds models can have read them.",
            examples=tuple(told)[:MAX_EXAMPLES],
            next_step="Bring rows that nobody has brought before, or ask the office for an exception.",
        )
    both = [f"{one.rows.sealed:,} rows are sealed in {one.where} too" for one in elsewhere
            if one.rows.sealed > most * dataset.rows_sealed]  # fmt: skip
    if both:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"{both[0]}: looks taken there count here.",
            examples=tuple(both)[:MAX_EXAMPLES],
        )
    return Answer(verdict=Verdict.PASS, sentence="The sealed rows are in no other data that were brought here.")
