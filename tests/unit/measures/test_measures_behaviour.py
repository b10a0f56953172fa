"""What the measures say about cases made for one question each."""

import numpy as np
import pytest

from glassworks.core.contract import Brief, Decision, Fairness, Kpi, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.core.result import Verdict, safe_side
from glassworks.measures import calibration, conformal, drift, explain, fairness, performance, profile, value
from glassworks.measures.scored import Scored, bands, decided, encode
from glassworks.measures.sequential import e_process


def brief(**changes):
    terms = {
        "id": "b",
        "title": "Call list",
        "problem": "Whom to call",
        "target": "y",
        "positive": "yes",
        "decision": Decision(
            unit="customer",
            action="call",
            otherwise="do not call",
            volume_per_period=1000,
            capacity_share=0.5,
            if_model_down="call in list order",
        ),
        "kpi": Kpi(name="margin", unit="EUR", baseline="list order", target=500),
        "value": ValueMatrix(act_positive=exactly(10), act_negative=exactly(-1)),
    }
    return Brief(**{**terms, **changes})


def unlimited():
    return brief(decision=brief().decision.model_copy(update={"capacity_share": None}))


# --- outcomes and decisions -------------------------------------------------------------------------------------------


def test_a_capacity_is_a_limit_and_equal_scores_go_to_the_earlier_row() -> None:
    one = decided(brief(), [0, 1, 0, 1, 1], [0.5, 0.5, 0.9, 0.5, 0.1], periods=1)
    assert one.acted.tolist() == [True, False, True, False, False]
    assert one.baseline_acted.tolist() == [True, True, False, False, False]


def test_without_capacity_the_value_matrix_decides_and_the_baseline_acts_on_nobody() -> None:
    one = decided(unlimited(), [0, 1, 1], [0.05, 1 / 11, 0.5], periods=1)
    assert one.acted.tolist() == [False, True, True]
    assert not one.baseline_acted.any()


def test_a_matrix_in_which_acting_never_pays_gives_no_threshold() -> None:
    with pytest.raises(FixTheInput, match="no threshold"):
        value.threshold(ValueMatrix())
    assert value.threshold(ValueMatrix(act_positive=exactly(2), act_negative=exactly(1))) == 0.0


def test_numeric_groups_fall_into_the_bands_of_the_brief_and_missing_ones_are_named() -> None:
    aged = brief(fairness=Fairness(definition="equal_opportunity", attribute="age", bands=(30, 60)))
    one = decided(aged, [0, 1, 1, 0], [0.1, 0.2, 0.3, 0.4], periods=1, group=[20.0, np.nan, 30.0, 75.0])
    assert one.group.tolist() == ["under 30", "missing", "30 to 59", "60 and over"]
    plain = decided(brief(), [0, 1], [0.1, 0.2], periods=1, group=np.array(["f", None], dtype=object))
    assert plain.group.tolist() == ["f", "missing"]
    assert bands([0.5], [0.25, 0.75]).tolist() == ["0.25 to under 0.75"]


@pytest.mark.parametrize(
    ("values", "positive", "labels"),
    [
        (["no", "yes"], "yes", ("no", "yes")),
        ([0, 1], "1", ("0", "1")),
        ([0.0, 1.0], "1", ("0", "1")),
        ([False, True], "true", ("False", "True")),
        (np.array(["lost", "won"], dtype=object), "Won", ("lost", "won")),
    ],
)
def test_a_binary_target_is_read_in_whatever_form_it_comes(values, positive, labels) -> None:
    named, y = encode(values, Task.BINARY, positive)
    assert named == labels
    assert y.tolist() == [0, 1]
    assert encode(values, Task.BINARY, positive, labels)[1].tolist() == [0, 1]


def test_one_class_against_the_rest_keeps_its_name() -> None:
    assert encode(["a", "b", "c"], Task.BINARY, "b")[0] == ("not b", "b")


