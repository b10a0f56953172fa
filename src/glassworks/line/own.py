"""Acts of a validator beside the office's suite: bring an own check, own data or a challenger, or take it back."""

import ast
from collections.abc import Callable, Mapping

import polars as pl

from glassworks.core.commands import BringOwn
from glassworks.core.errors import Conflict, FixTheInput, NotAllowed
from glassworks.core.journal import Act
from glassworks.core.own import OwnEvidence, OwnKind
from glassworks.core.people import Actor
from glassworks.core.record import new_id
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, Dataset, GateRecord, ModelCard, UseCase
from glassworks.line import cases, explore, own_suite, validate
from glassworks.line.parts import Parts
from glassworks.stages import rows as read
from glassworks.stages.explore.read import read_table
from glassworks.stages.validate.scorer import undeclared

ACT = "add own evidence"
MOST_BYTES, LONGEST_NAME, MOST = 100_000, 80, 10
LEARNED_FROM = 0.5
"""When more of the own rows than this stand among the open ones, they say nothing about unseen cases."""
NAMES: dict[OwnKind, str] = {"check": "own check", "data": "own data", "challenger": "challenger"}


def add(parts: Parts, who: Actor, command: BringOwn, files: Mapping[str, bytes]) -> OwnEvidence:
    """Bring what the command says, from its files.

    Raises
    ------
    FixTheInput : a check and a table are one file each, a challenger needs its card.
    """
    if command.what == "challenger":
        if command.card is None:
            raise FixTheInput("A challenger needs its card.", "", "Name framework, inputs and classes.", field="card")
        return add_challenger(parts, who, command.use_case, command.subject, command.name, command.card, files)
    if len(files) != 1:
        raise FixTheInput("Bring exactly one file.", "", "A check is one file, and so is a table.", field="files")
    ((name, content),) = files.items()
    bring = add_check if command.what == "check" else add_data
    return bring(parts, who, command.use_case, command.subject, command.name or name, content)


def add_check(parts: Parts, who: Actor, use_case: str, candidate_id: str, name: str, source: bytes) -> OwnEvidence:
    """Bring a check: one Python file with `check(rows, outcome, score, group)`; it runs in a process of its own.

    Raises
    ------
    NotAllowed : this installation runs no own checks.
    FixTheInput : it is no Python, too large, or defines no `check`.
    """

    def ready(case: UseCase, candidate: Candidate) -> None:
        if not parts.settings.own_checks:
            raise NotAllowed(own_suite.OFF, own_suite.OFF_WHY, "Bring rows or a challenger instead.", rule="own-checks")
        if len(source) > MOST_BYTES:
            raise FixTheInput(f"A check has at most {MOST_BYTES:,} bytes.", "", "Bring a smaller file.", field="files")
        try:
            found = ast.parse(source.decode("utf-8"))
        except (SyntaxError, ValueError, RecursionError) as error:
            place = f" It stops at line {error.lineno}." if isinstance(error, SyntaxError) and error.lineno else ""
            raise FixTheInput("This is not Python.", place.strip(), "Correct the file.", field="files") from error
        if not any(isinstance(one, ast.FunctionDef) and one.name == "check" for one in found.body):
            raise FixTheInput(
                "The file defines no check.", "", "Define check(rows, outcome, score, group).", field="files"
            )

    return _add(parts, who, use_case, candidate_id, "check", name, {"own_check.py": source}, ready)


def add_data(parts: Parts, who: Actor, use_case: str, candidate_id: str, name: str, content: bytes) -> OwnEvidence:
    """Bring rows with their outcome; the office asks its questions of them too. No sealed row is opened for it.

    Raises
    ------
    FixTheInput : a column is missing, an outcome is none that the model knows, or most rows are open rows.
    """

    def ready(case: UseCase, candidate: Candidate) -> None:
        brief, frame = cases.agreed(parts, case), read_table(content, name)
        missing = [one for one in (*candidate.card.inputs, brief.target) if one not in frame.columns]
        if missing:
            raise FixTheInput(
                f"{name} lacks the column {missing[0]!r}.",
                f"It needs the model's inputs and the outcome. Missing: {', '.join(missing)}.",
                "Add them and bring it again.",
                field="files",
            )
        read.outcome(frame, brief, candidate.card.labels)
        known = explore.open_rows(parts, cases.of_case(parts, Dataset, case, candidate.dataset))
        seen = among(frame, known)
        if seen > LEARNED_FROM * frame.height:
            raise FixTheInput(
                f"{seen:,} of {frame.height:,} rows stand among the open rows.",
                "The model may have learned from them: they say nothing about unseen cases.",
                "Bring other rows.",
                field="files",
            )

    return _add(parts, who, use_case, candidate_id, "data", name, {name: content}, ready)


def among(frame: pl.DataFrame, known: pl.DataFrame) -> int:
    """How many rows stand among known ones, by every column that both have."""
    common = [name for name in frame.columns if name in known.columns]
    texts = [one.select(pl.col(common).cast(pl.String).fill_null("")) for one in (frame, known)]
    return texts[0].join(texts[1].unique(), on=common, how="semi").height


