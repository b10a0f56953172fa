"""The whole suite of a desk check on 200,000 x 30, and a bootstrap of group rates beside Fairlearn's, in one run."""

import time

import numpy as np
import polars as pl
from fairlearn.metrics import MetricFrame, false_positive_rate, true_positive_rate
from sklearn.ensemble import HistGradientBoostingClassifier

import glassworks as gw
from benchmarks.timing import Timed, call
from glassworks.core.contract import Task
from glassworks.measures.fairness import equalised_odds
from glassworks.measures.scored import Scored

ROWS, NUMBERS, TEXTS, REPEATS = 200_000, 25, 5, 200


def table(rows: int, seed: int) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Rows of 25 numbers and 5 texts, an outcome that hangs on three of them, and a group."""
    rng = np.random.default_rng(seed)
    columns = {f"x{k}": rng.normal(size=rows) for k in range(NUMBERS)}
    columns |= {f"t{k}": rng.choice(list("abcdefgh"), rows) for k in range(TEXTS)}
    frame = pl.DataFrame(columns)
    logit = frame["x0"].to_numpy() - 0.7 * frame["x1"].to_numpy() + 0.5 * (frame["t0"] == "a").to_numpy() - 1
    return frame, rng.random(rows) < 1 / (1 + np.exp(-logit)), rng.choice(["left", "middle", "right"], rows)


class Model:
    """Boosted trees on the numbers alone."""

    def __init__(self, frame: pl.DataFrame, y: np.ndarray) -> None:
        self.names = [name for name in frame.columns if name.startswith("x")]
        self.fitted = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(self._x(frame), y)

    def _x(self, frame: pl.DataFrame) -> np.ndarray:
        return frame.select(pl.col(self.names).cast(pl.Float64)).to_numpy()

    def predict_proba(self, frame: pl.DataFrame) -> np.ndarray:
        """Chances of no and yes."""
        return np.asarray(self.fitted.predict_proba(self._x(frame)))


def suite() -> Timed:
    """Every question of gate 4 that a desk check asks, once, with the rows that the model learned from and times."""
    known = table(20_000, 1)[:2]
    model = Model(*known)
    frame, y, group = table(ROWS, 2)
    begin = time.perf_counter()
    found = gw.check(
        model, frame, y, value={"act_positive": (90, 100, 110), "act_negative": -30}, group=group, capacity_share=0.2,
        expected={"x0": "up", "x1": "down"}, known=known, times=np.arange(ROWS),
    )  # fmt: skip
    seconds = time.perf_counter() - begin
    print({name: str(verdict) for name, verdict in found.verdicts.items()})
    return Timed(f"gw.check, {ROWS:,} x {NUMBERS + TEXTS}, {len(found.lines)} questions", (seconds,))


def resampled() -> tuple[Timed, Timed]:
    """Gaps between groups in true and false positive rate with 200 resamples: by counts, and by rows (Fairlearn)."""
    rng = np.random.default_rng(3)
    _, y, group = table(ROWS, 4)
    acted = rng.random(ROWS) < np.where(y, 0.6, 0.2)
    scored = Scored(Task.BINARY, y.astype(np.int64), acted * 1.0, acted, np.zeros(ROWS, dtype=bool), 1.0, group=group)
    ours = call(
        f"equalised odds, {ROWS:,} cases, {REPEATS} resamples", lambda: equalised_odds(scored, repeats=REPEATS), 5
    )
    begin = time.perf_counter()
    frame = MetricFrame(
        metrics={"tpr": true_positive_rate, "fpr": false_positive_rate},
        y_true=y,
        y_pred=acted,
        sensitive_features=group,
        n_boot=REPEATS,
        ci_quantiles=[0.025, 0.975],
        random_state=0,
    )
    frame.difference_ci()
    return ours, Timed("the same by Fairlearn's MetricFrame", (time.perf_counter() - begin,))


def main() -> None:
    """Print the figures as Markdown."""
    ours, theirs = resampled()
    print("| what | median s | min s | max s | runs |\n|---|---|---|---|---|")
    for one in (suite(), ours, theirs):
        print(one.says(), flush=True)
    print(f"\nFairlearn over ours: {theirs.median / ours.median:,.0f}")


if __name__ == "__main__":
    main()
