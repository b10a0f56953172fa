"""What every command that acts for a person shares: open the installation, know who asks, say the answer."""

import getpass
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from glassworks import factory, settings
from glassworks.cli.personas import FILE, secrets_of
from glassworks.cli.scoring import Endpoint
from glassworks.core.errors import FixTheInput, NotAllowed, NotFound
from glassworks.core.people import Actor, Person
from glassworks.core.record import Part
from glassworks.hub import keys
from glassworks.line import people
from glassworks.line.parts import Parts

C = TypeVar("C", bound=Callable[..., Any])
FIRST_YEAR, LAST_YEAR = 1970, 9998
PASSWORD, PASSPHRASE = "GLASSWORKS_PASSWORD", "GLASSWORKS_PASSPHRASE"
SECRETS = (PASSWORD, PASSPHRASE, "GLASSWORKS_TOKEN")


class Day(click.DateTime):
    """A day or moment that somebody types, by this machine's clock; one that no calendar here reaches is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment with its zone."""
        found: datetime = super().convert(value, param, ctx)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.fail(f"Choose a day in the years {FIRST_YEAR} to {LAST_YEAR}.", param, ctx)
        return found.astimezone()


@contextmanager
def installation() -> Iterator[Parts]:
    """The parts of the installation in GLASSWORKS_HOME; a demonstration's home is opened as one."""
    chosen = factory.of_home(settings.read())
    if not factory.home_exists(chosen):
        raise NotFound(
            f"There is no installation in {chosen.home}.",
            "",
            "Run `glassworks admin init`, or `glassworks demo` first.",
        )
    endpoint = Endpoint(chosen)
    try:
        with factory.opened(chosen, endpoint) as parts:
            yield parts
    finally:
        endpoint.close()


def taken(variable: str) -> str:
    """A secret that a script set, taken out of the environment: no process that starts afterwards inherits it."""
    return os.environ.pop(variable, "")


def acting(parts: Parts, login: str) -> Actor:
    """The person who asks, after their password. A persona's comes from the demonstration's file."""
    found = parts.ledger.find(Person, login=login)
    if found and found[0].persona and (parts.settings.home / FILE).exists():
        return people.actor(found[0])
    password = taken(PASSWORD) or getpass.getpass(f"Password of {login}: ")
    right = keys.check_password(found[0].password_hash if found else "", password)
    if not (found and right and found[0].active):
        raise NotAllowed("Name or password is not right.", "", "Try again, or ask the office.", rule="sign-in")
    return people.actor(found[0])


def passphrase(parts: Parts, login: str) -> str:
    """The passphrase for one signature."""
    known = secrets_of(parts.settings.home) if (parts.settings.home / FILE).exists() else {}
    if login in known and parts.settings.demo:
        return known[login].passphrase
    return taken(PASSPHRASE) or getpass.getpass(f"Passphrase of {login}: ")


def say(value: Any, as_json: bool, words: str) -> None:
    """The answer in words, or as JSON for machines."""
    if not as_json:
        click.echo(words)
        return
    plain = value.facts() if isinstance(value, Part) else value
    click.echo(
        json.dumps([v.facts() if isinstance(v, Part) else v for v in plain] if isinstance(plain, list) else plain)
    )


def person_option(command: C) -> C:
    """`--as LOGIN`: who asks."""
    return click.option("--as", "login", required=True, envvar="GLASSWORKS_LOGIN", help="Your sign-in name.")(command)


def json_option(command: C) -> C:
    """`--json`: the answer for machines."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(command)


def file_argument(command: C) -> C:
    """A file that must exist."""
    return click.argument("file", type=click.Path(path_type=Path))(command)


def content(file: Path) -> bytes:
    """A file's bytes, or a clear word when it is not there."""
    if not file.is_file():
        raise NotFound(f"There is no file {file}.", "", "Check the name.")
    return file.read_bytes()


def written(file: Path, bytes_: bytes) -> None:
    """Write a file for the person, or say why it cannot be written."""
    try:
        file.write_bytes(bytes_)
    except OSError as error:
        raise FixTheInput(f"{file} cannot be written.", error.strerror or "", "Name another file.") from error
