"""The model host: a process of its own in which models are fitted, loaded and run, started as `python -m`.

It speaks on one inherited socket: a message is an 8-byte length, a JSON header, and the parts whose sizes the header
names. Nothing is ever unpickled from the other side. `glassworks.engines.host` is the other end.
"""

import io
import json
import os
import resource
import signal
import socket
import struct
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import polars as pl

from glassworks.core import registry
from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput, GlassworksError
from glassworks.core.ports import Framework, Recipe
from glassworks.core.usecase import ModelCard
from glassworks.frameworks import own_check
from glassworks.frameworks.lock import lock_of

OURS = {
    "lightgbm": "light_gbm",
    "mlflow": "mlflow_directory",
    "python": "python_callable",
    "rule": "rule",
    "scikit-learn": "scikit_learn",
}
"""Where a framework is found without importing all the others, whose libraries take seconds."""

TELLING = (ImportError, NameError, AttributeError, SyntaxError, pl.exceptions.ColumnNotFoundError)
"""Errors whose text names code and columns; the text of any other may hold a row and stays here."""


def framework(name: str) -> Framework:
    """A framework by name: ours by file, then everybody's by the registry's walk and entry points."""
    if name in OURS:
        ours: Framework = registry.part(f"glassworks.frameworks.{OURS[name]}:FRAMEWORK")
        return ours
    known = registry.frameworks()
    if name not in known:
        raise FixTheInput(
            f"There is no framework {name} here.", "", f"Use one of {', '.join(sorted(known))}, or install its package."
        )
    found: Framework = known[name]
    return found


def limit(memory_mb: int) -> None:
    """Bound this process for good: address space, core files, size of written files, open files."""
    bounds = {
        resource.RLIMIT_AS: memory_mb * 2**20,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 2**30,
        resource.RLIMIT_NOFILE: 256,
    }
    for what, bound in bounds.items():
        hard = resource.getrlimit(what)[1]
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(what, (bound, bound))


def end_with(parent: int) -> None:
    """End this process once its parent is gone, even while a model loops for ever."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)


def _where(error: BaseException) -> str:
    """The deepest place in a submitted file where an error arose, as `model.py line 12`."""
    place, trace = "", error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_absolute() and path.is_relative_to(Path.cwd()):
            place = f" in {path.name} line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def told(error: BaseException, doing: str) -> dict[str, str]:
    """An error as data for the other side, without any row's value in it."""
    if isinstance(error, GlassworksError):
        return error.as_dict()
    if isinstance(error, MemoryError):
        return {
            "what": f"The model needed more memory than it may use to {doing}.",
            "next": "Use fewer rows or a smaller model, or raise the host's memory limit.",
        }
    why = f"{type(error).__name__}{_where(error)}"
    if isinstance(error, TELLING):
        why += f": {str(error).splitlines()[0][:200]}" if str(error) else ""
    return {"what": f"The model failed to {doing}.", "why": f"{why}.", "next": "Correct the model and submit it again."}


class Host:
    """What the host can be asked; each answer is a header and its parts."""

    def __init__(self) -> None:
        self._models: dict[str, tuple[Framework, Any, ModelCard]] = {}

    def answer(self, header: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Do what a request asks; any fault of a model becomes an error in words."""
        do = header["do"]
        known = {
            "fit": self._fit,
            "load": self._load,
            "predict": self._predict,
            "describe": self._describe,
            "check": self._check,
            "lock": self._lock,
        }
        if do in ("predict", "describe") and header["handle"] not in self._models:
            return {"unknown": True}, []
        if do == "close":
            self._models.pop(header["handle"], None)
            return {}, []
        try:
            return known[do](header, parts)
        except (Exception, SystemExit) as error:  # a model may raise anything
            return {"error": told(error, do)}, []

    def _fit(self, header: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        recipe = Recipe.model_validate(header["recipe"])
        one = framework(recipe.framework)
        if recipe.kind not in one.kinds:
            known = ", ".join(one.kinds) or "nothing: it runs models that were fitted elsewhere"
            raise FixTheInput(f"{one.name} does not fit {recipe.kind}.", "", f"It fits {known}.")
        model = one.fit(
            recipe,
            pl.read_ipc(io.BytesIO(parts[0])),
            target=header["target"],
            task=Task(header["task"]),
            inputs=tuple(header["inputs"]),
            labels=tuple(header["labels"]),
            seed=header["seed"],
        )
        files = one.save(model)
        return {"files": list(files)}, list(files.values())

    def _load(self, header: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        card = ModelCard.model_validate(header["card"])
        one = framework(card.framework)
        model = one.load(dict(zip(header["files"], parts, strict=True)))
        self._models[header["handle"]] = (one, model, card)
        return {}, []

    def _predict(self, header: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        one, model, card = self._models[header["handle"]]
        frame = pl.read_ipc(io.BytesIO(parts[0])) if parts else pl.DataFrame(header["columns"], strict=False)
        if not frame.width:
            frame = pl.DataFrame(height=header["rows"])
        scores = np.asarray(one.predict(model, frame, card))
        if scores.dtype.kind not in "fiub":
            raise FixTheInput("The model answered with something that is not a number.", "", "Return floats.")
        plain = np.ascontiguousarray(scores, dtype="<f8")
        return {"shape": list(plain.shape)}, [plain.tobytes()]

    def _describe(self, header: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        one, model, _ = self._models[header["handle"]]
        return {"facts": one.describe(model)}, []

    def _check(self, header: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        said = own_check.asked(parts[0], pl.read_ipc(io.BytesIO(parts[1])))
        return {"said": said if isinstance(said, dict) else None}, []

    def _lock(self, header: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        card = ModelCard.model_validate(header["card"])
        files = dict(zip(header["files"], parts, strict=True))
        return {"lock": lock_of(type(framework(card.framework)).__module__, files).facts()}, []


def _read(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    start = stream.read(8)
    if len(start) < 8:
        return None
    header = json.loads(stream.read(struct.unpack("!Q", start)[0]))
    return header, [stream.read(size) for size in header["sizes"]]


def _write(line: socket.socket, header: dict[str, Any], parts: list[bytes]) -> None:
    text = json.dumps({**header, "sizes": [len(one) for one in parts]}, default=str).encode()
    line.sendall(struct.pack("!Q", len(text)) + text)
    for one in parts:
        line.sendall(one)


def serve(line: socket.socket) -> None:
    """Answer requests until the other side closes."""
    host, stream = Host(), line.makefile("rb")
    _write(line, {"host": 1}, [])
    while (asked := _read(stream)) is not None:
        _write(line, *host.answer(*asked))


def main() -> None:
    """Take the socket's number, the memory limit and the parent's process id from the command line, then serve."""
    number, memory_mb, parent = (int(text) for text in sys.argv[1:4])
    limit(memory_mb)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    serve(socket.socket(fileno=number))


if __name__ == "__main__":
    main()
