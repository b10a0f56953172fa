"""The package of a release: exactly what a permit will be bound to."""

from glassworks.core.contract import Brief, Task
from glassworks.core.package import Package
from glassworks.core.usecase import Candidate, DataContract
from glassworks.measures.decision import threshold


def pack(candidate: Candidate, contract: DataContract, brief: Brief) -> Package:
    """The manifest of one candidate under one data contract and one KPI contract; equal facts, equal digest."""
    share = brief.decision.capacity_share
    binary = brief.task is Task.BINARY
    inputs = set(candidate.card.inputs)
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
        threshold=threshold(brief.value) if binary and share is None else None,
        capacity_share=share if binary else None,
        action=brief.decision.action,
        otherwise=brief.decision.otherwise,
        if_model_down=brief.decision.if_model_down,
        purpose=brief.purpose,
        period=brief.kpi.period,
    )
