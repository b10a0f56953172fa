"""How often the suite accuses a sound model and lets a planted fault pass: `make truth` prints the counts."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import polars as pl

import glassworks as gw
from glassworks.core.result import Verdict
from glassworks.sdk.report import Report

ROWS = 3000
MOST_FALSE, LEAST_FOUND = 0.09, 0.95
"""The bars: of 200 sound models at most 18 failed, of 200 of each fault at least 190 not passed."""
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


SOUND: dict[str, tuple[Score, dict[str, Any]]] = {
    "no fault": (known, {"expected": {"x0": "up", "x1": "down"}, "capacity_share": 0.3})
}
FAULTS: dict[str, tuple[Score, dict[str, Any]]] = {
    "a weak slice": (weak_slice, {}),
    "a mis-calibrated group": (off_in_a_group, {}),
    "an unfair threshold": (unfair, {"capacity_share": 0.3}),
    "a broken direction": (known, {"expected": {"x1": "up"}}),
    "a leak": (leaking, {"capacity_share": 0.3}),
    "an unstable explanation": (unstable, {"capacity_share": 0.3}),
}


def several(frame: pl.DataFrame) -> np.ndarray:
    """True chances of three classes."""
    x = np.nan_to_num(frame.select("x0", "x1", "x2").cast(pl.Float64).to_numpy())
    raw = np.exp(np.clip(x, -30, 30))
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))


def number(frame: pl.DataFrame) -> np.ndarray:
    """The true mean of a number."""
    x = np.nan_to_num(frame.select("x0", "x1").cast(pl.Float64).to_numpy())
    return np.asarray(10 + 2 * x[:, 0] - x[:, 1])


class Classes(Model):
    """Chances of three classes as a model."""

    def predict_proba(self, frame: pl.DataFrame) -> np.ndarray:
        """A row each, a column a class."""
        return self.score(frame)


class Number:
    """A number as a model."""

    def predict(self, frame: pl.DataFrame) -> np.ndarray:
        """A number a row."""
        return number(frame)


def asked(kind: str, seed: int) -> Report:
    """One model of a kind, checked."""
    frame, y, group = table(seed)
    rng = np.random.default_rng([seed, 1])
    if kind == "no fault, several classes":
        p = several(frame)
        drawn = (p.cumsum(axis=1) < rng.random(ROWS)[:, None]).sum(axis=1)
        return gw.check(Classes(several), frame, drawn, value={"right": 10}, task="multiclass", group=group)
    if kind == "no fault, a number":
        drawn = number(frame) + rng.normal(0, 2, ROWS)
        terms = {"task": "regression", "group": group, "expected": {"x0": "up", "x1": "down"}}
        return gw.check(Number(), frame, drawn, value={"over": 1, "under": 1}, **terms)
    score, terms = (SOUND | FAULTS)[kind]
    if score is leaking:
        noise = np.random.default_rng(seed).normal(0, 0.4, ROWS)
        frame = frame.with_columns(pl.Series("after", y.astype(np.float64) + noise))
    return gw.check(Model(score), frame, y, value=VALUE, group=group, **terms)


def judged(of: tuple[str, int]) -> tuple[bool, bool, list[str]]:
    """Whether one model is failed, whether it is passed, and the questions that fail it."""
    found = asked(*of)
    faults = [name for name, verdict in found.verdicts.items() if verdict is Verdict.FAIL]
    return bool(faults), found.passed, faults


def main() -> None:
    """Print how many sound models are failed, and how many with a planted fault are not passed; exit 1 beyond a bar."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--models", type=int, default=200)
    models = wanted.parse_args().models
    beyond = False
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for place, kind in enumerate((*SOUND, "no fault, several classes", "no fault, a number", *FAULTS)):
            seeds = range(10_000 * place, 10_000 * place + models)
            found = list(pool.map(judged, [(kind, seed) for seed in seeds], chunksize=5))
            failed, open_ = sum(one for one, _, _ in found), sum(not passed for _, passed, _ in found)
            named = dict(Counter(name for _, _, faults in found for name in faults))
            beyond |= failed > MOST_FALSE * models if kind.startswith("no fault") else open_ < LEAST_FOUND * models
            print(f"{kind}: {failed} of {models} failed, {open_} not passed {named}", flush=True)
    bars = f"at most {MOST_FALSE:.0%} of sound models failed, at least {LEAST_FOUND:.0%} of each fault not passed"
    print(f"{'Not met' if beyond else 'Met'}: {bars}.")
    sys.exit(beyond)


if __name__ == "__main__":
    main()
