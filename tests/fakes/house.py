"""A small installation in this process: people of two lines of business, and clients of its web application."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from glassworks import factory
from glassworks.cli.scoring import Endpoint
from glassworks.core.commands import Invite
from glassworks.core.people import Actor, Role
from glassworks.line import office, people
from glassworks.line.parts import Parts
from glassworks.settings import Settings
from glassworks.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

PASSWORD, PASSPHRASE = "a password for tests", "a passphrase for tests"
HERE, THERE = "retail", "insurance"
URL = "http://127.0.0.1:8420"


@dataclass
class House:
    """The parts, the application, and who works here. `remote` clients are not on this machine."""

    parts: Parts
    app: Any
    actors: dict[str, Actor] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def client(self, login: str = "", *, near: str = "10.0.0.9", **headers: str) -> TestClient:
        """A client with this person's API token, or with none."""
        if login:
            headers["authorization"] = f"Bearer {self.tokens[login]}"
        return TestClient(
            self.app, base_url=URL, headers=headers, client=(near, 50_000), follow_redirects=False,
            raise_server_exceptions=False,
        )  # fmt: skip

    def act(self, login: str, method: str, path: str, status: int = 200, **sent: Any) -> Any:
        """One call of the API that must answer with this status."""
        answer = self.client(login).request(method, f"/api/v1{path}", **sent)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer.json() if answer.headers["content-type"].startswith("application/json") else answer

    def drain(self) -> None:
        """Run every waiting job here."""
        factory.worker(self.parts, "test").drain()


def staff() -> dict[str, tuple[tuple[Role, ...], str]]:
    """One person a role in one line, and two in another."""
    here = {role.value: ((role,), HERE) for role in Role if role is not Role.CHAMPION}
    return {**here, "other_scientist": ((Role.DATA_SCIENTIST,), THERE), "other_validator": ((Role.VALIDATOR,), THERE)}


@contextmanager
def opened(home: Path, **settings: Any) -> Iterator[House]:
    """An installation with its office, two lines and a person a role."""
    chosen = Settings(home=home, **settings)
    factory.create_office(chosen)
    endpoint = Endpoint(chosen)
    try:
        with factory.opened(chosen, endpoint) as parts:
            house = House(parts, create_app(parts))
            champion = Invite(name="Carla Champion", login="champion", roles=(Role.CHAMPION,))
            first, _ = office.found(parts, champion, HERE, password=PASSWORD, passphrase=PASSPHRASE)
            known = {"champion": first}
            people.open_line(parts, people.actor(first), THERE)
            for login, (roles, line) in staff().items():
                invite = Invite(name=login.replace("_", " ").title(), login=login, roles=roles, line=line)
                known[login] = people.add_person(parts, invite, password=PASSWORD, passphrase=PASSPHRASE, by="office")
            for login, person in known.items():
                house.actors[login] = people.actor(person)
                house.tokens[login] = people.make_token(parts, house.actors[login])[1]
            yield house
    finally:
        endpoint.close()
