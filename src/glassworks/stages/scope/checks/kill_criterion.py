"""Is it agreed beforehand what ends the work?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage


@check(
    "kill_criterion",
    stage=Stage.SCOPE,
    title="What ends the work",
    question="Is it agreed, before it begins, what ends the work and who acts?",
    order=70,
)
def kill_criterion(brief: Brief) -> Answer:
    """At least one criterion with signal, window, action and owner."""
    if not brief.kill_criteria:
        return Answer(
            verdict=Verdict.FAIL,
            sentence="Nothing is agreed that would end the work.",
            next_step="Name a signal, its limit, the window, what is then done and by whom.",
        )
    for one in brief.kill_criteria:
        blank = [name for name in ("signal", "window", "action", "owner") if not getattr(one, name).strip()]
        if blank:
            return Answer(
                verdict=Verdict.FAIL,
                sentence=f"A kill criterion has no {' and no '.join(blank)}.",
                next_step="Fill it in: a criterion that nobody owns ends nothing.",
            )
    first = brief.kill_criteria[0]
    limit = f"{'below' if first.op == '<' else 'above'} {first.value:g}"
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"This ends the work: {first.signal} {limit} in {first.window}; the {first.owner} acts.",
        examples=tuple(f"{k.signal} {k.op} {k.value:g}, {k.window}: {k.action}" for k in brief.kill_criteria),
    )
