"""A serving folder with one office, one release and one token; as a program, a real serving process on it."""

import hashlib
import json
import math
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from glassworks.core import canonical, signoff
from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.package import Package
from glassworks.core.permit import Permit, Revocations
from glassworks.core.usecase import Column, ColumnDecision, DataContract, ModelCard
from glassworks.serving.app import USUAL, Limits, ServingApp
from glassworks.store import releases
from glassworks.store.predictions import PredictionLog

TOKEN = "gw-token-of-the-call-centre"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WEIGHTS = {"contact": {"cellular": 0.8, "telephone": 0.0}, "bias": -2.0, "age": 0.01}
ROW = {"age": 41, "pdays": -1, "contact": "cellular", "since": "2019-04-01", "note": None}


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


class FakeModel:
    """A logistic score, computed here; it can be told to fail, to answer nonsense or to be slow."""

    def __init__(self, weights: dict[str, Any], host: "FakeHost") -> None:
        self.weights, self.host = weights, host

    def scores(self, columns: dict[str, list[Any]]) -> list[Any]:
        self.host.calls.append(len(columns["age"]))
        self.host.ages += columns["age"]
        if self.host.broken:
            raise self.host.broken
        if self.host.answers is not None:
            return [self.host.answers for _ in columns["age"]]
        time.sleep(self.host.slow)
        found = []
        for age, contact in zip(columns["age"], columns["contact"], strict=True):
            logit = self.weights["bias"] + self.weights["age"] * age + self.weights["contact"][contact]
            found.append(1 / (1 + math.exp(-logit)))
        return found


class FakeHost:
    """A model host without a process."""

    def __init__(self) -> None:
        self.loaded: list[dict[str, bytes]] = []
        self.calls: list[int] = []
        self.ages: list[Any] = []
        self.broken: Exception | None = None
        self.answers: Any = None
        self.slow = 0.0
        self.closed = 0

    def load(self, card: ModelCard, files: dict[str, bytes]) -> FakeModel:
        self.loaded.append(dict(files))
        try:
            return FakeModel(json.loads(files["weights.json"]), self)
        except ValueError as error:
            raise FixTheInput("The model's files cannot be read.") from error

    def close(self) -> None:
        self.closed += 1


def contract() -> DataContract:
    return DataContract(
        columns=(
            Column(name="age", dtype="number", low=18, high=95, details={"reference": 40.0}),
            Column(name="pdays", dtype="number", low=0, high=800, details={"reference": -1}),
            Column(
                name="contact", dtype="category", levels=("telephone", "cellular"), details={"reference": "telephone"}
            ),
            Column(name="since", dtype="date"),
            Column(name="note", dtype="text", missing_share=0.5),
        ),
        decisions=(ColumnDecision(column="pdays", decision="sentinel", reason="never called", sentinel=-1),),
    )


class Yard:
    """Everything the line would have written for one release, and the app that serves it."""

    def __init__(self, home: Path, clock: Any = None, limits: Limits = USUAL, key: bytes = b"o" * 32) -> None:
        self.home, self.folder = home, home / "serving"
        self.clock = clock or FakeClock()
        self.key = Ed25519PrivateKey.from_private_bytes(key)
        self.files = {"weights.json": json.dumps(WEIGHTS).encode()}
        self.package = self.make_package(self.files)
        self.host = FakeHost()
        self.log = PredictionLog(home / "log", self.clock)
        self.app = ServingApp(
            self.folder,
            "demo",
            signoff.fingerprint(signoff.public_text(self.key)),
            self.log,
            self.clock,
            lambda: self.host,
            self.folder / releases.TOKENS,
            limits,
        )

    def make_package(self, files: dict[str, bytes], **changes: Any) -> Package:
        inputs = ("age", "pdays", "contact", "since", "note")
        facts: dict[str, Any] = {
            "use_case": "calls",
            "title": "Whom should we call?",
            "candidate": "cand-1",
            "task": Task.BINARY,
            "card": ModelCard(
                framework="fake", recipe="logistic", task=Task.BINARY, inputs=inputs, labels=("no", "yes")
            ),
            "contract": contract(),
            "positive": "yes",
            "threshold": 0.2,
            "action": "call",
            "otherwise": "do not call",
            "if_model_down": "call in list order",
            "purpose": "whom to call",
            "files": {name: canonical.digest_bytes(content) for name, content in files.items()},
        }
        return Package(**(facts | changes))

    def permit(self, package: Package | None = None, key: Ed25519PrivateKey | None = None, **changes: Any) -> Permit:
        signer = key or self.key
        facts: dict[str, Any] = {
            "id": "permit-1",
            "release": "rel-1",
            "package": (package or self.package).digest,
            "environment": "demo",
            "purpose": "whom to call",
            "dossier": "sha256:" + "d" * 64,
            "office_public_key": signoff.public_text(signer),
            "issued_at": self.clock.now() - timedelta(minutes=1),
            "expires_at": self.clock.now() + timedelta(hours=24),
        }
        permit = Permit(**(facts | changes))
        return permit.model_copy(update={"signature": signoff.sign(signer, permit.payload())})

    def release(self, permit: Permit | None = None) -> None:
        permit = permit or self.permit()
        releases.write_release(self.folder / permit.release, self.package, self.files, permit)
        if not (self.folder / releases.REVOCATIONS).exists():
            self.revoke(at=self.clock.now() - timedelta(minutes=1))
        self.grant(TOKEN)

    def grant(self, token: str, release: str = "", hours: float = 24) -> None:
        until = self.clock.now() + timedelta(hours=hours)
        releases.write_tokens(self.folder, {hashlib.sha256(token.encode()).hexdigest(): (release, until)})

    def revoke(self, *ids: str, key: Ed25519PrivateKey | None = None, at: datetime | None = None) -> None:
        signer = key or self.key
        found = Revocations(
            issued_at=at or self.clock.now(), releases=ids, office_public_key=signoff.public_text(signer)
        )
        signed = found.model_copy(update={"signature": signoff.sign(signer, found.payload())})
        releases.write_revocations(self.folder, signed)

    def close(self) -> None:
        self.app.close()
        self.log.close()


class _Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


def main(home: Path, port: int) -> None:
    """Serve until killed."""
    yard = Yard(home, _Wall())
    if not (yard.folder / "rel-1").exists():
        yard.release()
    uvicorn.run(yard.app, host="127.0.0.1", port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
