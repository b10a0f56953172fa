"""From how many cases on a figure may open a gate."""

from glassworks.core.result import Answer, Verdict

MIN_CASES = 30
"""Intervals of means, areas and bootstraps are made for samples: of a handful they may have no width at all (three
forecasts that happen to be right, eight cases of one outcome), and a figure without doubt would pass. Thirty is the
least that textbooks ask for a mean, and what a group needs to be compared (`group_positives`)."""


def too_few(cases: int, kind: str, least: int = MIN_CASES) -> Answer | None:
    """The answer of a question asked of fewer cases than can tell anything; None when they are enough."""
    if cases >= least:
        return None
    return Answer(
        verdict=Verdict.INCONCLUSIVE,
        sentence=f"The {kind} are too few to tell: {cases:,} of the {least} that are needed.",
        next_step=f"Bring more {kind}.",
    )
