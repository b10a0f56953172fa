"""What the line needs from the world, as protocols: ledger, vault, jobs, model hosts, clock, keys."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from pydantic import Field

from glassworks.core.contract import Task
from glassworks.core.journal import Act, Entry
from glassworks.core.lock import Lock
from glassworks.core.record import Moment, Part, Record
from glassworks.core.usecase import ModelCard

R = TypeVar("R", bound=Record)
Frame = Any
"""A `polars.DataFrame`; core names it without importing it."""


class Ledger(Protocol):
    """Where records live. Every write carries the act that caused it, in the same transaction."""

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is written together or not at all; inner transactions join the outer."""

    def add(self, record: Record, act: Act) -> None:
        """Write a new record. Raises `Conflict` when the id is taken."""

    def replace(self, record: Record, expected_version: int, act: Act) -> None:
        """Write the next version of a record, if it still stands at `expected_version`; else `Conflict`."""

    def note(self, act: Act) -> None:
        """Journal an act that writes no record, such as a refusal."""

    def get(self, kind: type[R], id: str) -> R:
        """One record. Raises `NotFound`."""

    def version(self, kind: type[R], id: str) -> int:
        """The ledger's version of one record: 1 when added, one more at each replace."""

    def find(self, kind: type[R], **equal: Any) -> list[R]:
        """Records whose named fields equal the values, oldest first."""

    def entries(self, *, use_case: str = "", after: int = 0, limit: int = 0) -> Iterator[Entry]:
        """The journal, oldest first; `limit` 0 means all."""

    def newest(self) -> int:
        """The number of the journal's last entry; 0 when it is empty."""

    def standing(self) -> Iterator[tuple[str, str]]:
        """Each record as `kind:id` with the digest of its facts as they stand now: what an audit compares."""


class Vault(Protocol):
    """Content-addressed bytes: put if absent, verified on read."""

    def put(self, content: bytes) -> str:
        """Keep the bytes; the answer is their digest."""

    def get(self, digest: str) -> bytes:
        """The bytes with that digest. Raises `NotFound`, or `Broken` when the bytes were altered."""

    def has(self, digest: str) -> bool:
        """Whether the bytes are kept."""


class Job(Part):
    """One short idempotent piece of work. `fence` grows with every claim: a stale worker's writes are refused."""

    id: str
    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    use_case: str = ""
    asked_by: str = ""
    state: str = "waiting"
    attempt: int = 0
    fence: int = 0
    progress: str = ""
    share: float = 0.0
    error: str = ""
    asked_at: Moment
    finished_at: Moment | None = None


class JobQueue(Protocol):
    """A lease table: enqueued in the act's own transaction, claimed with a fence, kept by a heartbeat."""

    def enqueue(
        self, name: str, arguments: Mapping[str, Any], *, key: str, use_case: str = "", asked_by: str = ""
    ) -> Job:
        """Ask for work; the same `key` while it waits or runs gives the same job."""

    def claim(self, worker: str) -> Job | None:
        """Take the oldest waiting job, or one whose lease has run out."""

    def heartbeat(self, job: Job, progress: str = "", share: float = 0.0) -> bool:
        """Renew the lease and say how far it is; False when the job was taken over."""

    def complete(self, job: Job) -> bool:
        """The work is done; False when the job was taken over meanwhile."""

    def fail(self, job: Job, error: str, *, again: bool) -> bool:
        """The work failed; `again` puts it back until its attempts are used up."""

    def get(self, id: str) -> Job:
        """One job. Raises `NotFound`."""

    def recent(self, *, use_case: str = "", limit: int = 20) -> list[Job]:
        """The latest jobs, newest first."""


class Recipe(Part):
    """How to make a model: a framework, a kind it knows how to fit, its parameters."""

    name: str
    framework: str
    kind: str
    parameters: dict[str, Any] = Field(default_factory=dict)


class Model(Protocol):
    """A model loaded in its own process."""

    def predict(self, frame: Frame) -> Any:
        """Scores as a NumPy array: P(positive) (n,), class probabilities (n, k), or values (n,)."""

    def close(self) -> None:
        """End the process."""


class Fitter(Protocol):
    """Fits and runs models away from this process, so that a bad model cannot hurt it."""

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
        """Fit a recipe; the answer is the model's files by name."""

    def load(self, card: ModelCard, files: Mapping[str, bytes]) -> Model:
        """Load a model from its files. Raises `FixTheInput` when they cannot be read."""

    def lock(self, card: ModelCard, files: Mapping[str, bytes]) -> Lock:
        """The versions of Python and of the packages that a model with these files needs here."""

    def check(self, source: bytes, frame: Frame, seconds: float) -> Any:
        """What the function `check` of Python source says about rows within a time; plain data, not to be trusted."""

    def close(self) -> None:
        """End the process."""


class Framework(Protocol):
    """One framework in one file: recognise, fit (optional), save, load, predict, describe."""

    name: str
    kinds: tuple[str, ...]

    def recognises(self, model: object) -> bool:
        """Whether a live object is a model of this framework."""

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
    ) -> object:
        """Fit one of `kinds`."""

    def save(self, model: object) -> dict[str, bytes]:
        """The model as files, in the safest format the framework has."""

    def load(self, files: Mapping[str, bytes]) -> object:
        """The model from its files."""

    def predict(self, model: object, frame: Frame, card: ModelCard) -> Any:
        """Scores as a NumPy array (see `Model.predict`)."""

    def describe(self, model: object) -> dict[str, Any]:
        """Plain facts about the model: kind, size, coefficients or trees."""


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> Moment:
        """This moment, in UTC."""
