"""The limits of size and shape, without a list of exceptions: what is too large is cut, or an ADR raises the limit."""

import ast
from pathlib import Path
from typing import Any

MODULE, FUNCTION, METHODS, PROTOCOL, WIRING, PACKAGE = 400, 60, 15, 12, 120, 20
REFUSED = {"utils", "util", "common", "helpers", "helper", "misc", "legacy", "build", "lib", "dist", "data"}
DUMPING = {"utils", "util", "helpers", "helper", "misc", "legacy"}


def too_large(found: dict[str, int], most: int) -> dict[str, int]:
    return {name: size for name, size in found.items() if size > most}


def public(one: Any) -> list[str]:
    return [
        child.name
        for child in one.body
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_")
    ]


def is_protocol(one: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in one.bases)


def test_a_module_has_at_most_400_lines(modules: list[Any]) -> None:
    assert not too_large({one.name: len(one.text.splitlines()) for one in modules}, MODULE)


def test_a_function_has_at_most_60_lines(modules: list[Any]) -> None:
    found = {f"{m.name}:{f.name}": (f.end_lineno or f.lineno) - f.lineno + 1 for m in modules for f in m.functions()}
    assert not too_large(found, FUNCTION)


def test_a_class_has_at_most_15_public_methods(house: list[Any]) -> None:
    assert not too_large({f"{m.name}:{c.name}": len(public(c)) for m in house for c in m.classes()}, METHODS)


def test_a_protocol_has_at_most_12_methods(house: list[Any]) -> None:
    found = {f"{m.name}:{c.name}": len(public(c)) for m in house for c in m.classes() if is_protocol(c)}
    assert found and not too_large(found, PROTOCOL)


def test_the_wiring_has_at_most_120_lines(house: list[Any]) -> None:
    (wiring,) = [one for one in house if one.path.name == "factory.py"]
    assert len(wiring.text.splitlines()) <= WIRING


def plain(statement: ast.stmt) -> bool:
    """A docstring, an import, or a name such as `__all__`."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Assign) and all(
        isinstance(name, ast.Name) and name.id.startswith("__") for name in statement.targets
    )


def test_a_package_file_has_at_most_20_lines_and_no_logic(house: list[Any]) -> None:
    packages = [one for one in house if one.path.name == "__init__.py"]
    assert not too_large({one.name: len(one.text.splitlines()) for one in packages}, PACKAGE)
    assert not [one.name for one in packages if not all(plain(statement) for statement in one.tree.body)]


def test_no_import_of_our_own_code_is_hidden_in_a_function(house: list[Any]) -> None:
    def ours(node: ast.AST) -> bool:
        if isinstance(node, ast.Import):
            return any(alias.name.split(".")[0] == "glassworks" for alias in node.names)
        return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "glassworks"

    hidden = [f"{m.name}:{f.name}" for m in house for f in m.functions() if any(ours(node) for node in ast.walk(f))]
    assert not hidden


def test_no_folder_or_module_has_a_name_that_says_nothing(kept: list[Path], root: Path) -> None:
    bad = []
    for path in kept:
        inside = path.relative_to(root)
        words = {*inside.parts[:-1], *([inside.stem] if inside.suffix == ".py" else [])}
        if words & REFUSED or {part for word in words for part in word.split("_")} & DUMPING:
            bad.append(inside.as_posix())
    assert not bad


def test_every_module_opens_with_a_sentence(modules: list[Any]) -> None:
    def sentence(tree: ast.Module) -> bool:
        first = (ast.get_docstring(tree) or "").partition("\n\n")[0]
        return first.endswith((".", "?", "!"))

    assert not [one.name for one in modules if not sentence(one.tree)]


def undocumented(module: Any) -> list[str]:
    wanted: list[Any] = [one for one in module.tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    wanted += [
        method
        for one in module.tree.body
        if isinstance(one, ast.ClassDef)
        for method in one.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and not one.name.startswith("_")
    ]
    return [
        f"{module.name}:{one.name}" for one in wanted if not one.name.startswith("_") and not ast.get_docstring(one)
    ]


def test_what_others_call_is_documented_in_core_measures_sdk_and_checks(house: list[Any]) -> None:
    rooms = tuple(f"src/glassworks/{room}/" for room in ("core", "measures", "sdk"))
    told = [one for one in house if one.name.startswith(rooms) or "/checks/" in one.name]
    assert told and not [fault for one in told for fault in undocumented(one)]
