"""What every page's handler shares: the frame around a template, what a form sent, and answers kept for a while."""

import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request, UploadFile
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as Received
from starlette.responses import HTMLResponse, RedirectResponse, Response

from glassworks.core import canonical
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.people import Actor, Person
from glassworks.core.record import Moment, new_id
from glassworks.core.signoff import SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase, Waiver
from glassworks.line import exceptions, view
from glassworks.line.parts import Parts
from glassworks.web import access
from glassworks.web.forms import file_name
from glassworks.web.pages.rendering import render

T = TypeVar("T")
NOTICES = {
    "signed": "Your signature is in the journal.",
    "opened": "Your signature is in the journal, and the gate is open.",
    "refused": "Your refusal is in the journal; the candidate goes no further.",
    "saved": "The new version is saved and checked.",
    "started": "The brief has begun. What was filled in for you is marked until somebody confirms it.",
    "tried": "The numbers you tried are in the canvas now; read them together before they become a version.",
    "decided": "The decisions are kept: they are the data contract now.",
    "brought": "The data are fingerprinted, divided and sealed; the open rows are profiled.",
    "explored": "The open rows are explored again, under the signed contract.",
    "asked": "The work is under way; this page shows how far it is.",
    "stopped": "It is stopped. Releasing it takes another person's signature.",
    "released": "The stop is released.",
    "own": "It is brought. Have the office recompute, and its answers stand beside the others.",
    "taken-back": "It is taken back; it was never asked.",
    "question": "The question is asked; it waits for the developer here and in their inbox.",
    "answered": "The answer stands beside the question.",
    "raised": "The finding is on record until someone closes it with evidence.",
    "closed": "The finding is closed.",
    "exception-asked": "The exception waits for another person's counter-signature.",
    "exception-granted": "The exception is granted until its date.",
    "outcomes": "The outcomes are taken; they meet their predictions at the next monitoring round.",
    "retired": "The use case is retired; its release no longer runs.",
    "left": "The account is closed and the work is handed over.",
    "line": "The line of business is open.",
    "adopted": "The pack is adopted. It holds from its date on, and the journal says who adopted it.",
    "revoked": "The token is revoked: nothing that uses it gets in any more.",
    "key": "You have a new key. What you signed before still verifies.",
}
KEPT_FOR = timedelta(minutes=30)
KEPT_BYTES = 100_000_000
MOST_LASTING = 200


class Memory:
    """What pages keep: answers while the journal has not grown, and files a person is about to use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = ""
        self._answers: dict[Hashable, Any] = {}
        self._lasting: dict[Hashable, Any] = {}
        self._files: dict[str, tuple[Moment, str, str, bytes]] = {}

    def answer(self, parts: Parts, key: Hashable, make: Callable[[], T]) -> T:
        """An answer made from the ledger alone; made anew when anything was written, or a minute has passed."""
        mark = f"{parts.ledger.newest()} {parts.now():%H:%M}"
        with self._lock:
            if mark != self._until:
                self._answers, self._until = {}, mark
            if key in self._answers:
                found: T = self._answers[key]
                return found
        made = make()
        with self._lock:
            if mark == self._until:
                self._answers[key] = made
        return made

    def lasting(self, key: Hashable, make: Callable[[], T]) -> T:
        """An answer made from content that never changes, such as bytes named by their digest."""
        with self._lock:
            if key in self._lasting:
                found: T = self._lasting[key]
                return found
        made = make()
        with self._lock:
            while len(self._lasting) >= MOST_LASTING:
                self._lasting.pop(next(iter(self._lasting)))
            self._lasting[key] = made
        return made

    def keep(self, parts: Parts, who: Actor, name: str, content: bytes) -> str:
        """Keep a file in memory for this person for half an hour; an empty text when it is too large to keep."""
        now, mark = parts.now(), new_id("kept")
        with self._lock:
            live = {k: v for k, v in self._files.items() if now - v[0] < KEPT_FOR}
            while live and sum(len(v[3]) for v in live.values()) + len(content) > KEPT_BYTES:
                live.pop(next(iter(live)))
            self._files = live
            if len(content) > KEPT_BYTES:
                return ""
            self._files[mark] = (now, who.person, name, content)
        return mark

    def file(self, parts: Parts, who: Actor, mark: str) -> tuple[str, bytes]:
        """A kept file's name and bytes, for the person who kept it."""
        kept = self._files.get(mark)
        if kept is None or kept[1] != who.person or parts.now() - kept[0] >= KEPT_FOR:
            raise NotFound("This file is no longer kept.", "It is kept for half an hour.", "Upload it again.")
        return kept[2], kept[3]


