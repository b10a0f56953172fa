"""The KPI contract as a document of two pages: the promise on the first, the rules and the signatures on the second."""

from collections.abc import Mapping, Sequence

from glassworks.core.contract import Brief, Task
from glassworks.core.document import (
    Block,
    Document,
    Fact,
    Facts,
    PageBreak,
    Paragraph,
    Signature,
    Table,
    VerdictLine,
)
from glassworks.core.estimate import plain
from glassworks.core.people import KeyList, Role
from glassworks.core.record import Moment
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.stages.scope import contract_words as words

METHODS = {
    "passphrase": "with a key that the office keeps, opened by passphrase",
    "local key": "with a key of their own, on their own machine",
    "demonstration": "by the demonstration's script",
}
GIVEN = {Meaning.APPROVE: "agreed", Meaning.REFUSE: "refused", Meaning.SUBMIT: "submitted"}
UNNAMED = "Nobody named yet"
PAGES = 2


def contract_document(
    brief: Brief,
    *,
    about: str = "",
    results: Sequence[Result] = (),
    signoffs: Sequence[SignOff] = (),
    keys: KeyList | None = None,
    asked: Sequence[Role] = (),
    names: Mapping[str, str] | None = None,
    in_force: bool = False,
    demonstration: bool = False,
) -> Document:
    """One version of a brief as the contract that people sign.

    Parameters
    ----------
    about : digest of what lies ready to sign; the brief's own digest when nothing does yet.
    results : what the scope checks answered about this version.
    signoffs, keys : who signed it so far; names come from the key list.
    asked : the roles that must sign. names : people's names by their id.
    in_force : whether this version is the signed contract.
    """
    known = dict(names or {})
    blocks: list[Block] = [*_promise(brief, in_force), *_values(brief), *_model(brief), *_ends(brief)]
    blocks += [PageBreak(), *_sees(brief), *_care(brief), *_sources(brief), *_plan(brief, known)]
    blocks += [*_checks(results), *_signatures(brief, known, signoffs, keys, asked)]
    return Document(
        label="KPI contract" if in_force else "KPI contract, draft",
        title=brief.title,
        sentence=words.promise(brief),
        subject=f"{brief.title} · KPI contract, version {brief.version} · brief {brief.digest[:19]}…",
        about=about or brief.digest,
        made_at=_newest(brief, signoffs),
        most_pages=PAGES,
        demonstration=demonstration,
        blocks=tuple(blocks),
    )


def _newest(brief: Brief, signoffs: Sequence[SignOff]) -> Moment | None:
    moments = [*(one.signed_at for one in signoffs), *([brief.saved_at] if brief.saved_at else [])]
    return max(moments, default=None)


def _section(title: str, *texts: str, may_wait: bool = False) -> list[Block]:
    """A heading and its paragraphs; nothing when there is nothing to say."""
    told: list[Block] = [Paragraph(text=text) for text in texts if text]
    return [Paragraph(text=title, level=1, may_wait=may_wait), *told] if told else []


def _promise(brief: Brief, in_force: bool) -> list[Block]:
    kpi = brief.kpi
    facts = (
        Fact(label=f"At least, a {kpi.period}", value=f"{plain(kpi.target)} {kpi.unit}"),
        Fact(label="More than", value=kpi.baseline),
        Fact(label="By", value=words.deadline(brief)),
        Fact(label="With a probability of at least", value=f"{kpi.min_probability:.0%}"),
    )
    draft = "" if in_force else "This is a draft. It binds nobody until everyone named at its end has signed it."
    return [
        Facts(lines=facts, evidence=brief.digest),
        *([Paragraph(text=draft)] if draft else []),
        *_section("The question", words.joined(brief.problem), words.today(brief), words.hill(brief)),
        *_section("The decision", *words.decision(brief)),
        *_section("The promise", words.counting(brief)),
    ]  # fmt: skip


def _values(brief: Brief) -> list[Block]:
    money = brief.value.currency
    rows = tuple(
        (name, *(words.number(end) for end in (one.low, one.mode, one.high)), words.source(one))
        for name, one in words.values(brief)
    )
    table = Table(
        heads=("outcome of one case", "low", "most likely", "high", "where the figures come from"),
        rows=rows,
        caption=f"Cost in {money}." if brief.task is Task.REGRESSION else f"In {money}; a cost is negative.",
        evidence=brief.digest,
    )
    notes = words.worth_notes(brief)
    heading = Paragraph(text="What each outcome is worth", level=1)
    return [heading, table, *([Paragraph(text=notes)] if notes else [])]


def _model(brief: Brief) -> list[Block]:
    """What the target asks of a model, at the share of positives that the brief expects."""
    rows = tuple(words.asked_of_model(brief, brief.decision.expected_positive_share))
    heads = ("about", "what follows from the figures above, before any model exists")
    heading = Paragraph(text="What the target asks of a model", level=1)
    return [heading, Table(heads=heads, rows=rows, evidence=brief.digest)]


def _ends(brief: Brief) -> list[Block]:
    if not brief.kill_criteria:
        return []
    rows = tuple(
        (
            f"{one.signal} {'below' if one.op == '<' else 'above'} {words.number(one.value)}, {one.window}",
            one.action,
            one.owner,
        )
        for one in brief.kill_criteria
    )
    heading = Paragraph(text="When the work ends", level=1)
    return [heading, Table(heads=("as soon as", "this is done", "by"), rows=rows, evidence=brief.digest)]


