"""A model's files on disk, for what can only be read from there: in the host's private folder, never outside it."""

import importlib.util
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import ModuleType

from glassworks.core.errors import FixTheInput
from glassworks.core.record import new_id


def written(files: Mapping[str, bytes]) -> Path:
    """Write the files below a fresh folder and return it; a name that leads out of it is refused."""
    folder = Path(tempfile.mkdtemp(prefix="model-", dir=Path.cwd()))
    for name, content in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            raise FixTheInput(f"The file name {name[:80]} leads out of the model's folder.", "", "Use plain names.")
        place = folder.joinpath(*path.parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder


def imported(path: Path) -> ModuleType:
    """Run a file of Python once, as a module under a name of its own."""
    spec = importlib.util.spec_from_file_location(new_id("model").replace("-", "_"), path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
