"""The KPI tree of a brief: how the KPI follows from its drivers, and everything that is wrong with the drawing."""

from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches

from glassworks.core.canvas import KpiNode
from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput
from glassworks.measures.units import Unit, names_in, unit_of, unit_of_formula, written


def faults_of(brief: Brief) -> list[str]:
    """Every fault of the tree as a sentence with the figure's name; an empty list when it holds together."""
    nodes = {node.name: node for node in brief.kpi.tree}
    faults = [f"{name} stands twice" for name, n in Counter(node.name for node in brief.kpi.tree).items() if n > 1]
    units, drivers = _units(nodes, faults), _drivers(nodes, faults)
    faults += [f"{name} depends on itself" for name in nodes if _reaches(name, name, drivers)]
    for name, node in nodes.items():
        known = all(one in units for one in drivers[name])
        if node.formula and drivers[name] and known and name in units:
            faults += _unit_fault(node, units)
    return faults + _top_faults(brief, nodes, units, drivers) + _target_faults(brief, nodes)


def _units(nodes: Mapping[str, KpiNode], faults: list[str]) -> dict[str, Unit]:
    found = {}
    for name, node in nodes.items():
        try:
            found[name] = unit_of(node.unit)
        except FixTheInput as error:
            faults.append(f"{name}: {error.what} {error.why}")
    return found


def _drivers(nodes: Mapping[str, KpiNode], faults: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, node in nodes.items():
        try:
            named = names_in(node.formula) if node.formula else ()
        except FixTheInput as error:
            faults.append(f"{name}: {error.what} {error.why}")
            named = ()
        faults += [f"the formula of {name} names {one}, which is not in the tree{_near(one, nodes)}"
                   for one in named if one not in nodes]  # fmt: skip
        found[name] = tuple(one for one in named if one in nodes)
        if node.formula and not named and not any(fault.startswith(f"{name}:") for fault in faults):
            faults.append(f"the formula of {name} names no figure, so nothing drives it")
    return found


def _near(name: str, known: Mapping[str, KpiNode]) -> str:
    close = get_close_matches(name, known, 1)
    return f" (is {close[0]} meant?)" if close else ""


def _reaches(start: str, goal: str, drivers: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a figure's formula leads, over other formulas, to another figure."""
    seen: set[str] = set()
    left = list(drivers.get(start, ()))
    while left:
        name = left.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            left += drivers[name]
    return False


def _unit_fault(node: KpiNode, units: Mapping[str, Unit]) -> list[str]:
    try:
        made = unit_of_formula(node.formula, units)
    except FixTheInput as error:
        return [f"in the formula of {node.name}, {error.what.removesuffix('.')}"]
    if dict(made) == dict(units[node.name]):
        return []
    return [f"{node.name} is in {written(units[node.name])}, its formula gives {written(made)}"]


def _top_faults(
    brief: Brief, nodes: Mapping[str, KpiNode], units: Mapping[str, Unit], drivers: Mapping[str, tuple[str, ...]]
) -> list[str]:
    """One figure is the KPI: no formula uses it, something drives it, and its unit is the KPI's, by period or not."""
    used = {one for named in drivers.values() for one in named}
    tops = [name for name in nodes if name not in used]
    if len(tops) != 1:
        return [f"{' and '.join(tops)} drive nothing: one figure alone is the KPI"] if tops else []
    top = tops[0]
    faults = [] if nodes[top].formula else [f"nothing drives {top}: the KPI needs a formula of what moves it"]
    try:
        wanted = [unit_of(brief.kpi.unit), unit_of(f"{brief.kpi.unit} / {brief.kpi.period}")]
    except FixTheInput:
        return faults
    if top in units and dict(units[top]) not in [dict(one) for one in wanted]:
        faults.append(f"{top} is in {written(units[top])}, the KPI in {brief.kpi.unit} a {brief.kpi.period}")
    return faults


def _target_faults(brief: Brief, nodes: Mapping[str, KpiNode]) -> list[str]:
    return [
        f"the target for {one.metric} is derived from {one.derived_from}, which is not in the tree"
        f"{_near(one.derived_from, nodes)}"
        for one in brief.metric_targets
        if one.derived_from and one.derived_from not in nodes
    ]
