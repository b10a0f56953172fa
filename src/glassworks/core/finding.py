"""A finding: a deficiency a validator raises, with an owner, a date and its closure."""

from enum import StrEnum
from typing import ClassVar

from glassworks.core.record import Moment, Record, added


class Severity(StrEnum):
    """How grave a finding is; an open `high` closes gate 4."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Finding(Record):
    """A deficiency, and what would mend it; it stays on the record until someone closes it with evidence."""

    kind: ClassVar[str] = "finding"
    subject: str
    severity: Severity
    text: str
    owner: str
    due: Moment
    remediation: str = added("")
    raised_by: str
    raised_at: Moment
    closed_by: str = ""
    closure: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has closed it yet."""
        return not self.closed_by
