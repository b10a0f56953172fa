"""The one place where parts are put together."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from glassworks.core.errors import Conflict
from glassworks.core.ports import Clock
from glassworks.engines.host import ModelHost
from glassworks.engines.local import LocalEngine
from glassworks.engines.pool import HostPool
from glassworks.hub.keys import Office
from glassworks.line.jobs import functions
from glassworks.line.parts import Parts, Scoring
from glassworks.settings import Settings
from glassworks.store.clock import SystemClock
from glassworks.store.database import open_engine, upgrade
from glassworks.store.drafts import Drafts
from glassworks.store.jobs import SqlJobQueue
from glassworks.store.ledger import SqlLedger
from glassworks.store.predictions import PredictionLog
from glassworks.store.sessions import Sessions
from glassworks.store.vault import FileVault

DEMO_MARK = "demo"
"""The file that marks a demonstration's home, and the name of its environment."""


def model_host(settings: Settings, seconds: float = 0.0) -> ModelHost:
    """A process that loads and runs models; one request may take `seconds` (by default what fitting may take)."""
    return ModelHost(memory_mb=settings.model_memory_megabytes, deadline=seconds or settings.model_seconds)


def create_office(settings: Settings) -> Office:
    """Make the office's key for a new installation."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Office.create(settings.key_path())


def service_token(settings: Settings) -> str:
    """The secret with which this installation's own parts ask the prediction endpoint; made at first use."""
    path = settings.home / "keys" / "service.token"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError), open(path, "x", opener=_private) as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text().strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def opened(settings: Settings, scoring: Scoring, clock: Clock | None = None) -> Iterator[Parts]:
    """The parts of an installation, its database at the newest version."""
    office = Office.open(settings.key_path())
    if settings.office_fingerprint and settings.office_fingerprint != office.fingerprint:
        raise Conflict(
            "The office's key is not the pinned one.",
            "GLASSWORKS_OFFICE_FINGERPRINT names another key.",
            "Restore the right key file, or correct the setting.",
        )
    clock = clock or SystemClock()
    engine = open_engine(settings.database())
    upgrade(engine)
    predictions = PredictionLog(settings.home / "log", clock, key=office.log_key())
    hosts = HostPool(lambda: model_host(settings))
    try:
        yield Parts(
            settings=settings,
            ledger=SqlLedger(engine, clock),
            vault=FileVault(settings.home / "vault"),
            jobs=SqlJobQueue(engine, clock, settings.lease_seconds),
            clock=clock,
            office=office,
            sessions=Sessions(engine, clock),
            drafts=Drafts(engine, clock),
            predictions=predictions,
            scoring=scoring,
            service_token=service_token(settings),
            model_host=hosts.host,
        )
    finally:
        hosts.close()
        predictions.close()
        engine.dispose()


def worker(parts: Parts, name: str) -> LocalEngine:
    """The engine that runs jobs, with every job the line knows."""
    return LocalEngine(parts.jobs, functions(parts), name)


def of_home(settings: Settings) -> Settings:
    """The settings, in the environment demo when the home is a demonstration's and no other one was named."""
    marked = (settings.home / DEMO_MARK).exists() and settings.environment == "production"
    return settings.model_copy(update={"environment": DEMO_MARK}) if marked else settings


def home_exists(settings: Settings) -> bool:
    """Whether this home was set up before."""
    return Path(settings.key_path()).exists()
