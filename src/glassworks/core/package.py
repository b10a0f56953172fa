"""The package: what a release is made of, by hash; its digest is what a permit is bound to."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from glassworks.core.contract import Task
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
    `answer_values` (truth by answer, in the order of the card's labels), or else the likeliest.
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
    action: str = ""
    otherwise: str = ""
    if_model_down: str = ""
    purpose: str = ""
    period: str = ""

    def expected_gain(self, probability: float, row: Mapping[str, Any]) -> float | None:
        """What acting on the row is expected to gain: p b + (1 - p) g; None where an amount is missing or negative."""
        chances, total = {"positive": probability, "negative": 1 - probability}, 0.0
        for term in self.gains:
            amount = row.get(term.column) if term.column else 1.0
            if not isinstance(amount, int | float) or not math.isfinite(amount) or amount < 0:
                return None
            total += chances[term.when] * term.factor * amount
        return total

    def best_answer(self, chances: Sequence[float]) -> int:
        """The number of the class to answer: the one worth most on average, the earlier one when two are."""
        worth = list(chances)
        if self.answer_values:
            by_answer = zip(*self.answer_values, strict=True)
            worth = [sum(p * one for p, one in zip(chances, column, strict=True)) for column in by_answer]
        return max(range(len(worth)), key=worth.__getitem__)
