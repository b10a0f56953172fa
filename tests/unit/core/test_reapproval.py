"""Whose approval of an earlier candidate still counts: laws over every mixture of changes."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassworks.core.contract import Tier
from glassworks.core.dossier import Signed, held
from glassworks.core.people import Role
from glassworks.core.policy import GateRules
from glassworks.core.reapproval import Kind, differences, signs_again
from glassworks.core.result import Verdict
from glassworks.core.stage import Stage

ASKED = (Role.VALIDATOR, Role.BUSINESS_OWNER, Role.APPROVER)
SIGNERS = (("vera", Role.VALIDATOR), ("bo", Role.BUSINESS_OWNER), ("axel", Role.APPROVER))
OTHER: dict[Kind, dict[str, Any]] = {
    Kind.CONTRACT: {"brief": lambda papers: papers.brief().model_copy(update={"id": "brief-2", "version": 2})},
    Kind.DATA: {"grounds": lambda papers: papers.GROUNDS.model_copy(update={"table": "sha256:other"})},
    Kind.RECIPE: {"subject": lambda papers: {"card": {"framework": "scikit-learn"}}},
    Kind.BYTES: {"subject": lambda papers: {"files": {"model.txt": "sha256:refitted"}}},
    Kind.ENVIRONMENT: {"lock": lambda papers: papers.LOCK.model_copy(update={"python": "3.12.9"})},
}


def changed(papers: Any, kinds: set[Kind], **more: Any) -> Any:
    """The body of a second candidate that differs from the first in these ways."""
    facts: dict[str, Any] = {"subject": {}}
    for kind in kinds:
        for name, value in OTHER[kind].items():
            facts[name] = facts["subject"] | value(papers) if name == "subject" else value(papers)
    return papers.candidate_body(2, **(facts | more))


def roles(papers: Any, after: Any, *earlier: Signed) -> tuple[Role, ...]:
    found = earlier or (papers.signed(papers.candidate_body(1), *SIGNERS),)
    return tuple(one.role for one in held(after, "sha256:second", found, papers.NOW))


@given(kinds=st.sets(st.sampled_from(Kind)))
def test_an_approval_is_never_carried_across_a_change_that_its_role_answers_for(papers: Any, kinds: set[Kind]) -> None:
    after = changed(papers, kinds)
    first = papers.signed(papers.candidate_body(1), *SIGNERS)
    found = {one.kind for one in differences(first.stood(), Signed(body=after, body_digest="sha256:b").stood())}
    assert found == kinds
    again = signs_again(kinds, ASKED)
    assert not set(again) & set(roles(papers, after))
    assert set(again) | set(roles(papers, after)) == set(ASKED)


def test_two_files_that_swapped_names_are_another_recipe_as_names_say_which_is_run(papers: Any) -> None:
    model, aid = "sha256:model", "sha256:helper"
    files = ({"model.py": model, "helper.py": aid}, {"model.py": aid, "helper.py": model})
    bodies = [papers.candidate_body(n, subject={"files": one}) for n, one in enumerate(files, start=1)]
    stood = [Signed(body=body, body_digest=f"sha256:{body.subject_id}").stood() for body in bodies]
    assert Kind.RECIPE not in {one.kind for one in differences(*stood)}, "the builder's may be packed anew"
    by_hand = [one.model_copy(update={"made_by": "hand"}) for one in stood]
    kinds = {one.kind for one in differences(*by_hand)}
    assert Kind.RECIPE in kinds and signs_again(kinds, ASKED) == ASKED


@given(kinds=st.sets(st.sampled_from(Kind)), more=st.sampled_from(Kind))
def test_one_more_change_never_lets_one_more_signature_be_spared(papers: Any, kinds: set[Kind], more: Kind) -> None:
    assert set(roles(papers, changed(papers, kinds | {more}))) <= set(roles(papers, changed(papers, kinds)))


@given(kinds=st.sets(st.sampled_from(Kind)), order=st.permutations(range(3)))
def test_the_order_of_the_earlier_dossiers_does_not_matter(papers: Any, kinds: set[Kind], order: list[int]) -> None:
    moments = [papers.NOW - timedelta(hours=hours) for hours in (1, 2, 3)]
    bodies = [papers.candidate_body(1, title=f"version {number}") for number in range(3)]
    early = [papers.signed(bodies[n], SIGNERS[n], SIGNERS[1], signed_at=moments[n]) for n in (0, 2)]
    early.append(papers.signed(bodies[1], SIGNERS[1], signed_at=moments[1]))
    after = changed(papers, kinds)
    assert roles(papers, after, *early) == roles(papers, after, *(early[n] for n in order))


@given(kinds=st.sets(st.sampled_from(Kind)))
def test_the_validator_always_signs(papers: Any, kinds: set[Kind]) -> None:
    assert Role.VALIDATOR not in roles(papers, changed(papers, kinds))


def test_data_ask_validator_and_owner_bytes_the_validator_alone() -> None:
    assert signs_again({Kind.DATA}, ASKED) == (Role.VALIDATOR, Role.BUSINESS_OWNER)
    assert signs_again({Kind.BYTES, Kind.ENVIRONMENT}, ASKED) == signs_again((), ASKED) == (Role.VALIDATOR,)
    assert signs_again({Kind.CONTRACT}, ASKED) == signs_again({Kind.RECIPE, Kind.BYTES}, ASKED) == ASKED


def test_a_gate_without_a_validator_carries_nothing() -> None:
    assert signs_again((), (Role.BUSINESS_OWNER,)) == (Role.BUSINESS_OWNER,)


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE, Verdict.EXCEPTED])
def test_a_check_that_passed_then_and_does_not_pass_now_asks_everybody(papers: Any, verdict: Verdict) -> None:
    results = (papers.result("performance", subject="cand-2"), papers.result("kpi", verdict, subject="cand-2"))
    assert roles(papers, papers.candidate_body(2, results=results)) == ()
    assert roles(papers, papers.candidate_body(2, results=results[:1])) == (), "an answer that is gone is worse too"


def test_what_is_inconclusive_then_and_now_is_accepted_by_the_owner_anew(papers: Any) -> None:
    then, now = (
        papers.candidate_body(n, results=(papers.result("kpi", Verdict.INCONCLUSIVE, subject=f"cand-{n}"),))
        for n in (1, 2)
    )
    assert roles(papers, now, papers.signed(then, *SIGNERS)) == (Role.APPROVER,)


@pytest.mark.parametrize(
    "change",
    [
        {"environment": "elsewhere"}, {"demonstration": True}, {"use_case": "case-2"}, {"tier": Tier.MEDIUM},
        {"authors": ("ada", "bo", "axel")}, {"grounds": None},
    ],
)  # fmt: skip
def test_nothing_is_carried_into_another_world_or_by_an_author(papers: Any, change: dict[str, Any]) -> None:
    assert roles(papers, papers.candidate_body(2, **change)) == ()


def test_nothing_is_carried_from_another_pack_or_from_a_dossier_that_does_not_say_its_data(papers: Any) -> None:
    after = papers.candidate_body(2)
    older = papers.candidate_body(1, policy=papers.PACK.model_copy(update={"version": "0"}))
    assert roles(papers, after, papers.signed(older, *SIGNERS)) == ()
    assert roles(papers, after, papers.signed(papers.candidate_body(1, grounds=None), *SIGNERS)) == ()


def test_an_approval_that_ran_out_and_a_refusal_are_not_carried(papers: Any) -> None:
    first, after = papers.candidate_body(1), papers.candidate_body(2)
    over = papers.signed(first, *SIGNERS, expires_at=papers.NOW - timedelta(minutes=1))
    assert roles(papers, after, over) == ()
    assert roles(papers, after, papers.signed(first, *SIGNERS, meaning=papers.Meaning.REFUSE)) == ()


def test_a_condition_is_about_the_data_it_was_given_for(papers: Any) -> None:
    early = papers.signed(papers.candidate_body(1), *SIGNERS, conditions=(papers.LIMIT,))
    assert roles(papers, changed(papers, {Kind.DATA}), early) == ()
    assert roles(papers, changed(papers, {Kind.BYTES}), early) == (Role.BUSINESS_OWNER, Role.APPROVER)


def test_more_rows_in_the_same_window_are_no_other_recipe_but_another_window_is(papers: Any) -> None:
    first = papers.signed(papers.candidate_body(1), *SIGNERS).stood()
    card = papers.candidate_body(1).subject["card"]
    for window, found in (("all (900 rows)", []), ("half (480 rows)", [Kind.RECIPE])):
        after = papers.candidate_body(2, subject={"card": card | {"window": window}})
        told = differences(first, Signed(body=after, body_digest="sha256:b").stood())
        assert [one.kind for one in told] == found


def test_a_model_brought_by_hand_with_other_files_or_names_is_another_recipe(papers: Any) -> None:
    first = papers.candidate_body(1, subject={"made_by": "hand"})
    same = first.subject["files"]
    for files, found in (
        (same, []),
        ({"m": next(iter(same.values()))}, [Kind.RECIPE, Kind.BYTES]),
        ({"m": "sha256:x"}, [Kind.RECIPE, Kind.BYTES]),
    ):
        after = papers.candidate_body(2, subject={"made_by": "hand", "files": files})
        told = differences(
            Signed(body=first, body_digest="sha256:a").stood(), Signed(body=after, body_digest="sha256:b").stood()
        )
        assert [one.kind for one in told] == found


def test_a_pack_without_rules_for_gate_4_carries_nothing(papers: Any) -> None:
    bare = papers.PACK.model_copy(update={"gates": {Stage.SCOPE: GateRules()}})
    both = [papers.candidate_body(n, policy=bare) for n in (1, 2)]
    assert roles(papers, both[1], papers.signed(both[0], *SIGNERS)) == ()
