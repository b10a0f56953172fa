"""The package: what a release is made of, by hash; its digest is what a permit is bound to."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from glassworks.core.contract import Task
from glassworks.core.lock import Lock
from glassworks.core.record import Part, added
from glassworks.core.usecase import DataContract, ModelCard


class GainTerm(Part):
    """A part of what acting gains when the case is positive, or negative: a factor, times the row's `column` if any."""

    when: Literal["positive", "negative"]
    factor: float
    column: str = ""


class Package(Part):
    """The manifest of a release: the model's files by SHA-256, its card, its validated domain, its decision.

    A binary decision is to act on the best `capacity_share` of a list, or where the probability reaches `threshold`.
    Where rows are worth different amounts, `gains` takes the place of both orders: rows are ranked, and without a
    capacity acted on, by what acting is expected to gain. Of several classes the answer worth most is given: by
    `answer_values` (truth by answer, in the order of the card's labels), each times the row's number in the column that
    `answer_columns` names at its place, if any; or else the likeliest. Each answer is given at most `reasons` reasons.
    `lock` is the environment in which the office recomputed the model, `lock_file` the digest of `environment.lock`.
    """

    format: Literal["glassworks-package/1"] = "glassworks-package/1"
    use_case: str
    title: str
    candidate: str
    card: ModelCard
    files: dict[str, str]
    contract: DataContract
    task: Task
    positive: str = ""
    threshold: float | None = None
    capacity_share: float | None = None
    gains: tuple[GainTerm, ...] = added(())
    answer_values: tuple[tuple[float, ...], ...] = added(())
    answer_columns: tuple[tuple[str, ...], ...] = added(())
    reasons: int | None = added(None)
    action: str = ""
    otherwise: str = ""
    if_model_down: str = ""
    purpose: str = ""
    period: str = ""
    lock: Lock | None = added(None)
    lock_file: str = added("")

    def expected_gain(self, probability: float, row: Mapping[str, Any]) -> float | None:
        """What acting on the row is expected to gain: p b + (1 - p) g; None where an amount is missing or negative."""
        chances, total = {"positive": probability, "negative": 1 - probability}, 0.0
        for term in self.gains:
            amount = _amount(row, term.column)
            if amount is None:
                return None
            total += chances[term.when] * term.factor * amount
        return total

    def best_answer(self, chances: Sequence[float], row: Mapping[str, Any]) -> int | None:
        """The number of the class to answer: the one worth most on average, the earlier one when two are.

        None where an amount of the row that it hangs on is missing or negative.
        """
        worth = list(chances)
        if self.answer_values:
            named = {column for line in self.answer_columns for column in line}
            amounts = {column: _amount(row, column) for column in {"", *named}}
            if None in amounts.values():
                return None
            columns = self.answer_columns or [[""] * len(line) for line in self.answer_values]
            worth = [0.0] * len(worth)
            for chance, values, names in zip(chances, self.answer_values, columns, strict=True):
                for answer, (one, name) in enumerate(zip(values, names, strict=True)):
                    worth[answer] += chance * one * (amounts[name] or 0.0)
        return max(range(len(worth)), key=worth.__getitem__)


def _amount(row: Mapping[str, Any], column: str) -> float | None:
    """The row's number by which a value is multiplied, 1 where no column is named; None where it cannot be used."""
    amount = row.get(column) if column else 1.0
    usable = isinstance(amount, int | float) and math.isfinite(amount) and amount >= 0
    return float(amount) if usable and amount is not None else None
