"""From a question to a logged answer: judge the rows, score those inside the validated domain, decide, give reasons."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from glassworks.core.conditions import REVIEW
from glassworks.core.contract import Task
from glassworks.core.domain import faults, outside
from glassworks.core.errors import Conflict, FixTheInput, GlassworksError
from glassworks.core.estimate import plain
from glassworks.core.package import Package
from glassworks.core.usecase import DataContract
from glassworks.serving.reasons import in_words, variants
from glassworks.serving.releases import Served
from glassworks.serving.wire import Question
from glassworks.store.predictions import Prediction, PredictionLog, Score, stamp

MOST_EXPLAINED = 20
MOST_FAULTS = 50
MODEL_SILENT = "the model did not give a usable answer"
AMOUNT_MISSING = "what the answers are worth hangs on an amount that this row does not hold"


class Faulty(FixTheInput):
    """Rows that cannot be read, each field named; values are never repeated."""

    def __init__(self, found: Sequence[tuple[str, str]]) -> None:
        self.faults = [{"field": field, "what": what} for field, what in found[:MOST_FAULTS]]
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        super().__init__(
            f"{found[0][0]} {found[0][1]}{more}.",
            "The data contract of this release says what a row must look like.",
            "Correct the named fields; the whole request was left unanswered.",
            rule="data-contract",
            field=found[0][0],
        )


class _Scored(NamedTuple):
    score: Score
    reasons: list[str]
    abstained: bool


async def answer(
    question: Question, served: Served, log: PredictionLog, now: Callable[[], datetime]
) -> list[Prediction]:
    """The rows of a question as they stand in the log when this returns.

    Raises
    ------
    Faulty : a row cannot be read.
    Conflict : the request's id was used before for other rows.
    Broken : the answer could not be logged.
    """
    contract, inputs = served.package.contract, served.package.card.inputs
    found = [
        (f"rows[{place}].{fault.field}", fault.what)
        for place, row in enumerate(question.rows)
        for fault in faults(contract, inputs, row)
    ]
    if found:
        raise Faulty(found)
    if question.named and (earlier := log.answered(served.id, question.request)):
        return _same(earlier, question)
    terms = served.terms
    why = [outside(contract, row) or terms.outside(row) for row in question.rows]
    if terms.caps:
        why = await _within_caps(why, served, log, now())
    inside = [row for row, reasons in zip(question.rows, why, strict=True) if not reasons]
    explained = question.reasons and len(question.rows) <= MOST_EXPLAINED
    scored = iter(await _scored(served, inside, explained))
    all_scored = [_Scored(None, reasons, True) if reasons else next(scored) for reasons in why]
    at = stamp(now())
    rows = [_logged(question, served, place, one, at) for place, one in enumerate(all_scored)]
    return _same(await asyncio.wrap_future(log.submit(rows)), question)


async def _within_caps(why: list[list[str]], served: Served, log: PredictionLog, now: datetime) -> list[list[str]]:
    """The same, with a reason for each row beyond the volume that was approved."""
    caps, room = served.terms.caps, sum(not reasons for reasons in why)
    budget = served.budget_of(log)
    granted = await asyncio.to_thread(budget.take, room, caps, now)
    spent = f"it was approved for {' and '.join(f'at most {cap.most:,} cases a {cap.each}' for cap in caps)}"
    found = []
    for reasons in why:
        found.append(reasons or ([] if granted > 0 else [spent]))
        granted -= not reasons
    return found


def _for_the_model(contract: DataContract, row: dict[str, Any]) -> dict[str, Any]:
    """The row with every number as a float, so that whole and broken numbers of several rows make one column."""
    return {
        column.name: float(row[column.name]) if type(row[column.name]) is int else row[column.name]
        for column in contract.columns
        if column.name in row
    }


def _same(rows: list[Prediction], question: Question) -> list[Prediction]:
    if [row.inputs for row in rows] != question.rows:
        raise Conflict(
            "This request id was used before, for other rows.",
            "The same id always gets the answer it got first.",
            "Send new rows under a new id.",
            rule="request-id",
        )
    return rows


async def _scored(served: Served, rows: list[dict[str, Any]], explained: bool) -> list[_Scored]:
    package = served.package
    changed = [variants(package.contract, package.card.inputs, row) if explained else ([], []) for row in rows]
    together = [*rows, *(variant for _, variants_of in changed for variant in variants_of)]
    try:
        scores = await asyncio.wrap_future(
            served.scorer.submit([_for_the_model(package.contract, row) for row in together])
        )
    except GlassworksError:
        return [_Scored(None, [MODEL_SILENT], True) for _ in rows]
    found, begin = [], len(rows)
    for row, score, (names, _) in zip(rows, scores, changed, strict=False):
        without = scores[begin : begin + len(names)]
        begin += len(names)
        if not usable(score, package):
            found.append(_Scored(None, [MODEL_SILENT], True))
            continue
        top = package.best_answer(score, row) if isinstance(score, list) else -1
        if top is None:  # the contract decides, not the model
            found.append(_Scored(score, [AMOUNT_MISSING], False))
            continue
        main = score[top] if isinstance(score, list) else score
        others = [other[top] if isinstance(other, list) else other for other in without]
        words = in_words(package.contract, package.card.task, row, main, names, others)
        found.append(_Scored(score, words[: package.reasons], False))
    return found


def usable(score: Any, package: Package) -> bool:
    """Whether a model's answer is what its task asks for: finite, and probabilities between 0 and 1."""
    values = score if isinstance(score, list) else [score]
    if isinstance(score, list) != (package.card.task is Task.MULTICLASS):
        return False
    if not all(isinstance(value, float) and math.isfinite(value) for value in values):
        return False
    return package.card.task is Task.REGRESSION or all(-1e-9 <= value <= 1 + 1e-9 for value in values)


