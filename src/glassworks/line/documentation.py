"""The list of documents that a policy asks for, of one use case; it tells where things stand, never a verdict."""

from collections.abc import Callable

from glassworks.core.contract import Brief
from glassworks.core.defaulted import is_defaulted, says
from glassworks.core.document import Block, Document, Paragraph, Table
from glassworks.core.documentation import Documentation, Place, Point
from glassworks.core.people import Actor
from glassworks.core.permit import Permit
from glassworks.core.record import Record
from glassworks.core.registry import checks
from glassworks.core.stage import STAGES, Stage
from glassworks.core.usecase import (
    Candidate,
    Dataset,
    GateRecord,
    Look,
    MonitoringRound,
    Release,
    UseCase,
)
from glassworks.hub import shipped_packs
from glassworks.line import cases
from glassworks.line.parts import Parts

RECORDS: dict[str, tuple[type[Record], str]] = {
    "candidate": (Candidate, "a candidate"),
    "dataset": (Dataset, "the dataset"),
    "look": (Look, "the looks at the sealed rows"),
    "permit": (Permit, "the permit"),
    "release": (Release, "the release"),
    "round": (MonitoringRound, "a monitoring round"),
}


def documentation(parts: Parts, who: Actor, use_case: str, pack: str = "") -> Documentation:
    """The points that the pack in force for the line asks for, or a shipped pack that is named.

    Raises
    ------
    NotFound : there is no such use case here, or no shipped pack of that name.
    """
    case = cases.get(parts, who, use_case)
    asked = shipped_packs.shipped(pack, parts.policy(""), case.line) if pack else parts.policy(case.line)
    known = cases.briefs(parts, case)
    brief = next((one for one in known if one.id == case.brief), known[-1] if known else None)
    return Documentation(
        title=asked.title,
        version=asked.version,
        legal_note=asked.legal_note,
        note=asked.note,
        sources=asked.sources,
        points=tuple(
            Point(
                id=one.id,
                title=one.title,
                source=next((s.title for s in asked.sources if s.id == one.source), one.source),
                places=tuple(_place(parts, case, brief, place) for place in one.held_in),
                lacks=one.lacks,
            )
            for one in asked.documents
        ),
    )


def _place(parts: Parts, case: UseCase, brief: Brief | None, place: str) -> Place:
    kind, _, name = place.partition(":")
    looked: dict[str, Callable[[Parts, UseCase, Brief | None, str], Place]] = {
        "brief": _in_brief,
        "check": _in_check,
        "signed": _in_gate,
        "record": _in_record,
    }
    return looked[kind](parts, case, brief, name)


def _in_brief(parts: Parts, case: UseCase, brief: Brief | None, path: str) -> Place:
    """What a person wrote or confirmed in the KPI contract; what the factory filled in is not yet theirs."""
    there = brief is not None and says(brief, path) and not is_defaulted(brief, path)
    return Place(words=f"the KPI contract: {path.replace('.', ', ').replace('_', ' ')}", there=there)


def _in_check(parts: Parts, case: UseCase, brief: Brief | None, name: str) -> Place:
    stage, _, check = name.partition("/")
    title = next((one.title for one in checks(Stage(stage)) if one.id == check), check)
    subjects = _subjects(parts, case)
    found = (cases.results_of(parts, case, one, Stage(stage)) for one in subjects)
    there = any(result.check == check for results in found for result in results)
    return Place(words=f"an answer at {STAGES[Stage(stage)].title}: {title}", there=there)


def _subjects(parts: Parts, case: UseCase) -> list[str]:
    kinds: tuple[type[Record], ...] = (Brief, Dataset, Candidate, MonitoringRound)
    return [one.id for kind in kinds for one in parts.ledger.find(kind, use_case=case.id)]


def _in_gate(parts: Parts, case: UseCase, brief: Brief | None, stage: str) -> Place:
    gates = parts.ledger.find(GateRecord, use_case=case.id, stage=stage)
    title = STAGES[Stage(stage)].title
    return Place(words=f"the signatures at the gate of {title}", there=any(one.open for one in gates))


def _in_record(parts: Parts, case: UseCase, brief: Brief | None, kind: str) -> Place:
    if kind == "use_case":
        return Place(words="the use case", there=True)
    if kind == "data_contract":
        held = [one for one in parts.ledger.find(Dataset, use_case=case.id) if one.contract]
        return Place(words="the data contract", there=bool(held))
    if kind not in RECORDS:
        return Place(words=kind.replace("_", " "), there=False)
    found, words = RECORDS[kind]
    return Place(words=words, there=bool(parts.ledger.find(found, use_case=case.id)))


WORDS = {"filled": "filled", "partly": "partly filled", "unfilled": "not filled"}


def document(parts: Parts, who: Actor, use_case: str, pack: str = "") -> Document:
    """The list as a document to read or take away."""
    case, told = cases.get(parts, who, use_case), documentation(parts, who, use_case, pack)
    rows = tuple(
        (
            one.id,
            one.title,
            WORDS[one.state],
            "; ".join(place.words for place in one.places if place.there) or "nowhere here",
            "; ".join(one.missing) or "nothing",
        )
        for one in told.points
    )
    sources = tuple(
        (one.title, one.binding, f"{one.effective_from}", "yes" if one.legally_reviewed else "no", one.note)
        for one in told.sources
    )
    blocks: list[Block] = [Paragraph(text=f"The pack is {told.legal_note}. {told.note}".strip())]
    if rows:
        heads = ("point", "what is asked", "state", "where it is held", "what is missing")
        blocks += [Paragraph(text="Point by point", level=1), Table(heads=heads, rows=rows)]
    if sources:
        heads = ("source", "kind", "in force from", "read by a lawyer", "note")
        blocks += [Paragraph(text="What the pack follows", level=1), Table(heads=heads, rows=sources)]
    return Document(
        title=f"Documents asked for: {case.title}",
        label="Documents asked for",
        subject=f"{case.title} · {told.title}, version {told.version}",
        sentence=told.sentence,
        about=case.digest,
        made_at=case.moved_at,
        demonstration=case.demonstration,
        blocks=tuple(blocks),
    )
