"""What a person asks for, as small typed commands: the API, the CLI, pages and the SDK send these same classes."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from glassworks.core.contract import MOST_CASES, Brief, Task
from glassworks.core.estimate import Estimate
from glassworks.core.finding import Severity
from glassworks.core.people import Role
from glassworks.core.record import Moment, Part
from glassworks.core.signoff import Meaning
from glassworks.core.usecase import ColumnDecision, ModelCard


class OpenUseCase(Part):
    """Open a use case in a line of business."""

    title: str = Field(min_length=3, max_length=140)
    question: str = Field(min_length=3, max_length=500)
    line: str
    id: str = Field(default="", pattern=r"^$|^[a-z0-9][a-z0-9-]{1,60}$")


class SaveBrief(Part):
    """Save the next version of the brief; `expected_version` is the one that was being edited (0: none yet)."""

    use_case: str
    expected_version: int = 0
    brief: Brief


class AddData(Part):
    """Bring a file's bytes (by vault digest or upload) to a use case; the office divides and seals it at once."""

    use_case: str
    name: str
    source: str = ""


class DecideColumns(Part):
    """The domain expert's decisions about columns: they become the data contract."""

    use_case: str
    decisions: tuple[ColumnDecision, ...]


class SubmitModel(Part):
    """Bring a model made by hand: its card and its files, with the submitter's own figures (shown, never gated on)."""

    use_case: str
    name: str = Field(min_length=1, max_length=80)
    card: ModelCard
    files: dict[str, str]
    claims: tuple[Estimate, ...] = ()
    planted: str = ""


class Sign(Part):
    """Sign the dossier of one subject at its gate, as one role."""

    use_case: str
    subject: str
    role: Role
    meaning: Meaning
    statement: str = ""
    accepts: tuple[str, ...] = ()
    conditions: tuple[Annotated[str, StringConstraints(strip_whitespace=True)], ...] = ()
    expires_at: Moment | None = None


class Raise(Part):
    """Raise a finding about a subject; `remediation` says what would mend it."""

    use_case: str
    subject: str
    severity: Severity
    text: str = Field(min_length=3, max_length=2000)
    owner: str
    due: Moment
    remediation: str = Field(default="", max_length=2000)


class BringOwn(Part):
    """What a validator brings for a candidate, without its files, which come beside it; a challenger has a `card`."""

    use_case: str
    subject: str
    what: Literal["check", "data", "challenger"]
    name: str = Field(default="", max_length=80)
    card: ModelCard | None = None


class AskQuestion(Part):
    """Ask the developer of a candidate, about one check of it when `check` names one."""

    use_case: str
    subject: str
    check: str = Field(default="", max_length=120)
    text: str = Field(min_length=3, max_length=2000)


class AnswerQuestion(Part):
    """Answer a validator's question."""

    answer: str = Field(min_length=1, max_length=4000)


class Invite(Part):
    """Invite a person into a line in named roles; `reports_to` is the sign-in name of the person above them."""

    name: str = Field(min_length=2, max_length=80)
    login: str = Field(pattern=r"^[a-z0-9][a-z0-9._@-]{1,60}$")
    roles: tuple[Role, ...]
    line: str = ""
    reports_to: str = Field(default="", max_length=80)


class Stop(Part):
    """Stop a use case, a release or a line of business. Anyone may."""

    target_kind: str = Field(pattern="^(use_case|release|line)$")
    target: str
    reason: str = Field(min_length=3, max_length=500)


class AskException(Part):
    """Ask for a waiver of one check of one subject, for a time."""

    use_case: str
    subject: str
    check: str
    reason: str = Field(min_length=10, max_length=1000)
    compensation: str = Field(min_length=3, max_length=1000)
    days: int = Field(gt=0, le=365)


class Rows(Part):
    """Rows to score or outcomes to report, as plain dictionaries."""

    rows: tuple[dict[str, Any], ...]


class SignNow(Sign):
    """Sign with the key that the office keeps, which the passphrase opens."""

    passphrase: str = Field(repr=False, max_length=1024)


