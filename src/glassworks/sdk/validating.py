"""What one does with a release in a notebook: see why it is to be validated again, and what changed in a candidate."""

from glassworks.core.reapproval import Reapproval
from glassworks.core.usecase import Candidate
from glassworks.core.waiting import Revalidation
from glassworks.sdk.scoping import Scoping


class Validating(Scoping):
    """A use case as far as validating its release again goes."""

    def revalidation(self) -> Revalidation | None:
        """Why the release in operation is to be validated again; None where nothing changed since its approval."""
        found = self._get("/revalidation")
        return None if found is None else Revalidation.model_validate(found)

    def validate_again(self) -> Candidate:
        """Lay the bytes of the release as a new candidate, under the contract and the data in force.

        Raises
        ------
        FixTheInput : nothing changed, or the model no longer fits what was agreed since.
        Conflict : its bytes are laid again already.
        """
        return Candidate.model_validate(self._ask("POST", f"/cases/{self.id}/revalidation").json()["candidate"])

    def changes_since_release(self, candidate: str) -> Reapproval | None:
        """What changed from the release to a candidate at gate 4, whose approval holds, and who signs again.

        Parameters
        ----------
        candidate : its id; it was recomputed by the office.

        Raises
        ------
        NotFound : nothing lies ready to sign about it.
        """
        found = self._get(f"/sheets/{candidate}/changes")
        return None if found is None else Reapproval.model_validate(found)
