"""Acts of the operate stage: rank a list, rehearse on the replay window, take outcomes, monitor, renew, retire."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from glassworks.core.conditions import REVIEW
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import Conflict, FixTheInput, GateClosed
from glassworks.core.journal import Act
from glassworks.core.people import Actor
from glassworks.core.ports import Job
from glassworks.core.stage import Stage, Status
from glassworks.core.usecase import Candidate, Dataset, ModelCard, MonitoringRound, Release, UseCase
from glassworks.hub import gatekeeper
from glassworks.line import cases, explore, outcome, validate
from glassworks.line.parts import Parts
from glassworks.line.refusals import check_reach
from glassworks.measures.decision import capacity
from glassworks.measures.profit import row_gains
from glassworks.measures.scored import Scored, decided, encode
from glassworks.measures.worth import amounts, columns, row_values
from glassworks.stages import rows as read
from glassworks.stages.explore import seal
from glassworks.stages.explore.read import read_table
from glassworks.stages.operate import monitor

Report = Callable[[str, float], None]
EXPLAINED, UNEXPLAINED = 20, 500
"""Rows a request: the endpoint gives reasons for a few rows at once, and none for long lists."""
LONG_LIST = 2_000
FORMULA = r"^[=+\-@\t\r]"


def release_of(parts: Parts, case: UseCase) -> Release:
    """The release in operation."""
    if not case.release:
        raise GateClosed(f"{case.title} has no release.", ["A candidate passes gate 4 first."])
    return parts.ledger.get(Release, case.release)


def rank(parts: Parts, who: Actor, use_case: str, content: bytes, name: str) -> pl.DataFrame:
    """Score a list through the governed endpoint and rank it; `decision` says what to do up to the capacity.

    Rows outside the validated domain are not scored: they go to a person, at the end of the list, with the reason.
    """
    case = cases.at_work(parts, who, use_case, "score")
    release, brief = release_of(parts, case), cases.contract(parts, case)
    frame = read_table(content, name)
    inputs = _inputs(parts, release)
    missing = [column for column in inputs if column not in frame.columns]
    if missing:
        raise FixTheInput(
            f"{name} lacks the column {missing[0]!r}."
            if len(missing) == 1
            else f"{name} lacks {len(missing)} columns.",
            f"The release needs: {', '.join(inputs)}. Missing: {', '.join(missing)}.",
            "Add the columns and upload again.",
            field=missing[0],
        )
    name_of_list = f"list-{parts.now():%Y%m%dT%H%M%S%f}"
    answers = _ask(parts, release, frame.select(inputs).to_dicts(), name_of_list, _references(frame, brief))
    ranked = frame.with_columns(
        pl.Series("row", range(1, frame.height + 1)),
        pl.Series("decision", [str(a.get("decision", "")) for a in answers]),
        pl.Series("score", [_score(a) for a in answers], dtype=pl.Float64),
        pl.Series("reasons", ["; ".join(a.get("reasons", ())) for a in answers]),
        pl.Series("prediction", [str(a.get("id", "")) for a in answers]),
    )
    ranked = _in_order(ranked, brief)
    act = Act(
        act="rank list",
        who=who.person,
        what=release.id,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} has a list of {frame.height:,} rows ranked.",
    )
    parts.ledger.note(act)
    first = ["row", "decision", "score", "reasons", "prediction"]
    return ranked.select(first + [c for c in frame.columns if c not in first])


def as_csv(ranked: pl.DataFrame) -> bytes:
    """A ranked list as CSV; a text cell that a spreadsheet would run as a formula gets an apostrophe before it."""
    texts = [
        pl.when(pl.col(c).str.contains(FORMULA)).then("'" + pl.col(c)).otherwise(pl.col(c)).alias(c)
        for c, kind in ranked.schema.items()
        if kind == pl.String
    ]
    return ranked.with_columns(texts).write_csv().encode()


def outcome_pairs(content: bytes, name: str) -> list[tuple[str, Any]]:
    """Pairs of prediction id and outcome from a file with the columns `prediction` and `outcome`."""
    frame = read_table(content, name)
    absent = [column for column in ("prediction", "outcome") if column not in frame.columns]
    if absent:
        raise FixTheInput(
            f"{name} lacks the column {absent[0]!r}.",
            "It needs prediction and outcome.",
            "Use the column prediction of a ranked list.",
            field=absent[0],
        )
    return [(str(one), value) for one, value in frame.select("prediction", "outcome").iter_rows() if value is not None]


def _score(answer: Mapping[str, Any]) -> float | None:
    """Probability or estimate; of several classes, the probability of the one that is answered."""
    several = answer.get("probabilities")
    found = max(several.values()) if several else answer.get("probability", answer.get("estimate"))
    return None if found is None else float(found)


def _inputs(parts: Parts, release: Release) -> tuple[str, ...]:
    return parts.ledger.get(Candidate, release.candidate).card.inputs


def _in_order(answered: pl.DataFrame, brief: Brief) -> pl.DataFrame:
    """The best first, by score, or by expected gain where a value differs by row; cases for a person at the end.

    Numbers that are foretold are each for their own row: they stay in the order in which they came.
    """
    left = pl.col("score").is_null()
    known, others = answered.filter(~left), answered.filter(left)
    binary = brief.task is Task.BINARY
    by = known["score"].to_numpy()
    if binary and columns(brief.value, brief.task):
        by_row = amounts(brief.value, brief.task, read.amounts(known, brief), known.height)
        by = row_gains(by, *row_values(brief.value, by_row))
    ranked = known if brief.task is Task.REGRESSION else known[np.argsort(-by, kind="stable")]
    if brief.task is Task.MULTICLASS:
        return pl.concat([ranked, others])
    if binary and brief.decision.capacity_share is not None:
        chosen = pl.Series("chosen", _decisions(brief, ranked.height, answered.height))
        reviewed = pl.col("decision") == REVIEW
        ranked = ranked.with_columns(pl.when(reviewed).then(pl.col("decision")).otherwise(chosen).alias("decision"))
    return pl.concat([ranked, others.with_columns(pl.lit("ask a person").alias("decision"))])


def _decisions(brief: Brief, known: int, rows: int) -> list[str]:
    """Act on the first of the ranked cases, as many as capacity allows of the whole list."""
    share = brief.decision.capacity_share
    room = known if share is None else min(known, capacity(rows, share))
    return [brief.decision.action] * room + [brief.decision.otherwise] * (known - room)


def _references(frame: pl.DataFrame, brief: Brief) -> list[str]:
    """Whom each row is about, by the brief's identifier; empty when the rows do not say."""
    if brief.identifier not in frame.columns:
        return []
    return frame[brief.identifier].cast(pl.String).fill_null("").to_list()


