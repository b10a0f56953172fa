"""Acts of the explore stage: bring data, divide and seal it at once, explore open rows, decide on columns."""

import polars as pl

from glassworks.core import canonical
from glassworks.core.commands import AddData, DecideColumns
from glassworks.core.contract import Brief, Windows
from glassworks.core.errors import FixTheInput
from glassworks.core.journal import Act
from glassworks.core.people import Actor
from glassworks.core.record import new_id
from glassworks.core.stage import Stage
from glassworks.core.usecase import ColumnDecision, Dataset, UseCase
from glassworks.line import cases, sealed
from glassworks.line.parts import Parts
from glassworks.stages.explore import seal
from glassworks.stages.explore.contract import data_contract
from glassworks.stages.explore.divide import divide
from glassworks.stages.explore.profile import profile
from glassworks.stages.explore.read import read, read_table
from glassworks.stages.scope.draft import guess_task

SEED = 20_260_801


def add_data(parts: Parts, who: Actor, command: AddData, content: bytes, *, target: str = "") -> Dataset:
    """Fingerprint a file, divide its rows by the brief's windows, and seal the hold-out, before anyone explores.

    Only the open rows are kept readable; sealed and replay rows are encrypted with the office's key. Without a
    brief (own data on the first day) the division is by the default windows.
    """
    case = cases.at_work(parts, who, command.use_case, "add data")
    known = cases.briefs(parts, case)
    brief = known[-1] if known else None
    wanted = brief.target if brief else target
    reading = read(content, command.name)
    frame = reading.frame
    _check_outcome(frame, wanted)
    parts_of = divide(frame, brief.windows if brief else Windows(), SEED, brief.identifier if brief else "")
    key = parts.office.seal_key()
    dataset = Dataset(
        id=new_id("data"),
        use_case=case.id,
        line=case.line,
        name=command.name,
        fingerprint=canonical.digest_bytes(content),
        source=command.source,
        columns=tuple(frame.columns),
        target=wanted,
        rows_open=parts_of.open.height,
        rows_sealed=parts_of.sealed.height,
        rows_replay=parts_of.replay.height if parts_of.replay is not None else 0,
        open_blob=parts.vault.put(seal.pack(parts_of.open)),
        sealed_blob=parts.vault.put(seal.lock(key, seal.pack(parts_of.sealed))),
        replay_blob="" if parts_of.replay is None else parts.vault.put(seal.lock(key, seal.pack(parts_of.replay))),
        division=parts_of.sentence,
        seed=SEED,
        brief_digest=brief.digest if brief else "",
        rows_blob=sealed.kept(parts, parts_of.open, parts_of.sealed, wanted),
        notes=reading.notes,
        added_by=who.person,
        added_at=parts.now(),
    )
    sentence = (
        f"{who.name} brings {command.name}: {dataset.rows_open:,} rows are open, {dataset.rows_sealed:,} are sealed."
    )
    act = Act(
        act="add data",
        who=who.person,
        what=dataset.id,
        use_case=case.id,
        line=case.line,
        sentence=sentence,
        detail={"fingerprint": dataset.fingerprint},
    )
    with parts.ledger.transaction():
        dataset = sealed.with_shared(parts, dataset)
        parts.ledger.add(dataset, act)
    return dataset


def _check_outcome(frame: pl.DataFrame, wanted: str) -> None:
    """Refuse rows without the outcome, or whose outcome is missing or always the same."""
    if wanted not in frame.columns:
        raise FixTheInput(
            f"The file has no column {wanted!r}." if wanted else "No target column was named.",
            f"Its columns are: {', '.join(frame.columns[:20])}.",
            "Name the column that holds the outcome.",
            field="target",
        )
    guess_task(frame, wanted)


def check_readable(content: bytes, name: str, target: str) -> None:
    """Refuse a file that cannot become a use case, before anything is written."""
    guess_task(read_table(content, name), target)


