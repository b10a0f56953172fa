"""Who may ask: bearer tokens by their hash, each for one release or any, each with an end and a quota."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from glassworks.core.errors import GlassworksError, NotAllowed


class Unauthenticated(NotAllowed):
    """No token, or one that this server does not know."""

    status = 401


class TooMany(GlassworksError):
    """The caller asks more than its share."""

    status = 429


class Grant(NamedTuple):
    """What one token allows."""

    release: str
    expires_at: datetime


class Tokens:
    """The token file that the line writes, read again when it changes.

    Parameters
    ----------
    path : JSON of `{token hash: {"release": id or "", "expires_at": ISO time}}`; hashes are SHA-256 in hex, with or
        without the prefix `sha256:`. A file that cannot be read lets nobody in.
    rows_per_minute : how many rows each token may ask in a minute.
    """

    def __init__(self, path: Path, now: Callable[[], datetime], rows_per_minute: int = 60_000) -> None:
        self._path, self._now, self._quota = path, now, rows_per_minute
        self._grants: dict[str, Grant] = {}
        self._state: tuple[int, int, int] | None = None
        self._minute = ""
        self._used: dict[str, int] = {}

    def admit(self, authorization: str, release: str) -> str:
        """The hash of a token that may ask this release.

        Raises
        ------
        Unauthenticated : there is no token, it is unknown, or it has ended.
        NotAllowed : it is for another release.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _stranger("A bearer token is needed.", "token-missing")
        self._read()
        key = hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest()
        grant = self._grants.get(key)
        if grant is None:
            raise _stranger("This token is not known here.", "token-unknown")
        if self._now() >= grant.expires_at:
            raise _stranger("This token has ended.", "token-expired")
        if grant.release not in ("", release):
            raise NotAllowed(
                "This token is for another release.", next_step="Use the token of this release.", rule="token-release"
            )
        return key

    def spend(self, key: str, rows: int) -> None:
        """Count rows against a token's minute. Raises `TooMany` when they are used up."""
        minute = f"{self._now():%Y%m%d%H%M}"
        if minute != self._minute:
            self._minute, self._used = minute, {}
        used = self._used.get(key, 0) + rows
        if used > self._quota:
            raise TooMany(
                "This token has used up its rows for this minute.",
                f"It may ask {self._quota:,} rows a minute.",
                "Wait for the next minute.",
                rule="quota",
            )
        self._used[key] = used

    def _read(self) -> None:
        try:
            status = self._path.stat()
            state = (status.st_mtime_ns, status.st_size, status.st_ino)
            if state != self._state:
                found = json.loads(self._path.read_bytes())
                self._grants = {
                    key.removeprefix("sha256:"): Grant(value["release"], _moment(value["expires_at"]))
                    for key, value in found.items()
                }
                self._state = state
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self._grants, self._state = {}, None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment


def _stranger(what: str, rule: str) -> Unauthenticated:
    return Unauthenticated(what, next_step="Ask the use case's team for a token for predictions.", rule=rule)
