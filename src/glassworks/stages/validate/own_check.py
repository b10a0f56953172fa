"""What a validator's own check said, taken in with care: it is code that the office did not write."""

import math
from collections.abc import Mapping

from glassworks.core.estimate import Estimate
from glassworks.core.result import Answer, Verdict

VERDICTS = {"pass": Verdict.PASS, "fail": Verdict.FAIL, "inconclusive": Verdict.INCONCLUSIVE}
LONGEST, MOST_FIGURES, LONGEST_NAME = 500, 10, 80
BY = "the validator's own check"


def answer_of(said: object, rows: int) -> Answer:
    """The answer of an own check, from the plain data that its function gave back.

    Parameters
    ----------
    said : `verdict` (pass, fail or inconclusive), `sentence`, and `figures`: each with `name`, `value`, and where it
        has them `low`, `high`, `unit`. Anything else is no answer.
    rows : how many rows it was shown.

    Returns
    -------
    Its answer, with a text of at most 500 letters and at most ten figures; inconclusive when it cannot be read.
    """
    if not isinstance(said, Mapping) or str(said.get("verdict")) not in VERDICTS:
        return _no_answer("it gave no verdict among pass, fail and inconclusive")
    sentence = _plain(said.get("sentence"), LONGEST)
    if not sentence:
        return _no_answer("it gave no sentence")
    figures = said.get("figures") or []
    if not isinstance(figures, list) or len(figures) > MOST_FIGURES:
        return _no_answer(f"its figures are not a list of at most {MOST_FIGURES}")
    read = [_figure(one, rows) for one in figures]
    if any(one is None for one in read):
        return _no_answer("a figure has no name, or is no finite number inside its interval")
    return Answer(
        verdict=VERDICTS[str(said["verdict"])],
        sentence=sentence,
        estimates=tuple(one for one in read if one is not None),
    )


def _no_answer(why: str) -> Answer:
    return Answer(
        verdict=Verdict.INCONCLUSIVE,
        sentence=f"This check has no answer: {why}.",
        next_step="Its author corrects it, and the office asks again.",
    )


def _figure(said: object, rows: int) -> Estimate | None:
    if not isinstance(said, Mapping) or not (name := _plain(said.get("name"), LONGEST_NAME)):
        return None
    value = said.get("value")
    numbers = [value, said.get("low", value), said.get("high", value)]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in numbers):
        return None
    value, low, high = (float(one) for one in numbers if one is not None)
    if not low <= value <= high:
        return None
    unit = _plain(said.get("unit"), LONGEST_NAME)
    return Estimate(name=name, value=value, low=low, high=high, n=rows, method=BY, unit=unit)


def _plain(text: object, longest: int) -> str:
    """Text on one line, without control characters."""
    kept = "".join(c if c.isprintable() else " " for c in text) if isinstance(text, str) else ""
    return " ".join(kept.split())[:longest]
