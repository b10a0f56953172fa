"""Which policy pack holds for a line of business on a day."""

from datetime import UTC, date, datetime

import pytest

from glassworks.core.errors import FixTheInput
from glassworks.core.journal import Act
from glassworks.core.policy import PolicyPack
from glassworks.hub.policies import OFFICE_PACK, check_tightens, in_force
from glassworks.store.memory import MemoryLedger

ACT = Act(act="adopt policy", who="carla")
TODAY = date(2026, 12, 1)


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 12, 1, tzinfo=UTC)


def ledger_with(*packs: PolicyPack) -> MemoryLedger:
    ledger = MemoryLedger(Clock())
    for pack in packs:
        ledger.add(pack, ACT)
    return ledger


def pack(id: str, **changes: object) -> PolicyPack:
    return OFFICE_PACK.model_copy(update={"id": id, **changes})


def test_without_an_adopted_pack_the_shipped_office_pack_holds() -> None:
    assert in_force(ledger_with(), "retail", TODAY) == OFFICE_PACK


def test_a_stricter_pack_of_the_line_holds_for_this_line_only() -> None:
    own = pack("own", line="retail", max_looks=2)
    ledger = ledger_with(OFFICE_PACK, own)
    assert in_force(ledger, "retail", TODAY).id == "own"
    assert in_force(ledger, "cards", TODAY).id == OFFICE_PACK.id


def test_a_pack_does_not_hold_before_its_date() -> None:
    ledger = ledger_with(OFFICE_PACK, pack("later", line="retail", max_looks=2, effective_from=date(2027, 1, 1)))
    assert in_force(ledger, "retail", TODAY).id == OFFICE_PACK.id


def test_when_the_office_tightens_past_a_lines_older_pack_the_office_holds() -> None:
    own = pack("own", line="retail", max_looks=2)
    newer = pack("office-2", max_looks=1, version="2026.12.0", effective_from=date(2026, 12, 1))
    assert in_force(ledger_with(OFFICE_PACK, own, newer), "retail", TODAY).id == "office-2"


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_packs_of_one_date_the_one_with_the_higher_number_holds(order: int) -> None:
    nine, ten = (pack(id, version=id) for id in ("2027.1.9", "2027.1.10"))
    assert in_force(ledger_with(OFFICE_PACK, *(nine, ten)[::order]), "retail", TODAY).id == "2027.1.10"


def test_a_looser_pack_of_a_line_is_refused_and_says_where_it_is_looser() -> None:
    with pytest.raises(FixTheInput, match="max_looks rose from 3 to 5"):
        check_tightens(OFFICE_PACK, pack("own", line="retail", max_looks=5))
