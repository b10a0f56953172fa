"""The records of the line: use case, dataset, look, candidate, release, exception, line stop, monitoring round."""

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field

from glassworks.core import canonical
from glassworks.core.contract import Direction, Task
from glassworks.core.estimate import Estimate
from glassworks.core.record import Moment, Part, Record, added
from glassworks.core.signoff import SignOff
from glassworks.core.stage import Stage, Status

ASKED = (
    "id",
    "use_case",
    "line",
    "subject",
    "check",
    "reason",
    "compensation",
    "requested_by",
    "requested_at",
    "expires_at",
)
PULLED = ("id", "use_case", "line", "target_kind", "target", "reason", "pulled_by", "pulled_at")


def _digest(record: Record, form: str, fields: tuple[str, ...]) -> str:
    """The digest of these fields, and no others, of a record: a field that is added later changes no signature."""
    facts = record.facts()
    return canonical.digest({"format": form} | {name: facts[name] for name in fields})


class UseCase(Record):
    """The unit of work on the line, owned by one line of business."""

    kind: ClassVar[str] = "use_case"
    title: str
    question: str
    stage: Stage = Stage.SCOPE
    status: Status = Status.ON_THE_LINE
    brief: str = ""
    dataset: str = ""
    release: str = ""
    version: int = 1
    opened_by: str
    opened_at: Moment
    moved_at: Moment
    demonstration: bool = False


class Column(Part):
    """One column of a dataset as the profile sees it on open rows.

    `first` and `last` are the days between which dates lie, `longest` the letters of the longest text; both are absent
    from contracts of before they were noted.
    """

    name: str
    dtype: Literal["number", "category", "date", "text"]
    missing_share: float = 0.0
    distinct: int = 0
    low: float | None = None
    high: float | None = None
    levels: tuple[str, ...] = ()
    details: dict[str, Any] = Field(default_factory=dict)
    first: date | None = added(None)
    last: date | None = added(None)
    longest: int | None = added(None)


class ColumnDecision(Part):
    """The domain expert's decision about a column, with the reason: it becomes the data contract."""

    column: str
    decision: Literal["use", "exclude", "forbid", "sentinel"]
    reason: str
    sentinel: float | None = None
    expected: Direction = Direction.ANY
    decided_by: str = ""


class DataContract(Part):
    """What a row must look like to be scored; outside the validated ranges and levels the server abstains."""

    columns: tuple[Column, ...]
    decisions: tuple[ColumnDecision, ...] = ()


class SharedRows(Part):
    """How many rows a dataset shares with one that was sealed before it, counted from fingerprints of rows.

    `sealed` of the rows sealed here are sealed there too, and `sealed_there` of those there are sealed here;
    `seen_there` of the rows sealed here are open there; `seen_here` of the rows sealed there are open here.
    """

    dataset: str
    sealed: int = 0
    sealed_there: int = 0
    seen_there: int = 0
    seen_here: int = 0


class Elsewhere(Part):
    """The rows that a dataset shares with another one, which is named as far as the reader's line may know it."""

    where: str
    rows: SharedRows
    rows_sealed_there: int


class Dataset(Record):
    """A fingerprinted table, divided and sealed before anyone explored it.

    `rows_blob` holds keyed fingerprints of the rows, encrypted, never a row; `shared` names the earlier datasets that
    have rows in common with this one; `notes` say what was decided about columns when the file was read.
    """

    kind: ClassVar[str] = "dataset"
    name: str
    fingerprint: str
    source: str
    columns: tuple[str, ...]
    target: str
    rows_open: int
    rows_sealed: int
    rows_replay: int = 0
    open_blob: str
    sealed_blob: str
    replay_blob: str = ""
    seal: Literal["same machine", "separate machine"] = "same machine"
    division: str
    seed: int
    brief_digest: str
    rows_blob: str = added("")
    shared: tuple[SharedRows, ...] = added(())
    notes: tuple[str, ...] = added(())
    contract: DataContract | None = None
    version: int = 1
    added_by: str
    added_at: Moment


class Look(Record):
    """One opening of the sealed hold-out by one candidate, counted before any score is returned.

    `number` counts every look at these rows, in whatever file; `elsewhere` of the earlier ones were taken in other use
    cases.
    """

    kind: ClassVar[str] = "look"
    dataset: str
    candidate: str
    number: int
    elsewhere: int | None = added(None)
    opened_by: str
    opened_at: Moment


