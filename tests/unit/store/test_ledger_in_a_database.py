"""What only a ledger in a database must hold: other processes, kills, long journals, altered bytes."""

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, text, update

from glassworks.core.errors import Broken, FixTheInput
from glassworks.core.journal import Act, first_break
from glassworks.core.people import LineOfBusiness
from glassworks.store.database import open_engine
from glassworks.store.ledger import SqlLedger
from glassworks.store.tables import journal, records

ACT = Act(act="try", who="ann")


def line(clock: Any, id: str = "retail") -> LineOfBusiness:
    return LineOfBusiness(id=id, name="Retail", created_at=clock.now())


def test_of_two_processes_that_decide_exactly_one_wins_each_round(
    url: str, sql_ledger: SqlLedger, clock: Any, crew: Any
) -> None:
    rounds = 100
    sql_ledger.add(line(clock), ACT)
    won = [set(map(int, said)) for said in crew.run(*[("race", url, rounds)] * 2)]
    assert won[0] | won[1] == set(range(1, rounds + 1))
    assert won[0] & won[1] == set()
    assert sql_ledger.version(LineOfBusiness, "retail") == rounds + 1
    assert first_break(sql_ledger.entries()) == ""
    assert len(list(sql_ledger.entries())) == rounds + 1


def test_a_killed_writer_loses_nothing_it_acknowledged(url: str, sql_ledger: SqlLedger, crew: Any) -> None:
    acknowledged: set[str] = set()
    kills = 3
    for number in range(kills):
        writer = crew.start("write", url, f"w{number}")
        crew.go(writer)
        acknowledged |= _killed_after(writer, 10 + 7 * number)
    kept = {one.id for one in sql_ledger.find(LineOfBusiness)}
    journalled = {name for entry in sql_ledger.entries() for name in entry.wrote}
    assert acknowledged <= kept
    assert len(kept) - len(acknowledged) <= kills
    assert journalled == {f"line:{id}" for id in kept}
    assert first_break(sql_ledger.entries()) == ""


def _killed_after(writer: "subprocess.Popen[str]", lines: int) -> set[str]:
    assert writer.stdout
    said = [writer.stdout.readline() for _ in range(lines)]
    writer.kill()
    said += writer.stdout.readlines()
    writer.wait()
    return {one.removesuffix("\n") for one in said if one.endswith("\n")}


def test_a_journal_longer_than_a_page_is_read_whole(sql_ledger: SqlLedger) -> None:
    with sql_ledger.transaction():
        for number in range(1100):
            sql_ledger.note(Act(act="n", who="ann", use_case="a" if number % 2 else "b"))
    assert [e.number for e in sql_ledger.entries()] == list(range(1, 1101))
    assert [e.number for e in sql_ledger.entries(use_case="b", limit=520)] == list(range(1, 1041, 2))
    assert first_break(sql_ledger.entries()) == ""


def test_one_changed_byte_in_the_journal_is_found(engine: Engine, sql_ledger: SqlLedger) -> None:
    for number in range(5):
        sql_ledger.note(Act(act=f"act {number}", who="ann"))
    like = journal.c.number == 3
    with engine.begin() as connection:
        body = dict(connection.execute(journal.select().where(like)).one().body)
        connection.execute(update(journal).where(like).values(body=body | {"act": body["act"] | {"who": "amn"}}))
    assert first_break(sql_ledger.entries()) == "entry 3 was changed after it was written"
    with engine.begin() as connection:
        connection.execute(delete(journal).where(like))
    assert first_break(sql_ledger.entries()) == "entry 3 is missing: the journal goes on with 4"


@pytest.mark.parametrize(
    "altered", [{"line": "other"}, {"use_case": "u2"}, {"id": "retaix"}, {"body": {}}, {"body": []}]
)
def test_an_altered_record_no_longer_has_its_journalled_digest(
    engine: Engine, sql_ledger: SqlLedger, clock: Any, altered: dict[str, Any]
) -> None:
    sql_ledger.add(line(clock), ACT)
    journalled = next(sql_ledger.entries()).wrote
    assert dict(sql_ledger.standing()) == journalled
    with engine.begin() as connection:
        connection.execute(update(records).values(altered))
    assert dict(sql_ledger.standing()) != journalled


def test_a_record_written_before_a_field_existed_is_still_found_and_still_verifies(
    engine: Engine, sql_ledger: SqlLedger, clock: Any
) -> None:
    sql_ledger.add(line(clock), ACT)
    older = {name: value for name, value in line(clock).facts().items() if name != "use_case"}
    with engine.begin() as connection:
        connection.execute(update(records).values(body=older))
    assert sql_ledger.find(LineOfBusiness, use_case="", name="Retail") == [line(clock)]


def test_find_uses_an_index_for_use_case_and_for_line(engine: Engine, sql_ledger: SqlLedger) -> None:
    plan = "EXPLAIN " if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for field in ("use_case", "line"):
            query = f"SELECT body FROM records WHERE kind = 'k' AND {field} = 'x' ORDER BY number"
            said = str(connection.execute(text(plan + query)).all())
            assert f"ix_records_kind_{field}" in said
            assert "sort" not in said.lower() and "TEMP B-TREE" not in said


def test_a_database_that_fails_says_so_in_words(engine: Engine, sql_ledger: SqlLedger, clock: Any) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE journal"))
    with pytest.raises(Broken, match="nothing was written") as caught:
        sql_ledger.add(line(clock, "secret-name"), ACT)
    assert "secret-name" not in str(caught.value)
    assert "secret-name" not in str(caught.value.__cause__)
    assert sql_ledger.find(LineOfBusiness) == []


def test_the_database_file_is_for_its_owner_only_and_syncs_fully(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'home' / 'glassworks.db'}")
    with engine.connect() as connection:
        settings = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
        assert settings == ["wal", 2]
    for file in (tmp_path / "home").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://a/b", "sqlite://", "sqlite:///:memory:"])
def test_a_database_url_that_cannot_work_is_refused_with_examples(url: str) -> None:
    with pytest.raises(FixTheInput, match="sqlite:///path"):
        open_engine(url)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FixTheInput, match="cannot be opened"):
        open_engine(f"sqlite:///{tmp_path / 'file' / os.pardir / 'file' / 'x.db'}")
