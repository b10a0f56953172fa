"""Are the sealed rows newer than what a model learned elsewhere?"""

from typing import Any

from numpy.typing import NDArray

from glassworks.core.check import check
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate


@check(
    "fresher_rows",
    stage=Stage.VALIDATE,
    title="Fresher than its training",
    question="Did a model that learned elsewhere learn only from times before the sealed rows?",
    order=16,
)
def fresher_rows(candidate: Candidate, times: NDArray[Any] | None) -> Answer:
    """Whoever brings a model that learned from other rows says until when; the first sealed row must be later.

    Times are compared as they are written, as far as the shorter one goes: 2025-06-30 is not later than 2025-06. A
    model without such a word counts as fitted on the open rows of this use case.
    """
    until = candidate.card.learned_until
    if candidate.made_by == "builder" or not until:
        return Answer(verdict=Verdict.PASS, sentence="It learned from the open rows of this use case.")
    known = sorted(str(one) for one in times if one is not None) if times is not None else []
    if not known:
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence=f"It learned elsewhere, until {until}, and the sealed rows say no time.",
            next_step="Seal rows that come with their time, newer than its training.",
        )
    later = known[0][: len(until)] > until
    return Answer(
        verdict=Verdict.PASS if later else Verdict.FAIL,
        sentence=f"It learned elsewhere, until {until}; the sealed rows begin at {known[0]}.",
        next_step="" if later else "Seal rows that are newer than its training.",
    )
