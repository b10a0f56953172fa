"""Is every question answered, or turned into an assumption that is tested?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage


@check(
    "open_questions",
    stage=Stage.SCOPE,
    title="Open questions",
    question="Is every question answered, or turned into an assumption that is tested?",
    order=95,
)
def open_questions(brief: Brief) -> Answer:
    """An open question keeps the gate closed; what nobody can know yet is an assumption with its test.

    Source: AI Canvas (Agrawal, Gans, Goldfarb): a cell that cannot be filled stops the work.
    """
    left = [one for one in brief.open_questions if one.strip()]
    if left:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{len(left)} {'question is' if len(left) == 1 else 'questions are'} open; the first: {left[0]}",
            examples=tuple(left)[:20],
            next_step="Answer it and take it out of `open_questions`, or write what you assume, with its test, "
            "in `beliefs`.",
        )
    untested = [one.text for one in brief.beliefs if not one.test.strip()]
    if untested:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"No question is open, but nobody says how this is tested: {untested[0]}",
            examples=tuple(untested)[:20],
            next_step="Say in `beliefs.test` how it is tested, and when.",
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"No question is open; {len(brief.beliefs) or 'no'} "
        f"{'assumption is' if len(brief.beliefs) == 1 else 'assumptions are'} named"
        f"{', each with its test' if brief.beliefs else ''}.",
    )
