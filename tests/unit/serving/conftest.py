"""A yard with one release under permit, and a client that speaks to its app without a network."""

import asyncio
import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

FAKES = Path(__file__).parents[2] / "fakes" / "serving_yard.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("serving_yard", FAKES)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def fakes() -> ModuleType:
    return _load()


@pytest.fixture
def yard(tmp_path: Path, fakes: ModuleType) -> Iterator[Any]:
    made = fakes.Yard(tmp_path)
    made.release()
    yield made
    made.close()


@pytest.fixture
def send(yard: Any, fakes: ModuleType) -> Callable[..., httpx.Response]:
    """Send one request to the yard's app; an exception of the app fails the test."""

    def _send(method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        async def _ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=yard.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://serving") as client:
                usual = {"authorization": f"Bearer {fakes.TOKEN}"}
                return await client.request(method, path, headers=usual | (headers or {}), **more)

        return asyncio.run(_ask())

    return _send


@pytest.fixture
def predict(send: Callable[..., httpx.Response], fakes: ModuleType) -> Callable[..., httpx.Response]:
    """Ask for one prediction: the usual row with changes, or a raw body."""

    def _predict(*, raw: bytes | None = None, body: dict[str, Any] | None = None, **changes: Any) -> httpx.Response:
        whole = body if body is not None else {"rows": [fakes.ROW | changes]}
        content = raw if raw is not None else json.dumps(whole).encode()
        return send("POST", "/predict/rel-1", content=content, headers={"content-type": "application/json"})

    return _predict
