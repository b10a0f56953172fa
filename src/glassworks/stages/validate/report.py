"""The validation report: a document made from a dossier's body; each figure carries the digest of its result."""

from collections.abc import Sequence

from glassworks.core import judgment
from glassworks.core.document import Block, Chart, Document, PageBreak, Paragraph, Signature, Table, VerdictLine
from glassworks.core.dossier import Body
from glassworks.core.estimate import plain
from glassworks.core.judgment import HEADS
from glassworks.core.people import KeyList
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import SignOff
from glassworks.stages.validate import figures
from glassworks.stages.validate.summary import Beside, excepted, summary

NOTHING_BESIDE = Beside()


def report(body: Body, beside: Beside = NOTHING_BESIDE, keys: KeyList | None = None) -> Document:
    """The report of one candidate in plain language: a page for its business owner, then everything.

    Parameters
    ----------
    body : what the gate saw.
    beside : findings, exceptions in force, and who signed it so far.
    keys : the key list, from which names come.
    """
    signoffs = beside.signoffs
    results = excepted(body.results, beside.exceptions)
    found = {result.check: result for result in results}
    blocks: list[Block] = [*summary(body, beside), PageBreak()]
    blocks.append(Paragraph(text="What was asked, and what was found", level=1))
    blocks += [_line(one, signed.digest) for one, signed in zip(results, body.results, strict=True)]
    blocks += _charts(found, body.brief.decision.capacity_share)
    blocks += _findings(beside)
    blocks += _details(body)
    blocks += _judgment(signoffs)
    if signoffs:
        blocks.append(Paragraph(text="Signatures", level=1))
        blocks += [signature(one, keys) for one in signoffs]
    return Document(
        title=f"Validation report: {body.subject.get('name') or body.title}",
        label="Validation report",
        subject=f"{body.title} · brief version {body.brief.version} · dossier {body.digest[:19]}…",
        made_at=max((one.signed_at for one in signoffs), default=body.made_at),
        sentence=sentence(body.model_copy(update={"results": results})),
        about=body.digest,
        demonstration=body.demonstration,
        blocks=tuple(blocks),
    )


def sentence(body: Body) -> str:
    """What was found, in a sentence for its business owner."""
    found = {result.check: result for result in body.results}
    failed = [r.named for r in body.results if r.verdict is Verdict.FAIL]
    if failed:
        return f"This model does not pass: {', '.join(failed)}."
    doubts = [r.named for r in body.results if r.verdict is Verdict.INCONCLUSIVE]
    doubt = f" Undecided for want of data: {', '.join(doubts)}." if doubts else ""
    by_exception = [r.named for r in body.results if r.verdict is Verdict.EXCEPTED]
    doubt += f" An exception is in force from: {', '.join(by_exception)}." if by_exception else ""
    doubt = doubt or " Every check passed."
    if "kpi" not in found or not found["kpi"].answer.estimates:
        return f"Nothing failed.{doubt}"
    gain, kpi = found["kpi"].answer.estimates[0], body.brief.kpi
    return (
        f"This model is expected to earn {plain(gain.value)} {kpi.unit} a {kpi.period} more than {kpi.baseline} "
        f"({100 * gain.level:.4g} % interval {plain(gain.low)} to {plain(gain.high)}); the KPI contract asks "
        f"{plain(kpi.target)}.{doubt}"
    )


def _judgment(signoffs: Sequence[SignOff]) -> list[Block]:
    """What validators wrote beside the figures."""
    told = [f"{HEADS[name]}. {said}" for one in signoffs for name, said in judgment.read(one.statement).items()]
    head = Paragraph(text="What the validator says beside the figures", level=1)
    return [head, *(Paragraph(text=one) for one in told)] if told else []


def _line(result: Result, digest: str) -> VerdictLine:
    return VerdictLine(verdict=result.verdict, title=result.title, sentence=result.answer.sentence, evidence=digest)


def _findings(beside: Beside) -> list[Block]:
    """Every finding, with what would mend it and what closed it; every question, with its answer."""
    rows = tuple(
        (one.severity.value, one.text, one.remediation or "not stated", f"{one.due:%Y-%m-%d}", one.closure or "open")
        for one in beside.findings
    )
    heads = ("severity", "finding", "what mends it", "due", "closed by")
    told: list[Block] = [Paragraph(text="Findings", level=1), Table(heads=heads, rows=rows)] if rows else []
    asked = tuple((one.text, one.answer or "not answered yet") for one in beside.questions)
    head = Paragraph(text="Questions to the developer", level=1)
    return told + ([head, Table(heads=("question", "answer"), rows=asked)] if asked else [])


def _charts(found: dict[str, Result], capacity: float | None) -> list[Block]:
    drawn = [(result, figures.drawing(result, capacity)) for result in found.values()]
    return [Chart(spec=one.spec, caption=one.caption, evidence=result.digest) for result, one in drawn if one]


def _details(body: Body) -> list[Block]:
    figures_of = [(result, one) for result in body.results for one in result.answer.estimates]
    rows = tuple(
        (r.title, f"{e.name} {e.group}".strip(), f"{plain(e.value)} {e.unit}".strip(), plain(e.low), plain(e.high),
         f"{e.n:,}", e.method, r.digest[:19])
        for r, e in figures_of
    )  # fmt: skip
    looks = f"{len(body.looks)} look{'' if len(body.looks) == 1 else 's'} at the sealed rows counted so far."
    return [
        Paragraph(text="Every figure", level=1),
        Paragraph(text=f"Seal: {body.seal or 'not stated'}. {looks}"),
        Table(
            heads=("check", "figure", "value", "from", "to", "cases", "method", "evidence"),
            rows=rows,
            caption="Each figure with its interval, its number of cases, its method, and the result it comes from.",
        ),
    ]


def signature(one: SignOff, keys: KeyList | None) -> Signature:
    """A sign-off as people read it; the name comes from the key list."""
    key = next((k for k in keys.keys if k.key_id == one.key_id), None) if keys else None
    return Signature(
        name=key.person_name if key else one.person,
        role=one.role.words,
        meaning=one.meaning.value.replace("_", " "),
        at=f"{one.signed_at:%Y-%m-%d %H:%M} UTC",
        method=one.method,
        persona=key.persona if key else one.method == "demonstration",
        signed=one.dossier,
    )
