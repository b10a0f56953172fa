"""How do the other protected traits fare, and does an input stand in for one of them?"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate, plain
from glassworks.core.policy import PolicyPack
from glassworks.core.ports import Model
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.fairness import group_ratios
from glassworks.measures.intervals import Array
from glassworks.measures.profile import single_column_strength
from glassworks.measures.scored import Scored, decided, encode
from glassworks.stages import rows as read
from glassworks.stages.validate.groups import groups_of

SEED, STRONG = 5, 0.4


class _Proxy(NamedTuple):
    column: str
    trait: str
    strength: float
    changed: float


@check(
    "proxies",
    stage=Stage.VALIDATE,
    title="Protected traits and stand-ins",
    question="How do the further protected traits fare, and does an input stand in for a trait?",
    order=55,
    tasks=(Task.BINARY,),
)
def proxies(
    brief: Brief, policy: PolicyPack, scored: Scored, rows: pl.DataFrame, model: Model, traits: Mapping[str, Array]
) -> Answer:
    """The brief's further traits and named stand-ins, on sealed rows; reported, never gated on.

    Of a trait, the lowest ratio between its groups. Of a stand-in, how strongly it foretells a trait (0 to 1), and the
    share of decisions that change when its values are dealt out anew among the rows, so that it tells nothing.

    Parameters
    ----------
    traits : the values of the fairness attribute and of the protected traits, as far as the rows hold them.
    """
    named = [name for name in brief.fairness.protected if name != brief.fairness.attribute]
    tested = [name for name in brief.constraints.proxies_to_test if name in rows.columns]
    grouped = {name: groups_of(values, brief, name) for name, values in traits.items()}
    if not named and not tested:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE, sentence="The brief names no further protected trait and no stand-in."
        )
    definition = brief.fairness.definition if brief.fairness.definition != "none" else "selection_rate"
    ratios = [one for name in named if name in grouped for one in _ratios(scored, name, grouped[name], definition)]
    by_column = [_proxies(name, brief, scored, rows, model, grouped) for name in tested]
    found = [one for column in by_column for one in column]
    told = [*_of_traits(named, grouped, ratios), *(_of_proxy(column) for column in by_column if column)]
    limit = policy.limits.get("proxy_strength", STRONG)
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Reported, not gated: {'; '.join(told) or 'none of what the brief names is in the rows'}.",
        estimates=tuple(ratios),
        warning=any(one.high < brief.fairness.at_least for one in ratios)
        or any(one.strength >= limit for one in found),
        table=tuple(one._asdict() for one in found),
    )


def _ratios(scored: Scored, name: str, group: Array, definition: str) -> list[Estimate]:
    found = group_ratios(replace(scored, group=group), definition)
    return [one.model_copy(update={"group": f"{name} {one.group}"}) for one in found]


def _proxies(
    column: str, brief: Brief, scored: Scored, rows: pl.DataFrame, model: Model, grouped: Mapping[str, Array]
) -> list[_Proxy]:
    dealt = np.random.default_rng(SEED).permutation(rows.height)
    scores = model.predict(rows.with_columns(rows[column][dealt].alias(column)))
    again = decided(brief, scored.y, scores, periods=scored.periods, columns=scored.amounts)
    changed = float(np.mean(np.asarray(again.acted) != np.asarray(scored.acted)))
    found = []
    for trait, group in grouped.items():
        _, place = encode(group, Task.MULTICLASS)
        if trait != column and np.unique(place).size > 1:
            strength = single_column_strength(read.array(rows[column]), place, Task.MULTICLASS)
            found.append(_Proxy(column, trait, round(float(strength), 4), changed))
    return found


def _of_traits(named: list[str], grouped: Mapping[str, Array], ratios: list[Estimate]) -> list[str]:
    absent = [name for name in named if name not in grouped]
    lowest = min(ratios, key=lambda one: one.value, default=None)
    told = [f"the rows do not hold {', '.join(absent)}"] if absent else []
    return told + ([f"the lowest ratio is {plain(lowest.value)}, for {lowest.group}"] if lowest else [])


def _of_proxy(found: list[_Proxy]) -> str:
    strengths = " and ".join(f"{one.trait} with strength {one.strength:.2f}" for one in found)
    first = found[0]
    return (
        f"{first.column} foretells {strengths} of 1, and {100 * first.changed:.0f} of 100 decisions change without it"
    )
