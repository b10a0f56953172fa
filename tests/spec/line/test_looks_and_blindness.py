"""The sealed rows: every look is counted before a score exists, and the validator sees no claim before speaking."""

import threading

import pytest

from glassworks.core.commands import Stop
from glassworks.core.errors import GateClosed, NotAllowed
from glassworks.core.result import Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Look
from glassworks.line import cases, explore, queue, stops, validate, view

BROKEN = "def predict(frame):\n    raise ValueError(frame['balance'][0])\n"


def looks(one) -> list[int]:
    return [look.number for look in one.parts.ledger.find(Look)]


def test_a_look_is_counted_before_any_score_even_when_the_model_then_fails(at) -> None:
    one = at("explored")
    made = one.model()
    one.submit(made)
    one.parts.ledger.find(Look)
    job = validate.ask_validation(one.parts, one.who["validator"], "whom-to-call", made.id)
    validate.take_look(one.parts, one.case, made, one.who["validator"].person)
    assert looks(one) == [1], "counted, and nothing is scored yet"
    assert cases.results_of(one.parts, one.case, made.id, Stage.VALIDATE) == []
    one.drain()
    assert one.parts.jobs.get(job.id).state == "done"
    assert looks(one) == [1], "the same candidate again is the same look"
    order = [e.act.act for e in one.parts.ledger.entries(use_case="whom-to-call")]
    assert order.index("look") < [i for i, act in enumerate(order) if act == "result"][-1]


def test_a_declared_extra_input_is_refused_before_scoring_and_spends_no_look(at) -> None:
    one = at("explored")
    with pytest.raises(NotAllowed, match="duration") as refused:
        one.model(inputs=("balance", "duration"))
    assert refused.value.rule == "declared-inputs"
    assert one.refusals()[-1].detail == {"inputs": ["duration"], "rule": "declared-inputs"}
    assert looks(one) == [] and cases.candidates(one.parts, one.case) == []


def test_an_undeclared_extra_input_is_absent_at_scoring_and_the_claim_collapses(at, bench_kit) -> None:
    one = at("explored")
    leak = one.model(name="Leak", source=bench_kit.LEAKY)
    auc = next(claim for claim in leak.claims if claim.name == "AUC")
    assert auc.value > 0.99, "wonderful, as its author measures it"
    one.submit(leak)
    verdicts = one.validate(leak)
    assert verdicts["claims_hold"] is Verdict.FAIL and verdicts["performance"] is not Verdict.PASS
    one.sign("validator", leak.id)
    said = one.sign("business_owner", leak.id)
    assert not said.open and any("claim collapses" in reason for reason in said.reasons)


def test_the_cap_of_looks_closes_with_a_clear_sentence_also_when_the_same_file_is_brought_again(at, bench_kit) -> None:
    one = at("validated")
    for name in ("Second", "Third"):
        made = one.model(name=name)
        one.submit(made)
        one.validate(made)
    assert looks(one) == [1, 2, 3]
    fourth = one.model(name="Fourth")
    one.submit(fourth)
    with pytest.raises(GateClosed, match="looks at these sealed rows are spent") as closed:
        one.validate(fourth)
    assert "Policy allows 3" in closed.value.reasons[0] and "Seal new rows" in closed.value.reasons[0]
    waits = next(w for w in queue.queue(one.parts, one.who["validator"]) if w.candidate == fourth.id)
    assert waits.state == "inconclusive" and "Seal new rows" in waits.why_not
    with pytest.raises(NotAllowed, match="does not ask a validator"):
        one.sign("validator", fourth.id)  # what no evidence stands for is not there to be approved or accepted
    one.bring(bench_kit.rows(), name="the same rows again.csv")
    one.decide()
    one.sign_data()
    fifth = one.model(name="Fifth")
    assert fifth.dataset != fourth.dataset
    one.submit(fifth)
    with pytest.raises(GateClosed, match="are spent"):
        one.validate(fifth)
    one.bring(bench_kit.rows(seed=99), name="new rows.csv")
    one.decide()
    one.sign_data()
    sixth = one.model(name="Sixth")
    one.submit(sixth)
    one.validate(sixth)
    assert looks(one) == [1, 2, 3, 1], "new rows have looks of their own"


def test_two_racing_validations_take_different_numbers(at) -> None:
    one = at("explored")
    made = [one.model(name=name) for name in ("One", "Two")]
    for candidate in made:
        one.submit(candidate)
    start, taken = threading.Barrier(2), []

    def race(candidate) -> None:
        start.wait()
        taken.append(validate.take_look(one.parts, one.case, candidate, "office"))

    racing = [threading.Thread(target=race, args=(candidate,)) for candidate in made]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    assert sorted(taken) == [1, 2] and sorted(looks(one)) == [1, 2]


