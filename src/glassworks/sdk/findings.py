"""What a validator does in a notebook: have a candidate recomputed, bring own evidence, ask, raise findings."""

import json
from datetime import datetime
from pathlib import Path

from glassworks.core.commands import AnswerQuestion, AskQuestion, BringOwn, CloseFinding, Raise
from glassworks.core.finding import Finding, Severity
from glassworks.core.own import OwnEvidence, OwnKind, Question
from glassworks.core.ports import Job
from glassworks.core.usecase import ModelCard
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

    def own_evidence(self, candidate: str) -> list[OwnEvidence]:
        """What validators brought for a candidate beside the office's suite, oldest first."""
        return [OwnEvidence.model_validate(one) for one in self._get(f"/candidates/{candidate}/own")]

    def own_check(self, candidate: str, file: str | Path, *, name: str) -> OwnEvidence:
        """Bring a check of one's own: a Python file with `check(rows, outcome, score, group)`.

        Raises
        ------
        FixTheInput : it is no Python, or defines no `check`.
        NotAllowed : one is no validator here, made a part of the candidate, or its gate has answered.
        """
        return self._brought(candidate, "check", {"own_check.py": Path(file).read_bytes()}, name)

    def own_data(self, candidate: str, file: str | Path) -> OwnEvidence:
        """Bring a table of one's own with the outcome; the office asks its questions of these rows too.

        Raises
        ------
        FixTheInput : a column is missing, an outcome is unknown, or most rows stand among the open ones.
        """
        return self._brought(candidate, "data", {Path(file).name: Path(file).read_bytes()})

    def own_challenger(self, candidate: str, files: dict[str, bytes], card: ModelCard, *, name: str) -> OwnEvidence:
        """Bring a model, as the files of its framework, to set beside a candidate on the same sealed rows.

        Raises
        ------
        Conflict : there is one already.
        """
        return self._brought(candidate, "challenger", files, name, card)

    def take_back(self, own: str) -> OwnEvidence:
        """Take back what was brought, as long as the office has not recomputed with it."""
        return OwnEvidence.model_validate(self._ask("DELETE", f"/cases/{self.id}/own/{own}").json())

    def _brought(
        self, candidate: str, what: OwnKind, files: dict[str, bytes], name: str = "", card: ModelCard | None = None
    ) -> OwnEvidence:
        command = BringOwn(use_case=self.id, subject=candidate, what=what, name=name, card=card)
        sent = [("files", (one, content)) for one, content in files.items()]
        answer = self._ask("POST", "/own-evidence", data={"command": json.dumps(command.facts())}, files=sent)
        return OwnEvidence.model_validate(answer.json())

    def ask(self, candidate: str, text: str, *, check: str = "") -> Question:
        """Ask the developer a question about a candidate, or about one check of it; it closes no gate."""
        sent = AskQuestion(use_case=self.id, subject=candidate, check=check, text=text)
        return Question.model_validate(self._ask("POST", "/questions", json=sent.facts()).json())

    def answer(self, question: str, text: str) -> Question:
        """Answer a validator's question; once answered it stays as it is."""
        path = f"/cases/{self.id}/questions/{question}/answer"
        return Question.model_validate(self._ask("POST", path, json=AnswerQuestion(answer=text).facts()).json())

    def questions(self, candidate: str = "") -> list[Question]:
        """The questions about a candidate, or about all of the use case, oldest first."""
        answer = self._ask("GET", f"/cases/{self.id}/questions", params={"candidate": candidate})
        return [Question.model_validate(one) for one in answer.json()]
