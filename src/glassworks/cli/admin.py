"""`glassworks admin`: set up an installation and look after it."""

import os
import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path

import click

from glassworks import factory, settings
from glassworks.cli.session import acting, installation, json_option, person_option, say
from glassworks.core.commands import Invite
from glassworks.core.errors import Conflict, FixTheInput, GlassworksError, NotFound
from glassworks.core.journal import Act
from glassworks.core.people import Person, Role
from glassworks.core.policy import PolicyPack
from glassworks.hub.audit import verify_journal
from glassworks.hub.policies import OFFICE_PACK
from glassworks.line import office, operate, outcome, people
from glassworks.settings import Settings

DATABASE = "glassworks.db"


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
    if factory.home_exists(chosen):
        raise Conflict(f"{chosen.home} is set up already.", "", "Use it, or set GLASSWORKS_HOME to another folder.")
    password, passphrase = (
        _asked("Password", "GLASSWORKS_PASSWORD"),
        _asked("Passphrase for signing", "GLASSWORKS_PASSPHRASE"),
    )
    invite = Invite(name=name, login=login, roles=(Role.CHAMPION,))
    key = factory.create_office(chosen)
    try:
        with installation() as parts:
            office.found(parts, invite, line, password=password, passphrase=passphrase)
    except GlassworksError:
        if not _has_people(chosen):
            chosen.key_path().unlink()
        raise
    words = (
        f"Glassworks is set up in {chosen.home}.\n"
        f"The office's key lies at {chosen.key_path()} (keep a copy elsewhere).\nIts fingerprint, to pass on by hand:\n"
        f"  {key.fingerprint}\nNext: `glassworks serve`, then invite people on the page People."
    )
    say({"home": str(chosen.home), "fingerprint": key.fingerprint}, as_json, words)


def _has_people(chosen: Settings) -> bool:
    with installation() as parts:
        return bool(parts.ledger.find(Person)) and parts.settings.home == chosen.home


def _asked(words: str, variable: str) -> str:
    given = os.environ.get(variable)
    return given or str(click.prompt(words, hide_input=True, confirmation_prompt=True))


@admin.command()
@click.option("--name", required=True)
@click.option("--login", "invited", required=True, help="Their sign-in name.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role]))
@click.option("--line", default="", help="The line of business (default: every line).")
@person_option
@json_option
def invite(name: str, invited: str, roles: tuple[str, ...], line: str, login: str, as_json: bool) -> None:
    """Invite a person in one or more roles; pass the link on to them."""
    with installation() as parts:
        command = Invite.model_validate({"name": name, "login": invited, "roles": roles, "line": line})
        invitation, secret = people.invite(parts, acting(parts, login), command)
        path = f"/join/{invitation.id}?secret={secret}"
        say(
            {"invitation": invitation.id, "path": path},
            as_json,
            f"Pass this link on to {name}; it works once, until {invitation.expires_at:%Y-%m-%d}:\n  {path}",
        )


@admin.command()
@click.argument("leaver")
@click.argument("heir")
@person_option
@json_option
def leave(leaver: str, heir: str, login: str, as_json: bool) -> None:
    """Close LEAVER's account and hand the work over to HEIR (sign-in names)."""
    with installation() as parts:
        taken = people.leave(
            parts,
            acting(parts, login),
            _person(parts.ledger.find(Person, login=leaver), leaver).id,
            _person(parts.ledger.find(Person, login=heir), heir).id,
        )
        say(taken, as_json, f"{taken.name} takes over; the old signatures go on to verify.")


def _person(found: list[Person], login: str) -> Person:
    if not found:
        raise NotFound(f"Nobody signs in as {login}.")
    return found[0]


@admin.command()
@json_option
def verify(as_json: bool) -> None:
    """Verify the journal's chain, every record, the vault and the prediction log; one changed byte is found."""
    with installation() as parts:
        faults = verify_journal(parts.ledger, parts.vault)
        faults += operate.segment_faults(parts)
        count = sum(1 for _ in parts.ledger.entries())
    words = f"{count:,} journal entries verify; every record and file is as it was written."
    say({"entries": count, "faults": faults}, as_json, words if not faults else "\n".join(faults))
    raise click.exceptions.Exit(1 if faults else 0)


@admin.command()
@click.argument("pack", type=click.Path(path_type=Path))
@person_option
@json_option
def adopt(pack: Path, login: str, as_json: bool) -> None:
    """Adopt a policy pack (JSON or YAML); a line's pack may only tighten the office's."""
    with installation() as parts:
        adopted = office.adopt(parts, acting(parts, login), office.read_pack(pack))
        say(adopted, as_json, f"{adopted.title} {adopted.version} is in force from {adopted.effective_from}.")


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
@click.argument("archive", type=click.Path(path_type=Path))
def backup(archive: Path) -> None:
    """Write the home into one archive (tar.gz) with a consistent copy of the database. It holds keys: keep it."""
    chosen = settings.read()
    if archive.exists():
        raise Conflict(f"{archive} exists.", "", "Choose another name.")
    with tempfile.TemporaryDirectory(dir=archive.parent if archive.parent.is_dir() else None) as place:
        copy = Path(place) / DATABASE
        if not chosen.database_url:
            _copy_database(chosen.home / DATABASE, copy)
        draft = Path(place) / "backup.tar.gz"
        with tarfile.open(draft, "w:gz") as out:
            if copy.exists():
                out.add(copy, arcname=DATABASE)
            for path in sorted(chosen.home.iterdir()):
                if not path.name.startswith((DATABASE, "server.json", "demo.lock")):
                    out.add(path, arcname=path.name)
        draft.chmod(0o600)
        shutil.move(draft, archive)
    tail = "" if not chosen.database_url else " The database is elsewhere: back it up with its own tool."
    click.echo(f"{archive} holds {chosen.home}.{tail}")


def _copy_database(source: Path, target: Path) -> None:
    if not source.exists():
        raise NotFound(f"There is no installation in {source.parent}.")
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as read, sqlite3.connect(target) as write:
        read.backup(write)


@admin.command()
@click.argument("archive", type=click.Path(path_type=Path))
def restore(archive: Path) -> None:
    """Restore a backup into an empty GLASSWORKS_HOME, and verify it."""
    chosen = settings.read()
    if chosen.home.exists() and any(chosen.home.iterdir()):
        raise Conflict(f"{chosen.home} is not empty.", "", "Set GLASSWORKS_HOME to a new folder.")
    if not archive.is_file():
        raise NotFound(f"There is no file {archive}.")
    chosen.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tarfile.open(archive) as read:
            read.extractall(chosen.home, filter="data")
    except tarfile.TarError as error:
        shutil.rmtree(chosen.home)
        raise FixTheInput(
            f"{archive} is not a backup.", type(error).__name__, "Use an archive of `admin backup`."
        ) from error
    with installation() as parts:
        faults = verify_journal(parts.ledger, parts.vault)
        outcome.publish(parts)
    click.echo("\n".join(faults) if faults else f"{chosen.home} is restored and verifies.")
    raise click.exceptions.Exit(1 if faults else 0)


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
