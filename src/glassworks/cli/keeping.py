"""Backups of a home: one archive with a consistent copy of the database, and back again, verified."""

import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from glassworks import factory, settings
from glassworks.cli.session import installation
from glassworks.core.errors import Conflict, FixTheInput, NotFound
from glassworks.hub.audit import verify_journal
from glassworks.line import audit, outcome
from glassworks.settings import Settings

DATABASE = "glassworks.db"
OF_THE_MOMENT = (DATABASE, "server.json", "demo.lock", "serve.lock", "worker.seen", ".")
"""What begins so is not archived: the live database (a copy is), and what only says who runs now."""


@click.command()
@click.argument("archive", type=click.Path(path_type=Path))
def backup(archive: Path) -> None:
    """Write the home into one archive (tar.gz) with a consistent copy of the database. It holds keys: keep it."""
    chosen = settings.read()
    _check_place(chosen, archive)
    with tempfile.TemporaryDirectory(dir=archive.parent) as place:
        copy = Path(place) / DATABASE
        if not chosen.database_url:
            _copy_database(chosen.home / DATABASE, copy)
        draft = Path(place) / "backup.tar.gz"
        with tarfile.open(draft, "w:gz") as out:
            if copy.exists():
                out.add(copy, arcname=DATABASE)
            for path in _kept(chosen.home):
                with suppress(FileNotFoundError):  # a draft that was renamed meanwhile
                    out.add(path, arcname=str(path.relative_to(chosen.home)), recursive=False)
        draft.chmod(0o600)
        shutil.move(draft, archive)
    tail = "" if not chosen.database_url else " The database is elsewhere: back it up with its own tool."
    click.echo(f"{archive} holds {chosen.home}.{tail}")


def _check_place(chosen: Settings, archive: Path) -> None:
    if not factory.home_exists(chosen):
        raise NotFound(f"There is no installation in {chosen.home}.", "", "Check GLASSWORKS_HOME.")
    if archive.exists():
        raise Conflict(f"{archive} exists.", "", "Choose another name.")
    if not archive.parent.is_dir():
        raise NotFound(f"There is no folder {archive.parent}.", "", "Make it first.")
    if archive.resolve().is_relative_to(chosen.home.resolve()):
        raise FixTheInput(f"{archive} lies in the home itself.", "", "Write the backup to another place.")


def _kept(home: Path) -> Iterator[Path]:
    for top in sorted(home.iterdir()):
        if not top.name.startswith(OF_THE_MOMENT):
            yield top
            if top.is_dir():
                yield from sorted(top.rglob("*"))


def _copy_database(source: Path, target: Path) -> None:
    if not source.exists():
        raise NotFound(f"There is no database in {source.parent}.")
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as read, sqlite3.connect(target) as write:
        read.backup(write)


@click.command()
@click.argument("archive", type=click.Path(path_type=Path))
def restore(archive: Path) -> None:
    """Restore a backup into an empty GLASSWORKS_HOME, and verify it."""
    chosen = settings.read()
    if chosen.home.exists() and any(chosen.home.iterdir()):
        raise Conflict(f"{chosen.home} is not empty.", "", "Set GLASSWORKS_HOME to a new folder.")
    if not archive.is_file():
        raise NotFound(f"There is no file {archive}.")
    chosen.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    why = _unpack(archive, chosen.home)
    if why or not factory.home_exists(chosen):
        shutil.rmtree(chosen.home)
        raise FixTheInput(
            f"{archive} is not a whole backup.",
            why or "It holds no office key.",
            "Use an archive of `glassworks admin backup`.",
        )
    with installation() as parts:
        faults = verify_journal(parts.ledger, parts.vault) or audit.log_faults(parts)
        if not faults:  # the copies in the archive may be newer than its database
            outcome.publish(parts)
            faults = audit.copy_faults(parts)
    click.echo("\n".join(faults) if faults else f"{chosen.home} is restored and verifies.")
    raise click.exceptions.Exit(1 if faults else 0)


def _unpack(archive: Path, home: Path) -> str:
    """Why the archive cannot be unpacked; an empty text when it is."""
    try:
        with tarfile.open(archive) as read:
            read.extractall(home, filter="data")
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        return f"The reader stopped: {type(error).__name__}."
    return ""
