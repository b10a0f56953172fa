"""Acts of the validate stage: the office opens the sealed rows, counts the look first, and recomputes everything."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from glassworks.core import canonical
from glassworks.core.contract import Brief
from glassworks.core.dossier import Body
from glassworks.core.errors import GateClosed, NotAllowed
from glassworks.core.gate import conflicting
from glassworks.core.journal import Act
from glassworks.core.own import OwnEvidence
from glassworks.core.people import Actor, Role
from glassworks.core.ports import Fitter, Job, Model
from glassworks.core.reapproval import Grounds
from glassworks.core.result import Answer, Result, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, Dataset, Look, ModelCard, UseCase
from glassworks.line import cases, develop, explore, own_suite, people, sealed
from glassworks.line.parts import Parts
from glassworks.line.refusals import journalled
from glassworks.measures.scored import Scored
from glassworks.stages import rows as read
from glassworks.stages.develop import builder
from glassworks.stages.explore import seal
from glassworks.stages.validate import scorer

Report = Callable[[str, float], None]
NOT_VALIDATED = {
    "proposed": "A data scientist submits it by signature first.",
    "withdrawn": "It was taken back at gate 3; a data scientist submits another one.",
}
ANSWERED = "Its gate has answered, and the record stays. What changed since is validated again as a new candidate."
SPENT = "Inconclusive: the looks at these sealed rows are spent."


def ask_validation(parts: Parts, who: Actor, use_case: str, candidate_id: str) -> Job:
    """A validator asks the office's scorer to open the sealed rows for one candidate; it costs one look."""
    case = cases.at_work(parts, who, use_case, "validate")
    candidate = cases.of_case(parts, Candidate, case, candidate_id)
    if candidate.state != "submitted":
        raise GateClosed(f"{candidate.name} is {candidate.state}.", [NOT_VALIDATED.get(candidate.state, ANSWERED)])
    check_independent(parts, who, case, candidate, "validate")
    _room_for_look(parts, case, candidate)
    act = Act(
        act="ask validation",
        who=who.person,
        what=candidate.id,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} asks the office to validate {candidate.name}.",
    )
    with parts.ledger.transaction():
        parts.ledger.note(act)
        return enqueue(parts, case, candidate, who.person)


def check_independent(parts: Parts, who: Actor, case: UseCase, candidate: Candidate, act: str) -> None:
    """Refuse who made a part of a candidate, and a candidate of an earlier contract; the refusal is journalled."""
    with journalled(parts, who, act, candidate.id, use_case=case.id, line=case.line):
        brief = _same_contract(parts, case, candidate)
        dataset = cases.signed_data(parts, case, candidate.dataset)
        if who.person in people.with_heirs(parts, authors(candidate, dataset, brief)):
            raise NotAllowed(
                "You made a part of this candidate.",
                "Rule own-work: nobody validates their own work.",
                "Another validator must do it.",
                rule="own-work",
            )
        signed = cases.signed_before(parts, case, Stage.VALIDATE, candidate.id)
        held = {one.role for one in signed if one.person == who.person}
        if pair := conflicting(parts.policy(case.line), held | {Role.VALIDATOR}):
            raise NotAllowed(
                "You signed for this work before.",
                f"Rule separate-duties: one person may not act as {pair[0].words} and as {pair[1].words}.",
                "Another validator must do it.",
                rule="separate-duties",
            )


def enqueue(parts: Parts, case: UseCase, candidate: Candidate, who: str) -> Job:
    """Put the office's work on one candidate in the queue; its look is counted when the work begins."""
    return parts.jobs.enqueue(
        "validate",
        {"use_case": case.id, "candidate": candidate.id, "who": who},
        key=f"validate {candidate.id}",
        use_case=case.id,
        asked_by=who,
    )


def _same_contract(parts: Parts, case: UseCase, candidate: Candidate) -> Brief:
    """The contract in force, when the candidate was made under it."""
    brief = cases.agreed(parts, case)
    if candidate.brief_digest != brief.digest:
        raise NotAllowed(
            f"{candidate.name} was made under an earlier version of the brief.",
            "Rule same-contract: goalposts do not move; a candidate is judged by the contract it was made for.",
            "Build or bring it again under the contract in force.",
            rule="same-contract",
        )
    return brief


def authors(candidate: Candidate, dataset: Dataset, brief: Brief) -> list[str]:
    """Who made a part of what gate 4 judges: the model, its data, the decisions about columns, the brief."""
    decided = [one.decided_by for one in explore.decided(dataset) if one.decided_by]
    return [candidate.author, dataset.added_by, *decided, brief.saved_by]


def grounds(dataset: Dataset) -> Grounds:
    """What a candidate is judged on, for the question what changed since an earlier one was approved."""
    division = canonical.digest([dataset.division, dataset.seed, dataset.rows_open, dataset.rows_sealed])
    contract = canonical.digest(dataset.facts().get("contract"))
    return Grounds(table=dataset.fingerprint, division=division, contract=contract)


