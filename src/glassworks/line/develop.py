"""Acts of the develop stage: build candidates, bring one by hand, check each on open rows as it is made."""

from collections.abc import Callable, Sequence

import polars as pl

from glassworks.core import canonical
from glassworks.core.commands import SubmitModel
from glassworks.core.contract import Brief
from glassworks.core.days import span
from glassworks.core.errors import FixTheInput, NotAllowed
from glassworks.core.estimate import Estimate
from glassworks.core.journal import Act
from glassworks.core.people import Actor
from glassworks.core.ports import Fitter, Job
from glassworks.core.record import new_id
from glassworks.core.result import Result
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, Dataset, UseCase
from glassworks.line import cases, explore
from glassworks.line.parts import Parts
from glassworks.line.refusals import journalled
from glassworks.stages.develop import builder
from glassworks.stages.develop.builder import Built
from glassworks.stages.validate.scorer import undeclared

SEED = builder.SEED
Report = Callable[[str, float], None]


def ask_build(parts: Parts, who: Actor, use_case: str) -> Job:
    """Ask the automatic builder for candidates; a worker makes them."""
    case = cases.at_work(parts, who, use_case, "build candidates")
    brief, dataset = _ground(parts, who, case, "build candidates")
    act = Act(
        act="ask build",
        who=who.person,
        what=dataset.id,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} asks the builder for candidates.",
    )
    with parts.ledger.transaction():
        parts.ledger.note(act)
        return parts.jobs.enqueue(
            "build",
            {"use_case": case.id, "who": who.person},
            key=f"build {dataset.id} {brief.digest}",
            use_case=case.id,
            asked_by=who.person,
        )


def _ground(parts: Parts, who: Actor, case: UseCase, act: str) -> tuple[Brief, Dataset]:
    """What candidates stand on: the KPI contract, and the data signed under it."""
    with journalled(parts, who, act, use_case=case.id, line=case.line):
        return cases.agreed(parts, case), cases.signed_data(parts, case)


def allowed(brief: Brief, dataset: Dataset) -> list[str]:
    """The inputs a candidate may have: available by the KPI contract and kept by the data contract."""
    kept = {column.name for column in dataset.contract.columns} if dataset.contract else set(dataset.columns)
    return [name for name in brief.inputs() if name in kept]


def build(parts: Parts, case: UseCase, author: str, report: Report) -> list[Candidate]:
    """Make candidates and check each. Run again after a crash, it finds what it made and goes on."""
    brief, dataset = cases.agreed(parts, case), cases.signed_data(parts, case)
    rows = explore.open_rows(parts, dataset)
    made = []
    with parts.model_host(case.id) as fitter:
        for built in builder.build(rows, brief, fitter, seed=SEED, progress=report, inputs=allowed(brief, dataset)):
            mark = canonical.digest([dataset.id, brief.digest, built.name]).removeprefix(canonical.DIGEST_PREFIX)
            known = parts.ledger.find(Candidate, id=f"cand-{mark[:12]}")
            made.append(known[0] if known else _propose(parts, case, dataset, brief, author, built, mark, fitter))
    return made


def _propose(
    parts: Parts, case: UseCase, dataset: Dataset, brief: Brief, author: str, built: Built, mark: str, fitter: Fitter
) -> Candidate:
    candidate = Candidate(
        id=f"cand-{mark[:12]}",
        use_case=case.id,
        line=case.line,
        name=built.name,
        dataset=dataset.id,
        brief_digest=brief.digest,
        author=author,
        made_by="builder",
        card=built.card,
        files={name: parts.vault.put(content) for name, content in built.files.items()},
        claims=built.claims,
        made_at=parts.now(),
    )
    act = Act(
        act="propose candidate",
        who=author,
        what=candidate.id,
        use_case=case.id,
        line=case.line,
        sentence=f"The builder proposes the candidate {candidate.name}.",
    )
    results = _answers(parts, case, brief, dataset, candidate, built, fitter)
    with parts.ledger.transaction():
        parts.ledger.add(candidate, act)
        _keep(parts, case, brief, dataset, candidate, results)
    return candidate


def _keep(
    parts: Parts, case: UseCase, brief: Brief, dataset: Dataset, candidate: Candidate, results: Sequence[Result]
) -> None:
    made_by = [candidate.author, dataset.added_by, brief.saved_by]
    cases.keep(parts, case, Stage.DEVELOP, candidate, results, brief=brief, authors=made_by, who=candidate.author)


