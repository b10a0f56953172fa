"""One changed byte is found, wherever it is; what is erased by right leaves the rest provable."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from glassworks.core.errors import GlassworksError, NotAllowed
from glassworks.line import audit, operate, outcome


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
        audit.close_minutes(one.parts)
        assert faults(one) == []
    return home


def faults(one) -> list[str]:
    return audit.faults(one.parts)


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


def row_column(home: Path) -> None:
    sql(home, "UPDATE records SET digest = 'sha256:0' WHERE kind = 'use_case'")


@pytest.mark.parametrize("change", [journal, record, added, removed, cut, vault, row_column])
def test_a_change_behind_the_journals_back_is_found(home: Path, bench_kit, change: Callable[[Path], None]) -> None:
    change(home)
    with bench_kit.opened(home) as one:
        found = faults(one)
    assert found and all("balance" not in text for text in found)


OF_THE_MOMENT = ("lock", "probe", "glassworks.db", "glassworks.db-wal", "glassworks.db-shm")
"""Locks and what is tried; the database is attacked by the tests above."""


def kind_of(home: Path, file: Path) -> str:
    """The kind of a file: its folder and ending, without ids and dates."""
    place = file.relative_to(home)
    tail = place.name if place.suffix in (".json", ".token", ".key") or place.name == ".head" else place.suffix
    return f"{place.parts[0]}/{place.parts[1] if place.parts[0] == 'log' else ''}/{tail or 'bytes'}"


def test_one_changed_byte_or_a_deleted_file_is_found_in_every_kind_of_file_and_named(home: Path, bench_kit) -> None:
    with bench_kit.opened(home) as one:
        again = bench_kit.rows(20, seed=8).write_csv().encode()
        one.clock.moved = timedelta(hours=1)
        operate.rank(one.parts, one.who["operator"], "whom-to-call", again, "again.csv")
        one.parts.predictions.report_outcomes([("x", "yes")])
        assert faults(one) == []
    kinds = {kind_of(home, p): p for p in sorted(home.rglob("*")) if p.is_file() and p.name not in OF_THE_MOMENT}
    assert set(kinds) == {
        "keys//office.key", "keys//service.token", "vault//bytes", "dossiers//.dossier",
        "log/predictions/.log", "log/predictions/.seal", "log/predictions/.head",
        "log/outcomes/.log", "log/outcomes/.head",
        "serving//package.json", "serving//permit.json", "serving//bytes", "serving//.lock",
        "serving//revocations.json", "serving//tokens.json",
    }  # fmt: skip
    for kind, file in kinds.items():
        whole, mode = file.read_bytes(), file.stat().st_mode
        for change in (flipped, Path.unlink):
            change(file)
            try:
                with bench_kit.opened(home) as one:
                    found = faults(one)
            except GlassworksError as error:
                found = [error.what]
            assert found, f"{kind}: {change.__name__}"
            told = " ".join(found)
            named = {"serving": file.name, "dossiers": file.name, "log": kind.split("/")[1], "vault": file.name}
            assert named.get(kind.split("/")[0], "") in told, f"{kind}: {told}"
            file.write_bytes(whole)
            file.chmod(mode)
    with bench_kit.opened(home) as one:
        assert faults(one) == []


def test_what_was_added_to_the_folders_for_serving_and_outsiders_is_named(home: Path, bench_kit) -> None:
    (home / "dossiers" / "forged.dossier").write_text("{}")
    (home / "serving" / "rel-forged").mkdir()
    (home / "serving" / "refusals.jsonl").write_text("{nothing\n")
    with bench_kit.opened(home) as one:
        told = " ".join(faults(one))
        assert "dossiers/forged.dossier" in told and "serving/rel-forged" in told and "cannot be read" in told
        assert audit.journal_refusals(one.parts) == 1
        assert one.refusals()[-1].detail["rule"] == "refusal-readable"


def test_a_deleted_copy_is_written_again_from_ledger_and_vault(home: Path, bench_kit) -> None:
    with bench_kit.opened(home) as one:
        release = home / "serving" / one.case.release
        for path in (next((release / "files").iterdir()), release / "package.json", release / "permit.json",
                     release / "environment.lock",
                     home / "serving" / "revocations.json", next((home / "dossiers").iterdir())):  # fmt: skip
            path.unlink()
        assert len(faults(one)) == 6
        assert outcome.publish(one.parts) == [] and faults(one) == []


def test_the_worker_reads_each_journal_entry_once(home: Path, bench_kit, monkeypatch: pytest.MonkeyPatch) -> None:
    with bench_kit.opened(home) as one:
        read: list[int] = []
        entries = type(one.parts.ledger).entries

        def watched(ledger, **more):
            for entry in entries(ledger, **more):
                read.append(entry.number)
                yield entry

        monkeypatch.setattr(type(one.parts.ledger), "entries", watched)
        told = audit.Told()
        assert audit.close_minutes(one.parts, told) == 0 and len(read) > 20
        read.clear()
        assert audit.close_minutes(one.parts, told) == 0 and read == []
        operate.rank(one.parts, one.who["operator"], "whom-to-call", bench_kit.rows(5).write_csv().encode(), "list.csv")
        one.clock.moved += timedelta(hours=1)
        (home / "serving" / "refusals.jsonl").write_text("{nothing\n")
        assert audit.close_minutes(one.parts, told) == 1 and audit.journal_refusals(one.parts, told) == 1
        assert len(read) == 2, "the list, then the closed minute"
        read.clear()
        assert audit.close_minutes(one.parts, told) == 0 and len(read) == 1, "the refusal"
        assert audit.close_minutes(one.parts) == 0 and faults(one) == [], "a worker that starts anew finds all told"


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