def test_classes_keep_the_index_they_were_trained_with() -> None:
    labels, y = encode(["x", "z", "y"], Task.MULTICLASS)
    assert (labels, y.tolist()) == (("x", "y", "z"), [0, 2, 1])
    assert encode(["z", "x"], Task.MULTICLASS, labels=("z", "x"))[1].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("values", "task", "positive", "labels"),
    [
        (np.array(["yes", None], dtype=object), Task.BINARY, "yes", None),
        ([1.0, np.nan], Task.REGRESSION, "", None),
        (["secret-a", "secret-b"], Task.BINARY, "yes", None),
        (["secret-a", "x"], Task.MULTICLASS, "", ("x", "y")),
        (["secret-a", "1"], Task.REGRESSION, "", None),
        ([1.0, np.inf], Task.REGRESSION, "", None),
    ],
)
def test_a_target_that_cannot_be_read_is_refused_without_naming_a_value(values, task, positive, labels) -> None:
    with pytest.raises(FixTheInput) as caught:
        encode(values, task, positive, labels)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("changes", [{"scores": np.array([0.1])}, {"scores": np.array([0.1, np.nan])}, {"periods": 0}])
def test_cases_that_do_not_fit_together_are_refused(changes) -> None:
    good = {"task": Task.BINARY, "y": np.array([0, 1]), "scores": np.array([0.1, 0.9]), "periods": 1.0}
    with pytest.raises(FixTheInput):
        Scored(**{**good, "acted": None, "baseline_acted": None, **changes})


# --- value ------------------------------------------------------------------------------------------------------------


def test_the_gain_is_a_period_s_and_the_fixed_cost_is_paid_once_a_period() -> None:
    worth = ValueMatrix(act_positive=exactly(10), act_negative=exactly(-1), fixed_cost=3)
    one = decided(brief(), [0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], periods=2)
    gain = value.kpi_gain(one, worth, target=1.0, repeats=200)
    assert gain.value == (2 * 10 - 2 * -1) / 2 - 3
    assert gain.unit == "EUR"
    assert gain.threshold == 1.0
    assert value.reached_gain(one, repeats=200).value == 1.0
    assert value.ceiling(one.y, worth, 0.5, 2, Task.BINARY) == gain.value


def test_the_same_seed_gives_the_same_gain_and_another_seed_another_interval() -> None:
    rng = np.random.default_rng(0)
    one = decided(brief(), rng.integers(0, 2, 200), rng.random(200), periods=1)
    first = value.kpi_gain(one, brief().value, target=10, repeats=300, seed=4)
    assert first == value.kpi_gain(one, brief().value, target=10, repeats=300, seed=4)
    assert first.low != value.kpi_gain(one, brief().value, repeats=300, seed=5).low


def test_uncertain_values_widen_the_interval() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    one = decided(brief(), y, y + rng.normal(size=500), periods=1)
    wide = ValueMatrix(act_positive={"low": 1, "mode": 10, "high": 30}, act_negative=exactly(-1))
    sure, unsure = (value.kpi_gain(one, worth, repeats=500) for worth in (brief().value, wide))
    assert sure.value == unsure.value
    assert unsure.high - unsure.low > sure.high - sure.low


def test_a_regression_gains_the_cost_it_avoids_against_the_median() -> None:
    y = np.array([0.0, 10.0, 20.0])
    worth = ValueMatrix(over=exactly(1), under=exactly(2))
    perfect = Scored(Task.REGRESSION, y, y, None, None, 1.0)
    assert value.kpi_gain(perfect, worth, repeats=50).value == 10 * 1 + 10 * 2
    assert value.ceiling(y, worth, None, 1.0, Task.REGRESSION) == 30
    high = Scored(Task.REGRESSION, y, y + 5, None, None, 1.0)
    assert value.kpi_gain(high, worth, repeats=50).value == 30 - 15


def test_a_classifier_gains_its_right_answers_above_the_commonest_class() -> None:
    y = np.array([0, 0, 1, 2])
    scored = Scored(Task.MULTICLASS, y, np.eye(3)[[0, 0, 1, 0]], None, None, 1.0)
    worth = ValueMatrix(right=exactly(5), wrong=exactly(-1))
    assert value.kpi_gain(scored, worth, repeats=50).value == 6
    assert value.ceiling(y, worth, None, 1.0, Task.MULTICLASS) == 12


