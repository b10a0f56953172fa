"""Rehearsals: open rows held back from a model and scored by it, the way it will meet rows it has never seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassworks.core.contract import Brief

Rows = NDArray[np.int64]
BLOCKS = 3
LEAST, MOST = 0.1, 0.3
"""The held-back share of the rows when rows are in time order: never less, never more."""
WINDOWS = {"all": 1.0, "the last tenth": 0.1, "the last fortieth": 0.025}
LEAST_ROWS = 400
FOLDS = 4


@dataclass(frozen=True)
class Plan:
    """Blocks of held-back rows; for each, every row that a model may learn from before it meets the block.

    In time order a model learns only from rows before its block, and may learn from the latest of them alone, but from
    at least as many as the sealed window is declared to hold (`ahead`): fewer may lack a season that it brings.
    """

    rows: int
    blocks: tuple[Rows, ...]
    before: tuple[Rows, ...]
    in_time: bool
    ahead: int = 0

    @property
    def held_back(self) -> Rows:
        """The held-back rows, block after block."""
        return np.concatenate(self.blocks)

    def windows(self) -> dict[str, int]:
        """Names and lengths of the training windows worth trying: only the whole unless rows are in time order."""
        if not self.in_time:
            return {"all": self.rows}
        least = max(LEAST_ROWS, self.ahead)
        lengths = {name: int(self.rows * share) for name, share in WINDOWS.items()}
        return {name: length for name, length in lengths.items() if name == "all" or length >= least}

    def rounds(self, length: int) -> Iterator[tuple[Rows, Rows]]:
        """Pairs of training rows, at most the last `length` of those allowed, and held-back rows."""
        for before, block in zip(self.before, self.blocks, strict=True):
            yield before[-length:], block

    def per_block(self, values: NDArray[Any]) -> list[NDArray[Any]]:
        """Values of the held-back rows, cut into their blocks."""
        return np.split(values, np.cumsum([len(block) for block in self.blocks])[:-1])


def plan(rows: int, brief: Brief, seed: int) -> Plan:
    """How to rehearse on n open rows.

    In time order: the last blocks, each as long as the sealed window is declared to be, so that each rehearses what
    the sealed rows will ask. Otherwise: cross-validation with blocks drawn by the seed.
    """
    if brief.windows.kind == "time":
        ahead = int(brief.windows.sealed_periods * brief.decision.volume_per_period)
        size = int(np.clip(ahead, rows * LEAST / BLOCKS, rows * MOST / BLOCKS))
        starts = [rows - size * k for k in range(BLOCKS, 0, -1)]
        blocks = tuple(np.arange(start, start + size) for start in starts)
        return Plan(rows, blocks, tuple(np.arange(start) for start in starts), True, ahead)
    fold = np.random.default_rng(seed).permutation(rows) % FOLDS
    blocks = tuple(np.flatnonzero(fold == k) for k in range(FOLDS))
    return Plan(rows, blocks, tuple(np.flatnonzero(fold != k) for k in range(FOLDS)), False)
