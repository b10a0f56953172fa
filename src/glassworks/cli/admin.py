"""`glassworks admin`: set up an installation and look after it."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import click

from glassworks import factory, settings
from glassworks.cli import keeping, packs
from glassworks.cli.session import (
    PASSPHRASE,
    PASSWORD,
    acting,
    content,
    installation,
    json_option,
    person_option,
    say,
    taken,
)
from glassworks.core.commands import Invite
from glassworks.core.errors import Conflict, FixTheInput, NotFound
from glassworks.core.journal import Act
from glassworks.core.people import Person, Role
from glassworks.core.policy import PolicyPack
from glassworks.hub.policies import OFFICE_PACK
from glassworks.line import audit, office, operate, people


@click.group()
def admin() -> None:
    """Set up an installation and look after it."""


@admin.command()
@click.option("--name", required=True, help="Your name: you become the factory champion.")
@click.option("--login", required=True, help="Your sign-in name.")
@click.option("--line", required=True, help="The first line of business, such as 'Retail banking'.")
@json_option
def init(name: str, login: str, line: str, as_json: bool) -> None:
    """Make the office's key, the first line of business, the champion's account, and adopt the policy pack."""
    chosen = settings.read()
    begun = factory.home_exists(chosen)
    if begun and _has_people():
        raise Conflict(f"{chosen.home} is set up already.", "", "Use it, or set GLASSWORKS_HOME to another folder.")
    invite = Invite(name=name, login=login, roles=(Role.CHAMPION,))
    password, passphrase = _asked("Password", PASSWORD), _asked("Passphrase for signing", PASSPHRASE)
    if not begun:
        factory.create_office(chosen)
    with installation() as parts:
        office.found(parts, invite, line, password=password, passphrase=passphrase)
        fingerprint = parts.office.fingerprint
    words = (
        f"Glassworks is set up in {chosen.home}.\n"
        f"The office's key lies at {chosen.key_path()} (keep a copy elsewhere).\nIts fingerprint, to pass on by hand:\n"
        f"  {fingerprint}\nNext: `glassworks serve`, then invite people on the page People."
    )
    say({"home": str(chosen.home), "fingerprint": fingerprint}, as_json, words)


def _has_people() -> bool:
    """Whether somebody is here; a set-up that was cut off goes on with the key it made."""
    with installation() as parts:
        return bool(parts.ledger.find(Person))


def _asked(words: str, variable: str) -> str:
    return taken(variable) or str(click.prompt(words, hide_input=True, confirmation_prompt=True))


@admin.command()
@click.option("--name", required=True)
@click.option("--login", "invited", required=True, help="Their sign-in name.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role]))
@click.option("--line", default="", help="The line of business (default: every line).")
@click.option("--reports-to", "above", default="", help="Sign-in name of the person above them.")
@person_option
@json_option
def invite(name: str, invited: str, roles: tuple[str, ...], line: str, above: str, login: str, as_json: bool) -> None:
    """Invite a person in one or more roles; pass the link on to them."""
    with installation() as parts:
        asked = {"name": name, "login": invited, "roles": roles, "line": line, "reports_to": above}
        command = Invite.model_validate(asked)
        invitation, secret = people.invite(parts, acting(parts, login), command)
        path = f"/join?token={invitation.id}.{secret}"
        say(
            {"invitation": invitation.id, "path": path},
            as_json,
            f"Pass this link on to {name}, after your server's address; it works once, until "
            f"{invitation.expires_at:%Y-%m-%d}:\n  {path}",
        )


@admin.command()
@click.argument("link")
@json_option
def join(link: str, as_json: bool) -> None:
    """Accept an invitation by its LINK: choose a password and a passphrase, get a key."""
    token = parse_qs(urlsplit(link).query).get("token", [link])[0]
    invitation, _, secret = token.partition(".")
    with installation() as parts:
        people.invitation(parts, invitation, secret)
        password, passphrase = _asked("Password", PASSWORD), _asked("Passphrase for signing", PASSPHRASE)
        person = people.accept(parts, invitation, secret, password=password, passphrase=passphrase)
        roles = ", ".join(role.words for role in person.roles)
        facts = {"person": person.id, "login": person.login, "roles": [role.value for role in person.roles]}
        say(facts, as_json, f"{person.name} is here as {roles} and signs in as {person.login}.")


@admin.command("new-key")
@person_option
@json_option
def new_key(login: str, as_json: bool) -> None:
    """Replace a lost passphrase: a new key from now on; what the old one signed goes on to verify."""
    with installation() as parts:
        held = people.new_key(parts, acting(parts, login), _asked("New passphrase for signing", PASSPHRASE))
        say(held.key, as_json, f"The key is {held.key.key_id}; the old one signs no more.")


@admin.command("enrol-key")
@click.argument("file", type=click.Path(path_type=Path))
@person_option
@json_option
def enrol_key(file: Path, login: str, as_json: bool) -> None:
    """Put the public key in FILE (of `glassworks sign --new`) on the list; its private half stays with you."""
    try:
        public = str(json.loads(content(file))["public_key"])
    except (ValueError, KeyError, TypeError) as error:
        raise FixTheInput(f"{file} holds no public key.", "", "Make one: `glassworks sign FILE --new`.") from error
    with installation() as parts:
        held = people.enrol_key(parts, acting(parts, login), public)
        say(held.key, as_json, f"The key is {held.key.key_id}; sign with `glassworks sign FILE --key`.")


@admin.command()
@click.argument("leaver")
@click.argument("heir")
@person_option
@json_option
def leave(leaver: str, heir: str, login: str, as_json: bool) -> None:
    """Close LEAVER's account and hand the work over to HEIR (sign-in names).

    The roles go with it where both work in the same lines of business and no two of the roles conflict.
    """
    with installation() as parts:
        who = acting(parts, login)
        gone, after = (_person(parts.ledger.find(Person, login=name), name) for name in (leaver, heir))
        taken = people.leave(parts, who, gone.id, after.id)
        told = "" if set(gone.roles) <= set(taken.roles) else f" {taken.name} keeps the roles and lines of before."
        say(taken, as_json, f"{taken.name} takes over the work; the old signatures go on to verify.{told}")


def _person(found: list[Person], login: str) -> Person:
    if not found:
        raise NotFound(f"Nobody signs in as {login}.")
    return found[0]


@admin.command()
@json_option
def verify(as_json: bool) -> None:
    """Verify journal, records, vault, prediction log, and the copies for serving and outsiders; exit 1: a fault."""
    with installation() as parts:
        faults = audit.faults(parts)
        count = 0 if faults else sum(1 for _ in parts.ledger.entries())
    words = f"{count:,} journal entries verify; every record and file is as it was written."
    say({"entries": count, "faults": faults}, as_json, words if not faults else "\n".join(faults))
    raise click.exceptions.Exit(1 if faults else 0)


@admin.command()
@click.argument("reference")
@person_option
@json_option
def erase(reference: str, login: str, as_json: bool) -> None:
    """Erase every prediction row of one person; the log's chain goes on to verify."""
    with installation() as parts:
        rows = operate.erase(parts, acting(parts, login), reference)
        say({"rows": rows}, as_json, f"{rows} rows are erased; their digests stay, so the chain verifies.")


@admin.command()
def upgrade() -> None:
    """Bring an older home's database to this version; opening it does the same."""
    with installation() as parts:
        parts.ledger.note(Act(act="upgrade", who="office", sentence="The installation is opened by this version."))
        packs = parts.ledger.find(PolicyPack)
    click.echo(
        f"The database is at this version; {len(packs) or 1} policy packs, the newest office pack here is "
        f"{OFFICE_PACK.version}."
    )


for command in (keeping.backup, keeping.restore, *packs.COMMANDS):
    admin.add_command(command)
