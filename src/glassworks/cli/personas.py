"""The demonstration's invented people: made once, marked as personas, with random secrets in a file for the visitor."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from glassworks.core.commands import Invite
from glassworks.core.errors import NotAllowed
from glassworks.core.people import Actor, Person, Role
from glassworks.line import people
from glassworks.line.parts import Parts

FILE = "demo-people.txt"
CAST: dict[str, tuple[str, tuple[Role, ...]]] = {
    "carla": ("Carla Maas", (Role.CHAMPION,)),
    "olga": ("Olga Brandt", (Role.BUSINESS_OWNER,)),
    "emil": ("Emil Novak", (Role.DOMAIN_EXPERT,)),
    "dana": ("Dana Fischer", (Role.DATA_SCIENTIST,)),
    "viktor": ("Viktor Lind", (Role.VALIDATOR,)),
    "oona": ("Oona Reyes", (Role.OPERATOR,)),
}
HEAD = """# The people of the demonstration. They are invented: a script signs in their names.
# Sign in on the page with name and password; sign evidence with the passphrase.
# name      password                  passphrase
"""


@dataclass(frozen=True)
class Secret:
    """One persona's password and passphrase."""

    password: str
    passphrase: str


def secrets_of(home: Path) -> dict[str, Secret]:
    """Every persona's secrets, from the file; made and written once, readable by its owner alone."""
    path = home / FILE
    if not path.exists():
        lines = [f"{login:<12}{secrets.token_urlsafe(15):<26}{secrets.token_urlsafe(15)}\n" for login in CAST]
        draft = path.with_suffix(".draft")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(HEAD + "".join(lines))
        os.replace(draft, path)
    rows = [line.split() for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {login: Secret(password, passphrase) for login, password, passphrase in rows}


def assemble(parts: Parts) -> dict[str, Actor]:
    """The cast as actors; whoever is missing joins now. Outside the demonstration nobody is invented."""
    if not parts.settings.demo:
        raise NotAllowed(
            "Invented people exist in the environment demo only.",
            "Rule no-default-account.",
            "Invite real people: `glassworks admin invite`.",
            rule="no-default-account",
        )
    kept = secrets_of(parts.settings.home)
    actors = {}
    for login, (name, roles) in CAST.items():
        found = parts.ledger.find(Person, login=login)
        if not found:
            invite = Invite(name=name, login=login, roles=roles)
            secret = kept[login]
            found = [
                people.add_person(
                    parts, invite, password=secret.password, passphrase=secret.passphrase, by="office", persona=True
                )
            ]
        actors[login] = people.actor(found[0])
    return actors
