"""Does a model see protected traits, openly or through a proxy?"""

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.policy import PolicyPack
from glassworks.core.result import MAX_EXAMPLES, Answer, Verdict
from glassworks.core.sensitive import is_sensitive
from glassworks.core.stage import Stage
from glassworks.core.usecase import Column, ColumnDecision
from glassworks.measures.profile import single_column_strength
from glassworks.measures.scored import bands, encode
from glassworks.stages.explore.settled import EXPERT, candidates, is_used, listed, settled

PROXY_LIMIT = 0.4
ROWS = 10_000


@check(
    "sensitive_columns",
    stage=Stage.EXPLORE,
    title="Protected traits and their proxies",
    question="Does an input hold a protected trait, or stand in for the one the brief protects?",
    order=70,
)
def sensitive_columns(
    brief: Brief,
    policy: PolicyPack,
    open_rows: pl.DataFrame,
    columns: tuple[Column, ...],
    decisions: tuple[ColumnDecision, ...],
) -> Answer:
    """Inputs named like a protected trait must be decided; proxies of the fairness attribute are shown, ranked.

    A proxy foretells the attribute's groups with strength `proxy_strength` of the policy (default 0.4) or more, where
    strength is the correlation ratio of numbers or the correlation that levels foretell, from 0 to 1.
    """
    traits = [c.name for c in candidates(columns) if is_sensitive(c.name) or c.name == brief.fairness.attribute]
    undecided = [name for name in traits if not settled(name, brief, decisions)]
    limit = policy.limits.get("proxy_strength", PROXY_LIMIT)
    strengths = _strengths(brief, open_rows, columns, decisions)
    proxies = [(strength, name) for strength, name in strengths if strength >= limit and name not in traits]
    table = tuple({"column": name, "strength": strength} for strength, name in strengths)[:MAX_EXAMPLES]
    examples = tuple(f"{name}: {settled(name, brief, decisions) or 'open'}" for name in traits)
    examples += tuple(f"{name}: foretells {brief.fairness.attribute} with strength {s:.2f}" for s, name in proxies)
    if undecided:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"{listed(undecided)} {'holds' if len(undecided) == 1 else 'hold'} a protected trait and would be "
            "seen by the model.",
            examples=examples[:MAX_EXAMPLES],
            next_step=EXPERT,
            table=table,
        )
    fact = f"{listed(traits)}: decided" if traits else "No input is named like a protected trait"
    if proxies:
        strength, name = proxies[0]
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"{fact}; {listed([n for _, n in proxies])} can stand in for {brief.fairness.attribute} "
            f"({name} foretells its groups with strength {strength:.2f} of 1).",
            examples=examples[:MAX_EXAMPLES],
            next_step="Withholding a trait does not remove it: the fairness check on sealed rows is what counts.",
            table=table,
        )
    nearest = f" (the nearest, {strengths[0][1]}, has strength {strengths[0][0]:.2f} of 1)" if strengths else ""
    return Answer(
        verdict=Verdict.PASS, sentence=f"{fact}; no strong proxy was found{nearest}.", examples=examples, table=table
    )


def _strengths(
    brief: Brief, open_rows: pl.DataFrame, columns: tuple[Column, ...], decisions: tuple[ColumnDecision, ...]
) -> list[tuple[float, str]]:
    """How strongly each input goes with the groups of the fairness attribute, strongest first."""
    attribute = brief.fairness.attribute
    if attribute not in open_rows.columns:
        return []
    rows = open_rows.filter(pl.col(attribute).is_not_null())
    rows = rows.gather_every(-(-max(1, rows.height) // ROWS))
    values = rows[attribute].to_numpy()
    named = bands(values, brief.fairness.bands) if brief.fairness.bands and values.dtype.kind in "iuf" else values
    _, group = encode(named.astype(str), Task.MULTICLASS)
    if np.unique(group).size < 2:
        return []
    found = []
    for column in candidates(columns):
        if column.name != attribute and column.distinct > 1 and is_used(column.name, brief, decisions):
            strength = single_column_strength(_array(rows[column.name]), group, Task.MULTICLASS)
            found.append((round(float(strength), 4), column.name))
    return sorted(found, key=lambda pair: (-pair[0], pair[1]))


def _array(values: pl.Series) -> np.ndarray:
    if values.dtype.is_numeric():
        return values.cast(pl.Float64).to_numpy()
    return values.fill_null("").to_numpy().astype(str)