def _room_for_look(parts: Parts, case: UseCase, candidate: Candidate) -> tuple[int, list[Look]]:
    """The number of this candidate's look, and the looks before it at these rows; refused when all are spent."""
    taken = looks_at(parts, case, candidate.dataset)
    own = next((look.number for look in taken if look.candidate == candidate.id), 0)
    if why := why_spent(parts, case, candidate, taken):
        raise GateClosed(SPENT, [why])
    return own or len(taken) + 1, taken


def looks_at(parts: Parts, case: UseCase, dataset: str) -> list[Look]:
    """Every look taken at the sealed rows of a dataset, wherever."""
    return sealed.looks(parts, parts.ledger.get(Dataset, dataset), parts.policy(case.line))


def why_spent(parts: Parts, case: UseCase, candidate: Candidate, taken: list[Look]) -> str:
    """Why the sealed rows cannot be opened for a candidate any more, which leaves it inconclusive; else empty.

    Nothing is laid ready for signatures then: what no evidence stands for is not there to be accepted.
    """
    most = parts.policy(case.line).max_looks
    if len(taken) < most or any(look.candidate == candidate.id for look in taken):
        return ""
    where = sealed.where_taken(taken, case, {one.id for one in parts.ledger.find(UseCase, line=case.line)})
    return (
        f"Policy allows {most}; these rows had {where}. More would make a lucky model look good. "
        "Seal new rows, then go on."
    )


def take_look(parts: Parts, case: UseCase, candidate: Candidate, who: str) -> int:
    """Count a look before any score is returned; asking again for the same candidate is the same look."""
    with parts.ledger.transaction():
        number, taken = _room_for_look(parts, case, candidate)
        if any(one.candidate == candidate.id for one in taken):
            return number
        away = sum(one.use_case != case.id for one in taken)
        look = Look(
            id=f"look-{candidate.id}",
            use_case=case.id,
            line=case.line,
            dataset=candidate.dataset,
            candidate=candidate.id,
            number=number,
            elsewhere=away or None,
            opened_by=who,
            opened_at=parts.now(),
        )
        words = f", counting {away} taken in other use cases" if away else ""
        act = Act(
            act="look",
            who=who,
            what=candidate.id,
            use_case=case.id,
            line=case.line,
            sentence=f"Look {number}{words}: the sealed rows are opened for {candidate.name}.",
        )
        parts.ledger.add(look, act)
        return number


def sealed_rows(parts: Parts, dataset: Dataset) -> pl.DataFrame:
    """Open the sealed rows. Only the scorer's callers use this, after the look is counted."""
    return seal.unpack(seal.unlock(parts.office.seal_key(), parts.vault.get(dataset.sealed_blob)))


def score(
    rows: pl.DataFrame, brief: Brief, card: ModelCard, model: Model, periods: float, known: pl.DataFrame
) -> tuple[Scored, pl.DataFrame]:
    """Score rows with contract inputs only; the outcome and the fairness group stay with the office.

    `known` are the open rows: a baseline by groups is read off them.
    """
    labels, y = read.outcome(rows, brief, card.labels)
    group, simple = read.groups(rows, brief), read.without_model(rows, brief, known)
    return scorer.score(model, rows, brief, y, periods=periods, group=group, labels=labels, baseline=simple)


def validate(parts: Parts, case: UseCase, candidate: Candidate, who: str, report: Report) -> list[Result]:
    """Recompute everything on the sealed rows and lay the dossier ready. Run again after a crash, it goes on.

    Answers that lie ready stay as they are while their policy pack is in force: where a validator brought more, only
    that is asked. One look is one draw of the figures, however often it is gone back to.
    """
    ready, new = _still_to_ask(parts, case, candidate)
    if ready and not new:
        return cases.results_of(parts, case, candidate.id, Stage.VALIDATE)
    cases.check_runs(parts, case)
    brief, dataset = _same_contract(parts, case, candidate), cases.signed_data(parts, case, candidate.dataset)
    number = take_look(parts, case, candidate, who)
    opened = sealed_rows(parts, dataset)
    files = {name: parts.vault.get(digest) for name, digest in candidate.files.items()}
    kept = ready.results if ready else ()
    with parts.model_host(case.id) as fitter:
        report("scoring sealed rows", 0.2)
        results = _recompute(
            parts, case, candidate, brief, dataset, opened, files, number, fitter, new, report, only_new=bool(ready)
        )
        lock = ready.lock if ready else fitter.lock(candidate.card, files)
    facts: dict[str, Any] = {"authors": authors(candidate, dataset, brief), "grounds": grounds(dataset), "lock": lock}
    facts["attachments"] = own_suite.attachments(parts, own_suite.of(parts, case, candidate.id))
    with parts.ledger.transaction():
        own_suite.mark_asked(parts, new)
        cases.keep(parts, case, Stage.VALIDATE, candidate, results, brief=brief, who=who, kept=kept, **facts)
    report("validated", 1.0)
    return [*kept, *results]


