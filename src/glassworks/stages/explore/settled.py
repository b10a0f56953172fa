"""Whether a question about a column is settled: by the brief, or by a decision of the domain expert."""

from collections.abc import Iterable, Sequence

from glassworks.core.contract import Brief
from glassworks.core.usecase import Column, ColumnDecision

EXPERT = "The domain expert decides about each: use, exclude or forbid, with the reason."


def settled(name: str, brief: Brief, decisions: Sequence[ColumnDecision]) -> str:
    """How the question is settled, in words; an empty text means that it is open and the column is an input.

    Examples
    --------
    A column that the brief calls unavailable gives `the brief withholds it: known only after the call`.
    """
    made = next((one for one in reversed(decisions) if one.column == name), None)
    if made is not None:
        words = {"use": "used", "exclude": "excluded", "forbid": "forbidden", "sentinel": "used, with a sentinel"}
        return f"the domain expert decided that it is {words[made.decision]}: {made.reason.rstrip('.')}"
    if name in brief.forbidden:
        return "the brief forbids it"
    feature = next((one for one in brief.features if one.name == name), None)
    if feature is None:
        return "the brief does not declare it as an input"
    if not feature.available:
        return f"the brief withholds it: {feature.why_not}" if feature.why_not else "the brief withholds it"
    return ""


def is_used(name: str, brief: Brief, decisions: Sequence[ColumnDecision]) -> bool:
    """Whether a model may see the column as things stand."""
    made = next((one for one in reversed(decisions) if one.column == name), None)
    return name in brief.inputs() and (made is None or made.decision in ("use", "sentinel"))


def candidates(columns: Iterable[Column]) -> list[Column]:
    """The columns that could be inputs: neither target nor identifier nor the time that divides the rows."""
    return [column for column in columns if "role" not in column.details]


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names in a sentence, the first few by name and the rest by number."""
    if len(names) <= most:
        return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"
