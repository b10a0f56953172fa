"""The automatic builder: candidates of different kinds, each rehearsed on held-back open rows, then fitted for use."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.core.ports import Fitter, Model, Recipe
from glassworks.core.usecase import ModelCard
from glassworks.measures.calibration import slope_and_intercept
from glassworks.measures.fairness import worst_ratio
from glassworks.measures.intervals import Array
from glassworks.measures.performance import headline, log_loss, rmse
from glassworks.measures.scored import Scored, decided
from glassworks.measures.value import kpi_gain
from glassworks.measures.worth import each
from glassworks.stages import rows as read
from glassworks.stages.develop import rehearsal
from glassworks.stages.develop.recipes import beside, for_brief

Progress = Callable[[str, float], None]
SEED = 20_260_802
TRAIN_SAMPLE = 10_000
CLAIM_SEED = 1
AS_CODE = "python"


@dataclass(frozen=True)
class Built:
    """One candidate: its card and files, and what its recipe showed in rehearsal. `loss` compares candidates."""

    name: str
    recipe: Recipe
    card: ModelCard
    files: dict[str, bytes]
    scored: Scored
    rows: pl.DataFrame
    claims: tuple[Estimate, ...]
    train_headline: Estimate
    loss: float

    @property
    def kpi(self) -> Estimate:
        """The claimed KPI gain."""
        return self.claims[0]


@dataclass(frozen=True)
class _Bench:
    """What stays the same while candidates are built."""

    rows: pl.DataFrame
    frame: pl.DataFrame
    y: Array
    labels: tuple[str, ...]
    inputs: tuple[str, ...]
    brief: Brief
    fitter: Fitter
    plan: rehearsal.Plan
    seed: int


def build(
    open_rows: pl.DataFrame,
    brief: Brief,
    fitter: Fitter,
    *,
    seed: int,
    progress: Progress,
    inputs: Sequence[str] | None = None,
) -> list[Built]:
    """Make one candidate a recipe.

    Every figure of a candidate comes from rehearsals: rows scored by a model of the recipe that had not seen them. The
    training window is the one whose rehearsals foretold best (log loss, or what the mistakes cost). The candidate
    itself is then fitted on that window up to the last open row, because the latest rows resemble the future most.

    Parameters
    ----------
    inputs : the columns of the data contract; by default all that the brief declares available.

    Raises
    ------
    FixTheInput : an input is not in the rows, or the target cannot be read.
    """
    bench = _bench(open_rows, brief, fitter, seed, inputs)
    recipes = for_brief(brief, read.amounts(bench.rows, brief))
    built = []
    for number, recipe in enumerate(recipes):
        progress(f"fitting the {recipe.name}", number / len(recipes))
        built.append(_build(bench, recipe))
    progress(f"{len(built)} candidates are built", 1.0)
    return built


def fit(
    open_rows: pl.DataFrame,
    brief: Brief,
    recipe: Recipe,
    fitter: Fitter,
    *,
    seed: int,
    inputs: Sequence[str],
    labels: Sequence[str],
) -> tuple[ModelCard, dict[str, bytes]]:
    """A recipe fitted on all open rows, without a rehearsal; classes are answered in the order of `labels`."""
    bench = _bench(open_rows, brief, fitter, seed, inputs)
    bench = replace(bench, labels=tuple(labels) or bench.labels)
    length = bench.rows.height
    return _card(bench, recipe, _window(length, "all", length)), _fit(bench, recipe, np.arange(length))


def plain(
    open_rows: pl.DataFrame, brief: Brief, card: ModelCard, fitter: Fitter, *, inputs: Sequence[str]
) -> tuple[str, Model]:
    """The plain model that a candidate is set beside, fitted on all open rows: its recipe's name, and the model."""
    recipe = beside(brief.task, card)
    made, files = fit(open_rows, brief, recipe, fitter, seed=SEED, inputs=inputs, labels=card.labels)
    return recipe.name, fitter.load(made, files)


def refit(open_rows: pl.DataFrame, brief: Brief, card: ModelCard, fitter: Fitter, seed: int) -> dict[str, bytes]:
    """Fit a candidate of the builder again as its card says: its recipe, its window of the open rows, with a seed.

    Raises
    ------
    FixTheInput : the card names no recipe or no window of the builder's.
    """
    bench = _bench(open_rows, brief, fitter, seed, card.inputs)
    recipes = [one for one in for_brief(brief, read.amounts(bench.rows, brief)) if one.name == card.recipe]
    length = _length(bench.plan, bench.rows.height, card)
    if not recipes or not length:
        raise FixTheInput("The card names a recipe or a window that the builder does not know.", "", "Build it again.")
    return _fit(bench, recipes[0], np.arange(bench.rows.height)[-length:])


