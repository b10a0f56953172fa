"""Which packages a model needs here, with their exact versions: read from what is installed, nothing is imported."""

import ast
import platform
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import PurePosixPath

from glassworks.core.lock import Lock

HOST = ("numpy", "polars")
"""What hands every model its rows."""
FRAMEWORKS = {
    "glassworks.frameworks.light_gbm": ("lightgbm",),
    "glassworks.frameworks.mlflow_directory": ("pyyaml", "scikit-learn", "skops", "lightgbm"),
    "glassworks.frameworks.python_callable": (),
    "glassworks.frameworks.rule": (),
    "glassworks.frameworks.scikit_learn": ("scikit-learn", "skops"),
}
"""The packages of our own frameworks by module; a framework from elsewhere is the package that its module is of."""
OWN_LIST = "requirements.txt"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def lock_of(framework: str, files: Mapping[str, bytes]) -> Lock:
    """The lock of a model: its framework's packages, those its own files name, and all that these need.

    Parameters
    ----------
    framework : the module in which the framework is defined.
    files : the model's files. Imports in Python files, and names in a `requirements.txt` (as MLflow writes one), count
        as far as such a package is installed.
    """
    roots = [*HOST, *FRAMEWORKS.get(framework, _of_modules([framework]))]
    for name, content in files.items():
        if PurePosixPath(name).suffix == ".py":
            roots += _of_modules(_imported(content))
        elif PurePosixPath(name).name == OWN_LIST:
            lines = content.decode(errors="replace").splitlines()
            roots += [found[0] for line in lines if (found := NAME.match(line.strip()))]
    return Lock(python=platform.python_version(), packages=_closure(roots))


def installed(names: Iterable[str]) -> Lock:
    """Python's version here, and the versions of those of the packages that are installed here."""
    found = {name: _version(name) for name in names}
    return Lock(python=platform.python_version(), packages={name: one for name, one in found.items() if one})


def _closure(roots: Iterable[str]) -> dict[str, str]:
    """The packages and all that they need, as far as they are installed; what belongs to an extra is left out."""
    waiting, found = [_plain(name) for name in roots], dict[str, str]()
    while waiting:
        name = waiting.pop()
        version = "" if name in found else _version(name)
        if version:
            found[name] = version
            needed = (line for line in metadata.requires(name) or () if "extra ==" not in line)
            waiting += [_plain(one[0]) for line in needed if (one := NAME.match(line))]
    return dict(sorted(found.items()))


def _version(name: str) -> str:
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(source: bytes) -> list[str]:
    """The modules that a Python file imports by name; none of a file that is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return found


def _of_modules(modules: Iterable[str]) -> list[str]:
    """The packages that these modules are of; none for a module of Python itself, or of nothing installed."""
    tops = {one.partition(".")[0] for one in modules}
    known = metadata.packages_distributions() if tops else {}
    return [package for top in sorted(tops) for package in known.get(top, ())]
