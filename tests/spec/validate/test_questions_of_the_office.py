"""What the office asks of a candidate on the sealed rows, and what the answers mean."""

from dataclasses import replace
from datetime import date, datetime
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from glassworks.core.canvas import Constraints, MetricTarget
from glassworks.core.check import run
from glassworks.core.contract import Brief, Decision, Direction, Fairness, Feature, Kpi, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.core.registry import checks
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.hub.policies import OFFICE_PACK, VALIDATE_CHECKS
from glassworks.measures.scored import decided
from glassworks.stages.validate import scorer
from glassworks.stages.validate.checks.calibration import calibration


def asked(name: str, evidence: dict[str, Any], **changed: Any) -> Answer:
    one = next(check for check in checks(Stage.VALIDATE) if check.id == name)
    return run(one, evidence | changed, Task.BINARY)


def evidence_of(campaign: ModuleType, model: Any, rows: pl.DataFrame, *claims: Any, **terms: Any) -> dict[str, Any]:
    brief = campaign.brief(**terms)
    y = (rows["y"] == "yes").to_numpy().astype(int)
    scored, shown = scorer.score(model, rows, brief, y, periods=1, group=rows["age"].to_numpy(), labels=("no", "yes"))
    return {
        "brief": brief, "policy": OFFICE_PACK, "scored": scored, "rows": shown, "model": model,
        "candidate": campaign.candidate(*claims), "open_rows": rows, "look": 1, "level": 0.975, "times": None,
        "dataset": campaign.dataset(), "elsewhere": (), "traits": {},
    }  # fmt: skip


@pytest.fixture
def honest(campaign: ModuleType) -> dict[str, Any]:
    asked = {"metric_targets": (MetricTarget(metric="auc", op=">=", value=0.6),)}
    return evidence_of(campaign, campaign.Honest(), campaign.rows(4000, seed=8), campaign.claim("AUC", 0.79), **asked)


def test_the_office_asks_everything_that_its_policy_requires() -> None:
    assert set(VALIDATE_CHECKS) <= {one.id for one in checks(Stage.VALIDATE)}


def test_an_honest_candidate_passes(honest: dict[str, Any], campaign: ModuleType) -> None:
    alone = [one for one in checks(Stage.VALIDATE) if one.id not in ("challenger", "refit")]
    alone = [one for one in alone if Task.BINARY in one.tasks]
    seen = honest | {"kept": (), "learned_rows": None, "open_rows": campaign.rows(1000, seed=9)}
    answers = {one.id: run(one, seen, Task.BINARY) for one in alone}
    assert {
        name: a.sentence
        for name, a in answers.items()
        if a.verdict is not Verdict.PASS and name not in ("fairness", "proxies", "intersections")
    } == {}
    assert answers["proxies"].verdict is Verdict.NOT_APPLICABLE
    assert answers["fairness"].verdict in (Verdict.PASS, Verdict.INCONCLUSIVE)


@pytest.mark.parametrize(("copied", "verdict"), [(0.0, Verdict.PASS), (0.3, Verdict.FAIL), (1.0, Verdict.FAIL)])
def test_sealed_rows_that_repeat_open_rows_are_not_unseen(
    honest: dict[str, Any], campaign: ModuleType, copied: float, verdict: Verdict
) -> None:
    sealed, rounded = campaign.rows(4000, seed=8), pl.col("balance").round(3)
    fresh = campaign.rows(3000, seed=9)
    opened = pl.concat([fresh, sealed.head(int(copied * sealed.height))]).sample(fraction=1, shuffle=True, seed=2)
    told = asked("unseen_rows", honest, open_rows=opened)
    coarser = asked(
        "unseen_rows", honest, open_rows=opened.with_columns(rounded), rows=honest["rows"].with_columns(rounded)
    )
    assert told.verdict is coarser.verdict is verdict
    assert ("have a twin among the open rows" in told.sentence) is (verdict is Verdict.FAIL)


