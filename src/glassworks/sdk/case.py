"""One use case in a notebook: its brief, its open rows, a model submitted, what the checks answered."""

import io
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glassworks.core.commands import BringModel
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import Broken, Conflict, FixTheInput, NotFound
from glassworks.core.estimate import Estimate
from glassworks.core.loading import part
from glassworks.core.ports import Frame, Job
from glassworks.core.registry import frameworks
from glassworks.core.result import Result
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, Dataset, ModelCard, UseCase
from glassworks.sdk.findings import Findings
from glassworks.sdk.model_files import written_model
from glassworks.sdk.report import Line, Report
from glassworks.sdk.scoping import Ask
from glassworks.sdk.validating import Validating

POLL_SECONDS = 0.5
ENDED = ("done", "failed")


class Case(Findings, Validating):
    """One use case, as the signed-in person may see it."""

    def __init__(self, ask: Ask, record: UseCase) -> None:
        super().__init__(ask, record)
        self._rows: Frame | None = None

    def __repr__(self) -> str:
        return f"Case({self.record.id!r}: {self.record.title}, stage {self.record.stage}, {self.record.status})"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that a model may see."""
        return self.brief.inputs()

    def contract(self, format: str = "pdf", version: int = 0) -> bytes:
        """The KPI contract as a file's bytes: `pdf`, `html` or `markdown`.

        Parameters
        ----------
        version : a version of the brief; 0 for the one in force, else the newest draft.

        Raises
        ------
        NotFound : there is no such version.
        FixTheInput : there is no such format.
        """
        return self._ask("GET", f"/cases/{self.id}/contract", params={"format": format, "version": version}).content

    def validation_report(self, candidate: str, format: str = "pdf") -> bytes:
        """The office's report about a candidate as a file's bytes: `pdf`, `html` or `markdown`.

        Raises
        ------
        NotFound : the office has not recomputed that candidate.
        FixTheInput : there is no such format.
        """
        path = f"/cases/{self.id}/candidates/{candidate}/report"
        return self._ask("GET", path, params={"format": format}).content

    def model_card(self, candidate: str, format: str = "markdown") -> bytes:
        """The model card of a candidate as a file's bytes; `markdown` begins with Hugging Face's metadata.

        Raises
        ------
        NotFound : the office has not recomputed that candidate.
        FixTheInput : there is no such format.
        """
        return self._ask("GET", f"/cases/{self.id}/candidates/{candidate}/card", params={"format": format}).content

    def bill_of_materials(self, candidate: str) -> bytes:
        """The bill of materials of a candidate, in CycloneDX 1.6, as the bytes of a JSON file.

        Raises
        ------
        NotFound : the office has not recomputed that candidate.
        """
        return self._ask("GET", f"/cases/{self.id}/candidates/{candidate}/bill-of-materials").content

    @property
    def notes(self) -> tuple[str, ...]:
        """What was decided about columns when the file was read, and what to do about those without any value."""
        return Dataset.model_validate(self._get("/data")).notes

    def training_data(self) -> Frame:
        """The open rows as a `polars.DataFrame`; the sealed rows stay with the office."""
        if self._rows is None:
            content = self._ask("GET", f"/cases/{self.id}/training-rows").content
            self._rows = part("polars:read_parquet")(io.BytesIO(content))
        return self._rows

    def candidates(self) -> list[Candidate]:
        """Every candidate, oldest first."""
        return [Candidate.model_validate(one) for one in self._get("/candidates")]

    def submit(
        self,
        model: object,
        *,
        name: str,
        inputs: Sequence[str] | None = None,
        claims: Sequence[Estimate] = (),
        until: str = "",
    ) -> Candidate:
        """Bring a model: its framework is recognised, it is saved in that framework's safest format and uploaded.

        Parameters
        ----------
        model : a fitted object, the path of a `model.py` with `predict(frame)`, or an MLflow model directory.
        name : what people will call it.
        inputs : the columns it reads (default: those it was fitted on, else the contract's).
        claims : one's own figures: shown, never gated on.
        until : where it learned from other rows than these open ones, until when: 2026-03-31, 2026-03 or 2026.

        Raises
        ------
        FixTheInput : no framework here recognises it.
        NotAllowed : it asks for an input that the KPI contract does not make available.
        """
        brief = self.brief
        framework, files = _files(model)
        card = ModelCard(
            framework=framework,
            recipe=type(model).__name__ if not isinstance(model, str | Path) else Path(model).name,
            task=brief.task,
            inputs=tuple(inputs or _fitted_on(model) or brief.inputs()),
            labels=self._labels(brief),
            learned_until=until,
        )
        command = BringModel(use_case=self.id, name=name, card=card, claims=tuple(claims))
        sent = [("files", (name, content)) for name, content in files.items()]
        answer = self._ask("POST", "/models", data={"command": json.dumps(command.facts())}, files=sent).json()
        return Candidate.model_validate(answer["candidate"])

    def results(self, candidate: str = "") -> Report:
        """What the checks answered about a candidate (default: the newest), at the furthest stage it reached."""
        known = self.candidates()
        found = next((c for c in reversed(known) if candidate in ("", c.id, c.name)), None)
        if found is None:
            raise NotFound("There is no such candidate.", "", "Submit a model first.")
        for stage in (Stage.VALIDATE, Stage.DEVELOP):
            seen = [Result.model_validate(one) for one in self._stage(stage, found.id)]
            if seen:
                about = f"{found.name} at the stage {stage}, {found.state}."
                return Report(about, tuple(Line(one.check, one.title, one.answer) for one in seen))
        return Report(f"{found.name}: no check has answered yet; wait() for it.", ())

    def wait(self, seconds: float = 600.0) -> None:
        """Wait until no job of this use case is waiting or at work.

        Raises
        ------
        Conflict : jobs are still at work after so many seconds.
        Broken : the latest job failed; its reason is told.
        """
        until = time.monotonic() + seconds
        while True:
            jobs = [Job.model_validate(one) for one in self._get("/jobs")]
            at_work = [job for job in jobs if job.state not in ENDED]
            if not at_work:
                break
            if time.monotonic() > until:
                raise Conflict(f"{len(at_work)} jobs are still at work.", "", "Wait again; is a worker running?")
            time.sleep(POLL_SECONDS)
        if jobs and jobs[0].state == "failed":
            raise Broken(f"The job {jobs[0].name} failed.", jobs[0].error)

    def _stage(self, stage: Stage, subject: str) -> Sequence[Any]:
        try:
            answer = self._ask("GET", f"/cases/{self.id}/stages/{stage}", params={"subject": subject})
        except NotFound:
            return ()
        found: Sequence[Any] = answer.json()["results"]
        return found

    def _labels(self, brief: Brief) -> tuple[str, ...]:
        if brief.task is Task.REGRESSION:
            return ()
        encode = part("glassworks.measures.scored:encode")
        labels, _ = encode(self.training_data()[brief.target].to_list(), brief.task, brief.positive)
        return tuple(labels)


def _files(model: object) -> tuple[str, dict[str, bytes]]:
    """The framework's name, and the model's files in that framework's safest format."""
    if isinstance(model, str | Path):
        return written_model(Path(model))
    for name, framework in frameworks().items():
        if framework.recognises(model):
            return name, framework.save(model)
    raise FixTheInput(
        f"No framework here recognises a {type(model).__name__}.",
        f"Known are: {', '.join(frameworks())}.",
        "Save it with MLflow and submit the directory, or submit a model.py with predict(frame).",
    )


def _fitted_on(model: object) -> tuple[str, ...]:
    names = getattr(model, "feature_names_in_", None)
    return () if names is None else tuple(str(name) for name in names)
