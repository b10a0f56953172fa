"""What a validator does in a notebook: have a candidate recomputed, raise findings and close them."""

from datetime import datetime

from glassworks.core.commands import CloseFinding, Raise
from glassworks.core.finding import Finding, Severity
from glassworks.core.ports import Job
from glassworks.sdk.scoping import Scoping


class Findings(Scoping):
    """A use case as far as its validators go."""

    def validate(self, candidate: str) -> Job:
        """Ask the office to recompute a submitted candidate on the sealed rows; it costs one look.

        Raises
        ------
        NotAllowed : one is no validator here, or made a part of it.
        GateClosed : it is not submitted, or the looks at these rows are spent.
        """
        return Job.model_validate(self._ask("POST", f"/cases/{self.id}/candidates/{candidate}/validation").json())

    def findings(self) -> list[Finding]:
        """Every finding, open and closed."""
        return [Finding.model_validate(one) for one in self._get("/findings")]

    def raise_finding(
        self, subject: str, text: str, *, severity: str, owner: str, due: datetime, remediation: str = ""
    ) -> Finding:
        """Raise a finding; an open one of high severity keeps gate 4 closed.

        Parameters
        ----------
        subject : a candidate's id. owner : who puts it right, by sign-in name or id. due : by when, with its zone.
        severity : `low`, `medium` or `high`. remediation : what would mend it.

        Raises
        ------
        FixTheInput : the subject or the owner is nobody of this use case.
        """
        sent = Raise(
            use_case=self.id,
            subject=subject,
            severity=Severity(severity),
            text=text,
            owner=owner,
            due=due,
            remediation=remediation,
        )
        return Finding.model_validate(self._ask("POST", "/findings", json=sent.facts()).json())

    def close_finding(self, finding: str, evidence: str) -> Finding:
        """Close a finding with the evidence that it is put right."""
        path = f"/cases/{self.id}/findings/{finding}/closure"
        return Finding.model_validate(self._ask("POST", path, json=CloseFinding(closure=evidence).facts()).json())