def _still_to_ask(parts: Parts, case: UseCase, candidate: Candidate) -> tuple[Body | None, list[OwnEvidence]]:
    """The answers that lie ready and hold, and what a validator brought that they do not answer yet.

    Answers about other data (columns decided anew) hold no longer once there is something to ask.
    """
    added = own_suite.of(parts, case, candidate.id)
    ready = cases.laid_ready(parts, case, candidate.id, Stage.VALIDATE)
    new = [one for one in added if not one.asked]
    if ready and new and ready.grounds != grounds(cases.signed_data(parts, case, candidate.dataset)):
        ready = None
    return ready, new if ready else added


def _recompute(
    parts: Parts,
    case: UseCase,
    candidate: Candidate,
    brief: Brief,
    dataset: Dataset,
    opened: pl.DataFrame,
    files: dict[str, bytes],
    look: int,
    fitter: Fitter,
    added: Sequence[OwnEvidence],
    report: Report,
    *,
    only_new: bool,
) -> list[Result]:
    model = fitter.load(candidate.card, files)
    times, traits = brief.windows.time_column, (brief.fairness.attribute, *brief.fairness.protected)
    try:
        open_rows = explore.open_rows(parts, dataset)
        scored, rows = score(opened, brief, candidate.card, model, brief.windows.sealed_periods, open_rows)
        evidence = {
            "brief": brief,
            "scored": scored,
            "rows": rows,
            "model": model,
            "candidate": candidate,
            "open_rows": open_rows,
            "learned_rows": _learned(candidate, brief, open_rows),
            "dataset": dataset,
            "elsewhere": sealed.elsewhere(parts, case, dataset),
            "look": look,
            "level": parts.policy(case.line).look_level(look),
            "traits": {name: opened[name].to_numpy() for name in traits if name in opened.columns},
            "kept": _kept(dataset),
            "beside": _beside(candidate, brief, dataset, open_rows, fitter),
            "refitted": _refitted(candidate, brief, open_rows, fitter),
            "times": np.asarray(opened[times].to_list()) if times in opened.columns else None,
        }
        digests = [dataset.sealed_blob, brief.digest, *candidate.files.values()]
        told: dict[str, Any] = {"tell": lambda title, share: report(f"asking: {title}", 0.2 + 0.7 * share)}
        told |= {"task": brief.task, "digests": digests}
        office = [] if only_new else cases.ask_checks(parts, case, Stage.VALIDATE, candidate, evidence, **told)
        return office + own_suite.results(parts, case, candidate, evidence, added, fitter, digests)
    finally:
        model.close()


def _kept(dataset: Dataset) -> tuple[str, ...]:
    """The inputs that the domain expert looked at and decided to use."""
    made = dataset.contract.decisions if dataset.contract else ()
    return tuple(one.column for one in made if one.decision in ("use", "sentinel"))


def _beside(
    candidate: Candidate, brief: Brief, dataset: Dataset, open_rows: pl.DataFrame, fitter: Fitter
) -> Callable[[], tuple[str, Model]]:
    """How to fit the plain model that a candidate is set beside: its name, and the model."""
    inputs = develop.allowed(brief, dataset)

    def fitted() -> tuple[str, Model]:
        name, model = builder.plain(open_rows, brief, candidate.card, fitter, inputs=inputs)
        return f"a {name} that the office fitted itself", model

    return fitted


def _learned(candidate: Candidate, brief: Brief, open_rows: pl.DataFrame) -> pl.DataFrame | None:
    """The rows on which the builder fitted a candidate; None where it was brought, or fitted on other data."""
    if not _fitted_here(candidate):
        return None
    return builder.learned_rows(open_rows, brief, candidate.card)


def _fitted_here(candidate: Candidate) -> bool:
    """Whether the builder fitted it on its dataset's open rows.

    A released model that is laid again was fitted on the rows of its day: on other rows it is as it is.
    """
    return candidate.made_by == "builder" and candidate.fitted_on in ("", candidate.dataset)


def _refitted(
    candidate: Candidate, brief: Brief, open_rows: pl.DataFrame, fitter: Fitter
) -> Callable[[int | None], Model] | None:
    """How to fit the candidate again, with its own seed or another; None for a model that was brought as it is."""
    if not _fitted_here(candidate):
        return None
    card = candidate.card

    def again(seed: int | None) -> Model:
        return fitter.load(card, builder.refit(open_rows, brief, card, fitter, card.seed if seed is None else seed))

    return again


def answer_of(results: Sequence[Result], check: str) -> Answer:
    """One check's answer among results."""
    found = next((r.answer for r in results if r.check == check), None)
    return found or Answer(verdict=Verdict.INCONCLUSIVE, sentence=f"The check {check} has no answer.")
