"""Weak slices: none is found where there is none, a planted one is, and its figures are right."""

from typing import Any

import numpy as np
import pytest

from glassworks.core.errors import FixTheInput
from glassworks.measures.calibration import at_level
from glassworks.measures.slices import weak_slices


def cases(seed: int, n: int = 3000, fault: str = "") -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """A model that knows the truth; with a fault it guesses, or is off, where the job is b."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {f"x{k}": rng.normal(size=n) for k in range(6)}
    columns |= {"job": rng.choice(list("abcd"), n), "city": rng.choice(list("uvwxyz"), n)}
    p = 1 / (1 + np.exp(-(1.2 * columns["x0"] - 0.8 * columns["x1"] + 0.7 * (columns["job"] == "a") - 1)))
    y, scores, weak = (rng.random(n) < p).astype(int), p.copy(), columns["job"] == "b"
    if fault == "guess":
        scores[weak] = rng.permutation(scores[weak])
    if fault == "off":
        scores[weak] = np.clip(scores[weak] + 0.35, 0, 1)
    return columns, y, scores


def test_a_model_without_a_weakness_is_hardly_ever_accused() -> None:
    assert sum(bool(weak_slices(*cases(seed))) for seed in range(60)) <= 3


@pytest.mark.parametrize("fault", ["guess", "off"])
def test_a_planted_weakness_is_found_and_named(fault: str) -> None:
    found = [weak_slices(*cases(seed, fault=fault)) for seed in range(20)]
    assert sum(bool(one) for one in found) >= 19
    named = [one[0] for one in found if one]
    assert sum("job is b" in one.name for one in named) >= 0.9 * len(named)
    assert all(one.ratio >= 1.1 and one.low < one.ratio and one.n >= 50 for one in named)


def test_a_forecast_that_is_off_in_a_corner_of_two_columns_is_found_there() -> None:
    rng = np.random.default_rng(0)
    x, kind = rng.normal(size=4000), rng.choice(["car", "van"], 4000)
    y = 10 * x + rng.normal(size=4000)
    corner = (kind == "van") & (x > np.quantile(x, 0.75))
    found = weak_slices({"x": x, "kind": kind}, y, 10 * x + np.where(corner, 40, 0))
    assert "x from" in found[0].name and "kind is van" in found[0].name


def test_missing_values_and_few_cases_are_no_fault() -> None:
    columns, y, scores = cases(1)
    columns["x0"] = np.where(np.arange(y.size) % 3 == 0, np.nan, columns["x0"])
    columns["empty"] = np.full(y.size, np.nan)
    assert weak_slices(columns, y, scores) == []
    few = {name: values[:60] for name, values in columns.items()}
    assert weak_slices(few, y[:60], scores[:60]) == [] and weak_slices({}, y, scores) == []
    with pytest.raises(FixTheInput, match="one entry a case"):
        weak_slices({"x": [1.0]}, y, scores)


def test_scores_brought_to_the_level_of_the_outcomes_keep_their_order() -> None:
    _, y, scores = cases(2)
    level = at_level(y, scores * 0.5)
    assert level.mean() == pytest.approx(y.mean())
    assert (np.argsort(level, kind="stable") == np.argsort(scores, kind="stable")).all()
    assert at_level([1, 1], [0.2, 0.4]).tolist() == [1.0, 1.0]


def several(seed: int, fault: bool) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """A model of three classes that knows the truth; with a fault it mixes them up where the job is b."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {f"x{k}": rng.normal(size=2000) for k in range(4)} | {
        "job": rng.choice(list("abcd"), 2000)
    }
    raw = np.exp(np.stack([columns["x0"], 0.5 * columns["x1"] - columns["x0"], np.zeros(2000)], axis=1))
    p = raw / raw.sum(axis=1, keepdims=True)
    y = np.eye(3)[[rng.choice(3, p=one) for one in p]]
    return columns, y, np.where((columns["job"] == "b")[:, None] & fault, p[:, [1, 2, 0]], p)


def test_of_several_classes_a_mixed_up_part_is_found_and_a_sound_model_is_not_accused() -> None:
    assert sum(bool(weak_slices(*several(seed, False))) for seed in range(30)) <= 2
    found = [weak_slices(*several(seed, True)) for seed in range(20)]
    assert all(found) and sum("job is b" in one[0].name for one in found) >= 17


def test_one_column_of_scores_says_the_same_as_a_flat_one() -> None:
    columns, y, scores = cases(3, fault="off")
    assert weak_slices(columns, y[:, None], scores[:, None]) == weak_slices(columns, y, scores)


def constant_part(seed: int, n: int = 2400, rate: float = 0.5) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """A model that knows the truth, also that nothing ever happens in one part."""
    rng = np.random.default_rng(seed)
    x, part = rng.normal(size=n), np.where(np.arange(n) % 4 == 0, "z", "other")
    p = np.where(part == "z", 0.0, 1 / (1 + np.exp(-x - np.log(rate / (1 - rate)))))
    return {"x": x, "part": part}, (rng.random(n) < p).astype(int), p


@pytest.mark.parametrize(("said", "flagged"), [(0.95, True), (0.3, True), (0.0, False), (0.01, False)])
def test_a_part_in_which_nothing_ever_happens_is_judged_by_the_chance_the_model_gives_that(
    said: float, flagged: bool
) -> None:
    columns, y, p = constant_part(1)
    found = weak_slices(columns, y, np.where(columns["part"] == "z", said, p))
    assert bool(found) is flagged
    if flagged:
        assert found[0].name == "part is z" and found[0].chance is not None and found[0].chance < 1e-40
        assert np.isfinite([found[0].ratio, found[0].low]).all()
    three = np.eye(3)[y]
    scores = np.stack([1 - p, p, 0 * p], axis=1)
    scores[columns["part"] == "z"] = (1 - said, said / 2, said / 2)
    assert bool(weak_slices(columns, three, scores)) is flagged


@pytest.mark.parametrize("rate", [0.01, 0.02, 0.3])
def test_sound_models_of_rare_outcomes_are_accused_no_more_often_than_others(rate: float) -> None:
    def sound(seed: int) -> list[Any]:
        rng = np.random.default_rng(seed)
        columns, _, p = constant_part(seed, 2000, rate)
        columns |= {"town": rng.choice(list("uvwxyz"), 2000)}
        p = np.where(columns["part"] == "z", rate / 10, p)
        return weak_slices(columns, (rng.random(2000) < p).astype(int), p)

    found = [sound(seed) for seed in range(200)]
    assert sum(bool(one) for one in found) <= 20
    assert sum(any(part.chance is not None for part in one) for one in found) <= 10


@pytest.mark.parametrize(("off", "flagged"), [(3.0, True), (0.0, False), (0.01, False)])
def test_a_part_in_which_a_number_is_always_the_same_is_judged_against_a_share_of_the_spread(
    off: float, flagged: bool
) -> None:
    columns, _, _ = constant_part(2)
    part, x = columns["part"] == "z", columns["x"]
    found = weak_slices(columns, np.where(part, 5.0, x), np.where(part, 5.0 + off, x))
    assert bool(found) is flagged
    assert not flagged or (found[0].name == "part is z" and np.isfinite(found[0].ratio) and found[0].chance is None)
