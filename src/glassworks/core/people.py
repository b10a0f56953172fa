"""People, their roles, their keys, and the lines of business they work in."""

from enum import StrEnum
from typing import ClassVar, Literal

from glassworks.core.record import Moment, Part, Record, added


class Role(StrEnum):
    """What a person is on a use case or in the office."""

    BUSINESS_OWNER = "business_owner"
    DOMAIN_EXPERT = "domain_expert"
    DATA_SCIENTIST = "data_scientist"
    VALIDATOR = "validator"
    APPROVER = "approver"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    CHAMPION = "champion"

    @property
    def words(self) -> str:
        """The role in plain words, for sentences."""
        return "factory champion" if self is Role.CHAMPION else self.value.replace("_", " ")


class LineOfBusiness(Record):
    """A spoke: free in algorithm and framework, bound by the office's policy."""

    kind: ClassVar[str] = "line"
    name: str
    created_at: Moment


class Person(Record):
    """Someone who can sign in. `persona` marks an invented person played by a script.

    `took_over` names the leavers whose work is theirs now; `reports_to` the person above them, by id.
    """

    kind: ClassVar[str] = "person"
    name: str
    login: str
    roles: tuple[Role, ...] = ()
    lines: tuple[str, ...] = ()
    persona: bool = False
    active: bool = True
    took_over: tuple[str, ...] = ()
    password_hash: str = ""
    reports_to: str = added("")
    created_at: Moment


class Actor(Part):
    """A signed-in person as an act sees them: who, in which roles, in which lines (empty: every line)."""

    person: str
    name: str
    roles: tuple[Role, ...] = ()
    lines: tuple[str, ...] = ()
    persona: bool = False

    def sees(self, line: str) -> bool:
        """Whether this person may see what belongs to a line of business."""
        return not line or not self.lines or line in self.lines


class Invitation(Record):
    """An open invitation to join a line in named roles; used once, before it expires."""

    kind: ClassVar[str] = "invitation"
    name: str
    login: str
    roles: tuple[Role, ...]
    token_hash: str
    invited_by: str
    created_at: Moment
    expires_at: Moment
    reports_to: str = added("")
    used: bool = False


class Key(Part):
    """One public key as the signed key list carries it."""

    key_id: str
    person: str
    person_name: str
    roles: tuple[Role, ...]
    public_key: str
    valid_from: Moment
    valid_until: Moment | None = None
    custody: Literal["office", "person"] = "office"
    persona: bool = False


class HeldKey(Record):
    """A personal key as the ledger keeps it; `sealed_private` is encrypted with the person's passphrase."""

    kind: ClassVar[str] = "key"
    key: Key
    sealed_private: str = ""


class KeyList(Part):
    """Every key the office vouches for, at one moment, signed with the office key."""

    format: Literal["glassworks-keylist/1"] = "glassworks-keylist/1"
    issued_at: Moment
    office_public_key: str
    keys: tuple[Key, ...]
    signature: str = ""
