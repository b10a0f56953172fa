"""Web sessions: who is signed in, until when."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from glassworks.store.sessions import Sessions
from glassworks.store.tables import sessions as table

DAY = timedelta(days=1)


@pytest.fixture
def sessions(engine: Engine, clock: Any) -> Sessions:
    return Sessions(engine, clock)


def test_a_token_names_its_person_until_its_time_is_up(sessions: Sessions, clock: Any) -> None:
    token = sessions.create("ann", DAY)
    assert sessions.person_of(token) == "ann"
    clock.advance(DAY.total_seconds() - 1)
    assert sessions.person_of(token) == "ann"
    clock.advance(1)
    assert sessions.person_of(token) is None


@pytest.mark.parametrize("token", ["", "x", "\ud800", "' OR 1=1 --"])
def test_a_made_up_token_names_nobody(sessions: Sessions, token: str) -> None:
    sessions.create("ann", DAY)
    assert sessions.person_of(token) is None


def test_an_ended_session_is_over_and_the_others_go_on(sessions: Sessions) -> None:
    phone, desk, other = sessions.create("ann", DAY), sessions.create("ann", DAY), sessions.create("bob", DAY)
    sessions.end(phone)
    sessions.end(phone)
    assert [sessions.person_of(one) for one in (phone, desk, other)] == [None, "ann", "bob"]
    sessions.end_all("ann")
    assert [sessions.person_of(one) for one in (phone, desk, other)] == [None, None, "bob"]


def test_tokens_are_kept_as_hashes_and_swept_out_when_over(sessions: Sessions, engine: Engine, clock: Any) -> None:
    token = sessions.create("ann", DAY)
    with engine.connect() as connection:
        assert token not in str(connection.execute(select(table)).all())
    clock.advance(DAY.total_seconds())
    sessions.create("bob", DAY)
    with engine.connect() as connection:
        assert connection.scalars(select(table.c.person)).all() == ["bob"]