@pytest.mark.parametrize("terms", [brief(), unlimited()])
def test_acting_at_the_needed_precision_earns_exactly_the_target(terms) -> None:
    rate, volume = 0.2, 1000
    needed = value.needed_precision(terms, rate)
    acted = 500 if terms.decision.capacity_share else volume * rate / needed
    hits = acted * needed
    before = 500 * (10 * rate - (1 - rate)) if terms.decision.capacity_share else 0.0
    assert 10 * hits - (acted - hits) - before == pytest.approx(500)


def test_no_precision_is_named_when_none_reaches_the_target() -> None:
    far = brief(kpi=brief().kpi.model_copy(update={"target": 1e6}))
    assert value.needed_precision(far, 0.2) is None
    assert value.needed_precision(brief(task=Task.REGRESSION), 0.2) is None


def test_no_cases_are_refused_in_words() -> None:
    empty = Scored(Task.BINARY, *(np.array([]) for _ in range(4)), periods=1.0)
    for measure in (performance.headline, performance.better_than_chance, value.reached_gain):
        with pytest.raises(FixTheInput):
            measure(empty)


# --- performance and calibration --------------------------------------------------------------------------------------


def test_a_perfect_order_of_few_cases_does_not_look_certain() -> None:
    one = performance.auc([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6])
    assert one.value == 1
    assert one.low < 0.5


def test_guessing_is_not_better_than_chance_and_knowing_is() -> None:
    rng = np.random.default_rng(2)
    y, noise = rng.integers(0, 2, 500), rng.random(500)
    classes, real = rng.integers(0, 3, 500), rng.normal(size=500)
    cases = [
        (Task.BINARY, y, noise, y + 0.5 * noise),
        (Task.MULTICLASS, classes, rng.random((500, 3)), np.eye(3)[classes]),
        (Task.REGRESSION, real, noise, real + 0.3 * noise),
    ]
    for task, truth, guessed, known in cases:
        guess, know = (
            performance.better_than_chance(Scored(task, truth, s, None, None, 1.0)) for s in (guessed, known)
        )
        assert safe_side(guess, at_least=guess.threshold) is not Verdict.PASS
        assert safe_side(know, at_least=know.threshold) is Verdict.PASS


def test_lift_is_how_often_more_the_best_scored_hold_a_positive() -> None:
    assert performance.lift_at([0, 0, 1, 1], [1, 2, 3, 4], 0.5).value == 2
    assert performance.lift_at([0, 1, 0, 1], [1, 2, 3, 4], 1.0).value == 1


def test_calibrated_scores_are_found_so_and_too_extreme_ones_are_not() -> None:
    rng = np.random.default_rng(1)
    logit = rng.normal(-1, 1, 5000)
    y = (rng.random(5000) < 1 / (1 + np.exp(-logit))).astype(int)
    slope, level = calibration.slope_and_intercept(y, 1 / (1 + np.exp(-logit)))
    assert slope.low < 1 < slope.high
    assert level.low < 0 < level.high
    extreme, _ = calibration.slope_and_intercept(y, 1 / (1 + np.exp(-2 * logit)))
    assert extreme.high < 0.6
    shifted = 1 / (1 + np.exp(-(logit - 1)))
    assert calibration.slope_and_intercept(y, shifted)[1].low > 0.8
    assert calibration.observed_over_expected(y, shifted).low > 1
    assert calibration.ece(y, shifted) > 0.1 > calibration.ece(y, 1 / (1 + np.exp(-logit)))


@pytest.mark.parametrize("scores", [[0.3, 0.3, 0.3, 0.3], [0.1, 0.2, 0.8, 0.9]])
def test_a_calibration_that_has_no_finite_slope_is_refused(scores) -> None:
    with pytest.raises(FixTheInput):
        calibration.slope_and_intercept([0, 0, 1, 1], scores)


def test_reliability_shares_the_cases_equally_and_keeps_their_totals() -> None:
    rng = np.random.default_rng(3)
    scores, y = rng.random(103), rng.integers(0, 2, 103)
    rows = calibration.reliability(y, scores)
    assert len(rows) == 10
    assert sum(row["n"] for row in rows) == 103
    assert sum(row["n"] * row["observed"] for row in rows) == pytest.approx(y.sum())
    assert all(row["low"] <= row["predicted"] <= row["high"] for row in rows)
    assert len(calibration.reliability([1, 0], [0.2, 0.3])) == 2


