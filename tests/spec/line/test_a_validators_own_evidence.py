"""A validator brings an own check, own data and a challenger, and asks the developer; what was asked stays."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from glassworks.core import canonical
from glassworks.core.commands import AnswerQuestion, AskException, AskQuestion
from glassworks.core.dossier import Dossier
from glassworks.core.errors import Conflict, FixTheInput, NotAllowed, NotFound
from glassworks.core.own import OwnEvidence
from glassworks.core.people import Role
from glassworks.core.result import Result, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import GateRecord, Look
from glassworks.line import cases, documents, exceptions, own, questions, signing
from glassworks.verify.dossier import verify_dossier

CASE = "whom-to-call"
RICH = b"""
def check(rows, outcome, score, group):
    rich = rows["balance"].to_numpy() > 1
    rate = float(outcome[rich].mean())
    verdict = "pass" if rate > 0.1 else "fail"
    return {"verdict": verdict, "sentence": f"{rich.sum()} rows, {score.shape[0]} scores, group {group}.",
            "figures": [{"name": "rate among the rich", "value": rate, "low": rate - 0.1, "high": rate + 0.1}]}
"""
FAILING = RICH.replace(b"rate > 0.1", b"rate > 2")


def bring(one: Any, source: bytes = RICH, name: str = "rich people", login: str = "validator") -> OwnEvidence:
    return own.add_check(one.parts, one.who[login], CASE, one.candidate().id, name, source)


def results(one: Any) -> dict[str, Result]:
    found = cases.results_of(one.parts, one.case, one.candidate().id, Stage.VALIDATE)
    return {r.check.rpartition(":")[0]: r for r in found if r.check.startswith("own:")}


def looks(one: Any) -> int:
    return len(one.parts.ledger.find(Look, use_case=CASE))


DICE = """
import numpy as np
def predict(frame):
    score = 1.2 * frame["balance"].fill_null(0).to_numpy() - 0.6
    return 1 / (1 + np.exp(-score - np.random.default_rng().normal(0, 0.25, frame.height)))
"""


def test_bringing_more_does_not_throw_the_offices_dice_again(at) -> None:
    one = at("explored")
    made = one.model(source=DICE)
    one.submit(made)
    one.validate(made)

    def offices() -> dict[str, Result]:
        found = cases.results_of(one.parts, one.case, made.id, Stage.VALIDATE)
        return {r.check: r for r in found if not r.check.startswith("own:")}

    first = offices()
    for name in ("rich people", "rich again"):
        bring(one, name=name)
        one.validate(made)
        assert offices() == first, "the figures of a look are drawn once"
    assert len([r for r in one.parts.ledger.find(Result, subject=made.id) if r.check == "kpi"]) == 1
    ready = cases.laid_ready(one.parts, one.case, made.id, Stage.VALIDATE)
    assert ready is not None and {r.check for r in ready.results} >= {*first, *(r.check for r in results(one).values())}
    assert sum(r.check.startswith("own:check") for r in ready.results) == 2 and len(ready.attachments) == 2
    assert looks(one) == 1


def test_what_a_validator_brings_stands_beside_the_offices_answers_at_the_same_look(at, bench_kit) -> None:
    one = at("submitted")
    who, candidate = one.who["validator"], one.candidate()
    bring(one)
    own.add_data(one.parts, who, CASE, candidate.id, "march.csv", bench_kit.rows(400, seed=9).write_csv().encode())
    own.add_challenger(one.parts, who, CASE, candidate.id, "flat", candidate.card, {"model.py": b"""
def predict(frame):
    return [0.4 + 0.01 * i / frame.height for i in range(frame.height)]