def _ask(
    parts: Parts, release: Release, rows: Sequence[Mapping[str, Any]], request: str, references: Sequence[str]
) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = []
    size = EXPLAINED if len(rows) <= LONG_LIST else UNEXPLAINED
    for start in range(0, len(rows), size):
        batch, named = rows[start : start + size], references[start : start + size]
        answers += parts.scoring.score(release.id, batch, request=f"{request}-{start}", references=named)
    return answers


def report_outcomes(parts: Parts, who: Actor, use_case: str, outcomes: Sequence[tuple[str, Any]]) -> int:
    """Take late outcomes by prediction id; they meet their predictions at the next monitoring round."""
    case = cases.get(parts, who, use_case, "report outcomes")
    release = release_of(parts, case)
    card = parts.ledger.get(Candidate, release.candidate).card
    _check_outcomes(card, [value for _, value in outcomes])
    count = parts.predictions.report_outcomes(outcomes, release.id)
    act = Act(
        act="report outcomes",
        who=who.person,
        what=release.id,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} reports {count:,} outcomes.",
    )
    parts.ledger.note(act)
    return count


def _check_outcomes(card: ModelCard, values: Sequence[Any]) -> None:
    """Every outcome is a number, or a class of the model; a misspelt one would count as the other class."""
    if card.task is Task.REGRESSION:
        encode(values, card.task)
        return
    if card.labels[:-1] == (f"not {card.labels[-1]}",):
        return
    whole = [int(v) if isinstance(v, float) and v.is_integer() else v for v in values]
    strange = sum(str(value) not in card.labels for value in whole)
    if strange:
        raise FixTheInput(
            f"{strange:,} of {len(values):,} outcomes are none that the model knows.",
            f"An outcome is one of: {', '.join(card.labels)}. Nothing was taken.",
            "Write each outcome as one of these, and report them again.",
            field="outcomes",
        )