def _sees(brief: Brief) -> list[Block]:
    allowed = set(brief.inputs())
    seen = tuple(one for one in brief.features if one.name in allowed)
    closed = [f"{one.name} ({one.why_not or 'not known in time'})" for one in brief.features if not one.available]
    forbidden = f"Never: {', '.join(brief.forbidden)}" if brief.forbidden else ""
    late = f"Not known when the decision is made: {'; '.join(closed)}" if closed else ""
    outcome = f"What it foretells: {brief.population.label_definition}" if brief.population.label_definition else ""
    who = f"About whom it speaks: {brief.population.included}" if brief.population.included else ""
    without = f"Not about: {brief.population.excluded}" if brief.population.excluded else ""
    return [
        *_section(
            "What the model may see",
            words.joined(words.inputs(seen) or "Decided with the data"),
            words.joined(outcome, brief.label_delay, who, without),
            may_wait=True,
        ),
        *_section("What it may not see", words.joined(forbidden, late)),
    ]


def _care(brief: Brief) -> list[Block]:
    """Fairness, risk, harms, oversight."""
    blocks = _section("Fairness", words.fairness(brief))
    limits = brief.constraints
    rules = words.joined(
        f"Rules that bind it: {', '.join(limits.legal_regimes)}" if limits.legal_regimes else "",
        f"Each decision is given {limits.reason_codes} reasons" if limits.reason_codes else "",
        f"Privacy: {limits.privacy}" if limits.privacy else "",
    )
    blocks += _section("Risk", words.joined(words.risk(brief), rules))
    if brief.risk.harms:
        rows = tuple((one.who, one.what, one.likelihood, one.mitigation, one.owner) for one in brief.risk.harms)
        heads = ("who", "could suffer", "likelihood", "what is done against it", "owner")
        blocks.append(Table(heads=heads, rows=rows, evidence=brief.digest))
    return blocks + _section("Oversight", words.oversight(brief))


def _sources(brief: Brief) -> list[Block]:
    if not brief.data_sources:
        return []
    rows = tuple(
        (
            one.name,
            one.owner,
            one.lawful_basis,
            one.sensitivity,
            "; ".join(part for part in (one.refresh, one.retention and f"kept {one.retention}") if part),
        )
        for one in brief.data_sources
    )
    heads = ("source", "owner", "why it may be used", "kind", "renewed and kept")
    return [Paragraph(text="Data", level=1, may_wait=True), Table(heads=heads, rows=rows, evidence=brief.digest)]


def _plan(brief: Brief, names: Mapping[str, str]) -> list[Block]:
    if not brief.plan:
        return []
    rows = tuple((f"{one.due:%Y-%m-%d}", one.task, names.get(one.owner, one.owner), one.evidence) for one in brief.plan)
    heads = ("by", "what", "who", "how it is seen to be done")
    return [Paragraph(text="Plan", level=1, may_wait=True), Table(heads=heads, rows=rows, evidence=brief.digest)]


def _checks(results: Sequence[Result]) -> list[Block]:
    """How many questions were asked of the brief, and each that it did not simply pass."""
    if not results:
        return []
    open_ones = [one for one in results if one.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)]
    passed = sum(one.verdict is Verdict.PASS for one in results)
    told = f"{len(results)} questions were put to this contract before it was laid out to sign; {passed} were passed."
    lines: list[Block] = [
        VerdictLine(verdict=one.verdict, title=one.title, sentence=one.answer.sentence, evidence=one.digest)
        for one in open_ones
    ]
    return [Paragraph(text="What was asked of the contract", level=1, may_wait=True), Paragraph(text=told), *lines]


def _signatures(
    brief: Brief,
    names: Mapping[str, str],
    signoffs: Sequence[SignOff],
    keys: KeyList | None,
    asked: Sequence[Role],
) -> list[Block]:
    """Every signature given and every one still missing; the other people of the work."""
    given = {one.role for one in signoffs}
    lines: list[Block] = [_signed(one, names, keys) for one in signoffs]
    lines += [
        Signature(name=names.get(brief.people.get(role, ""), UNNAMED), role=role.words, meaning="not signed yet")
        for role in asked
        if role not in given
    ]
    others = [
        f"{role.words} {names.get(person, person)}"
        for role, person in brief.people.items()
        if role not in {*given, *asked}
    ]
    people = words.joined(f"Further people: {', '.join(others)}") if others else ""
    heading: list[Block] = [Paragraph(text="Signatures", level=1)] if lines or people else []
    return [*heading, *([Paragraph(text=people)] if people else []), *lines]


def _signed(one: SignOff, names: Mapping[str, str], keys: KeyList | None) -> Signature:
    key = next((k for k in keys.keys if k.key_id == one.key_id), None) if keys else None
    return Signature(
        name=key.person_name if key else names.get(one.person, one.person),
        role=one.role.words,
        meaning=GIVEN.get(one.meaning, one.meaning.words),
        at=f"{one.signed_at:%Y-%m-%d %H:%M} UTC",
        method=METHODS[one.method],
        persona=key.persona if key else one.method == "demonstration",
        signed=one.dossier,
    )