# --- fairness ---------------------------------------------------------------------------------------------------------


def test_a_tiny_group_is_shown_but_is_neither_yardstick_nor_gate(acted_by_group) -> None:
    cases = acted_by_group({"big": (500, 1000), "other": (480, 1000), "tiny": (3, 3)})
    ratios = fairness.group_ratios(cases, "selection_rate")
    assert [one.group for one in ratios] == ["other", "tiny"]
    assert ratios[0].value == pytest.approx(0.96)
    assert fairness.worst_ratio(cases, "selection_rate").group == "other"


def test_a_false_positive_rate_is_turned_over_so_that_below_one_is_worse(acted_by_group) -> None:
    cases = acted_by_group({"kind": (20, 100), "harsh": (40, 100)})
    (one,) = fairness.group_ratios(cases, "false_positive_rate")
    assert (one.group, one.value) == ("harsh", pytest.approx(0.5))


def test_many_groups_widen_only_the_end_that_makes_a_gate_fail(acted_by_group) -> None:
    pair = acted_by_group({"a": (500, 1000), "b": (380, 1000)})
    many = acted_by_group({"a": (500, 1000), "b": (380, 1000)} | {f"g{i}": (495, 1000) for i in range(8)})
    first, last = (fairness.worst_ratio(cases, "selection_rate") for cases in (pair, many))
    assert first.low == last.low
    assert first.value == last.value
    assert first.high < last.high
    assert safe_side(last, at_least=0.95) is Verdict.FAIL


def test_one_group_alone_cannot_be_compared(acted_by_group) -> None:
    with pytest.raises(FixTheInput, match="cannot be compared"):
        fairness.worst_ratio(acted_by_group({"only": (5, 50)}), "selection_rate")


# --- drift, sequences -------------------------------------------------------------------------------------------------


def test_noise_does_not_drift_at_any_size_and_a_real_shift_does() -> None:
    rng = np.random.default_rng(7)
    assert not any(drift.drifted(rng.normal(size=n), rng.normal(size=n)) for n in (60, 200, 5000))
    assert drift.drifted(rng.normal(size=2000), rng.normal(0.7, 1, size=2000))
    levels = np.array(["a", "b", "c"], dtype=object)
    assert drift.drifted(levels[rng.integers(0, 2, 500)], levels[rng.integers(1, 3, 500)])


def test_missing_values_and_few_distinct_numbers_have_bins_of_their_own() -> None:
    full = np.tile([0.0, 1.0], 500)
    holes = np.where(np.arange(1000) % 4 == 0, np.nan, full)
    assert drift.drifted(full, holes)
    assert drift.psi(full, full)[0] == 0
    assert drift.psi(np.zeros(50), np.zeros(50))[0] == 0
    assert drift.drifted(np.zeros(500), np.ones(500))


def test_among_many_columns_only_the_shifted_one_is_named() -> None:
    rng = np.random.default_rng(1)
    before = {f"c{i}": rng.normal(size=800) for i in range(30)}
    now = {name: rng.normal(size=800) for name in before} | {"c3": rng.normal(1, 1, 800), "new": np.zeros(800)}
    found = drift.shifts(before, now)
    assert found[0].name == "c3"
    assert [row.name for row in found if row.drifted] == ["c3"]


def test_an_e_process_multiplies_evidence_and_refuses_what_it_cannot_watch() -> None:
    evidence, alarm = e_process([0] * 50, 0.2)
    assert alarm is None
    assert (np.diff(evidence) < 0).all()
    assert e_process([], 0.2)[1] is None
    assert np.isfinite(e_process(np.ones(5000), 0.01)[0]).all()
    for x, p0 in (([2.0], 0.2), ([0.5], 0.0)):
        with pytest.raises(FixTheInput):
            e_process(x, p0)


# --- explanations, profiles, conformal --------------------------------------------------------------------------------


