"""The package: what a release is made of, by hash; its digest is what a permit is bound to."""

from typing import Literal

from glassworks.core.contract import Task
from glassworks.core.record import Part
from glassworks.core.usecase import DataContract, ModelCard


class Package(Part):
    """The manifest of a release: the model's files by SHA-256, its card, its validated domain, its decision.

    A binary decision is to act on the best `capacity_share` of a list, or where the probability reaches `threshold`.
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
    action: str = ""
    otherwise: str = ""
    if_model_down: str = ""
    purpose: str = ""
    period: str = ""
