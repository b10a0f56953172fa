"""Which releases run here now: bytes read once and hashed, permit and revocations looked at again every few seconds."""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from glassworks.core.conditions import Terms, terms
from glassworks.core.errors import FixTheInput, GlassworksError, NotFound, PermitRefused
from glassworks.core.lock import differing, why_not_load
from glassworks.core.package import Package
from glassworks.core.permit import Permit, Revocations, revoked_releases, why_not_run
from glassworks.core.usecase import ModelCard
from glassworks.frameworks.lock import installed
from glassworks.serving.budget import Budget
from glassworks.serving.scoring import Scorer, Scoring
from glassworks.store import releases as folder_of
from glassworks.store.predictions import PredictionLog

log = logging.getLogger("glassworks.serving")
NEXT = "Ask the governance office; nothing on this server can change it."


class Host(Protocol):
    """A model host as serving uses it."""

    def load(self, card: ModelCard, files: Mapping[str, bytes]) -> Scoring:
        """Load a model from exactly these bytes. Raises `FixTheInput` when they cannot be read."""

    def close(self) -> None:
        """End the process."""


class Served:
    """A release that runs: its package, its permit as last looked at, its model behind a queue."""

    def __init__(self, id: str, package: Package, digest: str, scorer: Scorer, host: Host) -> None:
        self.id, self.package, self.digest, self.scorer = id, package, digest, scorer
        self._host = host
        self._budget: Budget | None = None
        self.permit: Permit | None = None
        self.terms = Terms()
        self.differs: tuple[str, ...] = ()

    def budget_of(self, log: PredictionLog) -> Budget:
        """How many cases it may still answer, where its approval names a volume."""
        self._budget = self._budget or Budget(self.id, log)
        return self._budget

    @property
    def demonstration(self) -> bool:
        """Whether invented people signed for it."""
        return bool(self.permit and self.permit.demonstration)

    def close(self) -> None:
        """End its model."""
        self.scorer.close()
        self._host.close()


class _Standing:
    """What was found when a release was last looked at: it runs, or the refusal."""

    def __init__(self, looked_at: datetime, served: Served | None, refusal: GlassworksError | None) -> None:
        self.looked_at, self.served, self.refusal = looked_at, served, refusal


