"""Drafts of the canvas: two people never silently overwrite each other."""

from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from glassworks.store.drafts import Draft, Drafts


@pytest.fixture
def drafts(engine: Engine, clock: Any) -> Drafts:
    return Drafts(engine, clock)


def test_what_was_typed_is_kept_part_by_part_with_who_and_when(drafts: Drafts, clock: Any) -> None:
    drafts.save("calls", "value", 0, {"value.act_positive.mode": "12,5 €"}, "ann")
    drafts.save("calls", "hill", 0, {"hill.wow": "日本"}, "bob")
    drafts.save("other", "hill", 0, {}, "bob")
    kept = drafts.of("calls")
    assert kept["value"] == Draft("value", 1, {"value.act_positive.mode": "12,5 €"}, "ann", clock.now())
    assert kept["hill"].typed == {"hill.wow": "日本"}
    assert len(kept) == 2


def test_a_second_save_from_an_older_version_changes_nothing(drafts: Drafts) -> None:
    first = drafts.save("calls", "hill", 0, {"hill.who": "agents"}, "ann")
    assert first is not None
    assert drafts.save("calls", "hill", 0, {"hill.who": "bob's"}, "bob") is None
    assert drafts.save("calls", "hill", first.version, {"hill.who": "planners"}, "ann") is not None
    assert drafts.save("calls", "hill", first.version, {"hill.who": "bob's"}, "bob") is None
    assert drafts.of("calls")["hill"].typed == {"hill.who": "planners"}


def test_of_many_who_save_at_once_one_is_kept(drafts: Drafts) -> None:
    gate, saved = Barrier(6), []

    def save(name: str) -> None:
        gate.wait()
        saved.append(drafts.save("calls", "hill", 0, {"hill.who": name}, name))

    people = [Thread(target=save, args=(f"p{n}",)) for n in range(6)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    (kept,) = [one for one in saved if one]
    assert drafts.of("calls")["hill"] == kept


def test_cleared_drafts_are_gone_and_others_stay(drafts: Drafts) -> None:
    drafts.save("calls", "hill", 0, {"hill.who": "x"}, "ann")
    drafts.save("other", "hill", 0, {"hill.who": "y"}, "ann")
    drafts.clear("calls", {"hill": 1})
    assert drafts.of("calls") == {}
    assert len(drafts.of("other")) == 1
    assert drafts.save("calls", "hill", 0, {}, "ann") is not None


def test_what_was_saved_after_the_drafts_were_read_outlives_their_clearing(drafts: Drafts) -> None:
    drafts.save("calls", "hill", 0, {"hill.who": "x"}, "ann")
    drafts.save("calls", "hill", 1, {"hill.who": "x, and more"}, "bob")
    drafts.clear("calls", {"hill": 1})
    assert drafts.of("calls")["hill"].typed == {"hill.who": "x, and more"}
