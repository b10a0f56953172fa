"""Models in a process of their own: limits, a bare environment, a deadline, and a clear word when one goes wrong.

In force: address space, file size, open files and core files are limited; the environment holds no variable of ours;
the working folder is a private, empty one; every request has a deadline, after which the whole process group is ended;
answers are checked here, on this side. `ABSENT` lists what is not in force yet.
"""

import json
import math
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import Broken, FixTheInput
from glassworks.core.lock import Lock
from glassworks.core.ports import Frame, Recipe
from glassworks.core.record import new_id
from glassworks.core.usecase import ModelCard

CHILD = "glassworks.frameworks.host"
ABSENT = (
    "no user id of its own: a model's code can read what this operating-system user can read",
    "no file-system, network or system-call confinement (Landlock, seccomp): a model's code can open connections",
    "no isolation between the models of one host: use one host for each use case",
)
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"), "1"
)
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH")
LARGEST_HEADER, LARGEST_FILES, START_SECONDS = 16 * 2**20, 2**30, 60.0


class ModelHost:
    """A `Fitter` with one child process, started at first use and again after a model ended it.

    Parameters
    ----------
    python : the interpreter that runs the child; it must have Glassworks installed.
    memory_mb : address space that the child may use.
    deadline : seconds that one request may take.

    Examples
    --------
    >>> card = ModelCard(framework="python", recipe="half", task=Task.BINARY, inputs=("age",), labels=("no", "yes"))
    >>> source = b"def predict(frame): return [0.5] * frame.height"
    >>> with ModelHost() as host:
    ...     host.load(card, {"model.py": source}).scores({"age": [31, 52]}).tolist()
    [0.5, 0.5]
    """

    def __init__(self, python: str = sys.executable, memory_mb: int = 4096, deadline: float = 600.0) -> None:
        self.deadline = deadline
        self._python, self._memory_mb = python, memory_mb
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def fit(
        self,
        recipe: Recipe,
        frame: Frame,
        *,
        target: str,
        task: Task,
        inputs: Sequence[str],
        labels: Sequence[str],
        seed: int,
    ) -> dict[str, bytes]:
        """Fit a recipe in the child on the inputs and the target alone; the answer is the model's files by name."""
        absent = [name for name in (*inputs, target) if name not in frame.columns]
        if absent:
            raise FixTheInput(f"The rows have no column {', '.join(absent)}.", "The model is to learn from it.")
        header = {
            "do": "fit",
            "recipe": recipe.facts(),
            "target": target,
            "task": str(task),
            "inputs": list(inputs),
            "labels": list(labels),
            "seed": seed,
        }
        answer, parts = self.ask(header, [_arrow(frame, [*dict.fromkeys([*inputs, target])])], LARGEST_FILES)
        names = answer.get("files")
        if not isinstance(names, list) or not names or len(names) != len(parts):
            raise FixTheInput("The framework saved no files.", "", "Tell the author of the framework.")
        return dict(zip(map(str, names), parts, strict=True))

    def load(self, card: ModelCard, files: Mapping[str, bytes]) -> "LoadedModel":
        """Load a model in the child. Raises `FixTheInput` when its files cannot be read."""
        model = LoadedModel(self, card, files)
        model.load()
        return model

    def lock(self, card: ModelCard, files: Mapping[str, bytes]) -> Lock:
        """The versions of Python and of the packages that a model with these files needs in the child."""
        header = {"do": "lock", "card": card.facts(), "files": list(files)}
        answer, _ = self.ask(header, list(files.values()), LARGEST_HEADER)
        return Lock.model_validate(answer.get("lock"))

    def check(self, source: bytes, frame: Frame, seconds: float) -> Any:
        """What a validator's own check, given as Python source, says about rows in the child."""
        answer, _ = self.ask({"do": "check"}, [source, _arrow(frame, frame.columns)], LARGEST_HEADER, seconds)
        return answer.get("said")

    def ask(
        self, header: dict[str, Any], parts: Sequence[bytes], largest: int, seconds: float = math.inf
    ) -> tuple[dict[str, Any], list[bytes]]:
        """One request and its answer; a child that dies or says nothing in time is ended, and the error says so."""
        seconds = min(seconds, self.deadline)
        with self._lock:
            if self._child is None:
                self._child = _started(self._python, self._memory_mb)
            child = self._child
            try:
                answer, back = child.ask(header, parts, time.monotonic() + seconds, largest)
            except (OSError, EOFError, ValueError, RecursionError) as fault:
                late = isinstance(fault, TimeoutError)
                self._child = None
                raise _fate(header["do"], child.end(), seconds if late else None, fault) from None
        error = answer.get("error")
        if isinstance(error, dict):
            what, why, step = (str(error.get(part, ""))[:600] for part in ("what", "why", "next"))
            raise FixTheInput(what or "The model failed.", why, step, field=str(error.get("field", ""))[:100])
        return answer, back

    @property
    def running(self) -> bool:
        """Whether there is a child."""
        return self._child is not None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            if self._child is not None:
                self._child.end()
                self._child = None

    def __enter__(self) -> "ModelHost":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class LoadedModel:
    """A model in the host's child; after a restart of the child it is loaded again by itself."""

    def __init__(self, host: ModelHost, card: ModelCard, files: Mapping[str, bytes]) -> None:
        self.card = card
        self._host, self._files = host, dict(files)
        self._handle = new_id("model")

    def load(self) -> None:
        """Load it in the running child."""
        header = {"do": "load", "handle": self._handle, "card": self.card.facts(), "files": list(self._files)}
        self._host.ask(header, list(self._files.values()), LARGEST_HEADER)

    def predict(self, frame: Frame) -> NDArray[np.float64]:
        """Scores of rows; the model is given the columns that its card declares, and no other."""
        declared = [name for name in self.card.inputs if name in frame.columns]
        return self._scores({"do": "predict", "rows": frame.height}, [_arrow(frame, declared)], frame.height)

    def scores(self, columns: Mapping[str, Sequence[Any]]) -> NDArray[np.float64]:
        """The same without a data frame on this side, for single rows: column lists by name."""
        rows = len(next(iter(columns.values()), ()))
        declared = {name: list(columns[name]) for name in self.card.inputs if name in columns}
        return self._scores({"do": "predict", "rows": rows, "columns": declared}, [], rows)

    def describe(self) -> dict[str, Any]:
        """Plain facts about the model."""
        answer, _ = self._ask({"do": "describe"}, [], LARGEST_HEADER)
        facts = answer.get("facts")
        return facts if isinstance(facts, dict) else {}

    def close(self) -> None:
        """Forget the model; the host's process goes on for the others."""
        if self._host.running:
            self._host.ask({"do": "close", "handle": self._handle}, [], LARGEST_HEADER)

    def _ask(self, header: dict[str, Any], parts: Sequence[bytes], largest: int) -> tuple[dict[str, Any], list[bytes]]:
        """Ask this model; a child that does not know it is a fresh one, and is given it first."""
        for _ in range(3):
            answer, back = self._host.ask({**header, "handle": self._handle}, parts, largest)
            if not answer.get("unknown"):
                return answer, back
            self.load()
        raise Broken("The model host lost the model again and again.", "Another model keeps ending its process.")

    def _scores(self, header: dict[str, Any], parts: Sequence[bytes], rows: int) -> NDArray[np.float64]:
        if not rows:
            return np.zeros((0, len(self.card.labels)) if self.card.task is Task.MULTICLASS else 0)
        largest = 8 * rows * max(1, len(self.card.labels)) + 1024
        answer, back = self._ask(header, parts, largest)
        return checked(answer.get("shape"), back, rows, self.card)


