"""Can every input teach anything? Empty, constant, identifying and absent columns cannot."""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.policy import PolicyPack
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Column, ColumnDecision
from glassworks.stages.explore.settled import EXPERT, candidates, is_used, listed, settled

MOSTLY_MISSING = 0.5


@check(
    "unusable_columns",
    stage=Stage.EXPLORE,
    title="Usable inputs",
    question="Is every input there, filled, varied, and more than a name of the row?",
    order=30,
)
def unusable_columns(
    brief: Brief, policy: PolicyPack, columns: tuple[Column, ...], decisions: tuple[ColumnDecision, ...]
) -> Answer:
    """Inputs that the table lacks, that are empty or constant, or that name rows; mostly missing ones are a warning.

    The share above which a column counts as mostly missing is `missing_share` of the policy (default 0.5).
    """
    limit = policy.limits.get("missing_share", MOSTLY_MISSING)
    there = {column.name for column in columns}
    faults = {name: "is not in the table" for name in brief.inputs() if name not in there}
    faults |= {c.name: why for c in candidates(columns) if (why := _fault(c))}
    undecided = [name for name in faults if not settled(name, brief, decisions)]
    sparse = [c for c in candidates(columns) if limit < c.missing_share < 1 and is_used(c.name, brief, decisions)]
    sparse.sort(key=lambda c: -c.missing_share)
    examples = [f"{name} {why}" for name, why in faults.items()]
    examples += [f"{c.name} is missing in {c.missing_share:.0%} of the rows" for c in sparse]
    capped = tuple(examples)[:MAX_EXAMPLES]
    if undecided:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{len(undecided):,} of {len(brief.inputs()):,} inputs cannot teach a model anything: "
            f"{listed([f'{name} {faults[name]}' for name in undecided], 3)}.",
            examples=capped,
            next_step=EXPERT,
        )
    used = sum(is_used(name, brief, decisions) for name in brief.inputs())
    if sparse:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"{used:,} inputs can be used; {listed([c.name for c in sparse])} "
            f"{'is' if len(sparse) == 1 else 'are'} missing in more than {limit:.0%} of the rows.",
            examples=capped,
            next_step="Ask why they are missing: whether it says something, and whether it will stay so.",
        )
    left = f"; {len(faults):,} useless columns are left out" if faults else ""
    return Answer(verdict=Verdict.PASS, sentence=f"{used:,} inputs are filled and varied{left}.", examples=capped)


def _fault(column: Column) -> str:
    if column.missing_share == 1:
        return "has no value at all"
    if column.distinct == 1 and column.missing_share == 0:
        return "has the same value in every row"
    filled_once = column.details.get("commonest_share", 1.0) * max(1, column.distinct) <= 1.000001
    if filled_once and column.distinct > 20 and (column.dtype == "text" or _running_number(column)):
        return "has another value in every row, so it names rows"
    return ""


def _running_number(column: Column) -> bool:
    """Whole numbers without gaps: a row number under another name."""
    low, high = column.low, column.high
    return bool(
        column.details.get("whole") and low is not None and high is not None and high - low < 1.5 * column.distinct
    )
