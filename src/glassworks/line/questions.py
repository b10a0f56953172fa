"""Acts of asking: a validator asks the developer about a candidate, in place, and the developer answers there."""

from glassworks.core.commands import AnswerQuestion, AskQuestion
from glassworks.core.errors import Conflict
from glassworks.core.journal import Act
from glassworks.core.own import Question
from glassworks.core.people import Actor
from glassworks.core.record import new_id
from glassworks.core.usecase import Candidate
from glassworks.hub.access import may
from glassworks.line import cases, view
from glassworks.line.parts import Parts


def ask(parts: Parts, who: Actor, command: AskQuestion) -> Question:
    """Ask about a candidate, or about one check of it. It closes no gate; a finding does."""
    case = cases.at_work(parts, who, command.use_case, "ask question")
    candidate = cases.of_case(parts, Candidate, case, command.subject)
    question = Question(
        id=new_id("ques"),
        use_case=case.id,
        line=case.line,
        subject=candidate.id,
        check=command.check,
        text=command.text,
        asked_by=who.person,
        asked_at=parts.now(),
    )
    act = Act(
        act="ask question",
        who=who.person,
        what=candidate.id,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} asks the developer of {candidate.name} a question.",
    )
    parts.ledger.add(question, act)
    return question


def answer(parts: Parts, who: Actor, use_case: str, question_id: str, command: AnswerQuestion) -> Question:
    """Answer a question; once answered it stays as it is.

    Raises
    ------
    Conflict : somebody answered before.
    """
    case = cases.get(parts, who, use_case, "answer question")
    found = cases.of_case(parts, Question, case, question_id)
    if not found.is_open:
        raise Conflict("This question is answered already.", "", "Ask a new one if something is left open.")
    told = {"answer": command.answer, "answered_by": who.person, "answered_at": parts.now()}
    answered = found.model_copy(update=told | {"version": found.version + 1})
    act = Act(
        act="answer question",
        who=who.person,
        what=found.subject,
        use_case=case.id,
        line=case.line,
        sentence=f"{who.name} answers a validator's question.",
    )
    parts.ledger.replace(answered, found.version, act)
    return answered


def about(parts: Parts, who: Actor, use_case: str, candidate_id: str = "") -> list[Question]:
    """The questions about a candidate, or about all of a use case, oldest first."""
    case = cases.get(parts, who, use_case)
    found = parts.ledger.find(Question, use_case=case.id)
    return sorted((one for one in found if candidate_id in ("", one.subject)), key=lambda one: one.asked_at)


def waiting(parts: Parts, who: Actor) -> list[Question]:
    """The open questions that this person may answer, oldest first."""
    found = [
        one
        for case in view.use_cases(parts, who)
        if may(who, "answer question", case.line)
        for one in parts.ledger.find(Question, use_case=case.id)
        if one.is_open
    ]
    return sorted(found, key=lambda one: one.asked_at)