def memory(request: Request) -> Memory:
    """The pages' memory of this process."""
    held: Memory | None = getattr(request.app.state, "memory", None)
    if held is None:
        held = request.app.state.memory = Memory()
    return held


async def _form(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_form)]
"""What a form sent; access has checked its token."""


def text(sent: FormData, name: str) -> str:
    """One typed field without the white space around it; empty when it was not sent."""
    value = sent.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def texts(sent: FormData, name: str) -> tuple[str, ...]:
    """Every value of a repeated field."""
    return tuple(value for value in sent.getlist(name) if isinstance(value, str))


def files(sent: FormData, name: str) -> list[UploadFile]:
    """Every file chosen under a field."""
    return [cast(UploadFile, one) for one in sent.getlist(name) if isinstance(one, Received) and one.filename]


def upload(sent: FormData, name: str) -> tuple[str, bytes]:
    """The one file chosen under a field, as name and bytes. Raises `FixTheInput` when none was chosen."""
    found = files(sent, name)
    if not found:
        raise FixTheInput("No file was chosen.", "", "Choose a file, then send the form again.", field=name)
    return file_name(found[0]), found[0].file.read()


def brought(sent: FormData) -> SignOff:
    """The sign-off that comes back signed, in the file chosen under `signed`."""
    content = upload(sent, "signed")[1]
    with suppress(ValueError, FixTheInput):
        signed = SignOff.model_validate(canonical.parse_strict(content))
        if signed.signature:
            return signed
    raise FixTheInput(
        "This is not the signed file.",
        "",
        "Sign it with `glassworks sign FILE --key KEY`, then bring it.",
        field="signed",
    )


def everyone(request: Request) -> dict[str, Person]:
    """Every person by id."""
    parts = access.parts(request)
    return memory(request).answer(parts, "people", lambda: {p.id: p for p in parts.ledger.find(Person)})


def inbox_count(request: Request) -> int:
    """How many signatures wait for the person who asks, on exceptions too."""
    who = access.current(request)
    if who is None or access.is_visitor(who):
        return 0
    parts = access.parts(request)
    return len(my_tasks(request, parts, who)) + len(my_exceptions(request, parts, who))


def my_exceptions(request: Request, parts: Parts, who: Actor) -> list[tuple[UseCase, Waiver]]:
    """The exceptions that wait for this person's signature."""
    return memory(request).answer(parts, ("my exceptions", who), lambda: exceptions.waiting(parts, who))


def my_tasks(request: Request, parts: Parts, who: Actor) -> list[view.Task]:
    """What waits for this person's signature and can be signed now: gates are passed in their order."""
    order = list(Stage)

    def make() -> list[view.Task]:
        return [t for t in view.inbox(parts, who) if order.index(t.stage) <= order.index(t.case.stage)]

    return memory(request).answer(parts, ("my tasks", who), make)


def show(request: Request, template: str, *, status: int = 200, **context: object) -> Response:
    """A template in its frame."""
    who = access.current(request)
    theme = request.cookies.get("theme", "")
    frame = {
        "actor": who,
        "visitor": access.is_visitor(who),
        "people": everyone(request) if who else {},
        "csrf_token": access.csrf_token(request),
        "theme": theme if theme in ("light", "dark") else "",
        "path": request.state.path,
        "inbox_count": inbox_count(request),
        "demonstration": access.parts(request).settings.demo,
        "notice": NOTICES.get(request.query_params.get("done", ""), ""),
    }
    return HTMLResponse(render(request.app.state.env, template, **(frame | context)), status)


def go(request: Request, path: str, done: str = "") -> Response:
    """After an act: the page at a path of this server, with a word about what was done."""
    place, hash_mark, anchor = path.partition("#")
    query = f"{'&' if '?' in place else '?'}done={done}" if done else ""
    return RedirectResponse(f"{request.app.state.parts.settings.root_path}{place}{query}{hash_mark}{anchor}", 303)
