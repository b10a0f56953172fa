"""`gw.check` with known rows, times, traits, claims, a look and a contract: what is asked then, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import glassworks as gw
from glassworks.core.contract import Brief, Decision, Fairness, Feature, Kpi, MetricTarget, Task, ValueMatrix, exactly
from glassworks.core.errors import FixTheInput
from glassworks.core.result import Verdict

VALUE = {"act_positive": (8, 10, 12), "act_negative": -2}
DAYS = np.datetime64("2026-01-01") + np.arange(2000)
NEED_MORE = {"challenger", "out_of_time", "remembered", "claims_hold", "fresher_rows"}


def table(n: int = 2000, seed: int = 1) -> tuple[pl.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame({"x": rng.normal(size=n), "noise": rng.normal(size=n), "age": rng.integers(18, 80, n)})
    return frame, rng.random(n) < 1 / (1 + np.exp(-frame["x"].to_numpy()))


class Sure:
    """Knows the truth of the invented table."""

    def predict_proba(self, X: Any) -> np.ndarray:
        p = 1 / (1 + np.exp(-np.clip(np.nan_to_num(np.asarray(X["x"], dtype=float)), -30, 30)))
        return np.column_stack([1 - p, p])


def test_with_known_rows_the_plain_model_is_fitted_and_a_sound_model_has_no_warning() -> None:
    frame, y = table(seed=4)
    plain = gw.check(Sure(), frame, y, value=VALUE)
    assert not NEED_MORE & set(plain.verdicts)
    assert "Learned by heart (give `known`)" in plain.not_asked and plain.not_asked in repr(plain)
    assert "Declared inputs" in plain.not_asked and plain.not_asked.count("\n") == 0
    full = gw.check(
        Sure(), frame, y, value=VALUE, known=table(seed=2), times=DAYS, claims={"AUC": 0.7},
        learned_until="2025", traits={"region": np.where(frame["noise"].to_numpy() > 0, "north", "south")},
    )  # fmt: skip
    assert set(plain.verdicts) | NEED_MORE == set(full.verdicts)
    assert full.passed, full
    assert not full["remembered"].warning and not full["out_of_time"].warning
    assert "a logistic regression that was fitted here" in full["challenger"].sentence
    assert "lowest ratio" in full["proxies"].sentence and "region" in full["proxies"].sentence
    assert "(give" not in full.not_asked and "on the line alone" in full.not_asked
    assert "4 parts" in full["out_of_time"].sentence


@pytest.mark.parametrize(
    "model", [KNeighborsClassifier(1), DecisionTreeClassifier(random_state=0)], ids=["near", "tree"]
)
def test_a_model_that_learned_by_heart_is_told(model: Any) -> None:
    (frame, y), (known, before) = table(), table(seed=2)
    fitted = model.fit(known.to_numpy(), before)

    class Filled:
        classes_ = fitted.classes_

        def predict_proba(self, X: np.ndarray) -> np.ndarray:
            return np.asarray(fitted.predict_proba(np.nan_to_num(X)))

    told = gw.check(Filled(), frame.to_numpy(), y, value=VALUE, known=(known.to_numpy(), before))
    assert told["remembered"].warning and "gives them away" in told["remembered"].sentence
    assert told["out_of_time"].warning and "flatters" in told["out_of_time"].sentence


def test_a_column_that_moved_a_part_that_is_off_and_a_claim_that_collapses_are_told() -> None:
    (frame, y), known = table(), table(seed=2)
    times = np.arange(2000)
    off = y | ((times >= 500) & (times < 1000) & (frame["noise"].to_numpy() > 0.5))
    moved = frame.with_columns(age=pl.col("age") + 30)
    told = gw.check(Sure(), moved, off, value=VALUE, known=known, times=times, claims={"AUC": 0.99})
    assert told["out_of_time"].warning
    assert "most age (" in told["out_of_time"].sentence and "part 2 of 4 is off" in told["out_of_time"].sentence
    assert told.verdicts["claims_hold"] is Verdict.FAIL
    early = gw.check(Sure(), frame, y, value=VALUE, times=DAYS.astype(str), learned_until="2026-01-06")
    assert early.verdicts["fresher_rows"] is Verdict.FAIL
    counted = gw.check(Sure(), frame, y, value=VALUE, times=times, learned_until="2026-01-06")
    assert counted.verdicts["fresher_rows"] is Verdict.INCONCLUSIVE
    with pytest.raises(FixTheInput, match="not written as a date"):
        gw.check(Sure(), frame, y, value=VALUE, times=times, learned_until="5")


def test_numbers_and_several_classes_are_shown_known_rows_too() -> None:
    (frame, _), (known, _) = table(), table(seed=2)
    sums = [
        one["x"].to_numpy() * 2 + np.random.default_rng(7 + k).normal(size=2000) for k, one in enumerate((frame, known))
    ]
    tree = DecisionTreeRegressor(random_state=0).fit(known.to_numpy(), sums[1])
    number = gw.check(tree, frame.to_numpy(), sums[0], value={"over": 1, "under": 1}, known=(known.to_numpy(), sums[1]))
    assert number["remembered"].warning and "linear regression" in number["challenger"].sentence
    kinds = [np.where(one > 1, "high", np.where(one < -1, "low", "middle")) for one in sums]
    rows = [pd.DataFrame(one.to_dict(as_series=False)) for one in (frame, known)]
    line = LogisticRegression(max_iter=500).fit(rows[1], kinds[1])
    sorts = gw.check(line, rows[0], kinds[0], value={"right": 1}, known=(rows[1], kinds[1]))
    assert not sorts["remembered"].warning, sorts["remembered"].sentence
    assert "right answers in 100" in sorts["challenger"].sentence


def contract(**changes: Any) -> Brief:
    terms: dict[str, Any] = {
        "id": "b", "title": "t", "problem": "p", "task": Task.BINARY, "target": "bought", "positive": "True",
        "decision": Decision(
            unit="case", action="act", otherwise="leave", volume_per_period=2000, capacity_share=0.5, if_model_down="-"
        ),
        "kpi": Kpi(name="net value", unit="EUR", baseline="list order", target=500, period="period"),
        "value": ValueMatrix(act_positive=exactly(10.0), act_negative=exactly(-2.0)),
        "features": (Feature(name="x"), Feature(name="noise"), Feature(name="age", available=False, why_not="a trait")),
        "fairness": Fairness(definition="equal_opportunity", attribute="age", bands=(40,)),
        "metric_targets": (MetricTarget(metric="auc", op=">=", value=0.99),),
    }  # fmt: skip
    return Brief(**terms | changes)


def test_a_contract_says_what_is_worth_what_the_model_may_see_and_which_statistic_is_asked_for() -> None:
    frame, y = table()

    class Looks(Sure):
        def predict_proba(self, X: pl.DataFrame) -> np.ndarray:
            assert X.columns == ["x", "noise"]
            return super().predict_proba(X)

    told = gw.check(Looks(), frame, y, contract=contract(), known=table(seed=2))
    assert told.verdicts["kpi"] is Verdict.PASS
    assert told.verdicts["metric_targets"] is Verdict.FAIL
    assert {one.group for one in told["fairness"].estimates} >= {"under 40", "40 and over"}
    same = gw.check(
        Sure(), frame.select("x", "noise"), y, value=VALUE | {"act_positive": 10}, capacity_share=0.5, target=500
    )
    assert same["kpi"].estimates == told["kpi"].estimates


def test_at_a_look_intervals_are_as_wide_as_at_the_office() -> None:
    frame, y = table()
    first, second = (gw.check(Sure(), frame, y, value=VALUE, look=k)["performance"].estimates[0] for k in (1, 2))
    assert (first.level, second.level) == (0.975, 0.9875)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": None}, "not said what an outcome is worth"),
        ({"known": np.ones((5, 3))}, "come with their outcomes"),
        ({"known": (table()[0], [1, 0])}, "known has 2,000 rows"),
        ({"known": (table()[0].drop("x"), table()[1])}, "known rows have no column 'x'"),
        ({"known": (table(5)[0], [None, True, False, True, True])}, "outcome of known is missing in 1 of 5"),
        ({"known": (table(3)[0], ["a", "b", "c"])}, "known has a class that the model does not know"),
        ({"times": [1, 2, 3]}, "times has the shape"),
        ({"traits": {"region": ["north"]}}, "traits has the shape"),
        ({"traits": ["north"] * 300}, "have no names"),
        ({"group": ["north"]}, "group has the shape"),
        ({"claims": [0.7]}, "have no names"),
        ({"claims": {"Gini": 0.4}}, "Claim AUC or KPI gain a period"),
        ({"claims": {"AUC": "high"}}, "is not a number"),
        ({"look": 0}, "whole number from 1 on"),
        ({"contract": "text", "value": None}, "no brief"),
        ({"contract": contract()}, "says the value already"),
        ({"contract": contract(), "value": None, "target": 5.0}, "says the target already"),
        ({"contract": contract(positive="maybe"), "value": None}, "positive"),
        ({"contract": contract(features=(Feature(name="wage"),)), "value": None}, "no column 'wage'"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    frame, y = table(300)
    with pytest.raises(FixTheInput, match=words):
        gw.check(Sure(), frame, y, **{"value": VALUE} | change)


def test_an_answer_that_is_no_finite_number_fails_here_as_it_does_at_the_office() -> None:
    class Gaps(Sure):
        def predict_proba(self, X: pl.DataFrame) -> np.ndarray:
            p = super().predict_proba(X)
            return np.where(X["x"].is_null().to_numpy()[:, None], np.nan, p)

    frame, y = table(300)
    assert gw.check(Gaps(), frame, y, value=VALUE).verdicts["robustness"] is Verdict.FAIL


@pytest.mark.parametrize(
    ("flavour", "content", "words"),
    [
        ({"data": "model.pkl"}, b"not a pickle", "cannot be read: UnpicklingError"),
        ({"data": "model.skops", "serialization_format": "skops"}, b"not a skops file", "read"),
    ],
)
def test_a_model_on_disk_that_cannot_be_read_is_refused_in_words(
    tmp_path: Path, flavour: dict[str, str], content: bytes, words: str
) -> None:
    (tmp_path / "MLmodel").write_text(yaml.safe_dump({"flavors": {"lightgbm": flavour}}))
    (tmp_path / flavour["data"]).write_bytes(content)
    frame, y = table(300)
    with pytest.raises(FixTheInput, match=words):
        gw.check(tmp_path, frame, y, value=VALUE)
