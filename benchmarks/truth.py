"""How often the suite accuses a sound model and lets a planted fault pass: `make truth` prints the counts."""

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

import glassworks as gw
from glassworks.core.result import Verdict

ROWS = 3000
VALUE = {"act_positive": (90, 100, 110), "act_negative": -30}
Score = Callable[[pl.DataFrame], np.ndarray]


def table(seed: int) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Rows, outcomes and groups; the group has nothing to do with the outcome."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {f"x{k}": rng.normal(size=ROWS) for k in range(5)}
    columns |= {"job": rng.choice(list("abcd"), ROWS), "side": rng.choice(["left", "right"], ROWS)}
    frame = pl.DataFrame(columns)
    return frame, rng.random(ROWS) < known(frame), frame["side"].to_numpy()


def known(frame: pl.DataFrame) -> np.ndarray:
    """The true probabilities."""
    x = {name: np.nan_to_num(frame[name].cast(pl.Float64).to_numpy()) for name in ("x0", "x1")}
    return np.asarray(1 / (1 + np.exp(-np.clip(1.2 * x["x0"] - 0.8 * x["x1"] - 0.5, -30, 30))))


def where(frame: pl.DataFrame, column: str, level: str) -> np.ndarray:
    """Which rows are of a level."""
    return (frame[column] == level).fill_null(value=False).to_numpy()


def weak_slice(frame: pl.DataFrame) -> np.ndarray:
    """Where the job is b it tells by columns that mean nothing."""
    other = known(pl.DataFrame({"x0": frame["x3"], "x1": frame["x4"]}))
    return np.where(where(frame, "job", "b"), other, known(frame))


def off_in_a_group(frame: pl.DataFrame) -> np.ndarray:
    """Where the job is b it foretells a quarter too much."""
    return np.clip(known(frame) + 0.25 * where(frame, "job", "b"), 0, 1)


def unfair(frame: pl.DataFrame) -> np.ndarray:
    """The scores of one side are halved."""
    return known(frame) * np.where(where(frame, "side", "right"), 0.5, 1.0)


def leaking(frame: pl.DataFrame) -> np.ndarray:
    """It reads a column that is written only after the outcome is known."""
    after = frame["after"].cast(pl.Float64).fill_null(0.5).to_numpy()
    return np.asarray(1 / (1 + np.exp(-np.clip(4 * (after - 0.5), -30, 30))))


def unstable(frame: pl.DataFrame) -> np.ndarray:
    """Parts of the score jump with the second decimals of columns, so that people almost alike hear other reasons."""
    wild = np.nan_to_num(frame.select("x2", "x3", "x4").cast(pl.Float64).to_numpy())
    return np.clip(known(frame) + 0.1 * np.sin(80 * wild).sum(axis=1), 0, 1)


class Model:
    """A score as a model."""

    def __init__(self, score: Score) -> None:
        self.score = score

    def predict_proba(self, frame: pl.DataFrame) -> np.ndarray:
        """Chances of no and yes."""
        p = self.score(frame)
        return np.column_stack([1 - p, p])


SOUND: tuple[Score, dict[str, Any]] = (known, {"expected": {"x0": "up", "x1": "down"}, "capacity_share": 0.3})
FAULTS: dict[str, tuple[Score, dict[str, Any]]] = {
    "a weak slice": (weak_slice, {}),
    "a mis-calibrated group": (off_in_a_group, {}),
    "an unfair threshold": (unfair, {"capacity_share": 0.3}),
    "a broken direction": (known, {"expected": {"x1": "up"}}),
    "a leak": (leaking, {"capacity_share": 0.3}),
    "an unstable explanation": (unstable, {"capacity_share": 0.3}),
}


def verdicts(models: int, first: int, score: Score, terms: dict[str, Any]) -> tuple[int, int, dict[str, int]]:
    """How many models are failed, how many are not passed, and how often each question fails."""
    failed = open_ = 0
    named: dict[str, int] = {}
    for seed in range(first, first + models):
        frame, y, group = table(seed)
        if score is leaking:
            noise = np.random.default_rng(seed).normal(0, 0.4, ROWS)
            frame = frame.with_columns(pl.Series("after", y.astype(np.float64) + noise))
        found = gw.check(Model(score), frame, y, value=VALUE, group=group, **terms)
        faults = [name for name, verdict in found.verdicts.items() if verdict is Verdict.FAIL]
        named |= {name: named.get(name, 0) + 1 for name in faults}
        failed, open_ = failed + bool(faults), open_ + (not found.passed)
    return failed, open_, named


def main() -> None:
    """Print how many sound models are failed, and how many with a planted fault are not passed."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--models", type=int, default=200)
    models = wanted.parse_args().models
    for number, (name, (score, terms)) in enumerate(({"no fault": SOUND} | FAULTS).items()):
        failed, open_, named = verdicts(models, 10_000 * number, score, terms)
        print(f"{name}: {failed} of {models} failed, {open_} not passed {named}", flush=True)


if __name__ == "__main__":
    main()