def learned_rows(open_rows: pl.DataFrame, brief: Brief, card: ModelCard) -> pl.DataFrame | None:
    """The open rows that a candidate of the builder was fitted on; None where its card names no window of theirs."""
    rows = _in_order(open_rows, brief)
    length = _length(rehearsal.plan(rows.height, brief, card.seed), rows.height, card)
    return rows.tail(length) if length else None


def _length(plan: rehearsal.Plan, rows: int, card: ModelCard) -> int:
    """How many of the last rows the window of a card holds; 0 where the builder knows no such window."""
    found = [length for name, length in plan.windows().items() if card.window == _window(rows, name, length)]
    return found[0] if found else 0


def measure(
    name: str,
    card: ModelCard,
    files: Mapping[str, bytes],
    open_rows: pl.DataFrame,
    brief: Brief,
    fitter: Fitter,
    *,
    seed: int,
) -> Built:
    """Measure a model made by hand on the same held-back rows, as its author would: its claims, not the office's.

    The author may have learned from these rows, and a model of code is handed every open column but the target.
    """
    bench = _bench(open_rows, brief, fitter, seed, card.inputs)
    seen = card
    if card.framework == AS_CODE:
        seen = card.model_copy(update={"inputs": tuple(c for c in bench.rows.columns if c != brief.target)})
    model = fitter.load(seen, files)
    try:
        held = np.asarray(model.predict(bench.rows[bench.plan.held_back]))
        others = np.setdiff1d(np.arange(bench.rows.height), bench.plan.held_back)
        train = _train_headline(bench, model, others if len(others) else bench.plan.held_back)
    finally:
        model.close()
    recipe = Recipe(name=name, framework=card.framework, kind="hand")
    return _built(bench, recipe, card, dict(files), held, train)


def best(built: Sequence[Built]) -> Built:
    """The candidate to put forward: of those whose KPI gain may equal the largest, the one that foretells best."""
    top = max(built, key=lambda one: one.kpi.value)
    return min((one for one in built if one.kpi.high >= top.kpi.value), key=lambda one: one.loss)


def _bench(open_rows: pl.DataFrame, brief: Brief, fitter: Fitter, seed: int, inputs: Sequence[str] | None) -> _Bench:
    wanted = tuple(inputs if inputs is not None else brief.inputs())
    absent = [name for name in wanted if name not in open_rows.columns]
    if absent or not wanted:
        raise FixTheInput(
            f"The open rows have no column {', '.join(absent)}." if absent else "No column is declared available.",
            "A candidate may learn only from columns that the KPI contract declares and the data hold.",
            "Correct the features in the brief.",
            field="features",
        )
    rows = _in_order(open_rows, brief)
    labels, y = read.outcome(rows, brief)
    target = pl.Series(brief.target, y if brief.task is Task.REGRESSION else np.array(labels)[y])
    plan = rehearsal.plan(rows.height, brief, seed)
    return _Bench(rows, rows.with_columns(target), y, labels, wanted, brief, fitter, plan, seed)


def _in_order(open_rows: pl.DataFrame, brief: Brief) -> pl.DataFrame:
    """The open rows in time order, where the brief divides by time."""
    time = brief.windows.time_column
    in_order = brief.windows.kind == "time" and time in open_rows.columns
    return open_rows.sort(time, maintain_order=True) if in_order else open_rows


def _build(bench: _Bench, recipe: Recipe) -> Built:
    tried = {
        name: found for name, length in bench.plan.windows().items() if (found := _rehearse(bench, recipe, length))
    }
    if not tried:
        raise FixTheInput(
            f"The {recipe.name} could not be rehearsed.",
            "No training window holds rows of every class.",
            "Bring more open rows.",
        )
    window = min(tried, key=lambda name: _loss(bench, tried[name][0]))
    scores, train = tried[window]
    length = bench.plan.windows()[window]
    card = _card(bench, recipe, _window(bench.rows.height, window, length))
    files = _fit(bench, recipe, np.arange(bench.rows.height)[-length:])
    return _built(bench, recipe, card, files, scores, train)


def _rehearse(bench: _Bench, recipe: Recipe, length: int) -> tuple[Array, Estimate] | None:
    """Scores of all held-back rows, each by a model that had not seen it; None where a class is absent in training."""
    scores, card = [], _card(bench, recipe, f"rehearsal ({min(length, bench.rows.height):,} rows)")
    for train, block in bench.plan.rounds(length):
        if bench.brief.task is not Task.REGRESSION and len(np.unique(bench.y[train])) < len(bench.labels):
            return None
        model = bench.fitter.load(card, _fit(bench, recipe, train))
        try:
            scores.append(np.asarray(model.predict(bench.frame[block].select(bench.inputs))))
            seen = _train_headline(bench, model, train)
        finally:
            model.close()
    return np.concatenate(scores), seen


