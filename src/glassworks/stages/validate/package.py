"""The package of a release: exactly what a permit will be bound to."""

from typing import Any

from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.lock import Lock
from glassworks.core.package import GainTerm, Package
from glassworks.core.usecase import Candidate, DataContract
from glassworks.measures.decision import threshold
from glassworks.measures.worth import BINARY, assumptions, columns, pairs


def pack(candidate: Candidate, contract: DataContract, brief: Brief, lock: Lock | None = None) -> Package:
    """The manifest of one candidate under one data contract and one KPI contract; equal facts, equal digest."""
    share = brief.decision.capacity_share
    binary = brief.task is Task.BINARY
    inputs = set(candidate.card.inputs)
    if brief.task is not Task.REGRESSION:
        _taken(brief, inputs)
    gains = _gains(brief) if binary else ()
    kept = tuple(column for column in contract.columns if column.name in inputs)
    return Package(
        use_case=candidate.use_case,
        title=brief.title,
        candidate=candidate.id,
        card=candidate.card,
        files=candidate.files,
        contract=contract.model_copy(update={"columns": kept}),
        task=brief.task,
        positive=brief.positive,
        threshold=threshold(brief.value) if binary and share is None and not gains else None,
        capacity_share=share if binary else None,
        gains=gains,
        action=brief.decision.action,
        otherwise=brief.decision.otherwise,
        if_model_down=brief.decision.if_model_down,
        purpose=brief.purpose,
        period=brief.kpi.period,
        reasons=brief.constraints.reason_codes,
        lock=lock,
        lock_file=lock.file_digest if lock else "",
        **_answers(candidate, brief),
    )


def _taken(brief: Brief, inputs: set[str]) -> None:
    """Refuse a model that does not take the columns by which rows are worth different amounts."""
    absent = [name for name in columns(brief.value, brief.task) if name not in inputs]
    if absent:
        raise FixTheInput(
            f"The column {absent[0]} is not an input of this model.",
            "A value of the KPI contract is multiplied by it, so every row to decide on must bring it.",
            "Declare the column available, and bring a model that takes it.",
            field=absent[0],
        )


def _gains(brief: Brief) -> tuple[GainTerm, ...]:
    """What acting gains, term by term; none where all rows are worth the same."""
    if not columns(brief.value, Task.BINARY):
        return ()
    named = [(name, getattr(brief.value, name)) for name in BINARY]
    return tuple(
        GainTerm(
            when="positive" if name.endswith("positive") else "negative",
            factor=one.mode if name.startswith("act") else -one.mode,
            column=one.column,
        )
        for name, one in named
        if one.mode
    )


def _answers(candidate: Candidate, brief: Brief) -> dict[str, tuple[tuple[Any, ...], ...]]:
    """What each answer (column) is worth under each truth (row), and times which column; nothing where all is one."""
    own, labels = columns(brief.value, brief.task), candidate.card.labels
    if brief.task is not Task.MULTICLASS or not (brief.value.classes or own):
        return {}
    which, known = pairs(brief.value, labels, len(labels)), assumptions(brief.value, brief.task)
    found = {"answer_values": tuple(tuple(known[one].mode for one in line) for line in which)}
    if own:
        found["answer_columns"] = tuple(tuple(known[one].column for one in line) for line in which)
    return found
