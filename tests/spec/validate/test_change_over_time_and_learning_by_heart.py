"""Sealed rows against open ones: what moved, what fell, which part is off; and what was learned by heart."""

from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from glassworks.core.contract import Decision, Feature, Task, ValueMatrix, exactly
from glassworks.core.result import Answer, Verdict
from glassworks.core.usecase import ModelCard
from glassworks.hub.policies import OFFICE_PACK
from glassworks.measures.drift import psi_estimate
from glassworks.measures.intervals import difference, newcombe, rate
from glassworks.measures.overfit import gap_in_parts, membership
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read
from glassworks.stages.validate import scorer
from glassworks.stages.validate.checks.out_of_time import out_of_time
from glassworks.stages.validate.checks.remembered import remembered
from glassworks.stages.validate.checks.stability import stability

NUMBERS = ["balance", "previous"]
Ask = Callable[..., tuple[Answer, Answer]]


class Tree:
    """Grown until every row it learned from has a leaf of its own."""

    def __init__(self, frame: pl.DataFrame, y: NDArray[Any], tree: Any) -> None:
        self.tree = tree.fit(self.numbers(frame), y)

    def numbers(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        return frame.select(pl.col(NUMBERS).cast(pl.Float64)).to_numpy()

    def predict(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        x = self.numbers(frame)
        if not hasattr(self.tree, "predict_proba"):
            return np.asarray(self.tree.predict(x))
        found = self.tree.predict_proba(x)
        return np.asarray(found[:, 1] if found.shape[1] == 2 else found)

    def close(self) -> None: ...


@pytest.fixture
def ask(campaign: ModuleType) -> Ask:
    """Both questions about a model, with open and sealed rows of the campaign."""

    def asked(
        model: Any,
        sealed: pl.DataFrame,
        known: pl.DataFrame,
        brief: Any = None,
        labels: tuple[str, ...] = ("no", "yes"),
        in_time: bool = True,
        **more: Any,
    ) -> tuple[Answer, Answer]:
        terms = brief or campaign.brief()
        _, y = read.outcome(sealed, terms, labels)
        scored, rows = scorer.score(model, sealed, terms, y, periods=1.0, labels=labels)
        card = ModelCard(framework="python", recipe="r", task=terms.task, inputs=campaign.INPUTS, labels=labels)
        seen = {
            "brief": terms, "policy": OFFICE_PACK, "scored": scored, "rows": rows, "open_rows": known, "model": model,
            "candidate": campaign.candidate().model_copy(update={"card": card}), "level": 0.975,
        }  # fmt: skip
        learned = more.get("learned_rows", known)
        times = sealed["day"].to_numpy() if in_time else None
        return out_of_time.function(**seen, times=times), remembered.function(**seen, learned_rows=learned)

    return asked


def yes(frame: pl.DataFrame) -> NDArray[np.bool_]:
    return (frame["y"] == "yes").to_numpy()


def test_a_sound_model_on_rows_of_the_same_kind_has_no_warning(campaign: ModuleType, ask: Ask) -> None:
    then, heart = ask(campaign.Honest(), campaign.rows(3000, 5), campaign.rows(3000, 6))
    assert then.verdict is heart.verdict is Verdict.PASS
    assert not then.warning, then.sentence
    assert not heart.warning, heart.sentence
    assert then.sentence.startswith("Reported, not gated: of 3 inputs and the score, none moved")
    assert "4 parts of the window happened as foretold" in then.sentence
    assert all(one.low <= one.value <= one.high and one.n > 0 and one.level == 0.975 for one in then.estimates)
    assert len(then.table) == 4 + 4


def test_a_column_that_moved_is_named_first(campaign: ModuleType, ask: Ask) -> None:
    later = campaign.rows(3000, 5).with_columns(previous=pl.col("previous") + 2)
    then, _ = ask(campaign.Honest(), later, campaign.rows(3000, 6))
    assert then.warning
    assert "most previous (" in then.sentence
    assert then.examples[0].startswith("previous: stability index")


def test_a_figure_that_falls_far_is_told_and_that_learned_rows_flatter(campaign: ModuleType, ask: Ask) -> None:
    known, later = campaign.rows(3000, 6), campaign.rows(3000, 5)
    told = {"y": np.where(np.random.default_rng(1).random(3000) < 0.5, later["y"], known["y"])}
    then, _ = ask(campaign.Honest(), later.with_columns(**{n: pl.Series(v) for n, v in told.items()}), known)
    fall = next(one for one in then.estimates if one.name == "gap in AUC")
    assert then.warning
    assert fall.low > (fall.threshold or 1)
    assert "more than a tenth of its lead" in then.sentence and "flatters" in then.sentence


def test_one_part_of_the_window_that_is_off_is_named_only_where_times_are_known(campaign: ModuleType, ask: Ask) -> None:
    later, known = campaign.rows(3000, 5), campaign.rows(3000, 6)
    day = later["day"].to_numpy()
    turned = (day >= 1500) & (day < 2250) & (np.random.default_rng(2).random(3000) < 0.3)
    off = later.with_columns(y=pl.Series(np.where(turned, "yes", later["y"].to_numpy())))
    mixed = off.sample(fraction=1.0, shuffle=True, seed=1)
    then, _ = ask(campaign.Honest(), mixed, known)
    assert then.warning
    assert "part 3 of 4 is off" in then.sentence
    part = next(row for row in then.table if row.get("part") == 3)
    assert (part["from"], part["to"], part["n"]) == ("1500", "2249", 750)
    assert part["happened"] > part["foretold"]
    without, _ = ask(campaign.Honest(), mixed, known, in_time=False)
    assert "part" not in without.sentence.replace("apart", "")


def test_a_tree_that_learned_by_heart_is_told_overall_in_parts_and_by_its_losses(
    campaign: ModuleType, ask: Ask
) -> None:
    known = campaign.rows(3000, 6)
    tree = Tree(known, yes(known), DecisionTreeClassifier(random_state=0))
    then, heart = ask(tree, campaign.rows(3000, 5), known)
    assert then.warning and heart.warning
    whole, told, rare = heart.estimates[:3]
    assert whole.low > 0.1 and told.low > 0.55 and 0 <= rare.value <= 1
    assert heart.examples, "no part was confirmed"
    assert "A change over time looks the same." in heart.sentence


def test_what_was_brought_by_hand_may_not_have_learned_from_the_open_rows(campaign: ModuleType, ask: Ask) -> None:
    own, other = campaign.rows(2000, 8), campaign.rows(2000, 6)
    tree = Tree(own, yes(own), DecisionTreeClassifier(random_state=0))
    _, heart = ask(tree, campaign.rows(2000, 5), other, learned_rows=None)
    assert not heart.warning, "it learned from neither sample, so neither gives it away"
    assert "may not have learned from the open rows" in heart.sentence


def test_a_part_learned_by_heart_is_found_where_it_is() -> None:
    rng = np.random.default_rng(3)
    n = 4000
    y = rng.integers(0, 2, 2 * n)
    city = rng.choice(["ash", "birch", "cedar", "elm"], 2 * n)
    honest = np.clip(0.5 + 0.2 * (2 * y - 1) + rng.normal(0, 0.4, 2 * n), 0.01, 0.99)
    by_heart = np.where((city == "elm") & (np.arange(2 * n) < n), 0.98 * y + 0.01, honest)
    halves = [
        Scored(Task.BINARY, y[part], by_heart[part], None, None, periods=1.0) for part in (slice(n), slice(n, 2 * n))
    ]
    found = gap_in_parts({"city": city[:n]}, {"city": city[n:]}, *halves, limit=0.05)
    assert [one.group for one in found] == ["city is elm"]
    assert found[0].low > 0.05


def test_numbers_and_classes_are_asked_too(campaign: ModuleType, ask: Ask) -> None:
    known, later = campaign.rows(2000, 6), campaign.rows(2000, 5)
    plan = {
        "decision": Decision(
            unit="case", action="a", otherwise="o", volume_per_period=500, capacity_share=None, if_model_down="-"
        ),
        "features": tuple(Feature(name=name) for name in campaign.INPUTS),
    }
    amount = [
        frame.with_columns(
            y=frame["balance"].to_numpy() + np.random.default_rng(seed).normal(size=2000)
        )
        for seed, frame in enumerate((known, later))
    ]  # fmt: skip
    number = campaign.brief(
        task=Task.REGRESSION, positive="", value=ValueMatrix(over=exactly(1.0), under=exactly(1.0)), **plan
    )
    tree = Tree(amount[0], amount[0]["y"].to_numpy(), DecisionTreeRegressor(random_state=0))
    then, heart = ask(tree, amount[1], amount[0], number, ())
    assert heart.warning and heart.estimates[0].name.startswith("rise of RMSE")
    assert "RMSE is 0 on the open rows" in then.sentence and then.warning
    three = [
        frame.with_columns(y=np.where(frame["balance"].to_numpy() > 1, "c", frame["y"].to_numpy()))
        for frame in (known, later)
    ]
    kinds = campaign.brief(
        task=Task.MULTICLASS, positive="", value=ValueMatrix(right=exactly(1.0)), **plan
    )  # fmt: skip
    model = Tree(three[0], three[0]["y"].to_numpy(), DecisionTreeClassifier(random_state=0))
    then, heart = ask(model, three[1], three[0], kinds, ("c", "no", "yes"))
    assert heart.warning and heart.estimates[0].name == "gap in accuracy"
    assert then.verdict is Verdict.PASS and {"part"} <= set(then.table[-1])


def test_few_rows_are_too_few_to_compare(campaign: ModuleType, ask: Ask) -> None:
    then, heart = ask(campaign.Honest(), campaign.rows(40, 5), campaign.rows(300, 6))
    assert then.verdict is heart.verdict is Verdict.NOT_APPLICABLE


def test_times_with_gaps_leave_their_rows_out(campaign: ModuleType, ask: Ask) -> None:
    later = campaign.rows(2000, 5).with_columns(
        day=pl.when(pl.col("day") % 2 == 0).then(pl.col("day").cast(pl.String).str.zfill(4))
    )
    then, _ = ask(campaign.Honest(), later, campaign.rows(2000, 6))
    assert sum(row["n"] for row in then.table if "part" in row) == 1000


def test_a_difference_of_two_rates_is_newcombes() -> None:
    found = difference("d", rate("a", 56, 70), rate("b", 48, 80))
    assert (found.value, found.low, found.high) == pytest.approx(newcombe(56, 70, 48, 80))


def test_the_interval_of_a_stability_index_holds_what_it_would_be_without_chance() -> None:
    rng = np.random.default_rng(0)
    truth = psi_estimate(rng.normal(size=400_000), rng.normal(0.3, 1, 400_000)).value
    held = [psi_estimate(rng.normal(size=800), rng.normal(0.3, 1, 2000)) for _ in range(200)]
    assert np.mean([one.low <= truth <= one.high for one in held]) > 0.9
    assert all(one.low == 0 for one in [psi_estimate(np.arange(500) % 7, np.arange(700) % 7)])


def test_losses_of_one_kind_tell_nothing_and_at_most_one_false_alarm_in_a_hundred_is_raised() -> None:
    rng = np.random.default_rng(1)
    told, rare = membership(rng.exponential(size=4000), rng.exponential(size=4000))
    assert told.low <= 0.5 <= told.high
    assert rare.low <= 0.01 <= rare.high


DAYS = [date(2025, 1, 1) + timedelta(days=k) for k in range(600)]


@pytest.mark.parametrize(
    ("times", "first"),
    [
        (np.array(DAYS), "2025-01-01"),
        (np.array([None, *DAYS[1:]]), "2025-01-02"),
        (np.array(DAYS, dtype="datetime64[ns]"), "2025-01-01 00:00:00"),
        (np.array([str(day) for day in DAYS]), "2025-01-01"),
        (np.array(["a", *range(10, 609)], dtype=object), "10"),
        (np.array([np.nan, *range(599)]), "0.0"),
    ],
)
def test_times_come_as_dates_numbers_or_texts_and_rows_without_one_are_left_out(times: Any, first: str) -> None:
    rng = np.random.default_rng(4)
    mixed = rng.permutation(600)
    when, order = read.in_time(times[mixed])
    assert str(when[int(order[0])]) == first
    assert order.size == sum(one is not None and one == one for one in times.tolist())
    scores = rng.random(600)
    y = (rng.random(600) < scores).astype(np.int64)
    one = Scored(Task.BINARY, y, scores, None, None, periods=1.0)
    halves = stability.function(scored=one, level=0.95, times=times[mixed])
    assert halves.verdict is Verdict.PASS and halves.estimates[0].n == pytest.approx(300, abs=1)


def test_without_any_time_the_order_of_the_rows_is_taken() -> None:
    scores = np.random.default_rng(4).random(600)
    one = Scored(Task.BINARY, (scores > 0.5).astype(np.int64), scores, None, None, periods=1.0)
    gone = np.array([None] * 600)
    assert stability.function(scored=one, level=0.95, times=gone) == stability.function(
        scored=one, level=0.95, times=None
    )
