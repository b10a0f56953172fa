"""Does it ask only for what is known when the decision is made?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate
from glassworks.stages.validate.scorer import undeclared


@check(
    "inputs_declared",
    stage=Stage.VALIDATE,
    title="Declared inputs",
    question="Does it ask only for columns that the KPI contract declares available?",
    order=10,
)
def inputs_declared(brief: Brief, candidate: Candidate) -> Answer:
    """Fail when the card names an input that the contract does not declare, or forbids."""
    extra = undeclared(candidate.card, brief)
    if extra:
        reasons = {feature.name: feature.why_not for feature in brief.features}
        why = "; ".join(f"{name}: {reasons.get(name) or 'not declared'}" for name in extra)
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"It asks for {', '.join(extra)}, which the KPI contract does not make available ({why}).",
            next_step="Fit it without these inputs, or change the contract and have it signed anew.",
        )
    count = len(candidate.card.inputs)
    return Answer(verdict=Verdict.PASS, sentence=f"All {count} inputs are declared; it was shown nothing else.")