class BringModel(Part):
    """A model made by hand without its files, which come beside it."""

    use_case: str
    name: str = Field(min_length=1, max_length=80)
    card: ModelCard
    claims: tuple[Estimate, ...] = ()


class DraftBrief(Part):
    """Draft a brief from the open rows, with this target."""

    target: str = Field(min_length=1, max_length=200)


class StartBrief(Part):
    """The five questions with which a brief starts, answered in words; `worth` and `mistake` begin with an amount.

    `expected_version` is the version over which the answers are laid (0: there is no brief yet). Without `task`, that
    of the version before stays; with no version before it, the answer is yes or no.
    """

    decision: str = Field(min_length=3, max_length=500)
    whom: str = Field(min_length=2, max_length=300)
    worth: str = Field(min_length=1, max_length=200)
    mistake: str = Field(min_length=1, max_length=200)
    know: str = Field(min_length=3, max_length=500)
    task: Task | None = None
    expected_version: int = 0


class Moved(Part):
    """Another low, most likely (`mode`) and high for a value; what is left out moves along with the mode."""

    low: float | None = None
    mode: float | None = None
    high: float | None = None


class TryWhatIf(Part):
    """Try a brief's decision with other numbers; nothing is saved. What is left out is as the brief says.

    Shares are between 0 and 1. With no figure for the model (`precision`, `recall`, `auc`; `accuracy`; `error`) it is
    taken to be a middling one. `values` are by name of the value matrix, `shares` by class, `means` by the column that
    a value is multiplied by.
    """

    precision: float | None = Field(default=None, ge=0, le=1)
    recall: float | None = Field(default=None, ge=0, le=1)
    auc: float | None = Field(default=None, ge=0.5, le=1)
    accuracy: float | None = Field(default=None, ge=0, le=1)
    error: float | None = Field(default=None, ge=0)
    volume: float | None = Field(default=None, gt=0, le=MOST_CASES)
    capacity_share: float | None = Field(default=None, gt=0, le=1)
    positive_share: Moved | float | None = None
    expected_error: float | None = Field(default=None, gt=0)
    target: float | None = None
    values: dict[str, Moved | float] = Field(default_factory=dict)
    shares: dict[str, float] = Field(default_factory=dict)
    means: dict[str, float] = Field(default_factory=dict)
    draws: int = Field(default=10_000, ge=1, le=100_000)


class CloseFinding(Part):
    """Close a finding with its evidence."""

    closure: str = Field(min_length=3, max_length=2000)


class Passphrase(Part):
    """A passphrase alone: for a counter-signature, or for a new key."""

    passphrase: str = Field(repr=False, max_length=1024)


class EnrolKey(Part):
    """A public key whose private half stays with its owner."""

    public_key: str = Field(max_length=100)


class StopReason(Part):
    """Why a stop is released."""

    reason: str = Field(min_length=3, max_length=500)


class ReleaseStop(StopReason, Passphrase):
    """Release a stop by signature."""


class ReportOutcomes(Part):
    """Late outcomes by prediction id."""

    use_case: str
    outcomes: dict[str, str | float | int | bool]


class Retire(Part):
    """Retire a use case, with the reason."""

    reason: str = Field(min_length=3, max_length=500)


class SignIn(Part):
    """Name and password; the answer is a token."""

    login: str = Field(max_length=80)
    password: str = Field(repr=False, max_length=1024)


class Join(Passphrase):
    """Accept an invitation."""

    secret: str = Field(repr=False, max_length=200)
    password: str = Field(repr=False, max_length=1024)


class OpenLine(Part):
    """Open a line of business."""

    name: str = Field(min_length=2, max_length=80)


class Leave(Part):
    """A leaver's work goes to an heir."""

    heir: str


class MakeToken(Part):
    """Make a token for the API, or for the predictions of one release."""

    purpose: Literal["api", "predict"] = "api"
    release: str = ""
    days: int = Field(default=30, ge=1, le=365)