def test_a_later_look_asks_for_more_certainty(at) -> None:
    one = at("explored")
    levels = []
    for name in ("One", "Two"):
        made = one.model(name=name)
        one.submit(made)
        one.validate(made)
        found = cases.results_of(one.parts, one.case, made.id, Stage.VALIDATE)
        levels.append(validate.answer_of(found, "performance").estimates[0].level)
    assert levels == [0.975, 0.9875]


def test_a_validator_sees_no_claim_until_they_have_spoken(at) -> None:
    one = at("validated")
    made, eyes = one.candidate(), one.who["validator"]

    def told(who) -> tuple:
        checks = {r.check for r in view.results(one.parts, who, one.case, made.id, Stage.VALIDATE)}
        developed = view.results(one.parts, who, one.case, made.id, Stage.DEVELOP)
        journal = " ".join(e.act.sentence for e in view.journal(one.parts, who, newest=5000))
        claims = view.candidate(one.parts, who, one.case, made.id).claims
        return bool(claims), "claims_hold" in checks, bool(developed), "Claims recomputed" in journal

    assert told(eyes) == (False, False, False, False)
    assert told(one.who["data_scientist"]) == (True, True, True, True)
    one.sign("validator", made.id)
    assert told(eyes) == (True, True, True, True)


def test_a_model_that_fails_leaves_a_clear_sentence_and_no_row_in_it(at) -> None:
    one = at("explored")
    made = one.model(name="Broken", source=BROKEN)
    assert cases.results_of(one.parts, one.case, made.id, Stage.DEVELOP) == []
    job = next(j for j in one.parts.jobs.recent(use_case="whom-to-call") if j.name == "assess")
    assert job.state == "failed" and job.error
    balances = {f"{value}" for value in explore.open_rows(one.parts, one.dataset())["balance"].to_list()}
    assert not any(value in job.error for value in balances)


def test_work_on_a_stopped_case_waits(at) -> None:
    one = at("submitted")
    stops.stop(one.parts, one.who["auditor"], Stop(target_kind="use_case", target="whom-to-call", reason="Odd rows."))
    with pytest.raises(GateClosed, match="stopped"):
        one.validate(one.candidate())
    assert looks(one) == []


class TestWhatTheVerdictFollows:
    """The KPI verdict is computed: it follows the value, the capacity, the target and the rows."""

    def run(self, one, **brief):
        for step in ("scoped", "explored", "submitted", "validated"):
            one.go(step, **(brief if step == "scoped" else {}))
        found = cases.results_of(one.parts, one.case, one.candidate().id, Stage.VALIDATE)
        return validate.answer_of(found, "kpi")

    def test_a_target_out_of_likely_reach_fails_where_a_low_one_passes(self, at) -> None:
        one = at("empty")
        kpi = one.agreed().kpi
        answer = self.run(one, kpi=kpi.model_copy(update={"target": 3500.0}))
        assert answer.verdict is Verdict.FAIL
        assert answer.estimates[0].probability < 0.2

    def test_a_capacity_too_small_for_the_target_closes_the_first_gate(self, at) -> None:
        one = at("empty")
        draft = one.agreed()
        one.save(draft.model_copy(update={"decision": draft.decision.model_copy(update={"capacity_share": 0.05})}))
        said = one.sign_scope()
        assert not said.open and "no model can meet it" in said.reasons[0]
        assert not one.case.brief

    def test_with_a_smaller_capacity_the_same_model_gains_less(self, at) -> None:
        one = at("empty")
        draft = one.agreed()
        decision = draft.decision.model_copy(update={"capacity_share": 0.08})
        few = self.run(one, decision=decision, kpi=draft.kpi.model_copy(update={"target": 300.0}))
        assert few.verdict is Verdict.PASS and 300 < few.estimates[0].value < 1000

    def test_with_a_higher_value_the_same_model_gains_more(self, at) -> None:
        one = at("empty")
        draft = one.agreed()
        worth = draft.value.act_positive.model_copy(update={"low": 800.0, "mode": 1000.0, "high": 1200.0})
        rich = self.run(one, value=draft.value.model_copy(update={"act_positive": worth}))
        assert rich.verdict is Verdict.PASS and rich.estimates[0].value > 5000

    def test_shuffled_labels_earn_nothing_and_do_not_leave_development(self, at, bench_kit) -> None:
        one = at("empty")
        one.bring(bench_kit.rows(shuffled=True), name="shuffled.csv")
        one.go("scoped")
        one.go("explored")
        made = one.model()
        gain = next(claim for claim in made.claims if "KPI" in claim.name)
        assert gain.low < 0 < gain.high or gain.high < 300
        said = one.submit(made)
        assert not said.open and "Better than today" in said.reasons[0]