@pytest.mark.parametrize("columns", [1, 3, 6, 10])
@pytest.mark.parametrize("rate", [0.03, 0.4])
def test_cases_of_their_own_that_look_alike_are_unseen(honest: dict[str, Any], columns: int, rate: float) -> None:
    def table(n: int, seed: int) -> pl.DataFrame:
        rng = np.random.default_rng(seed)
        some = {f"c{k}": rng.choice(["a", "b", "c"], n, p=[0.7, 0.2, 0.1]) for k in range(columns)}
        return pl.DataFrame(some | {"y": np.where(rng.random(n) < rate, "yes", "no")})

    sealed = table(4000, 1)
    scored = replace(honest["scored"], y=(sealed["y"] == "yes").to_numpy().astype(int))
    told = asked("unseen_rows", honest, open_rows=table(9000, 2), rows=sealed.drop("y"), scored=scored)
    assert told.verdict is Verdict.PASS


def test_a_part_in_which_nothing_ever_happens_and_the_model_expects_it_fails_in_words(campaign: ModuleType) -> None:
    class Hopeful(campaign.Honest):  # type: ignore[name-defined, misc]
        def predict(self, frame: pl.DataFrame) -> np.ndarray:
            return np.where(frame["job"].to_numpy() == "nurse", 0.9, super().predict(frame))

    rows = campaign.rows(4000, seed=8).with_columns(
        y=pl.when(pl.col("job") == "nurse").then(pl.lit("no")).otherwise("y")
    )
    told = asked("weak_slices", evidence_of(campaign, Hopeful(), rows))
    assert told.verdict is Verdict.FAIL
    assert "job is nurse, the outcome is always the same, to which it gives a chance below 1e-06" in told.sentence


def test_a_declared_input_outside_the_contract_is_named_with_the_reason(
    honest: dict[str, Any], campaign: ModuleType
) -> None:
    candidate = campaign.candidate(inputs=("balance", "duration", "age"))
    assert scorer.undeclared(candidate.card, honest["brief"]) == ["duration", "age"]
    answer = asked("inputs_declared", honest, candidate=candidate)
    assert answer.verdict is Verdict.FAIL
    assert "known only after the call" in answer.sentence


def test_a_leaking_candidate_collapses_and_both_figures_are_shown(campaign: ModuleType) -> None:
    rows = campaign.rows(2000, seed=8)
    claims = (campaign.claim("AUC", 0.98), campaign.claim("KPI gain a period", 40_000))
    leaky = evidence_of(campaign, campaign.Leaky(), rows, *claims)
    assert "duration" not in leaky["rows"].columns
    answer = asked("claims_hold", leaky)
    assert answer.verdict is Verdict.FAIL
    assert "AUC 0.98 claimed, 0.5" in answer.sentence
    assert "40,000 claimed" in answer.sentence
    assert asked("performance", leaky).verdict is not Verdict.PASS


def test_the_kpi_sentence_speaks_of_the_promise_and_the_target_moves_the_verdict(
    honest: dict[str, Any], campaign: ModuleType
) -> None:
    answer = asked("kpi", honest)
    assert answer.sentence.startswith("expected +")
    assert " EUR a quarter, 97.5 % interval " in answer.sentence
    assert "target 1,000: probability 1.00" in answer.sentence
    value = answer.estimates[0].value
    for target, verdict in ((value, Verdict.INCONCLUSIVE), (3 * value, Verdict.FAIL)):
        kpi = Kpi(name="net value", unit="EUR", baseline="list order", target=target)
        assert asked("kpi", honest, brief=campaign.brief(kpi=kpi)).verdict is verdict


def test_probabilities_that_are_too_extreme_fail(campaign: ModuleType) -> None:
    class Extreme(campaign.Honest):  # type: ignore[name-defined, misc]
        def predict(self, frame: pl.DataFrame) -> np.ndarray:
            p = super().predict(frame)
            return p**4 / (p**4 + (1 - p) ** 4)

    answer = asked("calibration", evidence_of(campaign, Extreme(), campaign.rows(2000)))
    assert answer.verdict is Verdict.FAIL
    assert len(answer.table) == 10


def test_few_rows_are_inconclusive_and_not_a_failure(campaign: ModuleType) -> None:
    few = evidence_of(campaign, campaign.Honest(), campaign.rows(120))
    assert asked("calibration", few).verdict is Verdict.INCONCLUSIVE
    assert asked("fairness", few).verdict is Verdict.INCONCLUSIVE


