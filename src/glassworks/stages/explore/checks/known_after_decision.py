"""Does a column know the outcome already? Leaks look wonderful in development and are worthless in use."""

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.policy import PolicyPack
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.sensitive import words
from glassworks.core.stage import Stage
from glassworks.core.usecase import Column, ColumnDecision
from glassworks.measures.profile import leak_limit
from glassworks.stages.explore.settled import EXPERT, candidates, listed, settled

AFTERWARDS = frozenset(
    [
        *("duration", "outcome", "result", "final", "closed", "closing", "cancelled", "canceled", "cancellation"),
        *("resolved", "resolution", "refund", "refunded", "settled", "settlement", "recovered", "recovery"),
        *("chargeoff", "writeoff", "terminated", "termination", "prediction", "predicted"),
    ]
)
STRENGTH_LIMIT = 0.8


@check(
    "known_after_decision",
    stage=Stage.EXPLORE,
    title="Known at decision time",
    question="Is every input known at the moment of decision, or does one already hold the outcome?",
    order=10,
)
def known_after_decision(
    brief: Brief, policy: PolicyPack, columns: tuple[Column, ...], decisions: tuple[ColumnDecision, ...]
) -> Answer:
    """Suspects are columns that alone foretell the outcome too well, make it certain, or are named like an aftermath.

    The strength limit is `leak_strength` of the policy (AUC for binary; for other tasks 0 to 1, and 0.95 at least).
    Counts that begin at one are questioned as well: they include the present event, perhaps up to its end.
    Source: single-feature leakage screens (Deepchecks; Kaufman et al. 2012, Leakage in data mining).
    """
    limit = leak_limit(policy.limits.get("leak_strength", STRENGTH_LIMIT), brief.task)
    measure = "AUC" if brief.task is Task.BINARY else "strength"
    found = [(c, why) for c in candidates(columns) if (why := _suspicion(c, brief, limit, measure))]
    found.sort(key=lambda pair: (pair[0].details.get("strength", 0.0), pair[0].name), reverse=True)
    table = tuple(
        {
            "column": c.name,
            "strength": c.details.get("strength"),
            "why": why,
            "settled": settled(c.name, brief, decisions) or "open",
        }
        for c, why in found
    )
    undecided = [(c, why) for c, why in found if not settled(c.name, brief, decisions)]
    examples = tuple(f"{row['column']}: {row['why']}; {row['settled']}" for row in table)[:MAX_EXAMPLES]
    if undecided:
        first, why = undecided[0]
        names = listed([c.name for c, _ in undecided])
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{names} may be known only after the decision: {first.name} {why}.",
            examples=examples,
            next_step=EXPERT,
            table=table[:MAX_EXAMPLES],
        )
    if not found:
        return Answer(
            verdict=Verdict.PASS, sentence=f"No column alone foretells the outcome suspiciously well (limit {limit:g})."
        )
    first, why = found[0]
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Every suspect is decided: {first.name} {why}, and {settled(first.name, brief, decisions)}"
        + (f"; decided as well: {listed([c.name for c, _ in found[1:]])}." if len(found) > 1 else "."),
        examples=examples,
        table=table[:MAX_EXAMPLES],
    )


def _suspicion(column: Column, brief: Brief, limit: float, measure: str) -> str:
    """Why this column is suspected, in words; empty when it is not."""
    strength = float(column.details.get("strength", 0.0))
    certain = int(column.details.get("certain_rows", 0))
    named = not AFTERWARDS.isdisjoint(words(column.name))
    if strength >= limit:
        return f"alone foretells {brief.target} with {measure} {strength:.2f}"
    if certain:
        return f"makes the rarer outcome certain in {certain:,} rows"
    if named:
        return f"is named like something known only afterwards ({measure} {strength:.2f} alone)"
    if _counts_itself(column):
        return f"counts from 1 upwards: the present event is in it, perhaps to its end ({measure} {strength:.2f} alone)"
    return ""


def _counts_itself(column: Column) -> bool:
    """Whole numbers from 1, most often 1 or 2, with a long tail: a running count of which 1 is the present event."""
    details = column.details
    return bool(
        column.dtype == "number"
        and details.get("whole")
        and column.low == 1
        and column.distinct >= 15
        and 0.25 <= details.get("commonest_share", 0) <= 0.7
        and details.get("median", 9) <= 2
        and (column.high or 0) >= 10
    )