def add_challenger(
    parts: Parts,
    who: Actor,
    use_case: str,
    candidate_id: str,
    name: str,
    card: ModelCard,
    files: Mapping[str, bytes],
) -> OwnEvidence:
    """Bring a model to set beside the candidate on the same sealed rows; it is never submitted nor released.

    Raises
    ------
    FixTheInput : it is for another task, or asks for a column that the contract does not declare.
    Conflict : there is one already; more would be looks at the sealed rows that nobody counts.
    """

    def ready(case: UseCase, candidate: Candidate) -> None:
        brief = cases.agreed(parts, case)
        if card.task is not candidate.card.task or card.labels != candidate.card.labels:
            raise FixTheInput("The challenger answers another question.", "", "Bring one for the same classes.")
        if extra := undeclared(card, brief):
            raise FixTheInput(
                f"The challenger asks for {', '.join(extra)}.",
                "Both models may see what the KPI contract declares, and nothing else.",
                "Leave these inputs out.",
                field="inputs",
            )
        if any(one.what == "challenger" for one in own_suite.of(parts, case, candidate.id)):
            raise Conflict(
                "A challenger was brought for this candidate.",
                "Each is scored on the sealed rows: more of them would be looks that nobody counts.",
                "Take the other back first, if it was not asked yet.",
            )

    return _add(parts, who, use_case, candidate_id, "challenger", name, files, ready, card)


def _add(
    parts: Parts,
    who: Actor,
    use_case: str,
    candidate_id: str,
    what: OwnKind,
    name: str,
    files: Mapping[str, bytes],
    ready: Callable[[UseCase, Candidate], None],
    card: ModelCard | None = None,
) -> OwnEvidence:
    case, candidate = _open(parts, who, use_case, candidate_id)
    name = "".join(c for c in " ".join(name.split()) if c.isprintable())[:LONGEST_NAME]
    if not name or not files or not all(files.values()):
        raise FixTheInput("A name and a file are needed.", "", "Name it and choose its file.", field="files")
    if len(own_suite.of(parts, case, candidate.id)) >= MOST:
        raise FixTheInput(f"At most {MOST} can be brought for one candidate.", "", "Take one back that was not asked.")
    ready(case, candidate)
    brought = OwnEvidence(
        id=new_id("own"),
        use_case=case.id,
        line=case.line,
        subject=candidate.id,
        what=what,
        name=name,
        files={one: parts.vault.put(content) for one, content in files.items()},
        card=card,
        added_by=who.person,
        added_at=parts.now(),
    )
    act = Act(
        act=ACT,
        who=who.person,
        what=candidate.id,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} brings the {NAMES[what]} {name} for {candidate.name}.",
    )
    parts.ledger.add(brought, act)
    return brought


def _open(parts: Parts, who: Actor, use_case: str, candidate_id: str) -> tuple[UseCase, Candidate]:
    """A submitted candidate whose gate has not answered, for a validator who made no part of it."""
    case = cases.at_work(parts, who, use_case, ACT)
    candidate = cases.of_case(parts, Candidate, case, candidate_id)
    gates = parts.ledger.find(GateRecord, use_case=case.id, subject=candidate.id)
    if candidate.state != "submitted" or any(one.stage is Stage.VALIDATE for one in gates):
        raise NotAllowed(
            f"{candidate.name} is {candidate.state}.",
            "Rule settled: evidence is added while a submitted candidate waits for its gate.",
            "Add it to the next candidate.",
            rule="settled",
        )
    validate.check_independent(parts, who, case, candidate, ACT)
    return case, candidate


def withdraw(parts: Parts, who: Actor, use_case: str, own_id: str) -> OwnEvidence:
    """Take back what was brought, as long as the office has not recomputed with it.

    Raises
    ------
    NotAllowed : the office has asked it: an answer that is not liked stays on record.
    """
    case = cases.at_work(parts, who, use_case, ACT)
    found = cases.of_case(parts, OwnEvidence, case, own_id)
    if found.asked:
        raise NotAllowed(
            f"The office has asked {found.name}.",
            "Rule asked-stays: what was asked and answered stays on record, whatever the answer.",
            "If it was wrong, say so in your judgment; an exception from it needs an approver's signature.",
            rule="asked-stays",
        )
    if found.withdrawn:
        raise Conflict("It was taken back before.", "", "Nothing needs to be done.")
    gone = found.model_copy(update={"withdrawn": True, "version": found.version + 1})
    act = Act(
        act="withdraw own evidence",
        who=who.person,
        what=found.subject,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} takes the {NAMES[found.what]} {found.name} back before it was asked.",
    )
    parts.ledger.replace(gone, found.version, act)
    return gone


def brought(parts: Parts, who: Actor, use_case: str, candidate_id: str) -> list[OwnEvidence]:
    """What validators brought for a candidate."""
    case = cases.get(parts, who, use_case)
    return own_suite.of(parts, case, cases.of_case(parts, Candidate, case, candidate_id).id)
