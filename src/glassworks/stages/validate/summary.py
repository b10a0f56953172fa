"""The first page of a validation report: what its business owner needs to know before signing, and no more."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from glassworks.core.contract import Brief
from glassworks.core.document import Block, Figure, Paragraph, Table, VerdictLine
from glassworks.core.dossier import Body
from glassworks.core.estimate import plain
from glassworks.core.finding import Finding
from glassworks.core.own import Question
from glassworks.core.registry import checks
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import Waiver
from glassworks.stages.validate.validated import fairness_words, joined, misuses

WORDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.INCONCLUSIVE: "undecided for want of data",
    Verdict.EXCEPTED: "excepted by signature",
    Verdict.NOT_APPLICABLE: "not asked here",
}
ANSWERS = {
    Verdict.PASS: "It does, as far as the sealed rows can show.",
    Verdict.FAIL: "The answer is not good enough.",
    Verdict.INCONCLUSIVE: "From the sealed rows it cannot be told, either way.",
    Verdict.EXCEPTED: "The answer is not good enough; an exception is in force.",
    Verdict.NOT_APPLICABLE: "It was not asked here.",
}
AGAINST = (Verdict.FAIL, Verdict.EXCEPTED, Verdict.INCONCLUSIVE)
MOST_LINES, MOST_LETTERS = 6, 320


class Beside(NamedTuple):
    """What people put beside the results: findings, exceptions in force, signatures, questions to the developer."""

    findings: Sequence[Finding] = ()
    exceptions: Sequence[Waiver] = ()
    signoffs: Sequence[SignOff] = ()
    questions: Sequence[Question] = ()


def excepted(results: Sequence[Result], exceptions: Sequence[Waiver]) -> tuple[Result, ...]:
    """The results, those called excepted from which an exception is in force."""
    covered = {one.check for one in exceptions}
    return tuple(
        one.model_copy(update={"answer": one.answer.model_copy(update={"verdict": Verdict.EXCEPTED})})
        if one.check in covered and one.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
        else one
        for one in results
    )


def summary(body: Body, beside: Beside) -> list[Block]:
    """The money, the decision, what stands against the model, what people must keep, and where it must not be used."""
    results = excepted(body.results, beside.exceptions)
    return [
        *_money(results),
        _decision(body, results),
        *_against(results, {one.id: one.digest for one in body.results}),
        *_people(beside),
        Paragraph(text="Where it must not be used", level=1),
        *(Paragraph(text=_short(one)) for one in misuses(body.brief)),
    ]


def _money(results: Sequence[Result]) -> list[Block]:
    found = next((one for one in results if one.check == "kpi" and one.answer.estimates), None)
    if found is None:
        return []
    first = found.answer.estimates[0]
    return [Figure(label=first.name, estimate=first, evidence=found.digest, caption=found.answer.sentence)]


def _decision(body: Body, results: Sequence[Result]) -> Block:
    """The promise in a few facts, all from what was signed."""
    brief, counts = body.brief, Counter(one.verdict for one in results)
    told = ", ".join(f"{counts[verdict]} {words}" for verdict, words in WORDS.items() if counts[verdict])
    rows = (
        ("The decision", f"{brief.decision.action}, or else {brief.decision.otherwise}, for {brief.decision.unit}"),
        ("The target", f"{plain(brief.kpi.target)} {brief.kpi.unit} a {brief.kpi.period}, above {brief.kpi.baseline}"),
        ("Risk tier", body.tier.value),
        ("Questions asked", f"{len(results)}: {told}"),
        ("Fairness", _fairness(brief, results)),
    )
    return Table(
        heads=("in short", "agreed and found"), rows=tuple((a, _short(b)) for a, b in rows), evidence=brief.digest
    )


def _fairness(brief: Brief, results: Sequence[Result]) -> str:
    found = next((one for one in results if one.check == "fairness"), None)
    return fairness_words(brief) + (f" {ANSWERS[found.verdict]}" if found and brief.fairness.attribute else "")


def _against(results: Sequence[Result], digests: dict[str, str]) -> list[Block]:
    """What failed, what is undecided and what was excepted from, the gravest first."""
    found = sorted((one for one in results if one.verdict in AGAINST), key=lambda one: AGAINST.index(one.verdict))
    if not found:
        return [Paragraph(text="Nothing failed, and nothing is undecided.")]
    asked = {one.id: one.question for one in checks(Stage.VALIDATE)}
    lines: list[Block] = [
        VerdictLine(
            verdict=one.verdict,
            title=one.title,
            sentence=joined(asked.get(one.check, ""), ANSWERS[one.verdict]),
            evidence=digests[one.id],
        )
        for one in found[:MOST_LINES]
    ]
    left = len(found) - MOST_LINES
    more = f"And {left} more. " if left > 0 else ""
    told = Paragraph(text=f"{more}The figures behind each stand on the next pages.")
    return [Paragraph(text="What stands against it", level=1), *lines, told]


def _people(beside: Beside) -> list[Block]:
    """Conditions, exceptions and findings: what was agreed beside the figures, and what is still to be done."""
    conditions = [f"On the condition{_until(one)}: {text}" for one in beside.signoffs for text in one.conditions]
    exceptions = [
        f"Exception from {one.check.replace('_', ' ')} until {one.expires_at:%Y-%m-%d}: "
        f"{joined(one.reason)} Instead: {joined(one.compensation)}"
        for one in beside.exceptions
    ]
    findings = [
        f"Open finding, {one.severity.value}, due {one.due:%Y-%m-%d}: {joined(one.text, one.remediation)}"
        for one in beside.findings
        if one.is_open
    ]
    told = [*conditions, *exceptions, *findings]
    left = len(told) - MOST_LINES
    texts = [_short(one) for one in told[:MOST_LINES]] + ([f"And {left} more."] if left > 0 else [])
    return [Paragraph(text="What people keep", level=1), *(Paragraph(text=one) for one in texts)] if told else []


def _until(one: SignOff) -> str:
    return f", until {one.expires_at:%Y-%m-%d}" if one.expires_at else ""


def _short(text: str) -> str:
    """A text that leaves room for the others on the page."""
    text = " ".join(text.split())
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1].rstrip()}\u2026"
