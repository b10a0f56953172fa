"""`glassworks work`, the acts that hold the line to account: stops, findings, exceptions, retirement."""

from datetime import datetime
from pathlib import Path

import click

from glassworks.cli.session import Day, acting, installation, json_option, passphrase, person_option, say
from glassworks.cli.sign import elsewhere_option, give_out
from glassworks.core.commands import AskException, Raise, Stop
from glassworks.core.finding import Severity
from glassworks.core.people import Actor
from glassworks.core.signoff import SignOff
from glassworks.core.usecase import Waiver
from glassworks.factory import worker
from glassworks.line import anew, exceptions, operate, stops
from glassworks.line.parts import Parts


@click.command()
@click.argument("kind", type=click.Choice(["use_case", "release", "line"]))
@click.argument("target")
@click.argument("reason")
@person_option
@json_option
def stop(kind: str, target: str, reason: str, login: str, as_json: bool) -> None:
    """Stop a use case, a release or a line of business. Anyone may."""
    with installation() as parts:
        pulled = stops.stop(parts, acting(parts, login), Stop(target_kind=kind, target=target, reason=reason))
        words = f"{target} is stopped ({pulled.id}). Releasing it takes another person's signature."
        say(pulled, as_json, words)


@click.command("release-stop")
@click.argument("stop_id", metavar="STOP")
@click.argument("reason")
@elsewhere_option
@person_option
@json_option
def release_stop(stop_id: str, reason: str, elsewhere: Path | None, login: str, as_json: bool) -> None:
    """Release a stop by signature; another person pulled it."""
    with installation() as parts:
        if elsewhere:
            give_out(stops.release_at_home(parts, acting(parts, login), stop_id, reason), elsewhere, as_json)
            return
        released = stops.release_stop(parts, acting(parts, login), stop_id, reason, passphrase(parts, login))
        say(released, as_json, f"{released.target} goes on.")


@click.command()
@click.argument("use_case")
@click.argument("subject")
@click.argument("severity", type=click.Choice([one.value for one in Severity]))
@click.argument("text")
@click.option("--owner", required=True, help="Who puts it right, by login.")
@click.option("--due", required=True, type=Day(), help="By when.")
@click.option("--remedy", default="", help="What would mend it.")
@person_option
@json_option
def find(
    use_case: str,
    subject: str,
    severity: str,
    text: str,
    owner: str,
    due: datetime,
    remedy: str,
    login: str,
    as_json: bool,
) -> None:
    """Raise a finding about SUBJECT; an open one of high severity keeps gate 4 closed."""
    with installation() as parts:
        command = Raise(
            use_case=use_case,
            subject=subject,
            severity=Severity(severity),
            text=text,
            owner=owner,
            due=due,
            remediation=remedy,
        )
        found = stops.raise_finding(parts, acting(parts, login), command)
        say(found, as_json, f"The finding is {found.id}.")


@click.command("close-finding")
@click.argument("use_case")
@click.argument("finding")
@click.argument("evidence")
@person_option
@json_option
def close_finding(use_case: str, finding: str, evidence: str, login: str, as_json: bool) -> None:
    """Close a finding with the evidence that it is put right."""
    with installation() as parts:
        closed = stops.close_finding(parts, acting(parts, login), use_case, finding, evidence)
        say(closed, as_json, f"{closed.id} is closed.")


@click.command("ask-exception")
@click.argument("use_case")
@click.argument("subject")
@click.argument("check")
@click.argument("reason")
@click.option("--compensation", required=True, help="What is done meanwhile in place of passing the check.")
@click.option("--days", required=True, type=int, help="For how long; the policy caps it.")
@person_option
@json_option
def ask_exception(
    use_case: str, subject: str, check: str, reason: str, compensation: str, days: int, login: str, as_json: bool
) -> None:
    """Ask for an exception from one check of SUBJECT, for a time; another person grants it."""
    with installation() as parts:
        command = AskException(
            use_case=use_case, subject=subject, check=check, reason=reason, compensation=compensation, days=days
        )
        asked = exceptions.ask_exception(parts, acting(parts, login), command)
        say(asked, as_json, f"The exception {asked.id} waits for a champion or an approver.")


@click.command("grant-exception")
@click.argument("use_case")
@click.argument("exception")
@elsewhere_option
@person_option
@json_option
def grant_exception(use_case: str, exception: str, elsewhere: Path | None, login: str, as_json: bool) -> None:
    """Counter-sign an exception that another person asked for, on work that you made no part of."""
    with installation() as parts:
        who = acting(parts, login)
        if elsewhere:
            give_out(exceptions.grant_at_home(parts, who, use_case, exception), elsewhere, as_json)
            return
        _say_granted(exceptions.grant_exception(parts, who, use_case, exception, passphrase(parts, login)), as_json)


def _say_granted(granted: Waiver, as_json: bool) -> None:
    say(granted, as_json, f"{granted.check} is excepted until {granted.expires_at:%Y-%m-%d}.")


def take_grant(parts: Parts, who: Actor, signed: SignOff, as_json: bool) -> None:
    """Take a grant that was signed elsewhere."""
    _say_granted(exceptions.add_grant(parts, who, signed), as_json)


def take_release(parts: Parts, who: Actor, signed: SignOff, as_json: bool) -> None:
    """Take the release of a stop that was signed elsewhere."""
    released = stops.add_release(parts, who, signed)
    say(released, as_json, f"{released.target} goes on.")


@click.command()
@click.argument("use_case")
@click.argument("reason")
@person_option
@json_option
def retire(use_case: str, reason: str, login: str, as_json: bool) -> None:
    """Retire a use case: its release stops running at once."""
    with installation() as parts:
        case = operate.retire(parts, acting(parts, login), use_case, reason)
        say(case, as_json, f"{case.title} is retired.")


@click.command()
@click.argument("use_case")
@click.argument("subject")
@person_option
@json_option
def prepare(use_case: str, subject: str, login: str, as_json: bool) -> None:
    """Have the evidence about SUBJECT prepared anew, when a newer policy pack is in force."""
    with installation() as parts:
        told = anew.prepare_anew(parts, acting(parts, login), use_case, subject)
        worker(parts, "command line").drain()
        say({"sentence": told}, as_json, told)


COMMANDS = (prepare, stop, release_stop, find, close_finding, ask_exception, grant_exception, retire)
