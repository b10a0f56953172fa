"""How parts are found: a walk through a folder of ours, and entry points of other packages."""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from glassworks.core.check import Check
from glassworks.core.loading import part
from glassworks.core.stage import Stage

__all__ = ["checks", "frameworks", "modules", "part", "provided"]


def modules(package: str) -> list[ModuleType]:
    """Every module in a package's folder, imported, in name order."""
    home = importlib.import_module(package)
    names = sorted(info.name for info in pkgutil.iter_modules(home.__path__))
    return [importlib.import_module(f"{package}.{name}") for name in names]


def provided(group: str) -> list[Any]:
    """What other installed packages provide under an entry-point group."""
    return [point.load() for point in sorted(entry_points(group=group), key=lambda p: p.name)]


@cache
def checks(stage: Stage) -> tuple[Check, ...]:
    """Every check of a stage: ours from `stages/<stage>/checks/`, others' from `glassworks.checks.<stage>`."""
    found = [
        value
        for module in modules(f"glassworks.stages.{stage}.checks")
        for value in vars(module).values()
        if isinstance(value, Check)
    ]
    found += [value for value in provided(f"glassworks.checks.{stage}") if isinstance(value, Check)]
    unique = {one.id: one for one in found}
    return tuple(sorted(unique.values(), key=lambda c: (c.order, c.id)))


@cache
def frameworks() -> dict[str, Any]:
    """Every framework by name: a module with `FRAMEWORK`, ours from `frameworks/`, others' by entry point."""
    found = [m.FRAMEWORK for m in modules("glassworks.frameworks") if hasattr(m, "FRAMEWORK")]
    found += provided("glassworks.frameworks")
    return {one.name: one for one in found}
