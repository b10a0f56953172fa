"""Who may know whom: the import contracts, and what must load without its heavy neighbours."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

WITHOUT = """
import sys
for name in {absent!r}:
    sys.modules[name] = None
for name in {modules!r}:
    __import__(name)
print("loaded")
"""


def loads_without(modules: list[str], absent: list[str]) -> None:
    """Import modules in a new process where others cannot be imported at all."""
    script = WITHOUT.format(modules=modules, absent=absent)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "loaded", done.stderr


def test_the_import_contracts_hold(root: Path) -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_import_contract_has_an_exception(root: Path) -> None:
    assert "ignore_imports" not in (root / "pyproject.toml").read_text(encoding="utf-8")


def imports(tree: ast.Module, known: set[str]) -> set[str]:
    """Every module of ours that a file names, wherever in it, for types too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (inside & known) or {node.module}
    return found & known


def test_no_modules_import_each_other_in_a_circle_types_included(house: list[Any]) -> None:
    trees = {one.name.removeprefix("src/").removesuffix(".py").replace("/", "."): one.tree for one in house}
    names = {name.removesuffix(".__init__"): tree for name, tree in trees.items()}
    graph = {name: imports(tree, set(names)) - {name} for name, tree in names.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"a circle: {' -> '.join(circle.args[1])}")


def test_the_sdk_loads_without_a_database_and_without_numpy() -> None:
    loads_without(["glassworks", "glassworks.sdk"], ["sqlalchemy", "numpy", "polars", "fastapi"])


def test_the_outsiders_verifier_loads_without_a_server() -> None:
    absent = ["sqlalchemy", "numpy", "polars", "fastapi", "httpx", "click", "jinja2"]
    loads_without(["glassworks.verify.dossier"], absent)


@pytest.mark.parametrize("server", ["glassworks.web.app", "glassworks.serving.app", "glassworks.cli.serve"])
def test_the_server_loads_without_a_cluster_or_a_second_data_frame(server: str) -> None:
    loads_without([server], ["ray", "torch", "pandas", "lightgbm", "sklearn"])


def test_help_is_told_without_loading_what_it_tells_of() -> None:
    loads_without(["glassworks.cli.main"], ["sqlalchemy", "numpy", "polars", "fastapi", "lightgbm", "sklearn"])