def test_a_group_that_is_hardly_ever_chosen_fails_fairness(campaign: ModuleType) -> None:
    rows = campaign.rows(3000)

    class Unfair(campaign.Honest):  # type: ignore[name-defined, misc]
        def predict(self, frame: pl.DataFrame) -> np.ndarray:
            return super().predict(frame) * np.where(rows["age"].to_numpy()[: frame.height] < 30, 0.2, 1.0)

    unfair = evidence_of(campaign, Unfair(), rows)
    assert asked("fairness", unfair).verdict is Verdict.FAIL
    reported = asked("fairness_reported", unfair)
    assert (reported.verdict, reported.warning) == (Verdict.PASS, True)
    assert {row["definition"] for row in reported.table} == {
        "acted on", "acted on among negatives", "positive among acted on",
    }  # fmt: skip
    agreed = campaign.brief(fairness=Fairness())
    assert asked("fairness", unfair, brief=agreed).verdict is Verdict.NOT_APPLICABLE


def test_groups_are_compared_with_the_one_that_the_contract_names(campaign: ModuleType) -> None:
    honest = evidence_of(campaign, campaign.Honest(), campaign.rows(3000))
    rule = campaign.brief().fairness
    groups = sorted(one.group for one in asked("fairness", honest).estimates[1:])
    for name in groups:
        agreed = campaign.brief(fairness=rule.model_copy(update={"reference": name}))
        worst = asked("fairness", honest, brief=agreed).estimates[0]
        assert worst.name.endswith(f"ratio to {name}") or worst.group == name
    nobody = campaign.brief(fairness=rule.model_copy(update={"reference": "over 120"}))
    answer = asked("fairness", honest, brief=nobody)
    assert answer.verdict is Verdict.INCONCLUSIVE and "over 120" in answer.sentence


def test_a_group_below_the_contracts_least_number_is_not_gated_on(campaign: ModuleType) -> None:
    honest = evidence_of(campaign, campaign.Honest(), campaign.rows(3000))
    rule = campaign.brief().fairness
    agreed = campaign.brief(fairness=rule.model_copy(update={"min_group": 100_000}))
    assert "100000 cases" in asked("fairness", honest, brief=agreed).sentence


def test_an_effect_against_a_signed_expectation_fails(honest: dict[str, Any], campaign: ModuleType) -> None:
    features = (Feature(name="balance", expected=Direction.DOWN), Feature(name="previous"), Feature(name="job"))
    assert asked("effects", honest, brief=campaign.brief(features=features)).verdict is Verdict.FAIL


def test_a_model_that_fails_in_the_second_half_is_not_stable(campaign: ModuleType) -> None:
    rows = campaign.rows(2000)
    turned = rows.with_columns(
        balance=pl.when(pl.col("day") < 1000).then(pl.col("balance")).otherwise(-pl.col("balance"))
    )
    answer = asked("stability", evidence_of(campaign, campaign.Honest(), turned))
    assert answer.verdict is Verdict.FAIL
    assert "the second half" in answer.sentence


def test_a_model_that_gives_up_on_a_missing_value_fails_by_column(honest: dict[str, Any]) -> None:
    class Fragile:
        def predict(self, frame: pl.DataFrame) -> np.ndarray:
            if frame["job"].null_count():
                raise FixTheInput("The model failed.")
            return np.full(frame.height, 0.5)

    answer = asked("robustness", honest, model=Fragile())
    assert (answer.verdict, answer.examples) == (Verdict.FAIL, ("job (missing)",))
    assert asked("robustness", honest).verdict is Verdict.PASS

    class Blank:
        def predict(self, frame: pl.DataFrame) -> np.ndarray:
            return np.where(frame["job"].is_null().to_numpy(), np.nan, 0.5)

    assert asked("robustness", honest, model=Blank()).examples == ("job (missing)",)


