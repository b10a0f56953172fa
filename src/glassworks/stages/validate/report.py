"""The validation report: a document made from a dossier's body; each figure carries the digest of its result."""

from collections.abc import Sequence

from glassworks.core import judgment
from glassworks.core.document import Block, Chart, Document, Figure, Paragraph, Signature, Table, VerdictLine
from glassworks.core.dossier import Body
from glassworks.core.estimate import plain
from glassworks.core.judgment import HEADS
from glassworks.core.people import KeyList
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import SignOff
from glassworks.stages.validate import figures


def report(body: Body, signoffs: Sequence[SignOff] = (), keys: KeyList | None = None) -> Document:
    """The report of one candidate in plain language.

    Parameters
    ----------
    body : what the gate saw.
    signoffs, keys : who signed it so far; names come from the key list.
    """
    found = {result.check: result for result in body.results}
    blocks: list[Block] = [*_promise(found), Paragraph(text="What was asked, and what was found", level=1)]
    blocks += [_line(result) for result in body.results]
    blocks += _charts(found, body.brief.decision.capacity_share)
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
        sentence=sentence(body),
        about=body.digest,
        demonstration=body.demonstration,
        blocks=tuple(blocks),
    )


def sentence(body: Body) -> str:
    """What was found, in a sentence for its business owner."""
    found = {result.check: result for result in body.results}
    failed = [r.title.lower() for r in body.results if r.verdict is Verdict.FAIL]
    if failed:
        return f"This model does not pass: {', '.join(failed)}."
    doubts = [r.title.lower() for r in body.results if r.verdict is Verdict.INCONCLUSIVE]
    doubt = f" Undecided for want of data: {', '.join(doubts)}." if doubts else " Every check passed."
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


def _promise(found: dict[str, Result]) -> list[Block]:
    result = found.get("kpi")
    if result is None or not result.answer.estimates:
        return []
    caption = result.answer.sentence
    return [
        Figure(label=one.name, estimate=one, evidence=result.digest, caption=caption if place == 0 else "")
        for place, one in enumerate(result.answer.estimates)
    ]


def _line(result: Result) -> VerdictLine:
    return VerdictLine(
        verdict=result.verdict, title=result.title, sentence=result.answer.sentence, evidence=result.digest
    )


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
