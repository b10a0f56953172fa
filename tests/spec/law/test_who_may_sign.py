"""The law of signing, read as a table: who may give which signature at which gate."""

import itertools
from typing import Any

import pytest

from glassworks.core.contract import Tier
from glassworks.core.gate import decide, why_not_sign
from glassworks.core.people import Role
from glassworks.core.signoff import Meaning, SignedBefore
from glassworks.core.stage import Stage

S, R, M = Stage, Role, Meaning

ASKED: dict[tuple[Stage, Meaning], set[Role]] = {
    (S.SCOPE, M.SUBMIT): {R.DATA_SCIENTIST},
    (S.SCOPE, M.APPROVE): {R.BUSINESS_OWNER, R.DOMAIN_EXPERT},
    (S.SCOPE, M.REFUSE): {R.DATA_SCIENTIST, R.BUSINESS_OWNER, R.DOMAIN_EXPERT},
    (S.EXPLORE, M.SUBMIT): {R.DATA_SCIENTIST},
    (S.EXPLORE, M.APPROVE): {R.DOMAIN_EXPERT},
    (S.EXPLORE, M.REFUSE): {R.DATA_SCIENTIST, R.DOMAIN_EXPERT},
    (S.DEVELOP, M.SUBMIT): {R.DATA_SCIENTIST},
    (S.DEVELOP, M.APPROVE): set(),
    (S.DEVELOP, M.REFUSE): {R.DATA_SCIENTIST},
    (S.VALIDATE, M.SUBMIT): set(),
    (S.VALIDATE, M.APPROVE): {R.VALIDATOR, R.BUSINESS_OWNER},
    (S.VALIDATE, M.REFUSE): {R.VALIDATOR, R.BUSINESS_OWNER},
    (S.OPERATE, M.SUBMIT): set(),
    (S.OPERATE, M.APPROVE): {R.OPERATOR, R.BUSINESS_OWNER},
    (S.OPERATE, M.REFUSE): {R.OPERATOR, R.BUSINESS_OWNER},
}


def asked(stage: Stage, tier: Tier, meaning: Meaning) -> set[Role]:
    """The law again, written as a table."""
    if meaning is M.ACCEPT_INCONCLUSIVE:
        return {R.BUSINESS_OWNER}
    if meaning in (M.RELEASE_STOP, M.GRANT_EXCEPTION):  # acts of their own, never at a gate
        return set()
    roles = ASKED[stage, meaning]
    more = stage is S.VALIDATE and tier is Tier.HIGH and meaning is not M.SUBMIT
    return roles | {R.APPROVER} if more else roles


@pytest.mark.parametrize(("stage", "tier"), itertools.product(Stage, Tier))
def test_a_person_signs_in_a_role_they_hold_and_that_the_gate_asks_for_this(
    papers: Any, stage: Stage, tier: Tier
) -> None:
    seen = papers.evidence(stage=stage, tier=tier, signoffs=())
    for role, meaning in itertools.product(Role, Meaning):
        why = why_not_sign(seen, "max", (role,), role, meaning)
        assert (why == "") is (role in asked(stage, tier, meaning)), (role, meaning)
        assert not why or why.startswith("Rule signer-asked: ")


@pytest.mark.parametrize("stage", list(Stage))
def test_nobody_signs_in_a_role_they_do_not_hold(papers: Any, stage: Stage) -> None:
    seen = papers.evidence(stage=stage, signoffs=())
    for role, meaning in itertools.product(Role, Meaning):
        others = tuple(other for other in Role if other is not role)
        assert why_not_sign(seen, "max", others, role, meaning).startswith("Rule role-held: "), (role, meaning)


def test_an_author_approves_nothing_at_the_independent_gate_whatever_roles_they_hold(papers: Any) -> None:
    seen = papers.evidence(signoffs=(), authors=("max",))
    for role, meaning in itertools.product(Role, Meaning):
        refused = why_not_sign(seen, "max", tuple(Role), role, meaning).startswith("Rule own-work: ")
        assert refused is (meaning not in (M.SUBMIT, M.REFUSE)), (role, meaning)


@pytest.mark.parametrize("stage", [S.SCOPE, S.EXPLORE, S.DEVELOP])
def test_an_author_submits_their_own_work_at_the_gates_before(papers: Any, stage: Stage) -> None:
    seen = papers.evidence(stage=stage, signoffs=(), authors=("ada",))
    assert why_not_sign(seen, "ada", (R.DATA_SCIENTIST,), R.DATA_SCIENTIST, M.SUBMIT) == ""


@pytest.mark.parametrize(("first", "second"), [(a, b) for a, b in itertools.permutations(Role, 2)])
def test_one_person_never_signs_one_dossier_in_two_conflicting_roles(papers: Any, first: Role, second: Role) -> None:
    gates = {S.VALIDATE: papers.PACK.gates[S.VALIDATE].model_copy(update={"approve": {Tier.LOW: tuple(Role)}})}
    pack = papers.PACK.model_copy(update={"gates": gates})
    seen = papers.evidence(policy=pack, signoffs=(papers.sign_off("max", first),))
    why = why_not_sign(seen, "max", tuple(Role), second, M.APPROVE)
    conflict = {first, second} in ({R.DATA_SCIENTIST, R.VALIDATOR}, {R.BUSINESS_OWNER, R.VALIDATOR})
    assert why.startswith("Rule separate-duties: ") is conflict
    assert conflict or why == ""


def test_a_signature_on_an_earlier_dossier_is_no_conflict_with_the_next(papers: Any) -> None:
    seen = papers.evidence(signoffs=(papers.sign_off("max", R.VALIDATOR, dossier="sha256:earlier"),))
    assert why_not_sign(seen, "max", tuple(Role), R.BUSINESS_OWNER, M.APPROVE) == ""


@pytest.mark.parametrize(("first", "second"), [(a, b) for a, b in itertools.permutations(Role, 2)])
def test_nor_do_they_across_the_gates_before(papers: Any, first: Role, second: Role) -> None:
    gates = {S.VALIDATE: papers.PACK.gates[S.VALIDATE].model_copy(update={"approve": {Tier.LOW: tuple(Role)}})}
    pack = papers.PACK.model_copy(update={"gates": gates})
    before = (SignedBefore(person="max", role=first, stage=S.DEVELOP),)
    seen = papers.evidence(policy=pack, signoffs=(), before=before)
    conflict = {first, second} in ({R.DATA_SCIENTIST, R.VALIDATOR}, {R.BUSINESS_OWNER, R.VALIDATOR})
    assert why_not_sign(seen, "max", tuple(Role), second, M.APPROVE).startswith("Rule separate-duties: ") is conflict
    signed = seen.model_copy(update={"signoffs": (papers.sign_off("max", second),)})
    assert any("One person signed as" in why for why in decide(signed).reasons) is conflict
    other = signed.model_copy(update={"before": (SignedBefore(person="ada", role=first, stage=S.DEVELOP),)})
    assert not any("One person signed as" in why for why in decide(other).reasons)


def test_a_role_signs_a_dossier_once(papers: Any) -> None:
    why = why_not_sign(papers.evidence(), "max", (R.VALIDATOR,), R.VALIDATOR, M.APPROVE)
    assert why.startswith("Rule once: ")


def test_a_pack_without_rules_for_a_gate_lets_nobody_approve_there(papers: Any) -> None:
    pack = papers.PACK.model_copy(update={"gates": {}})
    why = why_not_sign(papers.evidence(policy=pack, signoffs=()), "max", tuple(Role), R.VALIDATOR, M.APPROVE)
    assert why.startswith("Rule signer-asked: ")
