"""Every setting, typed, read once from the environment (prefix `GLASSWORKS_`) and passed down."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from glassworks.core.errors import FixTheInput
from glassworks.core.record import Part

PREFIX = "GLASSWORKS_"


class Settings(Part):
    """How this installation runs. Policies are not settings: they are data in the ledger."""

    home: Path = Path(".glassworks")
    database_url: str = ""
    environment: str = Field(default="production", pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")
    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=0, le=65535)
    root_path: str = ""
    office_key: Path | None = None
    office_fingerprint: str = ""
    allowed_hosts: str = ""
    session_hours: float = 12.0
    lease_seconds: float = 30.0
    upload_megabytes: int = 200
    model_memory_megabytes: int = 4096
    model_seconds: float = 600.0
    answer_seconds: float = 20.0
    rows_per_minute: int = 600_000
    permit_reload_seconds: float = 5.0
    secure_cookies: bool = False
    own_checks: bool = True

    def database(self) -> str:
        """The database URL: the setting, or SQLite in the home."""
        return self.database_url or f"sqlite:///{(self.home / 'glassworks.db').resolve()}"

    def key_path(self) -> Path:
        """Where the office's private key lies."""
        return self.office_key or self.home / "keys" / "office.key"

    @property
    def demo(self) -> bool:
        """Whether this is the demonstration environment, where invented people may sign."""
        return self.environment == "demo"


def read(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """The settings from the environment, with overrides (such as command-line options) on top."""
    source = os.environ if environ is None else environ
    given: dict[str, object] = {
        name: source[PREFIX + name.upper()] for name in Settings.model_fields if source.get(PREFIX + name.upper())
    }
    given |= {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        raise FixTheInput(
            f"The setting {PREFIX}{name.upper()} cannot be used.", str(first["msg"]), "Correct or unset it.", field=name
        ) from error
