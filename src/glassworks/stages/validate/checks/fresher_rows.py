"""Are the sealed rows newer than what a model learned elsewhere?"""

import re
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassworks.core.check import check
from glassworks.core.days import span
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

    Both are read as dates: a month or a year ends with its last day, so 2025-06-30 is not later than 2025-06. What is
    no ISO date (a number, another way of writing) cannot be compared. A model without such a word counts as fitted on
    the open rows of this use case.
    """
    until = candidate.card.learned_until
    if candidate.made_by == "builder" or not until:
        return Answer(verdict=Verdict.PASS, sentence="It learned from the open rows of this use case.")
    learned = span(until)
    if learned is None:
        return _untold("It learned elsewhere, and until when is not written as a date.")
    known = [_day(one) for one in times if one is not None] if times is not None else []
    if not known:
        return _untold(f"It learned elsewhere, until {until}, and the sealed rows say no time.")
    days = [one for one in known if one is not None]
    if len(days) < len(known):
        return _untold(f"It learned elsewhere, until {until}, and the sealed rows' times are not all dates.")
    later = min(days) > learned[1]
    return Answer(
        verdict=Verdict.PASS if later else Verdict.FAIL,
        sentence=f"It learned elsewhere, until {until}; the sealed rows begin on {min(days)}.",
        next_step="" if later else "Seal rows that are newer than its training.",
    )


def _day(time: Any) -> date | None:
    """The first day that a time may be, or None when it is no date; a number is a count of something."""
    if isinstance(time, date):
        return time.date() if isinstance(time, datetime) else time
    time = str(time) if isinstance(time, np.datetime64) else time
    found = span(re.split(r"[T ]", time, maxsplit=1)[0]) if isinstance(time, str) else None
    return found[0] if found else None


def _untold(sentence: str) -> Answer:
    return Answer(
        verdict=Verdict.INCONCLUSIVE,
        sentence=sentence,
        next_step="Seal rows that come with their dates, newer than its training, and bring the model with its own.",
    )
