"""What a validator brought, asked beside the office's questions: own checks, own data, an own challenger."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from glassworks.core.check import Check
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.journal import Act
from glassworks.core.own import OwnEvidence
from glassworks.core.ports import Fitter, Model
from glassworks.core.registry import checks
from glassworks.core.result import Answer, Result, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, UseCase
from glassworks.frameworks.own_check import GROUP, OUTCOME, SCORE
from glassworks.line import cases
from glassworks.line.parts import Parts
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read
from glassworks.stages.explore.read import read_table
from glassworks.stages.validate import scorer
from glassworks.stages.validate.own_check import answer_of

ON_OWN_DATA = ("performance", "calibration", "kpi", "metric_targets", "fairness")
"""The office's questions that are asked of a validator's own rows too."""
AFTER, LEVEL = 200, 0.95
SECONDS = 120.0
"""Where own results stand in the list, and the level of their intervals: no look at the sealed rows is spent."""
OFF = "Own checks are switched off here."
OFF_WHY = "Such a check could do on this machine whatever the server's own user can; the setting own_checks says no."


def of(parts: Parts, case: UseCase, candidate: str) -> list[OwnEvidence]:
    """What validators brought for a candidate and did not withdraw, oldest first."""
    found = parts.ledger.find(OwnEvidence, use_case=case.id, subject=candidate)
    return sorted((one for one in found if one.live), key=lambda one: one.added_at)


def mark_asked(parts: Parts, added: Sequence[OwnEvidence]) -> None:
    """Note that the office has recomputed with these; from then on they stay."""
    for one in added:
        if not one.asked:
            act = Act(
                act="ask own evidence",
                who="office",
                what=one.subject,
                use_case=one.use_case,
                line=one.line,
                sentence=f"The office recomputes with the validator's own {one.what} {one.name}.",
            )
            asked = one.model_copy(update={"asked": True, "version": one.version + 1})
            parts.ledger.replace(asked, one.version, act)


def attachments(parts: Parts, added: Sequence[OwnEvidence]) -> dict[str, str]:
    """The source of each own check, in base64, under the id of its result: an outsider reads what was asked.

    Two checks may bear one name, so a name tells neither apart. Rows and models stay outside.
    """
    return {
        _asked_as(one): base64.b64encode(parts.vault.get(digest)).decode()
        for one in added
        if one.what == "check"
        for digest in one.files.values()
    }


def results(
    parts: Parts,
    case: UseCase,
    candidate: Candidate,
    evidence: Mapping[str, Any],
    added: Sequence[OwnEvidence],
    fitter: Fitter,
    digests: Sequence[str],
) -> list[Result]:
    """The answers of everything that was brought; a fault in it is inconclusive, with the reason."""
    found: list[Result] = []
    brief: Brief = evidence["brief"]
    for one in added:
        seen = dict(evidence)
        if one.what == "check":
            asked = [_own_check(parts, case, one, evidence)]
        elif one.what == "challenger":
            seen["beside"] = lambda one=one: _challenger(parts, one, fitter)
            asked = [_named(_office("challenger"), one, f"The validator's challenger {one.name}")]
        else:
            seen |= _on_data(parts, candidate, one, evidence)
            asked = [_named(_office(id), one, f"{_office(id).title} on {one.name}") for id in ON_OWN_DATA]
        facts = [*digests, *one.files.values()]
        answers = cases.ask_checks(
            parts, case, Stage.VALIDATE, candidate, seen, task=brief.task, digests=facts, asked=asked
        )
        if one.what == "data":
            answers = [_on_its_rows(a, one) for a in answers if a.verdict is not Verdict.NOT_APPLICABLE]
        found += answers
    return found


def _on_its_rows(result: Result, one: OwnEvidence) -> Result:
    """The office's words for the sealed rows, said of these."""
    told = result.answer.sentence.replace("sealed rows", f"rows of {one.name}")
    return result.model_copy(update={"answer": result.answer.model_copy(update={"sentence": told})})


def _office(id: str) -> Check:
    return next(one for one in checks(Stage.VALIDATE) if one.id == id)


def _asked_as(one: OwnEvidence) -> str:
    """Under which id the answer of an own check stands, and its source."""
    return f"own:check:{one.id}"


def _named(office: Check, one: OwnEvidence, title: str) -> Check:
    """One of the office's checks, asked again of what was brought, under a name of its own."""
    return replace(office, id=f"own:{office.id}:{one.id}", title=title, order=AFTER + office.order)


def _challenger(parts: Parts, one: OwnEvidence, fitter: Fitter) -> tuple[str, Model]:
    if one.card is None:
        raise FixTheInput(f"The challenger {one.name} has no card.")
    files = {name: parts.vault.get(digest) for name, digest in one.files.items()}
    return f"{one.name}, which the validator brought", fitter.load(one.card, files)


def _own_check(parts: Parts, case: UseCase, one: OwnEvidence, evidence: Mapping[str, Any]) -> Check:
    """The check, run in a process of its own, apart from the candidate's."""

    def ask() -> Answer:
        if not parts.settings.own_checks:
            return Answer(verdict=Verdict.INCONCLUSIVE, sentence=f"{OFF} {OFF_WHY}", next_step="Ask the operator.")
        frame = shown(evidence["brief"], evidence["rows"], evidence["scored"], evidence["traits"])
        (source,) = (parts.vault.get(digest) for digest in one.files.values())
        with parts.model_host(f"{case.id} {one.id}") as apart:
            try:
                return answer_of(apart.check(source, frame, SECONDS), frame.height)
            finally:
                apart.close()

    question = f"What does the validator's own check {one.name} say?"
    every = (Task.BINARY, Task.MULTICLASS, Task.REGRESSION)
    return Check(_asked_as(one), Stage.VALIDATE, one.name, question, every, AFTER, ask, ())


def shown(brief: Brief, rows: pl.DataFrame, scored: Scored, traits: Mapping[str, Any]) -> pl.DataFrame:
    """What an own check is shown: the rows as the model saw them, the compared traits, outcome, score and group."""
    known = {name: values for name, values in traits.items() if name not in rows.columns}
    outcome = scored.y if brief.task is not Task.MULTICLASS else np.asarray(scored.labels)[scored.y.astype(int)]
    scores = scored.scores if scored.scores.ndim == 2 else scored.scores[:, None]
    beside = {OUTCOME: outcome} | {f"{SCORE}{place}": scores[:, place] for place in range(scores.shape[1])}
    if scored.group is not None:
        beside[GROUP] = scored.group
    return rows.with_columns(*(pl.Series(name, values, strict=False) for name, values in {**known, **beside}.items()))


def _on_data(parts: Parts, candidate: Candidate, one: OwnEvidence, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The same evidence about the validator's rows: as much of a period as they are of its volume."""
    ((name, digest),) = one.files.items()
    brief: Brief = evidence["brief"]
    frame = read_table(parts.vault.get(digest), name)
    labels, y = read.outcome(frame, brief, candidate.card.labels)
    scored, rows = scorer.score(
        evidence["model"],
        frame,
        brief,
        y,
        periods=frame.height / brief.decision.volume_per_period,
        group=read.groups(frame, brief),
        labels=labels,
        baseline=read.without_model(frame, brief, evidence["open_rows"]),
    )
    return {"scored": scored, "rows": rows, "level": LEVEL, "look": 1}
