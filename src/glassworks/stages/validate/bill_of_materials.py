"""The bill of materials of one validated candidate, in CycloneDX 1.6: model, files, data, packages, figures."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

from glassworks.core import canonical
from glassworks.stages.validate.validated import Validated, harms, limits, misuses, packages, uses

Json = dict[str, Any]
OURS = UUID("5b0d1d0e-6c0e-5d0b-9d8e-8c6f1f3a7b11")
"""The name space of serial numbers; it has no meaning of its own."""

FRAMEWORKS = ("scikit-learn", "lightgbm", "mlflow")
ON_HAND = {"python": "the model's own Python code", "rule": "a rule kept as data"}


def bill_of_materials(told: Validated) -> Json:
    """The bill as plain data.

    It follows from the dossier and the data alone: the same facts give the same bill, and its serial number is derived
    from what it says, the dossier's digest included. Each figure and verdict names its check and the digest of its
    result, in properties whose names begin with `glassworks:`.
    """
    made, parts = told.candidate(), [*_data(told), *_packages(told)]
    bill: Json = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": told.body.facts()["made_at"],
            "tools": {"components": [{"type": "application", "name": "glassworks"}]},
            "component": _model(told),
            "properties": _properties(
                {
                    "dossier": told.dossier,
                    "use-case": told.body.use_case,
                    "brief": told.brief.digest,
                    "environment": told.body.environment,
                    "risk-tier": told.body.tier.value,
                    "demonstration": "yes" if told.body.demonstration else "no",
                }
            ),
        },
        "components": parts,
        "dependencies": [{"ref": made.id, "dependsOn": [one["bom-ref"] for one in parts]}],
    }
    return {**bill, "serialNumber": f"urn:uuid:{uuid5(OURS, canonical.digest(bill))}"}


def content(bill: Json) -> bytes:
    """The bill as the bytes of a JSON file."""
    return (json.dumps(bill, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _model(told: Validated) -> Json:
    made = told.candidate()
    own = made.card
    stated = {
        "made-by": made.made_by,
        "recipe": own.recipe,
        "seed": str(own.seed),
        "inputs": ", ".join(own.inputs),
        "classes": ", ".join(own.labels),
        "settings": json.dumps(own.parameters, sort_keys=True) if own.parameters else "",
        "written-as": ON_HAND.get(own.framework, ""),
    }
    return {
        "type": "machine-learning-model",
        "bom-ref": made.id,
        "name": made.name,
        "description": told.brief.title,
        "components": [
            {"type": "file", "bom-ref": f"{made.id}/{name}", "name": name, **_hashes(digest)}
            for name, digest in sorted(made.files.items())
        ],
        "modelCard": {
            "modelParameters": {
                "approach": {"type": "supervised"},
                "task": own.task.value,
                "architectureFamily": own.recipe,
                "datasets": [{"ref": f"{told.dataset.id}/open"}],
                "inputs": [{"format": "table of rows"}],
                "outputs": [{"format": "a probability for each class" if own.labels else "a number"}],
            },
            "quantitativeAnalysis": {"performanceMetrics": [_metric(*one) for one in told.figures()]},
            "considerations": _considerations(told),
            "properties": [*_bound(told), *_verdicts(told)],
        },
        "properties": _properties(stated),
    }


def _metric(_: Any, one: Any) -> Json:
    return {
        "type": one.name,
        "value": repr(one.value),
        **({"slice": one.group} if one.group else {}),
        "confidenceInterval": {"lowerBound": repr(one.low), "upperBound": repr(one.high)},
    }


def _bound(told: Validated) -> Iterable[Json]:
    """What CycloneDX has no field for, of each figure by its place: evidence, interval's level, cases, method, unit."""
    for place, (result, one) in enumerate(told.figures()):
        facts = {
            "evidence": f"{result.check} {result.digest}",
            "level": repr(one.level),
            "cases": str(one.n),
            "method": one.method,
            "unit": one.unit,
        }
        yield from _properties({f"{name}:performanceMetrics[{place}]": value for name, value in facts.items()})


def _verdicts(told: Validated) -> Iterable[Json]:
    for one in told.body.results:
        facts = {"verdict": one.verdict.value, "evidence": f"{one.check} {one.digest}"}
        yield from _properties({f"{name}:{one.check}": value for name, value in facts.items()})


def _considerations(told: Validated) -> Json:
    brief = told.brief
    risks = [{"name": name, "mitigationStrategy": against or "none written down"} for name, against in harms(brief)]
    found: Json = {
        "users": list(brief.sponsor_users),
        "useCases": [one for one in uses(brief) if one],
        "technicalLimitations": [*misuses(brief), *limits(told)],
        "ethicalConsiderations": risks,
        "fairnessAssessments": _fairness(told),
    }
    return {name: value for name, value in found.items() if value}


def _fairness(told: Validated) -> list[Json]:
    """The groups that the gated fairness rule looked at, with what was found for each."""
    return [
        {"groupAtRisk": one.group, "harms": f"{one.says()}; evidence {result.check} {result.digest}"}
        for result, one in told.figures()
        if result.check == "fairness" and one.group
    ]


def _data(told: Validated) -> list[Json]:
    """The file as it was brought, and the parts into which it was divided."""
    one = told.dataset
    parts = (
        ("open", "rows to learn from", one.rows_open, one.open_blob),
        (
            "sealed",
            "rows that the figures are from; the hash is of the encrypted file",
            one.rows_sealed,
            one.sealed_blob,
        ),
    )
    inside = [
        {
            "type": "data",
            "bom-ref": f"{one.id}/{name}",
            "name": f"{one.name}, {name} rows",
            "description": what,
            **_hashes(digest),
            "properties": _properties({"rows": str(rows)}),
        }
        for name, what, rows, digest in parts
    ]
    stated = {"source": one.source, "division": one.division, "seal": one.seal, "seed": str(one.seed)}
    return [
        {
            "type": "data",
            "bom-ref": one.id,
            "name": one.name,
            **_hashes(one.fingerprint),
            "data": [{"type": "dataset", "name": one.name}],
            "components": inside,
            "properties": _properties(stated),
        }
    ]


def _packages(told: Validated) -> list[Json]:
    """The framework, and the packages that the model's own list names; a version only where one was recorded."""
    framework = told.candidate().card.framework
    found = packages(told.lock)
    if framework in FRAMEWORKS:
        found = {framework: "", **found}
    return [
        {
            "type": "framework" if name == framework else "library",
            "bom-ref": f"package/{name}",
            "name": name,
            **({"version": version} if version else {}),
            "purl": f"pkg:pypi/{name}" + (f"@{quote(version, safe='')}" if version else ""),
        }
        for name, version in found.items()
    ]


def _hashes(digest: str) -> Json:
    """The hash field of a digest such as `sha256:31…`; none where there is no digest."""
    known = digest.removeprefix(canonical.DIGEST_PREFIX)
    return {"hashes": [{"alg": "SHA-256", "content": known}]} if known else {}


def _properties(facts: dict[str, str]) -> list[Json]:
    return [{"name": f"glassworks:{name}", "value": value} for name, value in facts.items() if value]
