"""Acts of the scope stage: save a brief, draft one from data, check it; signed, it is the KPI contract."""

import polars as pl

from glassworks.core.commands import SaveBrief
from glassworks.core.contract import Brief
from glassworks.core.errors import Conflict
from glassworks.core.journal import Act
from glassworks.core.people import Actor, Person
from glassworks.core.result import Result
from glassworks.core.stage import Stage
from glassworks.core.usecase import Dataset, Look, UseCase
from glassworks.hub import gatekeeper
from glassworks.line import cases
from glassworks.line.parts import Parts
from glassworks.measures.scored import encode
from glassworks.stages.explore import seal
from glassworks.stages.scope.draft import draft_brief


def save_brief(parts: Parts, who: Actor, command: SaveBrief) -> Brief:
    """Save the next version of the brief and check it. A signed contract is never changed: it gets a successor.

    After a look has been taken at the sealed rows, a new version is signed anew and says so in the journal.
    """
    case = cases.at_work(parts, who, command.use_case, "edit brief")
    known = cases.briefs(parts, case)
    newest = known[-1].version if known else 0
    if command.expected_version != newest:
        raise Conflict(
            f"The brief is at version {newest}, you edited version {command.expected_version}.",
            "Someone saved before you.",
            "Your text is kept on this page: read the newer version, then save again.",
        )
    brief = command.brief.model_copy(
        update={
            "id": f"{case.id}-brief-v{newest + 1}",
            "use_case": case.id,
            "line": case.line,
            "version": newest + 1,
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
    rate, rows = _known(parts, case, brief)
    people = tuple(p for p in parts.ledger.find(Person) if p.id in set(brief.people.values()))
    evidence = {
        "brief": brief,
        "people": people,
        "today": parts.now().date(),
        "positive_rate": rate,
        "rows_expected": rows,
    }
    results = cases.ask_checks(parts, case, Stage.SCOPE, brief, evidence, task=brief.task, digests=[brief.digest])
    cases.keep(parts, case, Stage.SCOPE, brief, results, brief=brief, authors=[brief.saved_by], who=brief.saved_by)
    return results


def _known(parts: Parts, case: UseCase, brief: Brief) -> tuple[float | None, int]:
    """The positive rate on open rows and the number of sealed rows, as far as data exist."""
    found = parts.ledger.find(Dataset, use_case=case.id)
    if not found:
        return None, int(brief.decision.volume_per_period * brief.windows.sealed_periods)
    if brief.target not in found[-1].columns or brief.task != "binary":
        return None, found[-1].rows_sealed
    target = seal.unpack(parts.vault.get(found[-1].open_blob))[brief.target]
    _, y = encode(target.to_list(), brief.task, brief.positive)
    return float(y.mean()), found[-1].rows_sealed


def draft(parts: Parts, who: Actor, use_case: str, open_rows: pl.DataFrame, target: str) -> Brief:
    """Draft a brief from the open rows of brought data: everything assumed is marked as assumed."""
    case = cases.at_work(parts, who, use_case, "edit brief")
    proposed = draft_brief(case, open_rows, target, {}, parts.now())
    newest = cases.briefs(parts, case)
    version = newest[-1].version if newest else 0
    return save_brief(parts, who, SaveBrief(use_case=use_case, expected_version=version, brief=proposed))
