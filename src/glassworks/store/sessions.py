"""Web sessions: opaque random tokens, kept only as hashes, ended by time or by hand; not journalled."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Engine, delete, insert, select

from glassworks.core.ports import Clock
from glassworks.store.database import reading, writing
from glassworks.store.tables import sessions


class Sessions:
    """Who is signed in."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def create(self, person: str, ttl: timedelta) -> str:
        """Begin a session; the answer is its token, which is not kept. Sessions past their time are swept out."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        values = {"token_hash": _hashed(token), "person": person, "created_at": now, "expires_at": now + ttl}
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(insert(sessions).values(values))
        return token

    def person_of(self, token: str) -> str | None:
        """Whose live session this token is, if any."""
        live = (sessions.c.token_hash == _hashed(token), sessions.c.expires_at > self._clock.now())
        with reading(self._engine) as connection:
            return connection.scalar(select(sessions.c.person).where(*live))

    def end(self, token: str) -> None:
        """End one session; ending it twice is no fault."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == _hashed(token)))

    def end_all(self, person: str) -> None:
        """End every session of a person, as when they leave or change their password."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.person == person))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
