"""Acts of the what-if: try a brief's decision with other numbers; nothing is saved."""

from collections.abc import Mapping

import polars as pl

from glassworks.core.commands import TryWhatIf
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import Conflict, FixTheInput
from glassworks.core.people import Actor
from glassworks.core.usecase import Dataset, UseCase
from glassworks.line import canvas, cases
from glassworks.line.parts import Parts
from glassworks.measures.outlook import Outlook
from glassworks.measures.scored import encode
from glassworks.measures.worth import columns
from glassworks.stages.explore import seal
from glassworks.stages.scope.steps import step_of
from glassworks.stages.scope.what_if import Seen, Told, needs_rows, rows_there, told, tried, with_changes


def what_if(parts: Parts, who: Actor, use_case: str, asked: TryWhatIf) -> Outlook:
    """What the newest brief's decision would earn with the numbers asked.

    Raises
    ------
    NotFound : there is no brief yet.
    FixTheInput : a number cannot be, or something is missing; `field` names it.
    """
    case, brief = _newest(parts, who, use_case)
    return tried(brief, asked, seen(parts, case, brief) if needs_rows(brief, asked) else Seen())


def sentences(parts: Parts, who: Actor, use_case: str, asked: TryWhatIf, found: Outlook) -> Told:
    """An answer of `what_if` as sentences."""
    case, brief = _newest(parts, who, use_case)
    changed = with_changes(brief, asked)
    return told(changed, found, sealed_rows(parts, case, changed))


def right_of_100(parts: Parts, who: Actor, use_case: str, share: float | None) -> dict[str, float]:
    """The share of right ones as the figure that the brief's task calls it; nothing where none is given."""
    _, brief = _newest(parts, who, use_case)
    if share is None:
        return {}
    return {"accuracy" if brief.task is Task.MULTICLASS else "precision": share}


def _newest(parts: Parts, who: Actor, use_case: str) -> tuple[UseCase, Brief]:
    case = cases.get(parts, who, use_case)
    return case, cases.newest_brief(parts, case)


def sealed_rows(parts: Parts, case: UseCase, brief: Brief) -> int | None:
    """How many sealed rows there are; before there are data, how many there will be by what the brief says."""
    found = parts.ledger.find(Dataset, use_case=case.id)
    return found[-1].rows_sealed if found else rows_there(brief)


def seen(parts: Parts, case: UseCase, brief: Brief) -> Seen:
    """What the newest open rows know of the outcome and of the columns that values name; empty without data."""
    found = parts.ledger.find(Dataset, use_case=case.id)
    if not found:
        return Seen()
    frame = seal.unpack(parts.vault.get(found[-1].open_blob))
    means = {name: _mean(frame[name]) for name in columns(brief.value, brief.task) if name in frame.columns}
    known = {name: mean for name, mean in means.items() if mean is not None}
    if brief.target not in frame.columns:
        return Seen(means=known)
    outcome = frame[brief.target].drop_nulls()
    if brief.task is Task.BINARY:
        share = _positive_share(outcome, brief)
        return Seen(positive_share=share, means=known)
    shares = {} if brief.task is Task.REGRESSION else _shares(outcome)
    return Seen(shares=shares, means=known)


def _positive_share(outcome: pl.Series, brief: Brief) -> float | None:
    try:
        _, y = encode(outcome.to_list(), brief.task, brief.positive)
    except FixTheInput:
        return None
    share = float(y.mean())
    return share if 0 < share < 1 else None


def _mean(column: pl.Series) -> float | None:
    mean = column.mean() if column.dtype.is_numeric() else None
    return float(mean) if isinstance(mean, int | float) and mean >= 0 else None


def _shares(outcome: pl.Series) -> dict[str, float]:
    counted = outcome.cast(pl.String).value_counts(sort=True)
    total = max(1, int(outcome.len()))
    return {str(name): count / total for name, count in zip(counted.to_series(0), counted.to_series(1), strict=True)}


def keep_in_canvas(
    parts: Parts, who: Actor, use_case: str, expected: Mapping[str, int], changes: Mapping[str, str]
) -> None:
    """Put changed numbers, by dotted name, into what was typed in the canvas: all of them, or none.

    Parameters
    ----------
    expected : for each step of the canvas, how often it was saved when the person saw it.

    Raises
    ------
    Conflict : somebody saved one of those steps since.
    """
    kept = canvas.drafts(parts, who, use_case)
    by_step: dict[str, dict[str, str]] = {}
    for name, value in changes.items():
        by_step.setdefault(step_of(name).slug, {})[name] = value
    try:
        with parts.ledger.transaction():
            for step, typed in by_step.items():
                before = kept[step].typed if step in kept else {}
                canvas.keep(parts, who, use_case, step, expected.get(step, 0), {**before, **typed})
    except Conflict as error:
        raise Conflict(
            error.what, error.why, "Your numbers stay here: read the canvas, then put them in again."
        ) from error
