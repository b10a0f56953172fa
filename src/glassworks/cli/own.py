"""`glassworks work`, a validator's own: bring a check, data or a challenger, and ask the developer."""

from pathlib import Path

import click

from glassworks.cli.session import acting, content, installation, json_option, person_option, say
from glassworks.core.commands import AnswerQuestion, AskQuestion
from glassworks.core.own import OwnEvidence, Question
from glassworks.core.usecase import Candidate, ModelCard
from glassworks.line import cases, own, questions

AGAIN = "Have it recomputed with `glassworks work validate`: no further look is counted."


def _say(found: OwnEvidence, as_json: bool) -> None:
    say(found, as_json, f"{found.id}  {found.name} is brought. {AGAIN}")


@click.command("own-check")
@click.argument("use_case")
@click.argument("candidate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What the check is called.")
@person_option
@json_option
def own_check(use_case: str, candidate: str, file: Path, name: str, login: str, as_json: bool) -> None:
    """Bring a check of one's own for CANDIDATE: a Python FILE with `check(rows, outcome, score, group)`."""
    with installation() as parts:
        _say(own.add_check(parts, acting(parts, login), use_case, candidate, name, content(file)), as_json)


@click.command("own-data")
@click.argument("use_case")
@click.argument("candidate")
@click.argument("file", type=click.Path(path_type=Path))
@person_option
@json_option
def own_data(use_case: str, candidate: str, file: Path, login: str, as_json: bool) -> None:
    """Bring rows of one's own, with their outcome, to ask the office's questions of."""
    with installation() as parts:
        _say(own.add_data(parts, acting(parts, login), use_case, candidate, file.name, content(file)), as_json)


@click.command("own-challenger")
@click.argument("use_case")
@click.argument("candidate")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What the challenger is called.")
@click.option("--framework", default="python", help="python (a file model.py with `predict`), scikit-learn, ...")
@click.option("--input", "inputs", multiple=True, help="A column that it sees (default: the candidate's).")
@person_option
@json_option
def own_challenger(
    use_case: str,
    candidate: str,
    files: tuple[Path, ...],
    name: str,
    framework: str,
    inputs: tuple[str, ...],
    login: str,
    as_json: bool,
) -> None:
    """Bring a model to set beside CANDIDATE on the same sealed rows."""
    with installation() as parts:
        who = acting(parts, login)
        one = cases.of_case(parts, Candidate, cases.get(parts, who, use_case), candidate)
        card = ModelCard(
            framework=framework,
            recipe="brought by a validator",
            task=one.card.task,
            inputs=inputs or one.card.inputs,
            labels=one.card.labels,
        )
        kept = {file.name: content(file) for file in files}
        _say(own.add_challenger(parts, who, use_case, one.id, name, card, kept), as_json)


@click.command("own")
@click.argument("use_case")
@click.argument("candidate")
@click.option("--take-back", default="", help="The id of what is taken back, as long as it was not asked.")
@person_option
@json_option
def brought(use_case: str, candidate: str, take_back: str, login: str, as_json: bool) -> None:
    """List what validators brought for CANDIDATE beside the office's suite."""
    with installation() as parts:
        who = acting(parts, login)
        if take_back:
            own.withdraw(parts, who, use_case, take_back)
        found = own.brought(parts, who, use_case, candidate)
        told = [f"{one.id}  {one.what}  {one.name}, {'asked' if one.asked else 'not asked yet'}" for one in found]
        say([one.facts() for one in found], as_json, "\n".join(told) or "Nothing was brought.")


@click.command("ask")
@click.argument("use_case")
@click.argument("candidate")
@click.argument("text")
@click.option("--check", default="", help="The check that it is about (default: the candidate as a whole).")
@person_option
@json_option
def ask(use_case: str, candidate: str, text: str, check: str, login: str, as_json: bool) -> None:
    """Ask the developer of CANDIDATE a question."""
    with installation() as parts:
        command = AskQuestion(use_case=use_case, subject=candidate, check=check, text=text)
        found = questions.ask(parts, acting(parts, login), command)
        say(found, as_json, f"The question is {found.id}.")


@click.command("answer")
@click.argument("use_case")
@click.argument("question")
@click.argument("text")
@person_option
@json_option
def answer(use_case: str, question: str, text: str, login: str, as_json: bool) -> None:
    """Answer a validator's QUESTION."""
    with installation() as parts:
        found = questions.answer(parts, acting(parts, login), use_case, question, AnswerQuestion(answer=text))
        say(found, as_json, f"{found.id} is answered.")


@click.command("questions")
@click.argument("use_case")
@person_option
@json_option
def listed(use_case: str, login: str, as_json: bool) -> None:
    """List a use case's questions to its developers, with their answers."""
    with installation() as parts:
        found = questions.about(parts, acting(parts, login), use_case)
        say([one.facts() for one in found], as_json, "\n".join(map(_told, found)) or "Nobody has asked anything.")


def _told(one: Question) -> str:
    about = f" ({one.check})" if one.check else ""
    return f"{one.id}  {one.subject}{about}  {one.text}\n    {one.answer or 'not answered yet'}"


COMMANDS = (own_check, own_data, own_challenger, brought, ask, answer, listed)