def _logged(question: Question, served: Served, place: int, one: _Scored, at: str) -> Prediction:
    size = len(question.rows)
    act, decision = decide(served.package, one.score, question.rows[place])
    if not one.abstained and served.terms.reviewed(served.id, question.rows[place]):
        act, decision = None, REVIEW
    return Prediction(
        id=question.request if size == 1 else f"{question.request}/{place}",
        request=question.request,
        place=place,
        of=size,
        named=question.named,
        release=served.id,
        at=at,
        reference=question.references[place],
        inputs=question.rows[place],
        score=one.score,
        decision=decision,
        act=act,
        reasons=one.reasons,
        abstained=one.abstained,
    )


def decide(package: Package, score: Score, row: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether to act, and the decision in words; without a score it is what the KPI contract says for that case."""
    if score is None:
        return None, package.if_model_down
    if isinstance(score, list):
        best = package.best_answer(score, row)
        if best is None:
            return None, package.if_model_down
        return None, package.card.labels[best] if best < len(package.card.labels) else str(best)
    if package.card.task is Task.REGRESSION:
        return None, f"{package.action}: {plain(score)}"
    if package.gains:
        return _by_gain(package, package.expected_gain(score, row))
    if package.threshold is None:
        share = f"the top {package.capacity_share:.0%}" if package.capacity_share else "the first of the list"
        return None, f"rank by probability, then for {share.replace('%', ' %')}: {package.action}"
    act = score >= package.threshold
    return act, package.action if act else package.otherwise


def _by_gain(package: Package, gain: float | None) -> tuple[bool | None, str]:
    if gain is None:
        return None, package.if_model_down
    if package.capacity_share is not None:
        share = f"{package.capacity_share:.0%}".replace("%", " %")
        return None, f"rank by expected gain ({plain(gain)}), then for the top {share}: {package.action}"
    return gain > 0, package.action if gain > 0 else package.otherwise
