"""Decision curves against the R package dcurves, on its own data."""

import csv
from pathlib import Path

import numpy as np
import pytest

from glassworks.measures import value

MATERIAL = Path(__file__).parents[2] / "material" / "dcurves"


def rows(name: str) -> list[dict[str, str]]:
    with (MATERIAL / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def patients() -> tuple[np.ndarray, np.ndarray]:
    table = rows("df_binary.csv")
    cancer = np.array([row["cancer"] == "TRUE" for row in table])
    return cancer, np.array([float(row["famhistory"]) for row in table])


@pytest.fixture(scope="module")
def published() -> dict[str, dict[float, float]]:
    """Net benefit by curve and threshold; a threshold of 0 has a rule of its own in R and is left out."""
    found: dict[str, dict[float, float]] = {"all": {}, "none": {}, "famhistory": {}}
    for row in rows("r_dca_famhistory.csv"):
        if 0 < float(row["threshold"]) < 1:
            found[row["variable"]][float(row["threshold"])] = float(row["net_benefit"])
    return found


def test_the_reference_data_hold_105_cancers_among_750(patients) -> None:
    cancer, family = patients
    assert (cancer.size, int(cancer.sum()), int(family.sum())) == (750, 105, 115)


def test_every_point_of_the_three_curves_is_that_of_dcurves(patients, published) -> None:
    thresholds = list(published["famhistory"])
    assert len(thresholds) == 99
    curve = value.decision_curve(*patients, thresholds)
    for ours, theirs in (("model", "famhistory"), ("all", "all"), ("none", "none")):
        expected = [published[theirs][threshold] for threshold in thresholds]
        assert [row[ours] for row in curve] == pytest.approx(expected, abs=5e-13)


def test_net_benefit_of_acting_on_family_history_is_that_of_dcurves(patients, published) -> None:
    cancer, family = patients
    for threshold, expected in published["famhistory"].items():
        assert value.net_benefit(cancer, family == 1, threshold) == pytest.approx(expected, abs=5e-13)


@pytest.mark.parametrize(
    ("threshold", "model", "everyone"),
    [(0.05, 0.025614, 0.094737), (0.10, 0.018519, 0.044444), (0.20, 0.001667, -0.075), (0.35, -0.033333, None)],
)
def test_the_printed_figures_of_the_decision_curve_hold(patients, threshold, model, everyone) -> None:
    (row,) = value.decision_curve(*patients, [threshold])
    assert row["model"] == pytest.approx(model, abs=5e-7)
    assert everyone is None or row["all"] == pytest.approx(everyone, abs=5e-7)