class Postal:
    """Acts on the district, behind which stands the sex."""

    def predict(self, frame: pl.DataFrame) -> np.ndarray:
        return np.where(frame["district"] == "north", 0.6, 0.3) + 0.02 * np.tanh(frame["balance"].to_numpy())

    def close(self) -> None: ...


def districts(campaign: ModuleType, model: Any, **fair: Any) -> dict[str, Any]:
    """Of the women nine of ten live in the north; the job has nothing to do with it."""
    rng, base = np.random.default_rng(3), campaign.rows(3000, seed=9)
    woman = rng.random(3000) < 0.5
    north = np.where(rng.random(3000) < 0.9, woman, ~woman)
    rows = base.with_columns(
        sex=pl.Series(np.where(woman, "woman", "man")), district=pl.Series(np.where(north, "north", "south"))
    )
    features = (*campaign.brief().features, Feature(name="district"))
    terms = {"fairness": Fairness(definition="selection_rate", attribute="age", bands=(30, 60), **fair)}
    terms["constraints"] = Constraints(proxies_to_test=("district", "job"))
    found = evidence_of(campaign, model, rows, features=features, **terms)
    return found | {"traits": {"age": rows["age"].to_numpy(), "sex": rows["sex"].to_numpy()}}


def test_a_stand_in_for_a_trait_is_told_by_its_strength_and_by_what_hangs_on_it(campaign: ModuleType) -> None:
    answer = asked("proxies", districts(campaign, Postal(), protected=("sex",)))
    found = {(row["column"], row["trait"]): row for row in answer.table}
    assert found["district", "sex"]["strength"] > 0.7 and found["district", "sex"]["changed"] > 0.4
    assert found["job", "sex"]["strength"] < 0.1 and found["job", "sex"]["changed"] == 0
    assert answer.verdict is Verdict.PASS and answer.warning
    (ratio,) = answer.estimates
    assert ratio.group == "sex man" and ratio.high < 0.3


def test_a_model_that_leaves_the_stand_in_alone_is_not_warned_of_a_ratio(campaign: ModuleType) -> None:
    answer = asked("proxies", districts(campaign, campaign.Honest(), protected=("sex",)))
    assert {row["changed"] for row in answer.table} == {0.0}
    assert all(one.low < 1 < one.high or one.value > 0.8 for one in answer.estimates)


def test_nothing_named_is_not_applicable_and_an_absent_trait_is_said(
    honest: dict[str, Any], campaign: ModuleType
) -> None:
    assert asked("proxies", honest).verdict is Verdict.NOT_APPLICABLE
    gone = districts(campaign, campaign.Honest(), protected=("creed",))
    assert "the rows do not hold creed" in asked("proxies", gone).sentence


class Guesses:
    """Knows the truth, and guesses where the job is nurse."""

    def predict(self, frame: pl.DataFrame) -> np.ndarray:
        known = np.asarray(frame["balance"].fill_null(0).to_numpy() * 1.2 + 0.3 * frame["previous"].to_numpy() - 1.2)
        scores, nurse = 1 / (1 + np.exp(-known)), (frame["job"] == "nurse").to_numpy()
        scores[nurse] = np.random.default_rng(1).permutation(scores[nurse])
        return scores

    def close(self) -> None: ...


def test_a_part_in_which_the_model_guesses_fails_by_name_and_few_rows_are_undecided(campaign: ModuleType) -> None:
    weak = asked("weak_slices", evidence_of(campaign, Guesses(), campaign.rows(4000, seed=8)))
    assert weak.verdict is Verdict.FAIL and "job is nurse" in weak.sentence and weak.next_step
    few = asked("weak_slices", evidence_of(campaign, campaign.Honest(), campaign.rows(120)))
    assert few.verdict is Verdict.INCONCLUSIVE


def test_a_level_that_is_off_is_the_calibration_s_question_where_the_order_decides(campaign: ModuleType) -> None:
    class Low(campaign.Honest):  # type: ignore[misc, name-defined]
        def predict(self, frame: pl.DataFrame) -> np.ndarray:
            return super().predict(frame) * 0.4

    rows = campaign.rows(4000, seed=8)
    assert asked("weak_slices", evidence_of(campaign, Low(), rows)).verdict is Verdict.PASS
    free = campaign.brief().decision.model_copy(update={"capacity_share": None})
    assert asked("weak_slices", evidence_of(campaign, Low(), rows, decision=free)).verdict is Verdict.FAIL


