"""Are the inputs known at decision time, and is nothing forbidden among them?"""

from collections import Counter

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.result import Answer, Verdict
from glassworks.core.sensitive import is_sensitive
from glassworks.core.stage import Stage
from glassworks.measures.worth import columns

MOST_NAMED = 6


@check(
    "inputs_allowed",
    stage=Stage.SCOPE,
    title="Inputs known and allowed",
    question="Is every input known at decision time, and none of them forbidden?",
    order=50,
)
def inputs_allowed(brief: Brief) -> Answer:
    """Target, identifier and the time that divides the rows are no inputs; what is withheld has its reason.

    A column that a value is multiplied by is an input too: without it no case is ranked, or answered, by its worth.

    Inputs that are named like a protected trait, or that define the fairness groups, are a warning.
    """
    inputs = brief.inputs()
    faults = [f"{name} is declared {n} times" for name, n in Counter(f.name for f in brief.features).items() if n > 1]
    for name, what in ((brief.target, "the target"), (brief.identifier, "the identifier")):
        if name and name in inputs:
            faults.append(f"{name} is {what} and cannot be an input")
    if brief.windows.kind == "time" and brief.windows.time_column in inputs:
        faults.append(f"{brief.windows.time_column} divides the rows in time: a model would learn the date")
    faults += _amounts(brief)
    faults += [f"{f.name} is withheld without a reason" for f in brief.features if not f.available and not f.why_not]
    if not inputs:
        faults.append("no input is left for a model")
    if faults:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The declared inputs cannot stand: {faults[0]}.",
            examples=tuple(faults),
            next_step="Correct the features in the brief; a value is multiplied by a column that is known in time.",
        )
    withheld = [f for f in brief.features if not f.available]
    examples = [f"{f.name}: {f.why_not}" for f in withheld] + [f"{name}: forbidden" for name in brief.forbidden]
    sentence = f"{len(inputs)} inputs are declared known at decision time"
    if withheld:
        sentence += f"; withheld: {_some([f.name for f in withheld])}"
    if brief.forbidden:
        sentence += f"; forbidden: {_some(list(brief.forbidden))}"
    traits = [
        n for n in inputs if is_sensitive(n) or (n == brief.fairness.attribute and brief.fairness.definition != "none")
    ]
    if traits:
        sentence += f"; but {_some(traits)} {'speaks' if len(traits) == 1 else 'speak'} of a protected trait"
    return Answer(
        verdict=Verdict.PASS,
        warning=bool(traits),
        sentence=f"{sentence}.",
        examples=tuple(examples)[:20],
        next_step="Forbid them, or say in the brief why the decision needs them." if traits else "",
    )


def _amounts(brief: Brief) -> list[str]:
    named = columns(brief.value, brief.task) if brief.task is not Task.REGRESSION else ()
    inputs = brief.inputs()
    return [f"a value is multiplied by {name}, which is no input known in time" for name in named if name not in inputs]


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
