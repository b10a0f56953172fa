"""What waits for the validation team: one submitted model, what hangs on it, and how far the office is with it."""

from typing import Literal

from glassworks.core.contract import Tier
from glassworks.core.record import Moment, Part


class Waiting(Part):
    """A submitted model in the validators' queue.

    Parameters
    ----------
    tier, target, unit, period : of the KPI contract; what the author claims is not told.
    since : when it was submitted.
    state : it `waits` for a validator to ask, is in `work`, has `failed` in it, or is `recomputed` and waits for
        signatures.
    progress, share : of the work, in words and from 0 to 1.
    why_not : why the person who asks may not have it recomputed; empty when they may, or when it is done.
    """

    use_case: str
    title: str
    line: str
    candidate: str
    name: str
    tier: Tier
    target: float
    unit: str
    period: str
    since: Moment
    state: Literal["waits", "work", "failed", "recomputed"]
    job: str = ""
    progress: str = ""
    share: float = 0.0
    why_not: str = ""
