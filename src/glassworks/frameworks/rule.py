"""Rules that need no library: a constant, or a table of rates over one column; plain JSON, read by anyone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.ports import Recipe
from glassworks.core.usecase import ModelCard
from glassworks.frameworks.table import Columns, answers

FILE = "rule.json"
BINS = 10
WEIGHT_OF_BASE = 20.0
"""A bin's rate is drawn towards the base rate as if this many rows at the base rate were added to it."""


@dataclass(frozen=True)
class Rule:
    """`base` answers alone, or `rates[bin]` when a column is given; the last bin is for missing and unseen."""

    task: Task
    base: list[float]
    column: str = ""
    columns: dict[str, Any] = field(default_factory=dict)
    cuts: list[float] = field(default_factory=list)
    rates: list[list[float]] = field(default_factory=list)


def _targets(y: NDArray[np.float64], task: Task, labels: Sequence[str]) -> NDArray[np.float64]:
    """One column per number to predict: (n, k) shares for multiclass, else (n, 1)."""
    if task is Task.MULTICLASS:
        return np.asarray(y[:, None] == np.arange(len(labels))[None, :], dtype=np.float64)
    return y[:, None]


def _bins(columns: Columns, name: str, frame: pl.DataFrame, cuts: Sequence[float]) -> tuple[NDArray[np.int64], int]:
    one = Columns({name: columns.kinds[name]}, {k: v for k, v in columns.levels.items() if k == name})
    values = one.matrix(frame)[:, 0]
    count = len(columns.levels[name]) if name in columns.levels else len(cuts) + 1
    place = values if name in columns.levels else np.searchsorted(np.asarray(cuts), values, side="right")
    return np.where(np.isnan(values), count, place).astype(np.int64), count + 1


def _table(bins: NDArray[np.int64], count: int, targets: NDArray[np.float64]) -> NDArray[np.float64]:
    base = targets.mean(axis=0)
    sums = np.stack([np.bincount(bins, weights=one, minlength=count) for one in targets.T], axis=1)
    sizes = np.bincount(bins, minlength=count)[:, None]
    return np.asarray((sums + WEIGHT_OF_BASE * base) / (sizes + WEIGHT_OF_BASE))


class RuleFramework:
    """Kinds: `constant` (base rate, class shares or mean) and `rule` (rates by one column)."""

    name = "rule"
    kinds: tuple[str, ...] = ("constant", "rule")

    def recognises(self, model: object) -> bool:
        """Whether it is one of ours."""
        return isinstance(model, Rule)

    def fit(
        self,
        recipe: Recipe,
        frame: pl.DataFrame,
        *,
        target: str,
        task: Task,
        inputs: Sequence[str],
        labels: Sequence[str],
        seed: int,
    ) -> Rule:
        """A constant, or the table of the named column (`column`), or of the column that tells most."""
        y, known = answers(frame[target], task, labels)
        rows, targets = frame.filter(pl.Series(known)), _targets(y, task, labels)
        if recipe.kind == "constant":
            return Rule(task, targets.mean(axis=0).tolist())
        column = str(recipe.parameters.get("column", ""))
        if column and column not in inputs:
            raise FixTheInput(f"The rule's column {column} is not among the inputs.", "", "Name one of the inputs.")
        columns = Columns.learn(rows, [column] if column else inputs)
        if not columns.names:
            raise FixTheInput("A rule needs at least one input column.", "", "Name an input, or use a constant.")
        half = np.random.default_rng(seed).permutation(len(y)) % 2 == 0
        chosen = min(columns.names, key=lambda name: self._error(columns, name, rows, targets, half))
        cuts = self._cuts(columns, chosen, rows)
        bins, count = _bins(columns, chosen, rows, cuts)
        one = Columns({chosen: columns.kinds[chosen]}, {k: v for k, v in columns.levels.items() if k == chosen})
        rates = _table(bins, count, targets).tolist()
        return Rule(task, targets.mean(axis=0).tolist(), chosen, one.as_dict(), cuts, rates)

    @staticmethod
    def _cuts(columns: Columns, name: str, rows: pl.DataFrame) -> list[float]:
        values = Columns({name: columns.kinds[name]}, columns.levels).matrix(rows)[:, 0]
        values = values[~np.isnan(values)]
        if name in columns.levels or not len(values):
            return []
        inner = np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1], method="higher")
        return [float(cut) for cut in np.unique(inner)]

    def _error(
        self,
        columns: Columns,
        name: str,
        rows: pl.DataFrame,
        targets: NDArray[np.float64],
        half: NDArray[np.bool_],
    ) -> float:
        """Squared error on one half of the rates learned on the other: many small bins win nothing by chance."""
        bins, count = _bins(columns, name, rows, self._cuts(columns, name, rows))
        if not half.any() or half.all():
            return 0.0
        rates = _table(bins[half], count, targets[half])
        return float(((rates[bins[~half]] - targets[~half]) ** 2).mean())

    def save(self, model: object) -> dict[str, bytes]:
        """One JSON file."""
        assert isinstance(model, Rule)
        return {FILE: json.dumps({"format": 1, **asdict(model)}, sort_keys=True).encode()}

    def load(self, files: Mapping[str, bytes]) -> Rule:
        """From the JSON file."""
        facts = json.loads(files[FILE])
        facts.pop("format")
        return Rule(**{**facts, "task": Task(facts["task"])})

    def predict(self, model: object, frame: pl.DataFrame, card: ModelCard) -> NDArray[np.float64]:
        """The rate of each row's bin."""
        assert isinstance(model, Rule)
        if model.column:
            bins, _ = _bins(Columns.of(model.columns), model.column, frame, model.cuts)
            scores = np.asarray(model.rates)[bins]
        else:
            scores = np.tile(np.asarray(model.base), (frame.height, 1))
        return scores if model.task is Task.MULTICLASS else scores[:, 0]

    def describe(self, model: object) -> dict[str, Any]:
        """The whole rule: it is small."""
        assert isinstance(model, Rule)
        return {"kind": "rule" if model.column else "constant", "features": [model.column] * bool(model.column)} | {
            "base": model.base,
            "cuts": model.cuts,
            "rates": model.rates,
        }


FRAMEWORK = RuleFramework()
