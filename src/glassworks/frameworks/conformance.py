"""The conformance kit: a team proves on its own machine that its model, in its own framework, will be accepted.

It needs a `Fitter` (`glassworks.engines.host.ModelHost()`), the model's files and card, and some rows. Every question
is answered by running the model as the factory will run it, in a process of its own.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glassworks.core.contract import Task
from glassworks.core.errors import GlassworksError
from glassworks.core.ports import Fitter, Model, Recipe
from glassworks.core.result import Answer, Verdict
from glassworks.core.usecase import ModelCard

CLOSE = 1e-9
UNSEEN = "a value that no training row had"


def conforms(fitter: Fitter, card: ModelCard, files: Mapping[str, bytes], frame: pl.DataFrame) -> dict[str, Answer]:
    """Ask a model every question; the answers by name, in order. When it does not load, that is the only answer.

    Parameters
    ----------
    fitter : runs the model, as a `ModelHost` does.
    card : the model's card; its `inputs` are the columns that it will be given.
    files : the model's files by name.
    frame : at least two rows such as it will meet.
    """
    try:
        model = fitter.load(card, files)
        scores = np.asarray(model.predict(frame))
    except GlassworksError as error:
        return {"runs": Answer(verdict=Verdict.FAIL, sentence=f"It does not run: {error.what}", next_step=str(error))}
    answers = {"runs": Answer(verdict=Verdict.PASS, sentence=f"It loads and answers for each of {len(scores)} rows.")}
    for name, (sentence, question) in QUESTIONS.items():
        answers[name] = _asked(sentence, question, model, frame, scores)
    again = fitter.load(card, files)
    same = _same(np.asarray(again.predict(frame)), scores)
    answers["reloads"] = _answer(same, "Loaded a second time from the same files, it gives the same answers.")
    again.close()
    model.close()
    return answers


def fits(
    fitter: Fitter, recipe: Recipe, frame: pl.DataFrame, *, target: str, task: Task, labels: Sequence[str], seed: int
) -> dict[str, Answer]:
    """Fit a recipe twice with one seed, ask whether both models agree, then every question of `conforms`."""
    inputs = tuple(name for name in frame.columns if name != target)
    card = ModelCard(
        framework=recipe.framework, recipe=recipe.name, task=task, inputs=inputs, labels=tuple(labels), seed=seed
    )
    made = {"target": target, "task": task, "inputs": inputs, "labels": tuple(labels), "seed": seed}
    try:
        first, second = fitter.fit(recipe, frame, **made), fitter.fit(recipe, frame, **made)  # type: ignore[arg-type]
        one, other = fitter.load(card, first), fitter.load(card, second)
        same = _same(np.asarray(one.predict(frame)), np.asarray(other.predict(frame)))
    except GlassworksError as error:
        return {"fits": Answer(verdict=Verdict.FAIL, sentence=f"It does not fit: {error.what}", next_step=str(error))}
    one.close()
    other.close()
    fitted = _answer(same, "Fitted twice with one seed, it gives the same answers.")
    return {"fits": fitted, **conforms(fitter, card, first, frame.drop(target))}


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=CLOSE, atol=CLOSE))


def _answer(good: bool, sentence: str) -> Answer:
    if good:
        return Answer(verdict=Verdict.PASS, sentence=sentence)
    return Answer(verdict=Verdict.FAIL, sentence=f"This does not hold: {sentence}", next_step="Correct the model.")


Question = Callable[[Model, pl.DataFrame, NDArray[np.float64]], bool]


def _asked(sentence: str, question: Question, model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> Answer:
    try:
        return _answer(question(model, frame, scores), sentence)
    except GlassworksError as error:
        return Answer(verdict=Verdict.FAIL, sentence=f"This does not hold: {sentence}", next_step=str(error))


def _repeats(model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> bool:
    return _same(np.asarray(model.predict(frame)), scores)


def _order(model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> bool:
    return _same(np.asarray(model.predict(frame.reverse()))[::-1], scores)


def _alone(model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> bool:
    rows = range(min(5, frame.height))
    return all(_same(np.asarray(model.predict(frame.slice(row, 1))), scores[row : row + 1]) for row in rows)


def _columns_in_any_order(model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> bool:
    return _same(np.asarray(model.predict(frame.select(frame.columns[::-1]))), scores)


def _more(model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> bool:
    extra = pl.Series("a column that nobody declared", np.arange(frame.height))
    return _same(np.asarray(model.predict(frame.with_columns(extra))), scores)


def _each(model: Model, frame: pl.DataFrame, changed: Callable[[str], pl.DataFrame]) -> bool:
    return all(len(np.asarray(model.predict(changed(name)))) == frame.height for name in frame.columns)


def _missing(model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> bool:
    return _each(model, frame, lambda name: frame.with_columns(pl.lit(None, dtype=frame[name].dtype).alias(name)))


def _absent(model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> bool:
    return _each(model, frame, lambda name: frame.drop(name))


def _unseen(model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> bool:
    new = {
        name: pl.lit(UNSEEN if dtype == pl.String else 1e12)
        for name, dtype in frame.schema.items()
        if dtype == pl.String or dtype.is_numeric()
    }
    return len(np.asarray(model.predict(frame.with_columns(**new)))) == frame.height


def _nothing(model: Model, frame: pl.DataFrame, scores: NDArray[np.float64]) -> bool:
    return np.asarray(model.predict(frame.head(0))).shape == (0, *scores.shape[1:])


QUESTIONS: dict[str, tuple[str, Question]] = {
    "repeats": ("Asked the same twice, it answers the same.", _repeats),
    "order": ("A row's answer does not depend on the order of the rows.", _order),
    "alone": ("A row's answer does not depend on the rows beside it.", _alone),
    "columns": ("The order of the columns does not matter.", _columns_in_any_order),
    "undeclared": ("A column that its card does not declare changes nothing.", _more),
    "missing": ("It answers when any one column is missing throughout.", _missing),
    "absent": ("It answers when any one column is not there at all.", _absent),
    "unseen": ("It answers for categories and sizes that it never saw.", _unseen),
    "nothing": ("For no rows it gives no answers, and no error.", _nothing),
}
