"""How this installation's own parts ask the prediction endpoint: over HTTP when it runs, else inside this process."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from glassworks.core.errors import Broken, GateClosed
from glassworks.factory import model_host, service_token
from glassworks.hub.keys import Office
from glassworks.sdk.server import running
from glassworks.serving.app import Limits, ServingApp
from glassworks.settings import Settings
from glassworks.store.clock import SystemClock
from glassworks.store.predictions import PredictionLog

SECONDS = 120.0


def serving_app(settings: Settings, predictions: PredictionLog) -> ServingApp:
    """The prediction endpoint of an installation; it trusts the pinned fingerprint, else the office's own key."""
    pinned = settings.office_fingerprint or Office.open(settings.key_path()).fingerprint
    return ServingApp(
        folder=settings.home / "serving",
        environment=settings.environment,
        pinned_fingerprint=pinned,
        predictions=predictions,
        clock=SystemClock(),
        host_factory=lambda: model_host(settings, settings.answer_seconds),
        tokens=settings.home / "serving" / "tokens.json",
        limits=Limits(reread_seconds=settings.permit_reload_seconds, rows_per_minute=settings.rows_per_minute),
    )


class Endpoint:
    """`line.parts.Scoring` for one installation. A running server is found by `server.json` in its home."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: ServingApp | None = None
        self._log: PredictionLog | None = None

    def score(
        self, release: str, rows: Sequence[Mapping[str, Any]], *, request: str, references: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """One answer a row; see `line.parts.Scoring`."""
        body: dict[str, Any] = {"request_id": request, "rows": [dict(row) for row in rows]}
        body |= {"reference": list(references)} if references else {}
        headers = {"Authorization": f"Bearer {service_token(self._settings)}"}
        address = running(self._settings.home)
        if address:
            answer = httpx.post(f"{address}/predict/{release}", json=body, headers=headers, timeout=SECONDS)
        else:
            answer = asyncio.run(self._inside(release, body, headers))
        found = answer.json()
        if answer.status_code != 200:
            raise GateClosed(
                found.get("what", "The release gave no answer."), [found.get("why", ""), found.get("next", "")]
            )
        return _rows(found, len(rows))

    async def _inside(self, release: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        if self._app is None or self._log is None:
            key = Office.open(self._settings.key_path()).log_key()
            self._log = PredictionLog(self._settings.home / "log", SystemClock(), key=key)
            self._app = serving_app(self._settings, self._log)
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://inside", timeout=SECONDS) as client:
            return await client.post(f"/predict/{release}", json=body, headers=headers)

    def close(self) -> None:
        """End the model and the log that ran inside this process."""
        if self._app and self._log:
            self._app.close()
            self._log.close()


def _rows(found: Any, expected: int) -> list[dict[str, Any]]:
    answers = found.get("predictions") if isinstance(found, dict) else None
    if not isinstance(answers, list) or len(answers) != expected:
        raise Broken("The prediction endpoint gave another number of answers than there are rows.")
    return answers
