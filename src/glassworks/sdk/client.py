"""The client: use cases of a server, over its API, in core's own records."""

import os
from types import TracebackType
from typing import Any

import httpx

from glassworks.core import errors
from glassworks.core.errors import Broken, GateClosed, GlassworksError, NotSignedIn
from glassworks.core.people import Actor
from glassworks.core.policy import Fault, PolicyPack
from glassworks.core.usecase import UseCase
from glassworks.core.waiting import Waiting
from glassworks.sdk import server
from glassworks.sdk.case import Case

SECONDS = 120.0


class Client:
    """Speaks for one person to one server. Use it as a context manager, or `close` it."""

    def __init__(self, http: httpx.Client, owned: server.Server | None = None) -> None:
        self._http, self._owned = http, owned

    @property
    def url(self) -> str:
        """The server's address."""
        return str(self._http.base_url).rstrip("/")

    def me(self) -> Actor:
        """Who asks, as the server sees them."""
        return Actor.model_validate(self.ask("GET", "/me").json())

    def cases(self) -> list[UseCase]:
        """Every use case of one's lines, the latest moved first."""
        return [UseCase.model_validate(one) for one in self.ask("GET", "/cases").json()]

    def case(self, id: str) -> Case:
        """One use case. Raises `NotFound`."""
        return Case(self.ask, UseCase.model_validate(self.ask("GET", f"/cases/{id}").json()))

    def queue(self) -> list[Waiting]:
        """Submitted models that wait for the validation team, by risk tier, KPI target and waiting."""
        return [Waiting.model_validate(one) for one in self.ask("GET", "/queue").json()]

    def validate_all(self) -> list[Waiting]:
        """Have the office recompute every model in the queue that one may have recomputed; each costs one look."""
        return [Waiting.model_validate(one) for one in self.ask("POST", "/queue").json()]

    def policy(self, line: str = "") -> PolicyPack:
        """The policy pack in force today for a line of business, or for the office."""
        return PolicyPack.model_validate(self.ask("GET", "/policy", params={"line": line}).json())

    def check_policy(self, pack: PolicyPack, use_case: str = "") -> list[Fault]:
        """What the linter finds in a policy pack; nothing is put in force.

        Parameters
        ----------
        pack : such as `client.policy().model_copy(update={"max_looks": 2})`.
        use_case : ask too which tests the rows of this use case could not bring to a verdict.

        Raises
        ------
        NotFound : there is no such use case, or one may not see it or the pack's line.
        """
        answer = self.ask("POST", "/policies/check", json=pack.facts(), params={"use_case": use_case})
        return [Fault.model_validate(one) for one in answer.json()]

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """One request of the API; a refusal comes back as the error that the server raised."""
        try:
            answer = self._http.request(method, f"/api/v1{path}", **sent)
        except httpx.HTTPError as error:
            raise Broken(
                f"The server at {self.url} cannot be reached.", type(error).__name__, "Is it running?"
            ) from error
        if answer.is_error:
            raise refusal(answer)
        return answer

    def close(self) -> None:
        """End the connection, and the server when it was started for this client."""
        self._http.close()
        if self._owned:
            self._owned.end()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def refusal(answer: httpx.Response) -> GlassworksError:
    """The server's error as the class that it was there."""
    try:
        facts = dict(answer.json())
    except (ValueError, TypeError):
        return Broken(f"The server answered {answer.status_code} without a reason.")
    what = str(facts.get("what", f"The server answered {answer.status_code}."))
    if facts.get("error") == GateClosed.__name__:
        return GateClosed(what, [str(one) for one in facts.get("reasons", ())])
    kind = getattr(errors, str(facts.get("error")), Broken)
    known = isinstance(kind, type) and issubclass(kind, GlassworksError)
    words = {name: str(facts.get(name, "")) for name in ("rule", "field")}
    return (kind if known else Broken)(what, str(facts.get("why", "")), str(facts.get("next", "")), **words)


def open_client(url: str | None, token: str | None) -> Client:
    """See `glassworks.connect`."""
    url = url or os.environ.get("GLASSWORKS_URL")
    owned = None if url else server.start()
    address = url or (owned.url if owned else "")
    client = Client(httpx.Client(base_url=address, timeout=SECONDS), owned)
    try:
        secret = token or os.environ.get("GLASSWORKS_TOKEN") or _signed_in(client)
        if secret:
            client._http.headers["authorization"] = f"Bearer {secret}"
        client.me()
    except GlassworksError:
        client.close()
        raise
    return client


def _signed_in(client: Client) -> str:
    login, password = os.environ.get("GLASSWORKS_LOGIN"), os.environ.get("GLASSWORKS_PASSWORD")
    if not (login and password):
        return ""
    found = client.ask("POST", "/sign-in", json={"login": login, "password": password}).json()
    secret = found.get("secret")
    if not isinstance(secret, str):
        raise NotSignedIn("The server gave no token.")
    return secret