class Releases:
    """The releases of one serving folder, for one environment, under one pinned office key.

    Parameters
    ----------
    folder : the serving folder that the line writes.
    pinned : fingerprint of the office's key, received apart from the folder.
    reread : how long permit and revocations may go unread; bytes of a loaded model are never read again.
    """

    def __init__(
        self,
        folder: Path,
        environment: str,
        pinned: str,
        now: Callable[[], datetime],
        host_factory: Callable[[], Host],
        reread: timedelta = timedelta(seconds=5),
    ) -> None:
        self._folder, self._environment, self._pinned = folder, environment, pinned
        self._now, self._host_factory, self._reread = now, host_factory, reread
        self._standing: dict[str, _Standing] = {}
        self._running: dict[str, Served] = {}
        self._newest: Revocations | None = None
        self._locks: dict[str, threading.Lock] = {}
        self._told: dict[str, str] = {}

    def fresh(self, release: str) -> Served | None:
        """The release when a recent look found that it runs, and its permit has not ended since; never blocks.

        Raises
        ------
        GlassworksError : a recent look found why it does not run.
        """
        standing, now = self._standing.get(release), self._now()
        if standing is None or abs(now - standing.looked_at) >= self._reread:
            return None
        if standing.refusal:
            raise standing.refusal
        permit = standing.served and standing.served.permit
        return standing.served if permit and permit.issued_at <= now < permit.expires_at else None

    def look(self, release: str) -> Served:
        """The release, after reading its permit and the revocations again; loads the model when it is new.

        Raises
        ------
        NotFound : there is no such release.
        PermitRefused : it may not run here and now; the rule says why.
        """
        if not folder_of.release_folder(self._folder, release).is_dir() and release not in self._running:
            raise NotFound("There is no such release on this server.")
        with self._locks.setdefault(release, threading.Lock()):
            if served := self.fresh(release):
                return served
            try:
                served = self._look(release)
            except GlassworksError as refusal:
                if gone := self._running.pop(release, None):
                    gone.close()
                if isinstance(refusal, PermitRefused):
                    self._tell(release, refusal)
                    self._standing[release] = _Standing(self._now(), None, refusal)
                else:
                    self._standing.pop(release, None)
                raise
            self._standing[release] = _Standing(self._now(), served, None)
            self._told.pop(release, None)
            return served

    def _tell(self, release: str, refusal: PermitRefused) -> None:
        """Log a refusal and leave word for the journal, once for each rule while it lasts."""
        log.warning("release %s refused: %s", release, refusal.rule)
        if self._told.get(release) != refusal.rule:
            self._told[release] = refusal.rule
            with suppress(OSError):
                folder_of.note_refusal(self._folder, release, refusal.rule, refusal.why, self._now())

    def close(self) -> None:
        """End all models."""
        while self._running:
            self._running.popitem()[1].close()
        self._standing.clear()

    def _look(self, release: str) -> Served:
        running = self._running.get(release)
        content = None if running else self._read(release)
        permit = self._permit(release)
        digest = running.digest if running else content.digest if content else ""
        revoked = self._revoked()
        why = why_not_run(
            permit, pinned=self._pinned, package=digest, environment=self._environment, now=self._now(), revoked=revoked
        )
        if not why and permit.release != release:
            why = "Rule permit-release: the permit is for another release."
        if why:
            raise _refused(why)
        if running is None:
            if content is None:
                raise _refused("Rule permit-bytes: the bytes of this release were not read.")
            running = self._load(release, content)
        running.permit, running.terms = permit, terms(permit.conditions)
        return running

    def _read(self, release: str) -> folder_of.ReleaseBytes:
        try:
            return folder_of.read_release(self._folder, release)
        except FixTheInput as fault:
            if fault.status == 404:
                raise
            raise _refused(f"Rule permit-bytes: {fault.what[0].lower()}{fault.what[1:]}") from fault

    def _permit(self, release: str) -> Permit:
        try:
            permit = folder_of.read_permit(self._folder, release)
        except FixTheInput as fault:
            raise _refused("Rule permit-signature: the permit cannot be read.") from fault
        if permit is None:
            raise _refused("Rule permit-missing: there is no permit for this release.")
        return permit

    def _load(self, release: str, content: folder_of.ReleaseBytes) -> Served:
        package = content.package
        if unknown := set(package.card.inputs) - {column.name for column in package.contract.columns}:
            raise _refused(f"Rule data-contract: it does not describe the input {sorted(unknown)[0]}.")
        differs = _environment(package)
        host = self._host_factory()
        try:
            model = host.load(package.card, content.files)
        except GlassworksError as fault:
            host.close()
            raise _refused(f"Rule model-loads: {fault.what}") from fault
        served = Served(release, package, content.digest, Scorer(model), host)
        served.differs = differs
        for sentence in differs:
            log.warning("release %s runs with another package: %s", release, sentence)
        self._running[release] = served
        log.info("release %s loaded", release)
        return served

    def _revoked(self) -> frozenset[str]:
        """The revoked releases; a list that is altered, missing, or older than one seen before stops everything."""
        try:
            found = folder_of.read_revocations(self._folder)
        except FixTheInput as fault:
            raise _refused("Rule revocations-signature: the list of revocations cannot be read.") from fault
        if found is None:
            raise _refused("Rule revocations-missing: the office's list of revocations is not here.")
        revoked = revoked_releases(found, pinned=self._pinned)
        if self._newest and found.issued_at < self._newest.issued_at:
            raise _refused("Rule revocations-order: the list of revocations is older than one seen before.")
        self._newest = found
        return revoked


def _environment(package: Package) -> tuple[str, ...]:
    """What is installed here in another version than the lock says; what cannot run with it is refused."""
    if package.lock is None:
        return ()
    found = installed(package.lock.packages)
    if why := why_not_load(package.lock, found):
        raise _refused(f"Rule environment-lock: {why}.")
    return differing(package.lock, found)


def _refused(why: str) -> PermitRefused:
    rule, _, reason = why.partition(": ")
    return PermitRefused(
        "This release does not run on this server now.",
        f"{rule}: {reason}",
        NEXT,
        rule=rule.removeprefix("Rule "),
    )
