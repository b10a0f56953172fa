"""What a validator brings beside the suite, and questions to the developer: forms on a candidate's report."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core.commands import AnswerQuestion, AskQuestion, BringOwn
from glassworks.core.own import OwnEvidence, Question
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, ModelCard
from glassworks.line import cases, own, own_suite, questions
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import command, file_name, model_files
from glassworks.web.pages import standing
from glassworks.web.pages.page import Sent, files, go, text
from glassworks.web.pages.standing import Standing

router = APIRouter()
FRAMEWORKS = ("python", "scikit-learn", "lightgbm", "mlflow")


def beside(now: Standing, one: Candidate) -> dict[str, Any]:
    """What the report page shows of a validator's own evidence and of questions."""
    brought = own_suite.of(now.parts, now.case, one.id)
    asked = questions.about(now.parts, now.who, now.case.id, one.id)
    waits = one.state == "submitted" and now.settled(Stage.VALIDATE, one.id) is None
    return {
        "brought": brought,
        "unasked": [mine for mine in brought if not mine.asked],
        "may_add": waits and standing.allowed(now, "add own evidence"),
        "questions": asked,
        "checks_off": "" if now.parts.settings.own_checks else f"{own_suite.OFF} {own_suite.OFF_WHY}",
        "may_question": standing.allowed(now, "ask question"),
        "may_answer": standing.allowed(now, "answer question"),
        "frameworks": FRAMEWORKS,
    }


@router.post("/cases/{case_id}/validate/{candidate_id}/own")
@decides("add own evidence")
def add(request: Request, parts: Line, who: Who, sent: Sent, case_id: str, candidate_id: str) -> Response:
    """Bring an own check, own data, or a challenger."""
    found = files(sent, "files")
    told: dict[str, Any] = {"name": text(sent, "name"), "what": text(sent, "what")}
    if told["what"] == "challenger":
        candidate = cases.of_case(parts, Candidate, cases.get(parts, who, case_id), candidate_id)
        listed = text(sent, "inputs").replace(",", "\n").splitlines()
        told["card"] = command(
            ModelCard,
            framework=text(sent, "framework"),
            recipe="brought by a validator",
            task=candidate.card.task,
            inputs=tuple(one.strip() for one in listed if one.strip()),
            labels=candidate.card.labels,
        )
    asked = command(BringOwn, use_case=case_id, subject=candidate_id, **told)
    kept = model_files(found) if asked.what == "challenger" else {file_name(one): one.file.read() for one in found}
    own.add(parts, who, asked, kept)
    return go(request, f"/cases/{case_id}/validate/{candidate_id}#own", "own")


@router.post("/own/{own_id}/withdraw")
@decides("add own evidence")
def withdraw(request: Request, parts: Line, who: Who, sent: Sent, own_id: str) -> Response:
    """Take back what was brought, as long as the office has not recomputed with it."""
    found = parts.ledger.get(OwnEvidence, own_id)
    own.withdraw(parts, who, found.use_case, own_id)
    return go(request, f"/cases/{found.use_case}/validate/{found.subject}#own", "taken-back")


@router.post("/cases/{case_id}/questions")
@decides("ask question")
def ask(request: Request, parts: Line, who: Who, sent: Sent, case_id: str) -> Response:
    """Ask the developer a question about a candidate, or about one check of it."""
    told = {name: text(sent, name) for name in ("subject", "check", "text")}
    asked = questions.ask(parts, who, command(AskQuestion, use_case=case_id, **told))
    return go(request, f"/cases/{case_id}/validate/{asked.subject}#{asked.id}", "question")


@router.post("/questions/{question_id}/answer")
@decides("answer question")
def answer(request: Request, parts: Line, who: Who, sent: Sent, question_id: str) -> Response:
    """Answer a validator's question, where it stands."""
    found = parts.ledger.get(Question, question_id)
    questions.answer(parts, who, found.use_case, question_id, command(AnswerQuestion, answer=text(sent, "answer")))
    return go(request, f"/cases/{found.use_case}/validate/{found.subject}#{found.id}", "answered")
