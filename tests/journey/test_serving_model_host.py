"""The prediction server with a real model host: approved code runs in its own process, whose death is survived."""

import asyncio
import importlib.util
from pathlib import Path
from typing import Any

import httpx

from glassworks.core.contract import Task
from glassworks.core.usecase import ModelCard
from glassworks.engines.host import ModelHost

FAKES = Path(__file__).parents[1] / "fakes" / "serving_yard.py"
SOURCE = b"""
import os, signal

def predict(frame):
    if 66 in frame["age"].to_list():
        os.kill(os.getpid(), signal.SIGKILL)
    print("a model may print")
    return [0.5 if contact == "cellular" else 0.1 for contact in frame["contact"].to_list()]
"""


def yard_module() -> Any:
    spec = importlib.util.spec_from_file_location("serving_yard", FAKES)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_model_that_ends_its_process_costs_one_fallback_and_the_next_answer_is_a_score_again(tmp_path: Path) -> None:
    fakes = yard_module()
    yard = fakes.Yard(tmp_path)
    yard.host = ModelHost(deadline=60)
    inputs = ("age", "pdays", "contact", "since", "note")
    card = ModelCard(framework="python", recipe="by hand", task=Task.BINARY, inputs=inputs, labels=("no", "yes"))
    yard.files = {"model.py": SOURCE}
    yard.package = yard.make_package(yard.files, card=card)
    yard.release()

    def ask(**changes: int) -> dict[str, Any]:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=yard.app)
            headers = {"authorization": f"Bearer {fakes.TOKEN}"}
            async with httpx.AsyncClient(transport=transport, base_url="http://serving", headers=headers) as client:
                return await client.post("/predict/rel-1", json={"rows": [fakes.ROW | changes]})

        answer = asyncio.run(send())
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["predictions"][0]
        return found

    first = ask()
    assert first["probability"] == 0.5
    assert first["reasons"] == ["contact cellular (instead of telephone) raised the probability from 0.10 to 0.50"]
    fallback = ask(age=66)
    assert fallback["abstained"] and fallback["decision"] == "call in list order"
    assert ask()["probability"] == 0.5
    assert [row.abstained for row in yard.log.read()] == [False, True, False]
    yard.close()