def _answers(
    parts: Parts, case: UseCase, brief: Brief, dataset: Dataset, candidate: Candidate, built: Built, fitter: Fitter
) -> list[Result]:
    """Ask the develop checks about a candidate, on open rows that it was not fitted on; no lock is held meanwhile."""
    model = fitter.load(candidate.card, built.files)
    try:
        evidence = {
            "brief": brief,
            "scored": built.scored,
            "rows": built.rows,
            "model": model,
            "candidate": candidate,
            "train_headline": built.train_headline,
        }
        return cases.ask_checks(
            parts,
            case,
            Stage.DEVELOP,
            candidate,
            evidence,
            task=brief.task,
            digests=[dataset.open_blob, *candidate.files.values()],
        )
    finally:
        model.close()


def submit_model(parts: Parts, who: Actor, command: SubmitModel) -> tuple[Candidate, Job]:
    """Bring a model made by hand. An input that the KPI contract does not make available is refused before scoring."""
    case = cases.at_work(parts, who, command.use_case, "submit model")
    brief, dataset = _ground(parts, who, case, "submit model")
    missing = [name for name, digest in command.files.items() if not parts.vault.has(digest)]
    if missing or not command.files:
        raise FixTheInput("The model's files did not arrive.", next_step="Upload them, then submit.", field="files")
    if command.card.task is not brief.task:
        raise FixTheInput(
            f"The model is for {command.card.task}, the contract asks for {brief.task}.",
            "",
            "Bring a model that fits.",
            field="task",
        )
    if command.card.learned_until and span(command.card.learned_until) is None:
        raise FixTheInput(
            "Until when the model learned elsewhere is not written as a date.",
            "It is compared with the times of the sealed rows, and other ways of writing dates can be misread.",
            "Write it as 2026-03-31, 2026-03 or 2026.",
            field="card.learned_until",
        )
    agreed = allowed(brief, dataset)
    extra = sorted({*undeclared(command.card, brief), *(n for n in command.card.inputs if n not in agreed)})
    if extra:
        _refuse_inputs(parts, who, case, command, brief, extra)
    candidate = Candidate(
        id=new_id("cand"),
        use_case=case.id,
        line=case.line,
        name=command.name,
        dataset=dataset.id,
        brief_digest=brief.digest,
        author=who.person,
        made_by="hand",
        card=command.card,
        files=command.files,
        claims=command.claims,
        planted=command.planted,
        made_at=parts.now(),
    )
    act = Act(
        act="propose candidate",
        who=who.person,
        what=candidate.id,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} brings the candidate {candidate.name}.",
    )
    with parts.ledger.transaction():
        parts.ledger.add(candidate, act)
        job = parts.jobs.enqueue(
            "assess",
            {"use_case": case.id, "candidate": candidate.id},
            key=f"assess {candidate.id}",
            use_case=case.id,
            asked_by=who.person,
        )
    return candidate, job


def _refuse_inputs(
    parts: Parts, who: Actor, case: UseCase, command: SubmitModel, brief: Brief, extra: list[str]
) -> None:
    named = {feature.name: feature.why_not for feature in brief.features}
    words = "; ".join(f"{name}: {named.get(name) or 'not in the contract'}" for name in extra)
    sentence = f"{command.name} was refused before scoring: it asks for {', '.join(extra)}."
    parts.ledger.note(
        Act(
            act="submit model",
            who=who.person,
            what=command.name,
            use_case=case.id,
            line=case.line,
            sentence=sentence,
            refused=True,
            detail={"inputs": extra, "rule": "declared-inputs"},
        )
    )
    raise NotAllowed(
        f"The model asks for {', '.join(extra)}, which the KPI contract does not make available.",
        f"Rule declared-inputs: {words}.",
        "Leave these inputs out, or have the domain expert change the contract and sign it anew.",
        rule="declared-inputs",
    )


def assess(parts: Parts, case: UseCase, candidate: Candidate, report: Report) -> Candidate:
    """Check a hand-made candidate on open rows, with every open column, as its author would see it."""
    if cases.results_of(parts, case, candidate.id, Stage.DEVELOP):
        return candidate
    brief, dataset = cases.contract(parts, case), parts.ledger.get(Dataset, candidate.dataset)
    rows: pl.DataFrame = explore.open_rows(parts, dataset)
    files = {name: parts.vault.get(digest) for name, digest in candidate.files.items()}
    with parts.model_host(case.id) as fitter:
        report("scoring open rows", 0.3)
        built = builder.measure(candidate.name, candidate.card, files, rows, brief, fitter, seed=SEED)
        claims: tuple[Estimate, ...] = candidate.claims or built.claims
        changed = candidate.model_copy(update={"claims": claims, "version": candidate.version + 1})
        act = Act(
            act="measure claims",
            who=candidate.author,
            what=candidate.id,
            use_case=case.id,
            line=case.line,
            sentence=f"The author's own figures of {candidate.name} are taken down.",
        )
        results = _answers(parts, case, brief, dataset, changed, built, fitter)
    with parts.ledger.transaction():
        parts.ledger.replace(changed, candidate.version, act)
        _keep(parts, case, brief, dataset, changed, results)
    return changed
