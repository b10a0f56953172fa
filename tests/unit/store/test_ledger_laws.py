"""The laws of the ledger, held by every ledger that ships."""

import threading
from typing import Any

import pytest

from glassworks.core.errors import Conflict, FixTheInput, NotFound
from glassworks.core.journal import Act, first_break
from glassworks.core.people import LineOfBusiness, Person, Role
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase

ACT = Act(act="try", who="ann")


def person(clock: Any, id: str = "ann", **more: Any) -> Person:
    return Person(**{"id": id, "name": "Ann", "login": id, "created_at": clock.now(), **more})


def case(clock: Any, id: str, **more: Any) -> UseCase:
    now = clock.now()
    return UseCase(
        **{"id": id, "title": "T", "question": "Q", "opened_by": "ann", "opened_at": now, "moved_at": now, **more}
    )


def test_a_record_comes_back_equal_to_what_was_written(ledger: Any, clock: Any) -> None:
    written = person(clock, roles=(Role.VALIDATOR,), lines=("retail",), name="Änn “\\u0000” 漢")
    ledger.add(written, ACT)
    assert ledger.get(Person, "ann") == written
    assert ledger.version(Person, "ann") == 1


def test_every_write_has_one_journal_entry_that_names_the_digest(ledger: Any, clock: Any) -> None:
    first, second = person(clock), person(clock, name="Ann B.")
    ledger.add(first, Act(act="invite", who="office"))
    ledger.replace(second, 1, Act(act="rename", who="ann"))
    ledger.note(Act(act="sign", who="ann", refused=True))
    entries = list(ledger.entries())
    assert [e.act.act for e in entries] == ["invite", "rename", "sign"]
    assert [e.wrote for e in entries] == [{"person:ann": first.digest}, {"person:ann": second.digest}, {}]
    assert [e.at for e in entries] == [clock.now()] * 3
    assert first_break(entries) == ""
    assert dict(ledger.standing()) == {"person:ann": second.digest}


def test_a_taken_id_is_a_conflict_and_nothing_is_written(ledger: Any, clock: Any) -> None:
    ledger.add(person(clock), ACT)
    with pytest.raises(Conflict, match="already a person called ann"):
        ledger.add(person(clock, name="Other"), ACT)
    assert ledger.get(Person, "ann").name == "Ann"
    assert len(list(ledger.entries())) == 1


def test_the_same_id_in_another_kind_is_another_record(ledger: Any, clock: Any) -> None:
    ledger.add(person(clock), ACT)
    ledger.add(LineOfBusiness(id="ann", name="Ann's line", created_at=clock.now()), ACT)
    assert ledger.get(LineOfBusiness, "ann").name == "Ann's line"


def test_a_stale_version_is_a_conflict_and_nothing_is_written(ledger: Any, clock: Any) -> None:
    ledger.add(person(clock), ACT)
    ledger.replace(person(clock, name="B"), 1, ACT)
    for stale in (0, 1, 3):
        with pytest.raises(Conflict, match="changed person ann first"):
            ledger.replace(person(clock, name="C"), stale, ACT)
    assert (ledger.get(Person, "ann").name, ledger.version(Person, "ann")) == ("B", 2)
    assert len(list(ledger.entries())) == 2


def test_what_does_not_exist_is_not_found(ledger: Any, clock: Any) -> None:
    with pytest.raises(NotFound, match="no person called ann"):
        ledger.get(Person, "ann")
    with pytest.raises(NotFound):
        ledger.version(Person, "ann")
    with pytest.raises(NotFound):
        ledger.replace(person(clock), 1, ACT)
    assert list(ledger.entries()) == []


def test_nothing_is_half_written_when_the_block_raises(ledger: Any, clock: Any) -> None:
    ledger.add(person(clock), ACT)
    with pytest.raises(KeyboardInterrupt), ledger.transaction():
        ledger.add(person(clock, "bob"), ACT)
        ledger.replace(person(clock, name="B"), 1, ACT)
        assert ledger.get(Person, "bob").id == "bob"
        raise KeyboardInterrupt
    assert [p.name for p in ledger.find(Person)] == ["Ann"]
    assert len(list(ledger.entries())) == 1
    ledger.note(ACT)
    assert first_break(ledger.entries()) == ""