def test_a_level_that_is_off_within_a_group_is_told_and_each_group_has_its_figure(campaign: ModuleType) -> None:
    seen = evidence_of(campaign, campaign.Honest(), campaign.rows(4000))
    scored = seen["scored"]
    low = np.where(scored.group == "under 30", 0.4, 1.0) * scored.scores
    sound, off = (asked("calibration", seen | {"scored": replace(scored, scores=s)}) for s in (scored.scores, low))
    assert {one.group for one in sound.estimates if one.group} >= {"under 30", "30 to 59"}
    assert "Outside that within" not in sound.sentence
    assert "Outside that within: under 30" in off.sentence and off.warning


def test_of_several_classes_the_answer_is_set_against_how_sure_it_is() -> None:
    rng = np.random.default_rng(3)
    raw = np.exp(rng.normal(size=(4000, 3)) * 1.5)
    p = raw / raw.sum(axis=1, keepdims=True)
    y = np.array([rng.choice(3, p=one) for one in p])
    sharp = p**3 / (p**3).sum(axis=1, keepdims=True)
    brief = Brief(
        id="b", title="t", problem="p", task=Task.MULTICLASS, target="y", value=ValueMatrix(right=exactly(1)),
        decision=Decision(unit="case", action="route", otherwise="ask", volume_per_period=10, if_model_down="ask"),
        kpi=Kpi(name="gain", unit="EUR", baseline="today", target=1.0),
    )  # fmt: skip
    told = []
    for scores in (p, sharp):
        scored = decided(brief, y, scores, periods=1.0, labels=("a", "b", "c"))
        told.append(calibration.function(brief=brief, policy=OFFICE_PACK, scored=scored, level=0.95))
    assert [one.verdict for one in told] == [Verdict.PASS, Verdict.PASS]
    assert told[0].estimates[0].value == pytest.approx(1, abs=0.15) and not told[0].warning
    assert told[1].estimates[0].value < 0.6 and told[1].warning and "Reported, not gated" in told[1].sentence


NO_DATES = ("12/31/2026", "31.12.2026", "01 Dec 2026", " 2099-01-01", "(2099)", "-", "99", "20260101", "2025-02-30")


@pytest.mark.parametrize(
    ("until", "times", "verdict"),
    [
        ("", ["2025-01"], Verdict.PASS),
        ("2025-06", ["2025-07-01", "2025-08-03"], Verdict.PASS),
        ("2025-06", ["2025-06-30", "2025-08-03"], Verdict.FAIL),
        ("2025-06", ["2025-03", None], Verdict.FAIL),
        ("2025-06", None, Verdict.INCONCLUSIVE),
        ("2024", ["2025-01-15"], Verdict.PASS),
        ("2025", ["2025-12-31"], Verdict.FAIL),
        ("2025-06", ["2025"], Verdict.FAIL),
        ("2025-06-30", [date(2025, 7, 1), datetime(2025, 7, 2)], Verdict.PASS),
        ("2025-06-30", ["2025-07-01T08:00:00", "2025-08-03 09:15"], Verdict.PASS),
        ("2025-06-30", ["2025-07-01", "July"], Verdict.INCONCLUSIVE),
        ("2025-06-30", [20250701, 20250702], Verdict.INCONCLUSIVE),
        ("9", [8, 9, 10, 11], Verdict.INCONCLUSIVE),
        *((said, ["2025-01-15"], Verdict.INCONCLUSIVE) for said in NO_DATES),
    ],
)
def test_a_model_that_learned_elsewhere_needs_rows_later_than_its_training(
    campaign: ModuleType, until: str, times: list[Any] | None, verdict: Verdict
) -> None:
    one = campaign.candidate()
    brought = one.model_copy(update={"made_by": "hand", "card": one.card.model_copy(update={"learned_until": until})})
    seen = {"candidate": brought, "times": None if times is None else np.array(times, dtype=object)}
    assert asked("fresher_rows", seen).verdict is verdict