def test_occlusion_and_curves_show_what_each_feature_does() -> None:
    columns = {"a": np.array([1, 2, 3]), "kind": np.array(["x", "yy", "x"])}

    def score(c):
        return c["a"] * 2.0 + (c["kind"] == "yy")

    moved = explain.occlusion(score, columns, {"a": 1.5, "kind": "x", "absent": 0})
    assert moved["a"].tolist() == [-1, 1, 3]
    assert moved["kind"].tolist() == [0, 1, 0]
    assert "absent" not in moved
    curve = explain.effect_curves(score, columns, "a", [0.5, 1.5]).mean(axis=1)
    assert curve.tolist() == pytest.approx([4 / 3, 10 / 3])
    assert explain.direction(curve) == 1
    assert explain.direction(-curve) == -1


def test_a_leak_stands_out_and_an_identifier_does_not() -> None:
    rng = np.random.default_rng(6)
    y = rng.integers(0, 2, 1000)
    names = np.array([f"id{i}" for i in range(1000)])
    assert profile.single_column_strength(-y + 0.1 * rng.random(1000), y, Task.BINARY) == 1
    assert profile.single_column_strength(np.where(y == 1, "p", "q"), y, Task.BINARY) == 1
    assert profile.single_column_strength(np.where(y == 1, np.nan, 3.0), y, Task.BINARY) == 1
    for task, goal in ((Task.BINARY, y), (Task.REGRESSION, rng.normal(size=1000)), (Task.MULTICLASS, y)):
        floor = 0.5 if task is Task.BINARY else 0.0
        assert profile.single_column_strength(names, goal, task) == pytest.approx(floor, abs=0.1)
        assert profile.single_column_strength(rng.random(1000), goal, task) == pytest.approx(floor, abs=0.15)


def test_strength_reaches_one_for_every_kind_of_target_and_column() -> None:
    rng = np.random.default_rng(6)
    classes = rng.integers(0, 3, 900)
    text = np.array(["r", "g", "b"])[classes]
    assert profile.single_column_strength(classes * 2.0, classes, Task.MULTICLASS) == pytest.approx(1)
    assert profile.single_column_strength(text, classes, Task.MULTICLASS) > 0.98
    assert profile.single_column_strength(text, classes * 10.0, Task.REGRESSION) > 0.98
    assert profile.single_column_strength(-np.exp(classes), classes * 1.0, Task.REGRESSION) == 1
    assert profile.half(10_000).mean() == pytest.approx(0.5, abs=0.02)


def test_codes_for_missing_are_suggested_and_honest_extremes_are_not() -> None:
    ages = np.random.default_rng(0).integers(18, 90, 1000).astype(float)
    assert profile.sentinel_candidates(np.append(ages, [999] * 30)) == [999]
    assert profile.sentinel_candidates(np.append(ages, [-1] * 30)) == [-1]
    assert sorted(profile.sentinel_candidates(np.concatenate([ages, [-1] * 30, [9999] * 40]))) == [-1, 9999]
    assert profile.sentinel_candidates(ages) == []
    assert profile.sentinel_candidates(np.random.default_rng(0).normal(size=500).round(1)) == []
    assert profile.sentinel_candidates(np.array(["a", "b"])) == []


def test_entropy_counts_bits() -> None:
    assert profile.entropy(np.arange(8)) == 3
    assert profile.entropy(np.zeros(9)) == 0


def test_conformal_intervals_and_sets_cover_new_cases_as_promised() -> None:
    rng = np.random.default_rng(4)
    truth, noise = rng.normal(size=4000), rng.normal(size=4000)
    within = conformal.radius(np.abs(noise[:1000]), 0.1)
    low, high = conformal.interval(truth[1000:] + noise[1000:], within)
    held = conformal.coverage((low <= truth[1000:]) & (truth[1000:] <= high))
    assert held.value == pytest.approx(0.9, abs=0.03)
    chances = rng.dirichlet(np.ones(3), 4000)
    y = (rng.random(4000)[:, None] > chances.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    sets = conformal.prediction_sets(chances[1000:], conformal.radius(conformal.set_errors(y[:1000], chances[:1000])))
    assert sets[np.arange(3000), y[1000:]].mean() == pytest.approx(0.9, abs=0.03)
    with pytest.raises(FixTheInput, match="at least 9"):
        conformal.radius(np.ones(8), 0.1)
