"""A result: a check's answer from evidence, with one of five verdicts."""

from enum import StrEnum
from typing import Any, ClassVar

from glassworks.core.estimate import Estimate
from glassworks.core.record import Moment, Part, Record, added
from glassworks.core.stage import Stage

MAX_EXAMPLES = 20


class Verdict(StrEnum):
    """`inconclusive` means: not enough data to decide; it is an answer, not an error."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    EXCEPTED = "excepted"
    NOT_APPLICABLE = "not_applicable"


class Answer(Part):
    """What a check returns: verdict, one sentence, estimates, capped examples, chart data.

    `besides` is the verdict of what does not hang on a gated estimate, where a verdict hangs on both.
    """

    verdict: Verdict
    sentence: str
    estimates: tuple[Estimate, ...] = ()
    examples: tuple[str, ...] = ()
    next_step: str = ""
    warning: bool = False
    table: tuple[dict[str, Any], ...] = ()
    besides: Verdict | None = added(None)


class Result(Record):
    """An answer bound to what was asked of what: the check, its subject, and the evidence's hashes."""

    kind: ClassVar[str] = "result"
    check: str
    title: str
    stage: Stage
    subject: str
    subject_digest: str
    answer: Answer
    evidence: tuple[str, ...] = ()
    policy: str = ""
    order: int = 0
    made_at: Moment

    @property
    def verdict(self) -> Verdict:
        """The answer's verdict."""
        return self.answer.verdict

    @property
    def named(self) -> str:
        """The title as it stands inside a sentence: `weak parts`, `KPI`."""
        return self.title if self.title[:2].isupper() else self.title[:1].lower() + self.title[1:]


def safe_side(estimate: Estimate, *, at_least: float | None = None, at_most: float | None = None) -> Verdict:
    """The three-way verdict for a thresholded estimate.

    `pass` when the whole interval lies on the safe side, `fail` when it lies on the other, else `inconclusive`.

    Examples
    --------
    >>> e = Estimate(name="ratio", value=0.85, low=0.7, high=1.0, n=90, method="log ratio")
    >>> safe_side(e, at_least=0.8).value
    'inconclusive'
    """
    if at_least is not None:
        if estimate.low >= at_least:
            return Verdict.PASS
        return Verdict.FAIL if estimate.high < at_least else Verdict.INCONCLUSIVE
    if at_most is not None:
        if estimate.high <= at_most:
            return Verdict.PASS
        return Verdict.FAIL if estimate.low > at_most else Verdict.INCONCLUSIVE
    raise ValueError("name the threshold: at_least or at_most")
