"""What a person asks for, as small typed commands: the API, the CLI, pages and the SDK send these same classes."""

from typing import Any

from pydantic import Field

from glassworks.core.contract import Brief
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
    conditions: tuple[str, ...] = ()
    expires_at: Moment | None = None


class Raise(Part):
    """Raise a finding about a subject."""

    use_case: str
    subject: str
    severity: Severity
    text: str = Field(min_length=3, max_length=2000)
    owner: str
    due: Moment


class Invite(Part):
    """Invite a person into a line in named roles."""

    name: str = Field(min_length=2, max_length=80)
    login: str = Field(pattern=r"^[a-z0-9][a-z0-9._@-]{1,60}$")
    roles: tuple[Role, ...]
    line: str = ""


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
