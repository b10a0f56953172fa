"""A policy pack adopted while evidence waits: nothing is signed until the newer pack has judged anew."""

from datetime import timedelta
from typing import Any

import pytest

from glassworks.core.errors import FixTheInput, NotAllowed
from glassworks.core.usecase import Look
from glassworks.hub import gatekeeper
from glassworks.line import anew, office, signing

CASE = "whom-to-call"


def adopt(one: Any, **changes: Any) -> Any:
    """A newer pack of the office, in force today."""
    today = one.parts.now().date()
    update = {"id": "policy-newer", "version": "2026.12.0", "effective_from": today}
    return office.adopt(one.parts, one.who["champion"], one.parts.policy("").model_copy(update=update | changes))


def refused(one: Any, login: str, subject: str, meaning: str = "approve") -> str:
    with pytest.raises(NotAllowed, match="prepared anew, then signed") as error:
        one.sign(login, subject, meaning)
    return error.value.rule


def waiting(one: Any, subject: str) -> Any:
    stage = signing.stage_of(one.parts, one.case, subject)
    return signing.body_of(one.parts, gatekeeper.latest(one.parts.ledger, CASE, subject, stage))


def test_a_pack_adopted_between_validation_and_signing_is_obeyed_before_anyone_signs(at) -> None:
    one = at("validated")
    made, before = one.candidate(), waiting(one, one.candidate().id)
    one.sign("validator", made.id)
    pack = adopt(one, alpha=0.02)
    assert waiting(one, made.id) == before, "what waits stays judged by the pack it was prepared under"
    assert refused(one, "business_owner", made.id) == "same-policy"
    told = anew.prepare_anew(one.parts, one.who["validator"], CASE, made.id)
    assert "no further look" in told
    one.drain()
    after = waiting(one, made.id)
    assert after.policy.version == pack.version and len(one.parts.ledger.find(Look)) == 1
    level = next(r for r in after.results if r.check == "performance").answer.estimates[0].level
    assert level == pytest.approx(0.99), "the look that was counted, at the newer pack's alpha"
    said = one.sign("business_owner", made.id, **one.accepting(made))
    assert not said.open and "The validator has not signed." in said.reasons, "it was on other evidence"
    assert one.sign("validator", made.id).open


@pytest.mark.parametrize(
    ("step", "login", "meaning"),
    [("empty", "business_owner", "approve"), ("scoped", "domain_expert", "approve")],
)
def test_earlier_gates_are_prepared_anew_in_the_same_way(at, step, login, meaning) -> None:
    one = at(step)
    subject = one.save(one.agreed()).id if step == "empty" else one.decide().id
    adopt(one, max_looks=2)
    assert refused(one, login, subject, meaning) == "same-policy"
    anew.prepare_anew(one.parts, one.who["data_scientist"], CASE, subject)
    assert waiting(one, subject).policy.max_looks == 2
    one.sign(login, subject, meaning)


def test_a_candidate_that_waits_for_its_submission_is_judged_by_the_newer_rules(at) -> None:
    one = at("explored")
    made = one.model()
    adopt(one, max_looks=2)
    assert refused(one, "data_scientist", made.id, "submit") == "same-policy"
    anew.prepare_anew(one.parts, one.who["data_scientist"], CASE, made.id)
    assert one.submit(made).open


def test_without_a_newer_pack_nothing_is_prepared_anew(at) -> None:
    one = at("validated")
    with pytest.raises(FixTheInput, match="No newer policy pack"):
        anew.prepare_anew(one.parts, one.who["validator"], CASE, one.candidate().id)
    with pytest.raises(NotAllowed):
        anew.prepare_anew(one.parts, one.who["auditor"], CASE, one.candidate().id)


def test_a_pack_that_holds_from_a_later_day_changes_nothing_before_it(at) -> None:
    one = at("validated")
    adopt(one, alpha=0.02, effective_from=(one.parts.now() + timedelta(days=30)).date())
    assert one.approve(one.candidate()).open
