"""The audit: what was changed behind the journal's back is found and named."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from glassworks.core.journal import Act
from glassworks.core.stage import Stage
from glassworks.core.usecase import GateRecord, UseCase
from glassworks.hub.audit import head, verify_journal
from glassworks.store.database import open_engine, upgrade
from glassworks.store.ledger import SqlLedger
from glassworks.store.vault import FileVault

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class StillClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return START


class Home:
    """A ledger with four acts, three records and a vault, and a back door for the attacker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._engine = open_engine(f"sqlite:///{folder / 'glassworks.db'}")
        upgrade(self._engine)
        self.ledger = SqlLedger(self._engine, StillClock())
        self.vault = FileVault(folder / "vault")
        self.blob = self.vault.put(b"a dossier file")
        for name in ("one", "two"):
            self.ledger.add(self._case(name), Act(act="open use case", who="ada", use_case=name))
        self.ledger.replace(self._case("two", version=2), 1, Act(act="move", who="office", use_case="two"))
        gate = GateRecord(
            id="gate-1",
            stage=Stage.SCOPE,
            subject="b",
            dossier="",
            file=self.blob,
            open=True,
            reasons=(),
            decided_at=START,
        )
        self.ledger.add(gate, Act(act="gate", who="office", use_case="one"))

    def _case(self, name: str, version: int = 1) -> UseCase:
        return UseCase(
            id=name, title=name, question="?", version=version, opened_by="ada", opened_at=START, moved_at=START
        )

    def attack(self, statement: str, *values: Any) -> None:
        """Change the database without Glassworks."""
        with closing(sqlite3.connect(self.folder / "glassworks.db")) as database:
            changed = database.execute(statement, values)
            assert changed.rowcount > 0
            database.commit()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def audit(self) -> list[str]:
        """What the audit finds."""
        return verify_journal(self.ledger, self.vault)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.close()


def test_a_home_left_alone_holds(home: Home) -> None:
    assert home.audit() == []


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_one_changed_byte_of_an_entry_is_found_at_that_entry(home: Home, number: int) -> None:
    home.attack("UPDATE journal SET body = replace(body, '\"who\"', '\"who\" ') WHERE number = ?", number)
    assert home.audit() == []  # white space in the database changes no fact
    home.attack(
        "UPDATE journal SET body = replace(replace(body, 'ada', 'eve'), 'office', 'offica') WHERE number = ?", number
    )
    assert home.audit() == [
        f"Journal: entry {number} was changed after it was written. Nothing after it can be trusted."
    ]


@pytest.mark.parametrize("column", ["use_case", "line", "hash", "previous"])
def test_a_changed_column_beside_an_entrys_body_is_found(home: Home, column: str) -> None:
    home.attack(f"UPDATE journal SET {column} = 'another' WHERE number = 3")
    assert "entry 3" in home.audit()[0]


def test_records_put_in_another_order_are_found(home: Home) -> None:
    home.attack("UPDATE records SET number = 1000 WHERE number = (SELECT min(number) FROM records)")
    assert home.audit()[0].endswith("does not stand in the order in which the journal wrote.")


def test_a_deleted_entry_and_an_unreadable_one_are_found(home: Home) -> None:
    home.attack("UPDATE journal SET body = '{}' WHERE number = 3")
    assert home.audit()[0].startswith("Journal: what follows entry 2 cannot be read")
    home.attack("DELETE FROM journal WHERE number = 2")
    assert home.audit()[0].startswith("Journal: ")


def test_a_cut_end_is_found_by_the_records_that_it_wrote(home: Home) -> None:
    home.attack("DELETE FROM journal WHERE number = 4")
    assert home.audit() == ["Record gate:gate-1 is in no journal entry: it was added behind the journal's back."]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            'UPDATE records SET body = replace(body, \'"stage": "scope"\', \'"stage": "operate"\') WHERE id = \'one\'',
            ["Record use_case:one was changed after the journal last wrote of it."],
        ),
        ("DELETE FROM records WHERE id = 'two'", ["Record use_case:two is gone, though the journal wrote of it."]),
        (
            "UPDATE records SET id = 'new' WHERE id = 'gate-1'",
            [
                "Record gate:new is in no journal entry: it was added behind the journal's back.",
                "Record gate:gate-1 is gone, though the journal wrote of it.",
            ],
        ),
    ],
)
def test_a_record_changed_added_or_removed_behind_the_journals_back_is_named(
    home: Home, statement: str, found: list[str]
) -> None:
    home.attack(statement)
    assert home.audit() == found


def test_an_older_state_of_a_record_put_back_is_found(home: Home) -> None:
    home.attack("UPDATE records SET body = replace(body, '\"version\": 2', '\"version\": 1') WHERE id = 'two'")
    assert home.audit() == ["Record use_case:two was changed after the journal last wrote of it."]


def test_altered_and_lost_bytes_of_the_vault_are_found(home: Home) -> None:
    file = next(path for path in (home.folder / "vault").rglob("*") if path.is_file())
    file.write_bytes(b"a dossier filf")
    assert home.audit() == [f"Bytes of the dossier file of b: The bytes kept as {home.blob} were altered."]
    file.unlink()
    assert home.audit() == [f"Bytes of the dossier file of b: The vault does not keep {home.blob}."]


def test_the_head_names_the_last_entry_so_that_a_cut_end_can_be_found(home: Home) -> None:
    number, mark = head(home.ledger)
    home.ledger.note(Act(act="note", who="ada"))
    assert number == 4
    assert [entry.previous for entry in home.ledger.entries(after=4)] == [mark]
