"""A check: a question with an answer computed from evidence. One file a check; parameters name what it must see."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from glassworks.core.contract import Task
from glassworks.core.errors import GlassworksError
from glassworks.core.multiplicity import settled
from glassworks.core.record import Moment, new_id
from glassworks.core.result import Answer, Result, Verdict
from glassworks.core.stage import Stage

ALL_TASKS = (Task.BINARY, Task.MULTICLASS, Task.REGRESSION)


class Topic(StrEnum):
    """What a question of gate 4 is about, in the order and the words in which its answers are read."""

    WORTH = "What is it worth?"
    FORETELLS = "Can it foretell?"
    PEOPLE = "Whom does it treat how?"
    REASONS = "Why does it answer so?"
    HOLDS_UP = "Does it hold up?"
    CLAIMED = "Is it what was claimed?"


UP_TO = (
    (19, Topic.CLAIMED),
    (39, Topic.FORETELLS),
    (49, Topic.WORTH),
    (65, Topic.PEOPLE),
    (69, Topic.FORETELLS),
    (79, Topic.REASONS),
)
"""The topic of a check that names none, by its order."""


@dataclass(frozen=True)
class Check:
    """What `@check` makes of a function: its question, its stage, and the names of what it must see."""

    id: str
    stage: Stage
    title: str
    question: str
    tasks: tuple[Task, ...]
    order: int
    function: Callable[..., Answer]
    sees: tuple[str, ...]
    about: Topic | None = None

    @property
    def topic(self) -> Topic:
        """What it is about: as it says, else by its order."""
        return self.about or next((topic for last, topic in UP_TO if self.order <= last), Topic.HOLDS_UP)


def check(
    id: str,
    *,
    stage: Stage,
    title: str,
    question: str,
    order: int = 100,
    tasks: tuple[Task, ...] = ALL_TASKS,
    about: Topic | None = None,
) -> Callable[[Callable[..., Answer]], Check]:
    """Make a check of a function whose parameters name the evidence it must see.

    Parameters
    ----------
    id : short stable name, unique in its stage (`calibration`).
    stage : the stage whose gate sees the answer.
    title : a noun phrase for pages.
    question : the question in plain words.
    order : results are shown in rising order.
    tasks : the kinds of model it applies to; for others its answer is `not_applicable`.
    about : at gate 4, under which heading its answer is read; without it, `order` decides.
    """

    def wrap(function: Callable[..., Answer]) -> Check:
        sees = tuple(inspect.signature(function).parameters)
        return Check(id, stage, title, question, tasks, order, function, sees, about)

    return wrap


def run(one: Check, evidence: Mapping[str, Any], task: Task) -> Answer:
    """Ask one check. Missing evidence or a fault inside it is `inconclusive` with the reason, never a pass."""
    if task not in one.tasks:
        return Answer(verdict=Verdict.NOT_APPLICABLE, sentence=f"This question does not arise for a {task} model.")
    absent = [name for name in one.sees if name not in evidence]
    if absent:
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence=f"The check could not see {', '.join(absent)}, so it has no answer.",
            next_step="Provide what is missing and run the checks again.",
        )
    try:
        return one.function(**{name: evidence[name] for name in one.sees})
    except GlassworksError as error:
        return Answer(verdict=Verdict.INCONCLUSIVE, sentence=f"The check could not run: {error}")
    except Exception as error:  # a check from another package may raise anything; no row may reach the text
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence=f"The check could not run: {type(error).__name__} inside {one.id}.",
            next_step="Tell the author of the check; the gate stays closed meanwhile.",
        )


def ask(
    checks: Sequence[Check],
    evidence: Mapping[str, Any],
    task: Task,
    tell: Callable[[str, float], None] = lambda title, share: None,
) -> list[Answer]:
    """Ask checks together, in the order given: what one of them may fail for hangs on how much all of them judge.

    `tell` hears, before each check, its title and the share of checks that have been asked.
    """
    found = []
    for place, one in enumerate(checks):
        tell(one.title, place / len(checks))
        found.append(run(one, evidence, task))
    return settled(found)


def results(
    checks: Iterable[Check],
    evidence: Mapping[str, Any],
    *,
    task: Task,
    subject: str,
    subject_digest: str,
    evidence_digests: tuple[str, ...],
    policy: str,
    use_case: str,
    line: str,
    now: Moment,
    tell: Callable[[str, float], None] = lambda title, share: None,
) -> list[Result]:
    """Ask every check about one subject and bind the answers to their evidence; `tell` as for `ask`."""
    ordered = sorted(checks, key=lambda c: (c.order, c.id))
    return [
        Result(
            id=new_id("res"),
            use_case=use_case,
            line=line,
            check=one.id,
            title=one.title,
            stage=one.stage,
            subject=subject,
            subject_digest=subject_digest,
            answer=answer,
            evidence=evidence_digests,
            policy=policy,
            order=one.order,
            made_at=now,
        )
        for one, answer in zip(ordered, ask(ordered, evidence, task, tell), strict=True)
    ]