def test_an_inner_transaction_is_undone_with_the_outer(ledger: Any, clock: Any) -> None:
    with pytest.raises(ZeroDivisionError), ledger.transaction():
        with ledger.transaction():
            ledger.add(person(clock), ACT)
        raise ZeroDivisionError
    assert ledger.find(Person) == []
    assert list(ledger.entries()) == []


def test_an_inner_block_that_raises_undoes_only_itself(ledger: Any, clock: Any) -> None:
    with ledger.transaction():
        ledger.add(person(clock), ACT)
        with pytest.raises(Conflict), ledger.transaction():
            ledger.add(person(clock, "bob"), ACT)
            ledger.add(person(clock), ACT)
        ledger.note(Act(act="refusal", who="ann", refused=True))
    assert [p.id for p in ledger.find(Person)] == ["ann"]
    entries = list(ledger.entries())
    assert [e.act.act for e in entries] == ["try", "refusal"]
    assert first_break(entries) == ""


def test_find_returns_what_equals_oldest_first(ledger: Any, clock: Any) -> None:
    for id, line, stage in (("c", "x", Stage.SCOPE), ("a", "x", Stage.EXPLORE), ("b", "y", Stage.SCOPE)):
        ledger.add(case(clock, id, line=line, stage=stage, demonstration=id == "b"), ACT)
    ledger.replace(case(clock, "c", line="x", stage=Stage.SCOPE, title="new"), 1, ACT)

    def ids(**equal: Any) -> list[str]:
        return [c.id for c in ledger.find(UseCase, **equal)]

    assert ids() == ["c", "a", "b"]
    assert ids(line="x") == ["c", "a"]
    assert ids(stage=Stage.SCOPE) == ids(stage="scope") == ["c", "b"]
    assert ids(stage=Stage.SCOPE, line="x", title="new") == ["c"]
    assert ids(demonstration=True) == ["b"]
    assert ids(version=1, id="a") == ["a"]
    assert ids(opened_at=clock.now()) == ["c", "a", "b"]
    assert ids(title="' OR 1=1 --") == ids(use_case="none") == []


def test_looking_for_a_field_that_the_kind_lacks_is_an_error(ledger: Any) -> None:
    with pytest.raises(TypeError, match="Person has no field shoe_size"):
        ledger.find(Person, shoe_size=1)


def test_entries_are_narrowed_by_use_case_and_paged(ledger: Any) -> None:
    for number in range(1, 8):
        ledger.note(Act(act=str(number), who="ann", use_case="odd" if number % 2 else "even"))

    def numbers(**how: Any) -> list[int]:
        return [e.number for e in ledger.entries(**how)]

    assert numbers(use_case="odd") == [1, 3, 5, 7]
    assert numbers(use_case="odd", after=3) == [5, 7]
    assert numbers(use_case="even", limit=2) == [2, 4]
    assert numbers(after=5) == [6, 7]
    assert numbers(limit=3) == [1, 2, 3]
    assert numbers(use_case="none") == []


def test_the_newest_number_is_the_last_entrys(ledger: Any) -> None:
    before = ledger.newest()
    ledger.note(Act(act="one", who="ann"))
    ledger.note(Act(act="two", who="ann", use_case="odd"))
    assert (before, ledger.newest()) == (0, 2)


def test_a_text_with_a_nul_is_refused_before_anything_is_written(ledger: Any, clock: Any) -> None:
    with pytest.raises(FixTheInput, match="NUL"):
        ledger.add(person(clock, name="A\x00"), ACT)
    with pytest.raises(FixTheInput, match="NUL"):
        ledger.add(person(clock), Act(act="x", who="ann", detail={"a": {"b": "\x00"}}))
    assert ledger.find(Person) == []
    assert list(ledger.entries()) == []


def test_threads_write_one_after_the_other(ledger: Any, clock: Any) -> None:
    def write(name: str) -> None:
        for number in range(10):
            with ledger.transaction():
                ledger.add(person(clock, f"{name}{number}"), ACT)
                ledger.note(ACT)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.find(Person)) == 40
    assert len(list(ledger.entries())) == 80
    assert first_break(ledger.entries()) == ""
