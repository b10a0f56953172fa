"""`glassworks work`: take a use case along the line from the command line, one act a command."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import polars as pl

from glassworks.cli import again, hold, own, papers, queue, scoping, what_if
from glassworks.cli.session import (
    Day,
    acting,
    content,
    file_argument,
    installation,
    json_option,
    passphrase,
    person_option,
    say,
    written,
)
from glassworks.cli.sign import elsewhere_option, give_out, sign_off_of
from glassworks.core.commands import AddData, DecideColumns, OpenUseCase, Sign, SubmitModel
from glassworks.core.conditions import FORMS, Signed
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.judgment import composed
from glassworks.core.people import LineOfBusiness, Role
from glassworks.core.ports import Job
from glassworks.core.signoff import Meaning
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, ColumnDecision, Dataset, ModelCard
from glassworks.factory import worker
from glassworks.line import cases, develop, explore, operate, scope, signing, validate, view
from glassworks.line import conditions as conditions_of
from glassworks.line.parts import Parts
from glassworks.stages.rows import outcome

MEANINGS = ["submit", "approve", "refuse", "accept_inconclusive"]


@click.group()
def work() -> None:
    """Work on a use case. Each command is one act; the rules of the line hold here as on the pages."""


def _line(parts: Parts, wanted: str) -> str:
    known = parts.ledger.find(LineOfBusiness)
    if not known:
        raise NotFound("There is no line of business yet.", "", "Run `glassworks admin init`.")
    if not wanted and len(known) > 1:
        names = ", ".join(one.id for one in known)
        raise FixTheInput("Several lines of business are here.", names, "Name one with --line.", field="line")
    return wanted or known[0].id


@work.command()
@click.option("--data", "file", required=True, type=click.Path(path_type=Path), help="A CSV or Parquet file.")
@click.option("--target", required=True, help="The column that holds the outcome.")
@click.option("--title", default="", help="Title of the use case (default: from the file's name).")
@click.option("--line", "line_id", default="", help="Line of business.")
@person_option
@json_option
def new(file: Path, target: str, title: str, line_id: str, login: str, as_json: bool) -> None:
    """Bring own data: a hold-out is sealed at once, the open rows give a ranked result list and a draft brief."""
    raw = content(file)
    with installation() as parts:
        who = acting(parts, login)
        explore.check_readable(raw, file.name, target)
        name = title or f"{file.stem.replace('_', ' ').replace('-', ' ').capitalize()}: {target}"
        command = OpenUseCase(title=name, question=f"What does {target} depend on?", line=_line(parts, line_id))
        with parts.ledger.transaction():
            case = cases.open_use_case(parts, who, command)
            dataset = explore.add_data(parts, who, AddData(use_case=case.id, name=file.name), raw, target=target)
            brief = scope.draft(parts, who, case.id, explore.open_rows(parts, dataset), target)
            dataset = explore.explore(parts, who, case.id)
        results = cases.results_of(parts, case, dataset.id, Stage.EXPLORE)
        words = f"{case.title} is on the line as {case.id}.\n{_sealing(dataset)}\n\nWhat the open rows show, ranked:\n"
        words += f"{scoping.told(results)}\n\nThe draft brief is {brief.id}; `defaulted` names what is filled in."
        words += f"\nNext: `glassworks work start {case.id}`, or `glassworks work scope {case.id} --out brief.yaml`,"
        words += " correct it, take what you confirm out of `defaulted`, and `glassworks work scope brief.yaml`."
        words += "\nData scientist, owner and validator are three people: `glassworks admin invite` invites them."
        say(results, as_json, words)


@work.command()
@click.argument("use_case")
@person_option
@json_option
def status(use_case: str, login: str, as_json: bool) -> None:
    """Where a use case stands: stage, answers, what waits for whom."""
    with installation() as parts:
        who = acting(parts, login)
        case = cases.get(parts, who, use_case)
        lines = [f"{case.title}: {case.stage.value}, {case.status.value.replace('_', ' ')}"]
        for stage in Stage:
            seen = view.of_stage(parts, who, case, stage)
            if seen:
                lines += [f"\n{stage.value} ({seen.subject})", scoping.told(list(seen.results))]
                if seen.decision:
                    lines.append("gate: open" if seen.decision.open else "gate: " + " ".join(seen.decision.reasons))
        say(case, as_json, "\n".join(lines))


@work.command()
@click.argument("use_case")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--target", default="", help="The outcome column, when there is no brief yet.")
@person_option
@json_option
def data(use_case: str, file: Path, target: str, login: str, as_json: bool) -> None:
    """Bring a file: fingerprint, divide, seal; then explore the open rows."""
    with installation() as parts:
        who = acting(parts, login)
        dataset: Dataset = explore.add_data(
            parts, who, AddData(use_case=use_case, name=file.name), content(file), target=target
        )
        dataset = explore.explore(parts, who, use_case)
        found = cases.results_of(parts, cases.get(parts, who, use_case), dataset.id, Stage.EXPLORE)
        say(found, as_json, f"{dataset.id}: {_sealing(dataset)}\n{scoping.told(found)}")


def _sealing(dataset: Dataset) -> str:
    """How the rows were divided, and what was decided about columns when the file was read."""
    return "\n".join([dataset.division, *dataset.notes])


@work.command("sealed")
@person_option
@json_option
def sealed_(login: str, as_json: bool) -> None:
    """The sealed rows of each dataset, and where looks at them were taken."""
    with installation() as parts:
        found = view.sealed_rows(parts, acting(parts, login))
        told = [
            {"use_case": one.case.id, "dataset": one.dataset.id, "rows": one.dataset.rows_sealed, "looks": one.sentence}
            for one in found
        ]
        lines = [f"{one['use_case']}, {one['dataset']}: {one['rows']:,} sealed rows, {one['looks']}." for one in told]
        say(told, as_json, "\n".join(lines) or "Nothing is sealed yet.")


@work.command("explore")
@click.argument("use_case")
@person_option
@json_option
def explore_(use_case: str, login: str, as_json: bool) -> None:
    """Explore the open rows under the brief in force, and lay the data ready for signatures."""
    with installation() as parts:
        who = acting(parts, login)
        dataset = explore.explore(parts, who, use_case)
        found = cases.results_of(parts, cases.get(parts, who, use_case), dataset.id, Stage.EXPLORE)
        say(found, as_json, f"{dataset.id}: {dataset.division}\n{scoping.told(found)}")


@work.command()
@click.argument("use_case")
@click.argument("column")
@click.argument("decision", type=click.Choice(["use", "exclude", "forbid", "sentinel"]))
@click.argument("reason")
@click.option("--sentinel", type=float, default=None, help="The number that means 'missing'.")
@person_option
@json_option
def decide(
    use_case: str, column: str, decision: Any, reason: str, sentinel: float | None, login: str, as_json: bool
) -> None:
    """The domain expert decides on a column; all decisions together are the data contract."""
    made = ColumnDecision(column=column, decision=decision, reason=reason, sentinel=sentinel)
    with installation() as parts:
        who = acting(parts, login)
        dataset = explore.decide_columns(parts, who, DecideColumns(use_case=use_case, decisions=(made,)))
        found = cases.results_of(parts, cases.get(parts, who, use_case), dataset.id, Stage.EXPLORE)
        say(found, as_json, scoping.told(found))


def _run(parts: Parts, job: Job) -> None:
    """Run jobs here until this one is done; a running worker may take it first."""
    worker(parts, "command line").drain()
    done = parts.jobs.get(job.id)
    if done.state == "failed":
        raise FixTheInput(f"The work {job.name} failed.", done.error, "Mend the cause, then ask again.")


@work.command()
@click.argument("use_case")
@person_option
@json_option
def build(use_case: str, login: str, as_json: bool) -> None:
    """Let the automatic builder make candidates and check each on open rows."""
    with installation() as parts:
        who = acting(parts, login)
        _run(parts, develop.ask_build(parts, who, use_case))
        made = cases.candidates(parts, cases.get(parts, who, use_case))
        words = "\n".join(f"{c.id}  {c.name}: " + "; ".join(e.says() for e in c.claims) for c in made)
        say(list(made), as_json, words)


@work.command()
@click.argument("use_case")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What the candidate is called.")
@click.option("--framework", default="python", help="python (a file model.py with `predict`), scikit-learn, ...")
@click.option("--input", "inputs", multiple=True, help="A column that it sees (default: all that are agreed).")
@click.option(
    "--until",
    default="",
    help="Until when it learned elsewhere (2026-03-31, 2026-03 or 2026), where not from these open rows.",
)
@person_option
@json_option
def bring(
    use_case: str,
    files: tuple[Path, ...],
    name: str,
    framework: str,
    inputs: tuple[str, ...],
    until: str,
    login: str,
    as_json: bool,
) -> None:
    """Bring a model made by hand; it is checked on open rows, as its author would."""
    with installation() as parts:
        who = acting(parts, login)
        case = cases.get(parts, who, use_case, "submit model")
        brief, dataset = cases.agreed(parts, case), cases.dataset(parts, case)
        labels, _ = outcome(explore.open_rows(parts, dataset), brief)
        card = ModelCard(
            framework=framework,
            recipe="brought by hand",
            task=brief.task,
            inputs=inputs or tuple(develop.allowed(brief, dataset)),
            labels=labels,
            learned_until=until,
        )
        kept = {file.name: parts.vault.put(content(file)) for file in files}
        command = SubmitModel(use_case=case.id, name=name, card=card, files=kept)
        made, job = develop.submit_model(parts, who, command)
        _run(parts, job)
        made = cases.of_case(parts, Candidate, case, made.id)
        say(made, as_json, f"{made.id}  {made.name}: " + "; ".join(e.says() for e in made.claims))


@work.command("validate")
@click.argument("use_case")
@click.argument("candidate")
@person_option
@json_option
def validate_(use_case: str, candidate: str, login: str, as_json: bool) -> None:
    """Have the office recompute a submitted candidate on the sealed rows; costs one look."""
    with installation() as parts:
        who = acting(parts, login)
        _run(parts, validate.ask_validation(parts, who, use_case, candidate))
        found = view.results(parts, who, cases.get(parts, who, use_case), candidate, Stage.VALIDATE)
        say(found, as_json, scoping.told(found))


@work.command()
@click.argument("use_case")
@click.argument("subject")
@click.option("--role", required=True, type=click.Choice([r.value for r in Role]))
@click.option("--meaning", default="approve", type=click.Choice(MEANINGS))
@click.option("--statement", default="")
@click.option("--soundness", default="", help="A validator's judgment: is the method plausible for this purpose?")
@click.option("--assumptions", default="", help="A validator's judgment: what must stay true.")
@click.option("--limitations", default="", help="A validator's judgment: where it should not be used.")
@click.option("--accept", "accepts", multiple=True, help="A check whose inconclusive answer is accepted.")
@click.option(
    "--condition", "conditions", multiple=True, help=f"Enforced by the server if written as: {'; '.join(FORMS)}."
)
@click.option("--until", type=Day(), default=None, help="When the acceptance ends.")
@elsewhere_option
@person_option
@json_option
def sign(
    use_case: str,
    subject: str,
    role: str,
    meaning: str,
    statement: str,
    soundness: str,
    assumptions: str,
    limitations: str,
    accepts: tuple[str, ...],
    conditions: tuple[str, ...],
    until: datetime | None,
    elsewhere: Path | None,
    login: str,
    as_json: bool,
) -> None:
    """Sign what lies ready for SUBJECT (a brief, dataset, candidate or monitoring round)."""
    with installation() as parts:
        who = acting(parts, login)
        judged = {"soundness": soundness, "assumptions": assumptions, "limitations": limitations}
        command = Sign(
            use_case=use_case,
            subject=subject,
            role=Role(role),
            meaning=Meaning(meaning),
            statement=composed(judged, statement),
            accepts=accepts,
            conditions=conditions,
            expires_at=until,
        )
        if elsewhere:
            give_out(signing.to_sign_elsewhere(parts, who, command), elsewhere, as_json)
            return
        decision = signing.sign(parts, who, command, passphrase(parts, login))
        _say_gate(conditions_of.answered(parts, decision, command), as_json)


def _say_gate(said: Signed, as_json: bool) -> None:
    words = "The gate is open." if said.open else "The gate is closed:\n  " + "\n  ".join(said.reasons)
    say(said, as_json, "\n".join([words, *(one.words for one in said.conditions)]))


@work.command()
@file_argument
@person_option
@json_option
def take(file: Path, login: str, as_json: bool) -> None:
    """Bring a sign-off that was signed elsewhere, with a key that stays with its owner."""
    signed = sign_off_of(file)
    with installation() as parts:
        who = acting(parts, login)
        if signed.meaning is Meaning.GRANT_EXCEPTION:
            hold.take_grant(parts, who, signed, as_json)
        elif signed.meaning is Meaning.RELEASE_STOP:
            hold.take_release(parts, who, signed, as_json)
        else:
            _say_gate(conditions_of.answered(parts, signing.add_signed(parts, who, signed), signed), as_json)


@work.command()
@click.argument("use_case")
@file_argument
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Where to write the ranked list (CSV).")
@person_option
@json_option
def score(use_case: str, file: Path, out: Path | None, login: str, as_json: bool) -> None:
    """Score a list through the governed endpoint and rank it up to the capacity."""
    with installation() as parts:
        ranked = operate.rank(parts, acting(parts, login), use_case, content(file), file.name)
    target = out or file.with_name(f"{file.stem}-ranked.csv")
    written(target, operate.as_csv(ranked))
    with pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, fmt_str_lengths=60):
        head = str(ranked.select("row", "decision", "score", "reasons").head(10))
    say({"rows": ranked.height, "file": str(target)}, as_json, f"{head}\n{ranked.height:,} rows ranked in {target}.")


@work.command()
@click.argument("use_case")
@file_argument
@person_option
@json_option
def outcomes(use_case: str, file: Path, login: str, as_json: bool) -> None:
    """Report late outcomes from a CSV with the columns `prediction` and `outcome`."""
    with installation() as parts:
        pairs = operate.outcome_pairs(content(file), file.name)
        count = operate.report_outcomes(parts, acting(parts, login), use_case, pairs)
        say({"outcomes": count}, as_json, f"{count:,} outcomes are taken.")


@work.command()
@click.argument("use_case")
@click.option("--replay", is_flag=True, help="Feed the replay window first, as a rehearsal.")
@person_option
@json_option
def monitor(use_case: str, replay: bool, login: str, as_json: bool) -> None:
    """Turn the monitors once: drift, realised performance, promised against realised KPI."""
    with installation() as parts:
        who = acting(parts, login)
        _run(parts, (operate.ask_replay if replay else operate.ask_round)(parts, who, use_case))
        seen = view.of_stage(parts, who, cases.get(parts, who, use_case), Stage.OPERATE)
        found = list(seen.results) if seen else []
        say(found, as_json, scoping.told(found))


for command in (
    *scoping.COMMANDS,
    what_if.what_if,
    *hold.COMMANDS,
    *papers.COMMANDS,
    *queue.COMMANDS,
    *own.COMMANDS,
    *again.COMMANDS,
):
    work.add_command(command)
