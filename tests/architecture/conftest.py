"""What every test of the house looks at: its Python files, parsed, and its texts, as git would keep them."""

import ast
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "src" / "glassworks"


@dataclass(frozen=True, repr=False)
class Module:
    """One Python file of the repository."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def of_the_house(self) -> bool:
        """Whether it ships."""
        return self.path.is_relative_to(HOUSE)

    def __repr__(self) -> str:
        return self.name

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function, nested ones and methods included."""
        return [one for one in ast.walk(self.tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]

    def classes(self) -> list[ast.ClassDef]:
        """Every class."""
        return [one for one in ast.walk(self.tree) if isinstance(one, ast.ClassDef)]


def _kept() -> list[Path]:
    """Every file that is committed or would be."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in sorted(set(found)) if name and (ROOT / name).is_file()]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def kept() -> list[Path]:
    """Every file that is committed or would be."""
    return _kept()


@pytest.fixture(scope="session")
def texts(kept: list[Path]) -> dict[str, str]:
    """Every text file by its path in the repository."""
    found = {}
    for path in kept:
        content = path.read_bytes()
        if b"\0" not in content:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8", "replace")
    return found


@pytest.fixture(scope="session")
def modules(kept: list[Path]) -> list[Module]:
    """Every Python file of the repository, parsed."""
    found = []
    for path in kept:
        if path.suffix == ".py":
            text = path.read_text(encoding="utf-8")
            found.append(Module(path, path.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return found


@pytest.fixture(scope="session")
def house(modules: list[Module]) -> list[Module]:
    """The Python files that ship."""
    return [one for one in modules if one.of_the_house]