def checked(shape: object, parts: Sequence[bytes], rows: int, card: ModelCard) -> NDArray[np.float64]:
    """A model's answer, when it is as many finite numbers as asked for, and probabilities where they must be."""
    expected = [rows, len(card.labels)] if card.task is Task.MULTICLASS else [rows]
    if shape != expected or len(parts) != 1 or len(parts[0]) != 8 * int(np.prod(expected)):
        raise FixTheInput(
            f"The model answered in the shape {str(shape)[:40]} where {expected} was asked.",
            "Every row needs its own answer.",
            "Correct the model's predict.",
        )
    scores = np.frombuffer(parts[0], dtype="<f8").reshape(expected)
    if not np.isfinite(scores).all():
        bad = int((~np.isfinite(scores)).sum())
        raise FixTheInput(
            f"The model answered {bad} of {scores.size} times with something that is not a finite number.",
            "Such an answer cannot be compared or decided on.",
            "Let the model answer for rows with missing values too.",
        )
    if card.task is not Task.REGRESSION and scores.size:
        outside = scores.min() < -1e-9 or scores.max() > 1 + 1e-9
        if outside or (scores.ndim == 2 and np.abs(scores.sum(axis=1) - 1).max() > 1e-3):
            raise FixTheInput(
                "The model's answers are not probabilities.",
                f"They lie between {scores.min():.3g} and {scores.max():.3g}"
                + (", and a row's must add up to 1." if scores.ndim == 2 else "; a probability is between 0 and 1."),
                "Return the probability of each class.",
            )
    return scores


