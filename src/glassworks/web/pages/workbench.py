"""The answers of gate 4 in order for reading: under plain headings, failures first, then what decides the gate."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from glassworks.core import registry
from glassworks.core.check import Topic
from glassworks.core.result import Result, Verdict
from glassworks.core.stage import Stage
from glassworks.web.pages.rendering import verdict_counts, words

OWN, ELSE = "What the validator brought", "Asked besides"
GRAVEST = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.EXCEPTED, Verdict.PASS, Verdict.NOT_APPLICABLE)
AGAINST = (Verdict.FAIL, Verdict.EXCEPTED, Verdict.INCONCLUSIVE)


class Shelf(NamedTuple):
    """The answers under one plain heading. `opens` : something on it stands against the model."""

    id: str
    heading: str
    results: list[Result]
    opens: bool


class Workbench(NamedTuple):
    """All answers about one candidate, on shelves. `gated` : the checks without whose answer the gate stays closed."""

    sentence: str
    shelves: list[Shelf]
    against: list[Result]
    gated: frozenset[str]


def workbench(results: Sequence[Result], asked: Collection[str]) -> Workbench:
    """Answers in the order in which a person reads them.

    Parameters
    ----------
    asked : the checks that the policy pack asks for at this tier: they decide the gate.
    """
    gated = frozenset(asked)
    topics = {one.id: one.topic for one in registry.checks(Stage.VALIDATE)}
    headings = [*Topic, ELSE, OWN]
    found: dict[str, list[Result]] = {heading: [] for heading in headings}
    for one in sorted(results, key=lambda one: _place(one, gated)):
        found[OWN if one.check.startswith("own:") else topics.get(one.check, ELSE)].append(one)
    shelves = [
        Shelf(f"topic-{place}", str(heading), held, any(one.verdict in AGAINST for one in held))
        for place, (heading, held) in enumerate(found.items())
        if held
    ]
    against = [one for shelf in shelves for one in shelf.results if one.verdict in AGAINST]
    against.sort(key=lambda one: (one.verdict is not Verdict.FAIL, one.check not in gated))
    return Workbench(_sentence(results, gated), shelves, against, gated)


def _place(one: Result, gated: Collection[str]) -> tuple[bool, bool, int, int, str]:
    return (
        one.verdict is not Verdict.FAIL,
        one.check not in gated,
        GRAVEST.index(one.verdict),
        one.order,
        one.check,
    )


def _sentence(results: Sequence[Result], gated: Collection[str]) -> str:
    decide = [one for one in results if one.check in gated]
    beside = [one for one in results if one.check not in gated]
    asked = "One question was asked" if len(results) == 1 else f"{len(results)} questions were asked"
    told = f"{asked}. {len(decide)} {'decides' if len(decide) == 1 else 'decide'} the gate: {_counted(decide)}."
    if beside:
        told += f" {len(beside)} {'is' if len(beside) == 1 else 'are'} reported beside: {_counted(beside)}."
        counts = any(one.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE) for one in beside)
        told += (
            " One that fails closes the gate too, and one that is inconclusive is a doubt as any other."
            if counts
            else ""
        )
    return told


def _counted(results: Sequence[Result]) -> str:
    return ", ".join(f"{count} {words(verdict).lower()}" for verdict, count in verdict_counts(results)) or "none"
