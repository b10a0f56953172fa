"""On the sealed rows, does one input alone foretell the outcome too well to have been known in time?"""

import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.policy import PolicyPack
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict, safe_side
from glassworks.core.stage import Stage
from glassworks.measures.profile import leak_limit, single_column_strength, strength_interval
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read

NEXT = "The domain expert says when this input is known; if only afterwards, leave it out."


@check(
    "leak_again",
    stage=Stage.VALIDATE,
    title="Leaks, asked again",
    question="On the sealed rows, does one input alone foretell the outcome too well to have been known in time?",
    order=15,
)
def leak_again(
    brief: Brief, policy: PolicyPack, scored: Scored, rows: pl.DataFrame, kept: tuple[str, ...], level: float
) -> Answer:
    """The question of the explore stage, on rows that nobody had seen and by the office's own limit.

    `kept` are inputs that the domain expert looked at and decided to use: one of them warns. Of the others the
    strongest decides: it fails when its whole interval, at a level that the inputs share, lies above the limit. The
    limit is `leak_strength` of the policy (AUC for binary; for other tasks 0 to 1, and 0.95 at least).
    Source: single-feature leakage screens (Kaufman et al. 2012, Leakage in data mining).
    """
    limit = leak_limit(policy.limit("leak_strength"), brief.task)
    strength = {name: single_column_strength(read.array(rows[name]), scored.y, brief.task) for name in rows.columns}
    strongest = sorted(strength, key=lambda name: -strength[name])
    suspects = [name for name in strongest if strength[name] >= limit]
    unseen = next((name for name in suspects if name not in kept), "")
    shared = 1 - (1 - level) / max(1, rows.width)
    shown = sorted(suspects or strongest[:1], key=lambda name: name != unseen)[:MAX_EXAMPLES]
    found = {
        name: strength_interval(read.array(rows[name]), scored.y, brief.task, shared).model_copy(update={"group": name})
        for name in shown
    }
    if unseen:
        found[unseen] = found[unseen].asked(at_most=limit)
        verdict = safe_side(found[unseen], at_most=limit)
        told = (
            f"{unseen} alone foretells the outcome, {found[unseen].says()}; from {limit:g} on it may have been known "
        )
        told += "only afterwards" if verdict is Verdict.FAIL else "only afterwards, which these rows cannot tell"
    elif suspects:
        verdict = Verdict.PASS
        told = (
            f"{suspects[0]} alone foretells the outcome, {found[suspects[0]].says()}; the domain expert looked at it "
        )
        told += "and decided to use it"
    else:
        verdict, told = Verdict.PASS, f"No input alone foretells too well (limit {limit:g})"
        told += "".join(f"; the strongest: {one.says()}" for one in found.values())
    return Answer(
        verdict=verdict,
        sentence=f"{told}.",
        estimates=tuple(found.values()),
        examples=tuple(one.says() for one in found.values()) if suspects else (),
        warning=bool(suspects) and verdict is Verdict.PASS,
        next_step=NEXT if unseen else "",
    )