"""})  # fmt: skip
    one.validate(candidate)
    found = results(one)
    assert found["own:check"].verdict is Verdict.PASS
    assert "scores, group None" in found["own:check"].answer.sentence
    assert found["own:check"].answer.estimates[0].method == "the validator's own check"
    assert "400 rows of march.csv" in found["own:performance"].answer.sentence
    assert found["own:kpi"].verdict in (Verdict.PASS, Verdict.INCONCLUSIVE)
    assert "against flat, which the validator brought, the model earns" in found["own:challenger"].answer.sentence
    assert looks(one) == 1
    one.approve(candidate)
    (gate,) = [g for g in one.parts.ledger.find(GateRecord, subject=candidate.id) if g.stage is Stage.VALIDATE]
    content = one.parts.vault.get(gate.file)
    file = Dossier.model_validate(canonical.parse_strict(content))
    assert base64.b64decode(file.body.attachments[found["own:check"].check]) == RICH
    assert verify_dossier(content).outcome == "consistent, signer unknown"


def test_two_own_checks_of_one_name_both_stand_in_the_dossier_each_under_its_result(at) -> None:
    one = at("submitted")
    other = RICH.replace(b"> 1", b"> 2")
    ids = [bring(one, source).id for source in (RICH, other)]
    one.validate(one.candidate())
    body = signing.sheet(one.parts, one.who["validator"], CASE, one.candidate().id).body
    kept = {name: base64.b64decode(content) for name, content in body.attachments.items()}
    assert kept == {f"own:check:{ids[0]}": RICH, f"own:check:{ids[1]}": other}
    assert kept.keys() == {result.check for result in body.results if result.check.startswith("own:")}


def test_a_failing_own_check_closes_the_gate_and_only_an_exception_opens_it(at) -> None:
    one = at("submitted")
    bring(one, FAILING)
    one.validate(one.candidate())
    said = one.approve(one.candidate())
    assert not said.open and "rich people failed" in said.reasons[0]
    check = next(r.check for r in results(one).values())
    asked = AskException(
        use_case=CASE, subject=one.candidate().id, check=check, reason="The rule was meant for last year.",
        compensation="A person looks at each.", days=9,
    )  # fmt: skip
    waiver = exceptions.ask_exception(one.parts, one.who["data_scientist"], asked)
    exceptions.grant_exception(one.parts, one.who["approver"], CASE, waiver.id, "a passphrase for tests")
    assert one.case.release


def test_brought_after_the_suite_it_is_asked_at_the_look_that_was_counted_and_signatures_begin_anew(at) -> None:
    one = at("validated")
    one.sign("validator", one.candidate().id)
    bring(one)
    assert one.validate(one.candidate()) and "own:check" in results(one)
    assert looks(one) == 1
    assert signing.sheet(one.parts, one.who["business_owner"], CASE, one.candidate().id).seen.signoffs == ()


def test_it_is_taken_back_before_it_is_asked_and_never_after(at) -> None:
    one = at("submitted")
    gone, kept = bring(one, FAILING), bring(one, name="kept")
    own.withdraw(one.parts, one.who["validator"], CASE, gone.id)
    with pytest.raises(Conflict):
        own.withdraw(one.parts, one.who["validator"], CASE, gone.id)
    one.validate(one.candidate())
    assert [r.title for r in results(one).values()] == ["kept"]
    with pytest.raises(NotAllowed) as refused:
        own.withdraw(one.parts, one.who["validator"], CASE, kept.id)
    assert refused.value.rule == "asked-stays"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"def check(rows, outcome, score, group):\n    raise ValueError(str(rows.row(0)))", "ValueError"),
        (b"import os\ndef check(rows, outcome, score, group):\n    os._exit(3)", "ended its own process"),
        (b"def check(rows, outcome, score, group):\n    return 'fine'", "no verdict"),
        (b"def check(rows, outcome, score, group):\n    return {'verdict': 'excepted', 'sentence': 'x'}", "no verdict"),
        (b"def check(rows, outcome, score, group):\n    return {'verdict': 'pass'}", "no sentence"),
        (b"def check(rows, outcome, score, group):\n    return {'verdict': 'pass', 'sentence': 'x', 'figures': "
         b"[{'name': 'a', 'value': float('nan')}]}", "no finite number"),
        (b"def check(rows, outcome, score, group):\n    return {'verdict': 'pass', 'sentence': 'x', 'figures': "
         b"[{'name': 'a', 'value': 1}] * 11}", "at most 10"),
    ],
)  # fmt: skip
def test_a_check_that_goes_wrong_has_no_answer_and_tells_no_row(at, source: bytes, says: str) -> None:
    one = at("submitted")
    bring(one, source)
    verdicts = one.validate(one.candidate())
    (found,) = results(one).values()
    assert found.verdict is Verdict.INCONCLUSIVE and says in found.answer.sentence
    assert "client" not in found.answer.sentence
    assert verdicts["performance"] is Verdict.PASS, "the office's own answers stand"


def test_an_answer_is_cut_to_five_hundred_letters_on_one_line(at) -> None:
    one = at("submitted")
    bring(one, b"def check(rows, outcome, score, group):\n    return {'verdict': 'pass', 'sentence': 'a\\n' * 9000}")
    one.validate(one.candidate())
    (found,) = results(one).values()
    assert len(found.answer.sentence) == 500 and "\n" not in found.answer.sentence


def test_what_cannot_be_used_is_said_at_once(at, bench_kit) -> None:
    one = at("submitted")
    who, candidate = one.who["validator"], one.candidate()
    with pytest.raises(FixTheInput, match="not Python"):
        bring(one, b"def check(:")
    with pytest.raises(FixTheInput, match="defines no check"):
        bring(one, b"def chekc(rows): pass")
    with pytest.raises(FixTheInput, match="at most 100,000"):
        bring(one, b"#" * 100_001)
    with pytest.raises(FixTheInput, match="name and a file"):
        bring(one, name=" ")
    rows = bench_kit.rows(300, seed=9)
    for frame, says in (
        (rows.drop("balance"), "lacks the column 'balance'"),
        (rows.drop("y"), "lacks the column 'y'"),
        (bench_kit.rows(), "stand among the open rows"),
    ):
        with pytest.raises(FixTheInput, match=says):
            own.add_data(one.parts, who, CASE, candidate.id, "own.csv", frame.write_csv().encode())
    card = candidate.card
    add = lambda told: own.add_challenger(one.parts, who, CASE, candidate.id, "mine", told, {"model.py": b"1"})  # noqa: E731
    with pytest.raises(FixTheInput, match="asks for duration"):
        add(card.model_copy(update={"inputs": ("duration",)}))
    with pytest.raises(FixTheInput, match="another question"):
        add(card.model_copy(update={"labels": ("yes", "no")}))
    add(card)
    with pytest.raises(Conflict):
        add(card)
    assert len(own.brought(one.parts, who, CASE, candidate.id)) == 1


def test_only_a_validator_of_the_line_who_made_no_part_of_it_brings_evidence_and_only_while_the_gate_waits(at) -> None:
    one = at("submitted")
    for login in ("data_scientist", "business_owner"):
        with pytest.raises(NotAllowed):
            bring(one, login=login)
    with pytest.raises(NotFound):
        bring(one, login="other_validator")
    one.join("both", Role.VALIDATOR, Role.DATA_SCIENTIST)
    mine = one.model("Mine", login="both")
    one.sign("both", mine.id, "submit", role="data_scientist")
    with pytest.raises(NotAllowed) as refused:
        own.add_check(one.parts, one.who["both"], CASE, mine.id, "x", RICH)
    assert refused.value.rule == "own-work"
    assert one.refusals()[-1].detail["rule"] == "own-work"
    one.validate(one.candidate())
    one.approve(one.candidate())
    with pytest.raises(NotAllowed) as late:
        bring(one)
    assert late.value.rule == "settled"


def test_a_question_is_asked_in_place_answered_once_and_stands_in_the_report(at) -> None:
    one = at("validated")
    candidate, who = one.candidate(), one.who
    ask = AskQuestion(use_case=CASE, subject=candidate.id, check="kpi", text="Which calls were counted?")
    with pytest.raises(NotAllowed):
        questions.ask(one.parts, who["data_scientist"], ask)
    asked = questions.ask(one.parts, who["validator"], ask)
    assert questions.waiting(one.parts, who["data_scientist"]) == [asked]
    assert questions.waiting(one.parts, who["validator"]) == []
    with pytest.raises(NotAllowed):
        questions.answer(one.parts, who["validator"], CASE, asked.id, AnswerQuestion(answer="All."))
    answered = questions.answer(one.parts, who["data_scientist"], CASE, asked.id, AnswerQuestion(answer="All of 2025."))
    with pytest.raises(Conflict):
        questions.answer(one.parts, who["data_scientist"], CASE, asked.id, AnswerQuestion(answer="Others."))
    assert questions.about(one.parts, who["validator"], CASE, candidate.id) == [answered]
    with pytest.raises(NotFound):
        questions.about(one.parts, who["other_validator"], CASE)
    told = documents.validation_report(one.parts, who["auditor"], CASE, candidate.id)
    assert "All of 2025." in documents.written(told, "markdown").decode()
    assert one.approve(candidate).open, "a question closes no gate"


def test_switched_off_no_own_check_is_taken_and_none_that_waits_is_run(at, terminal_kit, tmp_path) -> None:
    one = at("submitted")
    bring(one)
    off = one.parts.settings.model_copy(update={"own_checks": False})
    on, one.parts = one.parts, replace(one.parts, settings=off)
    with pytest.raises(NotAllowed, match="Own checks are switched off here") as refused:
        bring(one, name="another")
    assert refused.value.rule == "own-checks"
    file = tmp_path / "check.py"
    file.write_bytes(RICH)
    asked = ("work", "own-check", CASE, one.candidate().id, str(file), "--name", "x", "--as", "validator")
    said = terminal_kit.Terminal(on.settings.home).run(*asked, code=1, GLASSWORKS_OWN_CHECKS="false")
    assert said.err.startswith("Own checks are switched off here.")
    one.validate(one.candidate())
    answer = results(one)["own:check"]
    assert answer.verdict is Verdict.INCONCLUSIVE and "switched off here" in answer.answer.sentence
