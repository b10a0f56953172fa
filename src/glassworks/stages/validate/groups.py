"""Groups of cases that questions compare, and a figure for each of them."""

from collections.abc import Callable, Mapping

import numpy as np

from glassworks.core.contract import Brief
from glassworks.core.estimate import Estimate
from glassworks.measures.intervals import Array
from glassworks.measures.scored import Scored, bands

MOST_GROUPS = 10
SHARED = 0.05
"""The chance of a false word about any group, shared among the groups."""


def groups_of(values: Array, brief: Brief, name: str) -> Array:
    """The groups of a trait as text: the brief's bands, else quarters of a number of many values, else its values."""
    number = values.dtype.kind in "iuf"
    if number and name == brief.fairness.attribute and brief.fairness.bands:
        return bands(values, brief.fairness.bands)
    if number and np.unique(values).size > MOST_GROUPS:
        return bands(values, np.unique(np.nanquantile(values.astype(np.float64), (0.25, 0.5, 0.75))).tolist())
    return values.astype(str)


def groupings(brief: Brief, scored: Scored, traits: Mapping[str, Array]) -> dict[str, Array]:
    """By the name of a trait, the group of each case: the further protected traits, and the one that is gated on."""
    found = {name: groups_of(values, brief, name) for name, values in traits.items()}
    if scored.group is not None:
        found[brief.fairness.attribute or "group"] = scored.group.astype(str)
    return found


def in_each(
    group: Array, counted: Array, least: int, measure: Callable[[Array, float], Estimate], shared: float = SHARED
) -> list[Estimate]:
    """A figure within each group of enough cases, at a level that shares the chance of a false word among them.

    Parameters
    ----------
    group : (n,) the group of each case.
    counted : (n,) which cases count towards the `least` number of a group.
    measure : from which cases are inside (bool array) and the level, the figure.
    """
    names, place = np.unique(group.astype(str), return_inverse=True)
    enough = np.flatnonzero(np.bincount(place[counted], minlength=names.size) >= least)
    level = 1 - shared / max(1, enough.size)
    return [measure(place == k, level).model_copy(update={"group": str(names[k])}) for k in enough]
