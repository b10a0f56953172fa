"""The act of preparing evidence anew: what waits for signatures under an older policy pack is judged by the newer."""

from glassworks.core.errors import FixTheInput
from glassworks.core.journal import Act
from glassworks.core.people import Actor
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, UseCase
from glassworks.hub import gatekeeper
from glassworks.line import cases, explore, scope, signing, validate
from glassworks.line.parts import Parts

ACTS = {
    Stage.SCOPE: "edit brief",
    Stage.EXPLORE: "add data",
    Stage.DEVELOP: "submit model",
    Stage.VALIDATE: "validate",
    Stage.OPERATE: "monitor",
}
"""Whoever may do this lays the evidence of the stage ready, and so lays it ready anew."""


def prepare_anew(parts: Parts, who: Actor, use_case: str, subject: str) -> str:
    """Ask the checks again under the pack in force, and lay the answers ready; earlier signatures no longer count.

    At gate 4 the office's scorer recomputes everything: the candidate's look is the one that was counted. At gate 3 the
    answers stand and the newer rules decide about them; gate 4 asks everything again anyway.

    Returns
    -------
    What happens, in a sentence.

    Raises
    ------
    FixTheInput : no newer pack is in force, or the monitors make this evidence by themselves.
    """
    case = cases.get(parts, who, use_case)
    prepared = gatekeeper.latest(parts.ledger, case.id, subject, signing.stage_of(parts, case, subject))
    cases.at_work(parts, who, use_case, ACTS[prepared.stage])
    body = signing.body_of(parts, prepared)
    if not cases.newer_pack(parts, case, body.policy):
        raise FixTheInput("No newer policy pack is in force.", "The evidence stands as it was prepared.")
    if prepared.stage is Stage.OPERATE:
        raise FixTheInput("A monitoring round is not repeated.", "", "Turn the monitors again: a new round is made.")
    sentence = f"{who.name} has the evidence prepared anew under {parts.policy(case.line).title}."
    with parts.ledger.transaction():
        parts.ledger.note(
            Act(act="prepare anew", who=who.person, what=subject, use_case=case.id, line=case.line, sentence=sentence)
        )
        if prepared.stage is Stage.SCOPE:
            scope.check_brief(parts, case, body.brief)
        elif prepared.stage is Stage.EXPLORE:
            explore.again(parts, case, who)
        elif prepared.stage is Stage.DEVELOP:
            newer = body.model_copy(update={"policy": parts.policy(case.line), "made_at": parts.now()})
            gatekeeper.prepare(parts.ledger, parts.vault, newer, line=case.line, who=who.person)
        else:
            return _recomputed(parts, who, case, subject)
    return "The evidence lies ready under the policy pack in force: read it, then sign."


def _recomputed(parts: Parts, who: Actor, case: UseCase, subject: str) -> str:
    candidate = cases.of_case(parts, Candidate, case, subject)
    validate.enqueue(parts, case, candidate, who.person)
    return "The office recomputes everything under the policy pack in force; no further look is counted."
