"""Looks follow the rows: into another file, another order, another use case; and exposed rows are named."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from glassworks.core.commands import DecideColumns
from glassworks.core.errors import FixTheInput, GateClosed, NotAllowed
from glassworks.core.journal import Act
from glassworks.core.people import Role
from glassworks.core.result import Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import ColumnDecision, Dataset, Look
from glassworks.line import cases, explore, sealed, validate, view

SECOND = "whom-to-write"
RESTORED = Act(act="restore", who="office", what="data")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, bench_kit: Any) -> Callable[[], None]:
    """From here on, the bench works on a second use case."""
    return lambda: monkeypatch.setattr(bench_kit, "CASE", SECOND)


def explored(one: Any, frame: pl.DataFrame, name: str = "again.csv") -> Dataset:
    """The rows in a use case of their own, up to signed data (where the gate lets them)."""
    one.open()
    one.bring(frame, name)
    one.go("scoped")
    one.decide()
    one.sign_data()
    return one.dataset()


def judged(one: Any, name: str) -> Any:
    made = one.model(name=name)
    one.submit(made)
    one.validate(made)
    return made


def answer(one: Any, subject: str, stage: Stage, check: str) -> Any:
    return validate.answer_of(cases.results_of(one.parts, one.case, subject, stage), check)


def test_looks_taken_in_another_use_case_count_and_are_told(at, bench_kit, elsewhere) -> None:
    one = at("validated")
    judged(one, "Second")
    elsewhere()
    data = explored(one, bench_kit.rows()[:, ::-1].with_columns(note=pl.lit("x")))
    assert "looks taken there count here" in answer(one, data.id, Stage.EXPLORE, "rows_elsewhere").sentence
    made = judged(one, "Third")
    look = next(one for one in one.parts.ledger.find(Look, candidate=made.id))
    assert (look.number, look.elsewhere) == (3, 2)
    found = answer(one, made.id, Stage.VALIDATE, "performance")
    assert found.estimates[0].level == pytest.approx(1 - 0.05 / 8), "the third look spends a third look's alpha"
    fourth = one.model(name="Fourth")
    one.submit(fourth)
    with pytest.raises(GateClosed, match="are spent") as closed:
        one.validate(fourth)
    assert "3 looks, of these 2 in use case whom-to-call" in closed.value.reasons[0]


def test_a_file_that_differs_by_one_byte_has_no_fresh_looks(at, bench_kit) -> None:
    one = at("validated")
    frame = bench_kit.rows()
    changed = frame.with_columns(balance=pl.Series([frame["balance"][0] + 0.0001, *frame["balance"][1:]]))
    data = one.bring(changed, "one byte.csv")
    assert data.fingerprint != one.parts.ledger.find(Dataset)[0].fingerprint
    assert len(sealed.looks(one.parts, data, one.parts.policy(one.case.line))) == 1


def test_the_limit_of_shared_rows_is_the_policys(at, bench_kit) -> None:
    one = at("validated")
    data, office = one.bring(bench_kit.rows(), "again.csv"), one.parts.policy("")
    mixed = one.bring(pl.concat([bench_kit.rows()[:60], bench_kit.rows(seed=21)[60:]]), "mixed.csv")
    strict = office.model_copy(update={"limits": {**office.limits, "shared_rows": 0.0}})
    assert len(sealed.looks(one.parts, data, office)) == 1
    assert len(sealed.looks(one.parts, mixed, office)) in (0, 1)
    assert len(sealed.looks(one.parts, mixed, strict)) == 1


def test_rows_in_another_order_are_sealed_anew_and_the_exposure_is_named_on_both_sides(
    at, bench_kit, elsewhere
) -> None:
    one = at("submitted")
    candidate, first = one.candidate(), one.case
    elsewhere()
    data = explored(one, bench_kit.rows().sample(fraction=1.0, shuffle=True, seed=4))
    found = answer(one, data.id, Stage.EXPLORE, "rows_elsewhere")
    assert found.verdict is Verdict.FAIL and "are open in the use case Whom to call" in found.sentence
    assert one.case.stage is Stage.EXPLORE, "the gate of the second use case stays closed"
    validate.ask_validation(one.parts, one.who["validator"], first.id, candidate.id)
    one.drain()
    told = validate.answer_of(cases.results_of(one.parts, first, candidate.id, Stage.VALIDATE), "unseen_rows")
    assert told.verdict is Verdict.FAIL and "learned them by heart" in told.sentence


def test_other_rows_have_looks_of_their_own(at, bench_kit, elsewhere) -> None:
    one = at("validated")
    elsewhere()
    data = explored(one, bench_kit.rows(seed=99))
    assert data.shared == () and answer(one, data.id, Stage.EXPLORE, "rows_elsewhere").verdict is Verdict.PASS
    judged(one, "Fresh")
    assert [look.number for look in one.parts.ledger.find(Look)] == [1, 1]


def test_data_sealed_before_there_were_fingerprints_are_compared_too(at, bench_kit, elsewhere) -> None:
    one = at("validated")
    old = one.dataset()
    one.parts.ledger.replace(
        old.model_copy(update={"rows_blob": ""}), one.parts.ledger.version(Dataset, old.id), RESTORED
    )
    elsewhere()
    one.open()
    assert one.bring(bench_kit.rows()).shared[0].sealed == old.rows_sealed


def test_the_page_of_looks_names_only_use_cases_that_the_reader_may_see(at, bench_kit, elsewhere) -> None:
    one = at("validated")
    elsewhere()
    one.open()
    data = one.bring(bench_kit.rows())
    told = {w.dataset.id: w for w in view.sealed_rows(one.parts, one.who["data_scientist"])}
    assert told[data.id].sentence == "1 look, of these 1 in use case whom-to-call"
    assert view.sealed_rows(one.parts, one.who["other_validator"]) == []


def test_who_decided_on_columns_validates_no_model_made_from_them(at) -> None:
    one = at("scoped")
    both = one.join("expert_and_validator", Role.DOMAIN_EXPERT, Role.VALIDATOR)
    made = (ColumnDecision(column="duration", decision="exclude", reason="known too late"),)
    explore.decide_columns(one.parts, both, DecideColumns(use_case=one.case.id, decisions=made))
    one.sign_data()
    candidate = one.model()
    one.submit(candidate)
    with pytest.raises(NotAllowed, match="made a part") as refused:
        validate.ask_validation(one.parts, both, one.case.id, candidate.id)
    assert refused.value.rule == "own-work"
    one.validate(candidate)
    with pytest.raises(NotAllowed) as refused:
        one.sign("expert_and_validator", candidate.id, role="validator")
    assert refused.value.rule == "own-work"


def test_a_file_whose_outcome_is_missing_everywhere_is_refused_before_anything_is_kept(at, bench_kit) -> None:
    one = at("scoped")
    before = len(one.parts.ledger.find(Dataset))
    with pytest.raises(FixTheInput, match="missing in every row"):
        one.bring(bench_kit.rows().with_columns(y=pl.lit(None, dtype=pl.String)))
    assert len(one.parts.ledger.find(Dataset)) == before
