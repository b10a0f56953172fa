"""Logged rows as JSON answers: the simple form, and the Open Inference Protocol v2 with its metadata."""

from collections.abc import Sequence
from typing import Any

from glassworks.core.contract import Task
from glassworks.core.errors import FixTheInput
from glassworks.core.package import Package
from glassworks.serving.releases import Served
from glassworks.serving.wire import DATATYPE, Question
from glassworks.store.predictions import Prediction

VERSION = "1"
MEASURE = {Task.BINARY: "probability", Task.MULTICLASS: "probabilities", Task.REGRESSION: "estimate"}


def simple(rows: Sequence[Prediction], served: Served) -> dict[str, Any]:
    """The answer in the simple form; a row that the server abstained on has no probability and says why."""
    package, permit = served.package, served.permit
    return {
        "request_id": rows[0].request,
        "release": served.id,
        "purpose": package.purpose,
        "permit_expires_at": permit.expires_at.isoformat() if permit else "",
        "demonstration": served.demonstration,
        "predictions": [_row(row, package) for row in rows],
    }


def open_inference(rows: Sequence[Prediction], served: Served, question: Question) -> dict[str, Any]:
    """The answer in the Open Inference Protocol v2; where the server abstained the score is null."""
    card = served.package.card
    made = {
        MEASURE[card.task]: _scores(rows, card.task, len(card.labels)),
        "decision": _tensor("BYTES", [row.decision for row in rows]),
        "abstained": _tensor("BOOL", [row.abstained for row in rows]),
        "reasons": _tensor("BYTES", ["; ".join(row.reasons) for row in rows]),
    }
    wanted = question.outputs or outputs(served.package)
    return {
        "model_name": served.id,
        "model_version": VERSION,
        "id": rows[0].request,
        "parameters": {"release": served.id, "demonstration": served.demonstration},
        "outputs": [{"name": name, **made[name]} for name in wanted],
    }


def outputs(package: Package) -> tuple[str, ...]:
    """The names of a model's outputs."""
    return (MEASURE[package.card.task], "decision", "abstained", "reasons")


def known_outputs(question: Question, package: Package) -> None:
    """Raise `FixTheInput` when an output is asked for that the model does not have, before anything is answered."""
    names = outputs(package)
    if unknown := [name for name in question.outputs if name not in names]:
        raise FixTheInput(f"This model has the outputs {', '.join(names)}.", field=f"outputs.{unknown[0][:40]}")


def metadata(served: Served) -> dict[str, Any]:
    """What a model of the Open Inference Protocol says of itself."""
    card, kinds = served.package.card, {c.name: c.dtype for c in served.package.contract.columns}
    width = [len(card.labels)] if card.task is Task.MULTICLASS else []
    return {
        "name": served.id,
        "versions": [VERSION],
        "platform": f"glassworks_{card.framework}",
        "inputs": [{"name": name, "datatype": DATATYPE[kinds[name]], "shape": [-1]} for name in card.inputs],
        "outputs": [
            {"name": MEASURE[card.task], "datatype": "FP64", "shape": [-1, *width]},
            {"name": "decision", "datatype": "BYTES", "shape": [-1]},
            {"name": "abstained", "datatype": "BOOL", "shape": [-1]},
            {"name": "reasons", "datatype": "BYTES", "shape": [-1]},
        ],
    }


def _row(row: Prediction, package: Package) -> dict[str, Any]:
    labels = package.card.labels
    score: Any = row.score
    if isinstance(score, list):
        score = {(labels[i] if i < len(labels) else str(i)): value for i, value in enumerate(score)}
    return {
        "id": row.id,
        "at": row.at,
        "decision": row.decision,
        "act": row.act,
        MEASURE[package.card.task]: score,
        "reasons": row.reasons,
        "abstained": row.abstained,
    }


def _scores(rows: Sequence[Prediction], task: Task, width: int) -> dict[str, Any]:
    if task is not Task.MULTICLASS:
        return _tensor("FP64", [row.score for row in rows])
    flat = [value for row in rows for value in (row.score if isinstance(row.score, list) else [None] * width)]
    return {"datatype": "FP64", "shape": [len(rows), width], "data": flat}


def _tensor(datatype: str, data: list[Any]) -> dict[str, Any]:
    return {"datatype": datatype, "shape": [len(data)], "data": data}
