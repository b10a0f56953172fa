"""Validate over the API: what a validator brings beside the suite, and questions to the developer."""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile

from glassworks.core.commands import AnswerQuestion, AskQuestion, BringOwn
from glassworks.core.own import OwnEvidence, Question
from glassworks.line import cases, own, questions
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import command_json, model_files

router = APIRouter(tags=["validate"])


@router.get("/cases/{case}/candidates/{candidate}/own")
@decides("view")
def list_own(parts: Line, who: Who, case: str, candidate: str) -> list[OwnEvidence]:
    """What validators brought for a candidate."""
    return own.brought(parts, who, case, candidate)


@router.post("/own-evidence", status_code=201)
@decides("add own evidence")
def add(
    parts: Line, who: Who, command: Annotated[str, Form(max_length=200_000)], files: list[UploadFile]
) -> OwnEvidence:
    """Bring a check, a table or a challenger: `command` is a `BringOwn` as JSON, `files` are its files."""
    asked = command_json(BringOwn, command)
    cases.at_work(parts, who, asked.use_case, own.ACT)
    return own.add(parts, who, asked, model_files(files))


@router.delete("/cases/{case}/own/{brought}")
@decides("add own evidence")
def withdraw(parts: Line, who: Who, case: str, brought: str) -> OwnEvidence:
    """Take back what was brought, as long as the office has not recomputed with it."""
    return own.withdraw(parts, who, case, brought)


@router.get("/cases/{case}/questions")
@decides("view")
def list_questions(parts: Line, who: Who, case: str, candidate: str = "") -> list[Question]:
    """The questions about a candidate, or about all of a use case."""
    return questions.about(parts, who, case, candidate)


@router.post("/questions", status_code=201)
@decides("ask question")
def ask(parts: Line, who: Who, command: AskQuestion) -> Question:
    """Ask the developer of a candidate."""
    return questions.ask(parts, who, command)


@router.post("/cases/{case}/questions/{question}/answer")
@decides("answer question")
def answer(parts: Line, who: Who, case: str, question: str, command: AnswerQuestion) -> Question:
    """Answer a validator's question."""
    return questions.answer(parts, who, case, question, command)
