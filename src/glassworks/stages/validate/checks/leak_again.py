"""On the sealed rows, does one input alone foretell the outcome too well to have been known in time?"""

import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.policy import PolicyPack
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.profile import leak_limit, single_column_strength
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read


@check(
    "leak_again",
    stage=Stage.VALIDATE,
    title="Leaks, asked again",
    question="On the sealed rows, does one input alone foretell the outcome too well to have been known in time?",
    order=15,
)
def leak_again(brief: Brief, policy: PolicyPack, scored: Scored, rows: pl.DataFrame, kept: tuple[str, ...]) -> Answer:
    """The question of the explore stage, on rows that nobody had seen and by the office's own limit.

    `kept` are inputs that the domain expert looked at and decided to use: one of them warns, the others fail. The
    limit is `leak_strength` of the policy (AUC for binary; for other tasks 0 to 1, and 0.95 at least).
    Source: single-feature leakage screens (Kaufman et al. 2012, Leakage in data mining).
    """
    limit = leak_limit(policy.limit("leak_strength"), brief.task)
    measure = "AUC" if brief.task is Task.BINARY else "strength"
    strength = {name: single_column_strength(read.array(rows[name]), scored.y, brief.task) for name in rows.columns}
    suspects = sorted((name for name in strength if strength[name] >= limit), key=lambda name: -strength[name])
    words = tuple(f"{name}: {measure} {strength[name]:.2f} alone" for name in suspects)[:MAX_EXAMPLES]
    unseen = [name for name in suspects if name not in kept]
    if unseen:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{unseen[0]} alone foretells the outcome with {measure} {strength[unseen[0]]:.2f}; from "
            f"{limit:g} on it may have been known only afterwards.",
            examples=words,
            next_step="The domain expert says when this input is known; if only afterwards, leave it out.",
        )
    if suspects:
        return Answer(
            verdict=Verdict.PASS,
            sentence=f"{suspects[0]} alone foretells the outcome with {measure} {strength[suspects[0]]:.2f}; the "
            "domain expert looked at it and decided to use it.",
            examples=words,
            warning=True,
        )
    best = max(strength, key=strength.__getitem__, default="")
    told = f"; the strongest, {best}, has {measure} {strength[best]:.2f}" if best else ""
    return Answer(verdict=Verdict.PASS, sentence=f"No input alone foretells too well (limit {limit:g}){told}.")
