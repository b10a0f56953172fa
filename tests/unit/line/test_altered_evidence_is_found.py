"""One changed byte is found, wherever it is; what is erased by right leaves the rest provable."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from glassworks.core.errors import NotAllowed
from glassworks.hub.audit import verify_journal
from glassworks.line import operate


@pytest.fixture
def home(shelf, bench_kit, tmp_path: Path) -> Path:
    """A released case that has answered for a list of customers, its log's minute closed."""
    home = shelf.copy("released", tmp_path / "home")
    with bench_kit.opened(home) as one:
        ranked = operate.rank(
            one.parts, one.who["operator"], "whom-to-call", bench_kit.rows(20).write_csv().encode(), "list.csv"
        )
        assert ranked["score"].null_count() == 0
        one.clock.moved = timedelta(minutes=3)
        one.parts.predictions.close_segments(one.clock.now())
        operate.close_minutes(one.parts)
        assert faults(one) == []
    return home


def faults(one) -> list[str]:
    return verify_journal(one.parts.ledger, one.parts.vault) + operate.segment_faults(one.parts)


def sql(home: Path, command: str) -> None:
    with sqlite3.connect(home / "glassworks.db") as database:
        assert database.execute(command).rowcount == 1


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(bytes(content))


def journal(home: Path) -> None:
    sql(home, "UPDATE journal SET body = replace(body, 'Whom to call', 'Who to call!') WHERE number = "
        "(SELECT min(number) FROM journal WHERE body LIKE '%Whom to call%')")  # fmt: skip


def record(home: Path) -> None:
    sql(home, "UPDATE records SET body = replace(body, 'Whom should', 'Who should!') WHERE kind = 'use_case'")


def added(home: Path) -> None:
    sql(home, "INSERT INTO records SELECT NULL, kind, 'rel-forged', version, use_case, line, body, written_at, digest "
        "FROM records WHERE kind = 'release'")  # fmt: skip


def removed(home: Path) -> None:
    sql(home, "DELETE FROM records WHERE kind = 'look'")


def cut(home: Path) -> None:
    sql(home, "DELETE FROM journal WHERE number = 12")


def vault(home: Path) -> None:
    flipped(max((p for p in (home / "vault").rglob("*") if p.is_file()), key=lambda p: p.stat().st_size))


def segment(home: Path) -> None:
    flipped(max((p for p in (home / "log").rglob("*") if p.is_file()), key=lambda p: p.stat().st_size))


@pytest.mark.parametrize("change", [journal, record, added, removed, cut, vault, segment])
def test_a_change_behind_the_journals_back_is_found(home: Path, bench_kit, change: Callable[[Path], None]) -> None:
    change(home)
    with bench_kit.opened(home) as one:
        found = faults(one)
    assert found and all("balance" not in text for text in found)


def test_a_persons_rows_are_erased_and_the_rest_still_verifies(home: Path, bench_kit) -> None:
    def logged() -> str:
        return "".join(p.read_text(errors="replace") for p in (home / "log").rglob("*") if p.is_file())

    assert "client-0007" in logged() and "client-0008" in logged()
    with bench_kit.opened(home) as one:
        with pytest.raises(NotAllowed):
            operate.erase(one.parts, one.who["operator"], "client-0007")
        assert operate.erase(one.parts, one.who["champion"], "client-0007") == 1
        assert faults(one) == []
        told = [e.act for e in one.parts.ledger.entries() if e.act.act == "erase rows"]
        assert [act.detail for act in told if not act.refused] == [{"rows": 1}]
        assert "client-0007" not in told[-1].sentence
    assert "client-0007" not in logged() and "client-0008" in logged()
