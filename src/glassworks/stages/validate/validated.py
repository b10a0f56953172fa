"""What a model card and a bill of materials tell about: one candidate, the dossier laid ready about it, its data."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from glassworks.core.contract import Brief
from glassworks.core.dossier import Body
from glassworks.core.estimate import Estimate
from glassworks.core.result import Result, Verdict
from glassworks.core.usecase import Candidate, Dataset

PINNED = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:===?\s*([A-Za-z0-9][A-Za-z0-9.+!_-]*)|(?=[;#@<>!~]|$))"
)
RESPONSE = "It foretells who responds, not what the action itself changes."
NO_HARM = "Nobody has written down a harm for this use case."


class Shown(NamedTuple):
    """A number that was measured, and the result it comes from."""

    result: Result
    estimate: Estimate


class Validated(NamedTuple):
    """One validated candidate, as far as its reader may see it.

    `body` is what the gate saw, less what its reader may not see yet; `dossier` the digest under which the whole body
    is stored; `lock` the text of the model's own list of packages, where it brought one.
    """

    body: Body
    dossier: str
    dataset: Dataset
    lock: str = ""

    @property
    def brief(self) -> Brief:
        """The KPI contract it was judged by."""
        return self.body.brief

    def candidate(self) -> Candidate:
        """The model as it was when the dossier was laid ready; its author's own figures are left out."""
        found = Candidate.model_validate(self.body.subject)
        return found.model_copy(update={"claims": ()})

    def figures(self) -> Iterator[Shown]:
        """Every measured number with the result it comes from, in the order of the checks."""
        return (Shown(result, one) for result in self.body.results for one in result.answer.estimates)


def packages(lock: str) -> dict[str, str]:
    """Packages by name with their pinned version, empty where none is pinned, from lines such as `numpy==2.3.1`.

    Options, addresses and comments are left out.

    Examples
    --------
    >>> packages("numpy==2.3.1 ; python_version > '3'\\n# made by hand\\n-r more.txt\\nscikit-learn[all]")
    {'numpy': '2.3.1', 'scikit-learn': ''}
    """
    matched = (PINNED.match(line.strip()) for line in lock.splitlines())
    found = {re.sub(r"[-_.]+", "-", one[1]).lower(): one[2] or "" for one in matched if one}
    return dict(sorted(found.items()))


def joined(*parts: str) -> str:
    """Texts as sentences, one after another, without the empty ones."""
    kept = [" ".join(part.split()) for part in parts]
    return " ".join(one if one[-1] in ".!?:" else f"{one}." for one in kept if one)


def uses(brief: Brief) -> list[str]:
    """What the model is meant for."""
    one = brief.decision
    decided = {"human": "A person decides; the model advises.", "machine": "The machine decides by itself."}
    return [
        joined(brief.purpose, brief.problem),
        joined(f"The decision, for {one.unit}: {one.action}, or else {one.otherwise}", decided.get(one.decided_by, "")),
        joined(f"If the model is down: {one.if_model_down}"),
    ]


def misuses(brief: Brief) -> list[str]:
    """What the model is not meant for."""
    excluded = brief.population.excluded
    return [
        "Any decision but the one that the KPI contract names: a permit binds a release to its purpose.",
        "Rows outside the ranges and values it was validated on: the server hands those to a person.",
        *([joined(f"It does not speak about: {excluded}")] if excluded else []),
        *([RESPONSE] if brief.effect == "response" and brief.acts_on_people else []),
    ]


def fairness_words(brief: Brief) -> str:
    """How groups of people are compared, and what is asked, in plain words."""
    rule = brief.fairness
    if not rule.attribute:
        return "No groups of people are compared."
    cut = f", cut at {' and '.join(f'{one:g}' for one in rule.bands)}" if rule.bands else ""
    asked = {
        "equal_opportunity": "Of those who should be acted on, each group must be acted on about as often",
        "selection_rate": "Each group must be acted on about as often",
    }
    gated = asked.get(rule.definition)
    least = f" {gated}: at least {rule.at_least:.0%} of the best-off group's share." if gated else ""
    return f"Groups are compared by {rule.attribute}{cut}.{least}"


def limits(told: Validated) -> list[str]:
    """What is known to be weak or was taken for true: undecided and failed checks, bias, assumptions, beliefs."""
    brief = told.brief
    open_ones = (Verdict.FAIL, Verdict.INCONCLUSIVE)
    undecided = [f"{one.title}: {one.answer.sentence}" for one in told.body.results if one.verdict in open_ones]
    bias = brief.population.selection_bias
    return [
        *undecided,
        *([joined(f"Who is missing from the data: {bias}")] if bias else []),
        *(joined(f"Taken for true: {one.text}", f"Tested by: {one.test}" if one.test else "") for one in brief.beliefs),
        *(joined(f"Still open: {one}") for one in brief.open_questions),
    ]


def harms(brief: Brief) -> list[tuple[str, str]]:
    """What could go wrong for whom, with what is done against it (empty where nothing is)."""
    named = [(joined(f"{one.who}: {one.what}"), one.mitigation) for one in brief.risk.harms]
    return named + [(joined(f"If it failed: {one}"), "") for one in brief.risk.pre_mortem]
