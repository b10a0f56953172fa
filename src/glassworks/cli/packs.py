"""`glassworks admin`, the policy packs: which are shipped, what the linter says of one, adopt one."""

from datetime import UTC, datetime

import click

from glassworks.cli.session import acting, installation, json_option, person_option, say
from glassworks.core.errors import FixTheInput
from glassworks.core.policy import Fault, PolicyPack
from glassworks.hub import shipped_packs
from glassworks.hub.policies import OFFICE_PACK
from glassworks.line import office
from glassworks.line import packs as acts

line_option = click.option("--line", default="", help="The line of business whose pack it is to be, by id.")


@click.command()
@json_option
def packs(as_json: bool) -> None:
    """List the shipped policy packs; each only tightens the office's pack, and none is legally reviewed."""
    found = [shipped_packs.shipped(name, OFFICE_PACK) for name in shipped_packs.names()]
    told = [
        {"name": name, "title": one.title, "version": one.version, "legal_note": one.legal_note, "note": one.note}
        for name, one in zip(shipped_packs.names(), found, strict=True)
    ]
    words = "\n".join(f"{one['name']}  {one['title']}, {one['version']} ({one['legal_note']})" for one in told)
    say(told, as_json, words)


@click.command("check-pack")
@click.argument("pack")
@line_option
@click.option("--use-case", default="", help="Ask too which tests its rows could not bring to a verdict.")
@click.option("--as", "login", default="", envvar="GLASSWORKS_LOGIN", help="Your sign-in name.")
@json_option
def check_pack(pack: str, line: str, use_case: str, login: str, as_json: bool) -> None:
    """Ask the linter about PACK, a file (JSON or YAML) or a shipped pack; exit 1: it found something.

    Without --as no installation is asked: the office's shipped pack is the measure.
    """
    if not login:
        if use_case:
            raise FixTheInput("Nobody is named who asks.", "", "Add `--as` and your sign-in name.", field="--as")
        found = acts.find_pack(pack, OFFICE_PACK, line)
        _say_faults(found, acts.check_alone(found, OFFICE_PACK, datetime.now(UTC).date()), as_json)
        return
    with installation() as parts:
        who = acting(parts, login)
        found = acts.find_pack(pack, parts.policy(""), line)
        _say_faults(found, acts.check_pack(parts, who, found, use_case), as_json)


def _say_faults(pack: PolicyPack, found: list[Fault], as_json: bool) -> None:
    lines = [f"[{one.rule}] {one.field}: {one.reason}\n    next: {one.next_step}" for one in found]
    head = f"{pack.title}, {pack.version}, {pack.legal_note}."
    say(found, as_json, "\n".join([head, *(lines or ["Nothing is wrong with it."])]))
    if found:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("pack")
@line_option
@person_option
@json_option
def adopt(pack: str, line: str, login: str, as_json: bool) -> None:
    """Adopt PACK, a file (JSON or YAML) or a shipped pack; a line's pack may only tighten the office's."""
    with installation() as parts:
        who = acting(parts, login)
        adopted = office.adopt(parts, who, acts.find_pack(pack, parts.policy(""), line))
        say(adopted, as_json, f"{adopted.title} {adopted.version} is in force from {adopted.effective_from}.")


COMMANDS = (packs, check_pack, adopt)
