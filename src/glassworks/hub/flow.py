"""The factory measures itself: lead time split into work and waiting, first-pass yield, rework, the bottleneck."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from glassworks.core.estimate import Estimate
from glassworks.core.journal import Entry
from glassworks.core.record import Moment, Part
from glassworks.core.stage import STAGES, Stage, Status
from glassworks.core.usecase import GateRecord, UseCase
from glassworks.measures.intervals import rate

WAITING_AFTER = frozenset(
    {"open use case", "move", "send back", "prepare dossier", "sign", "gate", "stop", "ask exception", "raise finding"}
)
"""After these acts somebody else is awaited; after every other act the work is taken to go on."""


class StageFlow(Part):
    """How use cases flow through one stage; times are in seconds, summed over all visits."""

    stage: Stage
    in_progress: int
    visits: int
    lead_median: float | None
    work: float
    waiting: float
    first_pass: Estimate | None


class Flow(Part):
    """The whole line: its stages, how often work came back, and where it waits longest."""

    stages: tuple[StageFlow, ...]
    in_progress: int
    sent_back: int
    dossiers_remade: int
    bottleneck: Stage | None
    sentence: str


@dataclass
class _Visit:
    """One stay of a use case at a stage."""

    stage: Stage
    work: float = 0.0
    waiting: float = 0.0
    ended: bool = False


@dataclass
class _Tally:
    """What is counted while the journal is read."""

    visits: list[_Visit] = field(default_factory=list)
    sent_back: int = 0
    prepared: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))


def flow(entries: Iterable[Entry], gates: Sequence[GateRecord], cases: Sequence[UseCase], now: Moment) -> Flow:
    """What the journal tells about the line.

    A visit to a stage lasts from the move into it to the move out of it, or until `now`. The time after an act that
    hands over (`WAITING_AFTER`) is waiting, the time after any other act is work: a pause in someone's work counts
    as work, because the journal does not see it.
    """
    by_case: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.act.use_case and not entry.act.refused:
            by_case[entry.act.use_case].append(entry)
    tally = _Tally()
    active = {case.id: case for case in cases if case.status in (Status.ON_THE_LINE, Status.STOPPED)}
    for id, told in by_case.items():
        _follow(told, now if id in active else told[-1].at, tally)
    stages = tuple(_stage_flow(stage, tally.visits, gates, active.values()) for stage in Stage)
    slowest = max(stages, key=lambda one: one.waiting)
    bottleneck = slowest.stage if slowest.waiting > 0 else None
    return Flow(
        stages=stages,
        in_progress=len(active),
        sent_back=tally.sent_back,
        dossiers_remade=sum(count - 1 for count in tally.prepared.values()),
        bottleneck=bottleneck,
        sentence=_sentence(slowest) if bottleneck else "Nothing has waited yet.",
    )


def _follow(told: Sequence[Entry], until: Moment, tally: _Tally) -> None:
    """Read one use case's acts in order and split the time between them."""
    visit = _Visit(Stage.SCOPE)
    tally.visits.append(visit)
    moments = [entry.at for entry in told] + [until]
    for entry, (start, end) in zip(told, pairwise(moments), strict=True):
        act = entry.act
        target = act.detail.get("to") if act.act in ("move", "send back") else None
        if target and target != visit.stage.value:
            visit.ended = True
            visit = _Visit(Stage(target))
            tally.visits.append(visit)
        tally.sent_back += act.act == "send back"
        if act.act == "prepare dossier":
            tally.prepared[act.use_case, act.what] += 1
        seconds = max((end - start).total_seconds(), 0.0)
        if act.act in WAITING_AFTER:
            visit.waiting += seconds
        else:
            visit.work += seconds


def _stage_flow(
    stage: Stage, visits: Sequence[_Visit], gates: Sequence[GateRecord], active: Iterable[UseCase]
) -> StageFlow:
    here = [visit for visit in visits if visit.stage is stage]
    ended = [visit.work + visit.waiting for visit in here if visit.ended]
    return StageFlow(
        stage=stage,
        in_progress=sum(case.stage is stage for case in active),
        visits=len(here),
        lead_median=median(ended) if ended else None,
        work=sum(visit.work for visit in here),
        waiting=sum(visit.waiting for visit in here),
        first_pass=first_pass_yield(stage, gates),
    )


def first_pass_yield(stage: Stage, gates: Iterable[GateRecord]) -> Estimate | None:
    """The share of subjects to which the gate of a stage answered `open` at its first answer; None without any."""
    first: dict[tuple[str, str], bool] = {}
    for gate in sorted(gates, key=lambda gate: gate.decided_at):
        if gate.stage is stage:
            first.setdefault((gate.use_case, gate.subject), gate.open)
    if not first:
        return None
    return rate("first-pass yield", sum(first.values()), len(first), level=0.95)


def duration(seconds: float) -> str:
    """A length of time in words.

    Examples
    --------
    >>> duration(45), duration(5400), duration(200000)
    ('45 seconds', '1.5 hours', '2.3 days')
    """
    for size, unit in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def _sentence(slowest: StageFlow) -> str:
    return (
        f"Work waits longest at {STAGES[slowest.stage].title}: {duration(slowest.waiting)} of waiting "
        f"against {duration(slowest.work)} of work."
    )
