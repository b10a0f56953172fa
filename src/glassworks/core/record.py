"""The base of every record: frozen, typed, with one canonical form and one digest."""

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from glassworks.core import canonical


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _written_in_utc(moment: datetime) -> datetime:
    try:
        moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("it lies outside the years that can be written in UTC") from error
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_written_in_utc), PlainSerializer(_iso, when_used="json")]
"""A point in time, always with a zone; written in UTC with microseconds."""


class Part(BaseModel):
    """A piece of a record: frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def facts(self) -> dict[str, Any]:
        """Plain data, ready for canonical JSON."""
        return self.model_dump(mode="json")

    def told(self) -> dict[str, Any]:
        """The facts that were given, without defaults that were not: of a part read from a file, what the file says.

        A field that a later version adds is not in an older file, so that hashes of older files still hold.
        """
        return self.model_dump(mode="json", exclude_unset=True)

    @property
    def digest(self) -> str:
        """`sha256:` hash of the canonical form; changes when any field changes."""
        return canonical.digest(self.facts())


def _empty(value: object) -> bool:
    return value is None or value == "" or value == () or (isinstance(value, Part) and not value.facts())


def added(default: Any, **limits: Any) -> Any:
    """A field that may stay empty; empty, it is no part of the facts, so what was signed before it existed still holds.

    Examples
    --------
    >>> class Hill(Part):
    ...     who: str = added("")
    ...     wow: str = added("")
    >>> Hill(who="agents").facts()
    {'who': 'agents'}
    """
    return Field(default=default, exclude_if=_empty, **limits)


class Record(Part):
    """One thing the ledger keeps: its `kind` names it, its `id` finds it.

    `use_case` and `line` are present on every record (empty when it belongs to none): they decide who may see it.
    """

    kind: ClassVar[str] = ""
    id: str
    use_case: str = ""
    line: str = ""


def new_id(prefix: str) -> str:
    """A fresh opaque id such as `cand-5f2c91ab03de`."""
    return f"{prefix}-{secrets.token_hex(6)}"