def open_rows(parts: Parts, dataset: Dataset) -> pl.DataFrame:
    """The rows anyone on the use case may read."""
    return seal.unpack(parts.vault.get(dataset.open_blob))


def training_rows(parts: Parts, who: Actor, use_case: str) -> bytes:
    """The open rows as a Parquet file, for a data scientist's notebook."""
    case = cases.at_work(parts, who, use_case, "read training rows")
    dataset = cases.dataset(parts, case)
    sentence = f"{who.name} takes the open rows to a notebook."
    parts.ledger.note(
        Act(
            act="read training rows",
            who=who.person,
            what=dataset.id,
            use_case=case.id,
            line=case.line,
            sentence=sentence,
        )
    )
    return parts.vault.get(dataset.open_blob)


def decided(dataset: Dataset) -> tuple[ColumnDecision, ...]:
    """The domain expert's decisions so far."""
    return dataset.contract.decisions if dataset.contract else ()


def decide_columns(parts: Parts, who: Actor, command: DecideColumns) -> Dataset:
    """Record the domain expert's decisions; together with the profile they are the data contract."""
    case = cases.at_work(parts, who, command.use_case, "decide columns")
    dataset, brief = cases.dataset(parts, case), _brief(parts, case)
    unknown = [d.column for d in command.decisions if d.column not in dataset.columns]
    if unknown:
        raise FixTheInput(f"There is no column {unknown[0]!r} in {dataset.name}.", field="column")
    made = {d.column: d for d in decided(dataset)}
    made |= {d.column: d.model_copy(update={"decided_by": who.person}) for d in command.decisions}
    sentence = f"{who.name} decides on {len(command.decisions)} columns: the data contract is written."
    return _explored(parts, who, case, dataset, brief, tuple(made.values()), sentence)


def explore(parts: Parts, who: Actor, use_case: str) -> Dataset:
    """Profile the open rows, rank what was found, and lay the dataset ready for its signatures."""
    case = cases.at_work(parts, who, use_case, "add data")
    return again(parts, case, who)


def again(parts: Parts, case: UseCase, who: Actor) -> Dataset:
    """Explore under the brief and the policy pack in force; decisions about columns are kept."""
    dataset, brief = cases.dataset(parts, case), _brief(parts, case)
    sentence = f"The open rows of {dataset.name} are profiled; sealed rows stay sealed."
    return _explored(parts, who, case, dataset, brief, decided(dataset), sentence)


def _explored(
    parts: Parts,
    who: Actor,
    case: UseCase,
    dataset: Dataset,
    brief: Brief,
    decisions: tuple[ColumnDecision, ...],
    sentence: str,
) -> Dataset:
    rows = open_rows(parts, dataset)
    columns = profile(rows, brief)
    update = {
        "contract": data_contract(columns, decisions, brief),
        "version": dataset.version + 1,
        "brief_digest": brief.digest,
    }
    changed = dataset.model_copy(update=update)
    evidence = {
        "brief": brief,
        "open_rows": rows,
        "columns": columns,
        "decisions": decisions,
        "dataset": changed,
        "elsewhere": sealed.elsewhere(parts, case, changed),
    }
    results = cases.ask_checks(
        parts, case, Stage.EXPLORE, changed, evidence, task=brief.task, digests=[dataset.open_blob, brief.digest]
    )
    act = Act(act="explore", who=who.person, what=dataset.id, use_case=case.id, line=case.line, sentence=sentence)
    with parts.ledger.transaction():
        parts.ledger.replace(changed, dataset.version, act)
        cases.keep(
            parts, case, Stage.EXPLORE, changed, results, brief=brief, authors=[dataset.added_by], who=who.person
        )
    return changed


def _brief(parts: Parts, case: UseCase) -> Brief:
    """The signed contract where there is one, else the newest draft."""
    return cases.contract(parts, case) if case.brief else cases.briefs(parts, case)[-1]