def _arrow(frame: Frame, names: Sequence[str]) -> bytes:
    return bytes(frame.select(names).write_ipc(None).getvalue())


def _fate(doing: str, code: int, deadline: float | None, fault: BaseException) -> FixTheInput:
    """The end of a child in words."""
    after = "Its process was ended; the next request starts a fresh one."
    if deadline is not None:
        return FixTheInput(f"The model did not answer within {deadline:g} seconds ({doing}).", after, "Make it faster.")
    if isinstance(fault, ValueError | RecursionError):
        return FixTheInput(f"The model's answer cannot be read ({doing}).", after, "Correct the model.")
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return FixTheInput(f"The model ended its own process ({doing}, {how}).", after, "Correct or replace the model.")


def _started(python: str, memory_mb: int) -> "_Child":
    """A child that has said its first word: from then on its end is a model's doing."""
    try:
        child = _Child(python, memory_mb)
    except OSError as error:
        raise Broken("The model host cannot start.", f"{type(error).__name__}.", "Check the interpreter.") from None
    try:
        child.read(time.monotonic() + START_SECONDS, 0)
    except (OSError, EOFError, ValueError):
        code = child.end()
        raise Broken(
            "The model host does not start.",
            f"Its process ended with {code} before its first word.",
            f"Check that {python} has Glassworks installed and that {memory_mb} MB suffice.",
        ) from None
    return child


class _Child:
    """The process and its socket."""

    def __init__(self, python: str, memory_mb: int) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="glassworks-model-", ignore_cleanup_errors=True)
        ours, theirs = socket.socketpair()
        self.line = ours
        with theirs:
            number = theirs.fileno()
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [python, "-P", "-m", CHILD, str(number), str(memory_mb), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(number,),
                env=environment(self.folder.name),
                cwd=self.folder.name,
                start_new_session=True,
            )

    def ask(
        self, header: dict[str, Any], parts: Sequence[bytes], until: float, largest: int
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Send a request, read the answer; `OSError` or `EOFError` when the child is gone, `TimeoutError` when late."""
        text = json.dumps({**header, "sizes": [len(one) for one in parts]}, default=str).encode()
        for one in (struct.pack("!Q", len(text)) + text, *parts):
            self.line.settimeout(max(until - time.monotonic(), 0.001))
            self.line.sendall(one)
        return self.read(until, largest)

    def read(self, until: float, largest: int) -> tuple[dict[str, Any], list[bytes]]:
        """One message; nothing larger than it can rightly be is taken in."""
        (length,) = struct.unpack("!Q", self._exactly(8, until))
        answer = json.loads(self._exactly(_within(length, LARGEST_HEADER), until))
        if not isinstance(answer, dict) or not isinstance(answer.get("sizes"), list):
            raise ValueError("It is not an answer of the host.")
        sizes = [_within(size, largest) for size in answer["sizes"]]
        _within(sum(sizes), largest)
        return answer, [self._exactly(size, until) for size in sizes]

    def _exactly(self, size: int, until: float) -> bytes:
        buffer = bytearray(size)
        rest = memoryview(buffer)
        while rest:
            self.line.settimeout(max(until - time.monotonic(), 0.001))
            got = self.line.recv_into(rest)
            if not got:
                raise EOFError
            rest = rest[got:]
        return bytes(buffer)

    def end(self) -> int:
        """End the process group, if it has not ended; the answer is how the child ended."""
        self.line.close()
        try:
            code = self.process.wait(0.5)
        except subprocess.TimeoutExpired:
            code = 0
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.folder.cleanup()
        return code


def environment(folder: str) -> dict[str, str]:
    """The child's whole environment: where programs are, the language, one thread, a private folder."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    own = {"HOME": folder, "TMPDIR": folder, "OMP_WAIT_POLICY": "passive", "PYTHONHASHSEED": "0"}
    return passed | ONE_THREAD | own


def _within(size: object, largest: int) -> int:
    if not isinstance(size, int) or not 0 <= size <= largest:
        raise ValueError("It is larger than any right answer.")
    return size
