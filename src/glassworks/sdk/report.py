"""Answers as a notebook shows them: a verdict and a sentence a line, the estimates beneath."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glassworks.core.result import Answer, Verdict

MARKS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "FAIL",
    Verdict.INCONCLUSIVE: "not enough data",
    Verdict.EXCEPTED: "excepted",
    Verdict.NOT_APPLICABLE: "not applicable",
}


@dataclass(frozen=True)
class Line:
    """One question and its answer."""

    check: str
    title: str
    answer: Answer


@dataclass(frozen=True, repr=False)
class Report:
    """Answers about one model, in order.

    `about` says what they are about, and what they are not; `not_asked` which questions were not asked, and why.
    """

    about: str
    lines: tuple[Line, ...]
    not_asked: str = ""

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict of each check."""
        return {line.check: line.answer.verdict for line in self.lines}

    @property
    def passed(self) -> bool:
        """Whether every question that arises is answered with a pass; "not enough data" is not a pass."""
        fine = (Verdict.PASS, Verdict.EXCEPTED, Verdict.NOT_APPLICABLE)
        return bool(self.lines) and all(line.answer.verdict in fine for line in self.lines)

    def __getitem__(self, check: str) -> Answer:
        """One check's answer."""
        return next(line.answer for line in self.lines if line.check == check)

    def __iter__(self) -> Iterator[Line]:
        """The answers in order."""
        return iter(self.lines)

    def __repr__(self) -> str:
        """Verdict, title and sentence a line; at the end what was not asked."""
        width = max((len(line.title) for line in self.lines), default=0)
        rows = [f"[{MARKS[line.answer.verdict]:^15}] {line.title:<{width}}  {line.answer.sentence}" for line in self]
        return "\n".join([self.about, *rows, *([self.not_asked] if self.not_asked else [])])

    def _repr_html_(self) -> str:
        """A table; the estimates stand under each sentence."""
        rows = "".join(
            f"<tr><td>{html.escape(MARKS[line.answer.verdict])}</td><th scope='row'>{html.escape(line.title)}</th>"
            f"<td style='text-align:left'>{html.escape(line.answer.sentence)}{_estimates(line.answer)}</td></tr>"
            for line in self
        )
        end = f"<p>{html.escape(self.not_asked)}</p>" if self.not_asked else ""
        return f"<p>{html.escape(self.about)}</p><table><tbody>{rows}</tbody></table>{end}"


def _estimates(answer: Answer) -> str:
    told: Sequence[str] = [html.escape(one.says()) for one in answer.estimates]
    return f"<br><small>{'<br>'.join(told)}</small>" if told else ""
