"""A small invented campaign: rows, a brief and models in this process, with known truth."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from glassworks.core.contract import (
    Assumption,
    Brief,
    Decision,
    Direction,
    Fairness,
    Feature,
    Kpi,
    Task,
    ValueMatrix,
    Windows,
)
from glassworks.core.estimate import Estimate
from glassworks.core.usecase import Candidate, Dataset, ModelCard

NOW = datetime(2026, 11, 23, tzinfo=UTC)
INPUTS = ("balance", "previous", "job")


def about(low: float, mode: float, high: float) -> Assumption:
    return Assumption(low=low, mode=mode, high=high)


def brief(**changes: Any) -> Brief:
    terms: dict[str, Any] = {
        "id": "brief-1",
        "title": "Whom to call",
        "problem": "Too many calls in vain",
        "target": "y",
        "positive": "yes",
        "decision": Decision(
            unit="customer", action="call", otherwise="wait", volume_per_period=500, capacity_share=0.5,
            if_model_down="list order",
        ),
        "kpi": Kpi(name="net value", unit="EUR", baseline="list order", target=1000),
        "value": ValueMatrix(act_positive=about(80, 100, 120), act_negative=about(-12, -10, -8)),
        "features": (
            Feature(name="balance", expected=Direction.UP),
            Feature(name="previous"),
            Feature(name="job"),
            Feature(name="duration", available=False, why_not="known only after the call"),
        ),
        "forbidden": ("age",),
        "fairness": Fairness(definition="equal_opportunity", attribute="age", bands=(30, 60)),
        "windows": Windows(kind="time", time_column="day", sealed_from="2026", sealed_periods=1),
    }  # fmt: skip
    return Brief(**{**terms, **changes})


def chance(frame: pl.DataFrame) -> np.ndarray:
    """The true P(yes) from the inputs."""
    x = 1.2 * frame["balance"].fill_null(0).to_numpy() + 0.3 * frame["previous"].fill_null(0).to_numpy() - 1.2
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def rows(n: int = 1500, seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "balance": rng.normal(size=n),
            "previous": rng.integers(0, 4, n),
            "job": rng.choice(["clerk", "nurse", "smith"], n),
            "age": rng.integers(18, 90, n),
            "day": np.arange(n),
        }
    )
    y = rng.random(n) < chance(frame)
    duration = np.where(y, rng.normal(600, 100, n), rng.normal(200, 100, n))
    return frame.with_columns(duration=duration, y=pl.Series(np.where(y, "yes", "no")))


class Honest:
    """Knows the truth."""

    def predict(self, frame: pl.DataFrame) -> np.ndarray:
        return chance(frame)

    def close(self) -> None: ...


class Leaky:
    """Looks wonderful where it finds `duration`, and knows next to nothing elsewhere."""

    def predict(self, frame: pl.DataFrame) -> np.ndarray:
        if "duration" in frame.columns:
            return 1 / (1 + np.exp(-(frame["duration"].to_numpy() - 400) / 50))
        return 0.3 + 0.001 * np.tanh(frame["previous"].fill_null(0).to_numpy() * 7 % 3)

    def close(self) -> None: ...


def candidate(*claims: Estimate, inputs: tuple[str, ...] = INPUTS) -> Candidate:
    card = ModelCard(framework="python", recipe="by hand", task=Task.BINARY, inputs=inputs, labels=("no", "yes"))
    return Candidate(
        id="cand-1", name="by hand", dataset="data-1", brief_digest="", author="ada", made_by="hand", card=card,
        files={}, claims=claims, made_at=NOW,
    )  # fmt: skip


def dataset(**changes: Any) -> Dataset:
    facts: dict[str, Any] = {
        "id": "data-1", "name": "calls.csv", "fingerprint": "", "source": "", "columns": (*INPUTS, "y"), "target": "y",
        "rows_open": 1000, "rows_sealed": 400, "open_blob": "", "sealed_blob": "", "division": "", "seed": 1,
        "brief_digest": "", "added_by": "ada", "added_at": NOW,
    }  # fmt: skip
    return Dataset(**{**facts, **changes})


def claim(name: str, value: float) -> Estimate:
    return Estimate(name=name, value=value, low=value, high=value, n=1, method="the submitter's")
