"""The package of a release: exactly what a permit will be bound to."""

from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.package import GainTerm, Package
from glassworks.core.usecase import Candidate, DataContract
from glassworks.measures.decision import threshold
from glassworks.measures.worth import BINARY, answer_values, columns


def pack(candidate: Candidate, contract: DataContract, brief: Brief) -> Package:
    """The manifest of one candidate under one data contract and one KPI contract; equal facts, equal digest."""
    share = brief.decision.capacity_share
    binary = brief.task is Task.BINARY
    inputs = set(candidate.card.inputs)
    gains = _gains(brief, inputs) if binary else ()
    columns = tuple(column for column in contract.columns if column.name in inputs)
    return Package(
        use_case=candidate.use_case,
        title=brief.title,
        candidate=candidate.id,
        card=candidate.card,
        files=candidate.files,
        contract=contract.model_copy(update={"columns": columns}),
        task=brief.task,
        positive=brief.positive,
        threshold=threshold(brief.value) if binary and share is None and not gains else None,
        capacity_share=share if binary else None,
        gains=gains,
        answer_values=_answer_values(candidate, brief),
        action=brief.decision.action,
        otherwise=brief.decision.otherwise,
        if_model_down=brief.decision.if_model_down,
        purpose=brief.purpose,
        period=brief.kpi.period,
    )


def _gains(brief: Brief, inputs: set[str]) -> tuple[GainTerm, ...]:
    """What acting gains, term by term; none where all rows are worth the same."""
    own = columns(brief.value, Task.BINARY)
    absent = [name for name in own if name not in inputs]
    if absent:
        raise FixTheInput(
            f"The column {absent[0]} is not an input of this model.",
            "A value of the KPI contract is multiplied by it, so every row to decide on must bring it.",
            "Declare the column available, and bring a model that takes it.",
            field=absent[0],
        )
    named = [(name, getattr(brief.value, name)) for name in BINARY]
    terms = [
        GainTerm(
            when="positive" if name.endswith("positive") else "negative",
            factor=one.mode if name.startswith("act") else -one.mode,
            column=one.column,
        )
        for name, one in named
        if one.mode
    ]
    return tuple(terms) if own else ()


def _answer_values(candidate: Candidate, brief: Brief) -> tuple[tuple[float, ...], ...]:
    """What each answer (column) is worth under each truth (row); none where only right and wrong count."""
    if brief.task is not Task.MULTICLASS or not brief.value.classes or columns(brief.value, brief.task):
        return ()
    labels = candidate.card.labels
    table = answer_values(brief.value, labels, len(labels), {})
    return tuple(tuple(float(one) for one in row) for row in table)
