"""A home of any age is brought up to date; a newer one is refused."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from glassworks.core.errors import FixTheInput
from glassworks.core.journal import Act, first_break
from glassworks.core.people import LineOfBusiness
from glassworks.store.database import open_engine, upgrade
from glassworks.store.ledger import SqlLedger
from glassworks.store.sessions import Sessions
from glassworks.store.tables import metadata


def test_the_steps_lead_to_exactly_the_tables_of_this_version(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_home_of_the_first_version_is_brought_up_and_keeps_what_it_holds(url: str, clock: Any) -> None:
    engine = open_engine(url)
    upgrade(engine, "r0001")
    assert "sessions" not in inspect(engine).get_table_names()
    ledger = SqlLedger(engine, clock)
    ledger.add(LineOfBusiness(id="retail", name="Retail", created_at=clock.now()), Act(act="open", who="ann"))
    upgrade(engine)
    upgrade(engine)
    assert ledger.get(LineOfBusiness, "retail").name == "Retail"
    assert first_break(ledger.entries()) == ""
    Sessions(engine, clock).end_all("ann")
    engine.dispose()


def test_a_step_that_fails_leaves_the_older_home_as_it_was(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine, "r0001")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE other (x INTEGER)"))
        connection.execute(text("CREATE INDEX ix_sessions_person ON other (x)"))  # in the way of the second step
    with pytest.raises(Exception, match="nothing was written"):
        upgrade(engine)
    assert "sessions" not in inspect(engine).get_table_names()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE other"))
    upgrade(engine)
    assert "sessions" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_newer_database_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(FixTheInput, match="newer version of Glassworks"):
        upgrade(engine)


def test_many_processes_may_bring_up_a_new_home_at_once(url: str, crew: Any) -> None:
    assert crew.run(*[("bring_up", url)] * 3) == [["up"]] * 3
