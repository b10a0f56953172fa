"""One governed prediction after another, beside a plain FastAPI endpoint that checks and logs nothing, in one run."""

import asyncio
import json
from pathlib import Path

import httpx
from fastapi import FastAPI

from benchmarks.timing import Timed
from glassworks import factory, settings
from glassworks.cli.scoring import serving_app
from glassworks.core.usecase import Release
from glassworks.store.clock import SystemClock
from glassworks.store.predictions import PredictionLog

ROW = {
    "job": "management",
    "education": "tertiary",
    "default": "no",
    "balance": 1500,
    "housing": "no",
    "loan": "no",
    "contact": "cellular",
    "month": "mar",
    "pdays": -1,
    "previous": 0,
    "poutcome": "unknown",
}
ROUNDS, AT_ONCE = 20, 32


def plain() -> FastAPI:
    """What a tutorial shows: no permit, no contract, no log, no model even."""
    app = FastAPI()

    @app.post("/predict")
    def predict(body: dict[str, object]) -> dict[str, float]:
        return {"probability": 0.5}

    return app


async def _asked(app: object, path: str, body: dict[str, object], headers: dict[str, str]) -> Timed:
    loop = asyncio.get_running_loop()
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        seconds = []
        for _ in range(ROUNDS):
            begin = loop.time()
            answers = await asyncio.gather(*(client.post(path, json=body, headers=headers) for _ in range(AT_ONCE)))
            seconds.append((loop.time() - begin) / AT_ONCE)
            if any(answer.status_code != 200 for answer in answers):
                raise SystemExit(answers[0].text)
    return Timed(path, tuple(seconds[3:]))


def measured(home: Path) -> str:
    """Requests a second of both, and their ratio."""
    chosen = settings.read({}, home=home, environment="demo")
    release = json.loads(_release(home))["id"]
    headers = {"Authorization": f"Bearer {factory.service_token(chosen)}"}
    log = PredictionLog(home / "log-bench", SystemClock())
    governed = serving_app(chosen, log)
    try:
        ours = asyncio.run(_asked(governed, f"/predict/{release}", {"rows": [ROW], "reasons": False}, headers))
        other = asyncio.run(_asked(plain(), "/predict", {"rows": [ROW]}, {}))
    finally:
        governed.close()
        log.close()
    return (
        f"Predictions with {AT_ONCE} in flight, in process: governed (token, contract, permit, fsynced log, model) "
        f"{1 / ours.median:,.0f} a second; a plain FastAPI endpoint without model, check or log "
        f"{1 / other.median:,.0f}; ratio {other.median / ours.median:.2f}."
    )


def _release(home: Path) -> str:
    chosen = settings.read({}, home=home, environment="demo")
    with factory.opened(chosen, None) as parts:  # type: ignore[arg-type]
        return json.dumps(parts.ledger.find(Release)[0].facts())
