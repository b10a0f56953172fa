"""`make torch`: a small PyTorch network, fitted on the shipped term-deposit rows, is asked the questions of gate 4."""

from importlib.resources import files

import numpy as np
import polars as pl
import torch

import glassworks as gw

NUMBERS = ("age", "previous", "campaign", "pdays")
VALUE = {"act_positive": (111, 194, 296), "act_negative": -6}


class Network:
    """A module of PyTorch as an object with `predict_proba`: all that `gw.check` asks of a model."""

    def __init__(self, module: torch.nn.Module, middle: np.ndarray, spread: np.ndarray) -> None:
        self.module, self.middle, self.spread = module, middle, spread

    def predict_proba(self, X: pl.DataFrame) -> np.ndarray:
        """P(no) and P(yes) of each row; a missing number counts as the usual one."""
        numbers = X.select(pl.col(NUMBERS).cast(pl.Float64)).to_numpy()
        scaled = np.nan_to_num((numbers - self.middle) / self.spread)
        with torch.no_grad():
            yes = torch.sigmoid(self.module(torch.tensor(scaled, dtype=torch.float32))).numpy().ravel()
        return np.column_stack([1 - yes, yes])


def fitted(X: pl.DataFrame, y: np.ndarray) -> Network:
    """Two layers, two hundred steps of Adam, on rows that are scaled first."""
    torch.manual_seed(0)
    numbers = X.select(pl.col(NUMBERS).cast(pl.Float64)).to_numpy()
    middle, spread = numbers.mean(axis=0), numbers.std(axis=0)
    module = torch.nn.Sequential(torch.nn.Linear(len(NUMBERS), 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
    rows = torch.tensor((numbers - middle) / spread, dtype=torch.float32)
    outcome = torch.tensor(y[:, None], dtype=torch.float32)
    steps = torch.optim.Adam(module.parameters(), lr=0.01)
    for _ in range(200):
        steps.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(module(rows), outcome)
        loss.backward()
        steps.step()
    return Network(module, middle, spread)


def table() -> tuple[pl.DataFrame, np.ndarray]:
    """The shipped rows, shuffled, as numbers; and whether the customer took the deposit."""
    frame = pl.read_parquet((files("glassworks.examples") / "term_deposit" / "calls.parquet").read_bytes())
    order = np.random.default_rng(0).permutation(frame.height)
    return frame.select(NUMBERS)[order], (frame["y"] == "yes").to_numpy()[order]


def main() -> None:
    """Fit on one half, ask about the other, print the report."""
    X, y = table()
    half = X.height // 2
    report = gw.check(fitted(X[:half], y[:half]), X[half:], y[half:], value=VALUE, capacity_share=0.2)
    print(report)
    raise SystemExit(report.verdicts["performance"] != "pass")


if __name__ == "__main__":
    main()
