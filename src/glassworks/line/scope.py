"""Acts of the scope stage: save a brief, draft one from data, check it; signed, it is the KPI contract."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from glassworks.core.commands import SaveBrief, StartBrief
from glassworks.core.contract import Brief, Task
from glassworks.core.defaulted import settled
from glassworks.core.difference import ContractChanges, difference, sign_again
from glassworks.core.errors import Conflict
from glassworks.core.journal import Act
from glassworks.core.people import Actor, Person
from glassworks.core.result import Result
from glassworks.core.stage import Stage
from glassworks.core.usecase import Dataset, Look, UseCase
from glassworks.hub import gatekeeper
from glassworks.line import cases, people
from glassworks.line.parts import Parts
from glassworks.measures.scored import encode
from glassworks.measures.worth import columns
from glassworks.stages.explore import seal
from glassworks.stages.scope.defaults import filled_from
from glassworks.stages.scope.draft import draft_brief
from glassworks.stages.scope.start import start_brief
from glassworks.stages.scope.what_if import rows_there


def save_brief(parts: Parts, who: Actor, command: SaveBrief) -> Brief:
    """Save the next version of the brief and check it. A signed contract is never changed: it gets a successor.

    After a look has been taken at the sealed rows, a new version is signed anew and says so in the journal. What the
    person changed, and what the brief no longer marks as filled in by the factory, counts as confirmed.
    """
    case = cases.at_work(parts, who, command.use_case, "edit brief")
    known = cases.briefs(parts, case)
    check_newest(known, command.expected_version)
    return _save(parts, who, case, settled(known[-1] if known else None, command.brief), known)


def check_newest(known: Sequence[Brief], edited: int) -> None:
    """Refuse to save over a version that nobody has read."""
    newest = known[-1].version if known else 0
    if edited != newest:
        raise Conflict(
            f"The brief is at version {newest}, you edited version {edited}.",
            "Someone saved before you.",
            "Your text is kept on this page: read the newer version, then save again.",
        )


def _save(parts: Parts, who: Actor, case: UseCase, brief: Brief, known: Sequence[Brief]) -> Brief:
    version = (known[-1].version if known else 0) + 1
    brief = brief.model_copy(
        update={
            "id": f"{case.id}-brief-v{version}",
            "use_case": case.id,
            "line": case.line,
            "version": version,
            "saved_by": who.person,
            "saved_at": parts.now(),
        }
    )
    looks = len(parts.ledger.find(Look, use_case=case.id))
    after = f" after {looks} looks at the sealed rows" if looks else ""
    with parts.ledger.transaction():
        act = Act(
            act="save brief",
            who=who.person,
            what=brief.id,
            use_case=case.id,
            line=case.line,
            sentence=f"{who.name} saves version {brief.version} of the brief{after}.",
        )
        parts.ledger.add(brief, act)
        if case.stage is not Stage.SCOPE:
            gatekeeper.send_back(
                parts.ledger,
                case,
                Stage.SCOPE,
                who=who.person,
                now=parts.now(),
                reason="The brief changed: it is signed anew before work goes on.",
            )
        check_brief(parts, case, brief)
    return brief


def check_brief(parts: Parts, case: UseCase, brief: Brief) -> list[Result]:
    """Ask the scope checks and lay the brief ready for its three signatures."""
    results = answers(parts, case, brief)
    cases.keep(parts, case, Stage.SCOPE, brief, results, brief=brief, authors=[brief.saved_by], who=brief.saved_by)
    return results


def answers(parts: Parts, case: UseCase, brief: Brief) -> list[Result]:
    """What the scope checks answer about a brief; nothing is written."""
    found = parts.ledger.find(Dataset, use_case=case.id)
    evidence = {
        "brief": brief,
        "people": tuple(parts.ledger.find(Person)),
        "columns": found[-1].columns if found else (),
        "today": parts.now().date(),
        **planned(parts, case, brief),
    }
    return cases.ask_checks(parts, case, Stage.SCOPE, brief, evidence, task=brief.task, digests=[brief.digest])


def planned(parts: Parts, case: UseCase, brief: Brief) -> dict[str, Any]:
    """What is known beforehand of the rows that will judge: how many, and the positive rate and means of open rows."""
    found = parts.ledger.find(Dataset, use_case=case.id)
    if not found:
        return {"rows_expected": rows_expected(brief), "positive_rate": None, "means": {}}
    open_rows = seal.unpack(parts.vault.get(found[-1].open_blob))
    return {"rows_expected": found[-1].rows_sealed, **_of_rows(brief, open_rows)}


def rows_expected(brief: Brief) -> int:
    """How many sealed rows will judge the model, as long as there are no data: of those the brief says exist."""
    there = rows_there(brief)
    return int(brief.decision.volume_per_period * brief.windows.sealed_periods) if there is None else there


def _of_rows(brief: Brief, frame: pl.DataFrame) -> dict[str, Any]:
    """What the open rows know that a brief asks for: the positive rate, and means of columns that values name."""
    rate = None
    if brief.target in frame.columns and brief.task is Task.BINARY:
        _, y = encode(frame[brief.target].to_list(), brief.task, brief.positive)
        rate = float(y.mean())
    named = [name for name in columns(brief.value, brief.task) if name in frame.columns]
    means = {name: frame[name].mean() for name in named if frame[name].dtype.is_numeric()}
    return {"positive_rate": rate, "means": {name: mean for name, mean in means.items() if mean is not None}}


def draft(parts: Parts, who: Actor, use_case: str, open_rows: pl.DataFrame, target: str) -> Brief:
    """Draft a brief from the open rows of brought data; what a person already wrote in a brief stays.

    Everything filled in is named in `defaulted`, also a role that one person alone holds here.
    """
    case = cases.at_work(parts, who, use_case, "edit brief")
    proposed = draft_brief(case, open_rows, target, {}, parts.now())
    known = cases.briefs(parts, case)
    if known:
        base = known[-1]
        named = ("target", "positive", *(["task"] if base.task is not proposed.task else []))
        proposed = filled_from(base, proposed, *named)
    return _save_filled(parts, who, case, proposed, known)


def start(parts: Parts, who: Actor, use_case: str, answers: StartBrief) -> Brief:
    """Save a brief that starts with five questions; everything else is filled in and named in `defaulted`."""
    case = cases.at_work(parts, who, use_case, "edit brief")
    known = cases.briefs(parts, case)
    check_newest(known, answers.expected_version)
    base = known[-1] if known else None
    found = parts.ledger.find(Dataset, use_case=case.id) if base else []
    rows = seal.unpack(parts.vault.get(found[-1].open_blob)) if found else None
    rate = _of_rows(base, rows)["positive_rate"] if base and rows is not None else None
    return _save_filled(parts, who, case, start_brief(case, answers, base, rate, parts.now()), known)


def _save_filled(parts: Parts, who: Actor, case: UseCase, brief: Brief, known: Sequence[Brief]) -> Brief:
    """Save a brief that the factory filled in, each role that one person alone holds here included."""
    asked = {role for rules in parts.policy(case.line).gates.values() for role in rules.signers(brief.tier)}
    alone = {
        role: holders[0].id
        for role, holders in people.roster(parts, case.line).items()
        if role in asked and len(holders) == 1 and role not in brief.people
    }
    marks = tuple(f"people.{role.value}" for role in alone)
    filled = brief.model_copy(update={"people": {**brief.people, **alone}, "defaulted": (*brief.defaulted, *marks)})
    return _save(parts, who, case, filled, known)


def changes(parts: Parts, who: Actor, use_case: str) -> ContractChanges:
    """How the newest brief differs from the signed contract, and who must therefore sign it again."""
    case = cases.get(parts, who, use_case)
    newest = cases.newest_brief(parts, case)
    rules = parts.policy(case.line).gates[Stage.SCOPE]
    signers = rules.signers(newest.tier)
    if not case.brief:
        return ContractChanges(newest=newest.id, sign_again=signers)
    signed = parts.ledger.get(Brief, case.brief)
    found = difference(signed, newest, signers)
    again = sign_again(found, signers, rules.submit)
    return ContractChanges(signed=signed.id, newest=newest.id, changes=found, sign_again=again)
