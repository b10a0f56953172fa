"""Main effects of a fitted model, set beside what the domain expert expects of them."""

from typing import Any

import numpy as np
import polars as pl

from glassworks.core.contract import Brief, Direction
from glassworks.core.estimate import Estimate, plain
from glassworks.core.ports import Model
from glassworks.core.record import Part
from glassworks.core.result import Answer, Verdict
from glassworks.measures.explain import direction_interval, effect_curves
from glassworks.stages import rows as read

ROWS, POINTS, LEVELS = 200, 7, 6
CLEAR = 0.5
"""A rank correlation beyond this is a direction; below it the curve goes both ways."""
TINY, STILL = 0.01, 1e-9
"""A curve that moves by less than this share of the scores' spread is flat."""


class Effect(Part):
    """The mean score along one feature; `trend` is 1 always rising, -1 always falling, 0 for categories."""

    feature: str
    expected: Direction
    trend: Estimate | None
    span: float
    points: tuple[dict[str, Any], ...]
    varies: bool

    @property
    def asked(self) -> Estimate | None:
        """The direction with the limit beyond which it contradicts the expectation; None where nothing is asked."""
        if self.trend is None or self.expected is Direction.ANY:
            return None
        return self.trend.asked(at_least=-CLEAR) if self.expected is Direction.UP else self.trend.asked(at_most=CLEAR)

    @property
    def verdict(self) -> Verdict:
        """Fail where the whole interval of the direction runs against the expectation."""
        one = self.asked
        if one is None:
            return Verdict.PASS
        end, other = (one.low, one.high) if self.expected is Direction.UP else (-one.high, -one.low)
        if end > -CLEAR:
            return Verdict.PASS
        return Verdict.FAIL if other <= -CLEAR else Verdict.INCONCLUSIVE


def measure(model: Model, frame: pl.DataFrame, brief: Brief, level: float = 0.95) -> list[Effect]:
    """The effect of each declared input on a sample of rows, the strongest first; directions at `level`."""
    some = read.sample(frame.select([name for name in brief.inputs() if name in frame.columns]), ROWS)
    spread = float(np.std(np.asarray(model.predict(some))))
    expected = {feature.name: feature.expected for feature in brief.features}
    found = [_effect(model, some, frame[name], expected[name], spread, level) for name in some.columns]
    return sorted((one for one in found if one is not None), key=lambda one: -one.span)


def _effect(
    model: Model, some: pl.DataFrame, column: pl.Series, expected: Direction, spread: float, level: float
) -> Effect | None:
    values = read.array(column.drop_nulls())
    number = values.dtype.kind == "f"
    if number:
        values = values[np.isfinite(values)]
        grid = np.unique(np.quantile(values, np.linspace(0.02, 0.98, POINTS))) if values.size else values
    else:
        names, counts = np.unique(values, return_counts=True)
        grid = names[np.argsort(-counts, kind="stable")[:LEVELS]]
    if grid.size < 2:
        return None
    each = effect_curves(read.predictor(model, some), {column.name: read.array(some[column.name])}, column.name, grid)
    curve = each.mean(axis=1)
    span = float(np.ptp(curve)) / (spread or 1.0)
    points = tuple(
        {"feature": column.name, "value": plain(float(v)) if number else str(v), "score": float(s)}
        for v, s in zip(grid, curve, strict=True)
    )
    trend = None
    if number:
        trend = direction_interval(each, TINY * spread, level).model_copy(update={"group": column.name})
    return Effect(feature=column.name, expected=expected, trend=trend, span=span, points=points, varies=spread > STILL)


def answer(effects: list[Effect]) -> Answer:
    """Fail where a fitted effect clearly contradicts an expectation; categories have no direction to contradict."""
    against = [one for one in effects if one.verdict is Verdict.FAIL]
    unsure = [one for one in effects if one.verdict is Verdict.INCONCLUSIVE]
    stated = [one for one in effects if one.expected is not Direction.ANY]
    table = tuple(point for one in effects for point in one.points)
    figures = tuple(one.asked for one in effects if one.asked is not None)
    if against or unsure:
        words = "; ".join(
            f"{one.feature} was expected to push {one.expected} and "
            f"{'pushes the other way' if one in against else 'may push the other way, which these rows cannot tell'}"
            for one in (*against, *unsure)
        )
        sure = "A fitted effect contradicts" if against else "A fitted effect may contradict"
        return Answer(
            verdict=Verdict.FAIL if against else Verdict.INCONCLUSIVE,
            sentence=f"{sure} the domain expert: {words}.",
            estimates=figures,
            next_step="Find out which is wrong: the expectation, the data, or the model.",
            table=table,
        )
    if effects and all(one.varies and one.span == 0 for one in effects):
        return Answer(
            verdict=Verdict.INCONCLUSIVE,
            sentence="Its scores differ from row to row, and move with no input that is set: "
            "it cannot be told what they hang on.",
            next_step="Ask how the model reads a row; it must answer each by itself.",
            table=table,
        )
    many = f"All {len(stated)} signed expectations hold" if len(stated) > 1 else "The one signed expectation holds"
    told = many if stated else "The domain expert signed no direction"
    strongest = ", ".join(one.feature for one in effects[:3] if one.span > 0)
    depends = f"the score depends most on {strongest}" if strongest else "the score depends on no input it was shown"
    return Answer(verdict=Verdict.PASS, sentence=f"{told}; {depends}.", estimates=figures, table=table)
