"""What a validator adds to the office's suite about one candidate, and what they ask its developer."""

from typing import ClassVar, Literal

from pydantic import Field

from glassworks.core.record import Moment, Record
from glassworks.core.usecase import ModelCard

OwnKind = Literal["check", "data", "challenger"]


class OwnEvidence(Record):
    """A check, a table or a model that a validator brought for one candidate; asked once, it stays on record.

    `files` are its bytes by name, as digests; `asked` says whether the office has recomputed with it.
    """

    kind: ClassVar[str] = "own_evidence"
    subject: str
    what: OwnKind
    name: str
    files: dict[str, str]
    card: ModelCard | None = None
    asked: bool = False
    withdrawn: bool = False
    version: int = 1
    added_by: str
    added_at: Moment

    @property
    def live(self) -> bool:
        """Whether the office asks it."""
        return not self.withdrawn


class Question(Record):
    """What a validator asks the developer about one candidate, or one check of it, and the answer."""

    kind: ClassVar[str] = "question"
    subject: str
    check: str = ""
    text: str = Field(min_length=3, max_length=2000)
    answer: str = ""
    answered_by: str = ""
    answered_at: Moment | None = None
    version: int = 1
    asked_by: str
    asked_at: Moment

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return not self.answered_by