def _fit(bench: _Bench, recipe: Recipe, train: Array) -> dict[str, bytes]:
    """Fit on rows in shuffled order: a framework that stops early on the last rows then stops on a fair sample."""
    return bench.fitter.fit(
        recipe,
        bench.frame[np.random.default_rng(bench.seed).permutation(train)],
        target=bench.brief.target,
        task=bench.brief.task,
        inputs=bench.inputs,
        labels=bench.labels,
        seed=bench.seed,
    )


def _window(rows: int, name: str, length: int) -> str:
    """A training window in words."""
    of = "all open rows" if name == "all" else f"{name} of the open rows"
    return f"{of} ({min(length, rows):,} rows)"


def _card(bench: _Bench, recipe: Recipe, window: str) -> ModelCard:
    return ModelCard(
        framework=recipe.framework,
        recipe=recipe.name,
        task=bench.brief.task,
        inputs=bench.inputs,
        labels=bench.labels,
        window=window,
        seed=bench.seed,
        parameters=recipe.parameters,
    )


def _train_headline(bench: _Bench, model: Model, train: Array) -> Estimate:
    """The headline figure on rows the model learned from (a sample of them)."""
    some = train if len(train) <= TRAIN_SAMPLE else train[np.linspace(0, len(train) - 1, TRAIN_SAMPLE).astype(int)]
    rows = bench.rows[some]
    scores, periods = np.asarray(model.predict(rows)), _periods(bench, len(some))
    amounts = read.amounts(rows, bench.brief)
    return headline(decided(bench.brief, bench.y[some], scores, periods=periods, labels=bench.labels, columns=amounts))


def _periods(bench: _Bench, rows: int) -> float:
    return rows / bench.brief.decision.volume_per_period


def _loss(bench: _Bench, scores: Array) -> float:
    """Log loss; in a regression what the mistakes cost by the brief, or the squared error where they cost nothing."""
    y = bench.y[bench.plan.held_back]
    if bench.brief.task is not Task.REGRESSION:
        return log_loss(y, scores).value
    value, amounts = bench.brief.value, read.amounts(bench.rows[bench.plan.held_back], bench.brief)
    error = scores - y
    cost = each(value.over, amounts) * np.maximum(error, 0) + each(value.under, amounts) * np.maximum(-error, 0)
    return float(np.mean(cost)) if np.any(cost) else rmse(y, scores).value


def _built(
    bench: _Bench, recipe: Recipe, card: ModelCard, files: dict[str, bytes], scores: Array, train: Estimate
) -> Built:
    held = bench.plan.held_back
    scored = _decided(bench, scores)
    return Built(
        name=recipe.name,
        recipe=recipe,
        card=card,
        files=files,
        scored=scored,
        rows=bench.rows[held],
        claims=claims(scored, bench.brief),
        train_headline=train,
        loss=_loss(bench, scores),
    )


def _decided(bench: _Bench, scores: Array) -> Scored:
    """The decision taken block by block, as it would be in use: a capacity is a share of each block's list."""
    held = bench.rows[bench.plan.held_back]
    y, group = bench.y[bench.plan.held_back], read.groups(held, bench.brief)
    whole = decided(
        bench.brief,
        y,
        scores,
        periods=_periods(bench, len(y)),
        group=group,
        labels=bench.labels,
        columns=read.amounts(held, bench.brief),
        baseline=_without_model(bench),
    )
    if whole.capacity_share is None:
        return whole
    parts = [
        decided(bench.brief, y[block], scores[block], periods=1.0, columns=read.amounts(held[block], bench.brief))
        for block in bench.plan.per_block(np.arange(len(y)))
    ]
    acted, baseline = (np.concatenate([getattr(p, name) for p in parts]) for name in ("acted", "baseline_acted"))
    return replace(whole, acted=acted, baseline_acted=baseline, capacity_share=None)


def _without_model(bench: _Bench) -> Array | None:
    """What each held-back row would be answered without a model, read off the rows before its block."""
    blocks = zip(bench.plan.before, bench.plan.blocks, strict=True)
    found = [read.without_model(bench.rows[block], bench.brief, bench.rows[before]) for before, block in blocks]
    known = [one for one in found if one is not None]
    return np.concatenate(known) if known else None


def claims(scored: Scored, brief: Brief) -> tuple[Estimate, ...]:
    """What a candidate claims from open rows: KPI gain, headline, calibration slope, worst group ratio."""
    found = [
        kpi_gain(scored, brief.value, target=brief.kpi.target, unit=brief.kpi.unit, seed=CLAIM_SEED),
        headline(scored),
    ]
    wanted: list[Callable[[], Estimate]] = []
    if scored.task is Task.BINARY:
        wanted.append(lambda: slope_and_intercept(scored.y, scored.scores)[0])
        if brief.fairness.definition != "none" and scored.group is not None:
            gated = brief.fairness
            wanted.append(lambda: worst_ratio(scored, gated.definition, reference=gated.reference))
    for one in wanted:
        with suppress(FixTheInput):  # a constant has no slope, and small groups no ratio: then nothing is claimed
            found.append(one())
    return tuple(found)