def strangers(parts: Parts, who: Actor, use_case: str, outcomes: Sequence[tuple[str, Any]]) -> int:
    """How many outcomes name no prediction that the release in operation made."""
    case = cases.get(parts, who, use_case, "report outcomes")
    known = {row.id for row in parts.predictions.read(release_of(parts, case).id)}
    return sum(id not in known for id, _ in outcomes)


def ask_replay(parts: Parts, who: Actor, use_case: str) -> Job:
    """Ask for a rehearsal: the replay window is fed as live traffic, its outcomes come late, then monitors turn."""
    case = cases.at_work(parts, who, use_case, "monitor")
    release = release_of(parts, case)
    return parts.jobs.enqueue(
        "replay",
        {"use_case": case.id, "who": who.person},
        key=f"replay {release.id}",
        use_case=case.id,
        asked_by=who.person,
    )


def replay(parts: Parts, case: UseCase, who: str, report: Report) -> MonitoringRound:
    """Feed the replay window through the governed endpoint. Requests are idempotent: run again, it goes on."""
    release, brief = release_of(parts, case), cases.contract(parts, case)
    candidate = parts.ledger.get(Candidate, release.candidate)
    rows = _replay_rows(parts, parts.ledger.get(Dataset, candidate.dataset))
    report("feeding the replay window", 0.1)
    asked = rows.select(candidate.card.inputs).to_dicts()
    answers = _ask(parts, release, asked, f"replay-{release.id}", _references(rows, brief))
    known = [(a["id"], value) for a, value in zip(answers, rows[brief.target].to_list(), strict=True)]
    done = {row.id for row, _ in parts.predictions.matured(release.id)}
    parts.predictions.report_outcomes([pair for pair in known if pair[0] not in done], release.id)
    report("outcomes are in", 0.7)
    groups = rows[brief.fairness.attribute].to_list() if brief.fairness.attribute in rows.columns else None
    by_id = {a["id"]: g for a, g in zip(answers, groups, strict=True)} if groups else None
    return turn(parts, case, who, periods=brief.windows.replay_periods, window="replay", groups=by_id)


def _replay_rows(parts: Parts, dataset: Dataset) -> pl.DataFrame:
    if not dataset.replay_blob:
        raise GateClosed("There is no replay window.", ["The brief's windows name none; report real outcomes instead."])
    return seal.unpack(seal.unlock(parts.office.seal_key(), parts.vault.get(dataset.replay_blob)))


def ask_round(parts: Parts, who: Actor, use_case: str) -> Job:
    """Ask for a monitoring round now."""
    case = cases.get(parts, who, use_case, "monitor")
    release = release_of(parts, case)
    number = len(parts.ledger.find(MonitoringRound, use_case=case.id)) + 1
    return parts.jobs.enqueue(
        "monitor",
        {"use_case": case.id, "who": who.person},
        key=f"monitor {release.id} {number}",
        use_case=case.id,
        asked_by=who.person,
    )


def turn(
    parts: Parts, case: UseCase, who: str, *, periods: float = 0, window: str, groups: Mapping[str, Any] | None = None
) -> MonitoringRound:
    """One monitoring round: drift, realised performance, promised against realised KPI; then the ladder's action.

    Without `periods`, the live cases are as much of a period as they are of the volume that the brief expects in one.
    """
    release, brief = release_of(parts, case), cases.contract(parts, case)
    rounds = parts.ledger.find(MonitoringRound, use_case=case.id, release=release.id)
    same = next((r for r in rounds if r.window == window and window == "replay"), None)
    if same:
        return same
    live, live_rows, abstained = _live(parts, release, brief, periods, groups)
    reference, reference_rows = _reference(parts, case, release, brief)
    evidence = {
        "brief": brief,
        "release": release,
        "reference": reference,
        "reference_rows": reference_rows,
        "live": live,
        "live_rows": live_rows,
        "abstained": abstained,
    }
    number = len(rounds) + 1
    facts: dict[str, Any] = {"number": number, "window": window, "rows": live_rows.height + abstained}
    facts |= {"outcomes": live.n, "now": parts.now()}
    draft = monitor.round_of(release, (), brief, **facts)
    results = cases.ask_checks(parts, case, Stage.OPERATE, draft, evidence, task=brief.task, digests=[release.package])
    done = monitor.round_of(release, results, brief, **facts).model_copy(update={"id": draft.id})
    results = [r.model_copy(update={"subject_digest": done.digest}) for r in results]
    act = Act(act="monitoring round", who=who, what=done.id, use_case=case.id, line=case.line, sentence=done.sentence)
    with parts.ledger.transaction():
        parts.ledger.add(done, act)
        cases.keep(parts, case, Stage.OPERATE, done, results, brief=brief, authors=[], who=who)
    return done


