"""Published figures that the measures must reproduce; sources stand beside each."""

import numpy as np
import pytest

from glassworks.core.contract import ValueMatrix, exactly
from glassworks.core.result import Verdict, safe_side
from glassworks.measures import calibration, conformal, drift, fairness, intervals, value
from glassworks.measures.sequential import e_process

P_AND_F = ValueMatrix(act_positive=exactly(99), act_negative=exactly(-1))


def counted_outcomes(tp: int, fp: int, fn: int, tn: int) -> tuple[np.ndarray, np.ndarray]:
    y = np.repeat([1, 0, 1, 0], [tp, fp, fn, tn])
    acted = np.repeat([True, True, False, False], [tp, fp, fn, tn])
    return y, acted


@pytest.mark.parametrize(
    ("tn", "fp", "fn", "tp", "expected"), [(990, 805, 532, 1369, 0.44847), (1139, 349, 461, 505, 0.23454)]
)
def test_prevalence_precision_and_miss_rate_fix_the_false_positive_rate_of_compas(tn, fp, fn, tp, expected) -> None:
    """Chouldechova (2017) on ProPublica's counts."""
    n = tn + fp + fn + tp
    implied = fairness.implied_false_positive_rate((tp + fn) / n, tp / (tp + fp), fn / (tp + fn))
    assert implied == pytest.approx(expected, abs=6e-6)
    assert implied == pytest.approx(fp / (fp + tn), rel=1e-12)


def test_the_four_fifths_rule_names_only_the_first_group_of_the_uniform_guidelines(acted_by_group) -> None:
    """UGESP questions and answers: rates 60, 45, 48, 51 % give 75, 80 and 85 %; 80 % passes."""
    cases = acted_by_group({"A": (60, 100), "B": (45, 100), "C": (48, 100), "D": (51, 100)})
    ratios = {one.group: one.value for one in fairness.group_ratios(cases, "selection_rate")}
    assert ratios == pytest.approx({"B": 0.75, "C": 0.80, "D": 0.85})
    assert [group for group, ratio in ratios.items() if ratio < 0.8 - 1e-12] == ["B"]


def test_fifty_against_seventy_per_cent_is_a_ratio_of_seventy_one_per_cent() -> None:
    """The example of the OpenScale documentation."""
    assert intervals.katz_ratio(50, 100, 70, 100)[0] == pytest.approx(0.714, abs=5e-4)


def test_expected_profit_of_the_book_s_matrix_and_its_threshold() -> None:
    """Provost & Fawcett, chapter 7: 56/7/5/42 of 110 at 99 and -1."""
    y, acted = counted_outcomes(56, 7, 5, 42)
    assert value.net_value(y, acted, P_AND_F) / 110 == pytest.approx(50.33636, abs=5e-6)
    assert value.expected_value_per_case(61 / 110, 56 / 61, 7 / 49, P_AND_F) == pytest.approx(50.33636, abs=5e-6)
    assert value.expected_value_per_case(0.55, 0.92, 0.14, P_AND_F) == pytest.approx(50.031, abs=5e-4)
    assert value.threshold(P_AND_F) == pytest.approx(0.01)


def test_net_benefit_times_the_unit_benefit_is_the_expected_value() -> None:
    y, acted = counted_outcomes(56, 7, 5, 42)
    benefit = value.net_benefit(y, acted, 0.01)
    assert benefit == pytest.approx(0.5084481, abs=5e-8)
    assert 99 * benefit == pytest.approx(value.net_value(y, acted, P_AND_F) / 110, rel=1e-12)


def test_treating_all_has_the_net_benefit_of_the_decision_curve_reference() -> None:
    """R package dcurves: 105 cancers among 750."""
    y = np.repeat([1, 0], [105, 645])
    rows = value.decision_curve(y, np.full(750, 0.5), [0.05, 0.10, 0.20])
    assert [row["all"] for row in rows] == pytest.approx([0.094737, 0.044444, -0.075], abs=5e-7)


def test_the_null_of_the_stability_index_has_the_mean_and_quantile_of_theory() -> None:
    """Yurdakul & Naranjo: mean (1/n + 1/m)(B - 1), 95 % point (1/n + 1/m) chi-squared."""
    rng = np.random.default_rng(5)
    pairs = [drift.psi(rng.normal(size=1000), rng.normal(size=1000)) for _ in range(400)]
    values = np.array([one for one, _ in pairs])
    assert pairs[0][1] == pytest.approx(0.0338, abs=5e-5)
    assert values.mean() == pytest.approx(0.0180, rel=0.08)
    assert 0.02 < np.mean(values > pairs[0][1]) < 0.09


def test_split_conformal_coverage_has_the_mean_and_spread_of_its_beta_law() -> None:
    rng = np.random.default_rng(3)
    radii = np.array([conformal.radius(rng.random(1000), 0.1) for _ in range(1500)])
    assert radii.mean() == pytest.approx(0.9001, abs=0.001)
    assert radii.std() == pytest.approx(0.00947, rel=0.08)
    assert conformal.coverage_band(1000) == pytest.approx((0.8841, 0.9152), abs=5e-5)


def test_wilson_and_newcombe_give_the_intervals_of_newcombe_1998() -> None:
    assert intervals.newcombe(56, 70, 48, 80)[1:] == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert intervals.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert intervals.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert intervals.wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


@pytest.mark.parametrize(("defaults", "p"), [(20, 0.4855), (25, 0.1308), (28, 0.0410), (30, 0.0162)])
def test_jeffreys_test_gives_the_p_values_of_the_supervisor_s_definition(defaults, p) -> None:
    assert calibration.jeffreys_p(defaults, 1000, 0.02) == pytest.approx(p, abs=5e-5)


def test_a_missed_case_five_times_as_dear_gives_a_threshold_of_one_sixth() -> None:
    """Elkan (2001), German credit."""
    matrix = ValueMatrix(skip_positive=exactly(-5), act_negative=exactly(-1))
    assert value.threshold(matrix) == pytest.approx(1 / 6)


def test_benjamini_hochberg_rejects_only_the_smallest_of_the_counter_example() -> None:
    assert intervals.benjamini_hochberg([0.08, 0.2, 0.001], 0.1).tolist() == [False, False, True]


def test_e_processes_looked_at_every_day_alarm_seldom_and_find_a_real_rise() -> None:
    """Ville's inequality: at most 5 % of stable series may ever alarm; standards measured 1.3 %,
    and found 10 to 15 % in two days of 200 cases."""
    rng = np.random.default_rng(11)
    stable = [e_process(rng.random(2000) < 0.10, 0.10)[1] is not None for _ in range(200)]
    risen = [e_process(rng.random(4000) < 0.15, 0.10)[1] for _ in range(20)]
    assert np.mean(stable) <= 0.05
    assert all(alarm is not None for alarm in risen)
    assert np.median([alarm for alarm in risen if alarm is not None]) < 3 * 200


def test_a_group_ratio_needs_people_before_it_can_pass(acted_by_group) -> None:
    """True ratio 1 at a selection rate of 20 %: 100 a group cannot show it exceeds 0.8, 5,000 can."""
    few = fairness.worst_ratio(acted_by_group({"A": (20, 100), "B": (20, 100)}), "selection_rate")
    many = fairness.worst_ratio(acted_by_group({"A": (1000, 5000), "B": (1000, 5000)}), "selection_rate")
    assert safe_side(few, at_least=0.8) is Verdict.INCONCLUSIVE
    assert safe_side(many, at_least=0.8) is Verdict.PASS
