"""`glassworks work`, the documents as files, and the list of those that a policy asks for."""

from pathlib import Path

import click

from glassworks.cli.session import acting, installation, json_option, person_option, say, written
from glassworks.core.document import Document
from glassworks.core.documentation import Point
from glassworks.core.errors import FixTheInput
from glassworks.line import documentation, documents


def _write(document: Document, out: Path, as_json: bool) -> None:
    format = next((known for known, ending in documents.ENDINGS.items() if out.suffix.lower() == ending), None)
    if format is None:
        raise FixTheInput(
            f"The name {out.name} says no known format.",
            f"The formats are: {', '.join(documents.ENDINGS.values())}.",
            "Name a file that ends in one of them.",
            field="out",
        )
    written(out, documents.written(document, format))
    told = {"file": str(out), "title": document.title, "about": document.about}
    say(told, as_json, f"{document.title} is written to {out}.")


out_option = click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The file to write: .pdf, .html or .md."
)


@click.command()
@click.argument("use_case")
@click.option("--version", default=0, help="A version of the brief (default: the one in force, else the newest).")
@out_option
@person_option
@json_option
def contract(use_case: str, version: int, out: Path, login: str, as_json: bool) -> None:
    """Write the KPI contract, with its signatures, as PDF, HTML or Markdown."""
    with installation() as parts:
        _write(documents.contract(parts, acting(parts, login), use_case, version), out, as_json)


@click.command()
@click.argument("use_case")
@click.argument("candidate")
@out_option
@person_option
@json_option
def report(use_case: str, candidate: str, out: Path, login: str, as_json: bool) -> None:
    """Write the validation report of CANDIDATE as PDF, HTML or Markdown."""
    with installation() as parts:
        _write(documents.validation_report(parts, acting(parts, login), use_case, candidate), out, as_json)


@click.command()
@click.argument("use_case")
@click.argument("candidate")
@out_option
@person_option
@json_option
def card(use_case: str, candidate: str, out: Path, login: str, as_json: bool) -> None:
    """Write the model card of CANDIDATE; as Markdown it begins with Hugging Face's metadata."""
    with installation() as parts:
        _write(documents.card(parts, acting(parts, login), use_case, candidate), out, as_json)


@click.command()
@click.argument("use_case")
@click.argument("candidate")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The JSON file to write.")
@person_option
@json_option
def bom(use_case: str, candidate: str, out: Path, login: str, as_json: bool) -> None:
    """Write the bill of materials of CANDIDATE, in CycloneDX 1.6."""
    with installation() as parts:
        written(out, documents.bill(parts, acting(parts, login), use_case, candidate))
    say({"file": str(out)}, as_json, f"The bill of materials of {candidate} is written to {out}.")


@click.command("documents")
@click.argument("use_case")
@click.option("--pack", default="", help="A shipped policy pack by name (default: the one in force for the line).")
@click.option("--out", type=click.Path(path_type=Path), help="A file to write: .pdf, .html or .md.")
@person_option
@json_option
def asked_for(use_case: str, pack: str, out: Path | None, login: str, as_json: bool) -> None:
    """List the documents that a policy pack asks for, and which points are filled."""
    with installation() as parts:
        who = acting(parts, login)
        if out is not None:
            _write(documentation.document(parts, who, use_case, pack), out, as_json)
            return
        found = documentation.documentation(parts, who, use_case, pack)
    lines = [f"[{documentation.WORDS[one.state]}] {one.id}  {one.title}{_missing(one)}" for one in found.points]
    say(found, as_json, "\n".join([f"{found.sentence} The pack is {found.legal_note}.", *lines]))


def _missing(one: Point) -> str:
    return f"\n    missing: {'; '.join(one.missing)}" if one.missing else ""


COMMANDS = (contract, report, card, bom, asked_for)
