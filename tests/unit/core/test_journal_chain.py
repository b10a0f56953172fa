"""The journal's chain: whatever is changed, the first entry that no longer fits is named."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from glassworks.core import canonical
from glassworks.core.journal import GENESIS, Act, Entry, first_break

START = datetime(2026, 11, 20, tzinfo=UTC)


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(1, length + 1):
        draft = Entry(
            number=number,
            at=START + timedelta(minutes=number),
            act=Act(act="note", who="ada", what=f"thing-{number}", detail={"share": 0.5}),
            wrote={f"use_case:case-{number}": f"sha256:{number}"},
            previous=entries[-1].hash if entries else GENESIS,
        )
        entries.append(draft.sealed())
    return entries


CHAIN = chain(12)
PLACE = st.integers(0, len(CHAIN) - 1)


def test_a_chain_left_alone_holds_at_every_length() -> None:
    assert all(first_break(CHAIN[:length]) == "" for length in range(len(CHAIN) + 1))


CHANGES = [
    {"at": START},
    {"act": Act(act="note", who="eve")},
    {"wrote": {}},
    {"hash": GENESIS},
]


@given(PLACE, st.sampled_from(CHANGES))
def test_a_changed_entry_is_named(place: int, change: dict[str, object]) -> None:
    tampered = CHAIN.copy()
    tampered[place] = CHAIN[place].model_copy(update=change)
    assert first_break(tampered) == f"entry {place + 1} was changed after it was written"


@given(PLACE, st.sampled_from(CHANGES[:3]))
def test_a_changed_entry_with_its_hash_made_anew_is_found_at_the_next(place: int, change: dict[str, object]) -> None:
    tampered = CHAIN.copy()
    tampered[place] = CHAIN[place].model_copy(update=change).sealed()
    last = place == len(CHAIN) - 1
    assert first_break(tampered) == ("" if last else f"entry {place + 2} does not follow the entry before it")


@given(st.integers(0, len(CHAIN) - 2))
def test_a_deleted_entry_is_named(place: int) -> None:
    fault = first_break(CHAIN[:place] + CHAIN[place + 1 :])
    assert fault == f"entry {place + 1} is missing: the journal goes on with {place + 2}"


@given(st.integers(0, len(CHAIN) - 2))
def test_a_deleted_entry_is_found_though_those_after_it_are_numbered_anew(place: int) -> None:
    left = CHAIN[:place] + CHAIN[place + 1 :]
    renumbered = [entry.model_copy(update={"number": n}) for n, entry in enumerate(left, start=1)]
    assert first_break(renumbered).startswith(f"entry {place + 1} ")


@given(PLACE, PLACE)
def test_exchanged_entries_are_found_at_the_first_of_the_two(one: int, other: int) -> None:
    if one == other:
        return
    tampered = CHAIN.copy()
    tampered[one], tampered[other] = tampered[other], tampered[one]
    assert first_break(tampered).startswith(f"entry {min(one, other) + 1} ")


@given(PLACE, PLACE)
def test_an_inserted_entry_is_found_where_it_was_put(place: int, copied: int) -> None:
    tampered = [*CHAIN[:place], CHAIN[copied], *CHAIN[place:]]
    at = place + 2 if copied == place else place + 1
    assert first_break(tampered).startswith(f"entry {at} ")


def test_a_journal_that_begins_elsewhere_is_found_at_its_first_entry() -> None:
    assert first_break(CHAIN[1:]).startswith("entry 1 ")
    assert first_break([CHAIN[0].model_copy(update={"previous": CHAIN[5].hash}).sealed()]).startswith("entry 1 ")


def test_an_entry_written_before_a_field_existed_still_has_its_hash() -> None:
    old = {k: v for k, v in CHAIN[0].facts().items() if k not in ("hash", "wrote")}
    old["act"] = {k: v for k, v in old["act"].items() if k != "refused"}
    old["hash"] = canonical.digest(old)
    read = Entry.model_validate(old)
    assert (read.act.refused, read.wrote, first_break([read])) == (False, {}, "")


def test_an_entry_says_which_format_it_has() -> None:
    assert CHAIN[0].facts()["format"] == "glassworks-journal/1"
