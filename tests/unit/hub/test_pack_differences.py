"""What a pack asks beyond the office's, told in sentences."""

from glassworks.core.contract import Tier
from glassworks.core.policy import looser
from glassworks.core.stage import Stage
from glassworks.hub import shipped_packs
from glassworks.hub.pack_differences import beyond, whole
from glassworks.hub.policies import OFFICE_PACK

TITLES = {Stage.VALIDATE: {"reasons": "Reasons that hold"}}


def sentences(**changes: object) -> list[str]:
    pack = OFFICE_PACK.model_copy(update={"id": "own", "line": "retail", **changes})
    return [one for part in beyond(pack, OFFICE_PACK, TITLES, str.upper) for one in part.sentences]


def test_a_pack_that_asks_for_the_same_says_nothing() -> None:
    assert sentences() == []


def test_numbers_are_told_beside_those_of_the_office() -> None:
    assert sentences(max_looks=2, permit_hours=12.0) == [
        "The sealed rows are opened at most 2 times; the office allows 3.",
        "A permit lasts 12 hours; the office allows 24.",
    ]
    assert sentences(limits={**OFFICE_PACK.limits, "leak_strength": 0.7}) == [
        "The limit leak strength is 0.7; the office's is 0.8, and lower is stricter."
    ]


def test_checks_are_told_by_their_titles_and_the_tiers_that_ask_for_them() -> None:
    rules = OFFICE_PACK.gates[Stage.VALIDATE]
    more = {tier: (*asked, "reasons") for tier, asked in rules.checks.items() if tier is not Tier.LOW}
    gates = {**OFFICE_PACK.gates, Stage.VALIDATE: rules.model_copy(update={"checks": {**rules.checks, **more}})}
    assert sentences(gates=gates) == ["Validate & deploy, from medium tier on: Reasons that hold."]


def test_fields_of_the_brief_are_told_as_people_know_them() -> None:
    asked = {**(OFFICE_PACK.asked or {}), Tier.HIGH: (*(OFFICE_PACK.asked or {})[Tier.HIGH], "purpose")}
    assert sentences(asked=asked) == ["At high tier: PURPOSE."]


def test_what_is_looser_is_left_to_the_linter() -> None:
    assert sentences(max_looks=9, alpha=0.2, conflicts=()) == []


def test_every_kind_in_which_a_shipped_pack_is_stricter_is_told() -> None:
    for name in shipped_packs.names():
        pack = shipped_packs.shipped(name, OFFICE_PACK, "retail")
        fields = {field.partition(".")[0] for field, _ in looser(pack, OFFICE_PACK)}
        told = {part.title for part in beyond(pack, OFFICE_PACK, TITLES, str)}
        assert ("Limits and time" in told) == bool(fields & {"max_looks", "exception_days", "inconclusive_closes"})
        assert ("What a brief must say" in told) == ("asked" in fields)
        assert "Questions that must have an answer" in told


def test_the_offices_own_pack_is_told_whole() -> None:
    told = {part.title: part.sentences for part in whole(OFFICE_PACK, TITLES, str)}
    assert "Nobody signs one subject both as data scientist and as validator." in told["Who signs"]
    assert any("must approve" in one for one in told["Who signs"]) and told["Risk tier"]
