"""What waits for the validation team: a submitted model, or a released one to be validated again."""

from typing import Literal

from glassworks.core.contract import Tier
from glassworks.core.record import Moment, Part


class Reason(Part):
    """Why a release is to be validated again: what changed, in a sentence, and since when."""

    kind: Literal["contract", "policy", "data", "finding", "monitoring"]
    sentence: str
    since: Moment


class Revalidation(Part):
    """A release in operation that is to be validated again, because something changed since it was approved.

    `laid` is the candidate with its very bytes that was last laid for that, and `laid_state` how that one stands.
    """

    use_case: str
    release: str
    candidate: str
    name: str
    reasons: tuple[Reason, ...]
    since: Moment
    laid: str = ""
    laid_state: Literal["", "proposed", "submitted", "refused", "approved", "withdrawn"] = ""

    @property
    def says(self) -> str:
        """How far it is, in a sentence."""
        return {
            "proposed": "Its bytes are laid again; a data scientist submits them by signature.",
            "submitted": "Its bytes are laid again and submitted; a validator asks the office to recompute them.",
            "refused": "It was refused when it was validated again, and still runs: nothing stops by itself. "
            "A person decides; anyone may stop it.",
            "withdrawn": "It was laid again and did not pass gate 3, and still runs: nothing stops by itself. "
            "A person decides; anyone may stop it.",
        }.get(self.laid_state, "Nobody has asked for it yet.")


class Waiting(Part):
    """A model in the validators' queue.

    Parameters
    ----------
    tier, target, unit, period : of the KPI contract; what the author claims is not told.
    since : when it was submitted.
    state : it `waits` for a validator to ask, is in `work`, has `failed` in it, or is `recomputed` and waits for
        signatures. It is `inconclusive` when the looks at its sealed rows are spent, until new rows are sealed. A
        release that nobody has laid again is `due`.
    changes : of a re-validation, why it opened, a sentence each.
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
    state: Literal["waits", "work", "failed", "recomputed", "inconclusive", "due"]
    kind: Literal["validation", "re-validation"] = "validation"
    changes: tuple[str, ...] = ()
    job: str = ""
    progress: str = ""
    share: float = 0.0
    why_not: str = ""
