"""Did it learn, or learn by heart?"""

from glassworks.core.check import check
from glassworks.core.contract import Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.performance import headline
from glassworks.measures.scored import Scored


@check(
    "overfit",
    stage=Stage.DEVELOP,
    title="Learned by heart",
    question="Is it much better on rows it learned from than on rows it had not seen?",
    order=60,
)
def overfit(policy: PolicyPack, scored: Scored, train_headline: Estimate) -> Answer:
    """A warning, not a gate: a large gap costs nothing by itself, it makes every other open figure doubtful.

    The gap is a difference for AUC and accuracy, and a share of the training figure for an error.
    """
    held = headline(scored)
    gap = train_headline.value - held.value
    if scored.task is Task.REGRESSION:
        gap = (held.value - train_headline.value) / train_headline.value if train_headline.value else 0.0
    large = gap > policy.limit("overfit_gap")
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"{held.name} {plain(train_headline.value)} on rows it learned from, {plain(held.value)} on others"
        + (": a large gap, by heart or because times change." if large else "."),
        estimates=(held,),
        warning=large,
    )
