"""A copy of a row with one number altered by a hair is still a copy; honest rows are not taken for one."""

import numpy as np
import polars as pl

from glassworks.stages import twins


def told(frame: pl.DataFrame, y: np.ndarray, cut: int) -> float:
    near = twins.coarse(frame).with_columns(pl.Series("y", y))
    share, chance = twins.copied_from(near[:cut], near[cut:])
    return share - chance


def honest(seed: int, n: int = 3000) -> tuple[pl.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    columns = {
        "balance": rng.normal(size=n).round(4),
        "previous": rng.integers(0, 4, n),
        "segment": rng.choice(list("abc"), n),
    }
    return pl.DataFrame(columns), (rng.random(n) < 0.3) * 1.0


def test_copies_with_a_hair_of_noise_are_seen() -> None:
    rng = np.random.default_rng(1)
    frame, y = honest(1)
    altered = frame.with_columns(pl.col("balance") + pl.Series(rng.uniform(1e-6, 4e-5, frame.height)))
    order = rng.permutation(2 * frame.height)
    assert told(pl.concat([frame, altered])[order], np.concatenate([y, y])[order], 1200) > 0.5


def test_honest_rows_are_not() -> None:
    assert max(told(*honest(seed), 600) for seed in range(20)) < 0.02
