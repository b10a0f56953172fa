"""`glassworks work`, the acts on a brief: start with five questions, check and save a file, see what changed."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from glassworks.cli.session import acting, content, installation, json_option, person_option, say, written
from glassworks.core.commands import StartBrief
from glassworks.core.contract import Brief, Task
from glassworks.core.difference import Change, ContractChanges
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.people import Actor, Person
from glassworks.core.result import Result, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.hub.policies import OFFICE_PACK
from glassworks.line import brief_files, cases, scope
from glassworks.line.parts import Parts
from glassworks.stages.scope.brief_file import schema

QUESTIONS = {
    "decision": "What decision does the model serve? (what is done with a case)",
    "whom": "For whom? (who works with it)",
    "worth": "What is a right decision worth? (such as 80 to 120 EUR a case)",
    "mistake": "What does a mistake cost? (such as 6 EUR a case)",
    "know": "How will we know that it worked?",
}
FILES = (".yaml", ".yml", ".json")


def told(results: list[Result]) -> str:
    """Answers of checks, a line each, with what to do next."""
    return "\n".join(
        f"[{r.verdict.value.replace('_', ' ')}] {r.title}: {r.answer.sentence}"
        + (f"\n    next: {r.answer.next_step}" if r.answer.next_step else "")
        for r in results
    )


@click.command("scope")
@click.argument("subject", default="")
@click.option("--file", type=click.Path(path_type=Path), default=None, help="A brief in YAML to save for SUBJECT.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Write the newest brief as YAML here.")
@click.option("--check", "check_only", is_flag=True, help="Only say what the checks find in the file; save nothing.")
@click.option("--schema", "print_schema", is_flag=True, help="Print the JSON Schema of a brief's file.")
@click.option("--as", "login", default="", envvar="GLASSWORKS_LOGIN", help="Your sign-in name.")
@json_option
def scope_(
    subject: str, file: Path | None, out: Path | None, check_only: bool, print_schema: bool, login: str, as_json: bool
) -> None:
    """Save the brief in SUBJECT, a YAML file; or show or write out the brief of SUBJECT, a use case.

    A file names its `use_case`, and with `version` the version that it was written from: when somebody saved since,
    nothing is saved. With --check and without --as no installation is asked: the office's shipped rules hold.
    """
    if print_schema:
        click.echo(json.dumps(schema(), indent=2))
        return
    if file is None and subject.endswith(FILES):
        subject, file = "", Path(subject)
    if not (subject or file):
        raise FixTheInput("No brief is named.", "", "Name a YAML file or a use case.", field="SUBJECT")
    if check_only and file and not login:
        _say_checked(brief_files.check_alone(content(file), OFFICE_PACK, datetime.now(UTC)), as_json)
        return
    if not login:
        raise FixTheInput("Nobody is named who asks.", "", "Add `--as` and your sign-in name.", field="--as")
    with installation() as parts:
        who = acting(parts, login)
        if file is None:
            _show(parts, who, subject, out, as_json)
        elif check_only:
            _say_checked(brief_files.check_file(parts, who, content(file), subject), as_json)
        else:
            saved = brief_files.save_file(parts, who, content(file), subject)
            _say_brief(parts, saved, as_json, f"\nThe file's next save is over `version: {saved.version}`.")


def _show(parts: Parts, who: Actor, use_case: str, out: Path | None, as_json: bool) -> None:
    known = cases.briefs(parts, cases.get(parts, who, use_case))
    if not known:
        raise NotFound("There is no brief yet.", "", "Save one with --file, or `glassworks work start`.")
    if out:
        written(out, brief_files.as_yaml(parts, who, use_case).encode())
    _say_brief(parts, known[-1], as_json)


def _say_checked(results: list[Result], as_json: bool) -> None:
    """What checks found; the exit code says whether something failed."""
    say(results, as_json, told(results))
    if any(one.verdict is Verdict.FAIL for one in results):
        raise click.exceptions.Exit(1)


def _say_brief(parts: Parts, brief: Brief, as_json: bool, more: str = "") -> None:
    results = cases.results_of(parts, parts.ledger.get(UseCase, brief.use_case), brief.id, Stage.SCOPE)
    say(brief, as_json, f"{brief.title}, version {brief.version}\n{told(results)}{more}")


@click.command()
@click.argument("use_case")
@click.option("--decision", default="", help=QUESTIONS["decision"])
@click.option("--for", "whom", default="", help=QUESTIONS["whom"])
@click.option("--worth", default="", help=QUESTIONS["worth"])
@click.option("--mistake", default="", help=QUESTIONS["mistake"])
@click.option("--know", default="", help=QUESTIONS["know"])
@click.option("--task", type=click.Choice([one.value for one in Task]), default=None, help="Default: yes or no.")
@person_option
@json_option
def start(use_case: str, task: str | None, login: str, as_json: bool, **given: str) -> None:
    """Start the brief of a use case with five questions; they are asked here when they are not given."""
    with installation() as parts:
        who = acting(parts, login)
        known = cases.briefs(parts, cases.get(parts, who, use_case))
        version = known[-1].version if known else 0
        told_ = {name: given[name] or _asked(name) for name in QUESTIONS}
        answers = StartBrief.model_validate({**told_, "task": task, "expected_version": version})
        saved = scope.start(parts, who, use_case, answers)
        filled = f"\n{len(saved.defaulted)} fields are filled in for you: {', '.join(saved.defaulted)}."
        next_step = (
            f"\nNext: `glassworks work scope {use_case} --out brief.yaml`, then `glassworks work scope brief.yaml`."
        )
        _say_brief(parts, saved, as_json, filled + next_step)


def _asked(name: str) -> str:
    if not sys.stdin.isatty():
        option = "for" if name == "whom" else name
        raise FixTheInput(f"The question {name} has no answer.", QUESTIONS[name], f"Give --{option}.", field=name)
    return str(click.prompt(QUESTIONS[name]))


@click.command()
@click.argument("use_case")
@person_option
@json_option
def changes(use_case: str, login: str, as_json: bool) -> None:
    """How the newest brief differs from the signed contract, and who must sign it again."""
    with installation() as parts:
        found = scope.changes(parts, acting(parts, login), use_case)
        names = {one.id: one.name for one in parts.ledger.find(Person)}
        say(found, as_json, _told_changes(found, names))


def _told_changes(found: ContractChanges, names: Mapping[str, str]) -> str:
    roles = ", ".join(role.words for role in found.sign_again)
    if not found.signed:
        return f"No contract is signed yet. {found.newest} waits for: {roles}."
    if not found.changes:
        return f"{found.newest} says what the signed contract says."
    lines = [f"{found.newest} against the signed {found.signed}:", *(_line(one, names) for one in found.changes)]
    return "\n".join([*lines, f"To sign again: {roles}."])


def _line(one: Change, names: Mapping[str, str]) -> str:
    before, after = (
        "nothing" if value is None else json.dumps(names.get(str(value), value), ensure_ascii=False)
        for value in (one.before, one.after)
    )
    return f"  {one.path}: {before} -> {after}  ({', '.join(role.words for role in one.signs)})"


COMMANDS = (scope_, start, changes)
