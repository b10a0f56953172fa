"""The parts that every act works with, put together once by the factory and passed to each act."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from glassworks.core.people import HeldKey, KeyList
from glassworks.core.policy import PolicyPack
from glassworks.core.ports import Clock, Fitter, JobQueue, Ledger, Vault
from glassworks.core.record import Moment
from glassworks.hub import policies
from glassworks.hub.keys import Office
from glassworks.settings import Settings
from glassworks.store.drafts import Drafts
from glassworks.store.predictions import PredictionLog
from glassworks.store.sessions import Sessions


class Scoring(Protocol):
    """Asks the governed prediction endpoint, wherever it runs."""

    def score(
        self, release: str, rows: Sequence[Mapping[str, Any]], *, request: str, references: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """One answer a row: decision, probability, reasons, or an abstention. `request` makes it idempotent.

        `references` name whom each row is about, so that a person's rows can be erased.
        """


@dataclass(frozen=True)
class Parts:
    """Ledger, vault, jobs, office and the rest: what the world gives to the line."""

    settings: Settings
    ledger: Ledger
    vault: Vault
    jobs: JobQueue
    clock: Clock
    office: Office
    sessions: Sessions
    drafts: Drafts
    predictions: PredictionLog
    scoring: Scoring
    service_token: str
    model_host: Callable[[str], AbstractContextManager[Fitter]]

    def now(self) -> Moment:
        """This moment by the installation's clock."""
        return self.clock.now()

    def keys(self) -> KeyList:
        """Every personal key the office vouches for, freshly signed."""
        return self.office.sign_keylist([held.key for held in self.ledger.find(HeldKey)], self.now())

    def policy(self, line: str) -> PolicyPack:
        """The policy pack in force for a line today."""
        return policies.in_force(self.ledger, line, self.now().date())

    @property
    def dossiers(self) -> Path:
        """The folder of finished dossier files."""
        return self.settings.home / "dossiers"

    @property
    def serving(self) -> Path:
        """The folder that the serving process reads: releases, permits, revocations, tokens."""
        return self.settings.home / "serving"
