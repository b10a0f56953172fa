"""Does the outcome change over time? Then old rows teach old truths."""

from typing import Any

import numpy as np
import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import Estimate
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.intervals import mean_interval, rate, wilson
from glassworks.measures.scored import encode

MOST_SLICES = 24
FEWEST = 30
LEVEL = 0.998
"""Two-sided, so that the furthest of two dozen slices do not part by chance (0.05 shared among 24)."""


@check(
    "change_over_time",
    stage=Stage.EXPLORE,
    title="Change over time",
    question="Does the outcome change over time on the open rows?",
    order=50,
)
def change_over_time(brief: Brief, open_rows: pl.DataFrame) -> Answer:
    """The rate (or mean) of the outcome in time slices, with intervals; a move beyond chance is a warning.

    Change is a fact, not a fault: it decides which rows are worth training on.
    """
    if brief.windows.kind != "time":
        return Answer(
            verdict=Verdict.NOT_APPLICABLE, sentence="The rows are divided at random: no time order was named."
        )
    slices = _slices(open_rows, brief)
    table = tuple(slices)
    sizeable = [one for one in slices if one["rows"] >= FEWEST]
    if len(sizeable) < 2:
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence=f"Fewer than two time slices have {FEWEST} open rows: change over time cannot be seen.",
            next_step="Bring rows over a longer time.",
            table=table,
        )
    least = min(sizeable, key=lambda one: one["high"])
    most = max(sizeable, key=lambda one: one["low"])
    first, last = sizeable[0], sizeable[-1]
    what, show = ("average", _number) if brief.task is Task.REGRESSION else ("rate", _percent)
    sentence = (
        f"The {what} of {brief.target}{f' = {brief.positive}' if brief.positive else ''} went from "
        f"{show(first['value'])} ({first['slice']}) to {show(last['value'])} ({last['slice']})"
    )
    estimates: tuple[Estimate, ...] = ()
    if brief.task is not Task.REGRESSION:
        estimates = tuple(
            rate("positive rate", round(one["value"] * one["rows"]), one["rows"], group=one["slice"])
            for one in (first, last)
        )
    if most["low"] > least["high"]:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"{sentence}; it moves far beyond chance, from {show(least['value'])} in {least['slice']} to "
            f"{show(most['value'])} in {most['slice']}.",
            estimates=estimates,
            next_step="Choose the training window on open rows, judge on the latest ones, and watch it in use.",
            table=table,
        )
    return Answer(
        verdict=Verdict.PASS, sentence=f"{sentence}; no slice parts from the others.", estimates=estimates, table=table
    )


def _percent(value: float) -> str:
    return f"{value:.1%}"


def _number(value: float) -> str:
    return f"{value:,.4g}"


def _slices(open_rows: pl.DataFrame, brief: Brief) -> list[dict[str, Any]]:
    labels, y = encode(open_rows[brief.target].to_list(), brief.task, brief.positive)
    if brief.task is Task.MULTICLASS:
        y = (y == np.bincount(y, minlength=len(labels)).argmax()).astype(np.int64)
    times = open_rows[brief.windows.time_column].to_numpy()
    names, place = np.unique(times.astype(str) if times.dtype.kind == "O" else times, return_inverse=True)
    starts = np.arange(names.size)
    if names.size > MOST_SLICES:
        filled = np.cumsum(np.bincount(place)) / place.size
        which = np.minimum((filled * 12 - 1e-9).astype(int), 11)
        place, starts = which[place], np.array([np.argmax(which == k) for k in range(12) if (which == k).any()])
        place = np.unique(place, return_inverse=True)[1]
    found = []
    for k, start in enumerate(starts):
        values = y[place == k]
        found.append({"slice": str(names[start]), "rows": int(values.size), **_middle(values, brief.task)})
    return found


def _middle(values: np.ndarray, task: Task) -> dict[str, float]:
    if task is Task.REGRESSION:
        mean, low, high = mean_interval(values, LEVEL)
        return {"value": mean, "low": low, "high": high}
    low, high = wilson(int(values.sum()), values.size, LEVEL)
    return {"value": float(values.mean()), "low": low, "high": high}