def _live(
    parts: Parts, release: Release, brief: Brief, periods: float, groups: Mapping[str, Any] | None
) -> tuple[Scored, pl.DataFrame, int]:
    """Live predictions whose outcome is known, in the order they were asked, and how many were abstained from."""
    card = parts.ledger.get(Candidate, release.candidate).card
    pairs = list(parts.predictions.matured(release.id))
    answered = [(row, value) for row, value in pairs if not row.abstained]
    if not answered:
        raise GateClosed("No outcome is known yet.", ["Report outcomes, then ask for a round."])
    _, y = encode([value for _, value in answered], brief.task, brief.positive, card.labels or None)
    group = np.asarray([groups.get(row.id) for row, _ in answered]) if groups else None
    scores = np.asarray([row.score for row, _ in answered], dtype=np.float64)
    periods = periods or len(y) / brief.decision.volume_per_period
    rows = pl.DataFrame([row.inputs for row, _ in answered], infer_schema_length=None)
    simple = read.without_model(rows, brief, _open_rows(parts, release)) if brief.kpi.baseline_by else None
    facts: dict[str, Any] = {"group": group, "labels": card.labels, "baseline": simple}
    live = decided(brief, y, scores, periods=periods, columns=read.amounts(rows, brief), **facts)
    return live, rows, len(pairs) - len(answered)


def _open_rows(parts: Parts, release: Release) -> pl.DataFrame:
    candidate = parts.ledger.get(Candidate, release.candidate)
    return explore.open_rows(parts, parts.ledger.get(Dataset, candidate.dataset))


def _reference(parts: Parts, case: UseCase, release: Release, brief: Brief) -> tuple[Scored, pl.DataFrame]:
    """How the release scored the sealed rows: the same look, taken at validation, by the office alone."""
    candidate = parts.ledger.get(Candidate, release.candidate)
    sealed = validate.sealed_rows(parts, parts.ledger.get(Dataset, candidate.dataset))
    files = {name: parts.vault.get(digest) for name, digest in candidate.files.items()}
    with parts.model_host(case.id) as fitter:
        model = fitter.load(candidate.card, files)
        try:
            known = _open_rows(parts, release)
            return validate.score(sealed, brief, candidate.card, model, brief.windows.sealed_periods, known)
        finally:
            model.close()


def erase(parts: Parts, who: Actor, reference: str) -> int:
    """Erase a person's prediction rows; what was logged stays provable, what it said is gone."""
    check_reach(parts, who, "administer", "")
    rows = parts.predictions.erase(reference)
    sentence = f"{who.name} has {rows} prediction rows of one person erased."
    parts.ledger.note(Act(act="erase rows", who=who.person, sentence=sentence, detail={"rows": rows}))
    return rows


def retire(parts: Parts, who: Actor, use_case: str, reason: str) -> UseCase:
    """Retire a use case: its release stops running at once."""
    case = cases.get(parts, who, use_case, "retire")
    if case.status is Status.RETIRED:
        raise Conflict(f"{case.title} is retired already.", "", "Nothing needs to be done.")
    with parts.ledger.transaction():
        if case.release:
            release = release_of(parts, case)
            retired = release.model_copy(update={"state": "retired", "version": release.version + 1})
            act = Act(
                act="retire release", who=who.person, what=release.id, use_case=case.id, line=case.line, sentence=reason
            )
            parts.ledger.replace(retired, release.version, act)
        done = gatekeeper.set_status(parts.ledger, case, Status.RETIRED, who=who.person, reason=reason)
    outcome.publish(parts)
    return done
