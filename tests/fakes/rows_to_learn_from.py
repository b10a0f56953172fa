"""Small made-up tables with numbers, texts, dates, yes/no, missing cells, and a target that depends on them."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from glassworks.core.contract import Task

LABELS = {Task.BINARY: ("no", "yes"), Task.MULTICLASS: ("basic", "gold", "silver"), Task.REGRESSION: ()}


def rows(task: Task, n: int = 600, seed: int = 7) -> pl.DataFrame:
    """Rows whose column `answer` depends on age, job and duration."""
    random = np.random.default_rng(seed)
    age = random.integers(18, 90, n)
    job = random.choice(["nurse", "smith", "clerk"], n)
    duration = random.exponential(200.0, n)
    strength = 0.04 * (age - 50) + (job == "nurse") + 0.004 * (duration - 200) + random.normal(0, 0.5, n)
    answer: list[object] = [float(value) for value in 100 + 10 * strength]
    if task is Task.BINARY:
        answer = ["yes" if value > 0.5 else "no" for value in strength]
    if task is Task.MULTICLASS:
        answer = ["basic" if value < -0.5 else "silver" if value < 0.8 else "gold" for value in strength]
    return pl.DataFrame(
        {
            "age": age,
            "job": [None if one < 0.1 else text for one, text in zip(random.random(n), job, strict=True)],
            "duration": [None if one < 0.1 else value for one, value in zip(random.random(n), duration, strict=True)],
            "member": random.random(n) < 0.5,
            "joined": [date(2020, 1, 1) + timedelta(days=int(day)) for day in random.integers(0, 900, n)],
            "answer": answer,
        }
    )
