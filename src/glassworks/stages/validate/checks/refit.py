"""Does the recipe give these scores again, and how far do they hang on chance in the fitting?"""

from collections.abc import Callable

import numpy as np
import polars as pl

from glassworks.core.check import Topic, check
from glassworks.core.contract import Brief, Task
from glassworks.core.estimate import plain
from glassworks.core.ports import Model
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.performance import headline
from glassworks.measures.scored import Scored
from glassworks.stages.validate.scorer import decided_anew, scores_of

SEEDS, CLOSE = 5, 1e-6


@check(
    "refit",
    stage=Stage.VALIDATE,
    title="Fitted again",
    question="Fitted again from its recipe, does it give the same scores; and with other seeds, about the same?",
    order=107,
    about=Topic.CLAIMED,
)
def refit(brief: Brief, scored: Scored, rows: pl.DataFrame, refitted: Callable[[int | None], Model] | None) -> Answer:
    """Fail when the same recipe, seed and rows give other scores. Variation over five other seeds is reported.

    `refitted` fits the candidate's recipe on its own open rows: with its own seed (None), or with another one.
    """
    if refitted is None:
        return Answer(
            verdict=Verdict.NOT_APPLICABLE,
            sentence="It was brought as it is: the office has no recipe by which to fit it again.",
        )
    again = scores_of(refitted(None), rows)
    apart = np.abs(again - scored.scores) > CLOSE * max(1.0, float(np.abs(scored.scores).max(initial=0.0)))
    if apart.any():
        many = int(apart.reshape(scored.n, -1).any(axis=1).sum())
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"Fitted again from the same recipe, seed and rows, {many:,} of {scored.n:,} sealed rows get "
            "another score.",
            next_step="Fix what is left to chance or to the machine in the fitting, then build it again.",
        )
    others = [decided_anew(brief, scored, scores_of(refitted(seed), rows)) for seed in range(1, SEEDS + 1)]
    is_number = brief.task is Task.REGRESSION
    figures = [headline(one).value for one in others]
    flipped = [float(_differ(scored, one)) for one in others]
    name = headline(scored).name
    differ = "numbers differ by more than a tenth of their spread" if is_number else "decisions differ"
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"Fitted again, it gives the same scores. With {SEEDS} other seeds its {name} lies between "
        f"{plain(min(figures))} and {plain(max(figures))}, and {100 * float(np.mean(flipped)):.1f} of 100 {differ}.",
        table=tuple(
            {"seed": seed, name: figure, "differ": share}
            for seed, figure, share in zip(range(1, SEEDS + 1), figures, flipped, strict=True)
        ),
    )


def _differ(one: Scored, other: Scored) -> float:
    """The share of decisions that differ; for a number, of numbers that differ by more than a tenth of their spread."""
    if one.acted is not None and other.acted is not None:
        return float((one.acted != other.acted).mean())
    if one.answered is not None and other.answered is not None:
        return float((one.answered != other.answered).mean())
    if one.scores.ndim == 2:
        return float((one.scores.argmax(axis=1) != other.scores.argmax(axis=1)).mean())
    return float((np.abs(one.scores - other.scores) > 0.1 * float(np.std(one.scores))).mean())