class ModelCard(Part):
    """What a model says of itself: framework, inputs, how it was made.

    `learned_until` : where it learned from other rows than the open ones of its use case, until when.
    """

    framework: str
    recipe: str
    task: Task
    inputs: tuple[str, ...]
    labels: tuple[str, ...] = ()
    window: str = ""
    learned_until: str = added("")
    seed: int = 0
    parameters: dict[str, Any] = Field(default_factory=dict)


class Candidate(Record):
    """A model proposed: the bytes (a manifest of files by digest), its card, and its author.

    `follows` names the released candidate whose very bytes are laid again, to be validated under what is in force now;
    `fitted_on` is then the dataset that those bytes were fitted on.
    """

    kind: ClassVar[str] = "candidate"
    name: str
    dataset: str
    brief_digest: str
    author: str
    made_by: Literal["builder", "hand"]
    card: ModelCard
    files: dict[str, str]
    state: Literal["proposed", "submitted", "refused", "approved", "withdrawn"] = "proposed"
    claims: tuple[Estimate, ...] = ()
    planted: str = ""
    follows: str = added("")
    fitted_on: str = added("")
    version: int = 1
    made_at: Moment


class Release(Record):
    """A model approved: exactly these bytes, for this purpose, inside this validated domain."""

    kind: ClassVar[str] = "release"
    candidate: str
    dossier: str
    package: str
    environment: str
    purpose: str
    state: Literal["active", "stopped", "retired"] = "active"
    threshold: float | None = None
    capacity_share: float | None = None
    promised: tuple[Estimate, ...] = ()
    conditions: tuple[str, ...] = ()
    version: int = 1
    released_at: Moment


class Waiver(Record):
    """An exception: a counter-signed, reasoned waiver of one check that expires, also at run time.

    `grant` signs `asked`. Exceptions that were granted before there was such a signature have none.
    """

    kind: ClassVar[str] = "exception"
    subject: str
    check: str
    reason: str
    compensation: str
    requested_by: str
    granted_by: str = ""
    grant: SignOff | None = None
    requested_at: Moment
    expires_at: Moment

    @property
    def asked(self) -> str:
        """The digest of what was asked for: what the grant signs."""
        return _digest(self, "glassworks-exception/1", ASKED)

    def covers(self, check: str, subject: str, now: Moment) -> bool:
        """Whether this exception is granted by another person, live, and about that check of that subject."""
        countersigned = bool(self.granted_by) and self.granted_by != self.requested_by
        live = now < self.expires_at and (self.grant is None or self.grant.signed_at <= now)
        return countersigned and live and self.check == check and self.subject == subject


class LineStop(Record):
    """Somebody stopped a use case, a release or a line; releasing it takes a signature.

    `release` signs `pulled`, with the reason as its statement. Stops that were released before there were sign-offs of
    releases have a bare `signature`.
    """

    kind: ClassVar[str] = "stop"
    target_kind: Literal["use_case", "release", "line"]
    target: str
    reason: str
    pulled_by: str
    pulled_at: Moment
    released_by: str = ""
    released_at: Moment | None = None
    release_reason: str = ""
    release: SignOff | None = None
    signature: str = ""

    @property
    def pulled(self) -> str:
        """The digest of the stop as it was pulled: what its release signs."""
        return _digest(self, "glassworks-stop/1", PULLED)

    @property
    def holds(self) -> bool:
        """Whether it is still in force."""
        return not self.released_by


class GateRecord(Record):
    """What a gate said about one subject, from which dossier, and why."""

    kind: ClassVar[str] = "gate"
    stage: Stage
    subject: str
    dossier: str
    file: str = ""
    open: bool
    reasons: tuple[str, ...]
    decided_at: Moment


class MonitoringRound(Record):
    """One turn of the monitors over a window of live traffic and its late outcomes."""

    kind: ClassVar[str] = "round"
    release: str
    number: int
    window: str
    rows: int
    outcomes: int
    action: Literal["none", "log", "alert", "tighten", "throttle", "fall back", "roll back", "stop"] = "none"
    promised: Estimate | None = None
    realised: Estimate | None = None
    sentence: str = ""
    made_at: Moment


class Token(Record):
    """An API token of a person or a service; only its hash is kept."""

    kind: ClassVar[str] = "token"
    person: str
    token_hash: str
    purpose: Literal["api", "predict"] = "api"
    release: str = ""
    created_at: Moment
    expires_at: Moment
    revoked: bool = False
